import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startPresence, tellEveryMs, type Presence } from './presence.ts';

const idleMs = 900_000;
let presence: Presence | undefined;
let told: number[];
let idle: number;
let answer: { readonly lockAfterMs: number | null } | 'unheard';
let others: EventTarget & { postMessage(message: unknown): void };
let posted: unknown[];

const start = () =>
  startPresence({
    now: Date.now,
    tell: async () => {
      told.push(Date.now());
      return answer;
    },
    onIdle: () => (idle += 1),
    others,
  });
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers({ now: 1_700_000_000_000 });
  told = [];
  posted = [];
  idle = 0;
  answer = { lockAfterMs: idleMs };
  others = Object.assign(new EventTarget(), { postMessage: (message: unknown) => posted.push(message) });
  presence = undefined;
});
afterEach(() => {
  presence?.stop();
  vi.useRealTimers();
});

describe('the hub is told', () => {
  test('once at the beginning, then only of real touches, at most every thirty seconds', async () => {
    presence = start();
    await pass(300_000);
    expect(told).toHaveLength(1);
    for (let second = 0; second < 100; second++) {
      presence.touch();
      await pass(1000);
    }
    const gaps = told.slice(1).map((at, nth) => at - told[nth]!);
    expect(told).toHaveLength(5);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(tellEveryMs);
  });

  test('of the last touch too, when the pause is over', async () => {
    presence = start();
    await pass(40_000);
    presence.touch();
    await pass(5000);
    presence.touch();
    expect(told).toHaveLength(2);
    await pass(25_000);
    expect(told).toHaveLength(3);
    await pass(120_000);
    expect(told).toHaveLength(3);
  });
});

test('a touch that comes while the hub is being told is told after the pause', async () => {
  const { promise, resolve } = Promise.withResolvers<typeof answer>();
  const said = [promise, Promise.resolve(answer)];
  presence = startPresence({
    now: Date.now,
    tell: () => {
      told.push(Date.now());
      return said.shift()!;
    },
    onIdle: () => (idle += 1),
  });
  await pass(5000);
  presence.touch();
  resolve(answer);
  await pass(tellEveryMs - 5001);
  expect(told).toHaveLength(1);
  await pass(1);
  expect(told).toHaveLength(2);
});

describe('the desk locks itself', () => {
  test('when nobody was there for as long as the hub said', async () => {
    presence = start();
    await pass(100_000);
    presence.touch();
    await pass(idleMs - 1);
    expect(idle).toBe(0);
    await pass(1);
    expect(idle).toBe(1);
    await pass(idleMs * 3);
    expect(idle).toBe(1);
  });

  test('in time although the hub is gone', async () => {
    presence = start();
    await pass(0);
    answer = 'unheard';
    await pass(60_000);
    presence.touch();
    await pass(idleMs);
    expect(idle).toBe(1);
  });

  test('not where the hub does not lock', async () => {
    answer = { lockAfterMs: null };
    presence = start();
    await pass(idleMs * 10);
    expect(idle).toBe(0);
  });

  test('before it believes a touch that comes after the machine slept', async () => {
    presence = start();
    await pass(0);
    vi.setSystemTime(Date.now() + idleMs + 1);
    presence.touch();
    expect(idle).toBe(1);
  });

  test('no later because the clock was set back', async () => {
    presence = start();
    await pass(10_000);
    vi.setSystemTime(Date.now() - 3_600_000);
    await pass(idleMs * 2);
    expect(idle).toBe(1);
  });
});

describe('other pages of the same session', () => {
  const here = () => others.dispatchEvent(new MessageEvent('message', { data: 'here' }));

  test('keep this one open, and hear of it', async () => {
    presence = start();
    await pass(idleMs - 1000);
    here();
    await pass(idleMs - 1000);
    expect(idle).toBe(0);
    await pass(1000);
    expect(idle).toBe(1);
    expect(posted).toEqual(['here']);
    expect(told).toHaveLength(1);
  });

  test('what else they say means nothing here', async () => {
    presence = start();
    await pass(idleMs - 1000);
    others.dispatchEvent(new MessageEvent('message', { data: 'locked' }));
    await pass(1000);
    expect(idle).toBe(1);
  });
});

test('after the end nothing happens', async () => {
  presence = start();
  await pass(0);
  presence.stop();
  presence.touch();
  await pass(idleMs * 2);
  expect([idle, told.length]).toEqual([0, 1]);
});
