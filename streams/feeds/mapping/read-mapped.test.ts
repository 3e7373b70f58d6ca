import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ok } from '../../../main/contract/result.ts';
import { fact } from '../../feed-contract.ts';
import { nothingSaid } from '../feed-connector.ts';
import { mappingDocument, type MappingDocument } from './mapping-document.ts';
import { jsonRow } from './mapped-row.ts';
import { readMapped } from './read-mapped.ts';
import { zonedInstant } from './zoned-instant.ts';

const doc = (given: object): MappingDocument => mappingDocument.parse(given);
const read = (text: string | Uint8Array, mapping: MappingDocument) =>
  readMapped({ bytes: typeof text === 'string' ? Buffer.from(text) : text, contentType: null, receivedAt: 0, from: null }, mapping);

const parking = doc({
  format: 'json',
  records: 'result.list',
  entity: { path: 'code' },
  time: { path: 'time', format: 'yyyy-MM-dd HH:mm:ss' },
  asset: {
    kind: { is: 'car-park' },
    name: { path: 'name' },
    place: { lat: 'pos.lat', lon: 'pos.lng', datum: 'gcj02', district: { path: 'area' } },
    properties: { 'spaces-total': 'total' },
  },
  values: [
    { path: 'free', quantity: 'spaces-free', noData: [-1] },
    { path: 'open', quantity: 'state', words: { '1': 'open', '0': 'closed' } },
  ],
  indicators: [{ path: 'rate', indicator: 'car-parks-connected', scale: 100 }],
});
const row = (more: object = {}) => ({
  code: 'P01',
  name: '东氿',
  time: '2026-07-01 10:00:00',
  total: 414,
  free: 132,
  open: 1,
  pos: { lat: 31.3, lng: 119.8 },
  area: '320282101',
  ...more,
});
const list = (...rows: object[]) => JSON.stringify({ code: 0, result: { list: rows } });
const at = Date.parse('2026-07-01T10:00:00+08:00');

test('what a platform hands on as text inside of its JSON', () => {
  const told = JSON.stringify({ result: { list: JSON.stringify([row({ free: 7 })]) } });
  expect(read(told, parking)).toMatchObject({ ok: true, value: { facts: [{ entity: 'P01' }, { value: 7 }, { value: 'open' }] } });
  expect(read(JSON.stringify({ result: { list: '[{' } }), parking)).toMatchObject({ ok: false, error: { code: 'json-malformed' } });
});

test('JSON in GBK, as it is sent although nobody says so', () => {
  const told = Buffer.concat([
    Buffer.from('{"result":{"list":[{"code":"P01","time":"2026-07-01 10:00:00","name":"'),
    Buffer.from([0xb6, 0xab]),
    Buffer.from('","free":3}]}}'),
  ]);
  expect(read(told, parking)).toMatchObject({ ok: true, value: { facts: [{ name: '东' }, { value: 3 }] } });
});

test('a mark of UTF-8 goes before the GBK of the mapping', () => {
  const csv = doc({
    format: 'csv',
    encoding: 'gbk',
    entity: { path: '名称' },
    values: [{ path: '空余', quantity: 'spaces-free' }],
  });
  expect(read('\ufeff名称,空余\r\n东氿,"1,204"\r\n', csv)).toMatchObject({ ok: true, value: { facts: [{ entity: '东氿', value: 1204 }] } });
});

test.each([
  ['1,204', 1204],
  ['1,204.5', 1204.5],
  ['-12,000', -12000],
  ['12,04', null],
  ['1,2', null],
  ['85%', 85],
  ['85 %', 85],
  ['%', null],
  ['85%%', null],
  ['3.2 km', null],
  ['0x10', null],
  ['１２', null],
])('a number written %s', (written, expected) => {
  const found = read(list(row({ free: written })), parking);
  expect(found).toMatchObject({ ok: true, value: { facts: [{}, { quantity: 'spaces-free', value: expected }, {}] } });
});

