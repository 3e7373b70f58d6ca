import { sameBytes } from '../same-bytes.ts';
import { nalType, nalTypeOf } from './annex-b.ts';
import { RbspReader } from './rbsp-reader.ts';
import { firstMbOf, parseSliceHeader, type SliceHeader } from './slice-header.ts';
import { parseSps, type Sps } from './sps.ts';

/** NAL units of one picture, in order; a key picture begins with its parameter sets. Views, not copies. */
export interface AssembledUnit {
  readonly nals: readonly Uint8Array[];
  /** An IDR picture whose parameter sets are known: decoding can begin here. */
  readonly key: boolean;
  /** A NAL unit of it was left out, or makes no sense. */
  readonly corrupt: boolean;
  /** The parameter set in force; null until one was seen. */
  readonly sps: Sps | null;
  /** Of the first slice; null when it could not be read. */
  readonly slice: SliceHeader | null;
  /** Its first slice is the picture's first: nothing is missing at its beginning. */
  readonly beginsWhole: boolean;
  /** How many pictures may wait for one that is decoded later and shown earlier; null when nobody says. */
  readonly reorderDepth: number | null;
}

const maxNalBytes = 4 * 1024 * 1024;
const maxUnitBytes = 8 * 1024 * 1024;
const maxNals = 4096;
/** Longer parameter sets are not kept; see `parseSps`. */
const maxParameterSetBytes = 4096;
/** Parameter sets are read when they change. No stream changes them more often within a picture; reading on and on would hold up everybody else. */
const maxChanges = 32;

/**
 * Groups NAL units into access units (ITU-T H.264 clauses 7.4.1.2.3 and 7.4.1.2.4). Access unit delimiters and filler
 * are left out; the two fields of one frame stay together. GStreamer's payloader repeats the parameter sets before every slice of a key
 * picture: only a slice tells whether a new picture has begun. Bounded: what is too large is left out, marked and counted.
 */
export class AccessUnitAssembler {
  #nals: Uint8Array[] = [];
  /** What came behind the picture under way and belongs before the next, unless another slice of this one comes. */
  #waiting: Uint8Array[] = [];
  /** Of both. */
  #bytes = 0;
  #slice: SliceHeader | null = null;
  #hasPicture = false;
  #hasIdr = false;
  #beginsWhole = false;
  #corrupt = false;
  #fields = 0;
  readonly #spsNals = new Map<number, Uint8Array>();
  readonly #ppsNals = new Map<number, Uint8Array>();
  #sps: Sps | null = null;
  /** What that was read from. */
  #spsNal: Uint8Array | null = null;
  /** Sequence parameter sets read since the latest picture ended. */
  #changes = 0;
  /** NAL units left out because they or their unit were too large. */
  droppedNals = 0;

