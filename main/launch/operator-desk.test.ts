import { beforeEach, expect, test } from 'vitest';
import type { Log } from '../contract/log.ts';
import { operatorActions, type OperatorAction, type OperatorAnswer } from '../contract/shell.ts';
import { ManualClock } from '../hub/readings/manual-clock.ts';
import { createOperatorDesk, type OperatorDesk } from './operator-desk.ts';

const right = 'right key';
let clock: ManualClock;
let done: string[];
let said: { readonly fields: Record<string, unknown>; readonly message: string }[];
let cannot: OperatorAction | null;
let wrong: OperatorAnswer;
let desk: OperatorDesk;

beforeEach(() => {
  clock = new ManualClock();
  done = [];
  said = [];
  cannot = null;
  wrong = { done: false, code: 'operator-key-wrong' };
  const note: Log['info'] = (fields, message) => void said.push({ fields: { ...fields }, message });
  const act = (action: OperatorAction) => async (screen: string) => {
    if (cannot === action) throw new Error('no such program');
    done.push(`${action} ${screen}`);
  };
  desk = createOperatorDesk({
    lock: { lockOuts: 0, tryKey: async (key) => (key === right ? { done: true } : wrong) },
    actions: Object.fromEntries(operatorActions.map((action) => [action, act(action)])) as Record<OperatorAction, () => Promise<void>>,
    clock,
    log: { debug: note, info: note, warn: note, error: note },
  });
});

test.each([
  ['identify', 'at once'],
  ['console', 'at once'],
  ['reload', 'after the answer'],
  ['reload-all', 'after the answer'],
  ['quit', 'after the answer'],
] as const)('%s is done %s, once', async (action, when) => {
  expect(await desk.operate('main/2', right, action)).toEqual({ done: true });
  expect(done).toEqual(when === 'at once' ? [`${action} main/2`] : []);
  await clock.advance(300);
  expect(done).toEqual([`${action} main/2`]);
  expect(said).toEqual([{ fields: { screen: 'main/2', action, outcome: 'done' }, message: 'an operator tried the unlock key' }]);
});

test('to unlock does nothing else', async () => {
  expect(await desk.operate('main/2', right, 'unlock')).toEqual({ done: true });
  await clock.advance(10_000);
  expect([done, clock.sleeping]).toEqual([[], 0]);
});

test.each(['unlock', ...operatorActions] as const)(
  'without the key %s is not done; the try is in the log, the key is not',
  async (action) => {
    wrong = { done: false, code: 'operator-locked-out', retryAfterMs: 7 };
    expect(await desk.operate('main/1', 'guess-4711', action)).toEqual(wrong);
    await clock.advance(10_000);
    expect(done).toEqual([]);
    expect(said.map(({ fields }) => fields)).toEqual([{ screen: 'main/1', action, outcome: 'operator-locked-out' }]);
    expect(JSON.stringify(said)).not.toContain('guess-4711');
  },
);

test('what cannot be done is said, to the page where it still listens', async () => {
  cannot = 'console';
  expect(await desk.operate('main/1', right, 'console')).toEqual({ done: false, code: 'shell-does-not-answer' });
  cannot = 'reload';
  expect(await desk.operate('main/1', right, 'reload')).toEqual({ done: true });
  await clock.advance(300);
  expect(said.filter(({ message }) => message.includes('could not')).map(({ fields }) => fields['action'])).toEqual(['console', 'reload']);
});

test('when it stops nothing is begun any more, and nobody sleeps', async () => {
  await desk.operate('main/1', right, 'quit');
  desk.stop();
  await clock.advance(300);
  expect([done, clock.sleeping]).toEqual([[], 0]);
  expect(await desk.operate('main/1', right, 'identify')).toEqual({ done: true });
  expect(done).toEqual([]);
});
