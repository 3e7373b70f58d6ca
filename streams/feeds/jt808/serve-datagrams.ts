import { createSocket, type RemoteInfo } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { problem, ProblemError, type Problem } from '../../../main/contract/errors.ts';
import { Jt808FrameReader } from '../../protocols/jt808/frame-reader.ts';
import { readMessage, type Jt808Message } from '../../protocols/jt808/message.ts';
import { SplitPackets } from '../../protocols/split-packets.ts';
import type { FeedContext } from '../feed-connector.ts';
import { answerTo } from './answer-to.ts';
import { splitKey } from './read-jt808.ts';

/** What a feed bears of datagrams; beyond it they are dropped, and their senders, who hear no answer, send them again. */
export interface DatagramLimits {
  /** Senders that are counted; the one that was silent for longest makes room. */
  readonly peers: number;
  /** Without a message for so long a sender is counted no more. */
  readonly idleMs: number;
  /** Datagrams on their way into the journal. */
  readonly waiting: number;
  /** Datagrams that hold no frame, kept for one who looks why, in a second. */
  readonly faultsPerSecond: number;
}

const datagramLimits: DatagramLimits = { peers: 10_000, idleMs: 15 * 60_000, waiting: 2000, faultsPerSecond: 2 };
/** What waits of all senders for the rest of its packets. */
const splitLimits = { packets: 1024, bytes: 4 * 1024 * 1024, messages: 64 };
const sweepMs = 1000;

export interface DatagramOptions extends Pick<FeedContext<'jt808'>, 'feedId' | 'listenHost' | 'clock' | 'log' | 'signal' | 'take'> {
  readonly port: number;
  readonly limits?: Partial<DatagramLimits>;
  listening(port: number): void;
  /** So many senders were heard of late; what is wrong, if something is. */
  heard(peers: number, why?: Problem): void;
}

interface Come {
  readonly raw: Uint8Array;
  readonly message: Jt808Message;
}

/**
 * Terminals that send datagrams (JT/T 808-2019 clause 4.1), until it is ended. Nothing is kept of a sender but when it was last heard, and the packets of a message that is not whole: a
 * sender's address proves nothing, so it must not cost anything. A datagram holds whole frames. It is answered to where it came from once the journal has it; what is no frame is not
 * answered, and no answer is longer than some thirty bytes, so that nobody can be flooded by a false address. Rejects with a ProblemError `port-taken`.
 */
export async function serveDatagrams(options: DatagramOptions): Promise<void> {
  const { feedId, listenHost, port, clock, log, signal, take, listening, heard } = options;
  const limits = { ...datagramLimits, ...options.limits };
  const peers = new Map<string, number>();
  const split = new SplitPackets<Come>(splitLimits);
  const works = new Set<Promise<void>>();
  const failed = Promise.withResolvers<void>();
  const stop = new AbortController();
  let serial = 0;
  let faultsLeft = limits.faultsPerSecond;
  let dropped = 0;
  let wasDropping = false;
  let isClosed = false;
  const socket = createSocket({ type: isIPv6(listenHost) ? 'udp6' : 'udp4', recvBufferSize: 1024 * 1024 });

  const record = (frames: readonly Uint8Array[], from: string) =>
    take({ bytes: Buffer.concat(frames), contentType: 'application/x-jt808', receivedAt: clock.now(), from });

  const hear = (peer: string): void => {
    // Kept in the order in which they were last heard.
    const isNew = !peers.delete(peer);
    peers.set(peer, clock.monotonic());
    if (peers.size > limits.peers) peers.delete(peers.keys().next().value!);
    else if (isNew) heard(peers.size);
  };
  const keep = async (items: readonly Come[], peer: RemoteInfo, from: string): Promise<void> => {
    await record(
      items.map(({ raw }) => raw),
      from,
    );
    for (const { message } of items) {
      const frame = answerTo(message, feedId, serial, clock.now());
      serial = (serial + 1) & 0xffff;
      if (frame && !isClosed) socket.send(frame, peer.port, peer.address, () => {});
    }
  };
  const begin = (work: () => Promise<void>): void => {
    if (works.size >= limits.waiting) {
      dropped += 1;
      return;
    }
    const going: Promise<void> = work()
      .catch(() => void (dropped += 1))
      .finally(() => works.delete(going));
    works.add(going);
  };
  /** What it was that found no frame, as far as somebody can still look at it. */
  const fault = (bytes: Uint8Array, from: string): void => {
    faultsLeft -= 1;
    if (faultsLeft >= 0) begin(() => record([bytes], from));
    else dropped += 1;
  };

  socket.on('message', (bytes, peer) => {
    const from = `${peer.address}:${peer.port}`;
    const frames = new Jt808FrameReader();
    let isFault = false;
    for (const one of frames.push(bytes)) {
      const message = one.ok ? readMessage(one.value.body) : null;
      if (!one.ok || !message?.ok) {
        isFault = true;
        continue;
      }
      hear(from);
      const come = { raw: one.value.raw, message: message.value };
      const { split: part } = come.message;
      if (!part) {
        begin(() => keep([come], peer, from));
        continue;
      }
      // By the sender, too: a false one must not complete another's message.
      const verdict = split.take(`${from}/${splitKey(come.message)}`, part.index, part.total, come, come.raw.length, (items) =>
        begin(() =>
          record(
            items.map(({ raw }) => raw),
            from,
          ),
        ),
      );
      if (verdict.kind === 'refused') begin(() => keep([come], peer, from));
      else if (verdict.kind !== 'waiting') begin(() => keep(verdict.items, peer, from));
    }
    // One mark alone may have ended the last frame.
    if (isFault || frames.garbageBytes > 0 || frames.held > 1) fault(bytes, from);
  });
  socket.on('error', (cause: NodeJS.ErrnoException) => {
    const isTaken = cause.code === 'EADDRINUSE' || cause.code === 'EACCES';
    failed.reject(isTaken ? new ProblemError(problem('port-taken', { port }, `UDP: ${cause.message}`)) : cause);
  });
  socket.bind({ address: listenHost, port, exclusive: true }, () => listening(socket.address().port));

  const sweep = (async () => {
    while (!stop.signal.aborted) {
      await clock.sleep(sweepMs, stop.signal).catch(() => {});
      faultsLeft = limits.faultsPerSecond;
      const before = clock.monotonic() - limits.idleMs;
      let isChanged = false;
      for (const [peer, at] of peers) {
        if (at >= before) break;
        peers.delete(peer);
        isChanged = true;
      }
      if (stop.signal.aborted) break;
      if (dropped > 0) {
        log.warn({ feedId, dropped }, 'datagrams were dropped');
        heard(peers.size, problem('feed-throttled', {}, `${dropped} datagrams in a second`));
      } else if (isChanged || wasDropping) heard(peers.size);
      wasDropping = dropped > 0;
      dropped = 0;
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
    isClosed = true;
    await new Promise<void>((resolve) => socket.close(() => resolve()));
    await Promise.all([sweep, ...works]);
    // What waits for its rest is told as it is: nobody answers for it any more.
    const rest = [...split.end()].map((items) =>
      record(
        items.map(({ raw }) => raw),
        'datagrams',
      ),
    );
    await Promise.allSettled(rest);
  }
}
