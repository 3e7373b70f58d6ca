import { err, ok, type Result } from '../../../main/contract/result.ts';
import { eachNal } from '../length-prefixed.ts';
import type { H264Error } from './sps.ts';

/** What an AVCDecoderConfigurationRecord holds (ISO/IEC 14496-15 clause 5.3.3.1). */
export interface AvcConfig {
  readonly lengthSize: 1 | 2 | 4;
  readonly sps: readonly Uint8Array[];
  readonly pps: readonly Uint8Array[];
}

/** Decodes an `avcC` record; views into `bytes`. */
export function parseAvcConfig(bytes: Uint8Array): Result<AvcConfig, H264Error> {
  if (bytes.length < 7) return err('truncated');
  if (bytes[0] !== 1) return err('out-of-range');
  const lengthSize = (bytes[4]! & 3) + 1;
  if (lengthSize !== 1 && lengthSize !== 2 && lengthSize !== 4) return err('out-of-range');
  let at = 5;
  const read = (count: number): Uint8Array[] | null => {
    const nals: Uint8Array[] = [];
    for (let i = 0; i < count; i += 1) {
      if (at + 2 > bytes.length) return null;
      const size = (bytes[at]! << 8) | bytes[at + 1]!;
      at += 2;
      if (size === 0 || at + size > bytes.length) return null;
      nals.push(bytes.subarray(at, at + size));
      at += size;
    }
    return nals;
  };
  const sps = read(bytes[at++]! & 0x1f);
  if (!sps || at >= bytes.length) return err('truncated');
  const pps = read(bytes[at++]!);
  return pps ? ok({ lengthSize, sps, pps }) : err('truncated');
}

/** Splits a length-prefixed sample into its NAL units; views into `sample`. An empty unit is skipped. */
export function splitAvccSample(sample: Uint8Array, lengthSize: 1 | 2 | 4): Result<Uint8Array[], H264Error> {
  const nals: Uint8Array[] = [];
  const isWhole = eachNal({ bytes: sample, lengthSize }, (from, to) => nals.push(sample.subarray(from, to)));
  return isWhole ? ok(nals) : err('truncated');
}
