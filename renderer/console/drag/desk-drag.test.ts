import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CameraId, LayoutId, PresetId } from '../../../main/contract/ids.ts';
import { carriesDeskDrag, deskDragType, readDeskDrag, setDeskDrag, type DeskDrag } from './desk-drag.ts';

/** What a browser keeps of a drag. */
function transfer(data: Readonly<Record<string, string>> = {}): DataTransfer {
  const held = new Map(Object.entries(data));
  return {
    effectAllowed: 'uninitialized',
    get types() {
      return [...held.keys()];
    },
    getData: (type: string) => held.get(type) ?? '',
    setData: (type: string, text: string) => void held.set(type, text),
  } as unknown as DataTransfer;
}
const of = (value: unknown) => transfer({ [deskDragType]: typeof value === 'string' ? value : JSON.stringify(value) });
const ids = (count: number) => Array.from({ length: count }, (_, nth) => `c-${nth}` as CameraId);

describe('what is dragged on the desk', () => {
  test.each<[string, DeskDrag]>([
    ['a camera', { kind: 'camera', cameraId: 'c-1' as CameraId }],
    ['a place with its cameras', { kind: 'cameras', title: '丁蜀镇 👮', cameraIds: ids(3) }],
    [
      'a full scene',
      { kind: 'cameras', title: '', cameraIds: Array.from({ length: 400 }, (_, n) => `${'x'.repeat(61)}${n}`) as CameraId[] },
    ],
    ['a layout', { kind: 'layout', layoutId: 'l-1' as LayoutId }],
    ['a preset', { kind: 'preset', presetId: 'p-1' as PresetId }],
  ])('%s arrives as it was', (_name, drag) => {
    const carried = transfer();
    expect(carriesDeskDrag(carried)).toBe(false);
    setDeskDrag(carried, drag);
    expect(carriesDeskDrag(carried)).toBe(true);
    expect(readDeskDrag(carried)).toEqual(drag);
  });

  test('more than a scene holds is cut, and so is a long title', () => {
    const carried = transfer();
    setDeskDrag(carried, { kind: 'cameras', title: '长'.repeat(300), cameraIds: ids(500) });
    expect(readDeskDrag(carried)).toEqual({ kind: 'cameras', title: '长'.repeat(140), cameraIds: ids(400) });
  });

  test.each<[string, unknown]>([
    ['nothing', ''],
    ['no JSON', '{'],
    ['a list', []],
    ['null', 'null'],
    ['a kind of another version', { kind: 'map', cameraId: 'c-1' }],
    ['no kind', { cameraId: 'c-1' }],
    ['no camera', { kind: 'camera' }],
    ['an id that is none', { kind: 'camera', cameraId: '../../etc' }],
    ['an id that is a number', { kind: 'camera', cameraId: 7 }],
    ['no cameras', { kind: 'cameras', title: '空', cameraIds: [] }],
    ['one bad id among good ones', { kind: 'cameras', title: '', cameraIds: ['c-1', ''] }],
    ['more than a scene holds', { kind: 'cameras', title: '', cameraIds: ids(401) }],
    ['no title', { kind: 'cameras', cameraIds: ['c-1'] }],
    ['an endless title', { kind: 'cameras', title: 'x'.repeat(141), cameraIds: ['c-1'] }],
    ['an endless text', JSON.stringify({ kind: 'camera', cameraId: 'c-1', more: 'x'.repeat(40_000) })],
    ['a layout without an id', { kind: 'layout', layoutId: null }],
    ['a preset without an id', { kind: 'preset' }],
  ])('%s is nothing', (_name, value) => {
    expect(readDeskDrag(of(value))).toBeNull();
  });

  test('what other programs drag is not ours', () => {
    const file = transfer({ Files: '', 'text/plain': '{"kind":"camera","cameraId":"c-1"}' });
    expect(carriesDeskDrag(file)).toBe(false);
    expect(readDeskDrag(file)).toBeNull();
    expect(carriesDeskDrag(null)).toBe(false);
    expect(readDeskDrag(null)).toBeNull();
  });

  test('any text never throws, and what is taken is one of ours', () => {
    const near = fc.record(
      {
        kind: fc.constantFrom('camera', 'cameras', 'layout', 'preset', 'other'),
        cameraId: fc.oneof(fc.string(), fc.constant('c-1')),
        cameraIds: fc.array(fc.oneof(fc.string(), fc.constant('c-1')), { maxLength: 3 }),
        title: fc.string(),
        layoutId: fc.oneof(fc.string(), fc.constant('l')),
        presetId: fc.anything(),
      },
      { requiredKeys: ['kind'] },
    );
    const holds = fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        near.map((value) => JSON.stringify(value)),
      ),
      (text) => {
        const read = readDeskDrag(of(text));
        if (read === null) return true;
        const again = transfer();
        setDeskDrag(again, read);
        return JSON.stringify(readDeskDrag(again)) === JSON.stringify(read);
      },
    );
    expect(fc.check(holds, { seed: 6_006, numRuns: 2000 }).counterexample).toBeNull();
  });
});
