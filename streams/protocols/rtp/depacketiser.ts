import type { RtpPacket } from './rtp-packet.ts';

/** Takes what a depacketiser makes of packets. */
export interface UnitSink {
  /**
   * One unit, its bytes made for it. `timestamp` is RTP's. `reorderDepth`: how many pictures may wait for one that is decoded later and
   * shown earlier, null when unknown.
   */
  unit(bytes: Uint8Array, timestamp: number, key: boolean, corrupt: boolean, reorderDepth: number | null): void;
  /** A payload, or a part of one, that made no sense. */
  malformed(): void;
}

/** Makes units of one payload format out of packets in their order. It keeps nothing of a packet but copies. */
export interface Depacketiser {
  /** The next packet; `isAfterGap` when some before it are lost. */
  packet(packet: RtpPacket, isAfterGap: boolean): void;
  /** Nothing more comes for now: gives out the unit under way as far as it came. */
  flush(): void;
}
