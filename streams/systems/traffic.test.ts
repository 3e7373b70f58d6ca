import { expect, test } from 'vitest';
import { createRuleEngine } from '../../alerts/rules/evaluate-rules.ts';
import { MemoryLedger } from '../../main/hub/ledger/memory-ledger.ts';
import { createKnownCity } from '../city/known-city.ts';
import { readNgsi } from '../feeds/ngsi/read-ngsi.ts';
import { reckonIndicators } from './indicator-book.ts';
import { traffic } from './traffic.ts';

const now = Date.parse('2026-07-01T02:00:00Z');
const minute = 60_000;
const iso = (at: number) => new Date(at).toISOString();
const point = { type: 'Point', coordinates: [119.82, 31.34] };
const jam = { type: 'Alert', category: 'traffic', description: '东氿大道拥堵', location: point };

/** What becomes of entities that are told one after the other, a minute apart: the figures of the pack, and the rules that hold. */
function told(...records: object[][]) {
  const rules = createRuleEngine(traffic.rules, {});
  const held = new Set<string>();
  let at = now;
  const hear = (signals: ReturnType<typeof rules.tell>) => {
    for (const { kind, rule } of signals) {
      if (kind === 'raise') held.add(rule.id.replace('traffic.', ''));
      else held.delete(rule.id.replace('traffic.', ''));
    }
  };
  const city = createKnownCity({
    ledger: new MemoryLedger(),
    latest: { set: () => {}, get: () => undefined, forget: () => {} },
    onObservation: (observation) => hear(rules.tell({ kind: 'observation', observation }, at)),
    onEvent: (event) => hear(rules.tell({ kind: 'event', event }, at)),
    onIndicator: () => null,
  });
  for (const entities of records) {
    const read = readNgsi({ bytes: Buffer.from(JSON.stringify(entities)), contentType: null, receivedAt: at, from: null });
    if (!read.ok) throw new Error(read.error.code);
    city.take(read.value.facts, { feedId: 'roads' as never, system: 'traffic' as never, receivedAt: at, simulated: false, drill: false });
    city.flush();
    at += minute;
    hear(rules.tell({ kind: 'tick' }, at));
  }
  const hand = {
    assets: city.assets,
    events: city.events,
    staleAfterMs: () => 10 * minute,
    cameras: () => null,
    cases: () => null,
    midnight: () => 0,
  };
  const figures = reckonIndicators([traffic], hand, at);
  return { figure: (id: string) => figures.get(`traffic/${id}`)?.value ?? null, held: [...held].sort() };
}
const road = (id: string, more: object) => ({ id, type: 'TrafficFlowObserved', dateObserved: iso(now), location: point, ...more });

test('road state: mean speed and index, the share that is congested', () => {
  const { figure } = told([
    road('r1', { averageVehicleSpeed: 20, congested: true, congestionIndex: 4 }),
    road('r2', { averageVehicleSpeed: 50, congested: false, congestionIndex: 1.5 }),
    road('r3', { averageVehicleSpeed: 44, congested: false }),
    road('r4', { averageVehicleSpeed: -1 }),
  ]);
  expect([figure('speed'), figure('congestion-index'), figure('roads-congested')]).toEqual([38, 2.75, 33.333]);
});

test.each([
  [
    'a jam that lasts',
    Array.from({ length: 6 }, (_, step) => [road('r', { congested: true, dateObserved: iso(now + step * minute) })]),
    'road-congested',
  ],
  [
    'the index of a jam',
    Array.from({ length: 6 }, (_, step) => [road('r', { congestionIndex: 5, dateObserved: iso(now + step * minute) })]),
    'jam',
  ],
  ['a jam that is told', [[{ id: 'a', ...jam, subCategory: 'trafficJam', severity: 'medium' }]], 'jam-told'],
  ['an accident', [[{ id: 'a', type: 'RoadAccident', accidentDate: iso(now), description: 'x' }]], 'accident'],
  ['an accident, told as an alert', [[{ id: 'a', ...jam, subCategory: 'carAccident' }]], 'accident'],
  ['a wrong-way driver', [[{ id: 'a', ...jam, subCategory: 'carWrongDirection', severity: 'high' }]], 'wrong-way-told'],
  ['something on the road', [[{ id: 'a', ...jam, subCategory: 'hazardOnRoad' }]], 'obstacle'],
  ['a closure', [[{ id: 'a', ...jam, subCategory: 'roadClosed' }]], 'closure'],
  [
    'a full car park',
    Array.from({ length: 3 }, (_, step) => [
      { id: 'p', type: 'OffStreetParking', availableSpotNumber: 0, dateModified: iso(now + step * minute) },
    ]),
    'car-park-full',
  ],
  [
    'a charger out of service',
    Array.from({ length: 4 }, () => [{ id: 'c', type: 'EVChargingStation', status: 'outOfService' }]),
    'charger-fault',
  ],
])('%s is an alert', (_what, records, rule) => {
  expect(told(...(records as object[][])).held).toEqual([rule]);
});

test('an accident counts while it lasts; when it is over the alert is, too, and its minutes count', () => {
  const accident = (status: string, more: object = {}) => [
    { id: 'a', type: 'RoadAccident', accidentDate: iso(now), status, description: 'x', ...more },
  ];
  const open = told(accident('onGoing'));
  expect([open.figure('events-open'), open.figure('clear-time'), open.held]).toEqual([1, null, ['accident']]);
  const over = told(accident('onGoing'), accident('onGoing'), accident('solved', { dateModified: iso(now + 2 * minute) }));
  expect([over.figure('events-open'), over.figure('clear-time'), over.held]).toEqual([0, 2, []]);
});

test('car parks: free spaces, and the share of those known that are heard of', () => {
  const { figure } = told([
    { id: 'p1', type: 'OffStreetParking', totalSpotNumber: 100, availableSpotNumber: 40, dateModified: iso(now) },
    { id: 'p2', type: 'OnStreetParking', totalSpotNumber: 20, availableSpotNumber: 2, dateModified: iso(now) },
    { id: 'p3', type: 'OffStreetParking', name: '未联网停车场', location: point },
    { id: 'p4', type: 'OffStreetParking', availableSpotNumber: 9, dateModified: iso(now - 60 * minute) },
  ]);
  expect([figure('spaces-free'), figure('car-parks-connected')]).toEqual([42, 50]);
});

test('chargers in every word that brokers use', () => {
  const chargers = ['working', 'almostFull', 'AVAILABLE', 'outOfService'].map((status, index) => ({
    id: `c${index}`,
    type: 'EVChargingStation',
    status,
  }));
  expect(told(chargers).figure('chargers-safe')).toBe(75);
});
