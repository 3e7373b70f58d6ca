import { problem, ProblemError } from '../../../main/contract/errors.ts';
import { Jt808FrameReader } from '../../protocols/jt808/frame-reader.ts';
import { readMessage, type Jt808Message } from '../../protocols/jt808/message.ts';
import { SplitPackets } from '../../protocols/split-packets.ts';
import type { FeedConnector, FeedContext } from '../feed-connector.ts';
import { allDone } from '../tcp/all-done.ts';
import { serveDevices, type DeviceLink, type DeviceSession } from '../tcp/serve-devices.ts';
import { takePatiently } from '../tcp/take-patiently.ts';
import { answerTo } from './answer-to.ts';
import { createJt808Reader, splitKey } from './read-jt808.ts';
import { serveDatagrams } from './serve-datagrams.ts';

/** What one connection may have waiting for the rest of its packets: a picture in 1 KiB pieces. */
const splitLimits = { packets: 1024, bytes: 1024 * 1024, messages: 4 };
/** So many frames in a row that are none, and the connection is closed: each of them is kept for one who looks why. */
const faultsAtMost = 16;

/**
 * Vehicles whose terminals report over JT/T 808, by TCP and, on the same port, by UDP. A message is answered once the journal has it. The protocol has no secret: whoever registers
 * gets a code, and any code opens the door, because terminals keep theirs over our restarts and ask for another one reluctantly. Whoever can reach the port can send, and by UDP in
 * the name of any address; that is why it is opened to the vehicles' own network alone.
 */
export const jt808Connector: FeedConnector<'jt808'> = {
  kind: 'jt808',
  reader: createJt808Reader,
  async run(context, listening) {
    const { feedId, settings, listenHost, clock, log } = context;
    const ending = new AbortController();
    const signal = AbortSignal.any([context.signal, ending.signal]);
    const counts = { tcp: 0, udp: 0 };
    const port = Promise.withResolvers<number>();
    const connections = serveDevices({
      feedId,
      host: listenHost,
      port: settings.port,
      clock,
      log,
      signal,
      listening: settings.udp ? port.resolve : listening,
      connected(count, why) {
        counts.tcp = count;
        context.connected(count + counts.udp, why);
      },
      session: (link) => new Jt808Session(context, link),
    }).finally(() => {
      port.reject(new Error('it listens no more'));
      ending.abort();
    });
    const datagrams = settings.udp
      ? port.promise
          .then((taken) =>
            serveDatagrams({
              ...context,
              signal,
              port: taken,
              listening: () => listening(taken),
              heard(count, why) {
                counts.udp = count;
                context.connected(count + counts.tcp, why);
              },
            }),
          )
          .catch((cause: unknown) => {
            if (!signal.aborted) throw cause;
          })
          .finally(() => ending.abort())
      : port.promise.then(
          () => {},
          () => {},
        );
    await allDone([connections, datagrams]);
  },
};

interface Come {
  readonly raw: Uint8Array;
  readonly message: Jt808Message;
}

class Jt808Session implements DeviceSession {
  readonly #context: FeedContext<'jt808'>;
  readonly #link: DeviceLink;
  readonly #frames = new Jt808FrameReader();
  readonly #split = new SplitPackets<Come>(splitLimits);
  #faults = 0;
  #serial = 0;

  constructor(context: FeedContext<'jt808'>, link: DeviceLink) {
    this.#context = context;
    this.#link = link;
  }

  async take(bytes: Uint8Array): Promise<void> {
    const works: Promise<void>[] = [];
    let isLost = false;
    for (const one of this.#frames.push(bytes)) {
      const message = one.ok ? readMessage(one.value.body) : null;
      if (message?.ok) {
        this.#faults = 0;
        this.#link.heard();
        works.push(...this.#found({ raw: one.ok ? one.value.raw : bytes, message: message.value }));
        continue;
      }
      this.#faults += 1;
      works.push(this.#record([one.ok ? one.value.raw : one.error.raw]));
      if (this.#faults > faultsAtMost) {
        isLost = true;
        break;
      }
    }
    await allDone(works);
    if (isLost) throw new ProblemError(problem('frame-malformed', { at: 'stream' }, `${faultsAtMost} frames that are none`));
  }

  async end(): Promise<void> {
    await allDone([...this.#split.end()].map((items) => this.#keep(items)));
  }

  #found(come: Come): Promise<void>[] {
    const { split } = come.message;
    if (!split) return [this.#keep([come])];
    const works: Promise<void>[] = [];
    const key = splitKey(come.message);
    const verdict = this.#split.take(key, split.index, split.total, come, come.raw.length, (items) => works.push(this.#keep(items)));
    if (verdict.kind === 'refused') works.push(this.#keep([come]));
    else if (verdict.kind !== 'waiting') works.push(this.#keep(verdict.items));
    return works;
  }

  /** Has the journal keep a message, then answers each of its packets. */
  async #keep(items: readonly Come[]): Promise<void> {
    await this.#record(items.map(({ raw }) => raw));
    for (const { message } of items) this.#answer(message);
  }

  #answer(message: Jt808Message): void {
    const frame = answerTo(message, this.#context.feedId, this.#serial, this.#context.clock.now());
    if (!frame) return;
    this.#link.send(frame);
    this.#serial = (this.#serial + 1) & 0xffff;
  }

  #record(frames: readonly Uint8Array[]): Promise<void> {
    const { clock } = this.#context;
    return takePatiently(this.#context, {
      bytes: Buffer.concat(frames),
      contentType: 'application/x-jt808',
      receivedAt: clock.now(),
      from: this.#link.from,
    });
  }
}
