import type { CollectionName, CommandName } from '../../../main/contract/catalog.ts';
import { problem, ProblemError, type Problem } from '../../../main/contract/errors.ts';
import { permissions, type Permission } from '../../../main/contract/permissions.ts';
import type { Connection } from '../../hub-client/connection.ts';
import type { CopyState } from '../../hub-client/collection-copy.ts';
import type { HubClient } from '../../hub-client/hub-client.ts';

type Item = Record<string, unknown>;

/** A hub for tests of the desk: collections that the test fills, commands that the test answers, a clock that the test sets. */
export class FakeHub {
  now = 1_700_000_000_000;
  connection: Connection = { kind: 'live' };
  readonly sent: { readonly name: CommandName; readonly args: Item }[] = [];
  /** What the page asks for by itself, again and again. */
  readonly asked: { readonly name: CommandName; readonly args: Item }[] = [];
  /** The idempotency keys that commands came with, in order. */
  readonly keys: string[] = [];
  answer: (name: CommandName, args: Item) => unknown = () => ({});
  permissions: readonly Permission[] = permissions;
  /** What `session.who` says otherwise than usual. */
  who: Item = {};
  /** How often somebody was said to be there, and when the session would lock. */
  activities = 0;
  idleLockAt: number | null = null;
  /** What somebody keeps at hand, how often it was asked for, and what the hub says instead. */
  favourites: readonly string[] = [];
  favouritesAsked = 0;
  refuseFavourites: Problem | null = null;
  #connectionListeners = new Set<(connection: Connection) => void>();
  #collections = new Map<
    CollectionName,
    { items: Map<string, Item>; state: CopyState; listeners: Set<(keys: ReadonlySet<string>) => void> }
  >();

