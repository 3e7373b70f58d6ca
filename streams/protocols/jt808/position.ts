import { problem, type Problem } from '../../../main/contract/errors.ts';
import { err, ok, type Result } from '../../../main/contract/result.ts';
import { readChinaTime, writeChinaTime } from '../china-time.ts';
import { bcdBytes, ByteReader, numberBytes } from './bytes.ts';
import { positionItems, statusBits } from './tables.ts';

/** Where a vehicle is and how (JT/T 808-2019 clause 8.12). */
export interface Jt808Position {
  /** Bits of the alarm word, those that are set. */
  readonly alarms: readonly number[];
  /** The status word. */
  readonly status: number;
  /** Degrees, WGS-84, south and west negative. */
  readonly lat: number;
  readonly lon: number;
  readonly altitudeM: number;
  readonly speedKmh: number;
  /** Degrees clockwise from north. */
  readonly direction: number;
  /** Milliseconds since 1970; null: what stands there is no time. */
  readonly at: number | null;
  /** Further items by their numbers, as they came. */
  readonly items: ReadonlyMap<number, Uint8Array>;
}

export const isStatus = ({ status }: Pick<Jt808Position, 'status'>, bit: keyof typeof statusBits): boolean =>
  ((status >>> statusBits[bit]) & 1) === 1;

const itemsAtMost = 128;

/** Reads the body of a 0200. Fails with `frame-malformed`; items that lead beyond the end are left out. */
export function readPosition(body: Uint8Array): Result<Jt808Position, Problem> {
  const reader = new ByteReader(body);
  const alarm = reader.u32();
  const status = reader.u32();
  const lat = reader.u32() / 1e6;
  const lon = reader.u32() / 1e6;
  const altitude = reader.u16();
  const speed = reader.u16();
  const direction = reader.u16();
  const time = reader.bcd(6);
  if (reader.failed) return err(problem('frame-malformed', { at: 'position' }));
  if (lat > 90 || lon > 180) return err(problem('frame-malformed', { at: 'coordinates' }));
  const items = new Map<number, Uint8Array>();
  while (reader.left >= 2 && items.size < itemsAtMost) {
    const id = reader.u8();
    const content = reader.take(reader.u8());
    if (reader.failed) break;
    items.set(id, content.slice());
  }
  return ok({
    alarms: bitsOf(alarm),
    status,
    lat: isStatus({ status }, 'south') ? -lat : lat,
    lon: isStatus({ status }, 'west') ? -lon : lon,
    altitudeM: altitude > 0x7fff ? altitude - 0x10000 : altitude,
    speedKmh: speed / 10,
    direction,
    // Its year has two digits.
    at: readChinaTime(`20${time}`),
    items,
  });
}

/** The body of a 0200; the signs of the coordinates decide their bits of the status. */
export function encodePosition({ alarms, status, lat, lon, altitudeM, speedKmh, direction, at, items }: Jt808Position): Uint8Array {
  const signs = (lat < 0 ? 1 << statusBits.south : 0) | (lon < 0 ? 1 << statusBits.west : 0);
  const unsigned = status & ~((1 << statusBits.south) | (1 << statusBits.west));
  return Uint8Array.from([
    ...numberBytes(
      alarms.reduce((word, number) => word + 2 ** number, 0),
      4,
    ),
    ...numberBytes((unsigned | signs) >>> 0, 4),
    ...numberBytes(Math.round(Math.abs(lat) * 1e6), 4),
    ...numberBytes(Math.round(Math.abs(lon) * 1e6), 4),
    ...numberBytes(altitudeM & 0xffff, 2),
    ...numberBytes(Math.round(speedKmh * 10), 2),
    ...numberBytes(direction, 2),
    ...bcdBytes(at === null ? '' : writeChinaTime(at).slice(2), 6),
    ...[...items].flatMap(([id, content]) => [id, content.length, ...content]),
  ]);
}

/** A number that stands in one of the further items; null where it is not there, has another length, or is all ones: a terminal without the sensor writes that. */
export function itemNumber({ items }: Jt808Position, name: keyof typeof positionItems): number | null {
  const { id, bytes } = positionItems[name];
  const content = items.get(id);
  if (content?.length !== bytes || content.every((byte) => byte === 0xff)) return null;
  let number = 0;
  for (const byte of content) number = number * 256 + byte;
  return number;
}

/**
 * The positions of a 0704: several kept ones, or those that could not be sent before (clause 8.49). One that is none is a problem, the others are taken. Fails with
 * `frame-malformed` where not even the list can be followed from its beginning.
 */
export function readPositions(
  body: Uint8Array,
): Result<{ readonly positions: readonly Jt808Position[]; readonly problems: readonly Problem[] }, Problem> {
  const reader = new ByteReader(body);
  const count = reader.u16();
  reader.u8();
  if (reader.failed) return err(problem('frame-malformed', { at: 'positions' }));
  const positions: Jt808Position[] = [];
  const problems: Problem[] = [];
  for (let index = 0; index < count && !reader.failed; index += 1) {
    const content = reader.take(reader.u16());
    const position = reader.failed ? err(problem('frame-malformed', { at: 'positions' })) : readPosition(content);
    if (position.ok) positions.push(position.value);
    else if (problems.length < problemsAtMost) problems.push(position.error);
  }
  return ok({ positions, problems });
}
const problemsAtMost = 8;

/** The body of a 0704; `isLate`: what could not be sent before. */
export const encodePositions = (positions: readonly Jt808Position[], isLate: boolean): Uint8Array =>
  Uint8Array.from([
    ...numberBytes(positions.length, 2),
    isLate ? 1 : 0,
    ...positions.flatMap((position) => {
      const body = encodePosition(position);
      return [...numberBytes(body.length, 2), ...body];
    }),
  ]);

function bitsOf(word: number): number[] {
  const bits: number[] = [];
  for (let number = 0; number < 32; number += 1) if ((word >>> number) & 1) bits.push(number);
  return bits;
}
