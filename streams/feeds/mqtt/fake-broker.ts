import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Packet types of MQTT 5 (OASIS, clause 2.1.2). */
const kinds = {
  connect: 1,
  connack: 2,
  publish: 3,
  puback: 4,
  subscribe: 8,
  suback: 9,
  pingreq: 12,
  pingresp: 13,
  disconnect: 14,
} as const;

interface Message {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1;
  readonly contentType: string | undefined;
  /** It was kept, and is sent because somebody begins to listen. */
  readonly isRetained: boolean;
}

/** What a client has subscribed to and has not acknowledged; it outlives its connection. */
interface Session {
  readonly filters: Map<string, number>;
  readonly queue: Message[];
  readonly sent: Map<number, Message>;
  nextId: number;
  receiveMaximum: number;
  socket: Socket | null;
}

export interface FakeBrokerOptions {
  readonly port?: number;
  /** Absent: anybody. */
  readonly login?: { readonly user: string; readonly password: string };
  /** So many acknowledged messages are remembered; absent: as many as a test could want. */
  readonly acknowledgedKept?: number;
}

const queueAtMost = 100_000;

/**
 * A small broker that speaks MQTT 5 as far as a listener needs: sessions that outlive connections, retained messages, delivery at least once with the listener's receive maximum. For
 * tests, the demo city and load, where no real broker is.
 */
export class FakeBroker {
  readonly #server: Server;
  readonly #options: FakeBrokerOptions;
  readonly #sockets = new Set<Socket>();
  readonly #sessions = new Map<string, Session>();
  readonly #retained = new Map<string, Message>();
  #wake = Promise.withResolvers<void>();
  /** Messages that were acknowledged, in the order of their acknowledgements. */
  readonly acknowledged: string[] = [];
  /** Messages sent, again or for the first time. */
  sent = 0;
  /** Reason codes of acknowledgements that were not plain ones. */
  readonly refusals: number[] = [];

