import { afterEach, describe, expect, test } from 'vitest';
import type { Alert } from '../../../alerts/contract.ts';
import { assetKind } from '../../../streams/feed-contract.ts';
import { hasText, setLocale } from '../../i18n/index.ts';
import { labelName, labelValue, ruleWords, type LabelNames } from './label-words.ts';

afterEach(() => setLocale('zh-CN'));
const names: LabelNames = {
  system: (id) => (id === 'traffic' ? '智慧交通管理' : null),
  district: (code) => (code === '329982' ? '陶都市' : null),
  feed: (id) => (id === 'roads' ? '路段状态' : null),
  rule: (id) => (id === 'traffic.jam' ? '… 拥堵' : null),
};

test.each(assetKind.options)('%s has a name', (kind) => expect(hasText(`labels.assetKind.${kind}`)).toBe(true));

describe('a label in words', () => {
  test.each([
    ['system', 'traffic', '系统', '智慧交通管理'],
    ['district', '329982', '区划', '陶都市'],
    ['feed', 'roads', '数据源', '路段状态'],
    ['rule', 'traffic.jam', '规则', '… 拥堵'],
    ['asset-kind', 'road-segment', '设施类型', '路段'],
    ['condition', 'n-in-m', '判断方式', '多次超限'],
    ['severity', 'high', '级别', '高'],
    ['class', 'traffic.accident', '事件类别', '交通事故'],
    ['class', 'traffic.accident.of-tomorrow', '事件类别', '属于“交通事故”（traffic.accident.of-tomorrow）'],
  ])('%s=%s', (label, value, name, words) => {
    expect([labelName(label), labelValue(label, value, names)]).toEqual([name, words]);
  });

  test('what nobody has a word for is written as it is', () => {
    expect(labelName('line')).toBe('line');
    for (const label of ['system', 'district', 'feed', 'rule', 'condition', 'asset-kind', 'class', 'line'])
      expect(labelValue(label, 'of-tomorrow', names)).toBe('of-tomorrow');
  });
});

test('a rule is told by the words of one of its alerts, with its thing left open', () => {
  const ofRoad = {
    rule: 'traffic.jam',
    title: { zh: '东虹路 拥堵，指数 4.6', en: '东虹路 is congested, index 4.6' },
    reading: { quantity: 'congestion-index', value: 4.6, limit: 4, unit: '' },
    subject: { kind: 'asset', id: 'roads/r1', name: '东虹路' },
  } as Alert;
  expect(ruleWords('traffic.jam', [ofRoad])).toBe('… 拥堵，指数 …');
  setLocale('en');
  expect(ruleWords('traffic.jam', [ofRoad])).toBe('… is congested, index …');
  expect(ruleWords('traffic.queue', [ofRoad])).toBeNull();
});
