import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeFrame } from '../../protocols/hj212/frame.ts';
import { factorOf } from '../../protocols/hj212/factors.ts';
import { encodeGbk } from '../../protocols/gbk.ts';
import { fact, feedSettings } from '../../feed-contract.ts';
import { isQuantity } from '../../systems/quantities.ts';
import { knownCodes, quantityOfFactor } from './factor-quantities.ts';
import { createHj212Reader, type Hj212Settings } from './read-hj212.ts';

const at = Date.UTC(2026, 0, 5, 0, 30);
const head = 'QN=20260105083001123;ST=32;CN=2011;PW=123456;MN=MN1;Flag=5;CP=&&';
const settings = (more: object = {}) => feedSettings.parse({ kind: 'hj212', port: 0, ...more }) as Hj212Settings;
const read = (texts: string | readonly string[], more: object = {}) => {
  const bytes = Buffer.concat([texts].flat().map((text) => encodeFrame(encodeGbk(text))));
  return createHj212Reader(settings(more)).read({ bytes, contentType: null, receivedAt: at, from: null });
};
/** [quantity, value, quality, flag] of its observations, or the code of what is wrong. */
const values = (result: ReturnType<typeof read>) =>
  result.ok
    ? result.value.facts.flatMap((one) => (one.kind === 'observation' ? [[one.quantity, one.value, one.quality, one.flag]] : []))
    : result.error.code;
const problems = (result: ReturnType<typeof read>) => (result.ok ? result.value.problems.map(({ code }) => code) : []);

