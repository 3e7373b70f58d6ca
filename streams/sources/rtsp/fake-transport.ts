import dgram from 'node:dgram';
import { once } from 'node:events';
import type { Pair } from '../../protocols/rtsp/transport-header.ts';
import type { FakeBurst } from './fake-broadcast.ts';
import type { FakeFaults } from './fake-faults.ts';

const host = '127.0.0.1';

/** How one track goes to one visitor. */
export interface FakeTransport {
  send(burst: FakeBurst): void;
  close(): void;
}

/** Interleaved on the RTSP connection (RFC 2326 clause 10.12). */
export class TcpTransport implements FakeTransport {
  readonly #channels: Pair;
  readonly #write: (bytes: Uint8Array) => void;

  constructor(channels: Pair, write: (bytes: Uint8Array) => void) {
    this.#channels = channels;
    this.#write = write;
  }

  send({ track, frames, packets, senderReport }: FakeBurst): void {
    const [rtp, rtcp] = this.#channels;
    // The frames are made for the channels that everybody asks for.
    if (rtp === (track === 'video' ? 0 : 2)) this.#write(frames);
    else for (const packet of packets) this.#write(interleavedFrame(rtp, packet));
    if (senderReport) this.#write(interleavedFrame(rtcp, senderReport));
  }

  close(): void {}
}

const interleavedFrame = (channel: number, packet: Uint8Array): Uint8Array =>
  Buffer.concat([Uint8Array.of(0x24, channel, packet.length >> 8, packet.length), packet]);

/** What a transport must know of its camera. */
export interface UdpSide {
  readonly faults: FakeFaults;
  /** A receiver report came. */
  reportReceived(): void;
}

interface UdpClient {
  readonly address: string;
  readonly ports: Pair;
}

/** RTP and RTCP from sockets of their own, and one more that a stranger's packets come from. */
export class UdpTransport implements FakeTransport {
  readonly ports: Pair;
  readonly #sockets: readonly [dgram.Socket, dgram.Socket, dgram.Socket];
  readonly #client: UdpClient;
  readonly #faults: FakeFaults;
  #late: Buffer | null = null;
  #sent = 0;

  private constructor(sockets: readonly [dgram.Socket, dgram.Socket, dgram.Socket], client: UdpClient, camera: UdpSide) {
    this.#sockets = sockets;
    this.#client = client;
    this.#faults = camera.faults;
    this.ports = [sockets[0].address().port, sockets[1].address().port];
    for (const socket of sockets) socket.on('error', () => {});
    sockets[1].on('message', () => {
      camera.reportReceived();
    });
  }

  static async open(address: string, ports: Pair, camera: UdpSide): Promise<UdpTransport> {
    const open = async () => {
      const socket = dgram.createSocket('udp4');
      socket.bind(0, host);
      await once(socket, 'listening');
      return socket;
    };
    return new UdpTransport([await open(), await open(), await open()], { address, ports }, camera);
  }

  send({ packets, senderReport }: FakeBurst): void {
    const [rtp, rtcp, stranger] = this.#sockets;
    const { address, ports } = this.#client;
    const send = (packet: Buffer) => rtp.send(packet, ports[0], address, () => {});
    for (const packet of packets) {
      this.#sent += 1;
      if (this.#faults.strangers || this.#faults.onlyStrangers) stranger.send(packet, ports[0], address, () => {});
      if (this.#faults.onlyStrangers) continue;
      if (this.#faults.shuffles && this.#sent % 2 === 0) this.#late = packet;
      else {
        send(packet);
        if (this.#late) send(this.#late);
        if (this.#faults.shuffles && this.#sent % 4 === 1) send(packet);
        this.#late = null;
      }
    }
    if (senderReport) rtcp.send(senderReport, ports[1], address, () => {});
  }

  close(): void {
    for (const socket of this.#sockets) socket.close();
  }
}
