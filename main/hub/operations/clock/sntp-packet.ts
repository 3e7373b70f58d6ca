import { err, ok, type Result } from '../../../contract/result.ts';
import type { EpochMs } from '../../../contract/time.ts';

/** Bytes of a packet without extension fields (RFC 5905 clause 7.3). */
export const packetBytes = 48;
/** A packet with extension fields and a digest is still small; what is longer is none. */
const packetBytesAtMost = 1024;

/** From 1900, where NTP counts from, to 1970, in seconds. */
const from1900to1970 = 2_208_988_800;
const eraSeconds = 2 ** 32;
const fractions = 2 ** 32;

/** What a server says of the time. */
export interface ServerTime {
  readonly kind: 'time';
  /** 1 is a reference clock, 15 the farthest from one. */
  readonly stratum: number;
  /** When the question arrived and when the answer left, on the server's clock. */
  readonly receivedAt: EpochMs;
  readonly sentAt: EpochMs;
  /** How far the server itself may be off: half its way to the reference clock and what has spread since, in milliseconds. */
  readonly rootDistanceMs: number;
}

/** The server does not want to be asked: `RATE` less often, `DENY` and `RSTR` never again (RFC 5905 clause 7.4). */
export interface KissOfDeath {
  readonly kind: 'kiss';
  readonly code: string;
}

export type SntpFault = 'size' | 'mode' | 'version' | 'not-asked' | 'unsynchronised' | 'stratum' | 'timestamp' | 'root-distance';

/**
 * A client's question (RFC 5905 clause 14): version 4, mode 3, and nothing of us in it. The transmit timestamp is a random
 * number instead of the time, so that only who saw the question can answer it.
 * @param nonce eight bytes
 */
export function encodeQuestion(nonce: Uint8Array): Uint8Array {
  if (nonce.length !== 8) throw new RangeError('the nonce is eight bytes');
  const packet = new Uint8Array(packetBytes);
  packet[0] = (4 << 3) | 3;
  packet.set(nonce, 40);
  return packet;
}

/**
 * Reads a server's answer to the question with this nonce (RFC 5905 clauses 7.3, 7.4, 8 and 14). Everything that an honest, synchronised
 * server would not send is a fault: `not-asked` is an answer to another question.
 * @param around any time within 68 years of the truth: timestamps do not say their era (clause 6)
 */
export function decodeAnswer(bytes: Uint8Array, nonce: Uint8Array, around: EpochMs): Result<ServerTime | KissOfDeath, SntpFault> {
  if (bytes.length < packetBytes || bytes.length > packetBytesAtMost) return err('size');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const first = view.getUint8(0);
  if ((first & 7) !== 4) return err('mode');
  const version = (first >> 3) & 7;
  if (version !== 3 && version !== 4) return err('version');
  if (nonce.length !== 8 || nonce.some((byte, index) => view.getUint8(24 + index) !== byte)) return err('not-asked');
  const stratum = view.getUint8(1);
  if (stratum === 0) return ok({ kind: 'kiss', code: kissCode(bytes.subarray(12, 16)) });
  if (first >> 6 === 3) return err('unsynchronised');
  if (stratum > 15) return err('stratum');
  const rootDistanceMs = (view.getUint32(4) / 2 + view.getUint32(8)) / 65.536;
  // MAXDISP of clause 13: a server that is so far off knows nothing
  if (rootDistanceMs >= 16_000) return err('root-distance');
  const receivedAt = timestamp(view, 32, around);
  const sentAt = timestamp(view, 40, around);
  if (receivedAt === null || sentAt === null || sentAt < receivedAt) return err('timestamp');
  return ok({ kind: 'time', stratum, receivedAt, sentAt, rootDistanceMs });
}

/** The answer of a server, for tests and for whoever stands in for one. */
export function encodeAnswer(
  question: Uint8Array,
  { receivedAt, sentAt, stratum = 2, leap = 0 }: { receivedAt: EpochMs; sentAt: EpochMs; stratum?: number; leap?: number },
): Uint8Array {
  const packet = new Uint8Array(packetBytes);
  const view = new DataView(packet.buffer);
  view.setUint8(0, (leap << 6) | (4 << 3) | 4);
  view.setUint8(1, stratum);
  packet.set(question.subarray(40, 48), 24);
  writeTimestamp(view, 32, receivedAt);
  writeTimestamp(view, 40, sentAt);
  return packet;
}

/** Milliseconds since 1970; null for zero, which means "unknown". Of the eras in question the one that lies nearest to `around` counts. */
function timestamp(view: DataView, at: number, around: EpochMs): EpochMs | null {
  const seconds = view.getUint32(at);
  const fraction = view.getUint32(at + 4);
  if (seconds === 0 && fraction === 0) return null;
  const inFirstEra = seconds - from1900to1970 + fraction / fractions;
  const era = Math.round((around / 1000 - inFirstEra) / eraSeconds);
  return (inFirstEra + era * eraSeconds) * 1000;
}

function writeTimestamp(view: DataView, at: number, time: EpochMs): void {
  const since1900 = time / 1000 + from1900to1970;
  const seconds = Math.floor(since1900);
  view.setUint32(at, ((seconds % eraSeconds) + eraSeconds) % eraSeconds);
  view.setUint32(at + 4, Math.floor((since1900 - seconds) * fractions));
}

/** Four letters, or `?` for what is none: it goes to the log. */
const kissCode = (bytes: Uint8Array) =>
  Array.from(bytes, (byte) => (byte >= 0x21 && byte <= 0x7e ? String.fromCharCode(byte) : '?')).join('');
