import { expect, test } from 'vitest';
import { problem } from '../../../main/contract/errors.ts';
import { FakeHub } from '../testdata/fake-hub.ts';
import { watchBarrier } from './barrier-watch.ts';

const seen = async (code: Parameters<typeof problem>[0] | null) => {
  const fake = new FakeHub();
  const barriers: string[] = [];
  fake.answer = () => (code === null ? { revision: 3 } : problem(code));
  const hub = watchBarrier(fake.client, (barrier) => barriers.push(barrier));
  const answer = await hub
    .command('layout.remove', { layoutId: 'l1' as never })
    .catch((error: { problem: { code: string } }) => error.problem.code);
  return [answer, barriers];
};

test.each([
  ['session-locked', ['session-locked', ['session-locked']]],
  ['password-change-required', ['password-change-required', ['password-change-required']]],
  ['forbidden', ['forbidden', []]],
  [null, [{ revision: 3 }, []]],
] as const)('%s', async (code, expected) => {
  expect(await seen(code)).toEqual(expected);
});

test('the line itself is the same', () => {
  const fake = new FakeHub();
  const hub = watchBarrier(fake.client, () => {});
  expect([hub.connection.kind, hub.clockKnown, hub.hubNow()]).toEqual(['live', true, fake.now]);
  fake.connection = { kind: 'stale', since: 1 };
  expect(hub.connection.kind).toBe('stale');
});
