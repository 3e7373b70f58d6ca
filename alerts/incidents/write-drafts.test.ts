import { expect, test } from 'vitest';
import type { IncidentId } from '../../main/contract/ids.ts';
import { applyEntry } from './apply-entry.ts';
import { handlingIncident } from './handling-incident.ts';
import { replayIncident } from './replay-incident.ts';
import { Desk, friday } from './testdata/desk.ts';
import { writeDrafts } from './write-drafts.ts';

const note = (text: string) => ({ kind: 'note' as const, at: friday, corrects: null, body: { text } });

test('drafts are numbered from the last entry, by whom and when', () => {
  const { incident } = new Desk();
  const { entries, incident: after } = writeDrafts(incident, [note('a'), note('b')], { now: friday + 5, by: 'Li', from: 'desk-7' });
  expect(entries.map(({ seq, incidentId, at, enteredAt, by, from }) => [seq, incidentId, at, enteredAt, by, from])).toEqual([
    [2, incident.id, friday, friday + 5, 'Li', 'desk-7'],
    [3, incident.id, friday, friday + 5, 'Li', 'desk-7'],
  ]);
  expect(after).toEqual({ ...incident, lastSeq: 3, changedAt: friday + 5 });
  expect(writeDrafts(incident, [], { now: 1, by: 'Li', from: null })).toEqual({ incident, entries: [] });
});

test('what begins without being opened is a bug', () => {
  const writer = { now: friday, by: 'Li', from: null };
  expect(() => writeDrafts('one' as IncidentId, [note('a')], writer)).toThrow(TypeError);
  expect(() => writeDrafts('one' as IncidentId, [], writer)).toThrow(TypeError);
  expect(() => applyEntry(null, new Desk({}).write([note('a')])[0]!)).toThrow(TypeError);
  expect(replayIncident([])).toBeNull();
});

test("what people decide on has a revision; notes, alerts, tasks and warnings are in nobody's way", () => {
  const desk = new Desk();
  const revisions: [string, number][] = [];
  const look = (name: string) => revisions.push([name, desk.incident.revision]);
  look('opened');
  desk.write([note('a')]);
  look('note');
  desk.write([{ kind: 'unit', at: friday, corrects: null, body: { unitId: 'u' as never, unitName: 'U', state: 'staging', text: null } }]);
  look('unit');
  desk.advance('accept');
  look('moved');
  desk.task('a', 'sent', { queued: true });
  look('task');
  desk.task('a', 'sent', { queued: false });
  look('task and move');
  expect(revisions).toEqual([
    ['opened', 1],
    ['note', 1],
    ['unit', 1],
    ['moved', 2],
    ['task', 2],
    ['task and move', 3],
  ]);
});

test('what went into another is handled in the name of the last of the chain that is kept', () => {
  const [one, two, three] = ['one', 'two', 'three'].map((id) => new Desk({}, { id }).incident) as [never, never, never];
  const chain = new Map<string, typeof Desk.prototype.incident>([
    ['one', { ...(one as object), parent: 'two' } as never],
    ['two', { ...(two as object), parent: 'three' } as never],
    ['three', three],
  ]);
  const get = (id: string) => chain.get(id);
  expect(handlingIncident(chain.get('one')!, get).id).toBe('three');
  expect(handlingIncident(chain.get('three')!, get).id).toBe('three');
  chain.delete('three');
  expect(handlingIncident(chain.get('one')!, get).id).toBe('two');
  // A circle is a bug of somebody; it ends.
  chain.set('two', { ...(two as object), parent: 'one' } as never);
  expect(['one', 'two']).toContain(handlingIncident(chain.get('one')!, get).id);
});
