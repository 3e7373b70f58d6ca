import type { ErrorCode, Problem } from '../../main/contract/errors.ts';
import type { Result } from '../../main/contract/result.ts';
import type { EpochMs } from '../../main/contract/time.ts';
import type { PathState, Profile, SourceSpec } from '../contract.ts';

/** One viewer's claim on one camera profile, as the hub orders it from a relay. */
export interface LeaseOrder {
  readonly leaseId: string;
  readonly cameraId: string;
  readonly profile: Profile;
  readonly source: SourceSpec;
  /** The session that holds the lease: when it ends, the hub closes the lease. */
  readonly holder: string;
}

/** What the relay knows of one camera profile; `since` is when this state began. */
export interface PathReport {
  readonly cameraId: string;
  readonly profile: Profile;
  readonly state: PathState;
  readonly since: EpochMs;
  readonly reason: ErrorCode | null;
  readonly viewers: number;
  readonly leases: number;
  readonly fps: number;
  readonly kbps: number;
  readonly gopMs: number | null;
  readonly lastUnitAt: EpochMs | null;
}

/**
 * `path`: something of a path changed; `idle` is its last report. `lease-ended`: the relay ended it (nobody used it), or it
 * restarted and does not have it any more. `up`: orders are taken, and `leases()` says what it holds. `down`: nothing is
 * known of any path until the next report; leases stay ordered.
 */
export type RelayEvent =
  | { readonly kind: 'path'; readonly path: PathReport }
  | { readonly kind: 'lease-ended'; readonly leaseId: string; readonly reason: 'idle' | 'closed' }
  | { readonly kind: 'up'; readonly baseUrl: string }
  | { readonly kind: 'down' };

/** The media relay as the hub sees it: embedded today, an external media server behind the same verbs later. */
export interface MediaRelay {
  /**
   * Starts the source if nobody watches it yet. Does not wait for the first picture. Orders are repeated to a relay that
   * restarted. An order whose lease the relay already holds only tells it the source: that is how a lease is adopted, and how
   * a camera that was changed is opened anew.
   */
  open(order: LeaseOrder): Promise<Result<void, Problem>>;
  close(leaseId: string): void;
  /** Signs a ticket for a lease: it opens one playback within `expiresAt` (at most 60 s). The relay checks it by itself. */
  ticket(leaseId: string, now: EpochMs): { readonly ticket: string; readonly expiresAt: EpochMs };
  /** Base URL that pages reach the relay by; null while it is down. */
  baseUrl(): string | null;
  /** Leases that the relay holds, those of an earlier hub included: the hub adopts them (`open`) after its own restart, or closes them. */
  leases(): readonly { readonly leaseId: string; readonly cameraId: string; readonly profile: Profile; readonly holder: string }[];
  paths(): readonly PathReport[];
  on(listener: (event: RelayEvent) => void): () => void;
  /** Origins of pages that may talk to the relay; the latest list counts (at most 256). */
  allowOrigins(origins: readonly string[]): void;
  stop(): Promise<void>;
}

/** What the launcher tells the relay process when it starts. */
export interface RelayStart {
  readonly host: string;
  readonly port: number;
  readonly fileRoots: readonly string[];
  readonly clipsFolder: string;
  readonly lingerMs: number;
  readonly watchdogMs: number;
  readonly maxPaths: number;
  readonly maxLeases: number;
  readonly partMs: number;
  readonly segments: number;
  readonly logLevel: string;
  /** Shared by hub and relay for this launch: signs tickets and opens the control channel. 32 bytes, base64. */
  readonly key: string;
}
