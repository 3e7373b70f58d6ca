import { Decoder, Encoder, PacketType, type Packet } from 'socket.io-parser';

/** A value that is JSON already: what many connections get is serialised once. */
export class WireJson {
  readonly json: string;
  constructor(json: string) {
    this.json = json;
  }
}

/** socket.io's own encoding (protocol 5), except that `WireJson` values are put in as they are. The protocol has no binary messages. */
class WireEncoder extends Encoder {
  override encode(packet: Packet): unknown[] {
    const { type, nsp, id } = packet;
    const data: unknown = packet.data;
    if (!Array.isArray(data) || !data.some((value) => value instanceof WireJson)) return super.encode(packet);
    const values = data.map((value: unknown) => (value instanceof WireJson ? value.json : JSON.stringify(value)));
    return [`${type}${nsp === '/' ? '' : `${nsp},`}${id ?? ''}[${values.join(',')}]`];
  }
}

/** Refuses binary packets: nothing of ours has any, and half of one would wait for its rest. */
class WireDecoder extends Decoder {
  override add(chunk: unknown): void {
    const kind = typeof chunk === 'string' ? Number(chunk.charAt(0)) : PacketType.BINARY_EVENT;
    if (kind === PacketType.BINARY_EVENT || kind === PacketType.BINARY_ACK) throw new Error('binary packets are not part of the protocol');
    super.add(chunk);
  }
}

/** The `parser` option of the socket server. Clients use the one they come with. */
export const wireParser = { Encoder: WireEncoder, Decoder: WireDecoder };
