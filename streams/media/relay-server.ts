import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { problem } from '../../main/contract/errors.ts';
import { err } from '../../main/contract/result.ts';
import { Admission } from './admission.ts';
import { createControlDoor, type ControlQuestions } from './control-door.ts';
import { controlPath } from './control-protocol.ts';
import { createHlsDoor } from './hls-door.ts';
import { createHttpDoor } from './http-door.ts';
import { Publishers } from './publishers.ts';
import { RelayCore, type RelayCoreOptions } from './relay-core.ts';
import { relayMetrics } from './relay-metrics.ts';
import { createSocketDoor } from './socket-door.ts';
import { TicketGate } from './ticket-gate.ts';
import { asksForWall, createWallDoor } from './wall-door.ts';
import type { WorkerDoor } from './workers/worker-door.ts';
import { workerPath } from './workers/worker-protocol.ts';

export interface RelayServerOptions extends RelayCoreOptions {
  readonly host: string;
  readonly port: number;
  readonly key: Buffer;
  /** Who may push; absent: nobody is heard. */
  readonly publishers?: Publishers;
  /** Where the relay's workers report; absent: it has none. */
  readonly workerDoor?: WorkerDoor;
  /** What answers the hub's questions about cameras; absent: they have no answer. */
  readonly questions?: (core: RelayCore) => ControlQuestions;
}

/** A relay that listens. */
export interface RelayServer {
  readonly port: number;
  /** Origins of the hub's pages, as the hub named them. */
  readonly origins: ReadonlySet<string>;
  /** Ends everything; resolves within two seconds even if a source does not end. */
  stop(): Promise<void>;
}

/** All decisions that wait for a time are taken at this pace: watchdogs, retries, held requests, slow readers, news for the hub. */
const tickMs = 100;
const noQuestions = (): ControlQuestions => ({
  probe: async (targets) => targets.map(({ cameraId }) => ({ cameraId, state: 'unknown', reason: 'unavailable', ms: 0 })),
  snapshot: async () => err(problem('worker-unavailable', { worker: 'av' })),
});
const stopMs = 1500;
const maxConnections = 16_384;
const maxSockets = 1024;

/** Opens the relay's one listener. Rejects with the system's error when the address cannot be had. */
export async function serveRelay(options: RelayServerOptions): Promise<RelayServer> {
  const { clock, log, key } = options;
  const core = new RelayCore(options);
  options.workerDoor?.onArrival(() => core.wakeFailedFor('worker-unavailable'));
  const admission = new Admission(options.host);
  const tickets = new TicketGate(key, clock, core.counters);
  const hls = createHlsDoor({ core, tickets, clock });
  const sockets = createSocketDoor({ hls, counters: core.counters, clock, maxSockets });
  const walls = createWallDoor({ core, tickets, clock, maxSockets });
  const publishers = options.publishers ?? new Publishers(clock);
  const questions = options.questions ?? noQuestions;
  const control = createControlDoor({ core, questions: questions(core), publishers, admission, key, clock, log });
  const metrics = () =>
    relayMetrics(core, {
      heldRequests: hls.held,
      sockets: sockets.open,
      walls,
      hub: control.hubConnected,
      publishers: publishers.publishing.size,
      workerDoor: options.workerDoor ?? null,
    });

  const server = createServer({
    maxHeaderSize: 8 * 1024,
    headersTimeout: 5000,
    requestTimeout: 10_000,
    connectionsCheckingInterval: 2000,
    keepAliveTimeout: 30_000,
    noDelay: true,
  });
  server.maxConnections = maxConnections;
  // Nothing moved for a minute: a reader that does not read, or a connection forgotten.
  server.timeout = 60_000;
  server.on('request', createHttpDoor({ hls, admission, counters: core.counters, key, metrics }));

  const connections = new Set<Socket>();
  server.on('connection', (socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
  });

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refuse = (status: string) => socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
    socket.on('error', () => socket.destroy());
    const path = request.url ?? '';
    const { origin } = request.headers;
    const isKnown = admission.isHost(request.headers.host, request.socket.localAddress, request.socket.localPort);
    if (!isKnown || (path === '/socket' && (origin === undefined || !admission.isOrigin(origin)))) {
      core.counters.originsRefused += 1;
      return refuse('403 Forbidden');
    }
    // The connection is no longer HTTP: liveness is each door's own matter.
    (socket as Socket).setTimeout(0);
    if (path === '/socket') return (asksForWall(request) ? walls : sockets).accept(request, socket, head);
    if (path === controlPath) return control.accept(request, socket, head);
    if (path === workerPath && options.workerDoor) return options.workerDoor.accept(request, socket, head);
    refuse('404 Not Found');
  });

  await new Promise<void>((listening, failed) => {
    server.once('error', failed);
    server.listen({ host: options.host, port: options.port }, () => {
      server.off('error', failed);
      listening();
    });
  });
  const { port } = server.address() as AddressInfo;

  const stopping = new AbortController();
  const ticking = (async () => {
    let sweptAt = clock.monotonic();
    while (!stopping.signal.aborted) {
      core.tick();
      sockets.tick();
      walls.tick();
      control.tick();
      options.workerDoor?.tick();
      if (clock.monotonic() - sweptAt > 1000) {
        sweptAt = clock.monotonic();
        tickets.sweep();
      }
      await clock.sleep(tickMs, stopping.signal).catch(() => {});
    }
  })();

  return {
    port,
    get origins() {
      return admission.origins;
    },
    async stop() {
      stopping.abort();
      await ticking;
      const closed = new Promise<void>((done) => server.close(() => done()));
      const enough = new AbortController();
      const late = clock.sleep(stopMs, enough.signal).catch(() => {});
      await Promise.race([core.stop(), late]);
      enough.abort();
      sockets.close();
      walls.close();
      control.close();
      options.workerDoor?.close();
      // Close frames and last answers go out before the connections do.
      for (const connection of connections) connection.end(() => connection.destroy());
      await Promise.race([closed, clock.sleep(200)]);
      for (const connection of connections) connection.destroy();
      await closed;
    },
  };
}