test.each<[string, string, string, unknown]>([
  [
    '2011 of discharged water',
    '32;CN=2011',
    'w00000-Rtd=10,w00000-Flag=N;w01001-Rtd=7.32,w01001-Flag=N',
    [
      ['pipe-flow', 36, 'good', 'N'],
      ['ph', 7.32, 'good', 'N'],
    ],
  ],
  ['2051 takes the mean', '32;CN=2051', 'w01018-Min=1,w01018-Avg=2,w01018-Max=3,w01018-Cou=9,w01018-Flag=N', [['cod', 2, 'good', 'N']]],
  ['2061 without a mean takes the moment', '32;CN=2061', 'w01018-Rtd=2', [['cod', 2, 'good', null]]],
  ['sums alone are no value', '32;CN=2031', 'w01018-Cou=9', 'record-empty'],
  [
    'a chimney: SO2 in our unit, flow by the hour',
    '31;CN=2011',
    'a21026-Rtd=35.5,a21026-Flag=N;a00000-Rtd=2,a00000-Flag=N',
    [
      ['so2', 35500, 'good', 'N'],
      ['gas-flow', 7200, 'good', 'N'],
    ],
  ],
  [
    'the air: SO2 as its stations send it',
    '22;CN=2061',
    'a21026-Avg=12,a21026-Flag=N;a21005-Avg=0.8,a21005-Flag=N;a34004-Avg=35,a34004-Flag=N',
    [
      ['so2', 12, 'good', 'N'],
      ['co', 0.8, 'good', 'N'],
      ['pm25', 35, 'good', 'N'],
    ],
  ],
  ['a chimney whose flow is told by the hour', '31;CN=2011', 'B02-Rtd=31500,B02-Flag=N', [['gas-flow', 31500, 'good', 'N']]],
  [
    'a station of the air that writes words',
    '22;CN=2011',
    'SO2-Rtd=12,SO2-Flag=N;CO-Rtd=0.9,CO-Flag=N;O3-Rtd=88,O3-Flag=N;TEM-Rtd=21.5,TEM-Flag=N;RH-Rtd=61,RH-Flag=N;WD-Rtd=270,WD-Flag=N;WS-Rtd=1.8,WS-Flag=D;a50001-Rtd=58',
    [
      ['so2', 12, 'good', 'N'],
      ['co', 0.9, 'good', 'N'],
      ['o3', 88, 'good', 'N'],
      ['temperature', 21.5, 'good', 'N'],
      ['humidity', 61, 'good', 'N'],
      ['wind-direction', 270, 'good', 'N'],
      ['wind-speed', 1.8, 'bad', 'D'],
      ['noise', 58, 'good', null],
    ],
  ],
  [
    'one in a room',
    '22;CN=2011',
    'TEMP-Rtd=22;HUMI-Rtd=40;CH2O-Rtd=0.01;',
    [
      ['temperature', 22, 'good', null],
      ['humidity', 40, 'good', null],
      ['formaldehyde', 0.01, 'good', null],
    ],
  ],
  ['air pressure in hPa', '22;CN=2061', 'a01006-Avg=101.325,a01006-Flag=N', [['air-pressure', 1013.25, 'good', 'N']]],
  [
    'codes of 2005',
    '32;CN=2011',
    '060-Rtd=1.5,060-Flag=N;011-Rtd=40,011-Flag=N',
    [
      ['ammonia-nitrogen', 1.5, 'good', 'N'],
      ['cod', 40, 'good', 'N'],
    ],
  ],
  [
    'noise',
    '23;CN=2011',
    'LA-Rtd=55.1;Leq-Data=54.2',
    [
      ['noise', 55.1, 'good', null],
      ['noise-equivalent', 54.2, 'good', null],
    ],
  ],
  [
    'flags',
    '32;CN=2011',
    'w01018-Rtd=900,w01018-Flag=T;w21003-Rtd=0,w21003-Flag=D;w21011-Rtd=1,w21011-Flag=C;w21001-Rtd=1,w21001-Flag=x',
    [
      ['cod', 900, 'suspect', 'T'],
      ['ammonia-nitrogen', 0, 'bad', 'D'],
      ['total-phosphorus', 1, 'bad', 'C'],
      ['total-nitrogen', 1, 'suspect', 'x'],
    ],
  ],
  [
    'no value',
    '32;CN=2011',
    'w01018-Rtd=--,w01018-Flag=B;w21003-Rtd=,w21003-Flag=N;w21011-Rtd=NaN;w21001-Rtd=-9999.00,w21001-Flag=N',
    [
      ['cod', null, 'no-data', 'B'],
      ['ammonia-nitrogen', null, 'no-data', 'N'],
      ['total-phosphorus', null, 'no-data', null],
      ['total-nitrogen', null, 'no-data', 'N'],
    ],
  ],
  ['a code that nobody knows', '32;CN=2011', 'zz-Rtd=1', 'quantity-unknown'],
  ['a command that nobody knows', '32;CN=7777', 'w01018-Rtd=1', 'record-unsupported'],
])('%s', (_name, start, parameters, expected) => {
  const [st, cn] = start.split(';CN=');
  const text = `QN=20260105083001123;ST=${st};CN=${cn};PW=123456;MN=MN1;Flag=5;CP=&&DataTime=20260105083000;${parameters}&&`;
  expect(values(read(text))).toEqual(expected);
});

