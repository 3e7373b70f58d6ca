import { afterEach, expect, test } from 'vitest';
import { silentLog } from '../../contract/log.ts';
import { ManualClock } from '../readings/manual-clock.ts';
import { createRetention, firstRoundAfterMs, roundEveryMs, type Retention, type RetentionStep } from './retention.ts';

const running: Retention[] = [];
afterEach(async () => {
  for (const retention of running.splice(0)) await retention.stop();
});

function started(steps: readonly RetentionStep[]) {
  const clock = new ManualClock();
  let changes = 0;
  const retention = createRetention({ steps, clock, log: silentLog, onChange: () => void (changes += 1) });
  running.push(retention);
  /** Lets so much time pass, a little at a time: between two steps the job rests. */
  const pass = async (ms: number) => {
    await clock.advance(ms);
    for (let index = 0; index < 20; index += 1) await clock.advance(25);
  };
  return { retention, clock, pass, changes: () => changes };
}

/** Records that a step removes a few at a time. */
const heap = (name: string, amount: { left: number }, atOnce: number, sizes: number[] = []): RetentionStep => ({
  name,
  run: () => {
    const gone = Math.min(atOnce, amount.left);
    amount.left -= gone;
    sizes.push(gone);
    return { removed: gone, more: amount.left > 0 };
  },
});

test('removes in small steps, one kind after the other, and again an hour later', async () => {
  const audit = { left: 12 };
  const exports = { left: 1 };
  const sizes: number[] = [];
  const { retention, pass, changes } = started([heap('audit', audit, 5, sizes), heap('exports', exports, 5)]);
  await pass(firstRoundAfterMs - 600);
  expect([retention.lastRound, sizes]).toEqual([null, []]);
  await pass(600);
  expect(sizes).toEqual([5, 5, 2]);
  expect([audit.left, exports.left, retention.lastRound, changes()]).toEqual([0, 0, { failedStep: null, removed: 13, held: false }, 1]);
  audit.left = 3;
  await pass(roundEveryMs);
  expect([audit.left, retention.removed]).toEqual([0, 16]);
});

test('a step that fails is named, keeps nobody from anything, and is tried again', async () => {
  const rest = { left: 4 };
  let broken = true;
  const failing: RetentionStep = {
    name: 'audit',
    run: () => (broken ? Promise.reject(new Error('the disk')) : { removed: 0, more: false }),
  };
  const { retention, pass } = started([failing, heap('exports', rest, 10)]);
  await pass(firstRoundAfterMs);
  expect([retention.lastRound, rest.left]).toEqual([{ failedStep: 'audit', removed: 4, held: false }, 0]);
  broken = false;
  await pass(roundEveryMs);
  expect(retention.lastRound).toEqual({ failedStep: null, removed: 0, held: false });
});

test('stops between two steps and leaves no timer', async () => {
  const audit = { left: 1_000_000 };
  const { retention, clock, pass } = started([heap('audit', audit, 1)]);
  await pass(firstRoundAfterMs);
  await retention.stop();
  const { left } = audit;
  expect(left).toBeGreaterThan(999_000);
  await pass(roundEveryMs);
  expect([audit.left, clock.sleeping]).toEqual([left, 0]);
});
