import { randomBytes } from 'node:crypto';
import type { Problem } from '../../main/contract/errors.ts';
import type { Result } from '../../main/contract/result.ts';
import type { Clock } from '../../main/contract/time.ts';
import type { Profile, SourceSpec } from '../contract.ts';
import type { MediaRelay } from '../media/media-relay.ts';

/** Whose leases these are: no session, so a hub that finds one after its restart closes it. */
export const diagnosisHolder = 'diagnosis';

export interface PathOrder {
  readonly cameraId: string;
  readonly profile: Profile;
  readonly source: SourceSpec;
  readonly purpose: 'watch' | 'diagnosis';
}

/** A path that the hub itself has opened at the relay, as a viewer would. */
export interface BorrowedPath {
  /** How long the relay took to take the order. */
  readonly openedMs: number;
  /** Viewers it had when it was ordered. */
  readonly viewers: number;
  /**
   * Resolves when `isEnough` is true of the path, at the latest after `withinMs`; at once when the relay goes down or ends the lease.
   * Answers how long it waited. Follows the relay's events: nothing is asked again and again.
   */
  until(isEnough: (state: 'idle' | 'starting' | 'ready' | 'draining' | 'failed') => boolean, withinMs: number): Promise<number>;
}

/**
 * Opens a camera by a lease of its own, lets `use` look at it, and closes the lease, whatever happens. It is one more viewer of the
 * one path there is: single flight and budgets hold, and no second connection is made.
 */
export async function borrowPath<T>(
  { relay, clock }: { readonly relay: MediaRelay; readonly clock: Clock },
  order: PathOrder,
  signal: AbortSignal,
  use: (path: BorrowedPath) => Promise<T>,
): Promise<Result<T, Problem>> {
  const { cameraId, profile } = order;
  const leaseId = randomBytes(16).toString('hex');
  const reportOf = () => relay.paths().find((path) => path.cameraId === cameraId && path.profile === profile);
  const viewers = reportOf()?.viewers ?? 0;
  const askedAt = clock.monotonic();
  const opened = await relay.open({ ...order, leaseId, decodes: ['h264', 'h265'], holder: diagnosisHolder });
  if (!opened.ok) return opened;
  const until: BorrowedPath['until'] = async (isEnough, withinMs) => {
    const startedAt = clock.monotonic();
    const enough = new AbortController();
    const look = () => {
      const report = reportOf();
      if (report && isEnough(report.state)) enough.abort();
    };
    const stopListening = relay.on((event) => {
      if (event.kind === 'down' || (event.kind === 'lease-ended' && event.leaseId === leaseId)) enough.abort();
      else if (event.kind === 'path' && event.path.cameraId === cameraId && event.path.profile === profile) {
        if (isEnough(event.path.state)) enough.abort();
      }
    });
    look();
    await clock.sleep(withinMs, AbortSignal.any([enough.signal, signal])).catch(() => {}); // both ends are good
    stopListening();
    return clock.monotonic() - startedAt;
  };
  try {
    return { ok: true, value: await use({ openedMs: clock.monotonic() - askedAt, viewers, until }) };
  } finally {
    relay.close(leaseId);
  }
}
