import { err, ok, type Result } from '../../../main/contract/result.ts';
import type { AccessUnit } from '../../contract.ts';

/**
 * An access unit on its way between the relay and a worker: one binary WebSocket message.
 *
 * Record: version u8 = 1 | codec u8 | flags u8 | reserved u8 = 0 | stream u32 | ptsUs f64 | dtsUs f64 | receivedAtMs f64 | bytes (the rest).
 * Numbers are big-endian. codec: 0 h264, 1 h265, 2 aac, 3 pcma, 4 pcmu. flags: 1 key, 2 discontinuity, 4 corrupt. The times are whole
 * numbers; a double holds every one that JavaScript can count exactly.
 */
export interface UnitRecord {
  /** The stream as the relay numbered it; see `worker-protocol.ts`. */
  readonly stream: number;
  readonly unit: AccessUnit;
}

/** Why bytes are not a record. */
export type UnitFault = 'truncated' | 'too-long' | 'version' | 'codec' | 'flags' | 'time';

/** The longest unit: as much as a path keeps for those who come later. */
export const maxUnitBytes = 8 * 1024 * 1024;

const recordVersion = 1;
const headBytes = 32;
/** The longest record. */
export const maxRecordBytes = headBytes + maxUnitBytes;

const codecs: readonly AccessUnit['codec'][] = ['h264', 'h265', 'aac', 'pcma', 'pcmu'];
const flag = { key: 1, discontinuity: 2, corrupt: 4 } as const;
const allFlags = flag.key | flag.discontinuity | flag.corrupt;

/** Writes a record; times become whole numbers. Throws RangeError for a unit that is empty, too long or out of time: that is a bug, not input. */
export function encodeUnit({ stream, unit }: UnitRecord): Uint8Array {
  const { annexB } = unit;
  if (annexB.length === 0 || annexB.length > maxUnitBytes) throw new RangeError(`a unit of ${annexB.length} bytes`);
  const bytes = new Uint8Array(headBytes + annexB.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, recordVersion);
  view.setUint8(1, codecs.indexOf(unit.codec));
  view.setUint8(2, (unit.key ? flag.key : 0) | (unit.discontinuity ? flag.discontinuity : 0) | (unit.corrupt ? flag.corrupt : 0));
  view.setUint32(4, stream);
  putTime(view, 8, unit.ptsUs);
  putTime(view, 16, unit.dtsUs);
  putTime(view, 24, unit.receivedAtMs);
  bytes.set(annexB, headBytes);
  return bytes;
}

function putTime(view: DataView, at: number, time: number): void {
  const whole = Math.round(time);
  if (!Number.isSafeInteger(whole)) throw new RangeError(`no time: ${time}`);
  // Without the sum a time just before zero would travel as minus zero.
  view.setFloat64(at, whole + 0);
}

/** Reads a record. The unit's bytes are a copy: units are kept for long, and the message may be a piece of a much larger buffer. */
export function decodeUnit(bytes: Uint8Array): Result<UnitRecord, UnitFault> {
  if (bytes.length <= headBytes) return err('truncated');
  if (bytes.length > maxRecordBytes) return err('too-long');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint8(0) !== recordVersion) return err('version');
  const codec = codecs[view.getUint8(1)];
  if (codec === undefined) return err('codec');
  const flags = view.getUint8(2);
  if ((flags & ~allFlags) !== 0 || view.getUint8(3) !== 0) return err('flags');
  const ptsUs = view.getFloat64(8);
  const dtsUs = view.getFloat64(16);
  const receivedAtMs = view.getFloat64(24);
  if (![ptsUs, dtsUs, receivedAtMs].every(isTime)) return err('time');
  return ok({
    stream: view.getUint32(4),
    unit: {
      codec,
      // Not `slice`: that of Node's buffers does not copy.
      annexB: new Uint8Array(bytes.subarray(headBytes)),
      ptsUs,
      dtsUs,
      receivedAtMs,
      key: (flags & flag.key) !== 0,
      discontinuity: (flags & flag.discontinuity) !== 0,
      corrupt: (flags & flag.corrupt) !== 0,
    },
  });
}

const isTime = (time: number): boolean => Number.isSafeInteger(time) && !Object.is(time, -0);
