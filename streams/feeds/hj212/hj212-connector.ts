import { problem, ProblemError } from '../../../main/contract/errors.ts';
import { answerTo, wantsAnswer, type Hj212Answer } from '../../protocols/hj212/answer.ts';
import { encodeFrame } from '../../protocols/hj212/frame.ts';
import { Hj212FrameReader, type Hj212Frame } from '../../protocols/hj212/frame-reader.ts';
import { readPacket, writePacket, type Hj212Packet } from '../../protocols/hj212/packet.ts';
import { commandNumbers } from '../../protocols/hj212/tables.ts';
import { SplitPackets } from '../../protocols/split-packets.ts';
import type { FeedConnector, FeedContext } from '../feed-connector.ts';
import { allDone } from '../tcp/all-done.ts';
import { serveDevices, type DeviceLink, type DeviceSession } from '../tcp/serve-devices.ts';
import { takePatiently } from '../tcp/take-patiently.ts';
import { createHj212Reader, splitKey } from './read-hj212.ts';

/** What one connection may have waiting for the rest of its packets. */
const splitLimits = { packets: 64, bytes: 256 * 1024, messages: 8 };
/** So many frames in a row that are none, and the connection is closed: each of them is kept for one who looks why. */
const faultsAtMost = 16;

/**
 * Stations that report over HJ 212: they connect to us. A message is acknowledged once the journal has it. One in several packets is kept as one record; a station that waits for
 * the answer to the first packet repeats it, and then each is a record of its own.
 */
export const hj212Connector: FeedConnector<'hj212'> = {
  kind: 'hj212',
  reader: createHj212Reader,
  run(context, listening) {
    const { feedId, settings, listenHost, clock, log, signal } = context;
    return serveDevices({
      feedId,
      host: listenHost,
      port: settings.port,
      clock,
      log,
      signal,
      listening,
      connected: (connections, why) => context.connected(connections, why),
      session: (link) => new Hj212Session(context, link),
    });
  },
};

interface Come {
  readonly frame: Hj212Frame;
  readonly packet: Hj212Packet;
}

class Hj212Session implements DeviceSession {
  readonly #context: FeedContext<'hj212'>;
  readonly #link: DeviceLink;
  readonly #frames = new Hj212FrameReader();
  readonly #split = new SplitPackets<Come>(splitLimits);
  #faults = 0;

  constructor(context: FeedContext<'hj212'>, link: DeviceLink) {
    this.#context = context;
    this.#link = link;
  }

  async take(bytes: Uint8Array): Promise<void> {
    const works: Promise<void>[] = [];
    let isLost = false;
    for (const one of this.#frames.push(bytes)) {
      works.push(...this.#found(one.ok ? one.value : one.error, one.ok));
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

  #found(frame: { readonly raw: Uint8Array; readonly data?: Uint8Array }, isWhole: boolean): Promise<void>[] {
    const read = isWhole ? readPacket(frame.data!) : null;
    if (!read?.ok) {
      this.#faults += 1;
      return [this.#record([frame.raw])];
    }
    this.#faults = 0;
    this.#link.heard();
    const packet = read.value;
    const come = { frame: frame as Hj212Frame, packet };
    if (!packet.split) return [this.#keep([come])];
    const works: Promise<void>[] = [];
    const { index, total } = packet.split;
    const verdict = this.#split.take(splitKey(packet), index, total, come, frame.raw.length, (items) => works.push(this.#keep(items)));
    if (verdict.kind === 'refused') works.push(this.#keep([come]));
    else if (verdict.kind !== 'waiting') works.push(this.#keep(verdict.items));
    return works;
  }

  /** Has the journal keep a message, then answers each of its packets. */
  async #keep(items: readonly Come[]): Promise<void> {
    await this.#record(items.map(({ frame }) => frame.raw));
    const { settings } = this.#context;
    for (const { packet } of items) {
      const answer = answerFor(packet, settings.password);
      if (answer && wantsAnswer(packet)) this.#link.send(encodeFrame(writePacket(answerTo(packet, answer, settings.edition))));
    }
  }

  #record(frames: readonly Uint8Array[]): Promise<void> {
    const { clock } = this.#context;
    const bytes = Buffer.concat(frames.flatMap((raw) => [raw, endOfLine]));
    return takePatiently(this.#context, { bytes, contentType: 'text/x-hj212', receivedAt: clock.now(), from: this.#link.from });
  }
}

const endOfLine = Uint8Array.of(0x0d, 0x0a);

/** Null: an answer is not answered. */
function answerFor({ cn, pw }: Hj212Packet, password: string | undefined): Hj212Answer | null {
  const kind = commandNumbers.get(cn)?.kind;
  if (kind === 'answer') return null;
  if (password !== undefined && pw !== password) return { kind: 'request', is: 'password' };
  return { kind: kind === 'notice' ? 'notice' : 'data' };
}
