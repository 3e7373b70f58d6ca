import { createServer, type IncomingMessage, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ServerCertificate } from '../../main/tls/server-certificate.ts';
import { tlsOptions } from '../../main/tls/tls-options.ts';
import type { Admission } from './admission.ts';
import { createHttpDoor } from './http-door.ts';
import type { HlsDoor } from './hls-door.ts';
import type { RelayCounters } from './relay-counters.ts';

/** Takes over a connection that is HTTP no more. */
export type Accept = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** What is behind the relay's listeners. */
export interface RelayDoors {
  readonly admission: Admission;
  readonly counters: RelayCounters;
  readonly key: Buffer;
  readonly hls: HlsDoor;
  metrics(): string;
  /** The socket of a page. */
  readonly page: Accept;
  /** The door of the hub or of a worker at this path; null when there is none. */
  ours(path: string): Accept | null;
}

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** Viewers come over TLS, to `host` and `port`; hub and workers over a plain listener of their own on loopback. Absent: all come to one. */
  readonly tls?: { readonly certificate: ServerCertificate; readonly controlPort: number } | undefined;
}

export interface RelayListeners {
  /** Where viewers come to. */
  readonly port: number;
  /** Where hub and workers come to, on 127.0.0.1; without TLS the same as `port`, on `host`. */
  readonly controlPort: number;
  /** New connections of viewers see this certificate; those that are open live on. Does nothing without TLS. */
  useCertificate(next: ServerCertificate): void;
  /** Lets nobody in any more. Resolves when the last connection has gone. */
  close(): Promise<void>;
  /** Lets what was said go out, and then ends every connection. */
  hangUp(): void;
  /** Ends what is still there at once. */
  cutOff(): void;
}

const loopback = '127.0.0.1';
const maxConnections = 16_384;
const serverOptions: ServerOptions = {
  maxHeaderSize: 8 * 1024,
  headersTimeout: 5000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 2000,
  keepAliveTimeout: 30_000,
  noDelay: true,
};

/**
 * Opens the relay's one listener, or with TLS its two. Then each has its own doors and no others: nobody reaches the doors of hub and workers
 * over the network, and no picture leaves in the clear. Rejects with the system's error when an address cannot be had.
 */
export async function listenForAll({ host, port, tls }: ListenOptions, doors: RelayDoors): Promise<RelayListeners> {
  const connections = new Set<Duplex>();
  /** Below TLS: only to be destroyed, for what is said goes out above. */
  const bare = new Set<Duplex>();

  const plain = createServer(serverOptions);
  const secured = tls ? createTlsServer({ ...serverOptions, ...tlsOptions(tls.certificate) }) : null;
  serve(plain, doors, { viewers: secured === null, ours: true });
  plain.on('connection', (socket) => hold(connections, socket));
  if (secured) {
    serve(secured, doors, { viewers: true, ours: false });
    secured.on('connection', (socket) => hold(bare, socket));
    secured.on('secureConnection', (socket) => hold(connections, socket));
  }

  const servers = secured ? [plain, secured] : [plain];
  try {
    if (secured) await listen(secured, host, port);
    await listen(plain, secured ? loopback : host, tls ? tls.controlPort : port);
  } catch (cause) {
    for (const server of servers) server.close();
    throw cause;
  }

  return {
    port: portOf(secured ?? plain),
    controlPort: portOf(plain),
    useCertificate: (next) => void secured?.setSecureContext(tlsOptions(next)),
    async close() {
      await Promise.all(servers.map((server) => new Promise<void>((done) => server.close(() => done()))));
    },
    hangUp() {
      for (const connection of connections) connection.end(() => connection.destroy());
    },
    cutOff() {
      for (const connection of [...connections, ...bare]) connection.destroy();
    },
  };
}

function serve(server: Server, doors: RelayDoors, has: { readonly viewers: boolean; readonly ours: boolean }): void {
  const { admission, counters, key } = doors;
  server.maxConnections = maxConnections;
  // Nothing moved for a minute: a reader that does not read, or a connection forgotten.
  server.timeout = 60_000;
  const hls = has.viewers ? doors.hls : null;
  const metrics = has.ours ? () => doors.metrics() : null;
  server.on('request', createHttpDoor({ hls, admission, counters, key, metrics, secure: !has.ours }));

  server.on('upgrade', (request, socket, head) => {
    const refuse = (status: string) => socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
    socket.on('error', () => socket.destroy());
    const path = request.url ?? '';
    const { origin } = request.headers;
    const isKnown = admission.isHost(request.headers.host, request.socket.localAddress, request.socket.localPort);
    if (!isKnown || (path === '/socket' && (origin === undefined || !admission.isOrigin(origin)))) {
      counters.originsRefused += 1;
      return refuse('403 Forbidden');
    }
    const pages = has.viewers ? doors.page : null;
    const accept = path === '/socket' ? pages : has.ours ? doors.ours(path) : null;
    if (accept === null) return refuse('404 Not Found');
    // The connection is no longer HTTP: liveness is each door's own matter.
    (socket as Socket).setTimeout(0);
    accept(request, socket, head);
  });
}

function hold(held: Set<Duplex>, socket: Duplex): void {
  held.add(socket);
  socket.on('close', () => held.delete(socket));
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((listening, failed) => {
    server.once('error', failed);
    server.listen({ host, port }, () => {
      server.off('error', failed);
      listening();
    });
  });
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;
