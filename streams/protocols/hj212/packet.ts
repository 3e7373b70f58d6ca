import { problem, type Problem } from '../../../main/contract/errors.ts';
import { err, ok, type Result } from '../../../main/contract/result.ts';
import { encodeGbk, readDeviceText } from '../gbk.ts';

/** The data of a frame (HJ 212-2017 clause 6.3.2): who says what to whom. */
export interface Hj212Packet {
  /** Number of the request, a time of China with milliseconds in 17 digits; the 2005 edition may leave it out. */
  readonly qn: string | null;
  /** System code: what is monitored. Null where the packet names none. */
  readonly st: string | null;
  /** Command number: what the packet is. */
  readonly cn: string;
  readonly pw: string | null;
  /** The device's number. */
  readonly mn: string;
  /** Bit 0: an answer is wanted; bit 1: it is one of several packets; from bit 2 on the edition. Null where there is none. */
  readonly flag: number | null;
  /** Of how many packets it is which, from 1; null: it is all. */
  readonly split: { readonly total: number; readonly index: number } | null;
  /** What stands between `&&` and `&&`. */
  readonly parameters: string;
}

/** The editions by the number in the flag's bits from 2 on. */
export const editions = ['2005', '2017', '2025'] as const;
export type Hj212Edition = (typeof editions)[number];

/** The edition that a flag names; null: one that is not known, or no flag. */
export const editionOf = (flag: number | null): Hj212Edition | null => (flag === null ? null : (editions[flag >> 2] ?? null));

const fieldsAtMost = 32;

/** Reads the data of a frame. The order of the fields is the device's own; unknown fields are passed over. Fails with `frame-malformed`. */
export function readPacket(data: Uint8Array): Result<Hj212Packet, Problem> {
  const bad = (at: string) => err(problem('frame-malformed', { at }));
  const text = readDeviceText(data);
  const from = /(?:^|;)\s*CP\s*=/i.exec(text);
  const head = (from ? text.slice(0, from.index) : text).split(';');
  if (head.length > fieldsAtMost) return bad('fields');
  const fields = new Map<string, string>();
  for (const field of head) {
    const sign = field.indexOf('=');
    if (sign > 0) fields.set(field.slice(0, sign).trim().toUpperCase(), field.slice(sign + 1).trim());
  }
  const cn = fields.get('CN');
  const mn = fields.get('MN');
  if (cn === undefined || !/^\d{1,7}$/.test(cn)) return bad('CN');
  // oxlint-disable-next-line no-control-regex -- refusing them is the point
  if (mn === undefined || !/^[^\u0000-\u0020\u007f\ufffd]{1,64}$/.test(mn)) return bad('MN');
  const flag = readNumber(fields.get('FLAG'), 255);
  const total = readNumber(fields.get('PNUM'), 9999);
  const index = readNumber(fields.get('PNO'), 9999);
  if (flag === undefined) return bad('Flag');
  if (total === undefined || index === undefined || (total !== null && index !== null && index > total)) return bad('PNUM');
  const qn = fields.get('QN') ?? null;
  if (qn !== null && qn !== '' && !/^\d{14,17}$/.test(qn)) return bad('QN');
  return ok({
    qn: qn || null,
    st: fields.get('ST') || null,
    cn,
    pw: fields.get('PW') ?? null,
    mn,
    flag,
    split: total !== null && index !== null && total > 1 && index > 0 ? { total, index } : null,
    parameters: from ? insideOf(text.slice(from.index + from[0].length)) : '',
  });
}

/** The data of a frame as the editions order it, in GBK. */
export function writePacket(packet: Hj212Packet): Uint8Array {
  const { qn, st, cn, pw, mn, flag, split, parameters } = packet;
  const fields: [string, string | number | null][] = [
    ['QN', qn],
    ['ST', st],
    ['CN', cn],
    ['PW', pw],
    ['MN', mn],
    ['Flag', flag],
    ['PNUM', split?.total ?? null],
    ['PNO', split?.index ?? null],
    ['CP', `&&${parameters}&&`],
  ];
  return encodeGbk(fields.flatMap(([name, value]) => (value === null ? [] : [`${name}=${value}`])).join(';'));
}

/** Null: not there. Undefined: there, and no number up to `most`. */
function readNumber(text: string | undefined, most: number): number | null | undefined {
  if (text === undefined || text === '') return null;
  return /^\d{1,5}$/.test(text) && Number(text) <= most ? Number(text) : undefined;
}

/** Some devices leave the closing && out, put a semicolon before it, or write one & where two belong. */
function insideOf(text: string): string {
  const begun = text.trim().replace(/^&{1,2}/, '');
  const end = begun.indexOf('&&');
  return (end < 0 ? begun : begun.slice(0, end)).trim();
}
