import { iterateNalUnits } from '../h264/annex-b.ts';

/** What the field calls an MTU: 1500 bytes of Ethernet less the headers of IPv4, UDP and RTP. */
export const defaultPayloadBytes = 1460;

/**
 * The payloads of one access unit with start codes, as a camera sends them (RFC 6184 clause 5): small NAL units alone, or several in one
 * STAP-A when `aggregate` is set, and large ones in FU-As. The marker bit belongs to the last payload.
 */
export function packetiseH264(
  annexB: Uint8Array,
  options: { readonly payloadBytes?: number; readonly aggregate?: boolean } = {},
): Uint8Array[] {
  const { payloadBytes = defaultPayloadBytes, aggregate = false } = options;
  const payloads: Uint8Array[] = [];
  let waiting: Uint8Array[] = [];
  let waitingBytes = 1;
  const send = (): void => {
    if (waiting.length > 1) payloads.push(aggregateOf(waiting, waitingBytes));
    else payloads.push(...waiting);
    waiting = [];
    waitingBytes = 1;
  };
  for (const nal of iterateNalUnits(annexB)) {
    if (waitingBytes + 2 + nal.length > payloadBytes) send();
    if (nal.length > payloadBytes) payloads.push(...fragmentsOf(nal, payloadBytes));
    else {
      waiting.push(nal);
      waitingBytes += 2 + nal.length;
      if (!aggregate) send();
    }
  }
  send();
  return payloads;
}

/** STAP-A (clause 5.7.1): its header has the highest NRI of those within. */
function aggregateOf(nals: readonly Uint8Array[], size: number): Uint8Array {
  const payload = new Uint8Array(size);
  payload[0] = Math.max(...nals.map((nal) => nal[0]! & 0x60)) | 24;
  let at = 1;
  for (const nal of nals) {
    payload[at] = nal.length >> 8;
    payload[at + 1] = nal.length;
    payload.set(nal, at + 2);
    at += 2 + nal.length;
  }
  return payload;
}

/** FU-A (clause 5.8): the NAL unit's header is spread over two bytes. */
function fragmentsOf(nal: Uint8Array, payloadBytes: number): Uint8Array[] {
  const fragments: Uint8Array[] = [];
  const contentBytes = payloadBytes - 2;
  for (let at = 1; at < nal.length; at += contentBytes) {
    const content = nal.subarray(at, at + contentBytes);
    const payload = new Uint8Array(2 + content.length);
    payload[0] = (nal[0]! & 0xe0) | 28;
    payload[1] = (at === 1 ? 0x80 : 0) | (at + contentBytes >= nal.length ? 0x40 : 0) | (nal[0]! & 0x1f);
    payload.set(content, 2);
    fragments.push(payload);
  }
  return fragments;
}
