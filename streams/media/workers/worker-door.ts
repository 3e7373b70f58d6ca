import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { problem, ProblemError, type Problem } from '../../../main/contract/errors.ts';
import type { Log } from '../../../main/contract/log.ts';
import { err, ok, type Result } from '../../../main/contract/result.ts';
import type { Clock } from '../../../main/contract/time.ts';
import type { AccessUnit } from '../../contract.ts';
import { controlMac, isControlMac, readMessage } from '../control-protocol.ts';
import type { Snapshot } from '../media-relay.ts';
import type { Publishers } from '../publishers.ts';
import { silentReport, type AccessUnitSink, type SourceReport } from '../source.ts';
import { decodeUnit, maxRecordBytes } from './unit-record.ts';
import { UnitSender } from './unit-sender.ts';
import {
  fromWorker,
  maxWorkerTextBytes,
  workerProof,
  type FromWorker,
  type GreetingToWorker,
  type ToWorker,
  type WorkerName,
} from './worker-protocol.ts';
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
const maxStreams = 8192;
/** Units that wait for a worker; more, and pictures are left out. */
const maxBufferedUnits = 16 * 1024 * 1024;
/** Texts that wait as well; more, and it is cut off. */
const maxBuffered = 2 * maxBufferedUnits;
/** What one worker may say between two ticks: as many publishers as there can be, all reported at once, and a gigabyte a second. */
const maxTextsPerTick = 16_384;
const maxBytesPerTick = 128 * 1024 * 1024;
const snapshotMs = 10_000;
const maxSnapshots = 32;

const closeCode = { refused: 4003, malformed: 1008, replaced: 4009, goingAway: 1001 } as const;

type Hello = Extract<FromWorker, { kind: 'hello' }>;
type StreamNews = Extract<FromWorker, { readonly stream: number }>;

/** Who has a stream open. */
interface Listener {
  readonly kind: 'pull' | 'tap' | 'transcode' | 'snapshot';
  /** On the monotonic clock: then it is given up. */
  readonly deadline?: number;
  unit(unit: AccessUnit): void;
  hear(news: StreamNews): void;
  /** It ended, by itself or with its worker; what else it hears is nothing. */
  ended(problem: Problem | null): void;
}

/** A connection on its way from stranger to worker. */
interface Peer {
  readonly socket: WebSocket;
  readonly nonce: string;
  readonly since: number;
  readonly sender: UnitSender;
  readonly streams: Map<number, Listener>;
  name: WorkerName | null;
  hello: Hello | null;
  lastStream: number;
  unanswered: number;
  /** Since the last tick. */
  texts: number;
  bytes: number;
}

