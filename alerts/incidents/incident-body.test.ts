import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { IncidentId } from '../../main/contract/ids.ts';
import { incidentLogEntry, type IncidentLogEntry } from '../incident-contract.ts';
import { incidentBodies, readEntry } from './incident-body.ts';
import { Desk } from './testdata/desk.ts';

const entry = (kind: IncidentLogEntry['kind'], body: unknown): IncidentLogEntry => ({
  seq: 2,
  incidentId: 'one' as IncidentId,
  at: 1,
  enteredAt: 2,
  by: 'Wang',
  from: null,
  kind,
  body,
  corrects: null,
});

test('there is a body for every kind of entry', () => {
  expect(Object.keys(incidentBodies).toSorted()).toEqual([...incidentLogEntry.shape.kind.options].toSorted());
});

test.each<[string, IncidentLogEntry]>([
  ['a note without words', entry('note', {})],
  ['a note with what steers a terminal', entry('note', { text: 'a\u001b[2J' })],
  ['a move to nowhere', entry('moved', { ...(new Desk().log[0]!.body as object), to: 'nowhere' })],
  ['a merge of a kind that is none', entry('merge', { did: 'swallowed', child: 'two' })],
  ['a warning of nothing', entry('timer', { timerId: 'closed-1', percents: [], tell: 'owner', dueAt: 1 })],
  ['a task of no unit', entry('task', { taskId: 'a' })],
  ['nothing', entry('report', null)],
])('%s is no entry', (_name, wrong) => {
  expect(readEntry(wrong)).toMatchObject({ ok: false, error: { code: 'malformed', params: { seq: 2, kind: wrong.kind } } });
});

test('whatever lies on a disk, it is read or refused, and what is read is read the same again', () => {
  const good = new Desk();
  good.advance('accept');
  good.task('a', 'sent');
  const changed = fc
    .tuple(fc.nat(good.log.length - 1), fc.string({ maxLength: 12 }), fc.anything())
    .map(([at, key, value]) => ({ ...good.log[at]!, body: { ...(good.log[at]!.body as object), [key]: value } }));
  const replaced = fc.tuple(fc.nat(good.log.length - 1), fc.nat(20), fc.jsonValue()).map(([at, index, value]) => {
    const body = good.log[at]!.body as Record<string, unknown>;
    const keys = Object.keys(body);
    return { ...good.log[at]!, body: { ...body, [keys[index % keys.length]!]: value } };
  });
  const any = fc.tuple(fc.constantFrom(...incidentLogEntry.shape.kind.options), fc.anything()).map(([kind, body]) => entry(kind, body));
  let [read, refused] = [0, 0];
  const holds = fc.property(fc.oneof(changed, replaced, any), (one) => {
    const first = readEntry(one);
    if (!first.ok) {
      refused++;
      return first.error.code === 'malformed';
    }
    read++;
    const again = readEntry(JSON.parse(JSON.stringify(first.value)) as IncidentLogEntry);
    return again.ok && JSON.stringify(again.value) === JSON.stringify(first.value);
  });
  expect(fc.check(holds, { seed: 212, numRuns: 2000 }).counterexample).toBeNull();
  expect(Math.min(read, refused)).toBeGreaterThan(200);
});
