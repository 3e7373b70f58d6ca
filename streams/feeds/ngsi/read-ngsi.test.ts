import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ok } from '../../../main/contract/result.ts';
import { fact, type Fact } from '../../feed-contract.ts';
import { nothingSaid } from '../feed-connector.ts';
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
    ['a graph', { '@context': 'x', '@graph': [ldKeyValues] }],
    ['a batch', { actionType: 'append', entities: [v2] }],
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

describe('as the published examples of the models write it', () => {
  const property = (value: unknown, more: object = {}) => ({ type: 'Property', value, ...more });
  test.each<[string, object, object]>([
    [
      'air without a unit: carbon monoxide in milligrams, the rest in micrograms',
      {
        type: 'AirQualityObserved',
        CO: 0.8,
        NO: 45,
        NO2: 69,
        NOx: 139,
        SO2: 11,
        relativeHumidity: 0.54,
        windSpeed: 0.64,
        CO_Level: 'moderate',
        reliability: 0.7,
      },
      { co: 0.8, no: 45, no2: 69, nox: 0.139, so2: 11, humidity: 54, 'wind-speed': 0.64 },
    ],
    [
      'air with units, by code and by name, and parts of a million',
      {
        type: 'AirQualityObserved',
        CO: property(800, { unitCode: 'GQ' }),
        NO2: property(0.05, { unitCode: 'GP' }),
        O3: property(50, { unitCode: '61' }),
        PM10: { value: 0.05, metadata: { unit: { value: 'mg/m³' } } },
      },
      { co: 0.8, no2: 50, o3: 98.15, pm10: 50 },
    ],
    [
      'weather: a wind from the left, air that is full of water, a gauge in centimetres',
      {
        type: 'WeatherObserved',
        windDirection: -45,
        relativeHumidity: 1,
        atmosphericPressure: 938.9,
        streamGauge: 50,
        temperature: property(50, { unitCode: 'FAH' }),
      },
      { 'wind-direction': 315, humidity: 100, 'air-pressure': 938.9, 'water-level': 0.5, temperature: 10 },
    ],
    [
      'the pressure of the air, not of a pipe; the wind in knots',
      { type: 'WeatherObserved', pressure: property(101.3, { unitCode: 'KPA' }), windSpeed: property(10, { unitCode: 'KNT' }) },
      { 'air-pressure': 1013, 'wind-speed': 5.14444 },
    ],
    [
      'river water in siemens a metre',
      { type: 'WaterQualityObserved', conductivity: property(0.005), 'Cl-': 12, NO3: 0.01 },
      { conductivity: 50, chloride: 12, nitrate: 0.01 },
    ],
    [
      'vehicles of an interval told as text',
      {
        type: 'TrafficFlowObserved',
        intensity: '197',
        dateObserved: property({ '@type': 'DateTime', '@value': '2016-12-07T11:10:00/2016-12-07T11:15:00' }),
      },
      { flow: 2364 },
    ],
    ['no vehicle, no speed', { type: 'TrafficFlowObserved', intensity: 0, averageVehicleSpeed: -1 }, { flow: 0, speed: null }],
    [
      'a lamp that is well says whether it is lit',
      { type: 'Streetlight', status: 'ok', powerState: 'off', intensity: 2.5 },
      { state: 'off', current: 2.5 },
    ],
    ['a lamp that is not says so', { type: 'Streetlight', powerState: 'off', status: 'defectiveLamp' }, { state: 'defectivelamp' }],
    [
      'a pump: its speed is none of a vehicle',
      { type: 'Pump', status: 'OPEN', speed: property(1.2, { unitCode: 'MTS' }), power: property(100, { unitCode: 'KWT' }) },
      { state: 'open', power: 100 },
    ],
    [
      'a pipe, in litres a second, of a device',
      {
        type: 'Pipe',
        flow: { type: 'StructuredValue', value: { value: 20, observedBy: 'device-9845A' } },
        status: { type: 'Text', value: 'OPEN' },
      },
      { 'pipe-flow': 72, state: 'open' },
    ],
    [
      'several values in one text',
      { type: 'Device', batteryLevel: 0.75, controlledProperty: ['fillingLevel', 'temperature'], value: 'l%3D0.22%3Bt%3D21.2' },
      { battery: 75, 'fill-level': 22, temperature: 21.2 },
    ],
    [
      'as many names as values, or none',
      { type: 'Device', deviceState: 'ok', controlledProperty: ['fillingLevel', 'temperature'], value: '0.22' },
      { state: 'ok' },
    ],
    [
      'noise of an hour',
      { type: 'NoiseLevelObserved', LAeq: 67.8, LAmax: 94.5, LAeq_d: 65.4, LAS: 91.6 },
      { noise: 67.8, 'noise-max': 94.5, 'noise-day': 65.4 },
    ],
    [
      'a vehicle of a fleet, in miles',
      {
        type: 'FleetVehicleStatus',
        bearing: property(80, { unitCode: 'DD' }),
        mileageFromOdometer: property(18756, { unitCode: 'SMI' }),
        restFuelAmount: property(28, { unitCode: 'LTR' }),
        speed: property(60, { unitCode: 'KMH' }),
      },
      { direction: 80, mileage: 30184.856064, fuel: 28, speed: 60 },
    ],
    ['a battery that is no battery', { type: 'Device', batteryLevel: -2, temperature: -9999 }, { battery: null, temperature: null }],
    [
      'a tank of a sewage plant, names by their addresses',
      {
        type: 'WasteWaterTank',
        'https://x.example/terms.jsonld#/definitions/tss': property(3500),
        do: property(1.2),
        nh4: property(1.3),
        'https://x.example/terms.jsonld#/definitions/pH': property(7.8),
      },
      { 'suspended-solids': 3500, 'dissolved-oxygen': 1.2, 'ammonia-nitrogen': 1.3, ph: 7.8 },
    ],
    [
      'a river, and a gate in it',
      { type: 'SluiceGate', waterDischarge: 9, waterLevel: 2.4, gateOpening: 0.5 },
      { 'water-flow': 9, 'water-level': 2.4 },
    ],
    [
      'a car park in the words of others',
      { type: 'OffStreetParking', totalCapacity: 100, availableSpaces: 20 },
      { 'spaces-total': 100, 'spaces-free': 20 },
    ],
    ['what holds something else has no plugs', { type: 'WasteContainer', capacity: 1100, fillingLevel: 0.5 }, { 'fill-level': 50 }],
    ['numbers that are none', { type: 'Device', temperature: 'NaN', humidity: 'Infinity' }, { temperature: null, humidity: null }],
    [
      'air with what was measured over a time, and metals of it that are none of water',
      {
        type: 'AirQualityMonitoring',
        pm25TSA: property({ avgOverTime: 30, minOverTime: 12, maxOverTime: 61, instValue: 44 }),
        coTSA: { avgOverTime: 0.9 },
        ambientNoiseTSA: property({ avgOverTime: 55, instValue: 58 }),
        nh3TSA: property({ instValue: 80 }),
        pbTSA: property({ instValue: 0.3 }),
      },
      { pm25: 44, co: 0.9, noise: 58, ammonia: 0.08 },
    ],
    [
      'more carbon monoxide than anybody survives is told in micrograms',
      { type: 'IndoorEnvironmentObserved', CO: 640, CO2: 500, peopleCount: 8 },
      { co: 0.64, co2: 900, people: 8 },
    ],
    [
      'what a model has no attribute for',
      { type: 'AirQualityObserved', NO2: 20, measurand: ['NO2, 99, GQ, Nitrogen dioxide', 'O3, 0.06, GP, Ozone', 'Xx, 1, GQ, Unheard', 7] },
      { no2: 20, o3: 60 },
    ],
    [
      'water of a river and its metals',
      { type: 'WaterQualityObserved', 'P-TOT': 0.21, TN: 1.4, Hg: 0.00004, NH3: 0.3, conductance: 0.02 },
      { 'total-phosphorus': 0.21, 'total-nitrogen': 1.4, mercury: 0.00004, 'ammonia-nitrogen': 0.3, conductivity: 200 },
    ],
    ['mud is told by the kilogram', { type: 'SludgeQualityObserved', pH: 7.1, 'P-TOT': 0.03, Hg: 1.4 }, { ph: 7.1 }],
    [
      'a pressure that nobody gave a unit is none of a pipe',
      { type: 'Blower', name: 'B', pressure: 84, temperature: 20 },
      { temperature: 20 },
    ],
    [
      'a pressure in metres of water, inside of its own value',
      { type: 'Junction', pressure: { type: 'Property', value: { type: 'Property', value: 25, unitCode: 'MTR' } } },
      { 'pipe-pressure': 0.24516625 },
    ],
    ['a car park of per cents', { type: 'OffStreetParking', percentageOccupancy: 0.5 }, { occupancy: 0.5 }],
    ['a camera that is on', { type: 'Camera', on: true }, { online: true }],
    ['one that is off', { type: 'Camera', on: { type: 'Property', value: 'false' } }, { online: false }],
    ['a meter that raises an alarm', { type: 'WaterConsumptionObserved', alarmInProgress: 1 }, { alarm: 'alarm' }],
    ['one that raises none', { type: 'WaterConsumptionObserved', alarmInProgress: 0 }, { alarm: 'none' }],
    ['a queue', { type: 'QueueMonitor', ticketsToServe: 14, serviceStatus: 'Open' }, { 'queue-people': 14, state: 'open' }],
    ['a lamp in watts, whatever capitals it has', { type: 'StreetLight', powerConsumption: 120 }, { power: 0.12 }],
    [
      'alternating current, and what each of its phases has',
      { type: 'ACMeasurement', totalActivePower: 31700, totalActiveEnergyImport: 1500, current: { L1: 56, L2: 45 } },
      { power: 31.7, energy: 1500 },
    ],
    [
      'how long the ambulance took',
      { type: 'FleetVehicleOperation', responseTime: property(540, { unitCode: 'SEC' }) },
      { 'response-minutes': 9 },
    ],
    [
      'the level of a tank, inside of its own value',
      { type: 'Tank', observedLevel: { value: { value: 250, unitCode: 'CMT', observedBy: { type: 'Relationship', value: 'd' } } } },
      { 'tank-level': 2.5 },
    ],
    [
      'soil and air of a field',
      {
        type: 'AgriParcelRecord',
        soilMoistureVwc: property(0.08, { unitCode: 'C62' }),
        relativeHumidity: property(0.15, { unitCode: 'C62' }),
        airTemperature: property(20, { unitCode: 'CEL' }),
        soilTemperature: property(27),
      },
      { 'soil-moisture': 8, humidity: 15, temperature: 20 },
    ],
    ['noise of a second series', { type: 'NoisePollution', LAeq2: 61, LAmax2: 80 }, { noise: 61, 'noise-max': 80 }],
    [
      'names of others',
      { type: 'Device', controlledProperty: ['soilMoisture', 'freeChlorine'], value: '0.31;0.5' },
      { 'soil-moisture': 31, chlorine: 0.5 },
    ],
  ])('%s', (_what, told, expected) => {
    expect(values({ id: 'x', ...told })).toEqual(expected);
  });

  test('a value in a unit of something else is shown with it, and is suspect', () => {
    const told = { id: 'x', type: 'Device', temperature: property(20, { unitCode: 'P1' }) };
    expect(facts(told)[1]).toMatchObject({ quantity: 'temperature', value: 20, quality: 'suspect', flag: 'P1' });
  });
  test('a history is every reading, oldest first', () => {
    const told = {
      id: 'x',
      type: 'WeatherObserved',
      temperature: [property(3, { observedAt: iso }), property(1, { observedAt: '2026-07-01T01:00:00Z' })],
    };
    expect(facts(told).flatMap((one) => (one.kind === 'observation' ? [[one.value, one.at]] : []))).toEqual([
      [1, at - 3_600_000],
      [3, at],
    ]);
    expect(read(told)).toMatchObject({ value: { sourceAt: at } });
  });
  test.each([
    ['a fleet', { type: 'FleetVehicle', fleetVehicleType: 'Ambulance', operator: 'x' }, 'ambulance'],
    ['what it is for', { type: 'Vehicle', emergencyVehicleType: 'ambulance', speed: 3 }, 'ambulance'],
    ['a lorry', { type: 'Vehicle', vehicleType: 'lorry', category: ['municipalServices'], speed: 3 }, 'vehicle'],
    ['a bus on its line', { type: 'TransitManagement', license_plate: 'A', speed: 3 }, 'vehicle'],
    ['capitals', { type: 'TRAFFICFLOWOBSERVED', intensity: 3 }, 'road-segment'],
    ['several types', { type: ['Thing', 'Camera'], name: 'K' }, 'camera-device'],
  ])('what a thing is: %s', (_what, told, kind) => {
    expect(assetOf({ id: 'x', ...told })).toMatchObject({ assetKind: kind });
  });
  test('a GeoJSON feature whose geometry is an attribute, and whose time has a type of its own', () => {
    const told = {
      id: 'x',
      type: 'Feature',
      geometry: { type: 'GeoProperty', value: { type: 'Point', coordinates: [116.4, 39.9] } },
      properties: { type: 'WeatherObserved', dateObserved: property({ type: 'DateTime', value: iso }), temperature: property(7) },
    };
    expect(assetOf(told)).toMatchObject({ place: { lat: 39.9, lon: 116.4 } });
    expect(facts(told)[1]).toMatchObject({ quantity: 'temperature', value: 7, at });
  });
  test.each([
    ['a camera', { type: 'Camera', cameraName: '东门', on: true }, '东门'],
    ['a plant', { type: 'WasteWaterPlant', name: '', treatmentPlantName: '一厂', cod: 3 }, '一厂'],
  ])('what a thing is called: %s', (_what, told, name) => {
    expect(assetOf({ id: 'x', ...told })).toMatchObject({ name });
  });
  test.each([
    ['seconds', 1782871200, at],
    ['milliseconds', 1782871200000, at],
    ['fewer than any', 1782871, null],
  ])('a time told in %s', (_what, written, expected) => {
    expect(facts({ id: 'd', type: 'Device', temperature: 1, timestamp: written })[1]).toMatchObject({ at: expected });
  });
  test('where a vehicle was has the time of its place', () => {
    const told = {
      id: 'v',
      type: 'Vehicle',
      license_plate: property('KA052134'),
      observationDateTime: property({ '@type': 'DateTime', '@value': '2026-07-01T10:00:00+08:00' }),
      location: { type: 'GeoProperty', value: point, observedAt: '2026-07-01T01:59:00Z' },
    };
    expect(assetOf(told)).toMatchObject({ properties: { plate: 'KA052134' } });
    expect(facts(told).flatMap((one) => (one.kind === 'observation' ? [one.at] : []))).toEqual([at - 60_000, at - 60_000]);
  });
  test('a feature whose geometry is a property, too', () => {
    const told = {
      id: 'a',
      type: 'Feature',
      geometry: { type: 'GeoProperty', value: point },
      properties: {
        type: 'AirQualityObserved',
        temperature: property(12.2),
        dateObserved: property(`2026-07-01T01:00:00Z/${iso}`),
        '@context': ['x'],
      },
    };
    expect(facts(told)).toMatchObject([{ place: { lat: 31.3, lon: 119.8 } }, { quantity: 'temperature', value: 12.2, at }]);
  });
  test('a name in several languages is the Chinese one, else the English one', () => {
    const named = (languageMap: object) => assetOf({ id: 'p', type: 'Museum', name: { type: 'LanguageProperty', languageMap } });
    expect(named({ en: 'Museum', 'zh-CN': '博物馆' })).toMatchObject({ name: '博物馆' });
    expect(named({ fr: 'Musée', en: ['Museum'] })).toMatchObject({ name: 'Museum' });
    expect(named({ fr: 'Musée' })).toMatchObject({ name: 'Musée' });
  });
  test('what its source doubts is suspect', () => {
    const told = {
      id: 'm',
      type: 'DeviceMeasurement',
      controlledProperty: property('humidity'),
      numValue: property(55.2),
      outlier: property(true),
    };
    expect(facts(told)[1]).toMatchObject({ quantity: 'humidity', value: 55.2, quality: 'suspect' });
  });
  test.each([
    ['2026-07-01T02:00:00Z', at],
    ['2026-07-01T02:00:00', at],
    ['2026-07-01 02:00:00', at],
    ['2026-07-01T07:30:00+05:30', at],
    ['2026-07-01T10:00:00+0800', at],
    ['2026-07-01T01:00:00Z/2026-07-01T02:00:00Z', at],
    ['2026-07-01', Date.parse('2026-07-01T00:00:00Z')],
    ['1 July 2026', null],
    ['2026-13-01T00:00:00Z', null],
    ['1901-01-01T00:00:00Z', null],
    ['26-07-01', null],
  ])('a time %s is %s', (written, expected) => {
    expect(facts({ id: 'd', type: 'Device', temperature: 1, dateObserved: written })[1]).toMatchObject({ at: expected });
  });
  test.each([
    ['a forecast is no observation', { type: 'WeatherForecast', temperature: 12, dateIssued: iso, location: point }],
    ['nor is what a make is like', { type: 'StreetlightModel', name: 'STEEL_Tubular_10m', powerConsumption: 100 }],
    ['nor what was done to a thing', { type: 'DeviceOperation', operationType: 'fault', status: 'ongoing' }],
    ['a thing that measures nothing and is nothing of ours', { type: 'Building', name: 'Hall', location: point }],
    ['a type that every object has', { type: 'constructor', name: 'x' }],
  ])('%s', (_what, told) => {
    expect(read({ id: 'x', ...told })).toMatchObject({ ok: false, error: { code: 'record-unsupported' } });
  });
  test('a name longer than any is refused, never cut: two of them might become one', () => {
    expect(read({ id: 'x'.repeat(201), type: 'Device', temperature: 1 })).toMatchObject({ ok: false, error: { code: 'field-invalid' } });
    expect(read({ id: 'x'.repeat(201), type: 'Alert', category: 'traffic' })).toMatchObject({
      ok: false,
      error: { code: 'field-invalid' },
    });
  });
  test('an entity without an id', () => {
    expect(read({ alertLevel: 10, currentLevel: 0.98, stationID: 'FWR013', observationDateTime: iso })).toMatchObject({ ok: false });
  });
  test.each([
    ['0, 0', { type: 'Point', coordinates: [0, 0] }, null],
    ['beyond the earth', { type: 'Point', coordinates: [-186.6, 168.4] }, null],
    ['the wrong way round, as it can only have been meant', { type: 'Point', coordinates: [31.3, 119.8] }, 31.3],
    ['text the wrong way round', '119.8, 31.3', 31.3],
    ['an object of two', { latitude: 31.3, longitude: 119.8 }, 31.3],
    ['several shapes', { type: 'GeometryCollection', geometries: [{ type: 'Point', coordinates: [119.8, 31.3] }] }, 31.3],
    ['text', '31.3, 119.8', 31.3],
    ['half a text', '31.3,', null],
    ['an area', { type: 'MultiPolygon', coordinates: [[[[119.8, 31.3]]]] }, 31.3],
    ['a height, too', { type: 'Point', coordinates: [119.8, 31.3, 12] }, 31.3],
  ])('a place: %s', (_what, location, lat) => {
    expect(assetOf({ id: 'p', type: 'Device', temperature: 1, location })).toMatchObject({ place: { lat } });
  });
  test('two attributes for a place', () => {
    expect(assetOf({ id: 'p', type: 'Device', latitude: 31.3, longitude: 119.8 })).toMatchObject({ place: { lat: 31.3, lon: 119.8 } });
  });
});

