import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Log } from '../../../main/contract/log.ts';
import type { Clock } from '../../../main/contract/time.ts';
import { controlMac, isControlMac, readMessage } from '../control-protocol.ts';
import type { Publishers } from '../publishers.ts';
import { decodeUnit, maxRecordBytes } from './unit-record.ts';
import { UnitSender } from './unit-sender.ts';
import { createWorkOrders, workerUnavailable } from './work-orders.ts';
import {
  fromWorker,
  maxWorkerTextBytes,
  workerProof,
  type FromWorker,
  type GreetingToWorker,
  type ToWorker,
  type WorkerName,
} from './worker-protocol.ts';
import { WorkerStreams } from './worker-streams.ts';
import type { Workers } from './workers.ts';

/** `/worker`: where the relay's workers report for work. One connection a name, the newest counts. Its owner calls `tick` several times a second. */
export interface WorkerDoor {
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  tick(): void;
  readonly workers: Workers;
  readonly counters: WorkerDoorCounters;
  /** Who is told when a worker begins to work: one listener. */
  onArrival(listener: (name: WorkerName) => void): void;
  close(): void;
}

/** What was turned away or left out. */
export interface WorkerDoorCounters {
  /** Connections that could not prove the key, or said nothing that makes sense. */
  refused: number;
  /** Workers cut off because they said too much, did not read, or did not answer. */
  cut: number;
  /** Units for workers that did not keep up. Of workers that are gone; those at work are added when it is read. */
  readonly droppedUnits: number;
  /** Units of streams that nobody has open: the last of a stream that was just closed. */
  strayUnits: number;
}

export interface WorkerDoorOptions {
  readonly key: Buffer;
  /** Hears who publishes. */
  readonly publishers: Pick<Publishers, 'ingestUp' | 'ingestDown' | 'began' | 'ended'>;
  readonly clock: Clock;
  readonly log: Log;
}

const proveMs = 3000;
/** When there are more, the oldest gives way: nobody may keep the workers out by waiting at the door. */
const maxStrangers = 8;
/** A proof or a hello is short. */
const maxGreetingBytes = 4096;
const pingEveryMs = 1000;
/** Counted, not timed: this process may have stood still itself. A worker that loads FFmpeg stands still for a while, too. */
const maxUnanswered = 10;
/** Units that wait for a worker; more, and pictures are left out. */
const maxBufferedUnits = 16 * 1024 * 1024;
/** Texts that wait as well; more, and it is cut off. */
const maxBuffered = 2 * maxBufferedUnits;
/** What one worker may say between two ticks: as many publishers as there can be, all reported at once, and a gigabyte a second. */
const maxTextsPerTick = 16_384;
const maxBytesPerTick = 128 * 1024 * 1024;

const closeCode = { refused: 4003, malformed: 1008, replaced: 4009, goingAway: 1001 } as const;

type Hello = Extract<FromWorker, { kind: 'hello' }>;

/** A connection on its way from stranger to worker. */
interface Peer {
  readonly socket: WebSocket;
  readonly nonce: string;
  readonly since: number;
  readonly sender: UnitSender;
  readonly streams: WorkerStreams;
  name: WorkerName | null;
  hello: Hello | null;
  unanswered: number;
  /** Since the last tick. */
  texts: number;
  bytes: number;
}

