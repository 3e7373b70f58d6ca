import { joinNalUnits } from '../h264/annex-b.ts';
import type { Depacketiser, UnitSink } from './depacketiser.ts';
import type { RtpPacket } from './rtp-packet.ts';

/** NAL units of one picture, as the assemblers of H.264 and H.265 give them. */
export interface Picture {
  readonly nals: readonly Uint8Array[];
  readonly key: boolean;
  readonly corrupt: boolean;
  /** Its first slice is the picture's first. */
  readonly beginsWhole: boolean;
  readonly reorderDepth: number | null;
}

/** What is asked of an assembler; see `AccessUnitAssembler`. */
export interface PictureAssembler {
  push(nal: Uint8Array): Picture | null;
  flush(): Picture | null;
}

/** Takes what is found in payloads: each NAL unit as bytes of its own. */
export interface NalSink {
  nal(nal: Uint8Array): void;
  /** A NAL unit is lost, or a part of it. */
  loss(): void;
  malformed(): void;
}

/** Finds NAL units in the payloads of one format. */
export interface PayloadReader {
  /** The next payload. `isLast`: the marker bit says that a picture ends here. */
  read(payload: Uint8Array, isLast: boolean, sink: NalSink): void;
  /** Gives up the NAL unit whose fragments are being gathered; true when there was one. */
  abandon(): boolean;
}

/**
 * Pictures out of RTP packets, the part that H.264 and H.265 share (RFC 6184 clause 5.1, RFC 7798 clause 4.1): a picture ends where the
 * marker bit says so, where the time stamp changes, or where the assembler sees the next one begin.
 *
 * What was lost is said once: the picture that it was lost from is corrupt, and so is the first one after a gap, unless that is a key
 * picture and whole.
 */
export class PictureDepacketiser implements Depacketiser, NalSink {
  readonly #reader: PayloadReader;
  readonly #assembler: PictureAssembler;
  readonly #continuesPicture: (nal: Uint8Array) => boolean;
  readonly #sink: UnitSink;
  #timestamp = Number.NaN;
  #hasLoss = false;
  // Whoever comes in the middle has missed what was before.
  #isAfterLoss = true;
  /** The marker ended a picture of this time stamp, and nothing came since. */
  #isEnded = false;
  /** Some cameras mark every packet, or every slice: then only time stamps tell. */
  #ignoresMarker = false;

  constructor(reader: PayloadReader, assembler: PictureAssembler, continuesPicture: (nal: Uint8Array) => boolean, sink: UnitSink) {
    this.#reader = reader;
    this.#assembler = assembler;
    this.#continuesPicture = continuesPicture;
    this.#sink = sink;
  }

  packet(packet: RtpPacket, isAfterGap: boolean): void {
    if (isAfterGap) {
      this.#reader.abandon();
      this.#hasLoss = true;
    }
    if (packet.timestamp !== this.#timestamp) {
      this.flush();
      this.#timestamp = packet.timestamp;
      this.#isAfterLoss ||= isAfterGap;
    }
    this.#reader.read(packet.payload, packet.marker && !this.#ignoresMarker, this);
    if (!packet.marker || this.#ignoresMarker) return;
    this.#isEnded = this.#end();
  }

  flush(): void {
    if (this.#reader.abandon()) this.#hasLoss = true;
    this.#end();
    this.#isEnded = false;
  }

  nal(nal: Uint8Array): void {
    if (this.#isEnded) {
      this.#isEnded = false;
      if (this.#continuesPicture(nal)) this.#ignoresMarker = this.#hasLoss = true;
    }
    const done = this.#assembler.push(nal);
    if (done) this.#give(done);
  }

  loss(): void {
    this.#hasLoss = true;
  }

  malformed(): void {
    this.#sink.malformed();
    this.#hasLoss = true;
  }

  /** Ends the picture under way; false when there is none (parameter sets wait for theirs). */
  #end(): boolean {
    const picture = this.#assembler.flush();
    if (picture) this.#give(picture);
    // Lost with everything else of its picture: the next one has to say it.
    this.#isAfterLoss ||= this.#hasLoss;
    this.#hasLoss = false;
    return picture !== null;
  }

  #give(picture: Picture): void {
    const isFresh = picture.key && picture.beginsWhole;
    const corrupt = picture.corrupt || this.#hasLoss || (this.#isAfterLoss && !isFresh);
    this.#hasLoss = this.#isAfterLoss = false;
    this.#sink.unit(joinNalUnits(picture.nals), this.#timestamp, picture.key, corrupt, picture.reorderDepth);
  }
}
