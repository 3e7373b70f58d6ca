import type { VideoCodec } from '../../streams/contract.ts';

/** Main profile, level 4.0 of each: what cameras send (ISO/IEC 14496-15 annexes E.3 and A.2 say how the strings are made). */
const samples: Readonly<Record<VideoCodec, string>> = {
  h264: 'video/mp4; codecs="avc1.4d4028"',
  h265: 'video/mp4; codecs="hvc1.1.6.L120.90"',
};

/**
 * What this browser can decode from a media source. H.265 depends on the machine's own decoder; a camera that sends it is transcoded
 * for a page without one. A browser that knows nothing is asked with H.264, so that the refusal comes from the player, in words.
 */
export function decodableCodecs(
  isTypeSupported: (type: string) => boolean = (type) => globalThis.MediaSource?.isTypeSupported(type) ?? false,
): readonly VideoCodec[] {
  const codecs = (Object.keys(samples) as VideoCodec[]).filter((codec) => isTypeSupported(samples[codec]));
  return codecs.length === 0 ? ['h264'] : codecs;
}
