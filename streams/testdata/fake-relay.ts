import { problem, type Problem } from '../../main/contract/errors.ts';
import { err, ok, type Result } from '../../main/contract/result.ts';
import type { EpochMs } from '../../main/contract/time.ts';
import type { Profile } from '../contract.ts';
import type {
  LeaseOrder,
  MediaRelay,
  PathReport,
  PathTrace,
  ProbeMethod,
  ProbeResult,
  ProbeTarget,
  Publisher,
  RelayEvent,
  Snapshot,
} from '../media/media-relay.ts';

/** The other half of the relay's verbs: remembers what it was told and says what the test makes it say. */
export class FakeRelay implements MediaRelay {
  readonly orders = new Map<string, LeaseOrder>();
  readonly closed: string[] = [];
  /** Set to make the next orders fail. */
  refusal: Problem | null = null;
  url: string | null = 'http://127.0.0.1:8700';
  reports: PathReport[] = [];
  /** What traces say, by `camera/profile`; a path without one has been opened without any step. */
  readonly traces = new Map<string, PathTrace>();
  /** Every call of `probe`, in order. */
  readonly probed: { readonly targets: readonly ProbeTarget[]; readonly method: ProbeMethod }[] = [];
  /** Answers one camera that is asked; a Problem fails the whole call. All are online until the test says otherwise. */
  answerProbe: (target: ProbeTarget, method: ProbeMethod) => Omit<ProbeResult, 'cameraId'> | Problem = () => ({
    state: 'online',
    reason: null,
    ms: 5,
  });
  /** Probes wait for this: a test may hold them back. */
  probing: Promise<void> = Promise.resolve();
  /** What `snapshot` answers. */
  picture: Result<Snapshot, Problem> = err(problem('path-starting'));
  /** The watermarks that snapshots were asked for with. */
  readonly marks: string[] = [];
  /** The latest list of cameras that may push. */
  publishers: readonly Publisher[] = [];
  readonly pushing = new Map<string, EpochMs>();
  ingest: string | null = 'rtmp://127.0.0.1:1935/live';
  /** Runs while an order is under way. */
  meanwhile: () => void = () => {};
  readonly #listeners = new Set<(event: RelayEvent) => void>();

  async open(order: LeaseOrder): Promise<Result<void, Problem>> {
    await Promise.resolve();
    this.meanwhile();
    if (this.refusal) return err(this.refusal);
    this.orders.set(order.leaseId, order);
    return ok(undefined);
  }

  close(leaseId: string): void {
    this.closed.push(leaseId);
    this.orders.delete(leaseId);
  }

  ticket(leaseId: string, now: number): { ticket: string; expiresAt: number } {
    return { ticket: `t/${leaseId}`, expiresAt: now + 60_000 };
  }

  baseUrl(): string | null {
    return this.url;
  }

  leases(): LeaseOrder[] {
    return [...this.orders.values()];
  }

  paths(): PathReport[] {
    return this.reports;
  }

  async trace(cameraId: string, profile: Profile): Promise<Result<PathTrace | null, Problem>> {
    await Promise.resolve();
    if (this.url === null) return err(problem('relay-unavailable'));
    const report = this.reports.find((one) => one.cameraId === cameraId && one.profile === profile);
    const plain: PathTrace | null = report
      ? { state: report.state, queuedMs: 0, steps: [], failure: report.reason && problem(report.reason), failedAtMs: null, report }
      : null;
    return ok(this.traces.get(`${cameraId}/${profile}`) ?? plain);
  }

  async probe(targets: readonly ProbeTarget[], method: ProbeMethod): Promise<Result<readonly ProbeResult[], Problem>> {
    this.probed.push({ targets, method });
    await this.probing;
    if (this.url === null) return err(problem('relay-unavailable'));
    const results: ProbeResult[] = [];
    for (const target of targets) {
      const answer = this.answerProbe(target, method);
      if ('code' in answer) return err(answer);
      results.push({ cameraId: target.cameraId, ...answer });
    }
    return ok(results);
  }

  async snapshot(_cameraId: string, _profile: Profile, mark: string): Promise<Result<Snapshot, Problem>> {
    this.marks.push(mark);
    await Promise.resolve();
    return this.url === null ? err(problem('relay-unavailable')) : this.picture;
  }

  allowPublishers(publishers: readonly Publisher[]): void {
    this.publishers = publishers;
  }

  publishing(): ReadonlyMap<string, EpochMs> {
    return this.pushing;
  }

  ingestUrl(): string | null {
    return this.ingest;
  }

  on(listener: (event: RelayEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  allowOrigins(): void {}

  async stop(): Promise<void> {}

  say(event: RelayEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  get listening(): number {
    return this.#listeners.size;
  }

  /** Says that a camera began to push, or (null) ended. */
  push(cameraId: string, since: EpochMs | null): void {
    if (since === null) this.pushing.delete(cameraId);
    else this.pushing.set(cameraId, since);
    this.say({ kind: 'publishing', cameraId, since });
  }

  /** Says that a path is in this state now. */
  path(cameraId: string, state: PathReport['state'], more: Partial<PathReport> = {}): void {
    const path: PathReport = {
      cameraId,
      profile: 'sub',
      state,
      since: 100,
      reason: null,
      viewers: 0,
      leases: 1,
      fps: 0,
      kbps: 0,
      gopMs: null,
      lastUnitAt: null,
      codec: null,
      transcoding: false,
      link: null,
      ...more,
    };
    this.reports = [...this.reports.filter((report) => report.cameraId !== cameraId || report.profile !== path.profile), path];
    this.say({ kind: 'path', path });
  }
}
