import type { PlannedStream } from '../../layouts/contract.ts';
import type { ErrorCode } from '../../main/contract/errors.ts';
import { ProblemError } from '../../main/contract/errors.ts';
import type { EpochMs } from '../../main/contract/time.ts';
import type { Profile, VideoCodec } from '../../streams/contract.ts';
import type { HubClient } from '../hub-client/hub-client.ts';
import type { Lease, LeaseDesk } from './lease-desk.ts';
import type { PlayerEngine, PlayerSession, PlayerTarget } from './player-engine.ts';

/** Where a camera's player stands. `waiting`: it failed for `reason` and will try again. */
export type PlayerState =
  | { readonly kind: 'leasing' }
  | { readonly kind: 'playing'; readonly session: PlayerSession }
  | { readonly kind: 'waiting'; readonly reason: ErrorCode };

/** The player of one tile: tries for ever while it is wanted, and gives everything back when it is not. */
export interface CameraPlayer {
  readonly state: PlayerState;
  /** Why there was no picture at the last failure, and since when there has been none; null once a picture has been seen again. */
  readonly failure: { readonly reason: ErrorCode; readonly since: EpochMs } | null;
  /** Told by who watches the picture: it moves, so whatever failed before is over. */
  pictureSeen(): void;
  /** Told by who watches the picture: it has stopped although nothing failed. Begins anew, and so learns the reason. */
  restart(): void;
  /** Another way of decoding the same picture of the camera, for now and for every later attempt. */
  setStream(stream: PlannedStream): void;
  dispose(): void;
}

export interface CameraPlayerOptions<T extends PlayerTarget> {
  readonly hub: Pick<HubClient, 'hubNow'>;
  readonly leases: LeaseDesk;
  readonly engine: PlayerEngine<T>;
  readonly target: T;
  readonly cameraId: string;
  /** Which picture of the camera is leased. */
  readonly profile: Profile;
  /** How it is decoded at first; absent: whole. */
  readonly stream?: PlannedStream;
  /** What the browser can decode: a camera that sends something else is transcoded for this player. */
  readonly decodes: readonly VideoCodec[];
  onState?(state: PlayerState): void;
  /** For tests: 0 to 1, spreads retries of many tiles. */
  readonly random?: () => number;
}

/** A watched camera is never left alone for longer than this. */
const longestWaitMs = 2000;
const firstWaitMs = 200;

/** Leases the camera from the hub, plays it, and begins anew after every failure, at the latest every 2 s. */
export function createCameraPlayer<T extends PlayerTarget>(options: CameraPlayerOptions<T>): CameraPlayer {
  const { hub, leases, engine, target, cameraId, profile, decodes, random = Math.random } = options;
  const life = new AbortController();
  let state: PlayerState = { kind: 'leasing' };
  let failure: CameraPlayer['failure'] = null;
  let failures = 0;
  let current: AbortController | null = null;
  let restarted = false;
  let lease: Lease | null = null;
  let stream: PlannedStream = options.stream ?? profile;

  const enter = (next: PlayerState) => {
    state = next;
    if (!life.signal.aborted) options.onState?.(next);
  };
  const release = () => {
    if (lease === null) return;
    leases.release(lease.leaseId);
    lease = null;
  };

  /** One attempt from lease to end; answers why it failed, null when it was told to end. */
  const attempt = async (signal: AbortSignal): Promise<ErrorCode | null> => {
    enter({ kind: 'leasing' });
    const lacking = engine.cannotPlay();
    if (lacking !== null) return lacking;
    const asked = lease === null;
    let reason: ErrorCode | null = null;
    try {
      lease ??= await leases.lease(cameraId, profile, decodes);
      if (signal.aborted) return null;
      const session = engine.attach(target, lease, signal, stream);
      enter({ kind: 'playing', session });
      reason = await session.ended;
      return reason;
    } catch (error) {
      if (error instanceof ProblemError) return (reason = error.problem.code);
      throw error;
    } finally {
      // A camera that does not start leaves its ticket unused: the same lease is tried again, or a wall of dead cameras would fill
      // the audit with leases.
      if (!keepsTicket(reason, lease, hub.hubNow()) || signal.aborted) release();
      if (reason === 'ticket-refused' && !asked) restarted = true;
    }
  };

  const run = async () => {
    while (!life.signal.aborted) {
      current = new AbortController();
      const reason = await attempt(AbortSignal.any([life.signal, current.signal]));
      if (life.signal.aborted) return;
      if (restarted) {
        restarted = false;
        continue;
      }
      failures += 1;
      failure = { reason: reason ?? 'source-failed', since: failure?.since ?? hub.hubNow() };
      enter({ kind: 'waiting', reason: failure.reason });
      const wait = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(failures - 1, 8));
      await pause(wait * (0.5 + random() / 2), life.signal);
    }
  };

  const leave = () => {
    life.abort();
    removeEventListener('pagehide', leave);
    release();
  };
  addEventListener('pagehide', leave);
  void run();

  return {
    get state() {
      return state;
    },
    get failure() {
      return failure;
    },
    pictureSeen() {
      failures = 0;
      failure = null;
    },
    restart() {
      if (state.kind !== 'playing') return;
      restarted = true;
      current?.abort();
    },
    setStream(next) {
      if (next === stream) return;
      stream = next;
      if (state.kind === 'playing') state.session.setStream?.(next);
    },
    dispose: leave,
  };
}

/** The relay may be able to play it a little later: the camera is being opened, a worker is being started, a place among the transcoders gets free. */
const waitsForRelay: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['path-starting', 'worker-unavailable', 'transcode-budget']);

/** Whether the lease's ticket may still open a playback: the source failed before there was anything to play. */
function keepsTicket(reason: ErrorCode | null, lease: Lease | null, now: EpochMs): boolean {
  const neverStarted = reason !== null && (reason.startsWith('source-') || waitsForRelay.has(reason));
  return neverStarted && lease !== null && lease.expiresAt - now > longestWaitMs * 2;
}

/** Resolves after `ms`, or at once when the signal aborts. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) return done();
    const finish = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      done();
    };
    const timer = setTimeout(finish, ms);
    signal.addEventListener('abort', finish);
  });
}
