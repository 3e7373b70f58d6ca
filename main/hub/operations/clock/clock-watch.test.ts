import { afterEach, expect, test } from 'vitest';
import { silentLog } from '../../../contract/log.ts';
import { err, ok } from '../../../contract/result.ts';
import type { Clock } from '../../../contract/time.ts';
import { ManualClock } from '../../readings/manual-clock.ts';
import type { AskFault, AskTime, ClockSample } from './ask-time.ts';
import { askEveryMs, createClockWatch, type ClockWatch } from './clock-watch.ts';

const watches: ClockWatch[] = [];
afterEach(async () => {
  for (const watch of watches.splice(0)) await watch.stop();
});

const sample = (offsetMs: number): ClockSample => ({ offsetMs, delayMs: 0, rootDistanceMs: 0 });

/** A watch whose servers say what stands in `says`; the wall clock can be set apart from the monotonic one. */
function watched(says: Record<string, number | AskFault>) {
  const manual = new ManualClock();
  let set = 0;
  const clock: Clock = {
    now: () => manual.now() + set,
    monotonic: () => manual.monotonic(),
    sleep: (ms, signal) => manual.sleep(ms, signal),
  };
  const questions: string[] = [];
  const ask: AskTime = (host) => {
    questions.push(host);
    const answer = says[host] ?? { kind: 'silent' as const };
    return Promise.resolve(typeof answer === 'number' ? ok(sample(answer)) : err(answer));
  };
  let changes = 0;
  const watch = createClockWatch({
    servers: Object.keys(says),
    driftMs: 1000,
    ask,
    clock,
    log: silentLog,
    onChange: () => void (changes += 1),
  });
  watches.push(watch);
  return { watch, manual, questions, says, setClock: (ms: number) => void (set += ms), changes: () => changes };
}

test('without servers nobody can tell', async () => {
  const { watch, manual, questions } = watched({});
  await manual.advance(askEveryMs.most);
  expect([watch.verdict, questions]).toEqual([{ state: 'unknown' }, []]);
  await watch.stop();
  expect(manual.sleeping).toBe(0);
});

test('says nothing before every server was asked, then what they say', async () => {
  const { watch, manual, says } = watched({ a: 20, b: 40, c: { kind: 'silent' } });
  expect(watch.verdict).toBeNull();
  await manual.advance(0);
  expect(watch.verdict).toEqual({ state: 'right', offsetMs: 20, servers: 2 });
  says['a'] = 3000;
  says['b'] = 3010;
  await manual.advance(askEveryMs.most);
  expect(watch.verdict).toEqual({ state: 'drifting', offsetMs: 3000, servers: 2 });
});

test('a server is asked less and less often while all is well, and often again while it is not', async () => {
  const { manual, questions, says } = watched({ a: 1 });
  await manual.advance(0);
  const asked: number[] = [];
  let minutes = 0;
  const follow = async (until: number) => {
    for (; minutes < until; minutes += 1) {
      const { length } = questions;
      await manual.advance(60_000);
      if (questions.length > length) asked.push(minutes + 1);
    }
  };
  await follow(60);
  expect(asked).toEqual([3, 8, 17, 32, 47]);
  says['a'] = 700;
  await follow(70);
  expect(asked.slice(5)).toEqual([62, 64, 66, 68, 70]);
});

test('silence takes nothing back at once, and makes the clock unknown in the end', async () => {
  const { watch, manual, says } = watched({ a: 5 });
  await manual.advance(0);
  says['a'] = { kind: 'silent' };
  await manual.advance(askEveryMs.least * 2);
  expect(watch.verdict).toMatchObject({ state: 'right' });
  for (let index = 0; index < 6; index += 1) await manual.advance(askEveryMs.most);
  expect(watch.verdict).toEqual({ state: 'unknown' });
});

test('RATE makes the questions rare, DENY and RSTR end them', async () => {
  const { watch, manual, questions, says } = watched({ rate: { kind: 'kiss', code: 'RATE' }, deny: { kind: 'kiss', code: 'DENY' } });
  await manual.advance(0);
  expect(watch.verdict).toEqual({ state: 'unknown' });
  await manual.advance(askEveryMs.most - 1);
  expect(questions).toEqual(['rate', 'deny']);
  says['rate'] = 7;
  await manual.advance(1);
  expect(questions).toEqual(['rate', 'deny', 'rate']);
  expect(watch.verdict).toEqual({ state: 'right', offsetMs: 7, servers: 1 });
  for (let index = 0; index < 5; index += 1) await manual.advance(askEveryMs.most);
  expect(questions.filter((host) => host === 'deny')).toHaveLength(1);
});

test('a clock that somebody sets is noticed within a second, and every server asked anew', async () => {
  const { watch, manual, questions, says, setClock, changes } = watched({ a: 5, b: { kind: 'kiss', code: 'DENY' } });
  await manual.advance(0);
  setClock(-90_000);
  says['a'] = 90_005;
  const before = changes();
  await manual.advance(1000);
  await manual.advance(0);
  expect([watch.lastStep, watch.steps]).toEqual([{ byMs: -90_000 }, 1]);
  expect(changes()).toBeGreaterThan(before);
  expect(questions).toEqual(['a', 'b', 'a']);
  expect(watch.verdict).toEqual({ state: 'drifting', offsetMs: 90_005, servers: 1 });
  for (let index = 0; index < 20; index += 1) {
    setClock(0.4); // the operating system slews
    await manual.advance(1000);
  }
  expect(watch.steps).toBe(1);
});

test('an answer to a question from before the clock was set says nothing of the clock after it', async () => {
  const manual = new ManualClock();
  let set = 0;
  const clock: Clock = {
    now: () => manual.now() + set,
    monotonic: () => manual.monotonic(),
    sleep: (ms, signal) => manual.sleep(ms, signal),
  };
  const held = Promise.withResolvers<void>();
  let questions = 0;
  const ask: AskTime = async () => {
    questions += 1;
    if (questions > 1) return ok(sample(-3_600_000));
    await held.promise;
    return ok(sample(5));
  };
  const watch = createClockWatch({ servers: ['a'], driftMs: 1000, ask, clock, log: silentLog, onChange: () => undefined });
  watches.push(watch);
  await manual.advance(500);
  set = 3_600_000;
  await manual.advance(1000);
  expect([watch.steps, watch.verdict]).toEqual([1, null]);
  held.resolve();
  await manual.advance(0);
  expect(watch.verdict).toMatchObject({ state: 'drifting', offsetMs: -3_600_000 });
});
