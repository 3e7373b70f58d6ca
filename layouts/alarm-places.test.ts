import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AlertId, CameraId, ScreenId } from '../main/contract/ids.ts';
import { nowhere } from '../main/contract/place.ts';
import type { WallAlarm } from './alarm-contract.ts';
import { alarmPlaces, asksForPlace, isAtLeast, type AlarmingAlert, type AlarmQuestion } from './alarm-places.ts';
import type { AlarmRoom, Wall } from './contract.ts';
import { wallOf } from './testdata/arbitrary-scenes.ts';

const grid = { kind: 'grid' as const, rows: 2, cols: 2, tiles: [] };
const rect = { x: 100, y: 0, width: 1920, height: 1080 };
const quarter: AlarmRoom = { atLeast: 'high', cols: 2, rows: 2, sound: false };
const second = { x: 2020, y: 0, width: 1920, height: 1080 };

function wallWith(one: AlarmRoom | null, two: AlarmRoom | null = null): Wall {
  const wall = wallOf(grid, rect);
  const [screen] = wall.screens;
  return {
    ...wall,
    screens: [
      { ...screen!, alarms: one },
      { ...screen!, id: '2' as ScreenId, rect: second, alarms: two },
    ],
  };
}

const alert = (id: string, severity: AlarmRoom['atLeast'], since: number, more: Partial<AlarmingAlert> = {}): AlarmingAlert => ({
  id: id as AlertId,
  severity,
  since,
  title: { zh: id, en: id },
  place: nowhere,
  cameras: [`cam-${id}` as CameraId],
  active: true,
  acknowledged: null,
  shelved: null,
  held: null,
  simulated: false,
  drill: false,
  ...more,
});

const ask = (alerts: readonly AlarmingAlert[], more: Partial<AlarmQuestion> = {}) =>
  alarmPlaces({
    wall: wallWith(quarter),
    alerts: new Map(alerts.map((one) => [one.id, one])),
    before: [],
    held: [],
    now: 1000,
    lingerMs: 5000,
    ...more,
  });
const where = (places: readonly WallAlarm[]) =>
  Object.fromEntries(
    places.filter(({ givenBack }) => givenBack === null).map(({ alertId, screenId, cell }) => [alertId, `${screenId}/${cell}`]),
  );

test.each<[string, Partial<AlarmingAlert>, boolean]>([
  ['holds and nobody has seen it', {}, true],
  ['is cleared', { active: false }, false],
  ['is acknowledged', { acknowledged: { by: 'op' } }, false],
  ['is shelved', { shelved: {} }, false],
  ['is held', { held: {} }, false],
  ['has no cameras', { cameras: [] }, false],
])('an alert that %s', (_what, more, asks) => {
  expect(asksForPlace(alert('a', 'critical', 1, more))).toBe(asks);
  expect(ask([alert('a', 'critical', 1, more)])).toHaveLength(asks ? 1 : 0);
});

test('the worst first, of equals the first; at most half of the screen, and how many more is said', () => {
  const alerts = [alert('new', 'high', 30), alert('old', 'high', 20), alert('bad', 'critical', 40), alert('mild', 'medium', 1)];
  const places = ask(alerts);
  expect(where(places)).toEqual({ bad: '1/3', old: '1/2' });
  expect(places.map(({ alertId, more }) => [alertId, more])).toEqual([
    ['bad', 1],
    ['old', 0],
  ]);
  expect(places[0]).toMatchObject({ rect: { x: 1060, y: 540, width: 960, height: 540 }, cameras: ['cam-bad'], shownAt: 1000, over: null });
});

test('what lies there stays in its place, whatever else comes and goes', () => {
  const first = ask([alert('a', 'high', 1), alert('b', 'high', 2)]);
  expect(where(first)).toEqual({ a: '1/3', b: '1/2' });
  const then = ask([alert('b', 'high', 2), alert('c', 'critical', 3)], {
    before: first.filter(({ alertId }) => alertId === 'b'),
    now: 2000,
  });
  expect(where(then)).toEqual({ b: '1/2', c: '1/3' });
  expect(then.find(({ alertId }) => alertId === 'b')!.shownAt).toBe(1000);
});

