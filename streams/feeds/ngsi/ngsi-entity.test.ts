import { expect, test } from 'vitest';
import { ngsiEntities } from './ngsi-entity.ts';

const one = (told: object) => {
  const [entity, ...rest] = ngsiEntities(told) ?? [];
  expect(rest).toEqual([]);
  return entity!;
};
const early = '2026-07-01T01:00:00Z';
const late = '2026-07-01T02:00:00Z';
const reading = (value: unknown, observedAt: string | null, more: object = {}) => ({ value, observedAt, unitCode: null, ...more });

test.each<[string, object, unknown]>([
  [
    'a history tells the latest reading, and what was before in its order',
    [
      { type: 'Property', value: 3, observedAt: late },
      { type: 'Property', value: 1, observedAt: early },
    ],
    { ...reading(3, late), earlier: [reading(1, early)] },
  ],
  [
    'so does its short form, with its unit',
    {
      type: 'Property',
      unitCode: 'CEL',
      values: [
        [1, early],
        [3, late],
      ],
    },
    { ...reading(3, late, { unitCode: 'CEL' }), earlier: [reading(1, early, { unitCode: 'CEL' })] },
  ],
  [
    'of several sources the one without a name of its own',
    [
      { type: 'Property', value: 1, observedAt: late, datasetId: 'urn:a' },
      { type: 'Property', value: 2, observedAt: early },
    ],
    { ...reading(2, early), earlier: [] },
  ],
  ['without times the first one', [{ value: 1 }, { value: 2 }], { ...reading(1, null), earlier: [] }],
  ['an empty history', { type: 'Property', values: [] }, { ...reading(null, null), earlier: [] }],
  ['a list that is a value', [1, 2], { ...reading([1, 2], null), earlier: [] }],
  [
    'a whole attribute in the place of its value has its unit and its time there',
    { type: 'Property', value: { type: 'Property', value: 25, unitCode: 'MTR', observedAt: early }, observedBy: { object: 'urn:d' } },
    { ...reading(25, early, { unitCode: 'MTR' }), earlier: [] },
  ],
  [
    'what is told outside goes before',
    { type: 'Property', value: { value: 25, unitCode: 'MTR', observedAt: early }, unitCode: 'CMT', observedAt: late },
    { ...reading(25, late, { unitCode: 'CMT' }), earlier: [] },
  ],
  [
    'what was measured over a time is what it is at the moment',
    { avgOverTime: 20, minOverTime: 10, instValue: 24 },
    { ...reading(24, null), earlier: [] },
  ],
  ['or what it was on the whole', { avgOverTime: 20, instValue: null }, { ...reading(20, null), earlier: [] }],
])('%s', (_what, level, expected) => {
  expect(one({ id: 'x', type: 'Tank', level }).attribute('level')).toEqual(expected);
});

test('values in values have an end', () => {
  let deep: object = { value: 1 };
  for (let depth = 0; depth < 5000; depth += 1) deep = { value: deep };
  expect(one({ id: 'x', type: 'Tank', level: deep }).attribute('level')).toMatchObject({ value: null });
});

test('an attribute is found whatever capitals and underlines it is written with; as it stands in the models it goes before', () => {
  const entity = one({ id: 'x', type: 'Alert', Sub_Category: 'a', subcategory: 'b', DATEISSUED: late });
  expect(entity.attribute('subCategory')?.value).toBe('a');
  expect(entity.attribute('dateIssued')?.value).toBe(late);
  expect(one({ id: 'x', type: 'Alert', SUBCATEGORY: 'a', subCategory: 'b' }).attribute('subCategory')?.value).toBe('b');
  expect(entity.attribute('constructor')).toBeUndefined();
});

test('of several types the one that is known', () => {
  expect(one({ id: 'x', type: ['Thing', 'https://x.example/OffStreetParking'] }).type).toBe('OffStreetParking');
  expect(one({ id: 'x', type: ['Thing', 'Other'] }).type).toBe('Thing');
  expect(ngsiEntities({ id: 'x', type: [] })).toBeNull();
});

test('an id and a type that are normalized like everything else', () => {
  const told = { id: { type: 'string', value: 'p' }, type: { type: 'string', value: 'Museum' }, name: { type: 'string', value: 'M' } };
  expect(one(told)).toMatchObject({ id: 'p', type: 'Museum' });
  expect(ngsiEntities({ id: { value: 5 }, type: 'Museum' })).toBeNull();
});

test('a notification without a subscription, and an entity that has data', () => {
  expect(one({ data: [{ id: 'p', type: 'Device' }] })).toMatchObject({ id: 'p' });
  expect(one({ id: 'a', type: 'Alert', data: { kind: 'x' } })).toMatchObject({ id: 'a' });
  expect(ngsiEntities({ data: null })).toBeNull();
});

test('a notification may hold GeoJSON', () => {
  const feature = { id: 'p', type: 'Feature', geometry: { type: 'Point', coordinates: [119.8, 31.3] }, properties: { type: 'Device' } };
  const told = { id: 'n', type: 'Notification', subscriptionId: 's', data: { type: 'FeatureCollection', features: [feature] } };
  expect(one(told)).toMatchObject({ id: 'p', type: 'Device' });
});

test.each<[string, object, string | null]>([
  ['by its name in the standard', { value: 1, unitCode: 'CEL', unit: 'x' }, 'CEL'],
  ['in other capitals', { value: 1, UnitCode: 'CEL' }, 'CEL'],
  ['in words', { value: 1, unitText: '°C' }, '°C'],
  ['as an attribute of the attribute', { value: 1, unit: { type: 'Property', value: 'CEL' } }, 'CEL'],
  ['in its metadata', { value: 1, metadata: { units: { type: 'Text', value: 'CEL' } } }, 'CEL'],
  ['in its metadata, as it stands', { value: 1, metadata: { UnitCode: 'CEL' } }, 'CEL'],
  ['empty', { value: 1, unitCode: '', unit: 'CEL' }, 'CEL'],
  ['not a text', { value: 1, unit: 3 }, null],
  ['none', { value: 1 }, null],
])('the unit of an attribute: %s', (_where, attribute, unit) => {
  expect(one({ id: 'a', type: 'Device', temperature: attribute }).attribute('temperature')).toMatchObject({ value: 1, unitCode: unit });
});
