import { expect, test } from 'vitest';
import { edgeLimits, liveEdge, stretchAhead, type EdgeFacts, type EdgeStep, type Stretch } from './live-edge.ts';

const at = (currentTime: number, start: number, end: number, rate = 1): EdgeFacts => ({ currentTime, buffered: { start, end }, rate });

test.each<[string, EdgeFacts, Partial<EdgeStep>]>([
  ['nothing has come', { currentTime: 0, buffered: null, rate: 1.1 }, { rate: 1, seekTo: null, trimTo: null }],
  ['as it should be', at(10, 8, 10.6), { rate: 1, seekTo: null }],
  ['a little behind', at(10, 8, 10.9), { rate: 1.05, seekTo: null }],
  ['more behind', at(10, 8, 11.5), { rate: 1.1, seekTo: null }],
  ['still catching up between the thresholds', at(10, 8, 10.7, 1.05), { rate: 1.05 }],
  ['caught up', at(10, 8, 10.45, 1.05), { rate: 1 }],
  ['not slower at once when less far behind', at(10, 8, 10.9, 1.1), { rate: 1.1 }],
  ['far behind', at(10, 8, 12.5), { rate: 1, seekTo: 11.9 }],
  ['before what has come', at(0, 50, 50.2), { seekTo: 50 }],
  ['in a hole before what has come', at(10, 11, 11.3), { seekTo: 11 }],
  ['a long past', at(20, 10, 20.6), { trimTo: 16 }],
  ['a past that is not worth the work', at(20, 15, 20.6), { trimTo: null }],
])('%s', (_name, facts, step) => {
  const { seekTo, ...rest } = step;
  const done = liveEdge(facts);
  expect(done).toMatchObject(rest);
  if (typeof seekTo === 'number') expect(done.seekTo).toBeCloseTo(seekTo, 6);
  else if (seekTo === null) expect(done.seekTo).toBeNull();
});

test('from any start it comes within 0.8 s and stays there', () => {
  for (const start of [0.05, 0.9, 1.9, 5, 60]) {
    let end = start;
    let currentTime = 0;
    let rate = 1;
    const behind: number[] = [];
    for (let tick = 0; tick < 400; tick++) {
      // A fragment of 0.2 s every fifth of a second, looked at as often.
      end += 0.2;
      const step = liveEdge({ currentTime, buffered: { start: Math.max(0, currentTime - 4), end }, rate });
      rate = step.rate;
      currentTime = Math.min(end, (step.seekTo ?? currentTime) + 0.2 * rate);
      if (tick > 200) behind.push(end - currentTime);
    }
    expect(Math.max(...behind)).toBeLessThanOrEqual(edgeLimits.catchUpFrom + 0.01);
    expect(Math.min(...behind)).toBeGreaterThanOrEqual(0);
  }
});

const one = { start: 10, end: 12 };
const two = { start: 13, end: 15 };
test.each<[string, readonly Stretch[], number, Stretch | null]>([
  ['nothing', [], 0, null],
  ['before the first', [one], 0, one],
  ['within the only one', [one], 11, one],
  ['at the end of the only one', [one], 12, one],
  ['after the only one', [one], 14, null],
  ['within the first of two: the second counts as well', [one, two], 11, { start: 10, end: 15 }],
  ['at the end of the first of two', [one, two], 11.95, two],
  ['in the hole', [one, two], 12.5, two],
  ['within the last', [one, two], 14, two],
])('ahead: %s', (_name, stretches, currentTime, ahead) => {
  expect(stretchAhead(stretches, currentTime)).toEqual(ahead);
});
