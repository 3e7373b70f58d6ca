import { ErrorTypes, Events, Hls, type ErrorData, type HlsConfig, type LevelDetails, type LoadPolicy } from 'hls.js/light';
import type { ErrorCode } from '../../main/contract/errors.ts';
import type { EpochMs } from '../../main/contract/time.ts';
import type { PlaybackOffer, PlayerEngine, PlayerSession } from './player-engine.ts';
import type { RelaySockets } from './relay-socket.ts';
import { socketLoader } from './socket-loader.ts';

/** What low-latency HLS costs when all is well: three parts held back, the part being made, and the decoder's queue. */
const nominalDelayMs = 1500;
/** Up to this much behind what the playlist asks for, the player catches up at 1.1 times the speed; beyond, it jumps. */
const jumpBehindS = 1.2;

const once = (maxLoadTimeMs: number, retries = 0): LoadPolicy => ({
  default: {
    maxTimeToFirstByteMs: Number.POSITIVE_INFINITY,
    maxLoadTimeMs,
    timeoutRetry: null,
    errorRetry: retries === 0 ? null : { maxNumRetry: retries, retryDelayMs: 100, maxRetryDelayMs: 400 },
  },
});

/**
 * hls.js set for a wall: at the live edge, small buffers, little kept behind, no worker for each of nine players, and quick to give
 * up: who starts players again, and with which patience, is decided in one place, the camera player, not here.
 */
const wallConfig: Partial<HlsConfig> = {
  lowLatencyMode: true,
  enableWorker: false,
  backBufferLength: 4,
  maxBufferLength: 4,
  maxMaxBufferLength: 8,
  maxBufferSize: 8_000_000,
  maxLiveSyncPlaybackRate: 1.1,
  // A stall must not make the delay grow for good.
  liveSyncOnStallIncrease: 0,
  liveDurationInfinity: true,
  startLevel: 0,
  startFragPrefetch: true,
  testBandwidth: false,
  autoStartLoad: true,
  capLevelToPlayerSize: false,
  useMediaCapabilities: false,
  // A camera may take its time to start: the relay holds the answer until there is a picture or a reason.
  manifestLoadPolicy: once(15_000),
  playlistLoadPolicy: once(8_000, 1),
  fragLoadPolicy: once(8_000, 1),
};

/** Plays the relay's HLS with hls.js, over the page's one relay socket or, to compare, over plain HTTP. */
export function createHlsEngine(options: { sockets: RelaySockets; transport?: 'socket' | 'http' }): PlayerEngine<HTMLVideoElement> {
  return {
    name: 'hls',
    nominalDelayMs,
    cannotPlay: () => (Hls.isSupported() ? null : 'source-codec-unsupported'),
    attach(target, offer, signal) {
      return play(target, offer, signal, options);
    },
  };
}

function play(
  target: HTMLVideoElement,
  offer: PlaybackOffer,
  signal: AbortSignal,
  { sockets, transport = 'socket' }: { sockets: RelaySockets; transport?: 'socket' | 'http' },
): PlayerSession {
  const { promise: ended, resolve: end } = Promise.withResolvers<ErrorCode | null>();
  let said: ErrorCode | null = null;
  const socket = transport === 'socket' ? sockets.join(offer.urls.socket) : null;
  const config = { ...wallConfig };
  if (socket) config.loader = socketLoader(socket, (code) => (said = code));
  const hls = new Hls(config);
  let running = true;

  const stop = (reason: ErrorCode | null) => {
    if (!running) return;
    running = false;
    signal.removeEventListener('abort', aborted);
    hls.destroy();
    socket?.release();
    target.removeAttribute('src');
    target.load();
    end(reason);
  };
  const aborted = () => stop(null);

  hls.on(Events.ERROR, (_event, data) => {
    if (data.fatal) stop(said ?? reasonOf(data));
  });
  hls.on(Events.LEVEL_UPDATED, (_event, { details }) => {
    // How far to stay behind is the relay's to say (PART-HOLD-BACK); how far behind is too far follows from it.
    hls.config.liveMaxLatencyDuration = (details.partHoldBack || details.holdBack || 3 * details.targetduration) + jumpBehindS;
  });
  hls.on(Events.MANIFEST_PARSED, () => {
    target.play().catch(() => {}); // muted, so only a page that goes away refuses
  });

  target.muted = true;
  target.playsInline = true;
  target.disablePictureInPicture = true;
  if (signal.aborted) stop(null);
  else {
    signal.addEventListener('abort', aborted);
    hls.attachMedia(target);
    hls.loadSource(offer.urls.hls);
  }

  let offset: number | null = null;
  return {
    ended,
    receivedAt(mediaTime) {
      if (!running) return null;
      offset = programOffset(hls.latestLevelDetails, mediaTime) ?? offset;
      return offset === null ? null : Math.round(offset + mediaTime * 1000);
    },
  };
}

/** Hub time of media time 0 by the segment that holds `mediaTime` (EXT-X-PROGRAM-DATE-TIME, RFC 8216 4.3.2.6); null when none does. */
export function programOffset(details: Pick<LevelDetails, 'fragments'> | null, mediaTime: number): EpochMs | null {
  for (const fragment of details?.fragments.toReversed() ?? []) {
    if (fragment.programDateTime !== null && mediaTime >= fragment.start) return fragment.programDateTime - fragment.start * 1000;
  }
  return null;
}

function reasonOf(data: ErrorData): ErrorCode {
  const status = data.response?.code;
  if (status === 403) return 'ticket-refused';
  if (status === 410) return 'playback-ended';
  if (data.type === ErrorTypes.MEDIA_ERROR) return 'source-codec-unsupported';
  return data.type === ErrorTypes.NETWORK_ERROR ? 'relay-unavailable' : 'source-failed';
}
