import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { problem, type Problem } from '../../main/contract/errors.ts';
import type { Log } from '../../main/contract/log.ts';
import type { Result } from '../../main/contract/result.ts';
import type { Clock } from '../../main/contract/time.ts';
import type { Profile } from '../contract.ts';
import type { Admission } from './admission.ts';
import {
  controlMac,
  hubMessage,
  isControlMac,
  maxHubMessageBytes,
  maxPublishers,
  readMessage,
  type HubMessage,
  type RelayMessage,
} from './control-protocol.ts';
import type { ProbeMethod, ProbeResult, ProbeTarget, Publisher, Snapshot } from './media-relay.ts';
import type { Publishers } from './publishers.ts';
import type { PathEntry, RelayCore } from './relay-core.ts';

/** `/control`: where the hub orders leases and hears of paths. One hub at a time. Its owner calls `tick` several times a second. */
export interface ControlDoor {
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  tick(): void;
  readonly hubConnected: boolean;
  close(): void;
}

/** What answers the hub's questions. */
export interface ControlQuestions {
  probe(targets: readonly ProbeTarget[], method: ProbeMethod): Promise<readonly ProbeResult[]>;
  snapshot(cameraId: string, profile: Profile, mark: string): Promise<Result<Snapshot, Problem>>;
}

export interface ControlDoorOptions {
  readonly questions: ControlQuestions;
  readonly publishers: Publishers;
  readonly core: RelayCore;
  readonly admission: Admission;
  readonly key: Buffer;
  readonly clock: Clock;
  readonly log: Log;
}

const proveMs = 3000;
const maxStrangers = 8;
/** News of a path at most this often. */
const newsEveryMs = 250;
/** Rates of running paths at least this often; the hub shows them every two seconds at most. */
const ratesEveryMs = 2200;
/** Questions being answered at once; more are refused. */
const maxQuestions = 256;
/** A hub that does not read for so long that this piles up is cut off; it comes back and gets the listing. */
const maxBuffered = 32 * 1024 * 1024;
/** Viewers keep playing while the hub restarts; after this it is not coming back. */
const hubGoneMs = 600_000;

const closeCode = { refused: 4003, malformed: 1008, replaced: 4009, goingAway: 1001 } as const;

/** A connection on its way from stranger to hub. */
interface Peer {
  readonly socket: WebSocket;
  readonly nonce: string;
  readonly since: number;
  proven: boolean;
  epoch: number;
  /** Pieces of the list of publishers so far. */
  publishers: Publisher[];
}