test.each<[string, string, unknown]>([
  [
    'a time with milliseconds, the flow by its code of 2005, an attribute that nobody knows',
    'ST=32;CN=2011;PW=1;MN=M;CP=&&DataTime=20260105083000000;B01-Rtd=36.5;011-Rtd=231.0,011-SegmentFlag=N;060-Rtd=1.803,060-Flag=N&&',
    [
      ['pipe-flow', 131.4, 'good', null],
      ['cod', 231, 'good', null],
      ['ammonia-nitrogen', 1.803, 'good', 'N'],
    ],
  ],
  [
    'one & where two belong, and none at the end',
    'ST=51;CN=2051;PW=1;MN=M;CP=&DataTime=20260105083000;a34004-Avg=35,a34004-Flag=N',
    [['pm25', 35, 'good', 'N']],
  ],
  [
    'a station on wheels says where it is, and writes words for codes',
    'QN=20260105083000001;ST=22;CN=2011;PW=1;MN=M;Flag=5;CP=&&DataTime=20260105083000;PM10-Rtd=89.59,PM10-Flag=N;TSP-Rtd=133.71,TSP-Flag=N;lng-Rtd=119.84,lng-Flag=N;lat-Rtd=31.35,lat-Flag=N&&',
    [
      ['pm10', 89.59, 'good', 'N'],
      ['tsp', 133.71, 'good', 'N'],
      ['longitude', 119.84, 'good', 'N'],
      ['latitude', 31.35, 'good', 'N'],
    ],
  ],
  [
    'fields in another order, the flag before its value',
    'ST=22;CN=2011;QN=20260105083000001;PW=1;MN=M;Flag=0;CP=&&DataTime=20260105083000;a34002-Flag=N,a34002-Rtd=5;a34004-Rtd=4,a34004-Flag=N;&&',
    [
      ['pm10', 5, 'good', 'N'],
      ['pm25', 4, 'good', 'N'],
    ],
  ],
  [
    'values that are converted beside those that are measured',
    'ST=31;CN=2051;PW=1;MN=M;Flag=4;CP=&&DataTime=20260105083000;a24088-Min=0.1,a24088-Avg=0.2,a24088-Max=0.3,a24088-ZsMin=9,a24088-ZsAvg=9,a24088-ZsMax=9,a24088-Cou=0.0,a24088-Flag=N&&',
    [['non-methane-hydrocarbons', 0.2, 'good', 'N']],
  ],
  [
    'keys of every object',
    'ST=32;CN=2011;PW=1;MN=M;CP=&&DataTime=20260105083000;constructor-Rtd=1;__proto__-Rtd=2;toString-Rtd=3&&',
    'quantity-unknown',
  ],
  ['a year of two digits', 'ST=32;CN=2011;PW=1;MN=M;CP=&&DataTime=260105083000;w01018-Rtd=2&&', 'time-invalid'],
  ['more than any number', 'ST=32;CN=2011;PW=1;MN=M;CP=&&DataTime=20260105083000;w01018-Rtd=1e99&&', [['cod', 1e99, 'good', null]]],
  ['no number at all', 'ST=32;CN=2011;PW=1;MN=M;CP=&&DataTime=20260105083000;w01018-Rtd=1e400&&', [['cod', null, 'no-data', null]]],
])('as stations send it: %s', (_name, text, expected) => {
  expect(values(read(text))).toEqual(expected);
});

test('what is wrong with a part does not lose the rest', () => {
  const result = read(`${head}DataTime=20260105083000;w01018-Rtd=1;zz-Rtd=2;junk&&`);
  expect(values(result)).toEqual([['cod', 1, 'good', null]]);
  expect(problems(result)).toEqual(['record-malformed', 'quantity-unknown']);
});

test('several times in one packet, and a time that is none', () => {
  const result = read(
    `${head}DataTime=20260105083000;w01018-Rtd=1;DataTime=20269905083000;w01018-Rtd=2;DataTime=20260105084000;w01018-Rtd=3&&`,
  );
  expect(result).toMatchObject({
    ok: true,
    value: { facts: [{ kind: 'asset' }, { value: 1, at }, { value: 3, at: at + 600_000 }], problems: [{ code: 'time-invalid' }] },
  });
});

test('a packet without a time has that of its number', () => {
  expect(read(`${head}w01018-Rtd=1&&`)).toMatchObject({ ok: true, value: { facts: [{}, { at: at + 1123 }] } });
  expect(read('ST=32;CN=2011;MN=MN1;CP=&&w01018-Rtd=1&&')).toMatchObject({
    ok: true,
    value: { sourceAt: null, facts: [{}, { at: null }] },
  });
});

test('packets of one message in another order; one that is missing is told', () => {
  const part = (index: number, text: string) => `QN=20260105083001123;ST=32;CN=2011;PW=1;MN=MN1;Flag=7;PNUM=2;PNO=${index};CP=&&${text}&&`;
  const [one, two] = [part(1, 'DataTime=20260105083000;w01018-Rtd=1'), part(2, 'w21003-Rtd=2')];
  const both = read([two, one]);
  expect(both).toMatchObject({
    ok: true,
    value: { problems: [], facts: [{}, { quantity: 'cod', at }, { quantity: 'ammonia-nitrogen', at }] },
  });
  expect(problems(read([one]))).toEqual(['record-malformed']);
});

