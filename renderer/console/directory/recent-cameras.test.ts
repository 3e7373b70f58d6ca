import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { effectScope, nextTick, shallowRef, type EffectScope } from 'vue';
import { forgetRecentCameras, keepPlaces, readRecent, recentAtMost, useRecentCameras, type RecentCameras } from './recent-cameras.ts';

const chosen = shallowRef<string | null>(null);
let scope: EffectScope;

const open = (userId = 'u'): RecentCameras => scope.run(() => useRecentCameras(userId, () => chosen.value))!;

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  chosen.value = null;
  scope = effectScope();
});
afterEach(() => {
  scope.stop();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('recent cameras', () => {
  test('what is noted comes first, once, and no more than thirty', () => {
    const recent = open();
    for (let nth = 0; nth < 40; nth += 1) recent.note(`c-${nth}`);
    expect(recent.ids.value).toHaveLength(recentAtMost);
    recent.note('c-15');
    expect(recent.ids.value.slice(0, 3)).toEqual(['c-15', 'c-39', 'c-38']);
    expect(recent.ids.value).toHaveLength(recentAtMost);
    recent.note('c-15');
    expect(recent.ids.value.filter((id) => id === 'c-15')).toHaveLength(1);
  });

  test('a camera that stays chosen was looked at; one that was passed over was not', async () => {
    const recent = open();
    chosen.value = 'a';
    await nextTick();
    vi.advanceTimersByTime(1000);
    chosen.value = 'b';
    await nextTick();
    vi.advanceTimersByTime(1000);
    expect(recent.ids.value).toEqual([]);
    vi.advanceTimersByTime(600);
    expect(recent.ids.value).toEqual(['b']);
    chosen.value = 'c';
    await nextTick();
    scope.stop();
    vi.advanceTimersByTime(5000);
    expect(recent.ids.value, 'nothing runs on after the desk').toEqual(['b']);
  });

  test('it is kept for this user, and for nobody else', () => {
    open('u').note('a');
    expect(open('u').ids.value).toEqual(['a']);
    expect(open('v').ids.value).toEqual([]);
    open('v').note('b');
    expect(open('u').ids.value).toEqual([]);
  });

  test('two pages of one browser share it', () => {
    const [one, other] = [open(), open()];
    one.note('a');
    other.note('b');
    one.note('c');
    expect(one.ids.value).toEqual(['c', 'b', 'a']);
  });

  test('forgotten is forgotten', () => {
    open().note('a');
    forgetRecentCameras();
    expect(open().ids.value).toEqual([]);
  });

  test('where nothing can be stored it lives as long as the page', () => {
    vi.spyOn(Storage.prototype, 'getItem').mockImplementation(() => {
      throw new Error('refused');
    });
    vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new Error('refused');
    });
    const recent = open();
    recent.note('a');
    recent.note('b');
    expect(recent.ids.value).toEqual(['b', 'a']);
  });
});

describe('what was kept', () => {
  test.each<[string, string | null, readonly string[]]>([
    ['nothing', null, []],
    ['no JSON', '{', []],
    ['null', 'null', []],
    ['a list', '["a"]', []],
    ['another user', '{"userId":"v","cameraIds":["a"]}', []],
    ['no cameras', '{"userId":"u"}', []],
    ['cameras', '{"userId":"u","cameraIds":["a","b","a"]}', ['a', 'b']],
    ['some that are none', `{"userId":"u","cameraIds":["a",7,null,"","${'x'.repeat(65)}"]}`, ['a']],
    ['far too much', JSON.stringify({ userId: 'u', cameraIds: Array.from({ length: 2000 }, String) }), []],
  ])('%s', (_name, text, ids) => {
    expect(readRecent(text, 'u')).toEqual(ids);
  });

  test('any text never throws, and gives a bounded list', () => {
    const near = fc.record({ userId: fc.constantFrom('u', 'v'), cameraIds: fc.array(fc.oneof(fc.string(), fc.anything())) });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          near.map((value) => JSON.stringify(value)),
        ),
        (text) => {
          const ids = readRecent(text, 'u');
          return (
            ids.length <= recentAtMost && ids.every((id) => typeof id === 'string' && id.length <= 64) && new Set(ids).size === ids.length
          );
        },
      ),
      { seed: 1500, numRuns: 1000 },
    );
  });

  test.each<[string, readonly string[], readonly string[], readonly string[]]>([
    ['a known one stays where it is', ['a', 'b', 'c'], ['c', 'a', 'b'], ['a', 'b', 'c']],
    ['a new one comes first', ['a', 'b'], ['d', 'b', 'a'], ['d', 'a', 'b']],
    ['one that fell out goes', ['a', 'b'], ['d', 'a'], ['d', 'a']],
    ['at first all are new', [], ['a', 'b'], ['a', 'b']],
  ])('%s', (_name, shown, now, expected) => {
    expect(keepPlaces(shown, now)).toEqual(expected);
  });
});
