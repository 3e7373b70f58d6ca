import dgram from 'node:dgram';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { problem, ProblemError } from '../../../main/contract/errors.ts';

/** Where a track's packets may come from. */
export interface UdpSender {
  readonly address: string;
  /** Of RTP and of RTCP, when the server told them. */
  readonly ports: readonly [number, number] | null;
  /** When the server told it. Some tell another than they send: it only counts where the ports are not known. */
  readonly ssrc: number | null;
}

export interface UdpListener {
  rtp(packet: Uint8Array): void;
  rtcp(packet: Uint8Array): void;
}

/** A key picture's worth of packets: they come in one burst while somebody else has the processor. */
const receiveBufferBytes = 1024 * 1024;
const firstPort = 20_000;
const lastPort = 60_000;
const maxTries = 32;
/** Opens the way back through firewalls: an empty RTP packet, and an empty receiver report. */
const emptyRtp = Uint8Array.of(0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
const emptyRtcp = Uint8Array.of(0x80, 201, 0, 1, 0, 0, 0, 0);

/**
 * Two neighbouring ports, RTP on the even one (RFC 3550 clause 11), bound to the address that the RTSP connection has. Nothing is heard
 * before `hear` says of whom; packets of anybody else are counted and left out.
 */
export class UdpPorts {
  readonly ports: readonly [number, number];
  readonly #sockets: readonly [dgram.Socket, dgram.Socket];
  #sender: UdpSender | null = null;
  #isClosed = false;
  /** Packets of somebody else. */
  strangers = 0;

  private constructor(ports: readonly [number, number], sockets: readonly [dgram.Socket, dgram.Socket]) {
    this.ports = ports;
    this.#sockets = sockets;
  }

  /** Throws a ProblemError when no pair is free: `source-failed`. */
  static async open(localAddress: string, listener: UdpListener): Promise<UdpPorts> {
    const type = isIPv6(localAddress) ? 'udp6' : 'udp4';
    for (let tries = 0; tries < maxTries; tries += 1) {
      const port = randomInt(firstPort / 2, lastPort / 2) * 2;
      const rtp = await bound(type, localAddress, port);
      const rtcp =
        rtp &&
        (await bound(type, localAddress, port + 1).catch((error: unknown) => {
          rtp.close();
          throw error;
        }));
      if (rtp && rtcp) {
        const pair = new UdpPorts([port, port + 1], [rtp, rtcp]);
        rtp.on('message', (packet, from) => {
          if (pair.#isHeard(from, 0) && pair.#isOfSsrc(packet)) listener.rtp(packet);
          else pair.strangers += 1;
        });
        rtcp.on('message', (packet, from) => {
          if (pair.#isHeard(from, 1)) listener.rtcp(packet);
          else pair.strangers += 1;
        });
        return pair;
      }
      rtp?.close();
    }
    throw new ProblemError(problem('source-failed', { reason: 'no-free-ports' }));
  }

  /** From now on this sender is heard, and the ways to him are opened. */
  hear(sender: UdpSender): void {
    this.#sender = sender;
    this.#send(0, emptyRtp);
    this.#send(1, emptyRtcp);
  }

  /** Sends RTCP to the server, when it told its port. */
  sendRtcp(packet: Uint8Array): void {
    this.#send(1, packet);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const socket of this.#sockets) socket.close();
  }

  #send(which: 0 | 1, packet: Uint8Array): void {
    const port = this.#sender?.ports?.[which];
    // Whether it arrives is not ours to know.
    if (port && !this.#isClosed) this.#sockets[which].send(packet, port, this.#sender!.address, () => {});
  }

  #isHeard(from: { readonly address: string; readonly port: number }, which: 0 | 1): boolean {
    const sender = this.#sender;
    if (!sender || from.address !== sender.address) return false;
    return !sender.ports || sender.ports[which] === from.port;
  }

  #isOfSsrc(packet: Buffer): boolean {
    const ssrc = this.#sender?.ports ? null : (this.#sender?.ssrc ?? null);
    return ssrc === null || (packet.length >= 12 && packet.readUInt32BE(8) === ssrc);
  }
}

/** Null when the port is taken. */
async function bound(type: 'udp4' | 'udp6', address: string, port: number): Promise<dgram.Socket | null> {
  const socket = dgram.createSocket({ type, recvBufferSize: receiveBufferBytes });
  try {
    socket.bind({ address, port, exclusive: true });
    await once(socket, 'listening');
  } catch (error) {
    socket.close();
    if (['EADDRINUSE', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw new ProblemError(problem('source-failed', { reason: String((error as NodeJS.ErrnoException).code) }));
  }
  // E.g. "port unreachable" for what we sent: the watchdog judges by what comes.
  socket.on('error', () => {});
  return socket;
}
