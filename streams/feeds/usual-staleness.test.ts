import { expect, test } from 'vitest';
import { feedKinds, type FeedKind } from '../feed-contract.ts';
import { systems } from '../systems/systems.ts';
import { usualStalenessSeconds } from './usual-staleness.ts';

test.each<[string, FeedKind, string, number]>([
  ['a vehicle', 'jt808', 'urban-management', 60],
  ['a vehicle of the traffic police', 'jt808', 'traffic', 60],
  ['car parks of a broker', 'ngsi', 'traffic', 300],
  ['car parks of a portal', 'mapping', 'traffic', 300],
  ['pumps', 'mqtt', 'utilities', 600],
  ['river gauges', 'mapping', 'emergency', 600],
  ['stations of air', 'ngsi', 'environment', 3600],
  ['stations of air and water', 'hj212', 'environment', 3600],
  ['figures of a day', 'indicator', 'traffic', 172_800],
  ['what no pack is called', 'ngsi', 'constructor', 600],
])('%s', (_what, kind, system, seconds) => {
  expect(usualStalenessSeconds(kind, system)).toBe(seconds);
});

test('of every kind and system it is known', () => {
  for (const kind of feedKinds) for (const { id } of systems) expect(usualStalenessSeconds(kind, id)).toBeGreaterThanOrEqual(60);
});