test('one that is worse takes the place of the least', () => {
  const first = ask([alert('a', 'high', 1), alert('b', 'high', 2)]);
  const then = ask([alert('a', 'high', 1), alert('b', 'high', 2), alert('c', 'critical', 3)], { before: first });
  expect(where(then)).toEqual({ a: '1/3', c: '1/2' });
});

test('a screen that takes none, or worse ones only, has none; the stricter screen is filled first', () => {
  expect(ask([alert('a', 'critical', 1)], { wall: wallWith(null) })).toEqual([]);
  const wall = wallWith({ ...quarter, atLeast: 'low' }, { atLeast: 'critical', cols: 1, rows: 1, sound: true });
  const alerts = [alert('a', 'critical', 1), alert('b', 'low', 2), alert('c', 'low', 3), alert('d', 'low', 4)];
  const places = ask(alerts, { wall });
  expect(Object.keys(where(places)).toSorted()).toEqual(['a', 'b', 'c']);
});

test('acknowledged or cleared it stays a while and then goes; held back it goes at once', () => {
  const before = ask([alert('a', 'high', 1)]);
  const seen = alert('a', 'high', 1, { acknowledged: { by: 'op' } });
  const [going] = ask([seen], { before, now: 2000 });
  expect(going!.over).toEqual({ why: 'acknowledged', by: 'op', until: 7000 });
  expect(ask([seen], { before: [going!], now: 6999 })[0]!.over!.until).toBe(7000);
  expect(ask([seen], { before: [going!], now: 7000 })).toEqual([]);
  expect(ask([], { before, now: 2000 })[0]!.over).toEqual({ why: 'cleared', by: null, until: 7000 });
  expect(ask([seen], { before, now: 2000, lingerMs: 0 })).toEqual([]);
  expect(ask([alert('a', 'high', 1, { held: {} })], { before, now: 2000 })).toEqual([]);
  expect(ask([alert('a', 'high', 1, { shelved: {}, held: {} })], { before, now: 2000 })).toEqual([]);
  // It holds again before it has gone.
  expect(ask([alert('a', 'high', 1)], { before: [going!], now: 3000 })[0]).toMatchObject({ over: null, shownAt: 1000 });
});

test('a place that is going is taken only when there is no other', () => {
  const before = ask([alert('a', 'high', 1)]);
  const seen = alert('a', 'high', 1, { acknowledged: { by: 'op' } });
  expect(where(ask([seen, alert('b', 'high', 2)], { before }))).toEqual({ a: '1/3', b: '1/2' });
  expect(where(ask([seen, alert('b', 'high', 2), alert('c', 'high', 3)], { before }))).toEqual({ b: '1/2', c: '1/3' });
});

test('a place that was given back stays so until the alert is seen or over', () => {
  const [place] = ask([alert('a', 'high', 1)]);
  const givenBack = { ...place!, givenBack: { by: 'op', at: 1500 } };
  const kept = ask([alert('a', 'high', 1)], { before: [givenBack] });
  expect(kept).toEqual([givenBack]);
  expect(ask([alert('a', 'high', 1, { acknowledged: { by: 'op' } })], { before: [givenBack] })).toEqual([]);
  expect(ask([alert('a', 'high', 1, { active: false })], { before: [givenBack] })).toEqual([]);
});

test.each([
  ['all of it', null, {}],
  ['its lower right tile', ['g-1-1'], { a: '1/2', b: '1/1' }],
  ['three tiles', ['g-1-1', 'g-1-0', 'g-0-0'], { a: '1/1' }],
])('what somebody holds of a screen is never covered: %s', (_what, tiles, expected) => {
  expect(where(ask([alert('a', 'high', 1), alert('b', 'high', 2)], { held: [{ screenId: '1', tiles }] }))).toEqual(expected);
});

