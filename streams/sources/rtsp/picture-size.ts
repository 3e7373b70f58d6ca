import type { VideoCodec } from '../../contract.ts';
import { iterateNalUnits } from '../../protocols/h264/annex-b.ts';
import { parseSps as parseH264Sps } from '../../protocols/h264/sps.ts';
import { parseSps as parseH265Sps } from '../../protocols/h265/sps.ts';

/** `1920x1080`, by the first sequence parameter set in a key picture that can be read; null when there is none. */
export function pictureSize(codec: VideoCodec, annexB: Uint8Array): string | null {
  const parse = codec === 'h264' ? parseH264Sps : parseH265Sps;
  for (const nal of iterateNalUnits(annexB)) {
    const sps = parse(nal);
    if (sps.ok) return `${sps.value.width}x${sps.value.height}`;
  }
  return null;
}
