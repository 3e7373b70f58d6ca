import type { EpochMs } from './time.ts';

/** How far a value can be trusted. */
export type Quality = 'good' | 'suspect' | 'bad' | 'no-data';

/**
 * One observed value on its way in (the observations lane): alert rules see every one, in order; screens see the latest.
 * `at` is the source's time, `receivedAt` the hub's; both are kept because sources' clocks lie.
 */
export interface Observation {
  readonly feedId: string;
  readonly entityId: string;
  readonly quantity: string;
  readonly value: number | string | boolean | null;
  readonly unit: string | null;
  readonly quality: Quality;
  readonly at: EpochMs;
  readonly receivedAt: EpochMs;
  readonly simulated: boolean;
  readonly drill: boolean;
}

/** A volatile field set of one entity: latest wins, never committed, merged into snapshots. */
export interface VolatileUpdate {
  readonly collection: string;
  readonly key: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Where producers put volatile state; only the flush to screens may drop, and it keeps the latest. */
export interface LatestValues {
  set(update: VolatileUpdate): void;
  get(collection: string, key: string): Readonly<Record<string, unknown>> | undefined;
  forget(collection: string, key: string): void;
}
