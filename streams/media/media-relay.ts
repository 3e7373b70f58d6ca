import type { ErrorCode, ErrorParams, Problem } from '../../main/contract/errors.ts';
import type { Result } from '../../main/contract/result.ts';
import type { EpochMs } from '../../main/contract/time.ts';
import type { LinkQuality, PathState, Profile, SourceSpec, SourceStep, VideoCodec } from '../contract.ts';

/** One viewer's claim on one camera profile, as the hub orders it from a relay. */
export interface LeaseOrder {
  readonly leaseId: string;
  readonly cameraId: string;
  readonly profile: Profile;
  readonly source: SourceSpec;
  /** What its viewer can decode: anything else is transcoded. */
  readonly decodes: readonly VideoCodec[];
  /** The session that holds the lease: when it ends, the hub closes the lease. */
  readonly holder: string;
  /** `diagnosis`: nobody waits for this picture on a wall; in the start queue it comes after those that somebody watches. */
  readonly purpose?: 'watch' | 'diagnosis' | undefined;
}

/** A lease as the relay tells of it: the source with its credentials stays there. */
export type HeldLease = Omit<LeaseOrder, 'source' | 'purpose'>;

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
  /** Of the pictures that come; null before the first. */
  readonly codec: VideoCodec | null;
  /** Somebody watches it transcoded. */
  readonly transcoding: boolean;
  readonly link: LinkQuality | null;
}

/** How the latest opening of a path went, step by step. Times are milliseconds since the path was wanted or its source begun. */
export interface PathTrace {
  readonly state: PathState;
  /** Waited for its turn in the start queue. */
  readonly queuedMs: number;
  readonly steps: readonly { readonly step: SourceStep; readonly atMs: number; readonly params: ErrorParams }[];
  /** Why this run ended, or could not begin. */
  readonly failure: Problem | null;
  readonly failedAtMs: number | null;
  readonly report: PathReport;
}

/** One camera to be asked whether it is there. */
export interface ProbeTarget {
  readonly cameraId: string;
  readonly source: SourceSpec;
}

/** What came of it. `unknown`: it cannot be asked, e.g. because the configuration does not allow its address. */
export interface ProbeResult {
  readonly cameraId: string;
  readonly state: 'online' | 'offline' | 'unknown';
  readonly reason: ErrorCode | null;
  readonly ms: number;
}

/** How the prober asks. */
export type ProbeMethod = 'options' | 'describe' | 'tcp';

/** A camera that may push: known by the SHA-256 of its publish key, base64url. */
export interface Publisher {
  readonly cameraId: string;
  readonly keyHash: string;
}

/** A picture as a file. */
export interface Snapshot {
  readonly at: EpochMs;
  readonly width: number;
  readonly height: number;
  readonly jpeg: Uint8Array;
}

/**
 * `path`: something of a path changed; `idle` is its last report. `lease-ended`: the relay ended it (nobody used it), or it
 * restarted and does not have it any more. `publishing`: a camera began to push its stream, or (null) ended. `ingest`: cameras can push
 * there now, or (null) nowhere. `up`: orders are taken, and `leases()` says what it holds. `down`: nothing is known of any path and any
 * publisher until the next report; leases stay ordered.
 */
export type RelayEvent =
  | { readonly kind: 'path'; readonly path: PathReport }
  | { readonly kind: 'lease-ended'; readonly leaseId: string; readonly reason: 'idle' | 'closed' }
  | { readonly kind: 'publishing'; readonly cameraId: string; readonly since: EpochMs | null }
  | { readonly kind: 'ingest'; readonly url: string | null }
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
  leases(): readonly HeldLease[];
  paths(): readonly PathReport[];
  /** How the latest opening of a path went; null when the relay has no such path. */
  trace(cameraId: string, profile: Profile): Promise<Result<PathTrace | null, Problem>>;
  /** Asks cameras whether they are there. At most 256 a call; answers when all are asked. */
  probe(targets: readonly ProbeTarget[], method: ProbeMethod): Promise<Result<readonly ProbeResult[], Problem>>;
  /**
   * The latest key picture of an open path as JPEG, with a watermark burnt in: `mark` is a text by `isMark` of `mark-text.ts`. Errors:
   * `path-starting`, `worker-unavailable`, `snapshot-failed`.
   */
  snapshot(cameraId: string, profile: Profile, mark: string): Promise<Result<Snapshot, Problem>>;
  /** All cameras that may push; the latest list counts (at most 65,536). Repeated to a relay that restarted. */
  allowPublishers(publishers: readonly Publisher[]): void;
  /** Cameras that push now, and since when. */
  publishing(): ReadonlyMap<string, EpochMs>;
  /** Where cameras push to, `rtmp://host:port/live`; null while nothing listens there. */
  ingestUrl(): string | null;
  on(listener: (event: RelayEvent) => void): () => void;
  /** Origins of pages that may talk to the relay; the latest list counts (at most 256). */
  allowOrigins(origins: readonly string[]): void;
  stop(): Promise<void>;
}

/** What a host or a line stands. */
export interface Allowance {
  readonly connections: number;
  readonly kbps: number;
}

/** What the launcher tells the relay process when it starts. */
export interface RelayStart {
  readonly host: string;
  readonly port: number;
  /**
   * PEM files of the certificate that viewers see, read again when they change, and the port on loopback that hub and workers then come to
   * (0: any free one). Absent: no TLS, one listener.
   */
  readonly tls?: { readonly certificate: string; readonly key: string; readonly controlPort: number } | undefined;
  readonly fileRoots: readonly string[];
  readonly clipsFolder: string;
  readonly lingerMs: number;
  readonly watchdogMs: number;
  readonly maxPaths: number;
  readonly maxLeases: number;
  readonly partMs: number;
  readonly segments: number;
  readonly cameraNetworks: readonly string[];
  /** PEM files of cameras' own certificates. */
  readonly certificates: readonly string[];
  readonly startsAtOnce: number;
  readonly startsPerSecond: number;
  readonly perHost: Allowance;
  readonly uplinks: readonly (Allowance & { readonly name: string; readonly networks: readonly string[] })[];
  readonly quarantine: { readonly breaks: number; readonly withinMs: number; readonly forMs: number };
  readonly probesAtOnce: number;
  readonly logLevel: string;
  /** Shared by hub and relay for this launch: signs tickets and opens the control channel. 32 bytes, base64. */
  readonly key: string;
}
