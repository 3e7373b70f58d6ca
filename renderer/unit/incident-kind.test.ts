import { afterEach, expect, test } from 'vitest';
import { incidentTypes } from '../../alerts/incidents/incident-types.ts';
import { setLocale } from '../i18n/index.ts';
import { incidentKind, incidentKinds, incidentKindWords } from './incident-kind.ts';

afterEach(() => setLocale('zh-CN'));

test('every type of the table has a kind of its own, and every kind has types', () => {
  const wide = new Set([...incidentTypes.keys()].map((type) => type.split('.')[0]));
  expect([...wide].sort()).toEqual([...incidentKinds].sort());
  for (const type of incidentTypes.keys()) expect(incidentKind(type)).toBe(type.split('.')[0]);
});

test('a type is called by its name, in the language of the page', () => {
  expect(incidentKindWords('utilities.water.burst')).toBe('水管爆裂');
  setLocale('en');
  expect(incidentKindWords('utilities.water.burst')).toBe('Burst main');
  expect([incidentKindWords('space.debris'), incidentKind('space.debris')]).toEqual(['space.debris', 'other']);
});
