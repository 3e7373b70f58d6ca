import { expect, test } from 'vitest';
import { nowhere } from '../../main/contract/place.ts';
import { decideEdit, type EditArgs } from './decide-edit.ts';
import { at, Desk, friday } from './testdata/desk.ts';

const edit = (desk: Desk, args: EditArgs): string | null => desk.take(decideEdit(desk.incident, args, desk.context));

test('each field is told with what it was before', () => {
  const desk = new Desk();
  const place = { ...nowhere, text: 'Jiefang Road' };
  expect(
    edit(desk, { title: 'Three cars', place, casualties: { dead: 0, injured: 2, missing: 0 }, level: 'II', reason: 'More hurt' }),
  ).toBeNull();
  expect(desk.incident).toMatchObject({ title: 'Three cars', place, casualties: { injured: 2 }, level: 'II', revision: 2 });
  expect(desk.log.at(-1)).toMatchObject({
    kind: 'edited',
    body: {
      reason: 'More hurt',
      title: 'Three cars',
      before: { title: 'Two cars', level: 'III', casualties: null, place: { text: 'Renmin Road' } },
    },
  });
});

test('what is so already is not written', () => {
  const desk = new Desk();
  const { title, type, level, place } = desk.incident;
  // In another order of its fields it is the same place.
  const same = Object.fromEntries(Object.entries(place).toReversed()) as typeof place;
  expect(decideEdit(desk.incident, { title, type, level, place: same, own: true }, desk.context)).toEqual({ ok: true, value: [] });
});

test.each<[string, EditArgs, string]>([
  ['a level without a reason', { level: 'I' }, 'reason-required'],
  ['a type that nobody knows', { type: 'weather' }, 'incident-type-unknown'],
])('%s is refused', (_name, args, code) => {
  expect(edit(new Desk(), args)).toBe(code);
});

test('somebody else takes it over, and everybody sees who and since when', () => {
  const desk = new Desk();
  desk.now += 1000;
  desk.by = 'Zhao';
  desk.userId = 'user-zhao';
  expect(edit(desk, { own: true })).toBeNull();
  expect(desk.incident.owner).toEqual({ userId: 'user-zhao', name: 'Zhao', since: friday + 1000 });
  expect(desk.log.at(-1)!.body).toMatchObject({ before: { owner: 'Wang' } });
  desk.userId = null;
  expect(edit(desk, { own: true })).toBe('field-invalid');
});

test.each(['closed', 'rejected', 'voided', 'transferred'] as const)('one that is %s is not changed', (state) => {
  const desk = new Desk();
  desk.advance('accept');
  if (state === 'closed') for (const event of ['file', 'resolve', 'close'] as const) desk.advance(event);
  else desk.advance(({ rejected: 'reject', voided: 'void', transferred: 'transfer' } as const)[state]);
  expect(desk.incident.state).toBe(state);
  for (const args of [{ title: 'Other' }, { level: 'I', reason: 'x' }, { own: true }, { type: 'fire' }] as const)
    expect(edit(desk, args)).toBe('incident-closed');
});

test('a worse level has shorter limits from the same beginning, and is reported upward', () => {
  const desk = new Desk({ level: 'IV' });
  const due = (until: string) => desk.incident.timers.find((timer) => timer.until === until && timer.metAt === null)?.dueAt;
  expect([due('accepted')! - friday, due('first-report')]).toEqual([180_000, undefined]);
  desk.now += 60_000;
  edit(desk, { level: 'I', reason: 'A bus' });
  expect([due('accepted')! - friday, due('first-report')! - desk.now]).toEqual([90_000, 3_600_000]);
  // And back: what nobody waits for any more is dropped.
  edit(desk, { level: 'IV', reason: 'No bus' });
  expect([due('accepted')! - friday, due('first-report')]).toEqual([180_000, undefined]);
});

test('what a shorter limit has used up was told, what a longer one has not is told again', () => {
  const desk = new Desk({ level: 'I' });
  desk.write([
    {
      kind: 'timer',
      at: desk.now,
      corrects: null,
      body: { timerId: 'accepted-1', percents: [50, 80], tell: 'owner', dueAt: friday + 90_000 },
    },
  ]);
  desk.now = friday + 80_000;
  edit(desk, { level: 'IV', reason: 'Less' });
  // 80 of 180 seconds are less than half.
  expect(desk.incident.timers.find(({ id }) => id === 'accepted-1')!.warned).toEqual([]);
});

test('extended limits stay extended when the level changes', () => {
  const desk = new Desk({ level: 'IV' });
  desk.advance('extend', { extendBy: { value: 1, unit: 'hours' } });
  edit(desk, { level: 'III', reason: 'Worse' });
  expect(desk.incident.timers.find(({ until }) => until === 'closed')).toMatchObject({
    limitMs: 25 * 3_600_000,
    dueAt: friday + 25 * 3_600_000,
  });
});

test('another type brings its own plan and its own limits', () => {
  const desk = new Desk({ level: 'IV' });
  expect(edit(desk, { type: 'urban.garbage' })).toBeNull();
  expect(desk.incident.plan).toMatchObject({ planId: 'case', version: 1 });
  expect(desk.log.slice(-2).map(({ kind }) => kind)).toEqual(['edited', 'plan']);
  expect(desk.incident.timers.map(({ id, unit }) => [id, unit])).toEqual([
    ['accepted-1', 'working-hours'],
    ['closed-1', 'working-days'],
  ]);
  expect(desk.incident.timers[1]!.dueAt).toBe(at('2026-12-04 09:00'));
  // Of the same plan: the run goes on.
  const run = desk.incident.plan;
  edit(desk, { type: 'grid' });
  expect(desk.incident.plan).toBe(run);
});