describe('measurements of a road as the traffic centres of Europe write them', () => {
  const site = (inside: string) =>
    `<d2:payload xmlns:d2="urn:x"><siteMeasurements><measurementSiteReference id="S1" version="2"/><measurementTimeDefault>2026-07-01T02:00:00.000+00:00</measurementTimeDefault>${inside}</siteMeasurements></d2:payload>`;
  const flow = (index: number, rate: number) =>
    `<measuredValue index="${index}"><measuredValue><basicData><vehicleFlow><vehicleFlowRate>${rate}</vehicleFlowRate></vehicleFlow></basicData></measuredValue></measuredValue>`;
  const speed = (index: number, kmh: string) =>
    `<measuredValue index="${index}"><measuredValue><basicData><averageVehicleSpeed><speed>${kmh}</speed></averageVehicleSpeed></basicData></measuredValue></measuredValue>`;
  const mapping = (flowPath: string, speedPath: string) =>
    doc({
      format: 'xml',
      records: 'siteMeasurements',
      entity: { path: 'measurementSiteReference.@id' },
      time: { path: 'measurementTimeDefault' },
      values: [
        { path: `${flowPath}.measuredValue.basicData.vehicleFlow.vehicleFlowRate`, quantity: 'flow' },
        { path: `${speedPath}.measuredValue.basicData.averageVehicleSpeed.speed`, quantity: 'speed', noData: [-1] },
      ],
    });
  test.each([
    ['at a place', 'measuredValue', 'measuredValue[1]', '76.5', [660, 76.5]],
    ['with an attribute', 'measuredValue[@index=3]', 'measuredValue[@index=7]', '76.5', [660, 76.5]],
    ['that says that it has none', 'measuredValue[@index=3]', 'measuredValue[@index=7]', '-1', [660, null]],
    ['that is not there', 'measuredValue[@index=3]', 'measuredValue[2]', '76.5', [660]],
    ['by a path that is none', 'measuredValue[@index=3]', 'measuredValue[x]', '76.5', [660]],
  ])('of several alike the one %s', (_what, flowPath, speedPath, kmh, expected) => {
    const found = read(site(flow(3, 660) + speed(7, kmh)), mapping(flowPath, speedPath));
    const values = found.ok ? found.value.facts.map((one) => (one.kind === 'observation' ? [one.value, one.at] : null)) : found;
    expect(values).toEqual(expected.map((value) => [value, at]));
  });
});

test('a row of JSON, whole', () => {
  expect(read(list(row({ rate: 0.83 })), parking)).toEqual({
    ok: true,
    value: {
      facts: [
        expect.objectContaining({
          kind: 'asset',
          entity: 'P01',
          assetKind: 'car-park',
          name: '东氿',
          place: { lat: 31.3, lon: 119.8, datum: 'gcj02', district: '320282101', text: null },
          properties: { 'spaces-total': 414 },
        }),
        expect.objectContaining({ kind: 'observation', entity: 'P01', quantity: 'spaces-free', value: 132, at }),
        expect.objectContaining({ quantity: 'state', value: 'open' }),
        expect.objectContaining({ kind: 'indicator', indicator: 'car-parks-connected', value: 83, at }),
      ],
      problems: [],
      sourceAt: at,
      ignored: false,
    },
  });
});

test('the same as XML and as CSV', () => {
  const { records: _list, ...rest } = parking;
  const xml = doc({
    ...rest,
    format: 'xml',
    records: 'park',
    entity: { path: '@code' },
    asset: { ...parking.asset, place: { lat: 'pos.@lat', lon: 'pos.@lng' } },
  });
  const csv = doc({ ...rest, format: 'csv', separator: ';', encoding: 'gbk', asset: { kind: { is: 'car-park' }, name: { path: 'name' } } });
  expect(
    read(
      '<r xmlns="x"><park code="P01"><name>东氿</name><time>2026-07-01 10:00:00</time><total>414</total><free>132</free><open>1</open><pos lat="31.3" lng="119.8"/></park></r>',
      xml,
    ),
  ).toMatchObject({
    ok: true,
    value: {
      facts: [{ kind: 'asset', place: { lat: 31.3 }, properties: { 'spaces-total': 414 } }, { value: 132, at }, { value: 'open' }],
      problems: [],
    },
  });
  const gbk = Buffer.concat([
    Buffer.from('code;name;time;free\nP01;'),
    Buffer.from([0xb6, 0xab]),
    Buffer.from(';2026-07-01 10:00:00;"132"\n'),
  ]);
  expect(read(gbk, csv)).toMatchObject({ ok: true, value: { facts: [{ name: '东' }, { value: 132, at }], problems: [] } });
});

