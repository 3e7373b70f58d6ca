import { describe, expect, test } from 'vitest';
import type { Hold } from '../../../layouts/control-contract.ts';
import { endingSoon, holdEvents } from './hold-events.ts';

const hold = (more: Partial<Record<keyof Hold, unknown>> = {}): Hold =>
  ({
    id: 'h1',
    wallId: 'main',
    screenId: '1',
    tiles: null,
    userId: 'li',
    name: '李',
    priority: 4,
    reason: '巡查',
    since: 0,
    expiresAt: 1000,
    restore: null,
    requests: [],
    revision: 1,
    simulated: false,
    drill: false,
    ...more,
  }) as Hold;
const asks = (userId: string) => ({ userId, name: userId, reason: '急', at: 1 });
const mapOf = (...holds: Hold[]) => new Map<string, Hold>(holds.map((one) => [one.id, one]));
const kinds = (before: Hold[], after: Hold[], me: string) => holdEvents(mapOf(...before), mapOf(...after), me).map(({ kind }) => kind);

describe('what happened to holds', () => {
  test.each<[string, Hold[], Hold[], string, string[]]>([
    ['given to whoever asked', [hold({ requests: [asks('wang')] })], [hold({ userId: 'wang' })], 'wang', ['given']],
    ['refused to whoever asked', [hold({ requests: [asks('wang')] })], [hold()], 'wang', ['refused']],
    ['ended while somebody waited', [hold({ requests: [asks('wang')] })], [], 'wang', ['free']],
    ['ended, nobody waited', [hold()], [], 'wang', []],
    ['mine, taken away', [hold()], [hold({ userId: 'zhao', name: '赵' })], 'li', ['lost']],
    ['mine, given by myself', [hold({ requests: [asks('wang')] })], [hold({ userId: 'wang' })], 'li', []],
    ['asked for again', [hold({ requests: [asks('wang')] })], [hold({ requests: [asks('wang'), asks('zhao')] })], 'wang', []],
    ['given to another who asked', [hold({ requests: [asks('wang'), asks('zhao')] })], [hold({ userId: 'zhao' })], 'wang', []],
    ['a new one', [], [hold()], 'li', []],
  ])('%s', (_, before, after, me, events) => {
    expect(kinds(before, after, me)).toEqual(events);
  });
});

test.each([
  [0, ['h1', 'h2']],
  [880, ['h1', 'h2']],
  [1000, ['h2']],
  [1100, []],
])('at %d, holds of mine end soon: %j', (now, ids) => {
  const all = [
    hold({ id: 'h2', expiresAt: 1050 }),
    hold(),
    hold({ id: 'h3', userId: 'wang', expiresAt: 900 }),
    hold({ id: 'h4', expiresAt: 90_000 }),
  ];
  expect(endingSoon(all, 'li', now, 1100).map(({ id }) => id)).toEqual(ids);
});
