import { expect, test } from 'vitest';
import { decideNote, type NoteArgs } from './decide-note.ts';
import { Desk, friday } from './testdata/desk.ts';

const note = (desk: Desk, args: NoteArgs): string | null => desk.take(decideNote(desk.incident, args, desk.context));

test("words are written with when it was, never later than now, and are in nobody's way", () => {
  const desk = new Desk();
  const { revision } = desk.incident;
  expect(note(desk, { text: 'The road is closed', at: friday - 5000 })).toBeNull();
  expect(note(desk, { text: 'From the future', at: friday + 5000 })).toBeNull();
  expect(desk.log.slice(1).map(({ kind, at, body }) => [kind, at, body])).toEqual([
    ['note', friday - 5000, { text: 'The road is closed' }],
    ['note', friday, { text: 'From the future' }],
  ]);
  expect(desk.incident).toMatchObject({ revision, lastSeq: 3 });
});

test.each([0, -1, 99])('a correction of entry %d, which is not there, is refused', (corrects) => {
  expect(note(new Desk(), { text: 'Not so', corrects })).toBe('field-invalid');
});

test('one that is over takes corrections and no notes; what was written stays', () => {
  const desk = new Desk();
  note(desk, { text: 'Two hurt' });
  desk.advance('reject');
  const before = structuredClone(desk.log);
  expect(note(desk, { text: 'One more thing' })).toBe('incident-closed');
  expect(note(desk, { text: 'Nobody was hurt', corrects: 2 })).toBeNull();
  expect(desk.log.slice(0, -1)).toEqual(before);
  expect(desk.log.at(-1)).toMatchObject({ kind: 'correction', corrects: 2 });
  expect(desk.incident.state).toBe('rejected');
});
