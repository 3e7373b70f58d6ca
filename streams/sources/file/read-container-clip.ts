import { problem, ProblemError } from '../../../main/contract/errors.ts';
import { joinNalUnits, nalType, nalTypeOf, splitNalUnits } from '../../protocols/h264/annex-b.ts';
import { parseAvcConfig, splitAvccSample, type AvcConfig } from '../../protocols/h264/avcc.ts';
import { makeClip, type Clip, type ClipUnit } from './clip.ts';

/** Bytes of an opened file. */
export interface RandomAccess {
  readonly size: number;
  read(start: number, end: number): Promise<Uint8Array>;
}

interface Picture {
  readonly annexB: Uint8Array;
  readonly ptsUs: number;
  readonly durationUs: number;
  readonly key: boolean;
}

/** More pictures than a day at 12 a second. */
const maxPictures = 1_000_000;

/**
 * Reads the H.264 video of a container file (MP4, MOV, fragmented MP4, Matroska, MPEG-TS …); null when there is nothing to
 * play in it. Throws ProblemError `source-no-video` or `source-codec-unsupported`, and whatever the reader throws at a
 * damaged file.
 */
export async function readContainerClip(file: RandomAccess, shownName: string): Promise<Clip | null> {
  // Loaded when first needed: a relay that plays raw clips and network cameras never pays for it.
  const { ALL_FORMATS, CustomSource, EncodedPacketSink, Input } = await import('mediabunny');
  const source = new CustomSource({ getSize: () => file.size, read: (start, end) => file.read(start, end), prefetchProfile: 'fileSystem' });
  using input = new Input({ source, formats: ALL_FORMATS });
  const track = await input.getPrimaryVideoTrack();
  if (!track) throw new ProblemError(problem('source-no-video', { file: shownName }));
  const codec = await track.getCodec();
  if (codec !== 'avc') {
    const name = codec ?? String((await track.getInternalCodecId()) ?? 'unknown');
    throw new ProblemError(problem('source-codec-unsupported', { file: shownName, codec: name }));
  }
  const description = (await track.getDecoderConfig())?.description;
  const config = description === undefined ? null : parseAvcConfig(bytesOf(description));
  if (config && !config.ok) return null;

  const pictures: Picture[] = [];
  let parameterSets: readonly Uint8Array[] = config ? [...config.value.sps, ...config.value.pps] : [];
  for await (const packet of new EncodedPacketSink(track).packets()) {
    if (pictures.length >= maxPictures) return null;
    const nals = nalsOf(packet.data, config?.value ?? null);
    const own = nals.filter((nal) => nalTypeOf(nal) === nalType.sps || nalTypeOf(nal) === nalType.pps);
    if (own.length > 0) parameterSets = own.map((nal) => nal.slice());
    const rest = nals.filter((nal) => isKept(nalTypeOf(nal)));
    if (rest.length === 0) continue;
    const key = parameterSets.length > 0 && rest.some((nal) => nalTypeOf(nal) === nalType.idr);
    const annexB = joinNalUnits(key ? [...parameterSets, ...rest] : rest);
    pictures.push({ annexB, ptsUs: packet.microsecondTimestamp, durationUs: packet.microsecondDuration, key });
  }
  return arrange(pictures);
}

/**
 * Containers are read with presentation times only. The decoding times are the same set of times in rising order, moved
 * back until no picture is decoded after it is shown.
 */
function arrange(pictures: readonly Picture[]): Clip | null {
  const last = pictures.at(-1);
  if (!last) return null;
  const rising = pictures.map((picture) => picture.ptsUs).sort((a, b) => a - b);
  const origin = rising[0]!;
  const delay = rising.reduce((most, dts, index) => Math.max(most, dts - pictures[index]!.ptsUs), 0);
  let previous = -1;
  const units = pictures.map((picture, index): ClipUnit => {
    const dtsUs = Math.max(previous + 1, Math.round(rising[index]! - origin));
    previous = dtsUs;
    return { annexB: picture.annexB, dtsUs, ptsUs: Math.round(picture.ptsUs + delay - origin), key: picture.key, corrupt: false };
  });
  const meanUs = units.length > 1 ? previous / (units.length - 1) : 1_000_000 / 25;
  // A last picture that claims to last very long would be a frozen loop.
  const lastUs = last.durationUs > 0 && last.durationUs <= 4 * meanUs ? last.durationUs : meanUs;
  return makeClip(units, Math.round(previous + lastUs));
}

function nalsOf(data: Uint8Array, config: AvcConfig | null): readonly Uint8Array[] {
  if (!config) return splitNalUnits(data);
  const nals = splitAvccSample(data, config.lengthSize);
  return nals.ok ? nals.value : [];
}

const isKept = (type: number): boolean =>
  type !== nalType.sps && type !== nalType.pps && type !== nalType.delimiter && type !== nalType.filler;

const bytesOf = (source: ArrayBufferView | ArrayBufferLike): Uint8Array =>
  ArrayBuffer.isView(source) ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength) : new Uint8Array(source);
