import { problem, type Problem } from '../../../main/contract/errors.ts';
import { err, ok, type Result } from '../../../main/contract/result.ts';
import { decodeGbk, encodeGbk } from '../gbk.ts';
import { ByteReader, numberBytes } from './bytes.ts';
import { generalResults, registerResults } from './tables.ts';

/** Who a terminal says it is (0100, JT/T 808-2019 clause 8.5). */
export interface Jt808Registration {
  readonly province: number;
  readonly city: number;
  readonly maker: string;
  readonly model: string;
  readonly terminal: string;
  readonly plateColour: number;
  /** Number plate, or the frame number of a vehicle without one. */
  readonly plate: string;
}

/** The lengths of maker, model and terminal number. The edition of 2011 has a model of 8 bytes. */
const shapes = { '2011': [5, 8, 7], '2013': [5, 20, 7], '2019': [11, 30, 30] } as const;
type Shape = keyof typeof shapes;
const frontBytes = 4;

/** Reads the body of a 0100; `version` is that of the header. Fails with `frame-malformed`. */
export function readRegistration(body: Uint8Array, version: number | null): Result<Jt808Registration, Problem> {
  const shape = version !== null ? '2019' : shapeOf(body);
  const [maker, model, terminal] = shapes[shape];
  const reader = new ByteReader(body);
  const registration = {
    province: reader.u16(),
    city: reader.u16(),
    maker: textOf(reader.take(maker)),
    model: textOf(reader.take(model)),
    terminal: textOf(reader.take(terminal)),
    plateColour: reader.u8(),
    plate: textOf(reader.rest()),
  };
  return reader.failed ? err(problem('frame-malformed', { at: 'registration' })) : ok(registration);
}

/** The body of a 0100. */
export function encodeRegistration(registration: Jt808Registration, version: number | null): Uint8Array {
  const [maker, model, terminal] = shapes[version === null ? '2013' : '2019'];
  return Uint8Array.from([
    ...numberBytes(registration.province, 2),
    ...numberBytes(registration.city, 2),
    ...padded(registration.maker, maker),
    ...padded(registration.model, model),
    ...padded(registration.terminal, terminal),
    registration.plateColour,
    ...encodeGbk(registration.plate),
  ]);
}

/** The code that a terminal got at its registration (0102): all of the body until 2013, then behind its length. Fails with `frame-malformed`. */
export function readAuthentication(body: Uint8Array, version: number | null): Result<string, Problem> {
  const reader = new ByteReader(body);
  const code = version === null ? reader.rest() : reader.take(reader.u8());
  return reader.failed ? err(problem('frame-malformed', { at: 'code' })) : ok(textOf(code));
}

/** The body of a 0102. */
export function encodeAuthentication(code: string, version: number | null): Uint8Array {
  const bytes = encodeGbk(code);
  return version === null ? bytes : Uint8Array.from([bytes.length, ...bytes, ...padded('', 15), ...padded('', 20)]);
}

/** The body of an 8001: what became of a message of the terminal. */
export const encodeGeneralAnswer = (serial: number, id: number, result: keyof typeof generalResults): Uint8Array =>
  Uint8Array.from([...numberBytes(serial, 2), ...numberBytes(id, 2), generalResults[result]]);

/** What an 8001, or the terminal's own 0001, answers. Fails with `frame-malformed`. */
export function readGeneralAnswer(
  body: Uint8Array,
): Result<{ readonly serial: number; readonly id: number; readonly result: number }, Problem> {
  const reader = new ByteReader(body);
  const answer = { serial: reader.u16(), id: reader.u16(), result: reader.u8() };
  return reader.failed ? err(problem('frame-malformed', { at: 'answer' })) : ok(answer);
}

/** The body of an 8100; the code is there when the registration is done. */
export const encodeRegisterAnswer = (serial: number, result: keyof typeof registerResults, code: string): Uint8Array =>
  Uint8Array.from([...numberBytes(serial, 2), registerResults[result], ...(result === 'done' ? encodeGbk(code) : [])]);

/** What an 8100 answers. Fails with `frame-malformed`. */
export function readRegisterAnswer(
  body: Uint8Array,
): Result<{ readonly serial: number; readonly result: number; readonly code: string }, Problem> {
  const reader = new ByteReader(body);
  const answer = { serial: reader.u16(), result: reader.u8(), code: textOf(reader.rest()) };
  return reader.failed ? err(problem('frame-malformed', { at: 'answer' })) : ok(answer);
}

/** The body of an 8300: a text for the driver. `flags` as the edition has them: bit 0 urgent, bit 2 on the display, bit 3 read aloud. */
export const encodeDriverText = (flags: number, text: string, version: number | null): Uint8Array =>
  Uint8Array.from([flags, ...(version === null ? [] : [1]), ...encodeGbk(text)]);

/** The flags and the text of an 8300. Fails with `frame-malformed`. */
export function readDriverText(
  body: Uint8Array,
  version: number | null,
): Result<{ readonly flags: number; readonly text: string }, Problem> {
  const reader = new ByteReader(body);
  const flags = reader.u8();
  if (version !== null) reader.u8();
  const text = textOf(reader.rest());
  return reader.failed ? err(problem('frame-malformed', { at: 'text' })) : ok({ flags, text });
}

/** Terminals of 2011 and 2013 have the same header; with the longest plate a registration of 2011 is shorter than one of 2013 with none. */
function shapeOf(body: Uint8Array): Shape {
  const shortest = shapes['2013'].reduce((sum, bytes) => sum + bytes, frontBytes + 1);
  return body.length < shortest ? '2011' : '2013';
}

/** What pads a text in front or behind is no part of it. */
const textOf = (bytes: Uint8Array): string =>
  [...decodeGbk(bytes)]
    .filter((character) => character >= ' ' && character !== '\u007f' && character !== '\ufffd')
    .join('')
    .trim();

function padded(text: string, bytes: number): number[] {
  const content = [...encodeGbk(text)].slice(0, bytes);
  return [...content, ...Array.from({ length: bytes - content.length }, () => 0)];
}
