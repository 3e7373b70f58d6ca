import { describe, expect, test } from 'vitest';
import { exactDuration } from './exact-duration.ts';
import { lifeLine } from './life-line.ts';
import { anIncident } from './testdata/an-incident.ts';

const { instants } = anIncident({ reportedAt: 1000 });
const lineOf = (more: Partial<typeof instants>) =>
  lifeLine({ ...instants, ...more }).map(
    ({ code, at, sinceMs, skipped }) => `${code}:${at ?? (skipped ? 'x' : '-')}${sinceMs === null ? '' : `+${sinceMs}`}`,
  );

describe('the line of a life', () => {
  test('nothing but the report is known at first, and nothing was skipped', () => {
    expect(lineOf({})).toEqual(['T0:1000', ...Array.from({ length: 11 }, (_, index) => `T${index + 1}:-`)]);
  });
  test('each step counts from the one before it that is known; what was leapt over is said', () => {
    expect(lineOf({ verified: 5000, dispatched: 65_000, acknowledged: 66_000 }).slice(0, 7)).toEqual([
      'T0:1000',
      'T1:x',
      'T2:5000+4000',
      'T3:x',
      'T4:65000+60000',
      'T5:66000+1000',
      'T6:-',
    ]);
  });
  test('a clock that was set back shows as what it is', () => {
    expect(lineOf({ answered: 500 })[1]).toBe('T1:500+-500');
  });
});

describe('a length of time to the second', () => {
  test.each([
    [0, '0 秒'],
    [9_999, '9 秒'],
    [130_000, '2 分钟 10 秒'],
    [120_000, '2 分钟'],
    [11_100_000, '3 小时 5 分钟'],
    [187_200_000, '2 天 4 小时'],
    [-9_000, '−9 秒'],
  ])('%i ms', (ms, words) => {
    expect(exactDuration(ms)).toBe(words);
  });
});