describe('JSON as nobody should write it', () => {
  test.each([
    ['a key twice: the last one', '{"id":"x","type":"Device","temperature":1,"temperature":2}', { temperature: 2 }],
    ['more than any number', '{"id":"x","type":"Device","temperature":1e400}', { temperature: null }],
    ['nought with a minus', '{"id":"x","type":"Pump","status":"open","power":-0}', { state: 'open', power: -0 }],
    [
      'keys of every object',
      '{"id":"x","type":"Device","__proto__":{"temperature":1},"constructor":{"value":3},"temperature":5}',
      { temperature: 5 },
    ],
    ['a byte order mark', '\ufeff{"id":"x","type":"Device","temperature":5}', { temperature: 5 }],
  ])('%s', (_what, told, expected) => {
    expect(values(told)).toEqual(expected);
  });
  test('endless numbers in a property do not lose the rest', () => {
    expect(values('{"id":"x","type":"FloodMonitoring","dangerLevel":1e999,"currentLevel":2}')).toEqual({ 'water-level': 2 });
  });
  test('deeper than anybody can look', () => {
    const deep = `{"id":"x","type":"Device","location":${'['.repeat(5000)}${']'.repeat(5000)},"temperature":1}`;
    expect(values(deep)).toEqual({ temperature: 1 });
    expect(read('['.repeat(200_000)).ok).toBe(false);
    expect(read(`${'['.repeat(9000)}${']'.repeat(9000)}`).ok).toBe(false);
  });
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
  [
    {
      type: 'WeatherAlert',
      category: { type: 'Text', value: 'weather' },
      subCategory: { type: 'Text', value: 'snow/ice' },
      dateIssued: iso,
    },
    { class: 'weather.snow-ice', title: 'snow/ice', at },
  ],
  [
    {
      type: 'Alert',
      category: 'traffic',
      severity: 'high',
      dateIssued: { '@type': 'DateTime', '@value': iso },
      modifiedAt: '2026-07-02T02:00:00',
    },
    { version: at / 1000 + 86_400, at, title: 'traffic' },
  ],
  [
    {
      type: 'IssueReporting',
      title: '路面养护',
      subCategory: 'Road Repair',
      comments: '坑洼',
      resolutionStatus: 'Completed',
      observationDateTime: iso,
    },
    { class: 'grid.issue.road-repair', status: 'ended', title: '路面养护', text: '坑洼', at },
  ],
  [
    {
      type: 'CityWork',
      name: 'W',
      description: 'x',
      workState: 'open',
      startDate: iso,
      endDate: '2026-07-02T02:00:00Z',
      dateLastReported: iso,
    },
    { class: 'traffic.works', status: 'open', startsAt: at, endsAt: at + 86_400_000 },
  ],
  [
    { type: 'Anomaly', anomalousProperty: 'Pressure', dateDetected: iso },
    { class: 'anomaly', title: 'Pressure', at },
  ],
  [
    { type: 'VehicleFault', eventType: 'emergency', faultLog: '发动机故障', observedAt: iso, resolvedAt: iso },
    { class: 'vehicle.fault', status: 'ended', title: '发动机故障', at, endsAt: at },
  ],
  [
    {
      type: 'service_requests',
      service_name: 'Pavements',
      description: '人行道破损',
      status: 'closed',
      requested_datetime: iso,
      updated_datetime: '2026-07-01T03:00:00Z',
      address_string: '滨湖大道 2 号',
    },
    {
      class: 'grid.issue.pavements',
      status: 'ended',
      title: '人行道破损',
      at: at + 3_600_000,
      startsAt: at,
      endsAt: at + 3_600_000,
      version: at / 1000 + 3600,
      place: { text: '滨湖大道 2 号' },
    },
  ],
  [
    { type: 'NetworkServiceAlert', name: '扫描', severity: 'HIGH', subcategory: 'Discovery', validFrom: iso },
    { class: 'security.network.discovery', severity: 'high', startsAt: at },
  ],
  [
    {
      type: 'Alert',
      category: 'weather',
      location: {
        type: 'Polygon',
        coordinates: [
          [
            [119.8, 31.3],
            [119.9, 31.3],
            [119.9, 31.4],
            [119.8, 31.3],
          ],
        ],
      },
    },
    {
      class: 'weather',
      place: { lat: 31.3, lon: 119.8 },
      area: {
        polygons: [
          [
            [31.3, 119.8],
            [31.3, 119.9],
            [31.4, 119.9],
            [31.3, 119.8],
          ],
        ],
        circles: [],
      },
    },
  ],
  [
    { type: 'Alert', category: 'constructor', subCategory: 'toString', severity: 'valueOf' },
    { class: 'constructor.tostring', severity: 'medium' },
  ],
])('what happens is an event: %j', (told, expected) => {
  expect(facts({ id: 'urn:ngsi-ld:Alert:1', ...told })).toMatchObject([{ kind: 'event', external: 'urn:ngsi-ld:Alert:1', ...expected }]);
});

test.each([
  ['no JSON', 'x', 'json-malformed'],
  ['a number', 7, 'record-unsupported'],
  ['no id', [{ type: 'Device' }], 'field-missing'],
  ['no type', { id: 'x' }, 'record-unsupported'],
  ['nothing that is known', { id: 'x', type: 'Unheard', foo: 1 }, 'record-unsupported'],
])('%s is refused with %s', (_what, told, code) => {
  expect(read(told)).toMatchObject({ ok: false, error: { code } });
});

test('an empty list says nothing, which is no fault', () => {
  expect(read([])).toEqual(ok(nothingSaid));
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
    'constructor',
    'outlier',
    'languageMap',
    'unitCode',
  ];
  const { json } = fc.letrec<{ json: unknown }>((tie) => ({
    json: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(
        'Device',
        'Alert',
        'constructor',
        'toString',
        'GQ',
        -999,
        1e300,
        'OffStreetParking',
        'Vehicle',
        'Feature',
        iso,
        'urn:x',
        '\u202e',
        'a'.repeat(300),
      ),
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
