import { randomBytes } from 'node:crypto';
import type { WebSocket } from 'ws';
import { problem, type Problem } from '../../main/contract/errors.ts';
import type { Log } from '../../main/contract/log.ts';
import { err, ok, type Result } from '../../main/contract/result.ts';
import type { Clock } from '../../main/contract/time.ts';
import { createControlLink } from './control-link.ts';
import {
  controlPath,
  greetingToHub,
  maxHubMessageBytes,
  maxPublishers,
  probesPerMessage,
  publishersPerMessage,
  readMessage,
  relayMessage,
  type HubMessageSent,
  type ListedLease,
  type RelayMessage,
} from './control-protocol.ts';
import type { LeaseOrder, MediaRelay, PathReport, ProbeResult, ProbeTarget, Publisher, RelayEvent } from './media-relay.ts';
import { signTicket, ticketLifeMs } from './ticket.ts';

export interface RelayClientOptions {
  /** Where the relay listens: `http://host:port`. */
  readonly url: string;
  /** The secret of this launch, base64. */
  readonly key: string;
  readonly clock: Clock;
  readonly log: Log;
  /** How pages reach the relay, when not by `url`. */
  readonly publicUrl?: string;
  /** The hub's epoch: a hub with an older one never replaces a newer. */
  readonly epoch?: number;
}

const orderMs = 4000;
/** How long the relay may take over a question: it looks something up, asks up to 256 cameras, has a picture coded. */
const questionMs = { trace: 4000, probe: 120_000, snapshot: 12_000 } as const;
const maxUnanswered = 3;
const maxOrders = 65_536;
/** Orders and questions under way: fifty screens ask for their scenes at once, while a relay that restarted is told its orders again. */
const maxPending = 16_384;
const maxMessageBytes = 64 * 1024 * 1024;

/** One control connection that has been greeted: orders may be sent. */
interface Connection {
  readonly socket: WebSocket;
  readonly instance: string;
}

/** What answers one question or order. */
type RelayAnswer = Extract<RelayMessage, { readonly id: number }>;
type AnswerOf<K extends RelayAnswer['kind']> = Extract<RelayAnswer, { kind: K }>;

function send(socket: WebSocket, message: HubMessageSent): void {
  // A connection that is going away tells by its close event.
  socket.send(JSON.stringify(message), () => {});
}

