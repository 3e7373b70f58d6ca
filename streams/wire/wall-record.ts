import { err, ok, type Result } from '../../main/contract/result.ts';

/**
 * The wall socket: all pictures of one screen over one WebSocket (subprotocol `taodu-wall.1`, on the same address as the fetch socket).
 * The page says what it wants as JSON texts (`wall-ask.ts`); the relay sends binary messages, each a batch of records gathered for at
 * most 20 ms. A record is a head of 32 bytes and a payload, padded with zeros to a multiple of four:
 *
 *  | off | type | field |
 *  |-----|------|-------|
 *  |   0 | u32  | payload length, without the padding |
 *  |   4 | u32  | subscription, as the page numbered it |
 *  |   8 | u8   | type, see `recordType` |
 *  |   9 | u8   | flags, see `recordFlag` |
 *  |  10 | u8   | codec, see `recordCodec` |
 *  |  11 | u8   | version of this head: 1 |
 *  |  12 | u32  | sequence: counts what the stream had, also what was left out; begins anywhere, wraps |
 *  |  16 | i64  | presentation time, microseconds of the stream's own clock |
 *  |  24 | i64  | when the relay received it, microseconds UTC |
 *
 * Little-endian, because every machine that decodes pictures is. Video, audio and fMP4 fragments each have a sequence of their own; other
 * records have none (0). A gap in the sequence of video means that pictures are missing: what follows is not to be decoded before the next
 * key picture, unless the record after the gap says `harmlessGap`. Decoders do not notice it by themselves.
 *
 * Payloads. Video: one access unit, annex B, with its parameter sets before every key picture. Config: JSON (`StreamConfig`), before the
 * first picture and whenever it changes. Audio: one AAC frame as ADTS, or G.711 samples. Event: JSON (`WallEvent`). fMP4: the
 * initialisation segment, then fragments, for a media source.
 */
export const wallProtocol = 'taodu-wall.1';

export const recordHeadBytes = 32;
/** The longest payload: a key picture of a very large camera. */
export const maxPayloadBytes = 8 * 1024 * 1024;

export const recordType = { video: 0, config: 1, audio: 2, event: 3, fmp4Init: 4, fmp4Fragment: 5 } as const;
export type RecordType = (typeof recordType)[keyof typeof recordType];

export const recordFlag = {
  /** Decoding can begin here. */
  key: 1,
  /** After a break: times or parameters may jump. */
  discontinuity: 2,
  /** Nothing refers to it (nal_ref_idc = 0): it may be left out. */
  disposable: 4,
  /** From what the relay kept: to be decoded, not to be shown one by one. */
  catchUp: 8,
  /** The last of what the relay kept: to be shown. */
  burstEnd: 16,
  /** Nothing refers to the pictures that are missing between it and the record before: decoding goes on. */
  harmlessGap: 32,
} as const;

export const recordCodec = { none: 0, h264: 1, h265: 2, aac: 16, pcma: 17, pcmu: 18 } as const;
export type RecordCodec = (typeof recordCodec)[keyof typeof recordCodec];

export interface WallRecord {
  readonly subscription: number;
  readonly type: RecordType;
  /** A sum of `recordFlag`. */
  readonly flags: number;
  readonly codec: RecordCodec;
  readonly sequence: number;
  readonly ptsUs: number;
  readonly receivedAtUs: number;
  /** Decoded: a view into the message. */
  readonly payload: Uint8Array;
}

/** Why a message is not a batch of records. */
export type RecordFault = 'truncated' | 'version' | 'too-long' | 'type-unknown' | 'codec-unknown';

/** What a record takes in a message. */
export const recordBytes = (payloadBytes: number): number => recordHeadBytes + padded(payloadBytes);

const padded = (bytes: number): number => (bytes + 3) & ~3;
const types: ReadonlySet<number> = new Set(Object.values(recordType));
const codecs: ReadonlySet<number> = new Set(Object.values(recordCodec));
const two32 = 0x1_0000_0000;

/** Writes one record at `at`; answers where the next one begins. `view` lies over the same bytes as `bytes`; there must be room. */
export function writeRecord(bytes: Uint8Array, view: DataView, at: number, record: WallRecord): number {
  const { payload } = record;
  view.setUint32(at, payload.length, true);
  view.setUint32(at + 4, record.subscription, true);
  view.setUint8(at + 8, record.type);
  view.setUint8(at + 9, record.flags);
  view.setUint8(at + 10, record.codec);
  view.setUint8(at + 11, 1);
  view.setUint32(at + 12, record.sequence >>> 0, true);
  setInt64(view, at + 16, record.ptsUs);
  setInt64(view, at + 24, record.receivedAtUs);
  bytes.set(payload, at + recordHeadBytes);
  const end = at + recordHeadBytes + payload.length;
  const next = at + recordBytes(payload.length);
  if (next > end) bytes.fill(0, end, next);
  return next;
}

/** One message from records. */
export function encodeRecords(records: readonly WallRecord[]): Uint8Array {
  const bytes = new Uint8Array(records.reduce((sum, { payload }) => sum + recordBytes(payload.length), 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const record of records) at = writeRecord(bytes, view, at, record);
  return bytes;
}

/** The records of one message, or what is wrong with it: then nothing of it counts. Payloads are views into `message`. */
export function decodeRecords(message: Uint8Array): Result<WallRecord[], RecordFault> {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const records: WallRecord[] = [];
  let at = 0;
  while (at < message.length) {
    if (message.length - at < recordHeadBytes) return err('truncated');
    const length = view.getUint32(at, true);
    if (view.getUint8(at + 11) !== 1) return err('version');
    if (length > maxPayloadBytes) return err('too-long');
    const next = at + recordBytes(length);
    if (next > message.length) return err('truncated');
    const type = view.getUint8(at + 8);
    const codec = view.getUint8(at + 10);
    if (!types.has(type)) return err('type-unknown');
    if (!codecs.has(codec)) return err('codec-unknown');
    records.push({
      subscription: view.getUint32(at + 4, true),
      type: type as RecordType,
      flags: view.getUint8(at + 9),
      codec: codec as RecordCodec,
      sequence: view.getUint32(at + 12, true),
      ptsUs: getInt64(view, at + 16),
      receivedAtUs: getInt64(view, at + 24),
      payload: message.subarray(at + recordHeadBytes, at + recordHeadBytes + length),
    });
    at = next;
  }
  return ok(records);
}

/** Two halves instead of a BigInt: these run for every picture. Exact up to 2^53, some 285 years in microseconds. */
function setInt64(view: DataView, at: number, value: number): void {
  const high = Math.floor(value / two32);
  view.setUint32(at, value - high * two32, true);
  view.setInt32(at + 4, high, true);
}

const getInt64 = (view: DataView, at: number): number => view.getInt32(at + 4, true) * two32 + view.getUint32(at, true);
