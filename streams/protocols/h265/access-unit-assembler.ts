import { GatheredNals } from '../gathered-nals.ts';
import { SequenceParameters } from '../sequence-parameters.ts';
import { RbspReader } from '../h264/rbsp-reader.ts';
import { isFirstSlice, isPicture, isRandomAccess, isSkippedLeading, nalHeaderBytes, nalType, nalTypeOf } from './nal-unit.ts';
import { parseSps, type Sps } from './sps.ts';

/** NAL units of one picture, in order; a key picture begins with its parameter sets. Views, not copies. */
export interface AssembledUnit {
  readonly nals: readonly Uint8Array[];
  /** A random access picture whose parameter sets are known: decoding can begin here. */
  readonly key: boolean;
  /** A NAL unit of it was left out. */
  readonly corrupt: boolean;
  /** The parameter set in force; null until one was seen. */
  readonly sps: Sps | null;
  /** Its first slice segment is the picture's first: nothing is missing at its beginning. */
  readonly beginsWhole: boolean;
  /** How many pictures may wait for one that is decoded later and shown earlier; null when nobody says. */
  readonly reorderDepth: number | null;
}

/** Longer parameter sets are not kept; see `parseSps`. */
const maxParameterSetBytes = 4096;

/**
 * Groups NAL units into access units (ITU-T H.265 clause 7.4.2.4.4). Delimiters and filler are left out, and so are layers above the base
 * layer, and the pictures that cannot be decoded because they refer to what was before the beginning (RASL, clause 8.1.3). Payloaders repeat
 * parameter sets before every slice segment of a key picture: only a slice segment tells whether a new picture has begun.
 * Bounded: what is too large is left out, marked and counted.
 */
export class AccessUnitAssembler {
  readonly #nals = new GatheredNals();
  /** Of the picture under way; -1 while there is none. */
  #pictureType = -1;
  #beginsWhole = false;
  /** No picture has come yet that RASL pictures could refer to. */
  #isBeginning = true;
  /** RASL pictures of the present random access picture cannot be decoded. */
  #skipsLeading = true;
  /** By type and by id, in the order they belong before a picture. */
  readonly #parameterSets: ReadonlyMap<number, Map<number, Uint8Array>> = new Map([
    [nalType.vps, new Map()],
    [nalType.sps, new Map()],
    [nalType.pps, new Map()],
  ]);
  readonly #sps = new SequenceParameters(parseSps);
  /** Pictures left out because they refer to what was before the beginning. */
  skippedPictures = 0;

  /** Takes the next NAL unit; answers the unit that it proves complete, if any. */
  push(nal: Uint8Array): AssembledUnit | null {
    if (nal.length <= nalHeaderBytes && !isEnd(nalTypeOf(nal))) return null;
    const type = nalTypeOf(nal);
    if (isEnd(type)) {
      const last = this.flush();
      this.#isBeginning = true;
      return last;
    }
    if (type === nalType.delimiter || type === nalType.filler || layerOf(nal) > 0) return null;
    const done = this.#pictureType >= 0 && isPicture(type) && isFirstSlice(nal) ? this.flush() : null;
    if (!this.#nals.admits(nal)) return done;
    if (this.#pictureType >= 0 && isBetweenPictures(type)) this.#nals.wait(nal);
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

  /** A parameter set, also one that came another way: kept for key pictures that bring none. Other NAL units are ignored. */
  remember(nal: Uint8Array): void {
    const type = nalTypeOf(nal);
    const sets = this.#parameterSets.get(type);
    if (!sets || nal.length > maxParameterSetBytes) return;
    if (type !== nalType.sps) {
      const id = parameterSetId(nal, type);
      if (id !== null) sets.set(id, nal);
      return;
    }
    const sps = this.#sps.take(nal);
    if (sps) sets.set(sps.id, nal);
  }

  /** The unit under way, complete or not; null when it holds no picture (parameter sets wait for theirs), or one that cannot be decoded. */
  flush(): AssembledUnit | null {
    const type = this.#pictureType;
    if (type < 0) return null;
    const isKey = isRandomAccess(type);
    const nals = isKey ? this.#withParameterSets() : this.#nals.picture;
    const key = isKey && [...this.#parameterSets.values()].every((sets) => sets.size > 0);
    const unit: AssembledUnit = {
      nals,
      key,
      corrupt: this.#nals.isCorrupt,
      sps: this.#sps.inForce,
      beginsWhole: this.#beginsWhole,
      reorderDepth: this.#sps.inForce?.reorderPictures ?? null,
    };
    this.#sps.endPicture();
    this.#pictureType = -1;
    for (const nal of this.#nals.endPicture()) this.#add(nal, nalTypeOf(nal));
    if (isKey) {
      // 8.1.3: NoRaslOutputFlag of IDR, BLA, and a CRA that is the first in the bitstream or after an end of sequence.
      this.#skipsLeading = type !== nalType.cra || this.#isBeginning;
      this.#isBeginning = false;
    }
    if (!isSkippedLeading(type) || !this.#skipsLeading) return unit;
    this.skippedPictures += 1;
    return null;
  }

  #add(nal: Uint8Array, type: number): void {
    this.#nals.add(nal);
    if (isPicture(type)) this.#takeSlice(nal, type);
    else this.remember(nal);
  }

  /** The picture goes on: what waited belongs to it, but it has its parameter sets already. */
  #keepWaiting(): void {
    for (const nal of this.#nals.takeWaiting()) {
      if (this.#parameterSets.has(nalTypeOf(nal))) this.remember(nal);
      else this.#nals.add(nal);
    }
  }

  #takeSlice(nal: Uint8Array, type: number): void {
    if (this.#pictureType >= 0) return;
    this.#pictureType = type;
    this.#beginsWhole = isFirstSlice(nal);
  }

  /** The unit as it came when it brings its parameter sets, else with the known ones before it. */
  #withParameterSets(): Uint8Array[] {
    const nals = this.#nals.picture;
    const types = new Set(nals.map(nalTypeOf));
    if (types.has(nalType.vps) && types.has(nalType.sps) && types.has(nalType.pps)) return nals;
    const rest = nals.filter((nal) => !this.#parameterSets.has(nalTypeOf(nal)));
    return [...[...this.#parameterSets.values()].flatMap((sets) => [...sets.values()]), ...rest];
  }
}

/** The NAL unit is a slice segment that another of the same picture comes before. */
export const continuesPicture = (nal: Uint8Array): boolean => isPicture(nalTypeOf(nal)) && !isFirstSlice(nal);

/** 7.4.2.4.4: after the last slice segment these begin the next access unit; suffix SEI belongs to the one under way. */
const isBetweenPictures = (type: number): boolean =>
  (type >= nalType.vps && type <= nalType.pps) || type === nalType.prefixSei || (type >= 41 && type <= 44) || (type >= 48 && type <= 55);

const isEnd = (type: number): boolean => type === nalType.endOfSequence || type === nalType.endOfBitstream;
const layerOf = (nal: Uint8Array): number => ((nal[0]! & 1) << 5) | ((nal[1] ?? 0) >> 3);

/** Which VPS or PPS it is; null when that cannot be read. */
function parameterSetId(nal: Uint8Array, type: number): number | null {
  const r = new RbspReader(nal, 16);
  r.bits(8); // the second byte of the header
  const id = type === nalType.vps ? r.bits(4) : r.ue();
  return r.overrun || id > 63 ? null : id;
}
