import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { textEm } from '../../panels/parts/text-em.ts';
import { titleLines } from './title-lines.ts';

test.each([
  ['P-1 水泵跳闸', 11, ['P-1 水泵跳闸', '']],
  ['鹤埭水文站 超警戒水位：4.34 米', 12, ['鹤埭水文站 超警戒水位：', '4.34 米']],
  ['鹤埭水文站 超警戒水位：4.34 米', 11, ['鹤埭水文站 超警戒水', '位：4.34 米']],
  ['网格紧急事件：石埝镇柳荡自建房墙体开裂', 11, ['网格紧急事件：石埝镇柳', '荡自建房墙体开裂']],
  ['网格紧急事件：石埝镇柳荡自建房墙体开裂', 8, ['网格紧急事件：', '石埝镇柳荡自建房墙体开裂']],
  ['官方预警：暴雨橙色预警', 10, ['官方预警：', '暴雨橙色预警']],
  ['石埝镇柳荡自建房墙体开裂', 8, ['石埝镇柳荡自建房', '墙体开裂']],
  ['鹤埭水文站 above its danger level: 4.34 m', 11, ['鹤埭水文站 above its', 'danger level: 4.34 m']],
  ['ABCDEFGHIJKLMNOPQRSTUVWXYZ', 5, ['ABCDEFG', 'HIJKLMNOPQRSTUVWXYZ']],
] as const)('%s on %d letters', (title, em, lines) => {
  expect(titleLines(title, em)).toEqual(lines);
});

test('nothing is lost, and the first line fits', () => {
  const anyTitle = fc.stringMatching(/^[水泵站：, a-zA-Z0-9.]{1,40}$/);
  fc.assert(
    fc.property(anyTitle, fc.integer({ min: 2, max: 30 }), (title, em) => {
      const [first, rest] = titleLines(title, em);
      const bare = (text: string) => text.replaceAll(/\s/g, '');
      expect(bare(first + rest)).toBe(bare(title));
      expect(textEm(first)).toBeLessThanOrEqual(em);
    }),
    { seed: 20_261_127, numRuns: 500 },
  );
});
