import { maxAdtsContent, writeAdtsFrame } from '../aac/adts.ts';
import type { Depacketiser, UnitSink } from './depacketiser.ts';
import type { RtpPacket } from './rtp-packet.ts';
import type { AacFormat } from './track-format.ts';

/** Samples a frame (ISO/IEC 14496-3 clause 4.5.2.1.1). Cameras do not send frames of 960. */
const frameSamples = 1024;
/** Headers for more frames than this in one packet are nonsense. */
const maxFrames = 64;

/**
 * AAC frames out of RTP packets (RFC 3640 clause 3.2): several whole frames a packet, or one frame in several. Each becomes an ADTS frame.
 * Interleaved frames (an index difference other than 0) are taken in the order they come.
 */
export class AacDepacketiser implements Depacketiser {
  readonly #format: AacFormat;
  readonly #sink: UnitSink;
  readonly #ticksPerFrame: number;
  #fragments: Uint8Array[] = [];
  #gathered = 0;
  /** Size of the frame whose fragments are being gathered. */
  #whole = 0;
  #timestamp = 0;

  constructor(format: AacFormat, sink: UnitSink) {
    this.#format = format;
    this.#sink = sink;
    this.#ticksPerFrame = Math.round((frameSamples * format.clockRate) / format.config.sampleRate);
  }

  packet(packet: RtpPacket, isAfterGap: boolean): void {
    if (isAfterGap || packet.timestamp !== this.#timestamp) this.flush();
    this.#timestamp = packet.timestamp;
    const { payload } = packet;
    const sizes = this.#readSizes(payload);
    if (!sizes) {
      if (payload.length > 0) this.#sink.malformed();
      return;
    }
    let at = sizes.dataAt;
    if (sizes.list.length === 1 && at + sizes.list[0]! > payload.length) {
      this.#gather(sizes.list[0]!, payload.subarray(at));
      return;
    }
    let timestamp = packet.timestamp;
    for (const size of sizes.list) {
      if (size === 0 || at + size > payload.length) {
        this.#sink.malformed();
        return;
      }
      // The last fragment of a frame announces the whole frame's size too, so it never gets here.
      this.#give(payload.subarray(at, at + size), timestamp);
      at += size;
      timestamp = (timestamp + this.#ticksPerFrame) >>> 0;
    }
  }

  flush(): void {
    if (this.#gathered > 0) this.#sink.malformed();
    this.#forget();
  }

  /** Clause 3.2.1: AU-headers-length in bits, then the headers, filled up to whole bytes. */
  #readSizes(payload: Uint8Array): { list: number[]; dataAt: number } | null {
    const { sizeLength, indexLength, indexDeltaLength } = this.#format;
    const headerBits = ((payload[0] ?? 0) << 8) | (payload[1] ?? 0);
    const dataAt = 2 + ((headerBits + 7) >> 3);
    if (headerBits === 0 || dataAt > payload.length) return null;
    const list: number[] = [];
    let bit = 16;
    while (bit + sizeLength <= 16 + headerBits && list.length < maxFrames) {
      list.push(bitsAt(payload, bit, sizeLength));
      bit += sizeLength + (list.length === 1 ? indexLength : indexDeltaLength);
    }
    return list.length > 0 ? { list, dataAt } : null;
  }

  #gather(whole: number, fragment: Uint8Array): void {
    if (this.#whole !== whole) this.flush();
    this.#whole = whole;
    this.#fragments.push(fragment.slice());
    this.#gathered += fragment.length;
    if (fragment.length === 0 || this.#gathered > whole || whole > maxAdtsContent) {
      this.flush();
      return;
    }
    if (this.#gathered < whole) return;
    const frame = new Uint8Array(whole);
    let at = 0;
    for (const one of this.#fragments) {
      frame.set(one, at);
      at += one.length;
    }
    this.#forget();
    this.#give(frame, this.#timestamp);
  }

  #forget(): void {
    this.#fragments = [];
    this.#gathered = this.#whole = 0;
  }

  #give(frame: Uint8Array, timestamp: number): void {
    if (frame.length > maxAdtsContent) this.#sink.malformed();
    else this.#sink.unit(writeAdtsFrame(this.#format.config, frame), timestamp, true, false, 0);
  }
}

function bitsAt(bytes: Uint8Array, bit: number, count: number): number {
  let value = 0;
  for (let i = bit; i < bit + count; i += 1) value = value * 2 + ((bytes[i >> 3]! >> (7 - (i & 7))) & 1);
  return value;
}
