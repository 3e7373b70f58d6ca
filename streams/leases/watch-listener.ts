/** One session that watches one camera. */
export interface WatchedCamera {
  readonly sessionId: string;
  readonly cameraId: string;
}

/** Hears who begins and who ends watching a camera, one call a lease. Leases that came to nothing are not told. */
export interface WatchListener {
  /** `commandId`: the command that asked, not yet answered; null when the lease was taken over from a relay that ran on while the hub did not. */
  given(watched: WatchedCamera, commandId: string | null): void;
  ended(watched: WatchedCamera): void;
  /** Every lease that the relay held has been told. */
  adopted(): void;
}
