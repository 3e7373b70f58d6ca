import { problem } from '../../main/contract/errors.ts';
import { err } from '../../main/contract/result.ts';
import type { ServerCertificate } from '../../main/tls/server-certificate.ts';
import { Admission } from './admission.ts';
import { createControlDoor, type ControlQuestions } from './control-door.ts';
import { controlPath } from './control-protocol.ts';
import { createHlsDoor } from './hls-door.ts';
import { Publishers } from './publishers.ts';
import { RelayCore, type RelayCoreOptions } from './relay-core.ts';
import { listenForAll, type ListenOptions } from './relay-listeners.ts';
import { relayMetrics } from './relay-metrics.ts';
import { createSocketDoor } from './socket-door.ts';
import { TicketGate } from './ticket-gate.ts';
import { asksForWall, createWallDoor } from './wall-door.ts';
import type { WorkerDoor } from './workers/worker-door.ts';
import { workerPath } from './workers/worker-protocol.ts';

export interface RelayServerOptions extends RelayCoreOptions, ListenOptions {
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
  /** Where viewers come to. */
  readonly port: number;
  /** Where hub and workers come to, on 127.0.0.1; without TLS the same as `port`, on `host`. */
  readonly controlPort: number;
  /** New connections of viewers see this certificate; those that are open live on. Does nothing without TLS. */
  useCertificate(next: ServerCertificate): void;
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
const maxSockets = 1024;

/** Opens the relay's listeners: see `relay-listeners.ts`. Rejects with the system's error when an address cannot be had. */
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

  const listeners = await listenForAll(options, {
    admission,
    counters: core.counters,
    key,
    hls,
    metrics,
    page: (request, socket, head) => (asksForWall(request) ? walls : sockets).accept(request, socket, head),
    ours(path) {
      const door = path === controlPath ? control : path === workerPath ? options.workerDoor : null;
      return door ? (...upgrade) => door.accept(...upgrade) : null;
    },
  });

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
    port: listeners.port,
    controlPort: listeners.controlPort,
    useCertificate: (next) => listeners.useCertificate(next),
    get origins() {
      return admission.origins;
    },
    async stop() {
      stopping.abort();
      await ticking;
      const closed = listeners.close();
      const enough = new AbortController();
      const late = clock.sleep(stopMs, enough.signal).catch(() => {});
      await Promise.race([core.stop(), late]);
      enough.abort();
      sockets.close();
      walls.close();
      control.close();
      options.workerDoor?.close();
      // Close frames and last answers go out before the connections do.
      listeners.hangUp();
      await Promise.race([closed, clock.sleep(200)]);
      listeners.cutOff();
      await closed;
    },
  };
}
