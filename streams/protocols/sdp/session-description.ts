/** What a session or a medium may do, seen from the server (RFC 8866 clause 6.7). */
export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** One format of a medium: what `a=rtpmap` and `a=fmtp` say of a payload type (RFC 8866 clauses 6.6 and 6.15). */
export interface MediaFormat {
  readonly payloadType: number;
  /** As it was written; empty where there is no `a=rtpmap`, which static payload types do without (RFC 3551 clause 6). */
  readonly encoding: string;
  /** Ticks a second; 0 where nothing was said. */
  readonly clockRate: number;
  /** 1 where nothing was said. */
  readonly channels: number;
  /** Format parameters; their names in lower case. */
  readonly fmtp: Readonly<Record<string, string>>;
}

/** One `m=` section (clause 5.14). */
export interface MediaDescription {
  /** `video`, `audio`, `application` … in lower case. */
  readonly kind: string;
  readonly port: number;
  /** `RTP/AVP` and the like. */
  readonly protocol: string;
  /** In the sender's order of preference. */
  readonly formats: readonly MediaFormat[];
  /** `a=control` as it was written (RFC 2326 clause C.1.1); see `resolveControl`. */
  readonly control: string | null;
  /** `c=`: where packets come from or go to. */
  readonly address: string | null;
  /** `b=AS` in kilobits a second. */
  readonly bandwidthKbps: number | null;
  readonly direction: Direction | null;
}

/** A session as a camera describes it (RFC 8866), as far as somebody who wants to see it cares. */
export interface SessionDescription {
  /** Null where it is missing, which it must not be and often is. */
  readonly name: string | null;
  readonly control: string | null;
  readonly address: string | null;
  readonly bandwidthKbps: number | null;
  readonly direction: Direction | null;
  /** `a=range` as it was written. */
  readonly range: string | null;
  readonly media: readonly MediaDescription[];
}
