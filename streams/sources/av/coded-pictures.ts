import type { VideoCodec } from '../../contract.ts';
import { parseHevcConfig } from '../../protocols/flv/hevc-config.ts';
import { joinNalUnits, nalType as avc, nalTypeOf as avcTypeOf, splitNalUnits } from '../../protocols/h264/annex-b.ts';
import { parseAvcConfig, splitAvccSample } from '../../protocols/h264/avcc.ts';
import { parseSps as parseAvcSps } from '../../protocols/h264/sps.ts';
import { isPicture, isRandomAccess, nalType as hevc, nalTypeOf as hevcTypeOf } from '../../protocols/h265/nal-unit.ts';
import { parseSps as parseHevcSps } from '../../protocols/h265/sps.ts';

/** One picture as an access unit holds it. */
export interface CodedPicture {
  readonly annexB: Uint8Array;
  readonly key: boolean;
}

/** What two codecs call the same things. */
interface Words {
  typeOf(nal: Uint8Array): number;
  isPicture(type: number): boolean;
  isRandomAccess(type: number): boolean;
  /** How many pictures may wait for one that is decoded after them and shown before them; null when this is no SPS that says so. */
  reorderDepth(sps: Uint8Array): number | null;
  readonly sps: number;
  /** In the order they must come. */
  readonly parameterSets: readonly number[];
  /** Says nothing that a decoder of whole pictures needs. */
  readonly idle: ReadonlySet<number>;
}

const words: Readonly<Record<VideoCodec, Words>> = {
  h264: {
    typeOf: avcTypeOf,
    isPicture: (type) => type >= avc.slice && type <= avc.idr,
    isRandomAccess: (type) => type === avc.idr,
    reorderDepth(nal) {
      const sps = parseAvcSps(nal);
      return sps.ok ? sps.value.reorderFrames : null;
    },
    sps: avc.sps,
    parameterSets: [avc.sps, avc.pps],
    idle: new Set([avc.delimiter, avc.endOfSequence, avc.endOfStream, avc.filler]),
  },
  h265: {
    typeOf: hevcTypeOf,
    isPicture,
    isRandomAccess,
    reorderDepth(nal) {
      const sps = parseHevcSps(nal);
      return sps.ok ? sps.value.reorderPictures : null;
    },
    sps: hevc.sps,
    parameterSets: [hevc.vps, hevc.sps, hevc.pps],
    idle: new Set([hevc.delimiter, hevc.endOfSequence, hevc.endOfBitstream, hevc.filler]),
  },
};

/** More parameter sets of one kind than any camera sends. */
const maxSetsOfAKind = 32;

/**
 * Makes pictures as FFmpeg reads them into access units: start codes instead of lengths (ISO/IEC 14496-15), and the parameter sets
 * in front of every key picture, whether they came with the pictures or once, beside them.
 */
export class CodedPictures {
  readonly #words: Words;
  readonly #codec: VideoCodec;
  #lengthSize: 1 | 2 | 4 | null = null;
  /** The latest parameter sets, by type. */
  readonly #sets = new Map<number, Uint8Array[]>();

  #reorderDepth: number | null = null;

  /** `extradata`: what FFmpeg knows beside the pictures, a configuration record or parameter sets with start codes. */
  constructor(codec: VideoCodec, extradata: Uint8Array | null) {
    this.#codec = codec;
    this.#words = words[codec];
    if (extradata) this.configure(extradata);
  }

  /** How many pictures may wait for one that is decoded after them and shown before them; null while that is not known. */
  get reorderDepth(): number | null {
    return this.#reorderDepth;
  }

  /** What is known beside the pictures has changed. What makes no sense is passed over. */
  configure(extradata: Uint8Array): void {
    const isStream = extradata[0] === 0 && extradata[1] === 0 && (extradata[2] === 1 || (extradata[2] === 0 && extradata[3] === 1));
    if (isStream) {
      this.#lengthSize = null;
      this.#learn(splitNalUnits(extradata));
      return;
    }
    if (this.#codec === 'h264') {
      const config = parseAvcConfig(extradata);
      if (!config.ok) return;
      this.#lengthSize = config.value.lengthSize;
      this.#learn([...config.value.sps, ...config.value.pps]);
    } else {
      const config = parseHevcConfig(extradata);
      if (!config.ok) return;
      this.#lengthSize = config.value.lengthSize;
      this.#learn(config.value.parameterSets);
    }
  }

  /** One picture. `isKey`: FFmpeg takes it for one to begin with. Null when there is no picture in the bytes, or they make no sense. */
  take(data: Uint8Array, isKey: boolean): CodedPicture | null {
    const nals = this.#split(data)?.filter((nal) => !this.#words.idle.has(this.#words.typeOf(nal)));
    if (!nals) return null;
    const types = nals.map((nal) => this.#words.typeOf(nal));
    if (!types.some((type) => this.#words.isPicture(type))) return null;
    this.#learn(nals);
    const isStart = isKey || types.some((type) => this.#words.isRandomAccess(type));
    // Without its parameter sets nothing can begin with it.
    if (!isStart || !this.#words.parameterSets.every((type) => this.#sets.has(type))) return { annexB: joinNalUnits(nals), key: false };
    const before = this.#words.parameterSets.flatMap((type) => this.#sets.get(type)!);
    return { annexB: joinNalUnits([...before, ...nals.filter((nal) => !this.#isSet(nal))]), key: true };
  }

  #split(data: Uint8Array): Uint8Array[] | null {
    if (this.#lengthSize === null) return splitNalUnits(data);
    const split = splitAvccSample(data, this.#lengthSize);
    return split.ok ? split.value : null;
  }

  #isSet(nal: Uint8Array): boolean {
    return this.#words.parameterSets.includes(this.#words.typeOf(nal));
  }

  /** Sets of a kind replace those known of that kind. They are copied: they outlive what they came in. */
  #learn(nals: readonly Uint8Array[]): void {
    for (const type of this.#words.parameterSets) {
      const found = nals.filter((nal) => this.#words.typeOf(nal) === type).slice(0, maxSetsOfAKind);
      if (found.length > 0)
        this.#sets.set(
          type,
          found.map((nal) => new Uint8Array(nal)),
        );
    }
  }
}
