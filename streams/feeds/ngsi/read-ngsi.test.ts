import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fact, type Fact } from '../../feed-contract.ts';
import { readNgsi } from './read-ngsi.ts';

const read = (told: unknown) =>
  readNgsi({
    bytes: Buffer.from(typeof told === 'string' ? told : JSON.stringify(told)),
    contentType: 'application/json',
    receivedAt: 0,
    from: null,
  });
const facts = (told: unknown): readonly Fact[] => {
  const answer = read(told);
  if (!answer.ok) throw new Error(JSON.stringify(answer.error));
  return answer.value.facts;
};
/** Values by quantity. */
const values = (told: unknown) =>
  Object.fromEntries(facts(told).flatMap((one) => (one.kind === 'observation' ? [[one.quantity, one.value]] : [])));
const assetOf = (told: unknown) => facts(told).find((one) => one.kind === 'asset');
const at = Date.parse('2026-07-01T02:00:00Z');
const iso = '2026-07-01T02:00:00Z';
const point = { type: 'Point', coordinates: [119.8, 31.3] };

describe('five shapes of one car park give one record', () => {
  const keyValues = {
    id: 'p1',
    type: 'OffStreetParking',
    name: '东氿停车场',
    totalSpotNumber: 414,
    availableSpotNumber: 132,
    location: point,
    observationDateTime: iso,
  };
  const v2 = {
    id: 'p1',
    type: 'OffStreetParking',
    name: { type: 'Text', value: '东氿停车场', metadata: {} },
    totalSpotNumber: { type: 'Number', value: 414 },
    availableSpotNumber: { type: 'Number', value: 132, metadata: { timestamp: { type: 'DateTime', value: iso } } },
    location: { type: 'geo:json', value: point },
    observationDateTime: { type: 'DateTime', value: iso },
  };
  const ldKeyValues = { ...keyValues, '@context': ['https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld'] };
  const ld = {
    id: 'p1',
    type: 'https://uri.fiware.org/ns/data-models#OffStreetParking',
    name: { type: 'Property', value: '东氿停车场' },
    'https://uri.fiware.org/ns/data-models#totalSpotNumber': { type: 'Property', value: 414 },
    availableSpotNumber: { type: 'Property', value: 132, observedAt: iso },
    location: { type: 'GeoProperty', value: point },
    observationDateTime: { type: 'Property', value: { '@type': 'DateTime', '@value': iso } },
    '@context': 'https://example/context.jsonld',
  };
  const { location: geometry, id, ...properties } = keyValues;
  const geoJson = { type: 'FeatureCollection', features: [{ id, type: 'Feature', geometry, properties }] };
  const expected = facts(keyValues);

  test('which says what it is', () => {
    expect(expected).toEqual([
      expect.objectContaining({
        kind: 'asset',
        entity: 'p1',
        assetKind: 'car-park',
        name: '东氿停车场',
        properties: { 'spaces-total': 414 },
        place: expect.objectContaining({ lat: 31.3, lon: 119.8 }),
      }),
      expect.objectContaining({ kind: 'observation', quantity: 'spaces-total', value: 414, at }),
      expect.objectContaining({ kind: 'observation', quantity: 'spaces-free', value: 132, at }),
    ]);
  });
  test.each([
    ['NGSI-v2 normalized', v2],
    ['NGSI-LD key-values', ldKeyValues],
    ['NGSI-LD normalized', ld],
    ['GeoJSON', geoJson],
    ['a list', [keyValues]],
    ['a notification', { id: 'n', type: 'Notification', subscriptionId: 's', notifiedAt: iso, data: [ld] }],
    ['a notification of NGSI-v2', { subscriptionId: 's', data: [v2] }],
  ])('%s', (_what, told) => {
    expect(facts(told)).toEqual(expected);
  });
});