  private constructor(server: Server, options: FakeBrokerOptions) {
    this.#server = server;
    this.#options = options;
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => this.#sockets.delete(socket));
      this.#serve(socket);
    });
  }

  static start(options: FakeBrokerOptions = {}): Promise<FakeBroker> {
    return new Promise((resolve, reject) => {
      const server = createServer({ noDelay: true });
      server.once('error', reject);
      server.listen({ host: '127.0.0.1', port: options.port ?? 0 }, () => resolve(new FakeBroker(server, options)));
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Clients that are connected. */
  get connections(): number {
    return [...this.#sessions.values()].filter(({ socket }) => socket !== null).length;
  }

  /** Sessions that have subscribed to a topic. */
  listeners(topic: string): number {
    return [...this.#sessions.values()].filter(({ filters }) => [...filters.keys()].some((filter) => isMatch(filter, topic))).length;
  }

  /** Sent and not acknowledged. */
  get unacknowledged(): number {
    return [...this.#sessions.values()].reduce((sum, { sent }) => sum + sent.size, 0);
  }

  publish(
    topic: string,
    payload: string | Uint8Array,
    more: { readonly retain?: boolean; readonly qos?: 0 | 1; readonly contentType?: string } = {},
  ): void {
    const { retain = false, qos = 1, contentType } = more;
    const bytes = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload;
    const message: Message = { topic, payload: bytes, qos, contentType, isRetained: false };
    if (retain) this.#retained.set(topic, { ...message, isRetained: true });
    for (const session of this.#sessions.values()) {
      if (![...session.filters.keys()].some((filter) => isMatch(filter, topic)) || session.queue.length >= queueAtMost) continue;
      session.queue.push(message);
      this.#deliver(session);
    }
  }

  /** Breaks every connection off; the sessions stay. */
  drop(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Resolves when this is so; it is looked at whenever something happened. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await this.#wake.promise;
  }

  async stop(): Promise<void> {
    this.drop();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #serve(socket: Socket): void {
    let held = Buffer.alloc(0);
    let session: Session | null = null;
    socket.on('data', (bytes: Buffer) => {
      held = Buffer.concat([held, bytes]);
      for (;;) {
        const length = readVariable(held, 1);
        if (!length || held.length < length.next + length.value) break;
        const packet = held.subarray(length.next, length.next + length.value);
        const first = held[0]!;
        held = held.subarray(length.next + length.value);
        session = this.#hear(socket, session, first >> 4, packet);
      }
      this.#stir();
    });
    socket.on('close', () => {
      if (session?.socket === socket) session.socket = null;
      this.#stir();
    });
  }

  #hear(socket: Socket, session: Session | null, kind: number, packet: Buffer): Session | null {
    if (kind === kinds.connect) return this.#connect(socket, packet);
    if (!session) return null;
    if (kind === kinds.subscribe) this.#subscribe(session, packet);
    else if (kind === kinds.puback) {
      const id = packet.readUInt16BE(0);
      const message = session.sent.get(id);
      session.sent.delete(id);
      const code = packet.length > 2 ? packet[2]! : 0;
      if (code >= 0x80) this.refusals.push(code);
      else if (message && this.acknowledged.length < (this.#options.acknowledgedKept ?? queueAtMost))
        this.acknowledged.push(new TextDecoder().decode(message.payload));
      this.#deliver(session);
    } else if (kind === kinds.pingreq) socket.write(Uint8Array.of(kinds.pingresp << 4, 0));
    else if (kind === kinds.disconnect) socket.end();
    return session;
  }

  #connect(socket: Socket, packet: Buffer): Session | null {
    const flags = packet[7]!;
    const properties = readVariable(packet, 10)!;
    const end = properties.next + properties.value;
    const fields: string[] = [];
    for (let at = end; at + 2 <= packet.length;) {
      const size = packet.readUInt16BE(at);
      fields.push(packet.toString('utf8', at + 2, at + 2 + size));
      at += 2 + size;
    }
    const [clientId = '', user, password] = fields;
    const { login } = this.#options;
    if (login && (user !== login.user || password !== login.password)) {
      socket.end(Uint8Array.of(kinds.connack << 4, 3, 0, 0x86, 0));
      return null;
    }
    const isClean = (flags & 2) !== 0;
    const known = isClean ? undefined : this.#sessions.get(clientId);
    const session: Session = known ?? { filters: new Map(), queue: [], sent: new Map(), nextId: 1, receiveMaximum: 0xffff, socket: null };
    session.socket?.destroy();
    session.socket = socket;
    session.receiveMaximum = receiveMaximumOf(packet.subarray(properties.next, end));
    this.#sessions.set(clientId, session);
    socket.write(Uint8Array.of(kinds.connack << 4, 3, known ? 1 : 0, 0, 0));
    // What was sent before and not acknowledged comes first, by its old number.
    for (const [id, message] of session.sent) this.#send(session, message, id, true);
    this.#deliver(session);
    return session;
  }

  #subscribe(session: Session, packet: Buffer): void {
    const properties = readVariable(packet, 2)!;
    const codes: number[] = [];
    const begun: string[] = [];
    for (let at = properties.next + properties.value; at + 2 <= packet.length;) {
      const size = packet.readUInt16BE(at);
      const filter = packet.toString('utf8', at + 2, at + 2 + size);
      const options = packet[at + 2 + size]!;
      const handling = (options >> 4) & 3;
      if (handling === 0 || (handling === 1 && !session.filters.has(filter))) begun.push(filter);
      session.filters.set(filter, options & 3);
      codes.push(Math.min(options & 3, 1));
      at += 3 + size;
    }
    session.socket?.write(Uint8Array.of(kinds.suback << 4, 3 + codes.length, packet[0]!, packet[1]!, 0, ...codes));
    for (const message of this.#retained.values()) if (begun.some((filter) => isMatch(filter, message.topic))) session.queue.push(message);
    this.#deliver(session);
  }

  #deliver(session: Session): void {
    while (session.socket && session.queue.length > 0 && (session.queue[0]!.qos === 0 || session.sent.size < session.receiveMaximum)) {
      const message = session.queue.shift()!;
      if (message.qos === 0) {
        this.#send(session, message, 0, false);
        continue;
      }
      while (session.sent.has(session.nextId)) session.nextId = (session.nextId % 0xffff) + 1;
      const id = session.nextId;
      session.nextId = (id % 0xffff) + 1;
      session.sent.set(id, message);
      this.#send(session, message, id, false);
    }
  }

  #send(session: Session, { topic, payload, qos, contentType, isRetained }: Message, id: number, isAgain: boolean): void {
    const properties = contentType === undefined ? Buffer.alloc(0) : Buffer.concat([Uint8Array.of(0x03), textBytes(contentType)]);
    const rest = Buffer.concat([
      textBytes(topic),
      qos === 1 ? Uint8Array.of(id >> 8, id & 0xff) : new Uint8Array(0),
      variableBytes(properties.length),
      properties,
      payload,
    ]);
    const first = (kinds.publish << 4) | (isAgain ? 8 : 0) | (qos << 1) | (isRetained ? 1 : 0);
    session.socket?.write(Buffer.concat([Uint8Array.of(first), variableBytes(rest.length), rest]));
    this.sent += 1;
  }

  #stir(): void {
    const wake = this.#wake;
    this.#wake = Promise.withResolvers();
    wake.resolve();
  }
}

/** Whether a topic is one of a filter's: `+` is one level, `#` all that follow. */
function isMatch(filter: string, topic: string): boolean {
  const [wanted, levels] = [filter.split('/'), topic.split('/')];
  for (const [at, level] of wanted.entries()) {
    if (level === '#') return true;
    if (at >= levels.length || (level !== '+' && level !== levels[at])) return false;
  }
  return wanted.length === levels.length;
}

function readVariable(bytes: Uint8Array, from: number): { readonly value: number; readonly next: number } | null {
  let value = 0;
  for (let at = from; at < from + 4; at += 1) {
    const byte = bytes[at];
    if (byte === undefined) return null;
    value += (byte & 0x7f) * 128 ** (at - from);
    if (byte < 0x80) return { value, next: at + 1 };
  }
  return null;
}

function variableBytes(value: number): Uint8Array {
  const bytes: number[] = [];
  let left = value;
  do {
    const more = Math.floor(left / 128);
    bytes.push((left % 128) | (more > 0 ? 0x80 : 0));
    left = more;
  } while (left > 0);
  return Uint8Array.from(bytes);
}

function textBytes(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  return Buffer.concat([Uint8Array.of(bytes.length >> 8, bytes.length & 0xff), bytes]);
}

/** Sizes of the properties of a CONNECT that have one; those of text say theirs themselves. */
const fixedSizes: Readonly<Record<number, number>> = { 0x11: 4, 0x21: 2, 0x27: 4, 0x22: 2, 0x19: 1, 0x17: 1 };

function receiveMaximumOf(properties: Buffer): number {
  for (let at = 0; at < properties.length;) {
    const size = fixedSizes[properties[at]!];
    if (properties[at] === 0x21) return properties.readUInt16BE(at + 1);
    if (size === undefined) return 0xffff;
    at += 1 + size;
  }
  return 0xffff;
}
