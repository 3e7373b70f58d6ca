import { connect, type Socket } from 'node:net';
import { writeChinaTime } from '../../protocols/china-time.ts';
import { encodeFrame } from '../../protocols/hj212/frame.ts';
import { Hj212FrameReader } from '../../protocols/hj212/frame-reader.ts';
import { readPacket, writePacket, type Hj212Packet } from '../../protocols/hj212/packet.ts';

/** A value of a factor, as a station says it. */
export interface FakeValue {
  readonly value: number | string;
  readonly flag?: string;
}

export interface FakeStation {
  readonly mn: string;
  /** System code, e.g. `32` for discharged water. */
  readonly st: string;
  readonly password?: string;
  /** The flag's edition: 0 for 2005, 1 for 2017. */
  readonly edition?: 0 | 1 | 2;
}

/** A station that reports over HJ 212, the other half of the protocol: for tests, the demo city and load. */
export class FakeHj212Device {
  readonly #socket: Socket;
  readonly #station: FakeStation;
  readonly #frames = new Hj212FrameReader();
  readonly #answers: Hj212Packet[] = [];
  #wake = Promise.withResolvers<void>();
  #isClosed = false;
  #lastQn = 0;
  /** Resolves when the connection is closed, whoever did it. */
  readonly closed: Promise<void>;

  private constructor(socket: Socket, station: FakeStation) {
    this.#socket = socket;
    this.#station = station;
    socket.on('data', (bytes: Buffer) => {
      for (const frame of this.#frames.push(bytes)) {
        const packet = frame.ok ? readPacket(frame.value.data) : frame;
        if (packet.ok && 'cn' in packet.value) this.#answers.push(packet.value);
      }
      if (this.#answers.length > answersAtMost) this.#answers.splice(0, this.#answers.length - answersAtMost);
      this.#stir();
    });
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.#isClosed = true;
        this.#stir();
        resolve();
      });
    });
  }

  static connect(port: number, station: FakeStation, host = '127.0.0.1'): Promise<FakeHj212Device> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host, noDelay: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new FakeHj212Device(socket, station));
      });
    });
  }

  /** A message of values; several packets where `packets` is more than one. */
  packets(cn: string, at: number, values: Readonly<Record<string, FakeValue | number>>, packets = 1): Hj212Packet[] {
    const { mn, st, password = '123456', edition = 1 } = this.#station;
    // Numbers of requests are times, and no two are the same.
    this.#lastQn = Math.max(at, this.#lastQn + 1);
    const qn = writeChinaTime(this.#lastQn, true);
    const attribute = cn === '2011' ? 'Rtd' : 'Avg';
    const items = Object.entries(values).map(([code, said]) => {
      const { value, flag = 'N' } = typeof said === 'number' ? { value: said } : said;
      return `${code}-${attribute}=${value},${code}-Flag=${flag}`;
    });
    const each = Math.max(1, Math.ceil(items.length / packets));
    return Array.from({ length: packets }, (_, index) => ({
      qn,
      st,
      cn,
      pw: password,
      mn,
      flag: (edition << 2) | (packets > 1 ? 3 : 1),
      split: packets > 1 ? { total: packets, index: index + 1 } : null,
      parameters: [`DataTime=${writeChinaTime(at)}`, ...items.slice(index * each, (index + 1) * each)].join(';'),
    }));
  }

  /** Reports values of now, or of the time given, and resolves with the answer to the last packet. */
  async report(values: Readonly<Record<string, FakeValue | number>>, at: number, cn = '2011', packets = 1): Promise<Hj212Packet> {
    const all = this.packets(cn, at, values, packets);
    for (const packet of all) this.send(encodeFrame(writePacket(packet)));
    return this.answer(all[0]!.qn!);
  }

  /** Raw bytes, right or wrong. */
  send(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** The next answer with this number; it stands in front, or since 2005 between the parameters. Rejects when the connection ends first. */
  async answer(qn: string): Promise<Hj212Packet> {
    for (;;) {
      const at = this.#answers.findIndex((packet) => packet.qn === qn || packet.parameters.includes(`QN=${qn}`));
      if (at >= 0) return this.#answers.splice(at, 1)[0]!;
      if (this.#isClosed) throw new Error('the connection ended without an answer');
      await this.#wake.promise;
    }
  }

  /** Answers that nobody has asked for yet. */
  get answers(): readonly Hj212Packet[] {
    return this.#answers;
  }

  close(): Promise<void> {
    this.#socket.destroy();
    return this.closed;
  }

  #stir(): void {
    const wake = this.#wake;
    this.#wake = Promise.withResolvers();
    wake.resolve();
  }
}

const answersAtMost = 1000;
