import { expect, test } from 'vitest';
import type { CommandState } from '../../contract/commands.ts';
import { silentLog } from '../../contract/log.ts';
import { MemoryLedger } from '../ledger/memory-ledger.ts';
import { pruneCommands } from './prune-commands.ts';

const now = Date.UTC(2026, 10, 26);
const days = (count: number) => count * 86_400_000;

test('only what is over goes, and only when its time is over', () => {
  const ledger = new MemoryLedger({ clock: { now: () => now }, log: silentLog });
  const put = (id: string, state: CommandState, age: number) =>
    ledger.commit([{ collection: 'commands', op: 'put', key: id, value: { id, state, updatedAt: now - age } }], {
      kind: 'command',
      id,
      by: 'wang',
    });
  for (const state of ['confirmed', 'rejected', 'timedOut', 'failed'] as const) put(`old-${state}`, state, days(90) + 1);
  for (const state of ['received', 'awaitingApproval', 'authorised', 'sent', 'accepted'] as const) put(`old-${state}`, state, days(900));
  put('new', 'confirmed', days(90));
  const { seq } = ledger;
  expect(pruneCommands(ledger, 90, now)).toEqual({ removed: 4, more: false });
  expect([...ledger.all('commands')].map((entity) => (entity as { id: string }).id)).toEqual([
    'old-received',
    'old-awaitingApproval',
    'old-authorised',
    'old-sent',
    'old-accepted',
    'new',
  ]);
  expect(ledger.seq).toBe(seq + 1);
  expect(pruneCommands(ledger, 90, now)).toEqual({ removed: 0, more: false });
  expect(ledger.seq).toBe(seq + 1);
});

test('many go a part at a time', () => {
  const ledger = new MemoryLedger({ clock: { now: () => now }, log: silentLog });
  const changes = Array.from({ length: 450 }, (_, index) => ({
    collection: 'commands',
    op: 'put' as const,
    key: `c${index}`,
    value: { id: `c${index}`, state: 'confirmed', updatedAt: 0 },
  }));
  ledger.commit(changes, { kind: 'command', id: 'k', by: 'wang' });
  const steps = Array.from({ length: 3 }, () => pruneCommands(ledger, 90, now));
  expect(steps).toEqual([
    { removed: 200, more: true },
    { removed: 200, more: true },
    { removed: 50, more: false },
  ]);
});
