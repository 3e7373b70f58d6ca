import { AccessUnitAssembler, continuesPicture } from '../h264/access-unit-assembler.ts';
import type { UnitSink } from './depacketiser.ts';
import { FragmentBuffer } from './fragment-buffer.ts';
import { PictureDepacketiser, type NalSink, type PayloadReader } from './picture-depacketiser.ts';
import type { H264Format } from './track-format.ts';

/** Payload structures (RFC 6184 table 1); 1 to 23 are single NAL units. */
const structure = { stapA: 24, stapB: 25, mtap16: 26, mtap24: 27, fuA: 28, fuB: 29 } as const;

/**
 * Finds NAL units in RTP payloads of H.264 (RFC 6184 clauses 5.6 to 5.8). Cameras send single NAL units, STAP-A and FU-A. The structures of
 * interleaved mode (STAP-B, MTAP, FU-B) are read in the order they come: nobody is known to send them in any other.
 */
export class H264PayloadReader implements PayloadReader {
  readonly #fragments = new FragmentBuffer();

  read(payload: Uint8Array, isLast: boolean, sink: NalSink): void {
    const type = (payload[0] ?? 0) & 0x1f;
    // Clause 5.8: all fragments of a NAL unit follow each other.
    if (type !== structure.fuA && this.abandon()) sink.loss();
    if (isNalType(type)) sink.nal(payload.slice());
    else if (type === structure.stapA) readAggregate(payload, 1, 2, sink);
    else if (type === structure.fuA) this.#readFragment(payload, 2, isLast, sink);
    else if (type === structure.stapB) readAggregate(payload, 3, 2, sink);
    else if (type === structure.mtap16) readAggregate(payload, 3, 5, sink);
    else if (type === structure.mtap24) readAggregate(payload, 3, 6, sink);
    else if (type === structure.fuB) this.#readFragment(payload, 4, isLast, sink);
    // An empty payload keeps a firewall open; 30 and 31 are undefined.
    else if (payload.length > 0) sink.malformed();
  }

  abandon(): boolean {
    return this.#fragments.abandon();
  }

  #readFragment(payload: Uint8Array, headBytes: number, isLast: boolean, sink: NalSink): void {
    if (payload.length < headBytes) {
      this.abandon();
      sink.malformed();
      return;
    }
    const fragments = this.#fragments;
    const head = payload[1]!;
    if (!isNalType(head & 0x1f)) {
      this.abandon();
      sink.malformed();
      return;
    }
    if ((head & 0x80) !== 0) {
      if (fragments.abandon()) sink.loss();
      fragments.begin();
      fragments.addByte((payload[0]! & 0xe0) | (head & 0x1f));
    }
    if (!fragments.isOpen || !fragments.add(payload, headBytes)) {
      sink.loss();
      return;
    }
    // Some cameras forget the end bit; the marker is as good.
    if ((head & 0x40) !== 0 || isLast) sink.nal(fragments.take());
  }
}

const isNalType = (type: number): boolean => type >= 1 && type <= 23;

/** Size-prefixed NAL units (clause 5.7.1); `headBytes` lie before the first, `prefixBytes` before every one, of which two are the size. */
function readAggregate(payload: Uint8Array, headBytes: number, prefixBytes: number, sink: NalSink): void {
  let at = headBytes;
  while (at + 2 <= payload.length) {
    // In an MTAP the size counts neither DOND nor the time offset.
    const begin = at + prefixBytes;
    const end = begin + ((payload[at]! << 8) | payload[at + 1]!);
    if (end > payload.length || end === begin || !isNalType(payload[begin]! & 0x1f)) break;
    sink.nal(payload.slice(begin, end));
    at = end;
  }
  if (at !== payload.length || payload.length <= headBytes) sink.malformed();
}

/** Pictures of H.264 out of RTP packets. */
export function depacketiseH264(format: H264Format, sink: UnitSink): PictureDepacketiser {
  const assembler = new AccessUnitAssembler();
  for (const nal of format.parameterSets) assembler.remember(nal);
  return new PictureDepacketiser(new H264PayloadReader(), assembler, continuesPicture, sink);
}
