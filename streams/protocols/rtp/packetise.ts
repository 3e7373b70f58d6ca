import { iterateNalUnits } from '../h264/annex-b.ts';

/** How large payloads become, and whether small NAL units share one. */
export interface PacketiseOptions {
  readonly payloadBytes?: number;
  readonly aggregate?: boolean;
}

/** What the payloads of one codec have of their own. */
export interface PayloadHeaders {
  /** Of a NAL unit's header, which that of every payload is like. */
  readonly headerBytes: number;
  /** The header of a payload with these NAL units. */
  aggregate(nals: readonly Uint8Array[]): readonly number[];
  /** The header of a payload with a part of this NAL unit. */
  fragment(nal: Uint8Array): readonly number[];
  /** The type of a NAL unit: its fragments carry it in a byte behind their header. */
  typeOf(nal: Uint8Array): number;
}

/** What the field calls an MTU: 1500 bytes of Ethernet less the headers of IPv4, UDP and RTP. */
const defaultPayloadBytes = 1460;

/**
 * The payloads of one access unit with start codes, the part that H.264 and H.265 share: small NAL units alone, or several in one payload
 * when `aggregate` is set, and large ones in fragments. The marker bit belongs to the last payload.
 */
export function packetise(annexB: Uint8Array, options: PacketiseOptions, headers: PayloadHeaders): Uint8Array[] {
  const { payloadBytes = defaultPayloadBytes, aggregate = false } = options;
  const payloads: Uint8Array[] = [];
  let waiting: Uint8Array[] = [];
  let waitingBytes = headers.headerBytes;
  const send = (): void => {
    if (waiting.length > 1) payloads.push(aggregateOf(waiting, waitingBytes, headers));
    else payloads.push(...waiting);
    waiting = [];
    waitingBytes = headers.headerBytes;
  };
  for (const nal of iterateNalUnits(annexB)) {
    if (waitingBytes + 2 + nal.length > payloadBytes) send();
    if (nal.length > payloadBytes) payloads.push(...fragmentsOf(nal, payloadBytes, headers));
    else {
      waiting.push(nal);
      waitingBytes += 2 + nal.length;
      if (!aggregate) send();
    }
  }
  send();
  return payloads;
}

/** Each NAL unit behind its length. */
function aggregateOf(nals: readonly Uint8Array[], size: number, headers: PayloadHeaders): Uint8Array {
  const payload = new Uint8Array(size);
  payload.set(headers.aggregate(nals));
  let at = headers.headerBytes;
  for (const nal of nals) {
    payload[at] = nal.length >> 8;
    payload[at + 1] = nal.length;
    payload.set(nal, at + 2);
    at += 2 + nal.length;
  }
  return payload;
}

/** The NAL unit's own header is left out: what it says is in that of the fragments, and in the byte behind it. */
function fragmentsOf(nal: Uint8Array, payloadBytes: number, { headerBytes, fragment, typeOf }: PayloadHeaders): Uint8Array[] {
  const fragments: Uint8Array[] = [];
  const header = fragment(nal);
  const type = typeOf(nal);
  const contentBytes = payloadBytes - headerBytes - 1;
  for (let at = headerBytes; at < nal.length; at += contentBytes) {
    const content = nal.subarray(at, at + contentBytes);
    const payload = new Uint8Array(headerBytes + 1 + content.length);
    payload.set(header);
    payload[headerBytes] = (at === headerBytes ? 0x80 : 0) | (at + contentBytes >= nal.length ? 0x40 : 0) | type;
    payload.set(content, headerBytes + 1);
    fragments.push(payload);
  }
  return fragments;
}
