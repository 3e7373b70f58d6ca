import { io, type Socket } from 'socket.io-client';
import type { CollectionName, CommandInput, CommandName, CommandResult, Entity } from '../../main/contract/catalog.ts';
import { problem, ProblemError, type Problem } from '../../main/contract/errors.ts';
import {
  protocolVersion,
  type ClientToHub,
  type HandshakeAuth,
  type HubToClient,
  type Selector,
  type SubscribeReply,
  type Welcome,
} from '../../main/contract/protocol.ts';
import type { EpochMs } from '../../main/contract/time.ts';
import { ClockOffset } from './clock-offset.ts';
import { CollectionCopy, type CopyState } from './collection-copy.ts';
import { nextConnection, type Connection, type ConnectionEvent } from './connection.ts';
import { createFrameBatch } from './frame-batch.ts';
import { SleeplessClock } from './sleepless-clock.ts';

/** A subscription's wish, with the fields it asks for known to the compiler. */
export interface TypedSelector<F> extends Omit<Selector, 'fields'> {
  readonly fields?: readonly F[];
}

/** One holder's view of a shared subscription. `items` is live and outside reactivity: read it when told, do not keep entities. */
export interface CollectionHandle<T> {
  readonly items: ReadonlyMap<string, T>;
  readonly state: CopyState;
  /** Called at most once per animation frame with the keys that changed since, or were there, or went. Answers its end. */
  onChange(listener: (changed: ReadonlySet<string>) => void): () => void;
  /** Gives the subscription back; it ends when nobody holds it. */
  release(): void;
}

/** Everything a page needs of the hub: facts by subscription, change by command, and its clock. */
export interface HubClient {
  readonly connection: Connection;
  /** What the hub said of itself at the last connection; null before the first. */
  readonly welcome: Welcome | null;
  onConnection(listener: (connection: Connection) => void): () => void;
  /** Subscribes, or joins who already asks for the same; entities hold only the fields asked for (plus the key). */
  collection<N extends CollectionName, F extends keyof Entity<N> & string = keyof Entity<N> & string>(
    name: N,
    selector?: TypedSelector<F>,
  ): CollectionHandle<Pick<Entity<N>, F>>;
  /** Runs a command; rejects with a `ProblemError`: what the hub said, `unavailable` while there is no line to it. */
  command<N extends CommandName>(name: N, args: CommandInput<N>, options?: CommandOptions): Promise<CommandResult<N>>;
  /** The hub's clock, by the best of the last minute's samples. */
  hubNow(): EpochMs;
  /** True once the hub's clock is known; after this computer slept, or its own clock was set ahead, once it was asked for anew. */
  readonly clockKnown: boolean;
  /**
   * Called when the hub's clock, as it is seen from here, has become known (again) or has made a step: whoever waits for a time of it looks
   * anew. Answers its end.
   */
  onClock(listener: () => void): () => void;
  close(): void;
}

export interface CommandOptions {
  readonly idempotencyKey?: string;
  /** How long to wait for the answer; default 10,000. */
  readonly timeoutMs?: number;
}

/** The part of a socket.io socket that the client uses. */
export type HubSocket = Pick<Socket<HubToClient, ClientToHub>, 'connected' | 'on' | 'emit' | 'timeout' | 'connect' | 'disconnect'>;

/** How often the hub is asked for its clock, which is also the sign that it still answers. */
const pingEveryMs = 1000;
/** How often it is looked whether that is due, or this computer has slept. */
const lookEveryMs = 250;
/** Less is no step of a clock: samples differ. */
const clockStepMs = 500;
/** Unanswered for this long, the line counts as dead even if the transport has not noticed: honest within 3 s. */
const silentAfterMs = 2500;
/** Unanswered for this long, the connection is made anew. */
const abandonAfterMs = 8000;
/** A hub that refused is asked again after this. */
const refusedRetryMs = 5000;
/** Two resubscriptions of one collection are at least this far apart. */
const resubscribeGapMs = 500;

/** Connects to the hub this page came from. `session` names the page's session, see `HandshakeAuth`. */
export function connectHub(options: { session: 'console' | `wall:${string}:${string}`; origin?: string }): HubClient {
  const auth: HandshakeAuth = { protocol: protocolVersion, session: options.session };
  const socket: Socket<HubToClient, ClientToHub> = io(options.origin ?? location.origin, {
    transports: ['websocket'],
    auth,
    reconnectionDelay: 200,
    reconnectionDelayMax: 2000,
    randomizationFactor: 0.5,
    timeout: 4000,
    autoConnect: false,
    forceNew: true,
  });
  return createHubClient(socket);
}

