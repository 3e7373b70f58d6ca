import { readFile } from 'node:fs/promises';
import type { VideoCodec } from '../../contract.ts';
import { iterateNalUnits, joinNalUnits } from '../../protocols/h264/annex-b.ts';
import { AccessUnitAssembler } from '../../protocols/h265/access-unit-assembler.ts';
import { encodeBase64 } from '../../protocols/rtsp/encode-base64.ts';
import { makeClip, type Clip, type ClipUnit } from '../file/clip.ts';
import { readRawClip } from '../file/read-raw-clip.ts';

/** What a fake camera plays in a loop. */
export interface FakeStream {
  readonly codec: VideoCodec;
  /** In decoding order, `dtsUs` rising; the first is a key picture. */
  readonly units: readonly ClipUnit[];
  readonly durationUs: number;
  /** Silence in G.711 goes along with it. */
  readonly hasSound: boolean;
}

/** Reads a raw file, H.265 when its name says so, else H.264, e.g. one of `streams/demo-city/clips`. */
export async function readFakeStream(file: string, options: { readonly hasSound?: boolean } = {}): Promise<FakeStream> {
  const bytes = await readFile(file);
  const codec = file.endsWith('.h265') ? 'h265' : 'h264';
  const clip = codec === 'h265' ? h265Clip(bytes) : await readRawClip(bytes);
  if (!clip) throw new Error(`no pictures in ${file}`);
  return { codec, units: clip.units, durationUs: clip.durationUs, hasSound: options.hasSound ?? false };
}

const h265IntervalUs = 1_000_000 / 15;

/** Every picture is taken to be shown when it is decoded, 15 a second. */
function h265Clip(bytes: Uint8Array): Clip | null {
  const assembler = new AccessUnitAssembler();
  const pictures = [...iterateNalUnits(bytes)].flatMap((nal) => assembler.push(nal) ?? []);
  pictures.push(...[assembler.flush()].filter((unit) => unit !== null));
  const units = pictures.map(({ nals, key, corrupt }, index): ClipUnit => {
    const timeUs = Math.round(index * h265IntervalUs);
    return { annexB: joinNalUnits(nals), dtsUs: timeUs, ptsUs: timeUs, key, corrupt };
  });
  return makeClip(units, Math.round(units.length * h265IntervalUs));
}

/** Parameter sets of the first picture as H.264's format parameter (RFC 6184 clause 8.1); empty for H.265, which has them in band. */
export function parameterSets({ codec, units }: FakeStream): Readonly<Record<string, string>> {
  if (codec !== 'h264') return {};
  const sets = [...iterateNalUnits(units[0]!.annexB)].filter((nal) => (nal[0]! & 0x1f) === 7 || (nal[0]! & 0x1f) === 8);
  return { 'packetization-mode': '1', 'sprop-parameter-sets': sets.map(encodeBase64).join(',') };
}
