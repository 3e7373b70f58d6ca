import { expect, test } from 'vitest';
import { runCard } from './run-card.ts';

test.each<[string, Parameters<typeof runCard>, Record<string, number>]>([
  ['a small crash', ['traffic.accident', 'IV', false], { 'traffic-police': 1 }],
  ['a worse one', ['traffic.accident', 'III', false], { 'traffic-police': 2, ambulance: 1, tow: 1 }],
  [
    'its second alarm adds to what is sent, and what is not',
    ['traffic.accident', 'III', true],
    { 'traffic-police': 4, ambulance: 3, tow: 1, 'fire-engine': 1 },
  ],
  ['what is not in the table is looked up above it', ['fire.building.hotel', 'IV', false], { 'fire-engine': 1 }],
  ['what nobody knows wants nothing', ['weather', 'I', true], {}],
])('%s', (_name, asked, expected) => {
  expect(Object.fromEntries(runCard(...asked).map(({ capability, count }) => [capability, count]))).toEqual(expected);
});
