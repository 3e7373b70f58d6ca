import { err, ok, type Result } from '../../../main/contract/result.ts';

/** What an HEVCDecoderConfigurationRecord holds (ISO/IEC 14496-15 clause 8.3.3.1), as far as anybody here asks. */
export interface HevcConfig {
  readonly lengthSize: 1 | 2 | 4;
  /** VPS, SPS and PPS in the order of the record, without start codes; whatever else it holds (SEI) is left out. */
  readonly parameterSets: readonly Uint8Array[];
}

const vps = 32;
const pps = 34;
/** No sane record has more. */
const maxNals = 64;

/** Decodes an `hvcC` record; views into `bytes`. Version 0 is taken as well: encoders from before the standard was out write it. */
export function parseHevcConfig(bytes: Uint8Array): Result<HevcConfig, 'truncated' | 'out-of-range'> {
  if (bytes.length < 23) return err('truncated');
  if (bytes[0]! > 1) return err('out-of-range');
  const lengthSize = (bytes[21]! & 3) + 1;
  if (lengthSize !== 1 && lengthSize !== 2 && lengthSize !== 4) return err('out-of-range');
  const parameterSets: Uint8Array[] = [];
  let read = 0;
  let at = 23;
  for (let array = 0; array < bytes[22]!; array += 1) {
    if (at + 3 > bytes.length) return err('truncated');
    const type = bytes[at]! & 0x3f;
    const count = (bytes[at + 1]! << 8) | bytes[at + 2]!;
    at += 3;
    for (let i = 0; i < count; i += 1) {
      if (at + 2 > bytes.length) return err('truncated');
      const size = (bytes[at]! << 8) | bytes[at + 1]!;
      at += 2;
      if (size > bytes.length - at) return err('truncated');
      read += 1;
      if (read > maxNals) return err('out-of-range');
      if (size > 2 && type >= vps && type <= pps) parameterSets.push(bytes.subarray(at, at + size));
      at += size;
    }
  }
  return ok({ lengthSize, parameterSets });
}
