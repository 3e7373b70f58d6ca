import { describe, expect, test } from 'vitest';
import { dueStateOf, nextDue } from './incident-due.ts';
import { anIncident, aTimer } from './testdata/an-incident.ts';

const now = 1_800_000_000_000;

describe('the next limit', () => {
  test('is the open one with the least left, be it paused', () => {
    const timers = [
      aTimer({ id: 'a', dueAt: now + 9000 }),
      aTimer({ id: 'b', dueAt: now - 5000, metAt: now - 6000 }),
      aTimer({ id: 'c', dueAt: now + 20_000, pausedAt: now + 12_000 }),
    ];
    expect(nextDue(anIncident({ timers }), now)).toMatchObject({ timer: { id: 'c' }, leftMs: 8000, state: 'paused' });
  });
  test.each([
    [{ dueAt: now + 1 }, 'running'],
    [{ dueAt: now }, 'running'],
    [{ dueAt: now - 1 }, 'late'],
    [{ dueAt: now - 1, pausedAt: now - 5000 }, 'paused'],
  ] as const)('%j is %s', (timer, state) => {
    expect(dueStateOf(aTimer(timer), now)).toBe(state);
  });
  test('what is over waits for nothing', () => {
    expect(nextDue(anIncident({ state: 'closed', timers: [aTimer({ dueAt: now - 1 })] }), now)).toBeNull();
  });
});
