import { expect, test } from 'vitest';
import type { RankReason } from '../incident-contract.ts';
import { mixing } from './mixing.ts';

const real = { drill: false, simulated: false };
const drill = { drill: true, simulated: false };
const made = { drill: false, simulated: true };
const both = { drill: true, simulated: true };

test.each<[typeof real, typeof real, RankReason | null]>([
  [real, real, null],
  [real, drill, 'real-for-drill'],
  [real, made, 'real-for-simulated'],
  [real, both, 'real-for-drill'],
  [drill, real, 'for-drills-only'],
  [drill, drill, null],
  [drill, made, 'for-drills-only'],
  [drill, both, null],
  [made, real, null],
  [made, drill, null],
  [made, made, null],
  [made, both, null],
  [both, real, 'for-drills-only'],
  [both, drill, null],
  [both, made, 'for-drills-only'],
  [both, both, null],
])('a unit of %j to an incident of %j: %s', (unit, incident, expected) => {
  expect(mixing(unit, incident)).toBe(expected);
});
