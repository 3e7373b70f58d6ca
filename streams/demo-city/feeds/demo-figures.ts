import { smoothNoise } from './smooth-noise.ts';

/** A figure that a system reckons itself: around what, how far it wanders, how many digits. */
type FigureRow = readonly [indicator: string, around: number, spread: number, digits: number];

/** What the systems of the demo city send of themselves. Most of the plan's targets are met, a few are not. */
export const demoFigures: Readonly<Record<string, readonly FigureRow[]>> = {
  sensing: [
    ['districts-covered', 94.4, 0, 1],
    ['consumers-per-sensor', 2.6, 0.2, 1],
  ],
  cloud: [
    ['availability', 99.97, 0.02, 2],
    ['systems-graded', 96.4, 0, 1],
  ],
  'data-centre': [
    ['libraries-complete', 88, 0.5, 1],
    ['index-economy', 82.1, 0.6, 1],
    ['index-politics', 86.4, 0.4, 1],
    ['index-culture', 79.8, 0.5, 1],
    ['index-society', 84.9, 0.5, 1],
    ['index-ecology', 81.2, 0.9, 1],
  ],
  'gov-services': [
    ['items-online', 93.6, 0, 1],
    ['eligible-items-online', 100, 0, 1],
    ['rating', 99.1, 0.3, 1],
  ],
  supervision: [
    ['items-covered', 97.5, 0, 1],
    ['leads-in-time', 95.2, 1, 1],
  ],
  enterprise: [
    ['requests-in-time', 96.8, 1, 1],
    ['policy-matches', 1284, 30, 0],
  ],
  'social-security': [['items-online', 98.2, 0, 1]],
  education: [
    ['campuses', 91, 0, 0],
    ['classrooms', 142, 0, 0],
    ['learning-towns', 11, 0, 0],
    ['learning-communities', 14, 0, 0],
  ],
  culture: [['events', 23, 4, 0]],
  legal: [
    ['items-online', 92.3, 0, 1],
    ['community-groups', 100, 0, 1],
  ],
  'citizen-app': [
    ['active-users', 186_000, 9000, 0],
    ['cards-issued', 742_000, 500, 0],
    ['reports-closed', 97.4, 0.8, 1],
  ],
  manufacturing: [
    ['city-pilots', 17, 0, 0],
    ['provincial-workshops', 7, 0, 0],
    ['city-workshops', 12, 0, 0],
    ['integration-pilots', 15, 0, 0],
    ['enterprises-on-cloud', 1612, 0, 0],
  ],
  tourism: [['smart-areas', 86.7, 0, 1]],
  agriculture: [
    ['iot-points', 24, 0, 0],
    ['iot-area', 21.8, 0, 1],
    ['informatisation', 66.5, 0, 1],
  ],
  commerce: [
    ['growth', 22.4, 1.5, 1],
    ['volume', 31.8, 1, 1],
    ['export-clearances', 4210, 260, 0],
  ],
  grid: [
    ['covered', 100, 0, 1],
    ['in-time', 96.9, 1, 1],
    ['repeat-rate', 2.1, 0.4, 1],
  ],
  traffic: [
    ['car-parks-connected', 83.2, 0.4, 1],
    ['clear-time', 17, 4, 0],
  ],
  'urban-management': [['in-time', 97.3, 1, 1]],
  emergency: [
    ['dispatch-time', 1.4, 0.3, 1],
    ['arrive-time', 8.6, 1.5, 1],
    ['drills', 36, 0, 0],
    ['rosters-filled', 100, 0, 1],
  ],
  'public-safety': [
    ['shared', 100, 0, 1],
    ['controllable', 99.6, 0.2, 1],
  ],
  credit: [
    ['members-covered', 100, 0, 1],
    ['records', 3_816_000, 4000, 0],
  ],
  geospatial: [
    ['layers-current', 95.8, 0.5, 1],
    ['pre-reviews-in-time', 98.1, 0.8, 1],
  ],
  environment: [
    ['areas-monitored', 100, 0, 1],
    ['good-air-days', 81.4, 0.5, 1],
    ['sections-reaching-class', 93.3, 0.5, 1],
  ],
  security: [
    ['systems-graded', 98.6, 0, 1],
    ['cryptography', 84.2, 0.6, 1],
  ],
};

/** What feed kind `indicator` of a system sends at an instant. */
export function figuresAt(
  system: string,
  at: number,
): readonly { readonly indicator: string; readonly value: number; readonly at: number }[] {
  return (demoFigures[system] ?? []).map(([indicator, around, spread, digits]) => ({
    indicator,
    value: Number((around + spread * smoothNoise(`figure/${system}/${indicator}`, at, 6 * 3_600_000)).toFixed(digits)),
    at,
  }));
}
