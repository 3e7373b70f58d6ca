import { createHash } from 'node:crypto';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { problem } from '../../../main/contract/errors.ts';
import type { Log } from '../../../main/contract/log.ts';
import type { Clock } from '../../../main/contract/time.ts';
import { publishKey } from '../../contract.ts';
import type { WorkerLink } from '../../media/workers/worker-link.ts';
import type { ToWorker } from '../../media/workers/worker-protocol.ts';
import { AttemptLimit } from '../attempt-limit.ts';
import { GopBudget } from './last-gop.ts';
import { Publisher } from './publisher.ts';
import { RtmpConnection, type ConnectionEnd } from './rtmp-connection.ts';

/** The relay, as the ingest needs it. What is told while the connection is down is lost: `linkUp` tells it again. */
export type RelayLink = Pick<WorkerLink, 'tell' | 'unit' | 'forget'>;

export interface IngestOptions {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  readonly maxPublishers: number;
  readonly link: RelayLink;
  readonly clock: Clock;
  readonly log: Log;
}

/** What was turned away or left out since the start. */
export interface IngestCounters {
  /** Connections not taken: too many, or too often. */
  readonly turnedAway: number;
  /** Publishers whose key was not admitted, or in use. */
  readonly refused: number;
  /** Connections that ended for making no sense. */
  readonly faulty: number;
}

/** Takes what cameras push over RTMP, and gives it to the relay on demand. Nobody can play anything here. */
export interface Ingest {
  readonly port: number;
  readonly connections: number;
  readonly publishers: number;
  readonly counters: IngestCounters;
  /** The relay says something. */
  hear(message: ToWorker): void;
  /** The relay is reached (again): it hears of everybody who publishes, and must admit each anew. */
  linkUp(): void;
  /** Nothing it asked for before counts any more. Who publishes goes on. */
  linkDown(): void;
  /** Does what is due; several times a second. */
  tick(): void;
  stop(): Promise<void>;
}

/** The first part of the path that cameras push to. */
export const ingestApp = 'live';

/** Until the relay has to say whether a key may publish; longer for those it once admitted, whose hub may be starting again too. */
const answerMs = 3000;
const answerAgainMs = 30_000;
/** A publisher that has sent nothing for so long gives way to a newer one with its key: most likely it is the same camera after a break. */
const silentMs = 3000;
/** Connections that do not publish (yet). When there are more, the oldest gives way, unless it is younger than this. */
const maxStrangers = 64;
const strangerMs = 2000;
/** Connections begun, by address. */
const attempts = { burst: 64, perSecond: 32, keys: 1024 };
/** Lines about refusals, by address: a camera with an old key comes again every few seconds, for ever. The rest is only counted. */
const refusalLines = { burst: 4, perSecond: 1 / 60, keys: 1024 };
/** What the latest GOPs of all publishers together may take. */
const gopBytes = 256 * 1024 * 1024;

/** Somebody who publishes, or wants to. */
interface Entry {
  readonly connection: RtmpConnection;
  readonly publisher: Publisher;
  readonly keyHash: string;
  admitted: boolean;
  /** Once admitted, its camera was told that it may. */
  accepted: boolean;
  answerBy: number;
}

