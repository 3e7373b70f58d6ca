import { expect, test } from 'vitest';
import { draftSource, endedOnes, ownOffer, waitingFor, type HandoverSummary } from './handover-lists.ts';

const person = (name: string) => ({ userId: `u-${name}`, name, fullName: null });
const offered = (id: string, from: string, offeredAt: number, more: object = {}) =>
  ({
    id,
    state: 'offered',
    from: person(from),
    to: null,
    offeredAt,
    signedAt: null,
    withdrawnAt: null,
    desk: null,
    ...more,
  }) as HandoverSummary;
const signed = (id: string, from: string, to: string, offeredAt: number, signedAt = offeredAt + 1) =>
  offered(id, from, offeredAt, { state: 'signed', to: person(to), signedAt });
const withdrawn = (id: string, from: string, offeredAt: number) => offered(id, from, offeredAt, { state: 'withdrawn', withdrawnAt: 9 });
const ids = (all: readonly HandoverSummary[]) => all.map(({ id }) => id);

test('what waits for somebody is what others have signed, the newest first', () => {
  const all = [offered('a', 'li', 1), offered('b', 'zhao', 2), offered('mine', 'wang', 3), signed('s', 'li', 'zhao', 4)];
  expect(ids(waitingFor(all, 'u-wang'))).toEqual(['b', 'a']);
  expect(ownOffer(all, 'u-wang')?.id).toBe('mine');
  expect(ownOffer(all, 'u-sun')).toBeNull();
});

test('what is over is what was signed by both or withdrawn', () => {
  expect(ids(endedOnes([signed('a', 'li', 'wang', 1), offered('b', 'li', 2), withdrawn('c', 'li', 3)]))).toEqual(['c', 'a']);
});

test.each<[string, HandoverSummary[], { kind: string; id: string } | null]>([
  ['nothing', [], null],
  ['only what others did', [signed('a', 'li', 'zhao', 1), offered('b', 'li', 5)], null],
  ['what he took over', [signed('a', 'li', 'wang', 1)], { kind: 'taken', id: 'a' }],
  [
    'what he took over last, not what was written last',
    [signed('a', 'li', 'wang', 1, 9), signed('b', 'li', 'wang', 2, 3)],
    { kind: 'taken', id: 'a' },
  ],
  ['what he took over and handed on', [signed('a', 'li', 'wang', 1), signed('b', 'wang', 'li', 5)], null],
  ['what he took over after he handed on', [signed('b', 'wang', 'li', 5), signed('a', 'li', 'wang', 7)], { kind: 'taken', id: 'a' }],
  ['what he withdrew handed nothing on', [signed('a', 'li', 'wang', 1), withdrawn('b', 'wang', 5)], { kind: 'taken', id: 'a' }],
  ['what he has written himself goes first', [signed('a', 'li', 'wang', 1), offered('b', 'wang', 5)], { kind: 'own', id: 'b' }],
])('a new one begins with %s', (_name, all, source) => {
  expect(draftSource(all, 'u-wang')).toEqual(source);
});