test.each([
  ['a sentinel', { free: -1 }, { value: null, quality: 'no-data' }],
  ['null', { free: null }, { value: null, quality: 'no-data' }],
  ['a word where a number belongs', { free: 'many' }, { value: null, quality: 'no-data' }],
  ['a number in words', { free: ' 12 ' }, { value: 12, quality: 'good' }],
])('%s', (_what, more, expected) => {
  expect(read(list(row(more)), parking)).toMatchObject({ ok: true, value: { facts: [{}, { quantity: 'spaces-free', ...expected }, {}] } });
});

test('what is left out is not claimed; a place at 0, 0 is none', () => {
  expect(read(list(row({ free: undefined, open: undefined, pos: { lat: 0, lng: 0 } })), parking)).toMatchObject({
    ok: true,
    value: { facts: [{ kind: 'asset', place: { lat: null, lon: null } }] },
  });
});

test('a bad row is named by its place, and costs the others nothing', () => {
  const answer = read(list(row({ code: null }), row({ time: 'soon' }), row({ name: '\u202e' }), row()), parking);
  expect(answer).toMatchObject({
    ok: true,
    value: {
      problems: [
        { code: 'field-missing', params: { field: '0.entity' } },
        { code: 'time-invalid' },
        { code: 'field-invalid', params: { field: '2.asset.name' } },
      ],
    },
  });
});

test('events: words of the source become ours, and what nobody foresaw has a word of its own', () => {
  const cases = doc({
    format: 'json',
    entity: { path: 'id' },
    time: { path: 't', format: 'epoch-seconds' },
    event: {
      external: 'id',
      version: 'v',
      class: { path: 'type', words: { '01': 'grid.stall' }, otherwise: 'grid.other' },
      status: { path: 'state', words: { 结案: 'ended' }, otherwise: 'open' },
      severity: { path: 'level', words: { '1': 'critical' }, otherwise: 'low' },
      title: { path: 'title' },
      place: { text: 'where' },
      source: { state: 'state', code: 'code' },
    },
  });
  expect(
    read(
      JSON.stringify([
        { id: 7, v: 2, t: 100, type: '01', state: '结案', level: 1, title: '占道经营', where: '南门', code: 3202820401 },
        { id: 8, v: 1, t: '100', type: 'x', title: '其他' },
      ]),
      cases,
    ),
  ).toMatchObject({
    ok: true,
    value: {
      facts: [
        {
          external: '7',
          version: 2,
          class: 'grid.stall',
          status: 'ended',
          severity: 'critical',
          at: 100_000,
          place: { text: '南门' },
          source: { state: '结案', code: '3202820401' },
        },
        { class: 'grid.other', status: 'open', severity: 'low' },
      ],
    },
  });
});

test.each([
  ['iso', '2026-07-01T10:00:00+08:00', at],
  ['iso', '2026-07-01T02:00:00Z', at],
  ['iso', '2026-07-01T10:00:00', at],
  ['iso', '2026-07-01', Date.parse('2026-07-01T00:00:00+08:00')],
  ['yyyyMMddHHmmss', '20260701100000', at],
  ['epoch-ms', String(at), at],
  ['epoch-seconds', at / 1000, at],
])('time as %s: %s', (format, time, expected) => {
  const mapping = doc({
    format: 'json',
    entity: { is: 'x' },
    time: { path: 't', format },
    values: [{ path: 'v', quantity: 'temperature', scale: 0.1, offset: -1 }],
  });
  expect(read(JSON.stringify({ t: time, v: 3 }), mapping)).toMatchObject({ ok: true, value: { facts: [{ at: expected, value: -0.7 }] } });
});