/** See `worker-protocol.ts` for what is said. */
export function createWorkerDoor({ key, publishers, clock, log }: WorkerDoorOptions): WorkerDoor {
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: Math.max(maxRecordBytes, maxWorkerTextBytes),
    clientTracking: false,
  });
  const strangers = new Set<Peer>();
  const atWork = new Map<WorkerName, Peer>();
  let pingedAt = Number.NEGATIVE_INFINITY;
  let droppedBefore = 0;
  const counters = {
    refused: 0,
    cut: 0,
    get droppedUnits() {
      return Array.from(atWork.values()).reduce((sum, { sender }) => sum + sender.dropped, droppedBefore);
    },
    strayUnits: 0,
  };

  const cut = (peer: Peer, why: string) => {
    counters.cut += 1;
    log.warn({ worker: peer.name, why }, 'worker cut off');
    peer.socket.terminate();
    dismiss(peer);
  };

  const tell = (peer: Peer, message: ToWorker | GreetingToWorker) => {
    if (peer.socket.readyState !== peer.socket.OPEN) return;
    if (peer.socket.bufferedAmount > maxBuffered) cut(peer, 'does not read');
    else peer.socket.send(JSON.stringify(message));
  };

  /** It is not at work any more: whoever relied on it hears so at once. */
  const dismiss = (peer: Peer) => {
    strangers.delete(peer);
    const { name } = peer;
    if (name === null || atWork.get(name) !== peer) return;
    atWork.delete(name);
    droppedBefore += peer.sender.dropped;
    log.warn({ worker: name, streams: peer.streams.size }, 'worker gone');
    if (name === 'ingest') publishers.ingestDown();
    peer.streams.endAll(workerUnavailable(name));
  };

  const refuse = (peer: Peer, code: number, reason: string) => {
    counters.refused += 1;
    peer.socket.close(code, reason);
    // The other end may take its time to close.
    dismiss(peer);
  };

  let arrived: (name: WorkerName) => void = () => {};

  const turnAway = (stranger: Peer) => {
    strangers.delete(stranger);
    counters.refused += 1;
    stranger.socket.terminate();
  };

  const greet = (peer: Peer, name: WorkerName, hello: Hello) => {
    const before = atWork.get(name);
    if (before && before !== peer) {
      dismiss(before);
      before.socket.close(closeCode.replaced, 'a newer one came');
    }
    const isNew = peer.hello === null;
    peer.hello = hello;
    if (isNew) {
      strangers.delete(peer);
      atWork.set(name, peer);
      log.info({ worker: name, url: hello.url, maxPulls: hello.maxPulls, maxTranscodes: hello.maxTranscodes }, 'worker connected');
    }
    if (name === 'ingest') publishers.ingestUp(hello.url, (keyHash, admitted) => tell(peer, { kind: 'admit', keyHash, admitted }));
    if (isNew) arrived(name);
  };

  const hearProof = (peer: Peer, text: string) => {
    const proof = readMessage(workerProof, text);
    if (proof === null || !isControlMac(proof.mac, key, proof.name, peer.nonce, proof.nonce))
      return refuse(peer, closeCode.refused, 'refused');
    peer.name = proof.name;
    tell(peer, { kind: 'welcome', mac: controlMac(key, 'relay', peer.nonce, proof.nonce) });
  };

  const hearText = (peer: Peer, text: string) => {
    peer.texts += 1;
    if (peer.texts > maxTextsPerTick) return cut(peer, 'says too much');
    if (peer.name === null) return hearProof(peer, text);
    const message = readMessage(fromWorker, text);
    if (message === null) return refuse(peer, closeCode.malformed, 'malformed');
    if (message.kind === 'hello') return greet(peer, peer.name, message);
    if (peer.hello === null) return refuse(peer, closeCode.malformed, 'out of turn');
    if (message.kind === 'publish' || message.kind === 'unpublish') {
      if (peer.name !== 'ingest') return refuse(peer, closeCode.malformed, 'out of turn');
      if (message.kind === 'publish') publishers.began(message.keyHash);
      else publishers.ended(message.keyHash);
      return;
    }
    peer.streams.hear(message);
  };

  const hearUnit = (peer: Peer, bytes: Uint8Array) => {
    peer.bytes += bytes.length;
    if (peer.bytes > maxBytesPerTick) return cut(peer, 'sends too much');
    const record = decodeUnit(bytes);
    if (peer.hello === null || !record.ok) return refuse(peer, closeCode.malformed, record.ok ? 'out of turn' : record.error);
    if (!peer.streams.unit(record.value.stream, record.value.unit)) counters.strayUnits += 1;
  };

  const workers = createWorkOrders((name) => {
    const peer = atWork.get(name);
    return peer?.hello ? { hello: peer.hello, streams: peer.streams } : undefined;
  }, clock);

  const ping = (peer: Peer) => {
    if (peer.unanswered >= maxUnanswered) return cut(peer, 'does not answer');
    if (peer.socket.readyState !== peer.socket.OPEN) return;
    peer.socket.ping();
    peer.unanswered += 1;
  };

  return {
    onArrival(listener) {
      arrived = listener;
    },
    accept(request, socket, head) {
      // Pages have no business here, and browsers always name their origin.
      if (request.headers.origin !== undefined) {
        counters.refused += 1;
        socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
        return;
      }
      for (const peer of [...strangers].slice(0, Math.max(0, strangers.size + 1 - maxStrangers))) turnAway(peer);
      server.handleUpgrade(request, socket, head, (webSocket) => {
        const sender = new UnitSender(webSocket, maxBufferedUnits);
        const peer: Peer = {
          socket: webSocket,
          nonce: randomBytes(24).toString('base64url'),
          since: clock.monotonic(),
          sender,
          streams: new WorkerStreams((message) => tell(peer, message), {
            send: (stream, unit) => webSocket.readyState === webSocket.OPEN && sender.send(stream, unit),
            forget: (stream) => sender.forget(stream),
          }),
          name: null,
          hello: null,
          unanswered: 0,
          texts: 0,
          bytes: 0,
        };
        strangers.add(peer);
        webSocket.on('message', (data, isBinary) => {
          // A connection on its way out is not heard any more.
          if (webSocket.readyState !== webSocket.OPEN) return;
          peer.unanswered = 0;
          if (peer.hello === null && (data as Buffer).length > maxGreetingBytes) refuse(peer, closeCode.malformed, 'too long');
          else if (isBinary) hearUnit(peer, data as Buffer);
          else hearText(peer, (data as Buffer).toString());
        });
        webSocket.on('pong', () => (peer.unanswered = 0));
        webSocket.on('error', () => {});
        webSocket.on('close', () => dismiss(peer));
        tell(peer, { kind: 'challenge', nonce: peer.nonce });
      });
    },
    tick() {
      const now = clock.monotonic();
      for (const peer of strangers) {
        if (now - peer.since >= proveMs) turnAway(peer);
      }
      const isPingDue = now - pingedAt >= pingEveryMs;
      if (isPingDue) pingedAt = now;
      for (const peer of atWork.values()) {
        peer.texts = 0;
        peer.bytes = 0;
        peer.streams.expire(now);
        if (isPingDue) ping(peer);
      }
    },
    workers,
    counters,
    close() {
      for (const peer of [...strangers, ...atWork.values()]) peer.socket.close(closeCode.goingAway, 'relay stops');
      server.close();
    },
  };
}
