import { expect, test } from 'vitest';
import type { Clock } from '../../../main/contract/time.ts';
import type { AccessUnit } from '../../contract.ts';
import type { TrackUnit } from '../../protocols/rtp/track-unit.ts';
import { UnitTimeline } from './unit-timeline.ts';

const clock: Clock = { now: () => 42, monotonic: () => 0, sleep: () => Promise.reject(new Error('no')) };
const unit = (dtsUs: number, ptsUs = dtsUs): TrackUnit => ({
  codec: 'h264',
  annexB: new Uint8Array(1),
  ptsUs,
  dtsUs,
  key: false,
  discontinuity: false,
  corrupt: false,
});

test('a second session goes on a second after the first, whatever its clock says', () => {
  const given: AccessUnit[] = [];
  const timeline = new UnitTimeline({ push: (one) => given.push(one) }, clock);
  timeline.begin();
  timeline.push(unit(1_000_000), 0);
  timeline.push(unit(1_040_000, 1_200_000), 0);
  timeline.begin();
  timeline.push(unit(1_000_000), 0);
  timeline.push(unit(1_040_000), 300_000);
  timeline.begin();
  // Nothing came of it.
  timeline.begin();
  timeline.push(unit(5), 0);
  expect(given.map(({ dtsUs, ptsUs }) => [dtsUs, ptsUs])).toEqual([
    [1_000_000, 1_000_000],
    [1_040_000, 1_200_000],
    [2_200_000, 2_200_000],
    [2_540_000, 2_540_000],
    [3_540_000, 3_540_000],
  ]);
  expect(given[0]).toEqual({ ...unit(1_000_000), receivedAtMs: 42 });
});
