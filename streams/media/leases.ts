import { problem, type Problem } from '../../main/contract/errors.ts';
import { err, ok, type Result } from '../../main/contract/result.ts';
import type { LeaseOrder } from './media-relay.ts';

/** A lease that nobody has opened a playback of ends after this. */
export const unclaimedMs = 60_000;
/** A lease whose playbacks ask for nothing any more ends after this; so does a playback by itself. */
export const idleMs = 30_000;

/** One viewer's claim. The source's URL, with its credentials, stays with the path. */
export interface Lease {
  readonly leaseId: string;
  readonly cameraId: string;
  readonly profile: LeaseOrder['profile'];
  readonly decodes: LeaseOrder['decodes'];
  readonly holder: string;
  readonly purpose: LeaseOrder['purpose'];
  /** Monotonic, like all times here. */
  readonly openedAt: number;
  /** When a playback of it last asked for anything; null until the first is opened. */
  activeAt: number | null;
  /** Ids of its playbacks. */
  readonly playbacks: Set<string>;
}

/** The leases of one relay: bounded, and each of them ends by itself when nobody uses it. */
export class Leases {
  readonly #byId = new Map<string, Lease>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  add(order: LeaseOrder, now: number): Result<Lease, Problem> {
    if (this.#byId.size >= this.#max) return err(problem('too-many-leases', { max: this.#max }));
    const lease: Lease = {
      leaseId: order.leaseId,
      cameraId: order.cameraId,
      profile: order.profile,
      decodes: order.decodes,
      holder: order.holder,
      purpose: order.purpose,
      openedAt: now,
      activeAt: null,
      playbacks: new Set(),
    };
    this.#byId.set(order.leaseId, lease);
    return ok(lease);
  }

  get(leaseId: string): Lease | undefined {
    return this.#byId.get(leaseId);
  }

  delete(leaseId: string): void {
    this.#byId.delete(leaseId);
  }

  values(): IterableIterator<Lease> {
    return this.#byId.values();
  }

  get size(): number {
    return this.#byId.size;
  }

  /** Those that nobody claimed in time, or nobody uses any more. */
  idle(now: number): Lease[] {
    return [...this.#byId.values()].filter((lease) =>
      lease.activeAt === null ? now - lease.openedAt >= unclaimedMs : now - lease.activeAt >= idleMs,
    );
  }
}
