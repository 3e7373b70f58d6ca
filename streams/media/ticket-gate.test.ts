import { expect, test } from 'vitest';
import { newRelayCounters } from './relay-counters.ts';
import { FakeClock } from './testdata/fake-clock.ts';
import { TicketGate } from './ticket-gate.ts';
import { signTicket } from './ticket.ts';

const key = Buffer.alloc(32, 3);

function gate() {
  const clock = new FakeClock();
  const counters = newRelayCounters();
  const made = (nonce: string, lifeMs = 60_000) => signTicket(key, { leaseId: 'l1', nonce, expiresAt: clock.now() + lifeMs });
  const tickets = new TicketGate(key, clock, counters);
  const reason = (text: string) => {
    const taken = tickets.take(text);
    return taken.ok ? 'taken' : taken.error.params['reason'];
  };
  return { clock, counters, made, tickets, reason };
}

test('a ticket is taken once; what is refused is counted with its reason', () => {
  const { made, reason, counters } = gate();
  const one = made('a');
  expect([reason(one), reason(one), reason('forged'), reason(made('b', -1)), reason(made('c', 59_999))]).toEqual([
    'taken',
    'used',
    'invalid',
    'expired',
    'older-than-relay',
  ]);
  expect(counters.ticketsRefused).toBe(4);
});

test('what was given back can be taken again', () => {
  const { made, tickets, reason } = gate();
  const one = made('a');
  const taken = tickets.take(one);
  if (taken.ok) tickets.giveBack(taken.value);
  expect(reason(one)).toBe('taken');
});

test('uses are remembered as long as their tickets live', () => {
  const { made, tickets, reason, clock } = gate();
  const one = made('a');
  reason(one);
  clock.advance(59_999);
  tickets.sweep();
  expect(reason(one)).toBe('used');
  clock.advance(1);
  tickets.sweep();
  expect(reason(one)).toBe('expired');
});
