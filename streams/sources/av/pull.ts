import type { Packet, Stream } from 'node-av/lib';
import { problem, ProblemError, type ErrorParams, type Problem } from '../../../main/contract/errors.ts';
import type { Clock } from '../../../main/contract/time.ts';
import type { AccessUnit, LinkQuality, SourceStep } from '../../contract.ts';
import type { AddressPolicy } from '../address-policy.ts';
import { openingProblem, readingProblem } from './ffmpeg-failure.ts';
import { startGuardProxy } from './guard-proxy.ts';
import { planInput } from './input-plan.ts';
import type { Ffmpeg } from './load-ffmpeg.ts';
import { PacketClock, type PacketTime } from './packet-clock.ts';
import { audioUnits, videoUnits, type UnitMaker } from './unit-maker.ts';

export interface PullOptions {
  readonly ffmpeg: Ffmpeg;
  readonly url: string;
  readonly policy: Pick<AddressPolicy, 'check'>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly unit: (unit: AccessUnit) => void;
  readonly step: (step: SourceStep, params: ErrorParams) => void;
  readonly link: (quality: LinkQuality) => void;
}

/** Until an input must be open. */
const openMs = 12_000;
/** Nothing comes for this long. Longer than FFmpeg's own time for a read, which knows better what it waited for. */
const silentMs = 10_000;
/** So much of something that is no live stream is read ahead of its own clock; live sources are never that early. */
const aheadMs = 5000;
const againMs = 10;
const linkEveryMs = 1000;
/** Packets that are read before a track is given up to be video. */
const maxPacketsWithoutVideo = 5000;
/** No packet is longer. */
const maxPacketBytes = 8 * 1024 * 1024;
const maxTracks = 64;

/**
 * Pulls one input with FFmpeg: its first video track in H.264 or H.265 and its first audio track. Works like `MediaSource.run`: resolves when
 * the signal aborts, throws a ProblemError when it fails. Waiting happens in threads of FFmpeg's own, one a pull; an abort ends it at once.
 */
export async function pull(options: PullOptions): Promise<void> {
  const { ffmpeg, signal, clock, policy } = options;
  const plan = planInput(options.url);
  if (!plan.ok) throw new ProblemError(plan.error);
  const { host, port, isHttp, urlAt } = plan.value;
  const allowed = await policy.check(host, port);
  if (signal.aborted) return;
  if (!allowed.ok) throw new ProblemError(allowed.error);

  const proxy = isHttp ? await startGuardProxy(policy) : null;
  const input = new ffmpeg.lib.FormatContext();
  input.allocContext();
  // The watch: FFmpeg is interrupted when it takes too long, and when nobody wants it any more.
  let deadline = clock.monotonic() + openMs;
  let isLate = false;
  const watch = setInterval(() => {
    if (clock.monotonic() < deadline) return;
    isLate = true;
    input.interrupt();
  }, 250);
  const interrupt = () => input.interrupt();
  signal.addEventListener('abort', interrupt);
  const alive = () => (deadline = clock.monotonic() + silentMs);
  const settings = ffmpeg.lib.Dictionary.fromObject({ ...plan.value.options, ...(proxy ? { http_proxy: proxy.url } : {}) });
  const packet = new ffmpeg.lib.Packet();
  packet.alloc();
  try {
    const opened = await input.openInput(urlAt(allowed.value.address, allowed.value.family), null, settings);
    if (signal.aborted) return;
    if (isLate) throw new ProblemError(problem('source-unreachable', { host, port, reason: 'timeout' }));
    if (opened < 0) throw new ProblemError(proxy?.failure ?? openingProblem(ffmpeg, opened, { host, port }));
    options.step('connect', { address: allowed.value.address, port });
    options.step('describe', { format: input.iformat?.name ?? '' });
    alive();
    await read(options, { input, packet, alive, isLate: () => isLate, failure: () => proxy?.failure ?? null });
  } finally {
    clearInterval(watch);
    signal.removeEventListener('abort', interrupt);
    input.interrupt();
    await input.closeInput();
    packet.free();
    settings.free();
    await proxy?.stop();
  }
}

interface OpenInput {
  readonly input: InstanceType<Ffmpeg['lib']['FormatContext']>;
  readonly packet: Packet;
  /** What FFmpeg itself is not told. */
  failure(): Problem | null;
  alive(): void;
  isLate(): boolean;
}

/** One track of the input and what becomes of it; `make` null: nobody wants it. */
interface Track {
  readonly kind: 'video' | 'audio' | 'other';
  readonly make: UnitMaker | null;
  readonly time: ((ptsUs: number | null, dtsUs: number | null) => PacketTime) | null;
  readonly codec: string;
}

