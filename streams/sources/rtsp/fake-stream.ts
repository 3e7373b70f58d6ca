import { readFile } from 'node:fs/promises';
import type { VideoCodec } from '../../contract.ts';
import { iterateNalUnits } from '../../protocols/h264/annex-b.ts';
import { encodeBase64 } from '../../protocols/rtsp/encode-base64.ts';
import type { ClipUnit } from '../file/clip.ts';
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

/** Reads a raw H.264 file, e.g. one of `streams/demo-city/clips`. */
export async function readFakeStream(file: string, options: { readonly hasSound?: boolean } = {}): Promise<FakeStream> {
  const clip = await readRawClip(await readFile(file));
  if (!clip) throw new Error(`no pictures in ${file}`);
  return { codec: 'h264', units: clip.units, durationUs: clip.durationUs, hasSound: options.hasSound ?? false };
}

/** Parameter sets of the first picture as H.264's format parameter (RFC 6184 clause 8.1); empty for H.265, which has them in band. */
export function parameterSets({ codec, units }: FakeStream): Readonly<Record<string, string>> {
  if (codec !== 'h264') return {};
  const sets = [...iterateNalUnits(units[0]!.annexB)].filter((nal) => (nal[0]! & 0x1f) === 7 || (nal[0]! & 0x1f) === 8);
  return { 'packetization-mode': '1', 'sprop-parameter-sets': sets.map(encodeBase64).join(',') };
}