test.each([
  [{ year: 2026, month: 7, day: 1, hour: 10, minute: 0, second: 0 }, 'Asia/Shanghai', at],
  [{ year: 2026, month: 2, day: 29, hour: 10, minute: 0, second: 0 }, 'Asia/Shanghai', null],
  [{ year: 2026, month: 7, day: 1, hour: 24, minute: 0, second: 0 }, 'Asia/Shanghai', null],
  [{ year: 2026, month: 7, day: 1, hour: 10, minute: 0, second: 0 }, 'Nowhere/Else', null],
  // shown twice: the first of them; left out: the instant after
  [{ year: 2026, month: 10, day: 25, hour: 2, minute: 30, second: 0 }, 'Europe/Berlin', Date.parse('2026-10-25T00:30:00Z')],
  [{ year: 2026, month: 3, day: 29, hour: 2, minute: 30, second: 0 }, 'Europe/Berlin', Date.parse('2026-03-29T00:30:00Z')],
])('%j in %s', (shown, zone, expected) => {
  expect(zonedInstant(shown, zone)).toBe(expected);
});

test.each([
  ['a.b[1].c', 5],
  ['a["b"]', undefined],
  ['d.e', 6],
  ['a.b[9]', undefined],
  ['__proto__.x', undefined],
  ['a.b.length', undefined],
  ['', { a: { b: [0, { c: 5 }] }, 'd.e': 6 }],
])('the path %j', (path, expected) => {
  expect(jsonRow({ a: { b: [0, { c: 5 }] }, 'd.e': 6 }).at(path)).toEqual(expected);
});

test.each([
  ['no JSON', '{', parking, 'json-malformed'],
  ['a list that is not there', '{}', parking, 'record-malformed'],
  ['XML without its elements', '<a/>', doc({ format: 'xml', records: 'b', entity: { path: '@x' } }), 'record-empty'],
  ['another encoding', Buffer.from([0xff, 0xff]), parking, 'record-encoding'],
  ['an entity in XML', '<!DOCTYPE a><a/>', doc({ format: 'xml', entity: { path: '@x' } }), 'xml-forbidden'],
  ['CSV without a header', '', doc({ format: 'csv', entity: { path: 'x' } }), 'csv-header-missing'],
])('%s is refused with %s', (_what, text, mapping, code) => {
  expect(read(text, mapping)).toMatchObject({ ok: false, error: { code } });
});

test.each([
  ['an empty list', list(), parking],
  ['CSV that is a header alone', 'x\n', doc({ format: 'csv', entity: { path: 'x' } })],
])('%s says nothing, which is no fault', (_what, text, mapping) => {
  expect(read(text, mapping)).toEqual(ok(nothingSaid));
});