/** Reads until the end, the abort or a failure. */
async function read(options: PullOptions, { input, packet, alive, isLate, failure }: OpenInput): Promise<void> {
  const { ffmpeg, signal, clock } = options;
  const times = new PacketClock();
  const tracks = new Map<number, Track>();
  const startedAt = clock.monotonic();
  let packets = 0;
  let reportedAt = Number.NEGATIVE_INFINITY;
  let hasVideo = false;
  let hasKey = false;
  let firstUs: number | null = null;

  const trackOf = (index: number): Track | null => {
    const known = tracks.get(index);
    if (known) return known;
    const stream = input.streams[index];
    if (!stream || tracks.size >= maxTracks) return null;
    const track = openTrack(ffmpeg, stream, times, tracks);
    tracks.set(index, track);
    if (track.kind === 'video' && track.make) options.step('codec', { codec: track.codec });
    return track;
  };

  const pass = (unit: AccessUnit) => {
    if (unit.codec === 'h264' || unit.codec === 'h265') {
      if (!hasVideo) options.step('first-packet', {});
      if (unit.key && !hasKey) options.step('key-picture', {});
      hasVideo = true;
      hasKey ||= unit.key;
      alive();
    }
    options.unit(unit);
  };

  while (!signal.aborted) {
    const code = await input.readFrame(packet);
    if (signal.aborted) return;
    if (isLate()) throw new ProblemError(problem('source-stalled'));
    if (code === ffmpeg.constants.AVERROR_EAGAIN) {
      await clock.sleep(againMs, signal).catch(() => {});
      continue;
    }
    if (code < 0) throw new ProblemError(failure() ?? readingProblem(ffmpeg, code));
    packets += 1;
    const track = trackOf(packet.streamIndex);
    const unit =
      track?.make && track.time && packet.size <= maxPacketBytes
        ? unitOf(ffmpeg, packet, input.streams[packet.streamIndex]!, track, clock.now())
        : null;
    packet.unref();
    if (unit) pass(unit);
    if (!hasVideo && packets >= maxPacketsWithoutVideo) throw new ProblemError(noVideo(tracks));
    const now = clock.monotonic();
    if (now - reportedAt >= linkEveryMs) {
      reportedAt = now;
      options.link({ transport: 'av', packets, lost: 0, reordered: 0, duplicated: 0, jitterMs: null });
    }
    if (!unit) continue;
    firstUs ??= unit.dtsUs;
    const early = (unit.dtsUs - firstUs) / 1000 - (now - startedAt) - aheadMs;
    if (early > 0) await clock.sleep(Math.min(early, 1000), signal).catch(() => {});
  }
}

/** The first video track that we can read and the first such audio track are taken, what comes after them is not. */
function openTrack({ lib, constants }: Ffmpeg, stream: Stream, times: PacketClock, others: ReadonlyMap<number, Track>): Track {
  const { codecpar } = stream;
  const isTaken = (kind: Track['kind']) => Array.from(others.values()).some((track) => track.kind === kind && track.make !== null);
  const of = (kind: Track['kind'], codec: string, make: UnitMaker | null): Track => ({
    kind,
    codec,
    make: isTaken(kind) ? null : make,
    time: make && times.track(),
  });
  const isTelephone = codecpar.sampleRate === 8000 && codecpar.channels === 1;
  switch (codecpar.codecId) {
    case constants.AV_CODEC_ID_H264:
      return of('video', 'h264', videoUnits('h264', codecpar.extradata));
    case constants.AV_CODEC_ID_HEVC:
      return of('video', 'h265', videoUnits('h265', codecpar.extradata));
    case constants.AV_CODEC_ID_AAC:
      return of('audio', 'aac', audioUnits('aac', codecpar.extradata));
    case constants.AV_CODEC_ID_PCM_ALAW:
      return of('audio', 'pcma', isTelephone ? audioUnits('pcma', null) : null);
    case constants.AV_CODEC_ID_PCM_MULAW:
      return of('audio', 'pcmu', isTelephone ? audioUnits('pcmu', null) : null);
    default:
      return of(
        codecpar.codecType === constants.AVMEDIA_TYPE_VIDEO ? 'video' : 'other',
        lib.avGetCodecName(codecpar.codecId) ?? String(codecpar.codecId),
        null,
      );
  }
}

/** Whatever has a picture is worth naming. */
function noVideo(tracks: ReadonlyMap<number, Track>): Problem {
  const video = Array.from(tracks.values()).find(({ kind }) => kind === 'video');
  return video && !video.make ? problem('source-codec-unsupported', { codec: video.codec }) : problem('source-no-video');
}

function unitOf({ constants }: Ffmpeg, packet: Packet, stream: Stream, { make, time }: Track, receivedAtMs: number): AccessUnit | null {
  const { data } = packet;
  if (!data || !make || !time) return null;
  const { num, den } = stream.timeBase;
  const us = (ticks: bigint) => (ticks === constants.AV_NOPTS_VALUE ? null : Math.round((Number(ticks) * num * 1_000_000) / den));
  return make(
    {
      data,
      isKey: packet.isKeyframe,
      isCorrupt: packet.hasFlags(constants.AV_PKT_FLAG_CORRUPT),
      newExtradata: packet.getSideData(constants.AV_PKT_DATA_NEW_EXTRADATA),
    },
    time(us(packet.pts), us(packet.dts)),
    receivedAtMs,
  );
}