/** See `control-protocol.ts` for what is said. */
export function createControlDoor({ core, questions, publishers, admission, key, clock, log }: ControlDoorOptions): ControlDoor {
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: maxHubMessageBytes, clientTracking: false });
  const instance = randomBytes(12).toString('base64url');
  const strangers = new Set<Peer>();
  const news = new Set<PathEntry>();
  let hub: Peer | null = null;
  let considered = 0;
  let goneSince: number | null = null;
  let newsAt = Number.NEGATIVE_INFINITY;
  let ratesAt = Number.NEGATIVE_INFINITY;

  core.listen({
    pathChanged: (entry) => {
      if (hub) news.add(entry);
    },
    leaseEnded: (leaseId, reason) => tell(hub, { kind: 'lease-ended', leaseId, reason }),
  });
  publishers.listen({
    publishing: (cameraId, since) => {
      tell(hub, { kind: 'publishing', cameraId, since });
      if (since !== null) core.wake(cameraId);
    },
    ingest: (url) => tell(hub, { kind: 'ingest', url }),
  });

  const tell = (peer: Peer | null, message: RelayMessage) => {
    if (!peer || peer.socket.readyState !== peer.socket.OPEN) return;
    if (peer.socket.bufferedAmount > maxBuffered) peer.socket.terminate();
    else peer.socket.send(JSON.stringify(message));
  };

  const listing = (peer: Peer) =>
    tell(peer, {
      kind: 'listing',
      leases: core.leases().map(({ leaseId, cameraId, profile, decodes, holder }) => ({
        leaseId,
        cameraId,
        profile,
        decodes,
        holder,
      })),
      paths: core.entries().map((entry) => core.report(entry)),
      publishing: Array.from(publishers.publishing, ([cameraId, since]) => ({ cameraId, since })),
      ingestUrl: publishers.url,
    });

  const refuse = (peer: Peer, code: number, reason: string) => {
    if (!peer.proven) core.counters.controlRefused += 1;
    peer.socket.close(code, reason);
  };

  /** What a connection may say depends on how far it has come: proof, then hello, then orders. */
  const hear = (peer: Peer, message: HubMessage | null) => {
    if (message === null) return refuse(peer, closeCode.malformed, 'malformed');
    if (!peer.proven) {
      if (message.kind !== 'proof' || !isControlMac(message.mac, key, 'hub', peer.nonce, message.nonce))
        return refuse(peer, closeCode.refused, 'refused');
      peer.proven = true;
      tell(peer, { kind: 'welcome', mac: controlMac(key, 'relay', peer.nonce, message.nonce), instance });
      return;
    }
    if (message.kind === 'hello') return greet(peer, message);
    if (peer !== hub || message.kind === 'proof') return refuse(peer, closeCode.malformed, 'out of turn');
    if (message.kind === 'open') {
      const opened = core.open(message.order);
      tell(peer, { kind: 'done', id: message.id, error: opened.ok ? null : opened.error });
    } else if (message.kind === 'close') core.close(message.leaseId);
    else if (message.kind === 'list') listing(peer);
    else if (message.kind === 'publishers') takePublishers(peer, message);
    else if (message.kind === 'trace') tell(peer, { kind: 'traced', id: message.id, trace: core.trace(message.cameraId, message.profile) });
    else void consider(peer, message);
  };

  const takePublishers = (peer: Peer, piece: Extract<HubMessage, { kind: 'publishers' }>) => {
    if (piece.first) peer.publishers = [];
    if (peer.publishers.length + piece.publishers.length > maxPublishers) return refuse(peer, closeCode.malformed, 'too many publishers');
    peer.publishers.push(...piece.publishers);
    if (!piece.last) return;
    publishers.allow(peer.publishers);
    peer.publishers = [];
  };

  /** A question whose answer takes a while. */
  const consider = async (peer: Peer, message: Extract<HubMessage, { kind: 'probe' | 'snapshot' }>) => {
    const { id } = message;
    if (considered >= maxQuestions) return tell(peer, { kind: 'done', id, error: problem('relay-overloaded', { max: maxQuestions }) });
    considered += 1;
    try {
      if (message.kind === 'probe') {
        tell(peer, { kind: 'probed', id, results: await questions.probe(message.targets, message.method) });
        return;
      }
      const picture = await questions.snapshot(message.cameraId, message.profile, message.mark);
      if (!picture.ok) return tell(peer, { kind: 'done', id, error: picture.error });
      const { at, width, height, jpeg } = picture.value;
      tell(peer, { kind: 'pictured', id, at, width, height, jpeg: Buffer.from(jpeg).toString('base64') });
    } finally {
      considered -= 1;
    }
  };

  const greet = (peer: Peer, hello: Extract<HubMessage, { kind: 'hello' }>) => {
    if (hub && hub !== peer) {
      if (hello.epoch < hub.epoch) return refuse(peer, closeCode.replaced, 'a newer hub is here');
      hub.socket.close(closeCode.replaced, 'a newer hub came');
    }
    admission.allow(hello.origins, hello.hosts);
    if (peer === hub) return;
    log.info({ epoch: hello.epoch, leases: core.leases().length }, 'hub connected');
    strangers.delete(peer);
    peer.epoch = hello.epoch;
    hub = peer;
    goneSince = null;
    news.clear();
    listing(peer);
  };

  return {
    accept(request, socket, head) {
      // Pages have no business here, and browsers always name their origin.
      if (request.headers.origin !== undefined || strangers.size >= maxStrangers) {
        core.counters.controlRefused += 1;
        socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, socket, head, (webSocket) => {
        const peer: Peer = {
          socket: webSocket,
          nonce: randomBytes(24).toString('base64url'),
          since: clock.monotonic(),
          proven: false,
          epoch: 0,
          publishers: [],
        };
        strangers.add(peer);
        webSocket.on('message', (data, isBinary) => {
          // A connection on its way out is not heard any more.
          if (webSocket.readyState !== webSocket.OPEN) return;
          hear(peer, isBinary ? null : readMessage(hubMessage, (data as Buffer).toString()));
        });
        webSocket.on('error', () => {});
        webSocket.on('close', () => {
          strangers.delete(peer);
          if (hub !== peer) return;
          hub = null;
          goneSince = clock.monotonic();
          news.clear();
          log.warn({ leases: core.leases().length }, 'hub gone, viewers keep playing');
        });
        tell(peer, { kind: 'challenge', nonce: peer.nonce });
      });
    },
    tick() {
      const now = clock.monotonic();
      for (const peer of strangers) {
        if (now - peer.since < proveMs) continue;
        strangers.delete(peer);
        core.counters.controlRefused += 1;
        peer.socket.terminate();
      }
      if (goneSince !== null && now - goneSince >= hubGoneMs) {
        goneSince = null;
        log.warn({ leases: core.leases().length }, 'hub did not come back, everything is closed');
        core.closeAll();
      }
      if (!hub || now - newsAt < newsEveryMs) return;
      newsAt = now;
      if (now - ratesAt >= ratesEveryMs) {
        ratesAt = now;
        for (const entry of core.entries()) if (entry.path.state === 'ready') news.add(entry);
      }
      if (news.size === 0) return;
      tell(hub, { kind: 'paths', paths: [...news].map((entry) => core.report(entry)) });
      news.clear();
    },
    get hubConnected() {
      return hub !== null;
    },
    close() {
      for (const peer of [...strangers, ...(hub ? [hub] : [])]) peer.socket.close(closeCode.goingAway, 'relay stops');
      server.close();
    },
  };
}
