import { randomBytes } from 'node:crypto';
import type { CommandResult, Handlers } from '../../main/contract/catalog.ts';
import type { CommandContext } from '../../main/contract/define-command.ts';
import { problem, type ErrorCode, type Problem } from '../../main/contract/errors.ts';
import type { LeaseId } from '../../main/contract/ids.ts';
import type { Commit, Ledger } from '../../main/contract/ledger.ts';
import type { Log } from '../../main/contract/log.ts';
import type { Principal } from '../../main/contract/principal.ts';
import { err, ok, type Result } from '../../main/contract/result.ts';
import type { Clock } from '../../main/contract/time.ts';
import type { Camera, Profile, SourceSpec, VideoCodec } from '../contract.ts';
import { sourceOf } from '../directory/source-of.ts';
import type { MediaRelay } from '../media/media-relay.ts';
import type { WatchListener } from './watch-listener.ts';

/**
 * Leases one session may hold: two of the fullest scenes (400 tiles, and 64 that span screens), for the next one is asked for while the
 * last one is given back.
 */
export const maxLeasesPerSession = 1024;

export interface StreamLeasesDeps {
  readonly ledger: Ledger;
  /** `null`: this hub has no relay; every lease is refused. */
  readonly relay: MediaRelay | null;
  readonly clock: Clock;
  readonly log: Log;
  camera(id: string): Camera | undefined;
  /** Whether a session that a running relay names is still valid; asked after the hub restarted. */
  sessionAlive(sessionId: string): boolean;
  /** Whether this camera is to be seen on that screen; a screen is given no other. Absent: all are. */
  showsCamera?: ShowsCamera | undefined;
  /** Keeps the register of who watched what; absent: nobody does. */
  readonly watching?: WatchListener | undefined;
}

/** Whether a camera is to be seen on a screen of a wall now. */
export type ShowsCamera = (screen: NonNullable<Principal['screen']>, cameraId: string) => boolean;

interface Lease {
  readonly leaseId: string;
  readonly cameraId: string;
  readonly holder: string;
  /** What the lease was given on: when it changes, the lease ends and a page that still wants the picture asks anew. */
  readonly basis: string;
  /** It has been told that somebody watches. */
  told: boolean;
}

type GivenLease = CommandResult<'stream.lease'>;

interface Want {
  readonly cameraId: string;
  readonly profile: Profile;
  readonly decodes: readonly VideoCodec[];
}

/** The hub's book of leases: who may watch which camera, until when. The relay carries the pictures. */
export interface StreamLeases {
  readonly handlers: Handlers<'stream.lease' | 'stream.lease-many' | 'stream.release'>;
  readonly size: number;
  /** Takes over what a running relay holds. */
  start(): void;
  sessionEnded(sessionId: string): void;
  stop(): void;
}

