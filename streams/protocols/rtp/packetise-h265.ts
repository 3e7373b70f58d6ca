import { iterateNalUnits } from '../h264/annex-b.ts';
import { defaultPayloadBytes } from './packetise-h264.ts';

/**
 * The payloads of one access unit with start codes, as a camera sends them (RFC 7798 clause 4.4): small NAL units alone, or several in one
 * aggregation packet when `aggregate` is set, and large ones in fragmentation units. The marker bit belongs to the last payload.
 */
export function packetiseH265(
  annexB: Uint8Array,
  options: { readonly payloadBytes?: number; readonly aggregate?: boolean } = {},
): Uint8Array[] {
  const { payloadBytes = defaultPayloadBytes, aggregate = false } = options;
  const payloads: Uint8Array[] = [];
  let waiting: Uint8Array[] = [];
  let waitingBytes = 2;
  const send = (): void => {
    if (waiting.length > 1) payloads.push(aggregateOf(waiting, waitingBytes));
    else payloads.push(...waiting);
    waiting = [];
    waitingBytes = 2;
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

/** Clause 4.4.2: layer and temporal id of the header are the lowest of those within. */
function aggregateOf(nals: readonly Uint8Array[], size: number): Uint8Array {
  const payload = new Uint8Array(size);
  const layer = Math.min(...nals.map((nal) => ((nal[0]! & 1) << 5) | (nal[1]! >> 3)));
  const temporalId = Math.min(...nals.map((nal) => nal[1]! & 7));
  payload[0] = (48 << 1) | (layer >> 5);
  payload[1] = ((layer & 0x1f) << 3) | temporalId;
  let at = 2;
  for (const nal of nals) {
    payload[at] = nal.length >> 8;
    payload[at + 1] = nal.length;
    payload.set(nal, at + 2);
    at += 2 + nal.length;
  }
  return payload;
}

/** Clause 4.4.3: the header keeps layer and temporal id; the type moves into a third byte. */
function fragmentsOf(nal: Uint8Array, payloadBytes: number): Uint8Array[] {
  const fragments: Uint8Array[] = [];
  const contentBytes = payloadBytes - 3;
  for (let at = 2; at < nal.length; at += contentBytes) {
    const content = nal.subarray(at, at + contentBytes);
    const payload = new Uint8Array(3 + content.length);
    payload[0] = (nal[0]! & 0x81) | (49 << 1);
    payload[1] = nal[1]!;
    payload[2] = (at === 2 ? 0x80 : 0) | (at + contentBytes >= nal.length ? 0x40 : 0) | ((nal[0]! >> 1) & 0x3f);
    payload.set(content, 3);
    fragments.push(payload);
  }
  return fragments;
}