describe('as brokers, portals and platforms send it', () => {
  const message = (topic: string, payload: object | string, mapping: MappingDocument) =>
    readMapped(
      {
        bytes: Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)),
        contentType: null,
        receivedAt: 0,
        from: topic,
      },
      mapping,
    );
  test('a device that names itself in its topic alone (Zigbee2MQTT)', () => {
    const mapping = doc({
      format: 'json',
      entity: { path: '$topic[1]' },
      asset: { kind: { is: 'sensor' }, name: { path: '$topic[-1]' } },
      values: [
        { path: 'temperature', quantity: 'temperature' },
        { path: 'battery', quantity: 'battery' },
        { path: 'water_leak', quantity: 'alarm', type: 'boolean' },
        { path: 'linkquality', quantity: 'state', type: 'text' },
      ],
    });
    const payload = {
      battery: 91,
      linkquality: 120,
      temperature: 27.34,
      voltage: 2995,
      water_leak: false,
      update: { state: 'idle' },
      last_seen: null,
    };
    expect(message('zigbee2mqtt/泵房', payload, mapping)).toMatchObject({
      ok: true,
      value: {
        facts: [
          { kind: 'asset', entity: '泵房', name: '泵房' },
          { quantity: 'temperature', value: 27.34, at: null },
          { quantity: 'battery', value: 91 },
          { quantity: 'alarm', value: false },
          { quantity: 'state', value: '120' },
        ],
        problems: [],
      },
    });
    // Without a topic it has no name.
    expect(read(JSON.stringify(payload), mapping)).toMatchObject({ ok: false, error: { code: 'field-missing' } });
    expect(message('a', payload, mapping)).toMatchObject({ ok: false, error: { code: 'field-missing' } });
  });
  test('a plug with a clock of its own place (Tasmota)', () => {
    const mapping = doc({
      format: 'json',
      entity: { path: '$topic[1]' },
      time: { path: 'Time', zone: 'Europe/Berlin' },
      values: [
        { path: 'ENERGY.Power', quantity: 'power', scale: 0.001 },
        { path: 'ENERGY.Total', quantity: 'energy' },
        { path: 'DS18B20.Temperature', quantity: 'temperature' },
      ],
    });
    const payload = {
      Time: '2026-07-01T04:00:00',
      ENERGY: { TotalStartTime: '2020-01-01T00:00:00', Total: 12.345, Power: 60 },
      DS18B20: { Temperature: 21.4 },
      TempUnit: 'C',
    };
    expect(message('tele/plug7/SENSOR', payload, mapping)).toMatchObject({
      ok: true,
      value: { facts: [{ entity: 'plug7', quantity: 'power', value: 0.06, at }, { value: 12.345 }, { value: 21.4 }] },
    });
  });
  test('an uplink with nanoseconds, decoded by its network (ChirpStack)', () => {
    const mapping = doc({
      format: 'json',
      entity: { path: 'deviceInfo.devEui' },
      time: { path: 'time' },
      asset: {
        kind: { is: 'sensor' },
        name: { path: 'deviceInfo.deviceName' },
        place: { lat: 'rxInfo[0].location.latitude', lon: 'rxInfo[0].location.longitude' },
      },
      values: [{ path: 'object.level', quantity: 'fill-level' }],
    });
    const payload = {
      time: '2026-07-01T02:00:00.775023242+00:00',
      deviceInfo: { deviceName: 'bin 7', devEui: '0101010101010101' },
      fPort: 1,
      data: 'AAE=',
      object: { level: 88 },
      rxInfo: [{ rssi: -48, snr: 9, location: { latitude: 31.3, longitude: 119.8 } }],
    };
    expect(message('application/1/device/0101010101010101/event/up', payload, mapping)).toMatchObject({
      ok: true,
      value: {
        facts: [
          { name: 'bin 7', place: { lat: 31.3, lon: 119.8 } },
          { value: 88, at: at + 775 },
        ],
      },
    });
  });
  test('car parks of a portal: numbers in text, a list in a list, a time without an offset', () => {
    const mapping = doc({
      format: 'json',
      records: 'items[0].carpark_data',
      entity: { path: 'carpark_number' },
      time: { path: 'update_datetime', zone: 'Asia/Singapore' },
      asset: { kind: { is: 'car-park' }, properties: { 'spaces-total': 'carpark_info[0].total_lots' } },
      values: [{ path: 'carpark_info[0].lots_available', quantity: 'spaces-free' }],
    });
    const told = (lots: string) => ({
      items: [
        {
          timestamp: 'x',
          carpark_data: [
            {
              carpark_info: [{ total_lots: '91', lot_type: 'C', lots_available: lots }],
              carpark_number: 'J74M',
              update_datetime: '2026-07-01T10:00:00',
            },
          ],
        },
      ],
    });
    expect(read(JSON.stringify(told('43')), mapping)).toMatchObject({
      ok: true,
      value: { facts: [{ properties: { 'spaces-total': 91 } }, { value: 43, at }] },
    });
    expect(read(JSON.stringify(told('0x10')), mapping)).toMatchObject({ value: { facts: [{}, { value: null, quality: 'no-data' }] } });
  });
  test.each([
    ['2026/7/1 10:00:00', 'iso', at],
    ['2026-7-1 10:00', 'yyyy-MM-dd HH:mm:ss', at],
    ['202607011000', 'yyyyMMddHHmmss', at],
    ['2026070110', 'yyyyMMddHHmmss', at],
    ['20260701', 'yyyyMMddHHmmss', at - 10 * 3_600_000],
    ['2026070', 'yyyyMMddHHmmss', null],
    ['2026年7月1日 10:00', 'yyyy-MM-dd HH:mm:ss', at],
    ['2026年07月01日10时00分00秒', 'yyyy-MM-dd HH:mm:ss', at],
    ['2026年07月01日10时00分', 'yyyy-MM-dd HH:mm:ss', at],
    ['2026.07.01 10:00:00', 'yyyy-MM-dd HH:mm:ss', at],
    ['2026年13月1日', 'yyyy-MM-dd HH:mm:ss', null],
    ['2026-07-0110:00', 'yyyy-MM-dd HH:mm:ss', null],
    ['20260701100000000', 'yyyyMMddHHmmss', at],
    ['2026-07-01 10:00:00+0800', 'iso', at],
    ['2026-02-30T10:00:00Z', 'iso', null],
    ['2026-02-30 10:00:00', 'iso', null],
    ['26-07-01 10:00:00', 'iso', null],
    ['01/07/2026 10:00', 'iso', null],
    ['1782871200', 'epoch-seconds', at],
    ['1782871200.5', 'epoch-seconds', at + 500],
    ['-1', 'epoch-seconds', null],
    ['1e12', 'epoch-ms', null],
    ['99999999999999999', 'epoch-ms', null],
  ])('a time %s as %s', (written, format, expected) => {
    const mapping = doc({
      format: 'json',
      entity: { is: 'x' },
      time: { path: 't', format },
      values: [{ path: 'v', quantity: 'temperature' }],
    });
    const answer = read(JSON.stringify({ t: written, v: 1 }), mapping);
    if (expected === null) expect(answer).toMatchObject({ ok: false, error: { code: 'time-invalid' } });
    else expect(answer).toMatchObject({ ok: true, value: { facts: [{ at: expected }] } });
  });
  test('CSV of a spreadsheet: UTF-16, mixed ends of lines, a quote that nobody closed is told', () => {
    const mapping = doc({ format: 'csv', separator: '\t', entity: { path: 'code' }, values: [{ path: 'free', quantity: 'spaces-free' }] });
    const text = '\ufeffcode\tname\tfree\r\nP1\t"东氿\n停车场"\t5\nP2\t甲\t6\rP3\t"乙\t7\r\nP4\t丙\t8';
    const expected = {
      ok: true,
      value: {
        facts: [
          { entity: 'P1', value: 5 },
          { entity: 'P2', value: 6 },
          { entity: 'P4', value: 8 },
        ],
        problems: [{ code: 'csv-malformed' }],
      },
    };
    expect(read(text, mapping)).toMatchObject(expected);
    expect(read(Buffer.from(text, 'utf16le'), mapping)).toMatchObject(expected);
  });
  test('XML says what it is written in', () => {
    const mapping = doc({ format: 'xml', records: 'p', entity: { path: '@id' }, asset: { kind: { is: 'car-park' }, name: { path: 'n' } } });
    const latin = Buffer.from('<?xml version="1.0" encoding="iso-8859-1"?><r><p id="1"><n>España</n></p></r>', 'latin1');
    expect(read(latin, mapping)).toMatchObject({ ok: true, value: { facts: [{ name: 'España' }] } });
    const gbk = Buffer.concat([
      Buffer.from('<?xml version="1.0" encoding="GB2312"?><r><p id="1"><n>'),
      Buffer.from([0xb6, 0xab]),
      Buffer.from('</n></p></r>'),
    ]);
    expect(read(gbk, mapping)).toMatchObject({ ok: true, value: { facts: [{ name: '东' }] } });
  });
  test.each([
    ['1e400', null],
    ['-0', 0],
    ['"NaN"', null],
    ['"Infinity"', null],
    ['"1,5"', null],
    ['[1]', null],
    ['{"a":1}', null],
    ['true', null],
    ['" 7 "', 7],
    ['"+7"', 7],
  ])('a value %s', (written, value) => {
    const mapping = doc({ format: 'json', entity: { is: 'x' }, values: [{ path: 'v', quantity: 'temperature' }] });
    expect(read(`{"v":${written}}`, mapping)).toMatchObject({ ok: true, value: { facts: [{ value }] } });
  });
  test.each(['__proto__', 'constructor', 'constructor.name', 'toString', '__proto__.polluted', 'a.__proto__', 'length'])(
    'the path %s leads to what the record says, or nowhere',
    (path) => {
      expect(jsonRow({ a: {} }).at(path)).toBeUndefined();
      expect(jsonRow([1]).at(path)).toBeUndefined();
      expect(jsonRow('text').at(path)).toBeUndefined();
    },
  );
  test('a record deeper than any stack', () => {
    const mapping = doc({ format: 'json', entity: { path: 'id' }, values: [{ path: 'v', quantity: 'temperature' }] });
    expect(read(`{"id":"x","v":1,"deep":${'['.repeat(5000)}${']'.repeat(5000)}}`, mapping)).toMatchObject({ ok: true });
    expect(read('['.repeat(300_000), mapping)).toMatchObject({ ok: false, error: { code: 'json-malformed' } });
  });
});

