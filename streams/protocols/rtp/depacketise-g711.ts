import type { Depacketiser, UnitSink } from './depacketiser.ts';
import type { RtpPacket } from './rtp-packet.ts';

/** G.711 out of RTP packets (RFC 3551 clause 4.5.14): the payload is the sound, one byte a sample. */
export class G711Depacketiser implements Depacketiser {
  readonly #sink: UnitSink;

  constructor(sink: UnitSink) {
    this.#sink = sink;
  }

  packet(packet: RtpPacket): void {
    if (packet.payload.length > 0) this.#sink.unit(packet.payload.slice(), packet.timestamp, true, false, 0);
  }

  flush(): void {}
}