/** The client over any socket; `connectHub` gives it the real one. */
export function createHubClient(socket: HubSocket): HubClient {
  let connection: Connection = { kind: 'connecting' };
  let welcome: Welcome | null = null;
  let closed = false;
  const connectionListeners = new Set<(connection: Connection) => void>();
  const clockListeners = new Set<() => void>();
  const own = new SleeplessClock();
  const clock = new ClockOffset();
  /** How much this computer had slept when the hub's clock was last measured: what was measured before a sleep is a guess after it. */
  let measuredSleptMs = 0;
  const isClockKnown = () => {
    own.now();
    return clock.known && measuredSleptMs === own.sleptMs;
  };
  const hubNow = () => clock.hubNow(own.now(), Date.now());
  let lastAnswerAt = own.now();

  const happen = (event: ConnectionEvent) => {
    // What is shown is as old as the last answer: a page that slept learns late that it has been alone.
    const next = nextConnection(connection, event, Math.round(hubNow() - (own.now() - lastAnswerAt)));
    if (next === connection) return;
    connection = next;
    for (const listener of connectionListeners) listener(next);
  };

  // ---- subscriptions, shared by all who ask for the same

  let lastId = 0;
  const shared = new Map<string, SharedSubscription>();
  const byId = new Map<number, SharedSubscription>();
  const dirty = new Set<SharedSubscription>();
  const batch = createFrameBatch(() => {
    const due = [...dirty];
    dirty.clear();
    for (const subscription of due) subscription.tell();
  });

  class SharedSubscription {
    readonly copy: CollectionCopy;
    readonly listeners = new Set<(changed: ReadonlySet<string>) => void>();
    readonly key: string;
    readonly name: CollectionName;
    readonly selector: Selector | undefined;
    holders = 0;
    id = 0;
    #changed = new Set<string>();
    #askedAt = Number.NEGATIVE_INFINITY;
    #again: ReturnType<typeof setTimeout> | undefined;

    constructor(key: string, name: CollectionName, selector: Selector | undefined) {
      this.key = key;
      this.name = name;
      this.selector = selector;
      this.copy = new CollectionCopy(name);
    }

    ask(): void {
      this.forget();
      if (!socket.connected) return;
      this.#askedAt = performance.now();
      const id = ++lastId;
      this.id = id;
      byId.set(id, this);
      const { selector, name } = this;
      const last = this.copy.position;
      const request = { id, collection: name, ...(selector ? { selector } : {}), ...(last ? { last } : {}) };
      socket.emit('subscribe', request, (reply: SubscribeReply) => {
        if (this.id === id) this.mark(this.copy.answer(reply));
      });
    }

    /** The copy missed something: asks anew, from where it stands. */
    resync(): void {
      if (this.#again !== undefined) return;
      const wait = this.#askedAt + resubscribeGapMs - performance.now();
      const again = () => {
        this.#again = undefined;
        if (socket.connected && this.id !== 0) socket.emit('unsubscribe', this.id);
        this.ask();
      };
      if (wait <= 0) again();
      else this.#again = setTimeout(again, wait);
    }

    mark(changed: ReadonlySet<string>): void {
      for (const key of changed) this.#changed.add(key);
      dirty.add(this);
      batch.mark();
    }

    tell(): void {
      const changed = this.#changed;
      this.#changed = new Set();
      for (const listener of this.listeners) listener(changed);
    }

    forget(): void {
      clearTimeout(this.#again);
      this.#again = undefined;
      byId.delete(this.id);
      this.id = 0;
    }
  }

  socket.on('changes', (message) => {
    const subscription = byId.get(message.id);
    if (!subscription) return;
    const changed = subscription.copy.changes(message);
    if (changed === 'gap') subscription.resync();
    else subscription.mark(changed);
  });
  socket.on('volatile', (message) => {
    const subscription = byId.get(message.id);
    if (subscription) subscription.mark(subscription.copy.volatile(message.items));
  });

  // ---- the line itself

  let retry: ReturnType<typeof setTimeout> | undefined;
  const retryLater = (afterMs: number) => {
    clearTimeout(retry);
    if (!closed) retry = setTimeout(() => socket.connect(), afterMs);
  };
  const answered = () => {
    lastAnswerAt = own.now();
    happen({ kind: 'answered' });
  };
  const measure = (sentAt: number, hubTime: EpochMs, receivedAt: number) => {
    const before = isClockKnown() ? clock.hubNow(receivedAt, hubTime) : null;
    if (measuredSleptMs !== own.sleptMs) clock.forget();
    measuredSleptMs = own.sleptMs;
    clock.add(sentAt, hubTime, receivedAt);
    if (before !== null && Math.abs(clock.hubNow(receivedAt, hubTime) - before) < clockStepMs) return;
    for (const listener of clockListeners) listener();
  };
  let pingedAt = Number.NEGATIVE_INFINITY;
  let pingedSleptMs = 0;
  const ping = () => {
    const sentAt = own.now();
    const { sleptMs } = own;
    pingedAt = sentAt;
    pingedSleptMs = sleptMs;
    socket.emit('clock', (hubTime: EpochMs) => {
      const receivedAt = own.now();
      // Asked before a sleep and answered after it: nobody knows how long ago.
      if (own.sleptMs === sleptMs) measure(sentAt, hubTime, receivedAt);
      answered();
    });
  };

  socket.on('connect', () => {
    lastAnswerAt = own.now();
  });
  socket.on('welcome', (message) => {
    welcome = message;
    if (message.protocol !== protocolVersion) {
      happen({ kind: 'refused', reason: problem('protocol-incompatible', { hub: message.protocol, page: protocolVersion }) });
      return;
    }
    happen({ kind: 'welcomed' });
    for (let i = 0; i < 3; i++) ping();
    for (const subscription of shared.values()) subscription.ask();
  });
  socket.on('farewell', (reason) => happen({ kind: 'refused', reason }));
  socket.on('connect_error', (error: Error & { data?: unknown }) => {
    const reason = asProblem(error.data);
    if (!reason) return; // the transport failed: socket.io goes on by itself
    happen({ kind: 'refused', reason });
    retryLater(refusedRetryMs);
  });
  socket.on('disconnect', (reason) => {
    for (const subscription of shared.values()) subscription.forget();
    happen({ kind: 'lost' });
    // Socket.io reconnects by itself, except when the hub hung up or we did.
    if (reason === 'io server disconnect') retryLater(connection.kind === 'refused' ? refusedRetryMs : 500);
    else if (reason === 'io client disconnect') retryLater(200);
  });

  const heartbeat = setInterval(() => {
    if (!socket.connected) return;
    const at = own.now();
    const silentMs = at - lastAnswerAt;
    if (silentMs > abandonAfterMs) {
      socket.disconnect();
      return;
    }
    if (silentMs > silentAfterMs) happen({ kind: 'silent' });
    if (at - pingedAt >= pingEveryMs || own.sleptMs !== pingedSleptMs) ping();
  }, lookEveryMs);

  socket.connect();

  return {
    get connection() {
      return connection;
    },
    get welcome() {
      return welcome;
    },
    get clockKnown() {
      return isClockKnown();
    },
    hubNow,
    onClock(listener) {
      clockListeners.add(listener);
      return () => clockListeners.delete(listener);
    },
    onConnection(listener) {
      connectionListeners.add(listener);
      return () => connectionListeners.delete(listener);
    },
    collection<N extends CollectionName, F extends keyof Entity<N> & string>(name: N, selector?: TypedSelector<F>) {
      const wish = selector && (normalised(selector) as Selector);
      const key = JSON.stringify([name, wish ?? null]);
      let subscription = shared.get(key);
      if (!subscription) {
        subscription = new SharedSubscription(key, name, wish);
        shared.set(key, subscription);
        if (connection.kind === 'live') subscription.ask();
      }
      const mine = subscription;
      mine.holders += 1;
      const ends = new Set<() => void>();
      let held = true;
      return {
        // The selector's fields are what the hub sends; the compiler is told so here.
        items: mine.copy.items as unknown as ReadonlyMap<string, Pick<Entity<N>, F>>,
        get state() {
          return mine.copy.state;
        },
        onChange(listener) {
          mine.listeners.add(listener);
          const end = () => {
            mine.listeners.delete(listener);
            ends.delete(end);
          };
          ends.add(end);
          return end;
        },
        release() {
          if (!held) return;
          held = false;
          for (const end of ends) end();
          mine.holders -= 1;
          if (mine.holders > 0) return;
          if (socket.connected && mine.id !== 0) socket.emit('unsubscribe', mine.id);
          mine.forget();
          dirty.delete(mine);
          shared.delete(key);
        },
      };
    },
    command<N extends CommandName>(name: N, args: CommandInput<N>, options: CommandOptions = {}): Promise<CommandResult<N>> {
      if (!socket.connected) return Promise.reject(new ProblemError(problem('unavailable', {}, 'no connection to the hub')));
      const { idempotencyKey, timeoutMs = 10_000 } = options;
      const request = { name, args, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) };
      return new Promise((resolve, reject) => {
        socket.timeout(timeoutMs).emit('command', request, (failure, reply) => {
          if (failure) {
            const code = socket.connected ? 'deadline-exceeded' : 'unavailable';
            reject(new ProblemError(problem(code, { command: name }, failure.message)));
          } else if ('error' in reply) {
            reject(new ProblemError(reply.error));
          } else {
            resolve(reply.result as CommandResult<N>);
          }
        });
      });
    },
    close() {
      closed = true;
      clearInterval(heartbeat);
      clearTimeout(retry);
      batch.stop();
      for (const subscription of shared.values()) subscription.forget();
      shared.clear();
      connectionListeners.clear();
      clockListeners.clear();
      socket.disconnect();
    },
  };
}

/** The same wish always looks the same, so that it is shared. */
function normalised(selector: TypedSelector<string>): Selector {
  return {
    ...(selector.ids ? { ids: [...new Set(selector.ids)].sort() } : {}),
    ...(selector.district === undefined ? {} : { district: selector.district }),
    ...(selector.fields ? { fields: [...new Set(selector.fields)].sort() } : {}),
  };
}

function asProblem(data: unknown): Problem | null {
  return typeof data === 'object' && data !== null && 'code' in data && typeof data.code === 'string' ? (data as Problem) : null;
}