test('on a tour that is held in part nothing is covered', () => {
  const wall = wallWith(quarter);
  const tour = { kind: 'tour' as const, steps: [{ scene: grid, dwellMs: 5000 }] };
  const onTour = { ...wall, screens: wall.screens.map((screen) => ({ ...screen, scene: tour })) };
  expect(ask([alert('a', 'high', 1)], { wall: onTour, held: [{ screenId: '1', tiles: ['g-0-0'] }] })).toEqual([]);
  expect(ask([alert('a', 'high', 1)], { wall: onTour })).toHaveLength(1);
});

test('a hold that begins under an alert moves it away', () => {
  const before = ask([alert('a', 'high', 1)]);
  expect(where(ask([alert('a', 'high', 1)], { before, held: [{ screenId: '1', tiles: ['g-1-1'] }] }))).toEqual({ a: '1/2' });
});

const severity = fc.constantFrom<AlarmRoom['atLeast']>('critical', 'high', 'medium', 'low');
const anyRoom = fc.option(
  fc.record({ atLeast: severity, cols: fc.integer({ min: 1, max: 6 }), rows: fc.integer({ min: 1, max: 6 }), sound: fc.boolean() }),
);
const anyAlert = fc.record({
  id: fc.integer({ min: 0, max: 30 }),
  severity,
  since: fc.integer({ min: 0, max: 9 }),
  active: fc.boolean(),
  seen: fc.boolean(),
  held: fc.boolean(),
});
const anyStep = fc.record({
  rooms: fc.tuple(anyRoom, anyRoom),
  alerts: fc.array(anyAlert, { maxLength: 40 }),
  held: fc.array(fc.record({ screenId: fc.constantFrom('1', '2'), tiles: fc.option(fc.subarray(['g-0-0', 'g-0-1', 'g-1-0', 'g-1-1'])) }), {
    maxLength: 2,
  }),
  passMs: fc.integer({ min: 0, max: 8000 }),
});

test('over any course of things no two lie on one another, none on what is held, none that is too mild, and the same question has the same answer', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { minLength: 1, maxLength: 6 }), (steps) => {
      let before: readonly WallAlarm[] = [];
      let now = 0;
      for (const step of steps) {
        now += step.passMs;
        const alerts = new Map(
          step.alerts.map(({ id, severity: how, since, active, seen, held }) => {
            const more = { active, acknowledged: seen ? { by: 'op' } : null, held: held ? {} : null };
            return [String(id), alert(String(id), how, since, more)] as const;
          }),
        );
        const question = { wall: wallWith(...step.rooms), alerts, before, held: step.held, now, lingerMs: 5000 };
        const places = alarmPlaces(question);
        const spots = places.map(({ screenId, rect: at }) => `${screenId} ${JSON.stringify(at)}`);
        expect(new Set(spots).size).toBe(spots.length);
        expect(new Set(places.map(({ alertId }) => alertId)).size).toBe(places.length);
        for (const place of places) {
          const room = question.wall.screens.find(({ id }) => id === place.screenId)!.alarms!;
          expect(isAtLeast(place.severity, room.atLeast)).toBe(true);
          expect(step.held.some(({ screenId, tiles }) => screenId === place.screenId && tiles === null)).toBe(false);
          expect(place.over === null ? asksForPlace(alerts.get(place.alertId)!) : place.over.until > now).toBe(true);
        }
        for (const [index, room] of step.rooms.entries()) {
          const here = places.filter(({ screenId }) => screenId === String(index + 1));
          expect(here.length).toBeLessThanOrEqual(room === null ? 0 : Math.max(1, Math.floor((room.cols * room.rows) / 2)));
        }
        expect(alarmPlaces({ ...question, before: places })).toEqual(places);
        before = places;
      }
    }),
    { seed: 20261127, numRuns: 300 },
  );
});
