import { AccessUnitAssembler, continuesPicture } from '../h265/access-unit-assembler.ts';
import { nalHeaderBytes, nalTypeOf } from '../h265/nal-unit.ts';
import type { UnitSink } from './depacketiser.ts';
import { FragmentBuffer } from './fragment-buffer.ts';
import { PictureDepacketiser, type NalSink, type PayloadReader } from './picture-depacketiser.ts';
import type { H265Format } from './track-format.ts';

/** Payload structures (RFC 7798 clause 4.4); types below are single NAL units. */
const structure = { aggregation: 48, fragmentation: 49, contentInformation: 50 } as const;

/**
 * Finds NAL units in RTP payloads of H.265 (RFC 7798 clause 4.4). Decoding order numbers, where the format has them, are skipped: packets
 * of one stream are sent in decoding order. PACI packets (4.4.4) carry another payload, which is read.
 */
export class H265PayloadReader implements PayloadReader {
  readonly #fragments = new FragmentBuffer();
  readonly #orderNumberBytes: number;

  constructor(hasOrderNumbers: boolean) {
    this.#orderNumberBytes = hasOrderNumbers ? 2 : 0;
  }

  read(payload: Uint8Array, isLast: boolean, sink: NalSink): void {
    const type = nalTypeOf(payload);
    if (type !== structure.fragmentation && this.abandon()) sink.loss();
    const leastBytes = nalHeaderBytes + (type === structure.fragmentation ? 0 : this.#orderNumberBytes);
    if (payload.length <= leastBytes) {
      // An empty payload keeps a firewall open. A NAL unit of its header alone ends a sequence.
      if (payload.length === nalHeaderBytes && isNalType(type)) sink.nal(payload.slice());
      else if (payload.length > 0) sink.malformed();
    } else if (isNalType(type)) sink.nal(this.#withoutOrderNumber(payload));
    else if (type === structure.aggregation) this.#readAggregate(payload, sink);
    else if (type === structure.fragmentation) this.#readFragment(payload, isLast, sink);
    else if (type === structure.contentInformation) this.#readInner(payload, isLast, sink);
    else sink.malformed();
  }

  abandon(): boolean {
    return this.#fragments.abandon();
  }

  /** A copy; DONL lies behind the header (4.4.1). */
  #withoutOrderNumber(payload: Uint8Array): Uint8Array {
    if (this.#orderNumberBytes === 0) return payload.slice();
    const nal = new Uint8Array(payload.length - 2);
    nal.set(payload.subarray(0, nalHeaderBytes));
    nal.set(payload.subarray(nalHeaderBytes + 2), nalHeaderBytes);
    return nal;
  }

  /** Size-prefixed NAL units (4.4.2): DONL before the first one's size, DOND of one byte before the others'. */
  #readAggregate(payload: Uint8Array, sink: NalSink): void {
    let at = nalHeaderBytes + this.#orderNumberBytes;
    while (at + 2 <= payload.length) {
      const begin = at + 2;
      const end = begin + ((payload[at]! << 8) | payload[at + 1]!);
      if (end > payload.length || end - begin < nalHeaderBytes || !isNalType((payload[begin]! >> 1) & 0x3f)) break;
      sink.nal(payload.slice(begin, end));
      at = end;
      if (at < payload.length && this.#orderNumberBytes > 0) at += 1;
    }
    if (at !== payload.length) sink.malformed();
  }

  /** Clause 4.4.3: S, E and the type in a third byte; DONL in the first fragment only. */
  #readFragment(payload: Uint8Array, isLast: boolean, sink: NalSink): void {
    const fragments = this.#fragments;
    const head = payload[nalHeaderBytes]!;
    const isStart = (head & 0x80) !== 0;
    const contentAt = nalHeaderBytes + 1 + (isStart ? this.#orderNumberBytes : 0);
    if (!isNalType(head & 0x3f) || payload.length < contentAt) {
      this.abandon();
      sink.malformed();
      return;
    }
    if (isStart) {
      if (fragments.abandon()) sink.loss();
      fragments.begin();
      fragments.addByte((payload[0]! & 0x81) | ((head & 0x3f) << 1));
      fragments.addByte(payload[1]!);
    }
    if (!fragments.isOpen || !fragments.add(payload, contentAt)) {
      sink.loss();
      return;
    }
    // Some cameras forget the end bit; the marker is as good.
    if ((head & 0x40) !== 0 || isLast) sink.nal(fragments.take());
  }

  /** Clause 4.4.4: the header is that of the payload within, its type moved behind, then extensions of PHSsize bytes. */
  #readInner(payload: Uint8Array, isLast: boolean, sink: NalSink): void {
    const fields = (payload[2]! << 8) | (payload[3] ?? 0);
    const innerType = (fields >> 9) & 0x3f;
    const contentAt = 4 + ((fields >> 4) & 0x1f);
    if (payload.length <= contentAt || innerType === structure.contentInformation) {
      sink.malformed();
      return;
    }
    const inner = new Uint8Array(nalHeaderBytes + payload.length - contentAt);
    inner[0] = (payload[0]! & 0x01) | ((fields >> 8) & 0x80) | (innerType << 1);
    inner[1] = payload[1]!;
    inner.set(payload.subarray(contentAt), nalHeaderBytes);
    this.read(inner, isLast, sink);
  }
}

const isNalType = (type: number): boolean => type < structure.aggregation;

/** Pictures of H.265 out of RTP packets. */
export function depacketiseH265(format: H265Format, sink: UnitSink): PictureDepacketiser {
  const assembler = new AccessUnitAssembler();
  for (const nal of format.parameterSets) assembler.remember(nal);
  return new PictureDepacketiser(new H265PayloadReader(format.hasOrderNumbers), assembler, continuesPicture, sink);
}