describe('fuzz', () => {
  test('whatever text is read as CSV or XML, it is facts or a problem (seeded)', () => {
    const csv = doc({ format: 'csv', entity: { path: 'a' }, values: [{ path: 'b', quantity: 'temperature' }] });
    const xml = doc({ format: 'xml', records: 'a', entity: { path: '@a' }, values: [{ path: 'b', quantity: 'temperature' }] });
    const piece = fc.oneof(
      fc.constantFrom('a,b\n', '"', '\r', ',', '<a a="1">', '</a>', '<b>', '</b>', '2', '&lt;', '\u0000', '\ufeff'),
      fc.string({ unit: 'binary', maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        for (const [head, mapping] of [
          ['a,b\n', csv],
          ['', xml],
        ] as const) {
          const answer = read(head + pieces.join(''), mapping);
          if (answer.ok) for (const one of answer.value.facts) expect(fact.safeParse(one).success).toBe(true);
        }
      }),
      { seed: 24, numRuns: 500 },
    );
  });

  test('whatever JSON a mapping is put on, what comes of it is a fact as the contract has it, or a problem (seeded)', () => {
    const scalar = fc.oneof(
      fc.constantFrom('P01', '2026-07-01 10:00:00', -1, 0, '\u202e', null, '1', '99999999999999999999'),
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.double(),
      fc.boolean(),
    );
    const anyRow = fc.record(
      {
        code: scalar,
        name: scalar,
        time: fc.oneof(scalar, fc.constant('2026-07-01 10:00:00')),
        total: scalar,
        free: scalar,
        open: scalar,
        pos: fc.oneof(scalar, fc.record({ lat: scalar, lng: scalar })),
        area: scalar,
        rate: scalar,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(anyRow, scalar), { maxLength: 5 }), (rows) => {
        const answer = read(JSON.stringify({ result: { list: rows } }), parking);
        if (answer.ok) for (const one of answer.value.facts) expect(fact.safeParse(one).success).toBe(true);
      }),
      { seed: 14, numRuns: 1000 },
    );
  });
});
