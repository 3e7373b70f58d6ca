import type { ErrorCode } from '../../main/contract/errors.ts';
import { recordType, type WallRecord } from '../../streams/wire/wall-record.ts';
import { FragmentClock } from './fragment-clock.ts';
import { liveEdge, stretchAhead } from './live-edge.ts';
import type { WallLinks } from './mosaic/wall-link.ts';
import { readStreamConfig } from './mosaic/wall-payload.ts';
import type { PlaybackOffer, PlayerEngine, PlayerSession } from './player-engine.ts';

/** Fragments of a fifth of a second, and what is held back so that the player does not run dry. */
const nominalDelayMs = 700;
const lookEveryMs = 200;
/** The relay sends a second ahead of what was worked off: more than this is no stream. */
const maxWaiting = 128;

export interface MseEngineOptions {
  /** The page's links to its relays. */
  readonly links: Pick<WallLinks, 'subscribe'>;
  /** For tests. */
  readonly createSource?: () => MediaSource;
}

/** Plays fMP4 of the wall socket in an element of its own, at the live edge. Pictures only: sound is the mosaic's. */
export function createMseEngine(options: MseEngineOptions): PlayerEngine<HTMLVideoElement> {
  return {
    name: 'mse',
    nominalDelayMs,
    cannotPlay: () => ('MediaSource' in globalThis && 'WebSocket' in globalThis ? null : 'source-codec-unsupported'),
    attach: (target, offer, signal) => play(target, offer, signal, options),
  };
}

/** What waits to be appended, in order. */
interface Waiting {
  readonly record: WallRecord;
  /** For an initialisation segment: what it is the beginning of. */
  readonly type: string | null;
}

function play(
  target: HTMLVideoElement,
  offer: PlaybackOffer,
  signal: AbortSignal,
  { links, createSource = () => new MediaSource() }: MseEngineOptions,
): PlayerSession {
  const { promise: ended, resolve: end } = Promise.withResolvers<ErrorCode | null>();
  const clock = new FragmentClock();
  const source = createSource();
  const address = URL.createObjectURL(source);
  const waiting: Waiting[] = [];
  let buffer: SourceBuffer | null = null;
  let appending: WallRecord | null = null;
  let type: string | null = null;
  let reason: ErrorCode | null = null;
  let running = true;

  const stop = (code: ErrorCode | null) => {
    if (!running) return;
    running = false;
    signal.removeEventListener('abort', aborted);
    target.removeEventListener('error', broken);
    clearInterval(looking);
    subscription.end();
    waiting.length = 0;
    URL.revokeObjectURL(address);
    target.removeAttribute('src');
    target.load();
    end(code);
  };
  const aborted = () => stop(null);
  const broken = () => stop('decoder-failed');

  const appendNext = () => {
    if (!running || source.readyState !== 'open' || buffer?.updating || appending) return;
    const next = waiting.shift();
    if (!next) return;
    try {
      if (next.type !== null) {
        buffer ??= addBuffer(next.type);
        if (next.type !== type && type !== null) buffer.changeType(next.type);
        ({ type } = next);
      }
      // Without its beginning a fragment is of no use.
      if (buffer === null) subscription.workedOff(next.record);
      else {
        appending = next.record;
        buffer.appendBuffer(next.record.payload as Uint8Array<ArrayBuffer>);
      }
    } catch (error) {
      stop(error instanceof DOMException && error.name === 'NotSupportedError' ? 'source-codec-unsupported' : 'decoder-failed');
    }
  };
  const addBuffer = (what: string): SourceBuffer => {
    const added = source.addSourceBuffer(what);
    added.addEventListener('updateend', () => {
      if (appending) subscription.workedOff(appending);
      appending = null;
      if (running) appendNext();
    });
    added.addEventListener('error', broken);
    return added;
  };

  const follow = () => {
    if (!buffer || source.readyState !== 'open') return;
    const stretches = Array.from({ length: target.buffered.length }, (_, nth) => ({
      start: target.buffered.start(nth),
      end: target.buffered.end(nth),
    }));
    const { currentTime } = target;
    const step = liveEdge({ currentTime, buffered: stretchAhead(stretches, currentTime), rate: target.playbackRate });
    if (target.playbackRate !== step.rate) target.playbackRate = step.rate;
    if (step.seekTo !== null) target.currentTime = step.seekTo;
    // Muted, so only a page that goes away refuses.
    if (target.paused && stretches.length > 0) target.play().catch(() => {});
    if (step.trimTo !== null && !buffer.updating) buffer.remove(0, step.trimTo);
  };

  let described: string | null = null;
  const subscription = links.subscribe(
    offer.urls.socket,
    { ticket: offer.ticket, mode: 'full', format: 'fmp4', audio: false, rank: 0 },
    {
      record(record) {
        if (record.type === recordType.fmp4Init || record.type === recordType.fmp4Fragment) {
          if (record.type === recordType.fmp4Fragment) {
            reason = reason === 'viewer-too-slow' || reason === 'line-too-slow' ? reason : null;
            clock.add(record.ptsUs, record.receivedAtUs);
          }
          waiting.push({ record, type: record.type === recordType.fmp4Init ? (described ?? '') : null });
          if (waiting.length > maxWaiting) stop('viewer-too-slow');
          else appendNext();
          return;
        }
        if (record.type === recordType.config) {
          const video = readStreamConfig(record.payload)?.video ?? null;
          described = video === null ? null : `video/mp4; codecs="${video}"`;
        }
        subscription.workedOff(record);
      },
      event(event) {
        reason = event.code;
      },
      ended: (code) => stop(code),
    },
  );
  const looking = setInterval(follow, lookEveryMs);

  target.muted = true;
  target.playsInline = true;
  target.disablePictureInPicture = true;
  if (signal.aborted) stop(null);
  else {
    signal.addEventListener('abort', aborted);
    target.addEventListener('error', broken);
    source.addEventListener('sourceopen', appendNext);
    target.src = address;
  }

  return {
    ended,
    receivedAt: (mediaTime) => clock.receivedAt(mediaTime),
    get reason() {
      return reason;
    },
  };
}