test.each<[string, object, object]>([
  [
    'air, names as they are written here and there',
    { type: 'AirQualityObserved', 'PM2.5': 35, PM10: 50, no2: 12, airQualityIndex: 60 },
    { pm25: 35, pm10: 50, no2: 12, aqi: 60 },
  ],
  ['air, in milligrams', { type: 'AirQualityObserved', pm25: { type: 'Property', value: 0.035, unitCode: 'GP' } }, { pm25: 35 }],
  [
    'traffic: a share is per cent, vehicles of five minutes are twelve times as many in an hour',
    {
      type: 'TrafficFlowObserved',
      intensity: 100,
      occupancy: 0.14,
      averageVehicleSpeed: 42,
      congested: true,
      dateObserved: `2026-07-01T01:55:00Z/${iso}`,
    },
    { flow: 1200, occupancy: 14, speed: 42, state: 'congested' },
  ],
  [
    'a road tells how jammed it is, and how long it takes',
    { type: 'RoadSegment', congestionIndex: 2.4, averageTravelTime: 310, queueLength: 120 },
    { 'congestion-index': 2.4, 'travel-time': 310, 'queue-length': 120 },
  ],
  ['a car park with several states', { type: 'OffStreetParking', status: ['open', 'closedAbnormal'] }, { state: 'closedabnormal' }],
  ['a car park with one', { type: 'OffStreetParking', status: ['almostFull', 'open'] }, { state: 'almostfull' }],
  ['a share that is per cent already', { type: 'TrafficFlowObserved', occupancy: 14 }, { occupancy: 14 }],
  ['flood', { type: 'FloodMonitoring', currentLevel: 3.2, dangerLevel: 4, stationID: 's' }, { 'water-level': 3.2 }],
  [
    'water',
    { type: 'WaterQualityObserved', pH: 7.2, conductivity: 300, O2: 8, temperature: 20 },
    { ph: 7.2, conductivity: 300, 'dissolved-oxygen': 8, temperature: 20 },
  ],
  ['a bin', { type: 'WasteContainer', fillingLevel: 0.85 }, { 'fill-level': 85 }],
  ['a lamp', { type: 'Streetlight', powerState: 'on', voltage: 220 }, { state: 'on', voltage: 220 }],
  ['people of a sight', { type: 'TouristDestination', peopleCount: 900, capacity: 3000 }, { people: 900, capacity: 3000 }],
  [
    'a charger',
    { type: 'EVChargingStation', status: 'Working', capacity: 6, availableCapacity: 2 },
    { state: 'working', 'plugs-total': 6, 'plugs-free': 2 },
  ],
  [
    'a vehicle tells where it is',
    { type: 'Vehicle', speed: 36, bearing: 90, location: point, serviceStatus: 'onRoute' },
    { speed: 36, direction: 90, state: 'onroute', latitude: 31.3, longitude: 119.8 },
  ],
  ['a device names what it measures', { type: 'Device', controlledProperty: ['fillingLevel'], value: 0.5 }, { 'fill-level': 50 }],
  ['a measurement in words', { type: 'DeviceMeasurement', controlledProperty: 'temperature', numValue: 21.5 }, { temperature: 21.5 }],
  [
    'several readings of one attribute: the one without a name',
    {
      type: 'WeatherObserved',
      temperature: [
        { type: 'Property', value: 1, datasetId: 'urn:a' },
        { type: 'Property', value: 2 },
      ],
    },
    { temperature: 2 },
  ],
])('%s', (_what, told, expected) => {
  expect(values({ id: 'x', name: 'X', ...told })).toEqual(expected);
});

test.each([
  ['null', null],
  ['-1 of what cannot be less than none', -1],
  ['dashes', '--'],
  ['nothing', ''],
  ['a word', 'many'],
])('%s is no data, never a number', (_what, value) => {
  const [, observed] = facts({ id: 'p', type: 'OffStreetParking', name: 'P', availableSpotNumber: value });
  expect(observed).toMatchObject({ quantity: 'spaces-free', value: null, quality: 'no-data' });
});

test('an attribute with a time of its own has that', () => {
  const told = {
    id: 'x',
    type: 'WeatherObserved',
    dateObserved: '2026-07-01T00:00:00Z',
    temperature: { type: 'Property', value: 1, observedAt: iso },
    windSpeed: 3,
  };
  expect(facts(told).map((one) => ('at' in one ? one.at : null))).toEqual([null, at, Date.parse('2026-07-01T00:00:00Z')]);
});

test('thresholds are properties, and GeoJSON of a line gives its first point, longitude first', () => {
  const told = {
    id: 'x',
    type: 'FloodMonitoring',
    dangerLevel: 4,
    alertLevel: 3.5,
    location: {
      type: 'LineString',
      coordinates: [
        [119.8, 31.3],
        [119.9, 31.4],
      ],
    },
    address: { streetAddress: '滨湖大道', addressLocality: '宜城' },
  };
  expect(assetOf(told)).toMatchObject({
    assetKind: 'gauge',
    properties: { 'danger-level': 4, 'alert-level': 3.5 },
    place: { lat: 31.3, lon: 119.8, text: '宜城 滨湖大道' },
  });
});

