import { errorStatus, type ErrorCode } from '../../main/contract/errors.ts';
import { err, ok, type Result } from '../../main/contract/result.ts';

/**
 * "HTTP-like fetch over one WebSocket": a screen with many pictures asks for the relay's resources over a single connection,
 * because a browser opens only six HTTP/1.1 connections to one host. The page sends asks as text, the relay answers each
 * `get` with one binary record, in whatever order the answers become available. A cancelled `get` is not answered.
 *
 * Record: version u8 = 1 | id u32 | status u16 | contentType length u8, ASCII | problem code length u8, ASCII | body (the rest).
 * Integers are big-endian. A record with a problem has the body that HTTP would have: `{"error":{code,params}}`.
 */
export interface FetchRecord {
  /** The `id` of the ask that this answers. */
  readonly id: number;
  /** HTTP status. */
  readonly status: number;
  readonly contentType: string;
  readonly problem: ErrorCode | null;
  readonly body: Uint8Array;
}

/** What the page says: fetch `path` (origin-relative, with its query), or never mind about an earlier one. */
export type FetchAsk = { readonly op: 'get'; readonly id: number; readonly path: string } | { readonly op: 'cancel'; readonly id: number };

/** Why bytes or text are not a record or an ask. */
export type FetchFault = 'truncated' | 'version' | 'not-ascii' | 'problem-unknown' | 'malformed' | 'too-long';

/** The longest path of an ask, in characters. */
export const maxAskPath = 2048;

const maxAskText = maxAskPath * 6 + 64;
const recordVersion = 1;
const fixedBytes = 9;

/** The record up to its body: a sender that can send in pieces needs not copy the body. */
export function encodeRecordHead(record: Omit<FetchRecord, 'body'>): Uint8Array {
  return recordBytes(record, 0);
}

/** The whole record in one piece. Throws when a text is not ASCII or longer than 255: that is a bug, not input. */
export function encodeRecord(record: FetchRecord): Uint8Array {
  const bytes = recordBytes(record, record.body.length);
  bytes.set(record.body, bytes.length - record.body.length);
  return bytes;
}

function recordBytes(record: Omit<FetchRecord, 'body'>, bodyBytes: number): Uint8Array {
  const problem = record.problem ?? '';
  const bytes = new Uint8Array(fixedBytes + record.contentType.length + problem.length + bodyBytes);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, recordVersion);
  view.setUint32(1, record.id);
  view.setUint16(5, record.status);
  const next = putAscii(bytes, 7, record.contentType);
  putAscii(bytes, next, problem);
  return bytes;
}

function putAscii(bytes: Uint8Array, at: number, text: string): number {
  if (text.length > 255) throw new RangeError(`longer than 255: ${text.slice(0, 40)}`);
  bytes[at] = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7e || code < 0x20) throw new RangeError(`not ASCII: ${text}`);
    bytes[at + 1 + i] = code;
  }
  return at + 1 + text.length;
}

/** Reads a record; its body shares the bytes. */
export function decodeRecord(bytes: Uint8Array): Result<FetchRecord, FetchFault> {
  if (bytes.length < fixedBytes) return err('truncated');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint8(0) !== recordVersion) return err('version');
  const contentType = asciiAt(bytes, 7);
  if (!contentType.ok) return contentType;
  const problem = asciiAt(bytes, 8 + contentType.value.length);
  if (!problem.ok) return problem;
  if (problem.value !== '' && !isErrorCode(problem.value)) return err('problem-unknown');
  return ok({
    id: view.getUint32(1),
    status: view.getUint16(5),
    contentType: contentType.value,
    problem: problem.value === '' ? null : problem.value,
    body: bytes.subarray(fixedBytes + contentType.value.length + problem.value.length),
  });
}

function asciiAt(bytes: Uint8Array, at: number): Result<string, FetchFault> {
  const length = bytes[at];
  if (length === undefined || at + 1 + length > bytes.length) return err('truncated');
  let text = '';
  for (let i = at + 1; i <= at + length; i++) {
    const code = bytes[i]!;
    if (code > 0x7e || code < 0x20) return err('not-ascii');
    text += String.fromCharCode(code);
  }
  return ok(text);
}

const isErrorCode = (text: string): text is ErrorCode => Object.hasOwn(errorStatus, text);

/** Writes an ask as the text of one WebSocket message. */
export function encodeAsk(ask: FetchAsk): string {
  return JSON.stringify(ask.op === 'get' ? { op: 'get', id: ask.id, path: ask.path } : { op: 'cancel', id: ask.id });
}

/** Reads the text of one WebSocket message from a page. */
export function decodeAsk(text: string): Result<FetchAsk, FetchFault> {
  if (text.length > maxAskText) return err('too-long');
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return err('malformed');
  }
  if (typeof said !== 'object' || said === null) return err('malformed');
  const { op, id, path } = said as { op?: unknown; id?: unknown; path?: unknown };
  if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || id > 0xffff_ffff) return err('malformed');
  if (op === 'cancel') return ok({ op, id });
  if (op !== 'get' || typeof path !== 'string' || !path.startsWith('/')) return err('malformed');
  return path.length > maxAskPath ? err('too-long') : ok({ op, id, path });
}
