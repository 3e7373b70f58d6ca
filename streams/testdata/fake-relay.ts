import type { Problem } from '../../main/contract/errors.ts';
import { err, ok, type Result } from '../../main/contract/result.ts';
import type { LeaseOrder, MediaRelay, PathReport, RelayEvent } from '../media/media-relay.ts';

/** The other half of the relay's verbs: remembers what it was told and says what the test makes it say. */
export class FakeRelay implements MediaRelay {
  readonly orders = new Map<string, LeaseOrder>();
  readonly closed: string[] = [];
  /** Set to make the next orders fail. */
  refusal: Problem | null = null;
  url: string | null = 'http://127.0.0.1:8700';
  reports: PathReport[] = [];
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
      ...more,
    };
    this.reports = [...this.reports.filter((report) => report.cameraId !== cameraId || report.profile !== path.profile), path];
    this.say({ kind: 'path', path });
  }
}
