import { createServer, type AddressInfo, type Socket } from 'node:net';
import { problem, ProblemError, type Problem } from '../../../main/contract/errors.ts';
import type { Log } from '../../../main/contract/log.ts';
import type { Clock } from '../../../main/contract/time.ts';

/** What a device's connection may do; beyond it the connection is closed. Where there are too many, one that never said anything whole makes room, the longest silent first. */
export interface DeviceLimits {
  readonly connections: number;
  /** Of one address: gateways and forwarders bring many devices over one. */
  readonly perAddress: number;
  /** Without one whole message for so long. */
  readonly idleMs: number;
  /** Without one whole message among so many bytes. */
  readonly strayBytes: number;
  /** Answers that it does not read. */
  readonly unreadBytes: number;
}

export const deviceLimits: DeviceLimits = {
  connections: 10_000,
  perAddress: 2000,
  idleMs: 15 * 60_000,
  strayBytes: 256 * 1024,
  unreadBytes: 256 * 1024,
};

/** A connection as its session sees it. */
export interface DeviceLink {
  /** Who it is, `address:port`. */
  readonly from: string;
  /** Sends; what nobody reads closes the connection. */
  send(bytes: Uint8Array): void;
  /** A whole message came: it is a device, and it is alive. */
  heard(): void;
}

/** What is made of a connection's bytes. */
export interface DeviceSession {
  /** Resolves when the bytes are dealt with: until then no more are read. Whatever it throws closes the connection. */
  take(bytes: Uint8Array): Promise<void>;
  /** The connection is over; what waits for its rest is handed on. */
  end(): Promise<void>;
}

export interface DeviceServerOptions {
  readonly feedId: string;
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  readonly limits?: Partial<DeviceLimits>;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  session(link: DeviceLink): DeviceSession;
  /** So many are connected; why the latest could not be taken in. */
  connected(connections: number, why?: Problem): void;
  listening(port: number): void;
}

const sweepMs = 10_000;

interface Entry {
  readonly socket: Socket;
  readonly address: string;
  heardAt: number;
  strayBytes: number;
  /** It has sent a whole message: it is a device, and makes room for nobody. */
  isDevice: boolean;
}

/**
 * Listens for devices until it is ended. Each connection's bytes are read one piece after another, so that a device which sends faster than the journal takes is
 * slowed down by TCP itself. Rejects with a ProblemError `port-taken`.
 */
export async function serveDevices(options: DeviceServerOptions): Promise<void> {
  const { feedId, host, port, clock, log, signal, session, connected, listening } = options;
  const limits = { ...deviceLimits, ...options.limits };
  const entries = new Set<Entry>();
  const byAddress = new Map<string, number>();
  const works = new Set<Promise<void>>();
  const failed = Promise.withResolvers<void>();
  const stop = new AbortController();

  const forget = (entry: Entry): void => {
    if (!entries.delete(entry)) return;
    const left = byAddress.get(entry.address)! - 1;
    if (left > 0) byAddress.set(entry.address, left);
    else byAddress.delete(entry.address);
  };
  /** Ends the one that has been connected for longest without a word, of an address or of all; false: each of them is a device. */
  const makeRoom = (address: string | null): boolean => {
    // In the order in which they came.
    for (const entry of entries) {
      if (entry.isDevice || (address !== null && entry.address !== address)) continue;
      forget(entry);
      entry.socket.destroy(new ProblemError(problem('feed-silent')));
      return true;
    }
    return false;
  };

  const serve = async (socket: Socket, entry: Entry): Promise<void> => {
    const link: DeviceLink = {
      from: `${entry.address}:${socket.remotePort ?? 0}`,
      send(bytes) {
        if (socket.writable) socket.write(bytes);
        if (socket.writableLength > limits.unreadBytes)
          socket.destroy(new ProblemError(problem('device-refused', {}, 'it does not read its answers')));
      },
      heard() {
        entry.heardAt = clock.monotonic();
        entry.strayBytes = 0;
        entry.isDevice = true;
      },
    };
    const work = session(link);
    let why: Problem | undefined;
    try {
      for await (const bytes of socket as AsyncIterable<Buffer>) {
        entry.strayBytes += bytes.length;
        await work.take(bytes);
        if (entry.strayBytes > limits.strayBytes)
          throw new ProblemError(problem('frame-malformed', { at: 'stream' }, 'what it sends holds no message'));
      }
    } catch (cause) {
      // A connection that breaks off is everyday life; only what we closed has a reason to tell.
      if (cause instanceof ProblemError) {
        const { code, detail } = cause.problem;
        log.warn({ feedId, from: link.from, code, detail }, 'closed the connection of a device');
        // One device that talks nonsense says nothing of the feed.
        if (code === 'feed-throttled' || code === 'journal-unavailable') why = cause.problem;
      }
    }
    socket.destroy();
    forget(entry);
    try {
      await work.end();
    } catch (cause) {
      log.debug({ err: cause, feedId, from: link.from }, 'what a device had begun to send could not be kept');
    }
    if (!signal.aborted) connected(entries.size, why);
  };

  const server = createServer((socket) => {
    socket.on('error', () => {});
    const address = socket.remoteAddress ?? '';
    const ofAddress = byAddress.get(address) ?? 0;
    const isFull = ofAddress >= limits.perAddress ? !makeRoom(address) : entries.size >= limits.connections && !makeRoom(null);
    if (isFull) {
      socket.destroy();
      connected(entries.size, problem('feed-throttled', {}, `${address} has ${ofAddress} connections of ${entries.size}`));
      return;
    }
    socket.setNoDelay(true);
    const entry = { socket, address, heardAt: clock.monotonic(), strayBytes: 0, isDevice: false };
    entries.add(entry);
    byAddress.set(address, (byAddress.get(address) ?? 0) + 1);
    connected(entries.size);
    const work = serve(socket, entry).finally(() => works.delete(work));
    works.add(work);
  });
  server.on('error', (cause: NodeJS.ErrnoException) => {
    const isTaken = cause.code === 'EADDRINUSE' || cause.code === 'EACCES';
    failed.reject(isTaken ? new ProblemError(problem('port-taken', { port }, cause.message)) : cause);
  });
  server.listen({ host, port }, () => listening((server.address() as AddressInfo).port));

  const sweep = (async () => {
    while (!stop.signal.aborted) {
      await clock.sleep(sweepMs, stop.signal).catch(() => {});
      const before = clock.monotonic() - limits.idleMs;
      for (const { socket, heardAt } of entries) if (heardAt < before) socket.destroy(new ProblemError(problem('feed-silent')));
    }
  })();
  const ended = () => failed.resolve();
  signal.addEventListener('abort', ended, { once: true });
  if (signal.aborted) ended();
  try {
    await failed.promise;
  } finally {
    signal.removeEventListener('abort', ended);
    stop.abort();
    for (const { socket } of entries) socket.destroy();
    await Promise.all([sweep, ...works]);
    await new Promise<void>((resolve) => {
      if (server.listening) server.close(() => resolve());
      else resolve();
    });
  }
}
