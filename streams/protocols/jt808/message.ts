import { problem, type Problem } from '../../../main/contract/errors.ts';
import { err, ok, type Result } from '../../../main/contract/result.ts';
import { bcdBytes, ByteReader, numberBytes } from './bytes.ts';
import { checkOf } from './frame-reader.ts';

/** What the header of a message says (JT/T 808-2013 clause 4.4.3, 808-2019 clause 4.5). */
export interface Jt808Header {
  readonly id: number;
  /** Without the noughts in front. */
  readonly phone: string;
  readonly serial: number;
  /** Null: 2013 or older; a number: the version of the protocol, 1 for 2019. */
  readonly version: number | null;
  /** 0: not encrypted. */
  readonly encryption: number;
  /** Of how many packets it is which, from 1; null: it is all. */
  readonly split: { readonly total: number; readonly index: number } | null;
}

export interface Jt808Message extends Jt808Header {
  readonly body: Uint8Array;
}

/** A body does not get longer: its length has ten bits. */
export const bodyBytesAtMost = 1023;
const splitBit = 1 << 13;
const versionBit = 1 << 14;

/** Reads a frame's content. Fails with `frame-malformed` or `frame-length`. */
export function readMessage(frame: Uint8Array): Result<Jt808Message, Problem> {
  const reader = new ByteReader(frame);
  const id = reader.u16();
  const attributes = reader.u16();
  const is2019 = (attributes & versionBit) !== 0;
  const version = is2019 ? reader.u8() : null;
  const digits = reader.bcd(is2019 ? 10 : 6);
  const serial = reader.u16();
  const split = (attributes & splitBit) === 0 ? null : { total: reader.u16(), index: reader.u16() };
  if (reader.failed) return err(problem('frame-malformed', { at: 'header' }));
  if (!/^\d+$/.test(digits)) return err(problem('frame-malformed', { at: 'phone' }));
  if (split && (split.index < 1 || split.index > split.total)) return err(problem('frame-malformed', { at: 'packet' }));
  if (reader.left !== (attributes & 0x3ff)) return err(problem('frame-length'));
  return ok({
    id,
    phone: digits.replace(/^0+(?=.)/, ''),
    serial,
    version,
    encryption: (attributes >> 10) & 7,
    split: split && split.total > 1 ? split : null,
    body: reader.rest().slice(),
  });
}

/** A whole frame. Throws RangeError for a body or a phone number that is too long. */
export function encodeMessage({ id, phone, serial, version, encryption, split, body }: Jt808Message): Uint8Array {
  if (body.length > bodyBytesAtMost) throw new RangeError(`a body of ${body.length} bytes`);
  const attributes = body.length | (encryption << 10) | (split ? splitBit : 0) | (version === null ? 0 : versionBit);
  const content = [
    ...numberBytes(id, 2),
    ...numberBytes(attributes, 2),
    ...(version === null ? [] : [version]),
    ...bcdBytes(phone, version === null ? 6 : 10),
    ...numberBytes(serial, 2),
    ...(split ? [...numberBytes(split.total, 2), ...numberBytes(split.index, 2)] : []),
    ...body,
  ];
  content.push(checkOf(Uint8Array.from(content)));
  return Uint8Array.from([
    0x7e,
    ...content.flatMap((byte) => (byte === 0x7e ? [0x7d, 0x02] : byte === 0x7d ? [0x7d, 0x01] : [byte])),
    0x7e,
  ]);
}

/** A long message as the frames of its packets, numbered one after another from `serial`. */
export function encodeSplit(message: Omit<Jt808Message, 'split'>, packetBytes = bodyBytesAtMost): Uint8Array[] {
  const { body, serial } = message;
  const total = Math.max(1, Math.ceil(body.length / packetBytes));
  return Array.from({ length: total }, (_, at) =>
    encodeMessage({
      ...message,
      serial: (serial + at) & 0xffff,
      split: total > 1 ? { total, index: at + 1 } : null,
      body: body.subarray(at * packetBytes, (at + 1) * packetBytes),
    }),
  );
}
