import type { WallCounters } from './wall/wall-session.ts';

/** What one relay has done since it started; only ever grows. */
export interface RelayCounters extends WallCounters {
  /** Bytes of the bodies of HLS answers, over HTTP and WebSocket. */
  bytesOut: number;
  requests: number;
  /** Tickets that were forged, expired or used before. */
  ticketsRefused: number;
  playbacksOpened: number;
  /** Requests refused because too many were waiting already. */
  heldRefused: number;
  /** Requests and upgrades refused for their Host or Origin. */
  originsRefused: number;
  /** Control connections that could not prove the key. */
  controlRefused: number;
  leasesIdle: number;
  /** Sources that were told to wait because their host or line is full. */
  budgetsRefused: number;
  quarantines: number;
  loginsRefused: number;
  /** Gaps in RTP sequence numbers that nothing filled. */
  packetsLost: number;
  /** Cameras asked whether they are there. */
  probes: number;
  /** Of paths that are gone; live ones are added when metrics are read. */
  droppedUnits: number;
  skippedUnits: number;
  sourceRuns: number;
}

export const newRelayCounters = (): RelayCounters => ({
  bytesOut: 0,
  requests: 0,
  ticketsRefused: 0,
  playbacksOpened: 0,
  heldRefused: 0,
  slowSockets: 0,
  wallRecords: 0,
  wallBytes: 0,
  wallMessages: 0,
  wallBursts: 0,
  wallDrops: { disposable: 0, cut: 0, shed: 0 },
  originsRefused: 0,
  controlRefused: 0,
  leasesIdle: 0,
  budgetsRefused: 0,
  quarantines: 0,
  loginsRefused: 0,
  packetsLost: 0,
  probes: 0,
  droppedUnits: 0,
  skippedUnits: 0,
  sourceRuns: 0,
});