test('a station that was entered has its name, its place and its kind', () => {
  const station = { id: 'MN1', name: '北厂排口', assetKind: 'industrial-site', place: { lat: 31.3, lon: 119.8, district: '320282' } };
  expect(read(`${head}w01018-Rtd=1&&`, { stations: [station] })).toMatchObject({
    ok: true,
    value: { facts: [{ name: '北厂排口', assetKind: 'industrial-site', place: { lat: 31.3, district: '320282' } }, {}] },
  });
});

test('own factors: codes and units that the standard does not have', () => {
  const factors = [
    { code: 'a01006', quantity: 'air-pressure' },
    { code: 'zz', quantity: 'turbidity', scale: 0.5 },
  ];
  expect(values(read(`${head}A01006-Rtd=1013;zz-Rtd=4&&`, { factors }))).toEqual([
    ['air-pressure', 1013, 'good', null],
    ['turbidity', 2, 'good', null],
  ]);
});

test('how equipment is', () => {
  const result = read('QN=20260105083001123;ST=32;CN=2021;MN=MN1;Flag=5;CP=&&DataTime=20260105083000;SB1-RS=1;SB2-RS=0&&');
  expect(result).toMatchObject({
    ok: true,
    value: { facts: [{ kind: 'asset' }, { entity: 'MN1/SB1', quantity: 'state', value: 'running' }, { entity: 'MN1/SB2', value: 'off' }] },
  });
});

test.each(['9013', '9014', '1013', '3020', '2081'])('%s says nothing of the city', (cn) => {
  expect(read(`QN=20260105083001123;ST=32;CN=${cn};MN=MN1;Flag=4;CP=&&x=1&&`)).toMatchObject({
    ok: true,
    value: { ignored: true, facts: [] },
  });
});

test.each([
  ['nothing', '', 'record-malformed'],
  ['no frame', 'hello', 'record-malformed'],
  ['half a frame', '##0100QN=2026', 'frame-length'],
])('%s is a problem, never an empty list', (_name, text, code) => {
  const record = { bytes: encodeGbk(text), contentType: null, receivedAt: at, from: null };
  expect(createHj212Reader(settings()).read(record)).toMatchObject({ ok: false, error: { code } });
});

test('a wrong password', () => {
  expect(values(read(`${head}w01018-Rtd=1&&`, { password: 'other' }))).toBe('device-refused');
  expect(values(read(`${head}w01018-Rtd=1&&`, { password: '123456' }))).toHaveLength(1);
});

test('every code that has a quantity is in the tables, and its unit can be converted', () => {
  for (const code of knownCodes) {
    expect(factorOf(code)?.code).toBe(code);
    for (const system of ['22', '31', '32', null]) {
      const known = quantityOfFactor(code, system);
      expect([code, known && isQuantity(known.quantity)]).toEqual([code, true]);
    }
  }
});

test('whatever a packet holds, the reader does not throw, and its facts are facts', () => {
  const pair = fc.tuple(
    fc.constantFrom('w01018', '011', 'SB1', 'zz', 'LA'),
    fc.constantFrom('Rtd', 'Avg', 'Flag', 'RS'),
    fc.string({ maxLength: 8 }),
  );
  const parameters = fc.oneof(
    fc.string({ maxLength: 80 }),
    fc.array(pair, { maxLength: 8 }).map((pairs) => pairs.map(([code, attribute, value]) => `${code}-${attribute}=${value}`).join(';')),
  );
  fc.assert(
    fc.property(fc.constantFrom('2011', '2051', '2021', '9014', '1'), parameters, (cn, text) => {
      const result = read(`ST=32;CN=${cn};MN=MN1;CP=&&DataTime=20260105083000;${text}&&`);
      if (result.ok) for (const one of result.value.facts) expect(fact.safeParse(one).success).toBe(true);
      else expect(result.error.code).toBeTruthy();
    }),
    { seed: 212, numRuns: 500 },
  );
});