test.each([
  [
    {
      type: 'Alert',
      category: 'traffic',
      subCategory: 'trafficJam',
      severity: 'high',
      dateIssued: iso,
      description: '拥堵',
      location: point,
    },
    { class: 'traffic.jam', severity: 'high', status: 'open', title: '拥堵', version: at / 1000 },
  ],
  [
    { type: 'WeatherAlert', category: 'rainfall', severity: 'critical', validFrom: iso, validTo: iso, dateIssued: iso },
    { class: 'weather.rainfall', severity: 'critical', startsAt: at, endsAt: at },
  ],
  [
    { type: 'RoadAccident', accidentDate: iso, dateModified: '2026-07-01T02:30:00Z', status: 'solved', description: 'x' },
    { class: 'traffic.accident', status: 'ended', startsAt: at, endsAt: at + 1_800_000 },
  ],
  [
    { type: 'RoadAccident', accidentDate: iso, status: 'onGoing', description: 'x' },
    { class: 'traffic.accident', status: 'open', startsAt: at, endsAt: null },
  ],
  [
    { type: 'Alert', category: 'traffic', subCategory: 'carWrongDirection', description: 'x' },
    { class: 'traffic.wrong-way', title: 'x' },
  ],
  [
    { type: 'Alert', category: 'traffic', subCategory: 'Something new', description: 'x' },
    { class: 'traffic.something-new', title: 'x' },
  ],
  [
    { type: 'Alert', category: { type: 'Property', value: 'environment' }, severity: { type: 'Property', value: 'informational' } },
    { class: 'pollution', severity: 'information' },
  ],
])('what happens is an event: %j', (told, expected) => {
  expect(facts({ id: 'urn:ngsi-ld:Alert:1', ...told })).toMatchObject([{ kind: 'event', external: 'urn:ngsi-ld:Alert:1', ...expected }]);
});

test.each([
  ['no JSON', 'x', 'json-malformed'],
  ['a number', 7, 'record-unsupported'],
  ['an empty list', [], 'record-empty'],
  ['no id', [{ type: 'Device' }], 'field-missing'],
  ['no type', { id: 'x' }, 'record-unsupported'],
  ['nothing that is known', { id: 'x', type: 'Unheard', foo: 1 }, 'record-unsupported'],
])('%s is refused with %s', (_what, told, code) => {
  expect(read(told)).toMatchObject({ ok: false, error: { code } });
});

test('of a list what is good is taken, and what is not is named', () => {
  expect(read([{ id: 'a', type: 'Device', name: 'A', temperature: 1 }, { type: 'Device' }, 5])).toMatchObject({
    ok: true,
    value: { facts: [{ kind: 'asset' }, { kind: 'observation' }], problems: [{ code: 'field-missing' }, { code: 'field-missing' }] },
  });
});

test('whatever JSON comes, what comes of it is a fact as the contract has it, or a problem (seeded)', () => {
  const names = [
    'id',
    'type',
    'name',
    'location',
    'value',
    'object',
    'metadata',
    'observedAt',
    'dateObserved',
    'temperature',
    'pm25',
    'status',
    'occupancy',
    'intensity',
    'availableSpotNumber',
    'controlledProperty',
    'address',
    'severity',
    'category',
    '@context',
    'data',
    'features',
    'properties',
    'coordinates',
    '__proto__',
  ];
  const { json } = fc.letrec<{ json: unknown }>((tie) => ({
    json: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom('Device', 'Alert', 'OffStreetParking', 'Vehicle', 'Feature', iso, 'urn:x', '\u202e', 'a'.repeat(300)),
      fc.double(),
      fc.constant(null),
      fc.boolean(),
      fc.array(tie('json'), { maxLength: 4 }),
      fc.array(fc.tuple(fc.constantFrom(...names), tie('json')), { maxLength: 8 }).map((pairs) => Object.fromEntries(pairs)),
    ),
  }));
  fc.assert(
    fc.property(json, (told) => {
      const answer = read(
        Object.assign({ id: 'x', type: 'Device' }, typeof told === 'object' && !Array.isArray(told) ? told : { name: told }),
      );
      if (answer.ok) for (const one of answer.value.facts) expect(fact.safeParse(one).success).toBe(true);
      read(told);
    }),
    { seed: 13, numRuns: 1000 },
  );
});