/** Keeps leases: each ends with its release, its session, its camera, or a change of the camera's source, district or groups. */
export function createStreamLeases(deps: StreamLeasesDeps): StreamLeases {
  const { ledger, relay, clock, log, camera, sessionAlive, watching } = deps;
  const leases = new Map<string, Lease>();
  const bySession = new Map<string, Set<string>>();
  const byCamera = new Map<string, Set<string>>();

  const add = (lease: Lease) => {
    leases.set(lease.leaseId, lease);
    addTo(bySession, lease.holder, lease.leaseId);
    addTo(byCamera, lease.cameraId, lease.leaseId);
  };
  const forget = (leaseId: string): boolean => {
    const lease = leases.get(leaseId);
    if (!lease) return false;
    leases.delete(leaseId);
    removeFrom(bySession, lease.holder, leaseId);
    removeFrom(byCamera, lease.cameraId, leaseId);
    if (lease.told) watching?.ended(watchedBy(lease));
    return true;
  };
  const close = (leaseId: string) => {
    if (forget(leaseId)) relay?.close(leaseId);
  };

  const tell = (lease: Lease, commandId: string | null) => {
    lease.told = true;
    watching?.given(watchedBy(lease), commandId);
  };

  const adopt = () => {
    let adopted = 0;
    for (const held of relay?.leases() ?? []) {
      if (leases.has(held.leaseId)) continue;
      const watched = camera(held.cameraId);
      const source = watched && sourceOf(watched, ledger);
      if (!watched || !source || !sessionAlive(held.holder)) {
        relay?.close(held.leaseId);
        continue;
      }
      const lease = { leaseId: held.leaseId, cameraId: held.cameraId, holder: held.holder, basis: basisOf(watched, source), told: false };
      add(lease);
      tell(lease, null);
      // The relay holds it already; this tells it the source again, so that its own restart does not end the picture.
      void relay?.open({ ...held, source });
      adopted += 1;
    }
    if (adopted > 0) log.info({ adopted }, 'took over leases that the relay held');
    // A relay that was not reached yet has said nothing.
    if (relay === null || relay.baseUrl() !== null) watching?.adopted();
  };

  const follow = (commit: Commit) => {
    for (const change of commit.changes) {
      if (change.collection !== 'cameras') continue;
      const held = byCamera.get(change.key);
      if (!held) continue;
      const after = change.op === 'put' ? (change.value as Camera) : undefined;
      const source = after && sourceOf(after, ledger);
      const basis = after && source ? basisOf(after, source) : null;
      for (const leaseId of held) if (leases.get(leaseId)?.basis !== basis) close(leaseId);
    }
  };

  /** One picture for one session, or why not. What is given is booked before anything is waited for. */
  const give = async (want: Want, asking: Principal, { commandId, signal }: CommandContext): Promise<Result<GivenLease, Problem>> => {
    const { cameraId, profile, decodes } = want;
    const { screen, sessionId: holder } = asking;
    const watched = camera(cameraId);
    if (!watched) return err(problem('camera-unknown', { cameraId }));
    // A display stands where many can reach it: its session opens what was put on its wall, and not the city.
    if (screen && deps.showsCamera?.(screen, cameraId) === false) return err(problem('out-of-scope'));
    if (!relay || relay.baseUrl() === null) return err(problem('relay-unavailable'));
    if ((bySession.get(holder)?.size ?? 0) >= maxLeasesPerSession) return err(problem('too-many-leases', { max: maxLeasesPerSession }));
    const source = sourceOf(watched, ledger);
    if (!source) return err(problem('source-invalid', { field: 'source', reason: 'secret-lost' }));

    // Booked before the relay answers: a session that ends meanwhile takes it along.
    const leaseId = randomBytes(16).toString('hex') as LeaseId;
    const lease = { leaseId, cameraId, holder, basis: basisOf(watched, source), told: false };
    add(lease);
    const opened = await relay.open({ leaseId, cameraId, profile: profileOf(source, profile), source, decodes, holder });
    if (!opened.ok) {
      forget(leaseId);
      return opened;
    }
    const baseUrl = relay.baseUrl();
    const ended = !leases.has(leaseId);
    if (ended || signal.aborted || baseUrl === null) {
      forget(leaseId);
      relay.close(leaseId);
      return err(problem(ended ? 'playback-ended' : signal.aborted ? 'deadline-exceeded' : 'relay-unavailable'));
    }
    tell(lease, commandId);
    const { ticket, expiresAt } = relay.ticket(leaseId, clock.now());
    return ok({ leaseId, ticket, expiresAt, urls: playbackUrls(baseUrl, ticket) });
  };

  const stopFollowing = ledger.onCommit(follow);
  const stopListening = relay?.on((event) => {
    if (event.kind === 'lease-ended') forget(event.leaseId);
    if (event.kind === 'up') adopt();
  });

  return {
    get size() {
      return leases.size;
    },
    start: adopt,
    sessionEnded(sessionId) {
      for (const leaseId of bySession.get(sessionId) ?? []) close(leaseId);
    },
    stop() {
      stopFollowing();
      stopListening?.();
    },
    handlers: {
      'stream.lease': async (want, context) => {
        const { principal } = context;
        if (!principal) return err(problem('login-required'));
        const given = await give(want, principal, context);
        return given.ok ? ok({ result: given.value }) : given;
      },

      'stream.lease-many': async ({ wants, decodes }, context) => {
        const { principal, signal } = context;
        if (!principal) return err(problem('login-required'));
        const given = await Promise.all(wants.map((want) => give({ ...want, decodes }, principal, context)));
        // The first may have ended while the last was still being opened; and nobody hears an answer that comes too late.
        const still = given.map((one) => {
          if (one.ok && signal.aborted) close(one.value.leaseId);
          return one.ok && !leases.has(one.value.leaseId) ? err(problem('playback-ended')) : one;
        });
        if (signal.aborted) return err(problem('deadline-exceeded'));
        return ok({
          result: { leases: still.map((one) => (one.ok ? one.value : { error: one.error })) },
          after: { given: still.filter(({ ok: isGiven }) => isGiven).length, refused: refusals(still) },
        });
      },

      'stream.release': ({ leaseId }, { principal }) => {
        // Another session's lease does not exist for this one.
        if (!principal || leases.get(leaseId)?.holder !== principal.sessionId) return err(problem('lease-unknown', { leaseId }));
        close(leaseId);
        return ok({ result: {} });
      },
    },
  };
}

/** A camera without a small picture is watched by its full one, shared with those who asked for that. */
export function profileOf(source: SourceSpec, wanted: Profile): Profile {
  if (wanted === 'main' || source.kind === 'gb28181') return wanted;
  return source.subUrl === undefined ? 'main' : 'sub';
}

/** How many were refused for which reason. */
function refusals(answers: readonly Result<unknown, Problem>[]): Partial<Record<ErrorCode, number>> {
  const counts: Partial<Record<ErrorCode, number>> = {};
  for (const answer of answers) if (!answer.ok) counts[answer.error.code] = (counts[answer.error.code] ?? 0) + 1;
  return counts;
}

const watchedBy = ({ holder, cameraId }: Lease) => ({ sessionId: holder, cameraId });

function basisOf(camera: Camera, source: SourceSpec): string {
  return JSON.stringify([source, camera.district, camera.groups]);
}

function playbackUrls(baseUrl: string, ticket: string): { hls: string; socket: string } {
  const base = baseUrl.replace(/\/+$/, '');
  return { hls: `${base}/hls/open.m3u8?ticket=${encodeURIComponent(ticket)}`, socket: `${base.replace(/^http/, 'ws')}/socket` };
}

function addTo(index: Map<string, Set<string>>, key: string, leaseId: string): void {
  const held = index.get(key);
  if (held) held.add(leaseId);
  else index.set(key, new Set([leaseId]));
}

function removeFrom(index: Map<string, Set<string>>, key: string, leaseId: string): void {
  const held = index.get(key);
  held?.delete(leaseId);
  if (held?.size === 0) index.delete(key);
}
