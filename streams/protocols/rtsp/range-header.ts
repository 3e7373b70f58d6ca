import { err, ok, type Result } from '../../../main/contract/result.ts';

/** A span of normal play time (RFC 2326 clauses 3.6 and 12.29), in seconds. */
export interface NptRange {
  readonly from: number | 'now';
  /** Null: as long as it goes on. */
  readonly to: number | null;
}

/** `unit-unsupported`: clock or SMPTE times. */
export type NptRangeError = 'unit-unsupported' | 'malformed';

/** Decodes a Range header. What follows the span (`;time=`) is not looked at. */
export function decodeRange(text: string): Result<NptRange, NptRangeError> {
  const unit = /^\s*([a-z0-9-]+)\s*=\s*([^;]*)/i.exec(text);
  if (!unit) return err('malformed');
  if (unit[1]!.toLowerCase() !== 'npt') return err('unit-unsupported');
  const span = /^([\d:.]+|now)?\s*-\s*([\d:.]+)?$/.exec(unit[2]!.trim());
  if (!span || (span[1] === undefined && span[2] === undefined)) return err('malformed');
  const from = span[1] === 'now' ? 'now' : secondsOf(span[1] ?? '0');
  const to = span[2] === undefined ? null : secondsOf(span[2]);
  return Number.isNaN(from) || Number.isNaN(to) ? err('malformed') : ok({ from, to });
}

/** Writes a Range header. */
export function encodeRange({ from, to }: NptRange): string {
  return `npt=${from === 'now' ? 'now' : from.toFixed(3)}-${to === null ? '' : to.toFixed(3)}`;
}

/** `12.5` or `1:02:03.5`; not a number when it is neither. */
function secondsOf(text: string): number {
  const time = /^(?:(\d{1,6}):([0-5]?\d):([0-5]?\d(?:\.\d{0,9})?)|(\d{1,9}(?:\.\d{0,9})?))$/.exec(text);
  if (!time) return Number.NaN;
  return time[4] === undefined ? Number(time[1]) * 3600 + Number(time[2]) * 60 + Number(time[3]) : Number(time[4]);
}
