import type { Problem } from '../../../main/contract/errors.ts';
import type { Clock } from '../../../main/contract/time.ts';
import type { AccessUnit, VideoCodec } from '../../contract.ts';
import { GopRing } from '../gop-ring.ts';
import type { H264View, UnitFeed } from '../hls-output.ts';
import type { AccessUnitSink } from '../source.ts';
import type { Transcode, Workers } from './workers.ts';

/** What is transcoded is kept for those who come later, as a path keeps what it gets. */
const ringLimits = { maxBytes: 8 * 1024 * 1024, maxMs: 8000 };
/** After a failure the next try waits for a key picture, and at least so long: some cameras send nothing but key pictures. */
const retryMs = 1000;

export interface H264ViewOptions {
  readonly workers: Pick<Workers, 'transcode'>;
  readonly clock: Clock;
}

/**
 * One path's pictures for all its viewers who decode H.264 only. H.264 is passed on as it comes; H.265 is transcoded, once however
 * many watch, beginning with a key picture. It works while somebody is subscribed. What cannot be transcoded now (`transcode-budget`,
 * `worker-unavailable`) is tried again with later key pictures; meanwhile nothing is handed out. Audio is passed on.
 */
export function createH264View(feed: UnitFeed, { workers, clock }: H264ViewOptions): H264View {
  const ring = new GopRing(ringLimits);
  const listeners = new Set<() => void>();
  let sinks: readonly AccessUnitSink[] = [];
  let leaveFeed: (() => void) | null = null;
  let transcode: Transcode | null = null;
  let failure: Problem | null = null;
  let retryAt = Number.NEGATIVE_INFINITY;
  /** What is handed out now, and from which codec it comes; null before the first key picture. */
  let codec: VideoCodec | null = null;
  /** Something was handed out before, and does not go on without a break. */
  let isBroken = false;
  let hasOutput = false;

  const changed = () => {
    for (const listener of listeners) listener();
  };

  const hand = (unit: AccessUnit) => {
    const passed = isBroken && !unit.discontinuity ? { ...unit, discontinuity: true } : unit;
    isBroken = false;
    hasOutput = true;
    ring.add(passed, isVideo(passed) && passed.key);
    for (const sink of sinks) sink.push(passed);
  };

  const endTranscode = () => {
    transcode?.end();
    transcode = null;
    isBroken = hasOutput;
  };

  const failed = (problem: Problem) => {
    transcode = null;
    failure = problem;
    retryAt = clock.monotonic() + retryMs;
    isBroken = hasOutput;
    changed();
  };

  const beginTranscode = (from: VideoCodec) => {
    if (clock.monotonic() < retryAt) return;
    // Of a transcoding that was replaced nothing more is taken, whatever is still on its way.
    let mine: Transcode | null = null;
    const opened = workers.transcode(from, {
      unit: (unit) => {
        if (mine !== null && transcode === mine) hand(unit);
      },
      ended: (problem) => {
        if (mine !== null && transcode === mine) failed(problem);
      },
    });
    if (!opened.ok) {
      const isNews = failure?.code !== opened.error.code;
      failure = opened.error;
      retryAt = clock.monotonic() + retryMs;
      if (isNews) changed();
      return;
    }
    mine = opened.value;
    transcode = mine;
    failure = null;
    changed();
  };

  const pass = (unit: AccessUnit) => {
    if (codec !== 'h264') {
      if (!unit.key) return;
      codec = 'h264';
      const wasNews = transcode !== null || failure !== null;
      endTranscode();
      failure = null;
      retryAt = Number.NEGATIVE_INFINITY;
      if (wasNews) changed();
    }
    hand(unit);
  };

  const convert = (unit: AccessUnit, from: VideoCodec) => {
    if (codec !== from) {
      if (!unit.key) return;
      codec = from;
      isBroken = hasOutput;
    }
    if (transcode === null && unit.key) beginTranscode(from);
    transcode?.push(unit);
  };

  const input: AccessUnitSink = {
    push(unit) {
      if (unit.codec === 'h264') pass(unit);
      else if (unit.codec === 'h265') convert(unit, unit.codec);
      else if (hasOutput) hand(unit);
    },
  };

  const rest = () => {
    leaveFeed?.();
    leaveFeed = null;
    endTranscode();
    ring.clear();
    codec = null;
    failure = null;
    hasOutput = false;
    isBroken = false;
    retryAt = Number.NEGATIVE_INFINITY;
  };

  return {
    subscribe(sink) {
      for (const unit of ring.units) sink.push(unit);
      sinks = [...sinks, sink];
      leaveFeed ??= feed.subscribe(input);
      return () => {
        if (!sinks.includes(sink)) return;
        sinks = sinks.filter((one) => one !== sink);
        if (sinks.length === 0) rest();
      };
    },
    get problem() {
      return failure;
    },
    get transcoding() {
      return transcode !== null;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispose() {
      sinks = [];
      listeners.clear();
      rest();
    },
  };
}

const isVideo = ({ codec }: AccessUnit): boolean => codec === 'h264' || codec === 'h265';
