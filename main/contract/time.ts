/** Milliseconds since 1970-01-01T00:00:00Z on the hub's clock. */
export type EpochMs = number;

/**
 * Time as a parameter, so that decisions can be tested without waiting.
 * `now` may step when the system clock is set; `monotonic` (milliseconds, arbitrary origin) never does.
 */
export interface Clock {
  now(): EpochMs;
  monotonic(): number;
  /** Resolves after `ms`, or rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
