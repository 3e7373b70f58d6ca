import { expect, test } from 'vitest';
import type { UserId } from '../../contract/ids.ts';
import { createTickets } from './tickets.ts';

function fakeClock() {
  let at = 5_000;
  return { now: () => at, monotonic: () => at, sleep: async () => {}, pass: (ms: number) => void (at += ms) };
}

test('a ticket opens what it was made for, once', () => {
  const clock = fakeClock();
  const tickets = createTickets(clock);
  const { ticket, expiresAt } = tickets.issue({ kind: 'wall', wallId: 'main', screenId: '1' });
  expect(expiresAt).toBe(5_000 + 600_000);
  expect(tickets.redeem(`${ticket}x`)).toBeNull();
  expect(tickets.redeem(ticket)).toEqual({ kind: 'wall', wallId: 'main', screenId: '1' });
  expect(tickets.redeem(ticket)).toBeNull();
});

test('after ten minutes it opens nothing', () => {
  const clock = fakeClock();
  const tickets = createTickets(clock);
  const { ticket } = tickets.issue({ kind: 'wall', wallId: 'main', screenId: '1' });
  clock.pass(600_000);
  expect(tickets.redeem(ticket)).toBeNull();
});

test('only so many are held: the oldest gives way', () => {
  const tickets = createTickets(fakeClock());
  const first = tickets.issue({ kind: 'wall', wallId: 'main', screenId: '1' });
  for (let i = 0; i < 1000; i++) tickets.issue({ kind: 'wall', wallId: 'main', screenId: '2' });
  expect(tickets.redeem(first.ticket)).toBeNull();
});

test.each([
  ['a screen', '1', [false, true, true, true]],
  ['a wall', null, [false, false, true, true]],
] as const)('the links of %s can be made void', (_name, screenId, opens) => {
  const tickets = createTickets(fakeClock());
  const links = [
    tickets.issue({ kind: 'wall', wallId: 'main', screenId: '1' }),
    tickets.issue({ kind: 'wall', wallId: 'main', screenId: '2' }),
    tickets.issue({ kind: 'wall', wallId: 'hall', screenId: '1' }),
    tickets.issue({ kind: 'console', userId: 'u1' as UserId }),
  ];
  tickets.voidOfWall('main', screenId);
  expect(links.map(({ ticket }) => tickets.redeem(ticket) !== null)).toEqual(opens);
});
