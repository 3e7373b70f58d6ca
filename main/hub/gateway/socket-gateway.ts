import { createServer, STATUS_CODES, type IncomingMessage, type Server as HttpServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { Server, type Socket } from 'socket.io';
import { z } from 'zod';
import { errorStatus, problem, type Problem } from '../../contract/errors.ts';
import type { SessionId } from '../../contract/ids.ts';
import type { Ledger } from '../../contract/ledger.ts';
import type { Log } from '../../contract/log.ts';
import type { Principal } from '../../contract/principal.ts';
import { protocolVersion, type CommandReply, type WallRefreshTimes, type Welcome } from '../../contract/protocol.ts';
import type { Clock, EpochMs } from '../../contract/time.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { CommandGateway } from '../commands/command-gateway.ts';
import type { OwnOrigins } from './own-origins.ts';
import { pageSession, type PrincipalDoor } from './principal.ts';
import { securityHeaders } from './security-headers.ts';
import { sharedFrame, type SharedText } from './shared-text.ts';
import type { SubscriberConnection, Subscriptions } from './subscriptions.ts';
import { WireJson, wireParser } from './wire-json.ts';

export const socketPath = '/socket.io/';
const connectionsAtMost = 2048;
const messageBytesAtMost = 1024 * 1024;
/** So many unsent bytes, and volatile values are kept back; so many, and the connection ends. */
export const congestedBytes = 8 * 1024 * 1024;
export const cutOffBytes = 32 * 1024 * 1024;
/** Time for the answer of the command that ended the session, and for the farewell, to get out. */
const farewellMs = 200;
/** How long a client may take to answer the closing of its connection. */
const closeMs = 500;

/** The events of protocol.ts, as this side handles them: nothing that comes in is believed, what goes out is JSON already. */
interface Incoming {
  subscribe(request: unknown, reply: unknown): void;
  unsubscribe(id: unknown): void;
  command(request: unknown, reply: unknown): void;
  clock(reply: unknown): void;
}
interface Outgoing {
  welcome(message: Welcome): void;
  changes(message: WireJson): void;
  volatile(message: WireJson): void;
  farewell(reason: Problem): void;
}
interface Held {
  sessionId: SessionId;
}
type HubSocket = Socket<Incoming, Outgoing, Record<never, never>, Held>;

/** What is needed of engine.io beyond its public types. */
interface UpgradeEngine {
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): void;
}
interface SentPacket {
  readonly data?: unknown;
}
interface WebSocketTransport {
  readonly socket: { readonly bufferedAmount: number; terminate(): void };
}

const handshakeAuth = z.object({
  protocol: z.unknown().optional(),
  session: z.string().max(200).optional(),
  token: z.string().max(200).optional(),
});
const commandRequest = z
  .object({ name: z.string().max(128), args: z.unknown().optional(), idempotencyKey: z.string().max(256).optional() })
  .strict();

export interface SocketGateway {
  readonly connections: number;
  readonly counters: { readonly cutOff: number };
  /** Lets nobody in any more and ends every connection; pages reconnect by themselves when the hub is back. */
  stop(): Promise<void>;
}

