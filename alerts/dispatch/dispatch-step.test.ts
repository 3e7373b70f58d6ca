import { expect, test } from 'vitest';
import type { IncidentId } from '../../main/contract/ids.ts';
import { Desk } from '../incidents/testdata/desk.ts';
import { DispatchStep } from './dispatch-step.ts';

test('an incident that left the collection is made again of its log once a step, whoever asks for it', () => {
  const { log, incident } = new Desk({}, { id: 'gone' });
  let reads = 0;
  const step = new DispatchStep(
    {
      ledger: { get: () => undefined, all: () => [].values() },
      records: {
        append() {},
        give() {},
        lastNumber: () => null,
        read: (id, after) => {
          reads += 1;
          return id === 'gone' ? log.filter(({ seq }) => seq > after) : [];
        },
      },
    },
    { now: 1, by: 'test', from: null },
  );
  expect(step.incident('gone')).toEqual(incident);
  const first = reads;
  expect(step.incident('gone')).toEqual(incident);
  expect(reads).toBe(first);
  // One that never was is not looked for again, either.
  expect([step.incident('never'), step.incident('never')]).toEqual([undefined, undefined]);
  expect(reads).toBe(first + 1);
  // What the step itself wrote counts, not what was read before.
  step.write(incident, [{ kind: 'edited', at: 1, corrects: null, body: { reason: null, title: 'Other', before: {}, timers: null } }]);
  expect(step.incident('gone' as IncidentId)).toMatchObject({ title: 'Other' });
});
