import { describe, expect, test } from 'vitest';
import { problem, type Problem } from '../../../main/contract/errors.ts';
import { err, ok } from '../../../main/contract/result.ts';
import type { AccessUnit } from '../../contract.ts';
import type { AccessUnitSink } from '../source.ts';
import { FakeClock } from '../testdata/fake-clock.ts';
import { unitAt } from '../testdata/units.ts';
import { createH264View } from './h264-view.ts';
import type { TranscodeListener, Workers } from './workers.ts';

/** A view with a feed and a worker that do what the test says; a transcoder here is the test itself. */
function rig() {
  const clock = new FakeClock();
  const kept: AccessUnit[] = [];
  const feedSinks = new Set<AccessUnitSink>();
  const transcodes: { listener: TranscodeListener; pushed: AccessUnit[]; ended: boolean }[] = [];
  const world = { refusal: null as Problem | null };
  const workers: Pick<Workers, 'transcode'> = {
    transcode(_from, listener) {
      if (world.refusal) return err(world.refusal);
      const mine = { listener, pushed: [] as AccessUnit[], ended: false };
      transcodes.push(mine);
      return ok({ push: (unit) => mine.pushed.push(unit) > 0, end: () => (mine.ended = true) });
    },
  };
  const feed = {
    subscribe(sink: AccessUnitSink) {
      kept.forEach((unit) => sink.push(unit));
      feedSinks.add(sink);
      return () => feedSinks.delete(sink);
    },
  };
  const view = createH264View(feed, { workers, clock });
  const changes: string[] = [];
  view.onChange(() => changes.push(`${view.problem?.code ?? 'fine'}${view.transcoding ? ', transcoding' : ''}`));
  const watch = () => {
    const got: AccessUnit[] = [];
    return { got, leave: view.subscribe({ push: (unit) => got.push(unit) }) };
  };
  const push = (...units: readonly AccessUnit[]) => units.forEach((unit) => feedSinks.forEach((sink) => sink.push(unit)));
  return { clock, kept, feedSinks, transcodes, world, view, changes, watch, push };
}

const h264 = (ms: number, key = false) => unitAt(ms, { key });
const h265 = (ms: number, key = false) => unitAt(ms, { key, codec: 'h265' });
const times = (units: readonly AccessUnit[]) => units.map(({ dtsUs }) => dtsUs / 1000);

describe('a view in H.264', () => {
  test('passes on what is H.264 already, the very same units, and asks no worker', () => {
    const { view, watch, push, transcodes, changes } = rig();
    const { got } = watch();
    const units = [h264(0, true), unitAt(10, { codec: 'aac' }), h264(40)];
    push(h264(-40), ...units);
    expect(got).toEqual(units);
    expect(got.every((unit, index) => unit === units[index])).toBe(true);
    expect(transcodes).toEqual([]);
    expect({ problem: view.problem, transcoding: view.transcoding, changes }).toEqual({ problem: null, transcoding: false, changes: [] });
  });

  test('has H.265 transcoded once for everybody, from a key picture on, and keeps the result for those who come later', () => {
    const { view, watch, push, kept, transcodes, changes } = rig();
    kept.push(h265(0, true), h265(40));
    const first = watch();
    push(h265(80));
    expect(transcodes).toHaveLength(1);
    expect(times(transcodes[0]!.pushed)).toEqual([0, 40, 80]);
    expect(changes).toEqual(['fine, transcoding']);
    expect(first.got).toEqual([]);
    transcodes[0]!.listener.unit(h264(0, true));
    transcodes[0]!.listener.unit(h264(40));
    const second = watch();
    transcodes[0]!.listener.unit(h264(80));
    expect(times(first.got)).toEqual([0, 40, 80]);
    expect(times(second.got)).toEqual([0, 40, 80]);
    expect(transcodes).toHaveLength(1);
    first.leave();
    expect(transcodes[0]!.ended).toBe(false);
    second.leave();
    expect(transcodes[0]!.ended).toBe(true);
    expect(view.transcoding).toBe(false);
  });

  test('does not begin in the middle of a GOP', () => {
    const { watch, push, transcodes } = rig();
    watch();
    push(h265(0), h265(40));
    expect(transcodes).toEqual([]);
    push(h265(80, true));
    expect(times(transcodes[0]!.pushed)).toEqual([80]);
  });

  test.each([problem('transcode-budget', { max: 4 }), problem('worker-unavailable', { worker: 'av' })])(
    'tells of $code, and tries again with a key picture, not more often than once a second',
    (refusal) => {
      const { clock, view, watch, push, transcodes, changes, world } = rig();
      world.refusal = refusal;
      const { got } = watch();
      push(h265(0, true), h265(40));
      expect(view.problem).toEqual(refusal);
      world.refusal = null;
      push(h265(80, true));
      expect(transcodes).toEqual([]);
      clock.advance(1000);
      push(h265(120), h265(160, true));
      expect(transcodes).toHaveLength(1);
      expect(view.problem).toBeNull();
      transcodes[0]!.listener.unit(h264(160, true));
      expect(times(got)).toEqual([160]);
      expect(changes).toEqual([refusal.code, 'fine, transcoding']);
    },
  );

  test('a worker that goes leaves a problem; when it is back, pictures go on after a break', () => {
    const { clock, view, watch, push, transcodes, changes } = rig();
    const { got } = watch();
    push(h265(0, true));
    transcodes[0]!.listener.unit(h264(0, true));
    transcodes[0]!.listener.ended(problem('worker-unavailable', { worker: 'av' }));
    expect(view.problem).toEqual(problem('worker-unavailable', { worker: 'av' }));
    clock.advance(1000);
    push(h265(40), h265(80, true));
    transcodes[0]!.listener.unit(h264(40));
    transcodes[1]!.listener.unit(h264(80, true));
    expect(got.map(({ dtsUs, discontinuity }) => [dtsUs / 1000, discontinuity])).toEqual([
      [0, false],
      [80, true],
    ]);
    expect(changes).toEqual(['fine, transcoding', 'worker-unavailable', 'fine, transcoding']);
  });

  test('a camera that changes its codec is followed both ways, with a break', () => {
    const { view, watch, push, transcodes } = rig();
    const { got } = watch();
    push(h264(0, true), h265(40), h265(80, true));
    expect(view.transcoding).toBe(true);
    transcodes[0]!.listener.unit(h264(80, true));
    push(h264(120), h264(160, true), h264(200));
    expect(transcodes[0]!.ended).toBe(true);
    transcodes[0]!.listener.unit(h264(120));
    expect(got.map(({ dtsUs, discontinuity }) => [dtsUs / 1000, discontinuity])).toEqual([
      [0, false],
      [80, true],
      [160, true],
      [200, false],
    ]);
    expect({ problem: view.problem, transcoding: view.transcoding }).toEqual({ problem: null, transcoding: false });
  });

  test('disposed, it holds nothing and hears nothing', () => {
    const { view, watch, push, feedSinks, transcodes } = rig();
    const { got, leave } = watch();
    push(h265(0, true));
    view.dispose();
    expect(transcodes[0]!.ended).toBe(true);
    expect(feedSinks.size).toBe(0);
    transcodes[0]!.listener.unit(h264(0, true));
    leave();
    expect(got).toEqual([]);
  });
});
