import { encodeRtpPacket } from '../rtp-packet.ts';

/** The other half of the protocol: numbers payloads as a camera does. */
export class RtpSender {
  sequence: number;
  ssrc: number;
  readonly #payloadType: number;

  constructor(options: { readonly sequence?: number; readonly ssrc?: number; readonly payloadType?: number } = {}) {
    this.sequence = options.sequence ?? 0;
    this.ssrc = options.ssrc ?? 7;
    this.#payloadType = options.payloadType ?? 96;
  }

  /** One packet. */
  packet(payload: Uint8Array, timestamp: number, marker = false): Uint8Array {
    const { sequence, ssrc } = this;
    this.sequence = (sequence + 1) & 0xffff;
    const common = { payloadType: this.#payloadType, ssrc, csrcs: [], extension: null };
    return encodeRtpPacket({ ...common, marker, sequence, timestamp: timestamp >>> 0, payload });
  }

  /** The packets of one access unit; the last is marked. */
  unit(payloads: readonly Uint8Array[], timestamp: number): Uint8Array[] {
    return payloads.map((payload, i) => this.packet(payload, timestamp, i === payloads.length - 1));
  }
}
