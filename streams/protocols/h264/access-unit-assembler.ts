import { GatheredNals } from '../gathered-nals.ts';
import { SequenceParameters } from '../sequence-parameters.ts';
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

/** Longer parameter sets are not kept; see `parseSps`. */
const maxParameterSetBytes = 4096;

/**
 * Groups NAL units into access units (ITU-T H.264 clauses 7.4.1.2.3 and 7.4.1.2.4). Access unit delimiters and filler
 * are left out; the two fields of one frame stay together. GStreamer's payloader repeats the parameter sets before every slice of a key
 * picture: only a slice tells whether a new picture has begun. Bounded: what is too large is left out, marked and counted.
 */
export class AccessUnitAssembler {
  readonly #nals = new GatheredNals();
  #slice: SliceHeader | null = null;
  #hasPicture = false;
  #hasIdr = false;
  #beginsWhole = false;
  #fields = 0;
  readonly #spsNals = new Map<number, Uint8Array>();
  readonly #ppsNals = new Map<number, Uint8Array>();
  readonly #sps = new SequenceParameters(parseSps);

  /** Takes the next NAL unit; answers the unit that it proves complete, if any. */
  push(nal: Uint8Array): AssembledUnit | null {
    if (nal.length === 0) return null;
    const type = nalTypeOf(nal);
    if (type === nalType.delimiter || type === nalType.filler) return null;
    if (type === nalType.endOfSequence || type === nalType.endOfStream) return this.flush();
    const done = this.#beginsNext(nal, type) ? this.flush() : null;
    if (!this.#nals.admits(nal)) return done;
    if (this.#hasPicture && isBetweenPictures(type)) this.#nals.wait(nal);
    else {
      if (isPicture(type)) this.#keepWaiting();
      this.#add(nal, type);
    }
    return done;
  }

  /** NAL units left out because they or their unit were too large. */
  get droppedNals(): number {
    return this.#nals.dropped;
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
    const nals = this.#hasIdr ? this.#withParameterSets() : this.#nals.picture;
    const key = this.#hasIdr && this.#spsNals.size > 0 && this.#ppsNals.size > 0;
    const unit: AssembledUnit = {
      nals,
      key,
      corrupt: this.#nals.isCorrupt,
      sps: this.#sps.inForce,
      slice: this.#slice,
      beginsWhole: this.#beginsWhole,
      reorderDepth: this.#sps.inForce?.reorderFrames ?? null,
    };
    this.#sps.endPicture();
    this.#slice = null;
    this.#hasPicture = this.#hasIdr = false;
    this.#fields = 0;
    for (const nal of this.#nals.endPicture()) this.#add(nal, nalTypeOf(nal));
    return unit;
  }

  #add(nal: Uint8Array, type: number): void {
    this.#nals.add(nal);
    if (isPicture(type)) this.#takeSlice(nal, type);
    else this.remember(nal);
  }

  /** The picture goes on: what waited belongs to it, but it has its parameter sets already. */
  #keepWaiting(): void {
    for (const nal of this.#nals.takeWaiting()) {
      const type = nalTypeOf(nal);
      if (type === nalType.sps || type === nalType.pps) this.remember(nal);
      else this.#nals.add(nal);
    }
  }

  #beginsNext(nal: Uint8Array, type: number): boolean {
    if (!this.#hasPicture || !isPicture(type) || (type > nalType.partitionA && type <= nalType.partitionC)) return false;
    if (firstMbOf(nal) !== 0) return false;
    return !this.#isSecondField(nal);
  }

  #isSecondField(nal: Uint8Array): boolean {
    const sps = this.#sps.inForce;
    if (!sps || sps.frameMbsOnly || !this.#slice?.field || this.#fields !== 1) return false;
    const slice = parseSliceHeader(nal, sps);
    if (!slice.ok || slice.value.field === null) return false;
    return slice.value.field !== this.#slice.field && slice.value.frameNum === this.#slice.frameNum;
  }

  #takeSlice(nal: Uint8Array, type: number): void {
    if (!this.#hasPicture) this.#beginsWhole = firstMbOf(nal) === 0;
    this.#hasPicture = true;
    if (type === nalType.idr) this.#hasIdr = true;
    const sps = this.#sps.inForce;
    if (!sps) return;
    const isFirst = this.#slice === null;
    if (!isFirst && (sps.frameMbsOnly || firstMbOf(nal) !== 0)) return;
    const slice = parseSliceHeader(nal, sps);
    if (!slice.ok) {
      this.#nals.isCorrupt = true;
      return;
    }
    if (slice.value.firstMb === 0) this.#fields += 1;
    if (isFirst) this.#slice = slice.value;
  }

  #takeSps(nal: Uint8Array): void {
    const sps = this.#sps.take(nal);
    if (sps) this.#spsNals.set(sps.id, nal);
  }

  #takePps(nal: Uint8Array): void {
    if (nal.length > maxParameterSetBytes) return;
    const r = new RbspReader(nal, 8);
    const id = r.ue();
    if (!r.overrun && id <= 255) this.#ppsNals.set(id, nal);
  }

  /** The unit as it came when it brings its parameter sets, else with the known ones before it. */
  #withParameterSets(): Uint8Array[] {
    const nals = this.#nals.picture;
    const types = new Set(nals.map(nalTypeOf));
    if (types.has(nalType.sps) && types.has(nalType.pps)) return nals;
    const rest = nals.filter((nal) => nalTypeOf(nal) !== nalType.sps && nalTypeOf(nal) !== nalType.pps);
    return [...this.#spsNals.values(), ...this.#ppsNals.values(), ...rest];
  }
}

/** The NAL unit is a slice that another slice of the same picture comes before. */
export const continuesPicture = (nal: Uint8Array): boolean => isPicture(nalTypeOf(nal)) && firstMbOf(nal) !== 0;

/** 7.4.1.2.3: after the last slice of a picture these begin the next access unit. */
const isBetweenPictures = (type: number): boolean => (type >= nalType.sei && type <= nalType.pps) || (type >= 14 && type <= 18);

const isPicture = (type: number): boolean => type === nalType.idr || (type >= nalType.slice && type <= nalType.partitionC);
