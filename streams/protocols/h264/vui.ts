import type { RbspReader } from './rbsp-reader.ts';

/** Reads over what the VUI of H.264 and of H.265 begin with alike (ITU-T H.264 clause E.1.1, H.265 clause E.2.1): up to the place of the chroma samples. */
export function skipVuiBeginning(r: RbspReader): void {
  if (r.flag() && r.bits(8) === 255) r.bits(32); // Extended_SAR
  if (r.flag()) r.flag(); // overscan
  if (r.flag()) {
    r.bits(4);
    if (r.flag()) r.bits(24);
  }
  if (r.flag()) {
    r.ue();
    r.ue();
  }
}