  #collection(name: CollectionName) {
    let found = this.#collections.get(name);
    if (!found) this.#collections.set(name, (found = { items: new Map(), state: { kind: 'waiting' }, listeners: new Set() }));
    return found;
  }

  /** What a snapshot does: the items are there, and everybody is told. */
  fill(name: CollectionName, items: readonly Item[], keyOf: (item: Item) => string = (item) => String(item['id'])): void {
    const collection = this.#collection(name);
    collection.state = { kind: 'ready' };
    this.#tell(
      name,
      items.map((item) => (collection.items.set(keyOf(item), item), keyOf(item))),
    );
  }
  /** Replaces entities; `null` removes one. */
  change(name: CollectionName, changes: Readonly<Record<string, Item | null>>): void {
    const { items } = this.#collection(name);
    for (const [key, item] of Object.entries(changes)) {
      if (item) items.set(key, item);
      else items.delete(key);
    }
    this.#tell(name, Object.keys(changes));
  }
  #tell(name: CollectionName, keys: readonly string[]): void {
    for (const listener of this.#collection(name).listeners) listener(new Set(keys));
  }
  connect(connection: Connection): void {
    this.connection = connection;
    for (const listener of this.#connectionListeners) listener(connection);
  }
  /** What the hub says when it does not let a subscription in: what was known of it is gone, as with the real copy. */
  refuse(name: CollectionName, reason: Problem): void {
    const collection = this.#collection(name);
    const gone = [...collection.items.keys()];
    collection.items.clear();
    collection.state = { kind: 'refused', reason };
    this.#tell(name, gone);
  }
  /** The arguments of every command of this name. */
  argsOf(name: CommandName): Item[] {
    return [...this.sent, ...this.asked].filter((one) => one.name === name).map(({ args }) => args);
  }
  get held(): number {
    return [...this.#collections.values()].reduce((sum, { listeners }) => sum + listeners.size, 0);
  }

  get client(): HubClient {
    // oxlint-disable-next-line typescript/no-this-alias, unicorn/no-this-assignment -- getters of the client need both
    const hub = this;
    return {
      get connection() {
        return hub.connection;
      },
      welcome: { protocol: 1, hubVersion: '0', epoch: 1, seq: 1, now: this.now, demo: true },
      clockKnown: true,
      hubNow: () => hub.now,
      onClock: () => () => {},
      onConnection(listener) {
        hub.#connectionListeners.add(listener);
        return () => hub.#connectionListeners.delete(listener);
      },
      collection(name) {
        const collection = hub.#collection(name);
        const mine = new Set<(keys: ReadonlySet<string>) => void>();
        return {
          items: collection.items as never,
          get state() {
            return collection.state;
          },
          onChange(listener) {
            collection.listeners.add(listener);
            mine.add(listener);
            return () => collection.listeners.delete(listener);
          },
          release: () => mine.forEach((listener) => collection.listeners.delete(listener)),
        };
      },
      async command(name, args, options) {
        if (options?.idempotencyKey !== undefined) hub.keys.push(options.idempotencyKey);
        if (hub.connection.kind !== 'live') throw new ProblemError(problem('unavailable'));
        if (name === 'session.activity') {
          hub.activities += 1;
          return { idleLockAt: hub.idleLockAt } as never;
        }
        if (name === 'session.who') {
          return {
            userId: 'u',
            name: 'wang',
            roles: ['operator'],
            permissions: hub.permissions,
            scope: { districts: '*', groups: '*' },
            screen: null,
            mustChangePassword: false,
            barrier: null,
            workstation: 'desk',
            secondFactor: false,
            hasPassword: true,
            ...hub.who,
          } as never;
        }
        if (name === 'favourite.list' || name === 'favourite.set') {
          hub.favouritesAsked += 1;
          if (hub.refuseFavourites) throw new ProblemError(hub.refuseFavourites);
          if (name === 'favourite.set') hub.favourites = (args as { cameraIds: readonly string[] }).cameraIds;
          return { cameraIds: hub.favourites } as never;
        }
        (name === 'wall.preview' ? hub.asked : hub.sent).push({ name, args: args as Item });
        const answered = await hub.answer(name, args as Item);
        if (answered && typeof answered === 'object' && 'code' in answered) throw new ProblemError(answered as Problem);
        return answered as never;
      },
      close() {},
    };
  }
}

/** A camera as the desk's subscription has it. */
export function cameraRow(number: string, more: Item = {}): Item {
  return {
    id: `c-${number}`,
    number,
    name: `路口 ${number}`,
    district: '320282101',
    groups: [],
    lat: 31.36,
    lon: 119.8,
    datum: 'wgs84',
    aliases: [],
    alternates: [],
    source: { kind: 'file', url: 'clip:a', hasSecret: false },
    status: { state: 'online', at: 1_699_999_990_000, by: 'prober', reason: null },
    simulated: true,
    drill: false,
    ...more,
  };
}

/** Two full-HD screens side by side: `1` with four tiles of which the first shows `c-A1`, `2` with one empty tile. */
export function twoScreenWall(more: Item = {}): Item {
  const screen = (id: string, name: string, x: number, scene: Item) => ({
    id,
    name,
    rect: { x, y: 0, width: 1920, height: 1080 },
    scene,
    revision: 7,
    changedBy: 'li',
    changedAt: 1_699_999_000_000,
    shown: null,
  });
  return {
    id: 'main',
    name: '主墙',
    pixelPitchMm: 0.634,
    farthestSeatM: 6,
    spanning: [],
    revision: 1,
    simulated: false,
    drill: false,
    screens: [
      screen('1', '左屏', 0, {
        kind: 'grid',
        rows: 2,
        cols: 2,
        tiles: [{ panel: 'video', cameraId: 'c-A1', profile: 'auto' }, null, null, null],
      }),
      screen('2', '右屏', 1920, { kind: 'grid', rows: 1, cols: 1, tiles: [null] }),
    ],
    ...more,
  };
}

/** What screen `1` of that wall reports when all is well. */
export function shownWell(at: number, more: Item = {}): Item {
  const tile = (tileId: string, cameraId: string | null) => ({
    tileId,
    cameraId,
    state: cameraId ? 'live' : 'empty',
    engine: cameraId ? 'mosaic' : 'none',
    stream: cameraId ? 'sub' : null,
    fps: cameraId ? 25 : null,
    frameAgeMs: cameraId ? 1300 : null,
    reason: null,
  });
  return {
    revision: 7,
    wallRevision: 1,
    at,
    capacity: { megapixelsPerSecond: 256, decoders: 512, measuredAt: null },
    painter: '2d',
    focus: null,
    tiles: [tile('g-0-0', 'c-A1'), tile('g-0-1', null), tile('g-1-0', null), tile('g-1-1', null)],
    ...more,
  };
}