const unavailable = (worker: WorkerName): Problem => problem('worker-unavailable', { worker });

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
    const open = Array.from(peer.streams.values());
    peer.streams.clear();
    for (const listener of open) listener.ended(unavailable(name));
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
    const listener = peer.streams.get(message.stream);
    if (message.kind !== 'ended') return listener?.hear(message);
    forget(peer, message.stream);
    listener?.ended(message.problem);
  };

  const hearUnit = (peer: Peer, bytes: Uint8Array) => {
    peer.bytes += bytes.length;
    if (peer.bytes > maxBytesPerTick) return cut(peer, 'sends too much');
    const record = decodeUnit(bytes);
    if (peer.hello === null || !record.ok) return refuse(peer, closeCode.malformed, record.ok ? 'out of turn' : record.error);
    const listener = peer.streams.get(record.value.stream);
    if (listener) listener.unit(record.value.unit);
    else counters.strayUnits += 1;
  };

  const forget = (peer: Peer, stream: number) => {
    peer.streams.delete(stream);
    peer.sender.forget(stream);
  };

  /** Opens a stream; the function given back closes it. */
  const open = (peer: Peer, ask: (stream: number) => ToWorker, listener: Listener): { stream: number; close(): void } => {
    peer.lastStream += 1;
    const stream = peer.lastStream;
    peer.streams.set(stream, listener);
    tell(peer, ask(stream));
    return {
      stream,
      close() {
        if (!peer.streams.has(stream)) return;
        forget(peer, stream);
        tell(peer, { kind: 'close', stream });
      },
    };
  };

  const countOf = (peer: Peer, kind: Listener['kind']): number =>
    Array.from(peer.streams.values()).reduce((count, listener) => count + (listener.kind === kind ? 1 : 0), 0);

  /** A stream that works like a source. */
  const play = (
    peer: Peer,
    kind: 'pull' | 'tap',
    ask: (stream: number) => ToWorker,
    sink: AccessUnitSink,
    signal: AbortSignal,
    report: SourceReport,
  ): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return resolve();
      const stop = () => {
        opened.close();
        resolve();
      };
      const opened = open(peer, ask, {
        kind,
        unit: (unit) => sink.push(unit),
        hear(news) {
          if (news.kind === 'step') report.step(news.step, news.params);
          else if (news.kind === 'link') report.link(news.quality);
        },
        ended(cause) {
          signal.removeEventListener('abort', stop);
          reject(new ProblemError(cause ?? problem('source-ended')));
        },
      });
      signal.addEventListener('abort', stop, { once: true });
    });

  const workers: Workers = {
    async pull(url, sink, signal, report = silentReport) {
      const peer = atWork.get('av');
      if (!peer?.hello || peer.hello.maxPulls === 0) throw new ProblemError(unavailable('av'));
      const max = Math.min(peer.hello.maxPulls, maxStreams);
      if (countOf(peer, 'pull') >= max) throw new ProblemError(problem('source-budget', { name: 'av', max, unit: 'connections' }));
      return play(peer, 'pull', (stream) => ({ kind: 'pull', stream, url }), sink, signal, report);
    },
    async tap(keyHash, sink, signal, report = silentReport) {
      const peer = atWork.get('ingest');
      if (!peer) throw new ProblemError(unavailable('ingest'));
      if (peer.streams.size >= maxStreams)
        throw new ProblemError(problem('source-budget', { name: 'ingest', max: maxStreams, unit: 'connections' }));
      return play(peer, 'tap', (stream) => ({ kind: 'tap', stream, keyHash }), sink, signal, report);
    },
    transcode(from, listener) {
      const peer = atWork.get('av');
      if (!peer?.hello) return err(unavailable('av'));
      const max = peer.hello.maxTranscodes;
      if (countOf(peer, 'transcode') >= max) return err(problem('transcode-budget', { max }));
      const { stream, close } = open(peer, (number) => ({ kind: 'transcode', stream: number, from }), {
        kind: 'transcode',
        unit: (unit) => listener.unit(unit),
        hear() {},
        ended: (cause) => listener.ended(cause ?? problem('source-ended')),
      });
      // It was found not to read any more, and cut off.
      if (!peer.streams.has(stream)) return err(unavailable('av'));
      return ok({
        push: (unit) => peer.streams.has(stream) && peer.socket.readyState === peer.socket.OPEN && peer.sender.send(stream, unit),
        end: close,
      });
    },
    snapshot(unit) {
      const peer = atWork.get('av');
      if (!peer?.hello) return Promise.resolve(err(unavailable('av')));
      if (countOf(peer, 'snapshot') >= maxSnapshots) return Promise.resolve(err(problem('snapshot-failed', { reason: 'busy' })));
      return new Promise<Result<Snapshot, Problem>>((resolve) => {
        const { stream, close } = open(peer, (number) => ({ kind: 'snapshot', stream: number }), {
          kind: 'snapshot',
          deadline: clock.monotonic() + snapshotMs,
          unit() {},
          hear(news) {
            if (news.kind !== 'snapshot') return;
            forget(peer, stream);
            const { width, height } = news;
            resolve(ok({ at: unit.receivedAtMs, width, height, jpeg: Buffer.from(news.jpeg, 'base64') }));
          },
          ended: (cause) => resolve(err(cause ?? problem('snapshot-failed', { reason: 'ended' }))),
        });
        if (peer.sender.send(stream, unit)) return;
        close();
        resolve(err(problem('snapshot-failed', { reason: 'busy' })));
      });
    },
    state(name) {
      const peer = atWork.get(name);
      if (!peer?.hello) return null;
      const { url, maxPulls, maxTranscodes } = peer.hello;
      return {
        url,
        maxPulls,
        maxTranscodes,
        pulls: countOf(peer, 'pull'),
        taps: countOf(peer, 'tap'),
        transcodes: countOf(peer, 'transcode'),
      };
    },
  };

  /** What a worker takes too long for is given up. */
  const giveUp = (peer: Peer, now: number) => {
    for (const [stream, listener] of peer.streams) {
      if (listener.deadline === undefined || now < listener.deadline) continue;
      forget(peer, stream);
      tell(peer, { kind: 'close', stream });
      listener.ended(problem('snapshot-failed', { reason: 'timeout' }));
    }
  };

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
        const peer: Peer = {
          socket: webSocket,
          nonce: randomBytes(24).toString('base64url'),
          since: clock.monotonic(),
          sender: new UnitSender(webSocket, maxBufferedUnits),
          streams: new Map(),
          name: null,
          hello: null,
          lastStream: 0,
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
        giveUp(peer, now);
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