/** The hub's side of the embedded relay: keeps the control connection, repeats what was ordered to a relay that restarted. */
export function createRelayClient(options: RelayClientOptions): MediaRelay {
  const { clock, log } = options;
  const key = Buffer.from(options.key, 'base64');
  const pageUrl = (options.publicUrl ?? options.url).replace(/\/+$/, '');

  const listeners = new Set<(event: RelayEvent) => void>();
  /** What this hub ordered and has not closed. */
  const orders = new Map<string, LeaseOrder>();
  /** What the relay held when this hub first met it, until the hub adopts it by ordering it, or closes it. */
  const inherited = new Map<string, ListedLease>();
  const paths = new Map<string, PathReport>();
  const pending = new Map<number, (answer: Result<RelayAnswer, Problem>) => void>();
  /** Null until this hub knows them: until then a relay keeps to the list of the hub before. */
  let publishers: readonly Publisher[] | null = null;
  const publishing = new Map<string, number>();
  let ingestUrl: string | null = null;
  let origins: readonly string[] = [];
  let connection: Connection | null = null;
  let lastInstance: string | null = null;
  let lastId = 0;

  const emit = (event: RelayEvent) => {
    for (const listener of listeners) listener(event);
  };
  const hello = (socket: WebSocket) => {
    const hosts = options.publicUrl === undefined ? [] : [new URL(options.publicUrl).host];
    send(socket, { kind: 'hello', origins: [...origins], hosts, epoch: options.epoch ?? 0 });
  };
  const putPath = (path: PathReport) => {
    const name = `${path.cameraId}/${path.profile}`;
    if (path.state === 'idle') paths.delete(name);
    else paths.set(name, path);
    emit({ kind: 'path', path });
  };

  /** Sends what is answered by its id, and waits for the answer. */
  const call = (to: Connection, message: (id: number) => HubMessageSent, waitMs: number): Promise<Result<RelayAnswer, Problem>> => {
    lastId += 1;
    const id = lastId;
    const { promise, resolve } = Promise.withResolvers<Result<RelayAnswer, Problem>>();
    const enough = new AbortController();
    pending.set(id, (answer) => {
      pending.delete(id);
      enough.abort();
      resolve(answer);
    });
    clock.sleep(waitMs, enough.signal).then(
      () => pending.get(id)?.(err(problem('relay-unavailable', {}, 'the relay does not answer'))),
      () => {},
    );
    send(to.socket, message(id));
    return promise;
  };

  const order = async (to: Connection, wanted: LeaseOrder): Promise<Result<void, Problem>> => {
    const answer = await call(to, (id) => ({ kind: 'open', id, order: wanted }), orderMs);
    return answer.ok ? ok(undefined) : answer;
  };

  /** A question that only a relay which is up can answer. */
  const question = async <K extends RelayAnswer['kind']>(
    answeredBy: K,
    message: (id: number) => HubMessageSent,
    waitMs: number,
  ): Promise<Result<AnswerOf<K>, Problem>> => {
    if (!connection) return err(problem('relay-unavailable'));
    if (pending.size >= maxPending) return err(problem('relay-overloaded', { max: maxPending }));
    const answer = await call(connection, message, waitMs);
    if (!answer.ok) return answer;
    if (answer.value.kind !== answeredBy) return err(problem('relay-unavailable', {}, `the relay answers ${answer.value.kind}`));
    return ok(answer.value as AnswerOf<K>);
  };

  /** The list in pieces: the relay takes no longer messages. */
  const sendPublishers = (to: Connection) => {
    if (publishers === null) return;
    const pieces = Math.max(1, Math.ceil(publishers.length / publishersPerMessage));
    for (let piece = 0; piece < pieces; piece += 1) {
      const some = publishers.slice(piece * publishersPerMessage, (piece + 1) * publishersPerMessage);
      send(to.socket, { kind: 'publishers', first: piece === 0, last: piece === pieces - 1, publishers: some });
    }
  };

  const putIngest = (url: string | null) => {
    ingestUrl = url;
    emit({ kind: 'ingest', url });
  };

  const putPublishing = (cameraId: string, since: number | null) => {
    if (since === null) publishing.delete(cameraId);
    else publishing.set(cameraId, since);
    emit({ kind: 'publishing', cameraId, since });
  };

  /** Orders again what a relay that restarted cannot remember. */
  const repeat = async (to: Connection, wanted: LeaseOrder) => {
    const answer = await order(to, wanted);
    if (answer.ok || connection !== to) return;
    log.warn({ leaseId: wanted.leaseId, code: answer.error.code }, 'relay does not take a lease again');
    // It may have been taken all the same, only too late.
    send(to.socket, { kind: 'close', leaseId: wanted.leaseId });
    if (orders.delete(wanted.leaseId)) emit({ kind: 'lease-ended', leaseId: wanted.leaseId, reason: 'closed' });
  };

  /** Brings both sides to agree after a (re)connection: what is missing is repeated or given up, what nobody here knows is closed. */
  const settle = (to: Connection, listing: Extract<RelayMessage, { kind: 'listing' }>) => {
    const held = new Map(listing.leases.map((lease) => [lease.leaseId, lease]));
    const isFirst = lastInstance === null;
    const isSame = lastInstance === to.instance;
    lastInstance = to.instance;
    const gone = (leaseId: string) => {
      orders.delete(leaseId);
      inherited.delete(leaseId);
      emit({ kind: 'lease-ended', leaseId, reason: isSame ? 'idle' : 'closed' });
    };
    for (const lease of held.values()) {
      if (orders.has(lease.leaseId) || inherited.has(lease.leaseId)) continue;
      if (isFirst) inherited.set(lease.leaseId, lease);
      else send(to.socket, { kind: 'close', leaseId: lease.leaseId });
    }
    // The relay restarted: what it cannot remember is ordered again. Of inherited leases the source is not known here.
    for (const lease of Array.from(inherited.values())) if (!held.has(lease.leaseId)) gone(lease.leaseId);
    for (const wanted of Array.from(orders.values())) {
      if (held.has(wanted.leaseId)) continue;
      if (isSame) gone(wanted.leaseId);
      else void repeat(to, wanted);
    }
    for (const path of listing.paths) putPath(path);
    putIngest(listing.ingestUrl);
    for (const { cameraId, since } of listing.publishing) putPublishing(cameraId, since);
    sendPublishers(to);
  };

  const hear = (from: Connection, message: RelayMessage) => {
    if ('id' in message) pending.get(message.id)?.(message.kind === 'done' && message.error ? err(message.error) : ok(message));
    else if (message.kind === 'paths') message.paths.forEach(putPath);
    else if (message.kind === 'lease-ended') {
      const wasKnown = orders.delete(message.leaseId) || inherited.delete(message.leaseId);
      if (wasKnown) emit(message);
    } else if (message.kind === 'publishing') putPublishing(message.cameraId, message.since);
    else if (message.kind === 'ingest') putIngest(message.url);
    else if (message.kind === 'listing') {
      const isUp = connection === null;
      connection = from;
      settle(from, message);
      if (isUp) emit({ kind: 'up', baseUrl: pageUrl });
    }
  };

  const leave = () => {
    connection = null;
    paths.clear();
    publishing.clear();
    ingestUrl = null;
    for (const answer of pending.values()) answer(err(problem('relay-unavailable')));
    emit({ kind: 'down' });
  };

  const link = createControlLink<Extract<RelayMessage, { kind: 'welcome' }>>({
    url: options.url,
    path: controlPath,
    name: 'hub',
    key,
    socket: { maxPayload: maxMessageBytes },
    maxUnanswered,
    greeting: greetingToHub,
    proof: (nonce, mac) => ({ kind: 'proof', nonce, mac }) satisfies HubMessageSent,
    enter(socket, { instance }) {
      const greeted: Connection = { socket, instance };
      hello(socket);
      return {
        hear(data, isBinary) {
          const message = isBinary ? null : readMessage(relayMessage, data.toString());
          if (message) return hear(greeted, message);
          log.warn({}, 'the relay says what the hub does not understand');
          socket.terminate();
        },
        get isUp() {
          return connection === greeted;
        },
        down: leave,
      };
    },
    clock,
    log,
  });

  return {
    async open(wanted) {
      if (!connection) return err(problem('relay-unavailable'));
      if (orders.size >= maxOrders && !orders.has(wanted.leaseId)) return err(problem('too-many-leases', { max: maxOrders }));
      if (pending.size >= maxPending) return err(problem('relay-overloaded', { max: maxPending }));
      const to = connection;
      const before = orders.get(wanted.leaseId);
      // Known from now on: closing it while it is being opened must find it.
      orders.set(wanted.leaseId, wanted);
      const answer = await order(to, wanted);
      if (answer.ok) inherited.delete(wanted.leaseId);
      else if (before) orders.set(wanted.leaseId, before);
      else {
        orders.delete(wanted.leaseId);
        // It may have been taken all the same: nobody is going to use it.
        if (answer.error.code === 'relay-unavailable' && connection === to) send(to.socket, { kind: 'close', leaseId: wanted.leaseId });
      }
      return answer;
    },
    close(leaseId) {
      orders.delete(leaseId);
      inherited.delete(leaseId);
      // While it is down nothing is sent: the listing after the next connection shows what to close.
      if (connection) send(connection.socket, { kind: 'close', leaseId });
    },
    ticket(leaseId, now) {
      const expiresAt = now + ticketLifeMs;
      return { ticket: signTicket(key, { leaseId, nonce: randomBytes(16).toString('base64url'), expiresAt }), expiresAt };
    },
    baseUrl: () => (connection ? pageUrl : null),
    leases: () =>
      [...inherited.values(), ...orders.values()].map(({ leaseId, cameraId, profile, decodes, holder }) => ({
        leaseId,
        cameraId,
        profile,
        decodes,
        holder,
      })),
    paths: () => [...paths.values()],
    async trace(cameraId, profile) {
      const answer = await question('traced', (id) => ({ kind: 'trace', id, cameraId, profile }), questionMs.trace);
      return answer.ok ? ok(answer.value.trace) : answer;
    },
    async probe(targets, method) {
      if (targets.length > probesPerMessage) return err(problem('malformed', { field: 'targets', max: probesPerMessage }));
      const pieces = piecesThatFit(targets);
      const answers = await Promise.all(
        pieces.map((some) => question('probed', (id) => ({ kind: 'probe', id, targets: some, method }), questionMs.probe)),
      );
      const results: ProbeResult[] = [];
      for (const answer of answers) {
        if (!answer.ok) return answer;
        results.push(...answer.value.results);
      }
      return ok(results);
    },
    async snapshot(cameraId, profile, mark) {
      const answer = await question('pictured', (id) => ({ kind: 'snapshot', id, cameraId, profile, mark }), questionMs.snapshot);
      if (!answer.ok) return answer;
      const { at, width, height, jpeg } = answer.value;
      return ok({ at, width, height, jpeg: Buffer.from(jpeg, 'base64') });
    },
    allowPublishers(allowed) {
      publishers = allowed.slice(0, maxPublishers);
      if (publishers.length < allowed.length) log.warn({ dropped: allowed.length - publishers.length }, 'too many cameras that push');
      if (connection) sendPublishers(connection);
    },
    publishing: () => publishing,
    ingestUrl: () => ingestUrl,
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    allowOrigins(allowed) {
      origins = allowed.slice(0, 256);
      if (connection) hello(connection.socket);
    },
    async stop() {
      await link.stop();
      listeners.clear();
    },
  };
}

/** Targets in as few messages as the relay takes; addresses may be long. */
function piecesThatFit(targets: readonly ProbeTarget[]): ProbeTarget[][] {
  const pieces: ProbeTarget[][] = [];
  let room = 0;
  for (const target of targets) {
    const bytes = Buffer.byteLength(JSON.stringify(target)) + 1;
    if (bytes > room) {
      pieces.push([]);
      room = maxHubMessageBytes - 1024;
    }
    pieces.at(-1)!.push(target);
    room -= bytes;
  }
  return pieces;
}