/** Starts to listen. Rejects with the system's error when it cannot, e.g. because the port is busy. */
export async function createIngest(options: IngestOptions): Promise<Ingest> {
  const { clock, log, link, maxPublishers } = options;
  /** With what each publishes; null while it does not. */
  const connections = new Map<RtmpConnection, Entry | null>();
  const entries = new Map<string, Entry>();
  const taps = new Map<number, () => void>();
  const limit = new AttemptLimit(attempts);
  const lines = new AttemptLimit(refusalLines);
  const budget = new GopBudget(gopBytes);
  const counters = { turnedAway: 0, refused: 0, faulty: 0 };

  const take = (socket: Socket) => {
    if (!limit.take(socket.remoteAddress ?? '', clock.monotonic()) || !makeRoom()) {
      counters.turnedAway += 1;
      socket.destroy();
      return;
    }
    const connection: RtmpConnection = new RtmpConnection(
      socket,
      {
        publish: (app, name) => begin(connection, app, name),
        media: (message) => connections.get(connection)?.publisher.push(message, { receivedAtMs: clock.now(), now: clock.monotonic() }),
        ended: (why) => {
          const entry = connections.get(connection);
          connections.delete(connection);
          if (entry) finish(entry, why);
          if (isFault(why)) counters.faulty += 1;
        },
      },
      clock,
    );
    connections.set(connection, null);
  };

  /** Room for one more stranger; false when there is none. */
  const makeRoom = (): boolean => {
    if (connections.size - entries.size < maxStrangers) return true;
    const oldest = [...connections].find(([, entry]) => entry === null)?.[0];
    if (!oldest || oldest.silentMs < strangerMs) return false;
    oldest.end('not-ready');
    return true;
  };

  const refuse = (
    connection: RtmpConnection,
    reason: 'no-such-address' | 'key-in-use' | 'too-many-publishers' | 'key-unknown' | 'no-answer',
  ) => {
    counters.refused += 1;
    const { address } = connection;
    if (lines.take(address, clock.monotonic())) log.info({ address, reason, refused: counters.refused }, 'publisher refused');
    connection.refuse();
  };

  /** Asks the relay, unless it is clear already that it may not. */
  const begin = (connection: RtmpConnection, app: string, name: string): void => {
    if (app.replace(/\/$/, '') !== ingestApp || !publishKey.safeParse(name).success) return refuse(connection, 'no-such-address');
    const keyHash = createHash('sha256').update(name).digest('base64url');
    const old = entries.get(keyHash);
    if (old && old.connection.silentMs < silentMs) return refuse(connection, 'key-in-use');
    old?.connection.end('idle');
    if (entries.size >= maxPublishers) return refuse(connection, 'too-many-publishers');
    const now = clock.monotonic();
    const publisher = new Publisher({ address: connection.address, budget, now });
    const entry: Entry = { connection, publisher, keyHash, admitted: false, accepted: false, answerBy: now + answerMs };
    entries.set(keyHash, entry);
    connections.set(connection, entry);
    link.tell({ kind: 'publish', keyHash, address: connection.address });
  };

  const finish = (entry: Entry, why: ConnectionEnd) => {
    if (entries.get(entry.keyHash) !== entry) return;
    entries.delete(entry.keyHash);
    entry.publisher.end();
    link.tell({ kind: 'unpublish', keyHash: entry.keyHash });
    const { malformed, droppedUnits } = entry.publisher;
    if (entry.accepted) log.info({ address: entry.connection.address, why, malformed, droppedUnits }, 'publisher ended');
  };

  const admit = ({ keyHash, admitted }: Extract<ToWorker, { kind: 'admit' }>) => {
    const entry = entries.get(keyHash);
    if (!entry) return;
    if (!admitted) return refuse(entry.connection, 'key-unknown');
    entry.admitted = true;
    if (entry.accepted) return;
    entry.accepted = true;
    log.info({ address: entry.connection.address }, 'publisher admitted');
    entry.connection.accept();
  };

  const open = (stream: number, keyHash: string) => {
    const entry = entries.get(keyHash);
    if (!entry?.admitted) return link.tell({ kind: 'ended', stream, problem: problem('source-publisher-absent') });
    let isOver = false;
    const end = entry.publisher.watch(
      {
        unit: (unit) => link.unit(stream, unit),
        step: (step, params) => link.tell({ kind: 'step', stream, step, params }),
        link: (quality) => link.tell({ kind: 'link', stream, quality }),
        ended: (cause) => {
          isOver = true;
          taps.delete(stream);
          link.forget(stream);
          link.tell({ kind: 'ended', stream, problem: cause });
        },
      },
      clock.monotonic(),
    );
    if (!isOver) taps.set(stream, end);
  };

  const close = (stream: number) => {
    taps.get(stream)?.();
    taps.delete(stream);
    link.forget(stream);
  };

  const server = createServer({ noDelay: true }, take);
  server.maxConnections = maxPublishers + maxStrangers;
  server.on('drop', () => {
    counters.turnedAway += 1;
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      server.on('error', (error) => log.error({ error: error.message }, 'ingest listener'));
      resolve();
    });
  });

  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections.size;
    },
    get publishers() {
      return entries.size;
    },
    counters,
    hear(message) {
      if (message.kind === 'admit') admit(message);
      else if (message.kind === 'tap') open(message.stream, message.keyHash);
      else if (message.kind === 'close') close(message.stream);
    },
    linkUp() {
      const now = clock.monotonic();
      for (const entry of entries.values()) {
        entry.answerBy = now + (entry.accepted ? answerAgainMs : answerMs);
        link.tell({ kind: 'publish', keyHash: entry.keyHash, address: entry.connection.address });
      }
    },
    linkDown() {
      for (const stream of taps.keys()) close(stream);
      for (const entry of entries.values()) {
        entry.admitted = false;
        if (entry.accepted) entry.answerBy = Number.POSITIVE_INFINITY;
      }
    },
    tick() {
      const now = clock.monotonic();
      for (const connection of connections.keys()) connection.tick();
      for (const entry of entries.values()) {
        entry.publisher.tick(now);
        if (entry.admitted || now < entry.answerBy) continue;
        refuse(entry.connection, 'no-answer');
      }
    },
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const connection of connections.keys()) connection.end('stopped');
      await closed;
    },
  };
}

/** Ends that are the peer's fault. */
function isFault(why: ConnectionEnd): boolean {
  return why !== 'closed' && why !== 'ended-stream' && why !== 'refused' && why !== 'stopped';
}