  /** Takes the next NAL unit; answers the unit that it proves complete, if any. */
  push(nal: Uint8Array): AssembledUnit | null {
    if (nal.length === 0) return null;
    const type = nalTypeOf(nal);
    if (type === nalType.delimiter || type === nalType.filler) return null;
    if (type === nalType.endOfSequence || type === nalType.endOfStream) return this.flush();
    const done = this.#beginsNext(nal, type) ? this.flush() : null;
    if (nal.length > maxNalBytes || this.#bytes + nal.length > maxUnitBytes || this.#nals.length + this.#waiting.length >= maxNals) {
      this.droppedNals += 1;
      this.#corrupt = true;
      return done;
    }
    this.#bytes += nal.length;
    if (this.#hasPicture && isBetweenPictures(type)) this.#waiting.push(nal);
    else {
      if (this.#waiting.length > 0 && isPicture(type)) this.#keepWaiting();
      this.#add(nal, type);
    }
    return done;
  }

  /** A parameter set that came another way: kept for key pictures that bring none, but part of no unit. */
  remember(nal: Uint8Array): void {
    const type = nalTypeOf(nal);
    if (type === nalType.sps) this.#takeSps(nal);
    else if (type === nalType.pps) this.#takePps(nal);
  }

  /** The unit under way, complete or not; null when it holds no picture (parameter sets wait for theirs). */
  flush(): AssembledUnit | null {
    if (!this.#hasPicture) return null;
    const nals = this.#hasIdr ? this.#withParameterSets() : this.#nals;
    const key = this.#hasIdr && this.#spsNals.size > 0 && this.#ppsNals.size > 0;
    const unit: AssembledUnit = {
      nals,
      key,
      corrupt: this.#corrupt,
      sps: this.#sps,
      slice: this.#slice,
      beginsWhole: this.#beginsWhole,
      reorderDepth: this.#sps?.reorderFrames ?? null,
    };
    const waiting = this.#waiting;
    this.#nals = [];
    this.#waiting = [];
    this.#bytes = 0;
    this.#changes = 0;
    this.#slice = null;
    this.#hasPicture = this.#hasIdr = this.#corrupt = false;
    this.#fields = 0;
    for (const nal of waiting) {
      this.#bytes += nal.length;
      this.#add(nal, nalTypeOf(nal));
    }
    return unit;
  }

  #add(nal: Uint8Array, type: number): void {
    this.#nals.push(nal);
    if (isPicture(type)) this.#takeSlice(nal, type);
    else this.remember(nal);
  }

  /** The picture goes on: what waited belongs to it, but it has its parameter sets already. */
  #keepWaiting(): void {
    for (const nal of this.#waiting) {
      const type = nalTypeOf(nal);
      if (type === nalType.sps || type === nalType.pps) this.remember(nal);
      else this.#nals.push(nal);
    }
    this.#waiting = [];
  }

  #beginsNext(nal: Uint8Array, type: number): boolean {
    if (!this.#hasPicture || !isPicture(type) || (type > nalType.partitionA && type <= nalType.partitionC)) return false;
    if (firstMbOf(nal) !== 0) return false;
    return !this.#isSecondField(nal);
  }

  #isSecondField(nal: Uint8Array): boolean {
    if (!this.#sps || this.#sps.frameMbsOnly || !this.#slice?.field || this.#fields !== 1) return false;
    const slice = parseSliceHeader(nal, this.#sps);
    if (!slice.ok || slice.value.field === null) return false;
    return slice.value.field !== this.#slice.field && slice.value.frameNum === this.#slice.frameNum;
  }

  #takeSlice(nal: Uint8Array, type: number): void {
    if (!this.#hasPicture) this.#beginsWhole = firstMbOf(nal) === 0;
    this.#hasPicture = true;
    if (type === nalType.idr) this.#hasIdr = true;
    if (!this.#sps) return;
    const isFirst = this.#slice === null;
    if (!isFirst && (this.#sps.frameMbsOnly || firstMbOf(nal) !== 0)) return;
    const slice = parseSliceHeader(nal, this.#sps);
    if (!slice.ok) {
      this.#corrupt = true;
      return;
    }
    if (slice.value.firstMb === 0) this.#fields += 1;
    if (isFirst) this.#slice = slice.value;
  }

  #takeSps(nal: Uint8Array): void {
    if ((this.#spsNal && sameBytes(nal, this.#spsNal)) || this.#changes >= maxChanges) return;
    this.#changes += 1;
    const sps = parseSps(nal);
    if (!sps.ok) return;
    this.#sps = sps.value;
    this.#spsNal = nal;
    this.#spsNals.set(sps.value.id, nal);
  }

  #takePps(nal: Uint8Array): void {
    if (nal.length > maxParameterSetBytes) return;
    const r = new RbspReader(nal, 8);
    const id = r.ue();
    if (!r.overrun && id <= 255) this.#ppsNals.set(id, nal);
  }

  /** The unit as it came when it brings its parameter sets, else with the known ones before it. */
  #withParameterSets(): Uint8Array[] {
    const types = new Set(this.#nals.map(nalTypeOf));
    if (types.has(nalType.sps) && types.has(nalType.pps)) return this.#nals;
    const rest = this.#nals.filter((nal) => nalTypeOf(nal) !== nalType.sps && nalTypeOf(nal) !== nalType.pps);
    return [...this.#spsNals.values(), ...this.#ppsNals.values(), ...rest];
  }
}

/** The NAL unit is a slice that another slice of the same picture comes before. */
export const continuesPicture = (nal: Uint8Array): boolean => isPicture(nalTypeOf(nal)) && firstMbOf(nal) !== 0;

/** 7.4.1.2.3: after the last slice of a picture these begin the next access unit. */
const isBetweenPictures = (type: number): boolean => (type >= nalType.sei && type <= nalType.pps) || (type >= 14 && type <= 18);

const isPicture = (type: number): boolean => type === nalType.idr || (type >= nalType.slice && type <= nalType.partitionC);
