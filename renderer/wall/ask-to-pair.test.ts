import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { problem, type Problem } from '../../main/contract/errors.ts';
import { err, ok, type Result } from '../../main/contract/result.ts';
import { askToPair, type PairingShown } from './ask-to-pair.ts';

const lifetimeMs = 600_000;
let asked: { name: string; args: unknown }[];
let shown: PairingShown[];
let answers: { begin: () => Result<object, Problem>; claim: () => Result<object, Problem> };
let over: AbortController;

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  shown = [];
  over = new AbortController();
  let codes = 0;
  answers = {
    begin: () => ok({ code: `CODE000${(codes += 1)}`, secret: `secret-${codes}`, expiresAt: 0, lifetimeMs }),
    claim: () => ok({ state: 'waiting', session: null }),
  };
});
afterEach(() => vi.useRealTimers());

function start(): { result: boolean | null } {
  const state: { result: boolean | null } = { result: null };
  void askToPair({
    wallId: 'main',
    screenId: '1',
    async post(name: string, args: unknown) {
      asked.push({ name, args });
      return (name === 'wall.pairing-begin' ? answers.begin() : answers.claim()) as never;
    },
    show: (next) => void shown.push(next),
    signal: over.signal,
  }).then((result) => (state.result = result));
  return state;
}
const begun = () => asked.filter(({ name }) => name === 'wall.pairing-begin').length;

test('shows its code, asks every two seconds, and is let in', async () => {
  const state = start();
  await vi.advanceTimersByTimeAsync(0);
  expect(asked).toEqual([{ name: 'wall.pairing-begin', args: { wallId: 'main', screenId: '1' } }]);
  expect(shown.at(-1)).toMatchObject({ code: 'CODE0001', trouble: null, until: performance.now() + lifetimeMs });
  await vi.advanceTimersByTimeAsync(6000);
  const claim = { name: 'wall.pairing-claim', args: { secret: 'secret-1' } };
  expect(asked.slice(1)).toEqual([claim, claim, claim]);
  answers.claim = () => ok({ state: 'paired', session: {} });
  await vi.advanceTimersByTimeAsync(2000);
  expect(state.result).toBe(true);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toHaveLength(5);
});

test('a code that is too old is followed by another', async () => {
  start();
  await vi.advanceTimersByTimeAsync(lifetimeMs - 1);
  expect(begun()).toBe(1);
  await vi.advanceTimersByTimeAsync(2001);
  expect(begun()).toBe(2);
  expect(shown.at(-1)).toMatchObject({ code: 'CODE0002' });
});

test('so is one that the hub knows no more: it was started again', async () => {
  start();
  await vi.advanceTimersByTimeAsync(0);
  answers.claim = () => err(problem('pairing-unknown'));
  await vi.advanceTimersByTimeAsync(2000);
  answers.claim = () => ok({ state: 'waiting', session: null });
  expect([begun(), shown.at(-1)!.code]).toEqual([2, 'CODE0002']);
});

test('while the hub is away it says so, keeps its code, and goes on when the hub is back', async () => {
  start();
  await vi.advanceTimersByTimeAsync(0);
  answers.claim = () => err(problem('unavailable'));
  await vi.advanceTimersByTimeAsync(2000);
  expect(shown.at(-1)).toMatchObject({ code: 'CODE0001', trouble: { code: 'unavailable' } });
  answers.claim = () => ok({ state: 'waiting', session: null });
  await vi.advanceTimersByTimeAsync(2000);
  expect(shown.at(-1)).toMatchObject({ code: 'CODE0001', trouble: null });
  expect(begun()).toBe(1);
});

test('a hub that wants less is left alone for as long as it says', async () => {
  answers.begin = () => err(problem('too-many-requests', { retryAfterMs: 20_000 }));
  start();
  await vi.advanceTimersByTimeAsync(19_999);
  expect(asked).toHaveLength(1);
  expect(shown.at(-1)).toMatchObject({ code: null, trouble: { code: 'too-many-requests' } });
  await vi.advanceTimersByTimeAsync(1);
  expect(asked).toHaveLength(2);
});

test('a page that goes away asks no more', async () => {
  const state = start();
  await vi.advanceTimersByTimeAsync(3000);
  const before = asked.length;
  over.abort();
  await vi.advanceTimersByTimeAsync(30_000);
  expect([state.result, asked.length]).toEqual([false, before]);
  expect(vi.getTimerCount()).toBe(0);
});