/** Lets pages and scripts in over WebSocket, on the HTTP server's own port, and speaks protocol.ts with them. */
export function createSocketGateway(options: {
  readonly server: HttpServer;
  readonly origins: OwnOrigins;
  readonly door: PrincipalDoor;
  readonly accounts: Accounts;
  readonly commands: Pick<CommandGateway, 'execute'>;
  readonly subscriptions: Subscriptions;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  readonly demo: boolean;
  readonly wallRefresh: WallRefreshTimes;
}): SocketGateway {
  const { server, origins, door, accounts, commands, subscriptions, ledger, clock, log } = options;
  const bySession = new Map<SessionId, Map<HubSocket, SubscriberConnection>>();
  const timers = new Set<NodeJS.Timeout>();
  const upgraded = new Set<Duplex>();
  const counters = { cutOff: 0 };
  let stopping = false;

  const io = new Server<Incoming, Outgoing, Record<never, never>, Held>({
    path: socketPath.slice(0, -1),
    parser: wireParser,
    transports: ['websocket'],
    serveClient: false,
    allowUpgrades: false,
    httpCompression: false,
    perMessageDeflate: false,
    maxHttpBufferSize: messageBytesAtMost,
    connectTimeout: 10_000,
    pingInterval: 5_000,
    pingTimeout: 5_000,
  });
  // engine.io would answer plain HTTP requests by itself, past our checks and headers; so it gets only the upgrades
  io.attach(createServer());
  const engine = io.engine as unknown as UpgradeEngine;

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const refused = refusal(request);
    if (refused) answerUpgrade(socket, refused, origins.isOwnHost(request.headers.host) ? request.headers.host : null, origins);
    else {
      upgraded.add(socket);
      socket.once('close', () => upgraded.delete(socket));
      engine.handleUpgrade(request, socket, head);
    }
  };
  server.on('upgrade', onUpgrade);

  function refusal({ headers, url }: IncomingMessage): Problem | null {
    if (stopping) return problem('shutting-down');
    if (!origins.isOwnHost(headers.host)) return problem('host-refused');
    if (headers.origin !== undefined && !origins.isOwnOrigin(headers.origin)) return problem('origin-refused');
    if (!url?.startsWith(`${socketPath}?`)) return problem('not-found');
    if (io.engine.clientsCount >= connectionsAtMost) return problem('too-many-requests', { limit: connectionsAtMost });
    return null;
  }

  io.use((socket, next) => {
    const admitted = admit(socket as HubSocket);
    if ('sessionId' in admitted) {
      socket.data.sessionId = admitted.sessionId;
      next();
    } else {
      next(Object.assign(new Error(admitted.code), { data: admitted }));
    }
  });

  function admit({ handshake }: HubSocket): Principal | Problem {
    const auth = handshakeAuth.safeParse(handshake.auth);
    if (!auth.success) return problem('malformed', { path: `auth.${auth.error.issues[0]!.path.map(String).join('.')}` });
    const { protocol, session, token } = auth.data;
    if (protocol !== protocolVersion)
      return problem('protocol-incompatible', { hub: protocolVersion, client: typeof protocol === 'number' ? protocol : null });
    const name = session === undefined ? 'console' : pageSession(session);
    if (name === null) return problem('malformed', { path: 'auth.session' });
    const admitted = door.admit({ headers: handshake.headers, session: name, originNeeded: true, ...(token !== undefined && { token }) });
    return admitted.ok ? admitted.value : admitted.error;
  }

  io.on('connection', (socket) => {
    const { sessionId } = socket.data;
    const address = peerAddress(socket.conn.remoteAddress);
    const { epoch, seq } = ledger;
    const { version: hubVersion, demo, wallRefresh } = options;
    socket.emit('welcome', { protocol: protocolVersion, hubVersion, epoch, seq, now: clock.now(), demo, wallRefresh });

    const connection = watchBuffer(socket);
    const mine = bySession.get(sessionId) ?? new Map<HubSocket, SubscriberConnection>();
    bySession.set(sessionId, mine.set(socket, connection));

    socket.on('subscribe', (request, reply) => {
      if (typeof reply !== 'function') return;
      const answer = (json: string) => connection.reply(reply as (value: WireJson) => void, json);
      const principal = accounts.principalOf(sessionId);
      if (principal) subscriptions.subscribe(connection, principal, request, answer);
      else answer(JSON.stringify({ kind: 'refused', error: problem('login-required') }));
    });
    socket.on('unsubscribe', (id) => subscriptions.unsubscribe(connection, id));
    socket.on('clock', (reply) => {
      if (typeof reply === 'function') (reply as (now: EpochMs) => void)(clock.now());
    });
    socket.on('command', (request, given) => {
      if (typeof given !== 'function') return;
      const reply = given as (answer: CommandReply) => void;
      const parsed = commandRequest.safeParse(request);
      if (!parsed.success) return reply({ error: problem('malformed', { path: parsed.error.issues[0]!.path.map(String).join('.') }) });
      const { name, args, idempotencyKey } = parsed.data;
      const from = { door: 'socket', address, workstation: accounts.workstationOf(sessionId) } as const;
      void commands
        .execute(
          { name, args: args ?? {}, ...(idempotencyKey !== undefined && { idempotencyKey }) },
          { principal: accounts.principalOf(sessionId) ?? null, from },
        )
        .then((result) => reply(result.ok ? { result: result.value } : { error: result.error }));
    });
    socket.on('disconnect', () => {
      subscriptions.drop(connection);
      mine.delete(socket);
      if (mine.size === 0) bySession.delete(sessionId);
    });
  });

  /** Knows how much is still on its way to one client: what engine.io holds, and what the WebSocket holds. */
  function watchBuffer(socket: HubSocket): SubscriberConnection & { reply(reply: (value: WireJson) => void, json: string): void } {
    const { conn } = socket;
    let waitingInEngine = 0;
    /** A snapshot may be larger than all bounds: it does not count against its own client. */
    let snapshotAllowance = 0;
    let congested = false;
    const { socket: webSocket } = conn.transport as unknown as WebSocketTransport;
    const waiting = () => waitingInEngine + webSocket.bufferedAmount;
    conn.on('packetCreate', (packet: SentPacket) => {
      if (typeof packet.data === 'string') waitingInEngine += packet.data.length;
    });
    // engine.io hands all it holds to the WebSocket at once, as soon as that has sent what it had
    conn.on('flush', () => {
      waitingInEngine = 0;
    });
    conn.transport.on('drain', () => {
      if (congested && waiting() <= congestedBytes) {
        congested = false;
        subscriptions.relieved(connection);
      }
    });
    const connection = {
      send(event: 'changes' | 'volatile', head: string, tail: SharedText) {
        if (waiting() > cutOffBytes + snapshotAllowance) return connection.cutOff();
        if (!socket.connected) return;
        // As socket.io would write it (protocol 5, an event of the main namespace), and as a frame of which most is shared with others: in the order of everything else.
        const begin = `2["${event}",${head}`;
        const options: object = { wsPreEncodedFrame: sharedFrame(`4${begin}`, tail.closed) };
        conn.write(`${begin}${tail.text}]`, options);
      },
      reply(reply: (value: WireJson) => void, json: string) {
        if (waiting() === 0) snapshotAllowance = 0;
        snapshotAllowance += json.length;
        reply(new WireJson(json));
      },
      get congested() {
        congested = waiting() > congestedBytes;
        return congested;
      },
      cutOff() {
        if (!socket.connected) return;
        counters.cutOff++;
        log.warn({ sessionId: socket.data.sessionId, waitingBytes: waiting() }, 'a connection that does not keep up was cut off');
        // what is queued is thrown away; the client comes back by itself with its position
        webSocket.terminate();
      },
    };
    return connection;
  }

  const stopNarrowing = accounts.onSessionLock((session) => {
    const principal = accounts.principalOf(session.id);
    if (principal) for (const connection of bySession.get(session.id)?.values() ?? []) subscriptions.narrow(connection, principal);
  });

  const stopListening = accounts.onSessionEnd((session, reason) => {
    for (const [socket, connection] of bySession.get(session.id) ?? []) {
      subscriptions.drop(connection);
      socket.emit('farewell', reason);
      const timer = setTimeout(() => {
        timers.delete(timer);
        socket.disconnect(true);
      }, farewellMs);
      timers.add(timer);
    }
  });

  return {
    get connections() {
      return io.engine.clientsCount;
    },
    counters,
    async stop() {
      stopping = true;
      stopListening();
      stopNarrowing();
      for (const timer of timers) clearTimeout(timer);
      // the transport ends, not socket.io's session: that is what makes clients come back
      engine.close();
      const closed = Promise.all([...upgraded].map((socket) => new Promise((resolve) => socket.once('close', resolve))));
      const enough = new AbortController();
      await Promise.race([closed, clock.sleep(closeMs, enough.signal).catch(() => undefined)]);
      enough.abort();
      for (const socket of upgraded) socket.destroy();
      server.off('upgrade', onUpgrade);
    },
  };
}

function answerUpgrade(socket: Duplex, refused: Problem, host: string | null, nature: Pick<OwnOrigins, 'secure'>): void {
  const status = errorStatus[refused.code];
  const body = JSON.stringify({ error: refused });
  const headers = Object.entries({
    ...securityHeaders(host, [], nature),
    'content-type': 'application/json; charset=utf-8',
    connection: 'close',
  });
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** The peer's IP; an IPv4 peer on an IPv6 socket is an IPv4 peer. */
export function peerAddress(remote: string | undefined): string {
  return (remote ?? '').replace(/^::ffff:/, '');
}
