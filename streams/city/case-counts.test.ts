import { expect, test } from 'vitest';
import type { Incident } from '../../alerts/incident-contract.ts';
import { MemoryLedger } from '../../main/hub/ledger/memory-ledger.ts';
import { createCaseCounts } from './case-counts.ts';

const ledger = new MemoryLedger();
const put = (id: string, metAt: number | null, dueAt: number, more: Partial<Incident> = {}) => {
  const value = {
    id,
    type: 'urban.event.garbage',
    state: 'closed',
    drill: false,
    simulated: false,
    disposition: 'handled',
    timers: [{ until: 'closed', metAt, dueAt }],
    instants: { closed: metAt },
    changedAt: 0,
    ...more,
  };
  ledger.commit([{ collection: 'incidents', op: 'put', key: id, value }], { kind: 'timer', id: 't', by: 't' });
};

test('those closed in time, of those closed: of a kind, none of a drill, none that was no case', () => {
  const count = createCaseCounts(ledger);
  expect(count('urban')).toBeNull();
  put('a', 5, 9);
  put('b', 9, 9);
  put('c', 10, 9, { simulated: true });
  put('d', 1, 9, { state: 'verifying' });
  put('e', 1, 9, { drill: true });
  put('f', 1, 9, { disposition: 'unfounded' });
  put('g', 1, 9, { type: 'urbanity' as Incident['type'] });
  put('h', 12, 9, { type: 'grid' });
  put('i', 2, 9, { timers: [] });
  expect(count('urban')).toEqual({ closed: 4, inTime: 3, lastAt: 10, simulated: true });
  expect(count('grid')).toEqual({ closed: 1, inTime: 0, lastAt: 12, simulated: false });
});
