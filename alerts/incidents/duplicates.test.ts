import { expect, test } from 'vitest';
import { nowhere, type Place } from '../../main/contract/place.ts';
import type { OpenArgs } from './decide-open.ts';
import { duplicatesOf, type Candidate, type DuplicateView } from './duplicates.ts';
import { Desk, friday } from './testdata/desk.ts';

const here: Place = { ...nowhere, lat: 31.5, lon: 120.2 };
/** So many metres to the north. */
const north = (metres: number): Place => ({ ...here, lat: 31.5 + metres / 111_195 });
const candidate = (more: Partial<Candidate> = {}): Candidate => ({
  id: null,
  type: 'traffic.accident',
  place: here,
  title: 'Crash',
  text: null,
  drill: false,
  simulated: false,
  assets: [],
  ...more,
});
const known = (id: string, args: Partial<OpenArgs> = {}) =>
  new Desk({ place: here, title: 'Unfall', report: { by: 'phone', text: null, reporter: null }, ...args }, { id }).incident;

const score = (asked: Candidate, args: Partial<OpenArgs> = {}, minutes = 5, view: DuplicateView = {}) =>
  duplicatesOf(asked, [known('one', args)], friday + minutes * 60_000, view)[0];

test('its parts are shown, and they make the score', () => {
  const found = score(candidate({ text: 'two cars on Renmin Road' }), { title: 'Two cars, Renmin Road' })!;
  expect(found).toMatchObject({ incidentId: 'one', number: '2026-1127-0001' });
  expect(Object.keys(found.parts).toSorted()).toEqual(['distance', 'text', 'time', 'type']);
  expect(Object.values(found.parts).reduce((sum, part) => sum + part, 0)).toBeCloseTo(found.score);
});

test.each<[string, Partial<Candidate>, Partial<OpenArgs>, number, boolean]>([
  ['the same crossing, now', {}, {}, 1, true],
  ['two hundred metres away', { place: north(200) }, {}, 1, true],
  ['beyond what its type allows', { place: north(400) }, {}, 1, false],
  ['an hour ago', {}, {}, 61, false],
  ['a jam where there was a crash', { type: 'traffic.congestion' }, {}, 2, true],
  ['hurt people where there was a crash', { type: 'medical.injury' }, {}, 2, true],
  ['a fire beside a fight', { type: 'fire.building' }, { type: 'public-order.fight' }, 1, false],
  ['a drill of the same', { drill: true }, {}, 1, false],
  ['a simulation of the same', { simulated: true }, {}, 1, false],
  [
    'the same words for the place, without coordinates',
    { place: { ...nowhere, text: '人民路与解放路路口' } },
    { place: { ...nowhere, text: '人民路解放路口' } },
    1,
    true,
  ],
  ['nobody knows where', { place: nowhere }, { place: nowhere }, 20, false],
  ['the same numbers on another map', { place: { ...here, datum: 'gcj02' } }, {}, 20, false],
  ['the same spot on another map', { place: { ...here, lat: 31.49809, lon: 120.204668, datum: 'gcj02' } }, {}, 20, true],
])('%s', (_name, asked, args, minutes, expected) => {
  expect(score(candidate(asked), args, minutes) !== undefined).toBe(expected);
});

test('the same thing is the same matter, however far and long ago it is said to be', () => {
  const view: DuplicateView = { assetsOf: () => ['pump-7'] };
  const asked = candidate({ assets: ['pump-7'], place: north(5000), type: 'utilities.sewage' });
  expect(score(asked, { type: 'utilities.sewage' }, 600, view)?.parts).toMatchObject({ asset: 0.35, type: 0.3 });
  expect(score({ ...asked, assets: ['pump-8'] }, { type: 'utilities.sewage' }, 600, view)).toBeUndefined();
});

test('the same caller counts', () => {
  const asked = candidate({ place: nowhere });
  expect(score(asked, { place: nowhere }, 5)).toBeUndefined();
  expect(score(asked, { place: nowhere }, 5, { sameCaller: () => true })?.parts.caller).toBe(0.35);
});

test('the likeliest comes first, so many at most, and never itself or one that is over', () => {
  const over = new Desk({ place: here }, { id: 'over' });
  over.advance('reject');
  const incidents = [
    known('far', { place: north(250), number: '2026-1127-0003' }),
    known('near', { number: '2026-1127-0002' }),
    known('self'),
    over.incident,
  ];
  const asked = candidate({ id: known('self').id });
  const found = duplicatesOf(asked, incidents, friday + 60_000);
  expect(found.map(({ incidentId }) => incidentId)).toEqual(['near', 'far']);
  expect(duplicatesOf(asked, incidents.toReversed(), friday + 60_000)).toEqual(found);
  expect(duplicatesOf(asked, incidents, friday + 60_000, {}, 1)).toHaveLength(1);
});
