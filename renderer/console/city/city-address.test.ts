import { describe, expect, test } from 'vitest';
import type { Permission } from '../../../main/contract/permissions.ts';
import { cityOfHash, cityViewsFor, hashOfCity, type CityPlace } from './city-address.ts';

describe('the addresses of the city', () => {
  test.each<[string, CityPlace | null]>([
    ['#alerts', { view: 'alerts', incidentId: null }],
    ['#incidents', { view: 'incidents', incidentId: null }],
    ['#incidents/', { view: 'incidents', incidentId: null }],
    ['#incidents/01J8ZK', { view: 'incidents', incidentId: '01J8ZK' }],
    ['#tasks', { view: 'tasks', incidentId: null }],
    ['#tasks/1', null],
    ['#incidents/a/b', null],
    ['#incidents/<b>', null],
    ['#admin', null],
    ['', null],
  ])('%s', (hash, place) => {
    expect(cityOfHash(hash)).toEqual(place);
    if (place) expect(cityOfHash(hashOfCity(place))).toEqual(place);
  });

  test('whoever may see no incidents has no page of them', () => {
    const has: readonly Permission[] = ['alert.view', 'task.view'];
    expect(cityViewsFor((permission) => has.includes(permission))).toEqual(['alerts', 'tasks']);
  });
});
