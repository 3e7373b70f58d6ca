import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';

/**
 * The line between a browser and everything else, to be cut, held up or made narrow: a SOCKS5 proxy (RFC 1928) on loopback, for whole
 * browser contexts, workers included. Names are answered with loopback, so that a page may have an address that is not of this machine.
 */
export interface FaultyLine {
  /** As a browser takes it for its proxy. */
  readonly address: string;
  /** Connections to this port that are open now. */
  open(port: number): number;
  /** Bytes that have come from this port. */
  received(port: number): number;
  /** Closes all connections to this port, and refuses new ones until `restore`. */
  cut(port: number): void;
  /** New connections to this port wait until `restore`, unanswered; those that are open go on. */
  hold(port: number): void;
  /** What comes from this port arrives at so many bytes a second; 0: not at all, and nothing is closed. */
  narrow(port: number, bytesPerSecond: number): void;
  /** As it was at the beginning. */
  restore(): void;
  stop(): Promise<void>;
}

const noLogin = 0;
const succeeded = 0;
const refused = 5;
const addressKinds = { ipv4: 1, name: 3 } as const;
/** How often a narrow line lets bytes through. */
const tickMs = 50;
const handshakeBytes = 1024;

interface Passage {
  readonly port: number;
  readonly near: Socket;
  readonly far: Socket;
}

/** Starts a line without faults. */
export async function startFaultyLine(): Promise<FaultyLine> {
  const passages = new Set<Passage>();
  const sockets = new Set<Socket>();
  const isCut = new Set<number>();
  const waiting = new Map<number, (() => void)[]>();
  const rates = new Map<number, number>();
  const received = new Map<number, number>();

  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    return socket;
  };

  /** Passes on what may pass in this tick. */
  const trickle = setInterval(() => {
    for (const { port, near, far } of passages) {
      const rate = rates.get(port);
      if (rate === undefined || far.readableLength === 0) continue;
      const bytes = far.read(Math.min(far.readableLength, Math.round((rate * tickMs) / 1000))) as Buffer | null;
      if (bytes !== null) deliver(port, near, bytes);
    }
  }, tickMs);

  const deliver = (port: number, near: Socket, bytes: Buffer) => {
    received.set(port, (received.get(port) ?? 0) + bytes.length);
    near.write(bytes);
  };
  const pass = ({ port, near, far }: Passage) => {
    // What is not read here stays in the sender's window: that is how a narrow line feels.
    while (!rates.has(port) && near.writableLength < 65_536) {
      const bytes = far.read() as Buffer | null;
      if (bytes === null) return;
      deliver(port, near, bytes);
    }
  };

  const tunnel = (near: Socket, port: number, host: string) => {
    if (isCut.has(port)) return near.end(Buffer.of(5, refused, 0, addressKinds.ipv4, 0, 0, 0, 0, 0, 0));
    const line = waiting.get(port);
    if (line) {
      line.push(() => {
        if (!near.destroyed) tunnel(near, port, host);
      });
      return near;
    }
    const far = keep(net.connect({ port, host, noDelay: true }));
    const passage = { port, near, far };
    far.on('error', () => near.destroy());
    far.once('connect', () => {
      passages.add(passage);
      near.write(Buffer.of(5, succeeded, 0, addressKinds.ipv4, 0, 0, 0, 0, 0, 0));
      near.on('data', (bytes: Buffer) => far.write(bytes));
      far.on('readable', () => pass(passage));
      near.on('drain', () => pass(passage));
    });
    far.on('end', () => near.end());
    near.on('end', () => far.end());
    near.on('close', () => far.destroy());
    far.on('close', () => {
      passages.delete(passage);
      near.destroySoon();
    });
  };

  const server = net.createServer({ noDelay: true, allowHalfOpen: true }, (near) => {
    keep(near);
    let said = Buffer.alloc(0);
    let greeted = false;
    const hear = (bytes: Buffer) => {
      said = Buffer.concat([said, bytes]);
      if (said.length > handshakeBytes) return near.destroy();
      if (!greeted) {
        if (said.length < 2 || said.length < 2 + said[1]!) return;
        said = said.subarray(2 + said[1]!);
        greeted = true;
        near.write(Buffer.of(5, noLogin));
      }
      const asked = readRequest(said);
      if (asked === null) return;
      near.off('data', hear);
      tunnel(near, asked.port, asked.host);
    };
    near.on('data', hear);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `socks5://127.0.0.1:${(server.address() as AddressInfo).port}`,
    open: (port) => [...passages].filter((passage) => passage.port === port).length,
    received: (port) => received.get(port) ?? 0,
    cut(port) {
      isCut.add(port);
      for (const passage of passages) if (passage.port === port) passage.near.destroy();
    },
    hold: (port) => void waiting.set(port, waiting.get(port) ?? []),
    narrow: (port, bytesPerSecond) => void rates.set(port, bytesPerSecond),
    restore() {
      isCut.clear();
      const held = [...waiting.values()].flat();
      waiting.clear();
      for (const goOn of held) goOn();
      rates.clear();
      for (const passage of passages) pass(passage);
    },
    async stop() {
      clearInterval(trickle);
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** The connection that is asked for (clause 4); null while it is not all there. Clients send nothing else before the answer. */
function readRequest(said: Buffer): { readonly host: string; readonly port: number } | null {
  if (said.length < 5) return null;
  const kind = said[3];
  const length = kind === addressKinds.ipv4 ? 4 : kind === addressKinds.name ? 1 + said[4]! : 16;
  if (said.length < 4 + length + 2) return null;
  const host = kind === addressKinds.ipv4 ? said.subarray(4, 8).join('.') : '127.0.0.1';
  return { host, port: said.readUInt16BE(4 + length) };
}
