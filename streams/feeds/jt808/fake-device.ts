import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import { Jt808FrameReader } from '../../protocols/jt808/frame-reader.ts';
import { encodeSplit, readMessage, type Jt808Message } from '../../protocols/jt808/message.ts';
import { encodePosition, encodePositions, type Jt808Position } from '../../protocols/jt808/position.ts';
import {
  encodeAuthentication,
  encodeGeneralAnswer,
  encodeRegistration,
  readDriverText,
  readGeneralAnswer,
  readRegisterAnswer,
} from '../../protocols/jt808/session.ts';

export interface FakeTerminal {
  readonly phone: string;
  readonly plate: string;
  /** Null: 2013; 1: 2019. */
  readonly version?: number | null;
}

/** What a position is where a test or a story does not say otherwise: with satellites, the engine on, no alarm. */
export const fakePosition = (at: number, lat: number, lon: number, more: Partial<Jt808Position> = {}): Jt808Position => ({
  alarms: [],
  status: 0b11,
  lat,
  lon,
  altitudeM: 8,
  speedKmh: 30,
  direction: 90,
  at,
  items: new Map(),
  ...more,
});

/** What a terminal sends by: a connection, or datagrams. */
interface Line {
  write(bytes: Uint8Array): void;
  hear(heard: (bytes: Uint8Array) => void, closed: () => void): void;
  close(): void;
}

/** A vehicle's terminal that speaks JT/T 808 by TCP or UDP, the other half of the protocol: for tests, the demo city and load. */
export class FakeJt808Device {
  readonly #line: Line;
  readonly #terminal: FakeTerminal;
  readonly #frames = new Jt808FrameReader();
  readonly #heard: Jt808Message[] = [];
  #wake = Promise.withResolvers<void>();
  #isClosed = false;
  #serial = 0;
  /** Texts that the platform sent to the driver. */
  readonly texts: string[] = [];
  /** Resolves when the connection is closed, whoever did it. */
  readonly closed: Promise<void>;

  private constructor(line: Line, terminal: FakeTerminal) {
    this.#line = line;
    this.#terminal = terminal;
    const over = Promise.withResolvers<void>();
    this.closed = over.promise;
    line.hear(
      (bytes) => {
        for (const frame of this.#frames.push(bytes)) {
          const message = frame.ok ? readMessage(frame.value.body) : frame;
          if (!message.ok || !('id' in message.value)) continue;
          if (message.value.id === 0x8300) this.#text(message.value);
          else this.#heard.push(message.value);
        }
        if (this.#heard.length > heardAtMost) this.#heard.splice(0, this.#heard.length - heardAtMost);
        this.#stir();
      },
      () => {
        this.#isClosed = true;
        this.#stir();
        over.resolve();
      },
    );
  }

  static connect(port: number, terminal: FakeTerminal, host = '127.0.0.1'): Promise<FakeJt808Device> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host, noDelay: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        const line: Line = {
          write: (bytes) => void socket.write(bytes),
          hear(heard, closed) {
            socket.on('data', heard);
            socket.on('error', () => {});
            socket.on('close', closed);
          },
          close: () => socket.destroy(),
        };
        resolve(new FakeJt808Device(line, terminal));
      });
    });
  }

  /** One that sends each frame in a datagram of its own. */
  static overUdp(port: number, terminal: FakeTerminal, host = '127.0.0.1'): Promise<FakeJt808Device> {
    return new Promise((resolve, reject) => {
      const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
      socket.once('error', reject);
      socket.connect(port, host, () => {
        socket.off('error', reject);
        let isOpen = true;
        const line: Line = {
          write: (bytes) => isOpen && socket.send(bytes),
          hear(heard, closed) {
            socket.on('message', heard);
            // Nobody listens there: a sender of datagrams goes on.
            socket.on('error', () => {});
            socket.on('close', closed);
          },
          close() {
            if (isOpen) socket.close();
            isOpen = false;
          },
        };
        resolve(new FakeJt808Device(line, terminal));
      });
    });
  }

  /** Registers and authenticates; resolves with the code. */
  async logIn(): Promise<string> {
    const { plate, version = null } = this.#terminal;
    const registration = { province: 32, city: 282, maker: 'TAODU', model: 'FAKE', terminal: 'T000001', plateColour: 2, plate };
    const serial = this.send(0x0100, encodeRegistration(registration, version));
    const answer = await this.#next((message) => {
      const read = message.id === 0x8100 ? readRegisterAnswer(message.body) : null;
      return read?.ok && read.value.serial === serial ? read.value : null;
    });
    await this.answered(0x0102, this.send(0x0102, encodeAuthentication(answer.code, version)));
    return answer.code;
  }

  /** Tells where it is; resolves with what the platform made of it, 0 for done. */
  report(position: Jt808Position): Promise<number> {
    return this.answered(0x0200, this.send(0x0200, encodePosition(position)));
  }

  /** Tells where it was, in packets of so many bytes. */
  async reportLate(positions: readonly Jt808Position[], packetBytes?: number): Promise<number> {
    return this.answered(0x0704, this.send(0x0704, encodePositions(positions, true), packetBytes));
  }

  heartbeat(): Promise<number> {
    return this.answered(0x0002, this.send(0x0002, new Uint8Array(0)));
  }

  /** Sends a message; answers the number of its last packet. */
  send(id: number, body: Uint8Array, packetBytes?: number): number {
    const { phone, version = null } = this.#terminal;
    const frames = encodeSplit({ id, phone, serial: this.#serial, version, encryption: 0, body }, packetBytes);
    this.#serial = (this.#serial + frames.length) & 0xffff;
    for (const frame of frames) this.sendBytes(frame);
    return (this.#serial - 1) & 0xffff;
  }

  /** Raw bytes, right or wrong. */
  sendBytes(bytes: Uint8Array): void {
    this.#line.write(bytes);
  }

  /** The result that the platform answers to a message with. Rejects when the connection ends first. */
  answered(id: number, serial: number): Promise<number> {
    return this.#next((message) => {
      const read = message.id === 0x8001 ? readGeneralAnswer(message.body) : null;
      return read?.ok && read.value.id === id && read.value.serial === serial ? read.value.result : null;
    });
  }

  /** Messages of the platform that nobody has asked for yet. */
  get heard(): readonly Jt808Message[] {
    return this.#heard;
  }

  close(): Promise<void> {
    this.#line.close();
    return this.closed;
  }

  async #next<T>(pick: (message: Jt808Message) => T | null): Promise<T> {
    for (;;) {
      for (const [at, message] of this.#heard.entries()) {
        const found = pick(message);
        if (found === null) continue;
        this.#heard.splice(at, 1);
        return found;
      }
      if (this.#isClosed) throw new Error('the connection ended without an answer');
      await this.#wake.promise;
    }
  }

  #text(message: Jt808Message): void {
    const read = readDriverText(message.body, message.version);
    if (!read.ok) return;
    if (this.texts.length < heardAtMost) this.texts.push(read.value.text);
    this.send(0x0001, encodeGeneralAnswer(message.serial, message.id, 'done'));
  }

  #stir(): void {
    const wake = this.#wake;
    this.#wake = Promise.withResolvers();
    wake.resolve();
  }
}

const heardAtMost = 1000;
