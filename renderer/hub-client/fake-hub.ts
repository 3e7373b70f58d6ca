import type { CollectionName } from '../../main/contract/catalog.ts';
import { problem, ProblemError, type Problem } from '../../main/contract/errors.ts';
import type { Selector, Welcome } from '../../main/contract/protocol.ts';
import type { CopyState } from './collection-copy.ts';
import type { Connection } from './connection.ts';
import type { HubClient } from './hub-client.ts';

/** A hub for tests of components: says what the test wants, keeps what it was told. */
export interface FakeHub extends HubClient {
  connection: Connection;
  /** Puts an entity (or takes it away) and tells everybody who holds the collection. Answers after a first one count as ready. */
  put(name: CollectionName, key: string, value: object | null): void;
  refuseCollection(name: CollectionName, reason: Problem): void;
  setConnection(connection: Connection): void;
  /** Tells everybody that the hub's clock made a step. */
  stepClock(): void;
  /** The selectors that are held now. */
  held(name: CollectionName): readonly (Selector | undefined)[];
  readonly commands: { readonly name: string; readonly args: unknown }[];
  /** Answers commands by name; a thrown problem is the refusal. Unknown names are `unavailable`. */
  readonly answers: Map<string, (args: never) => unknown>;
}

interface Held {
  readonly name: CollectionName;
  readonly selector: Selector | undefined;
  readonly listeners: Set<(changed: ReadonlySet<string>) => void>;
}

/** A hub that is connected and knows nothing yet; its clock is the system's. */
export function createFakeHub(): FakeHub {
  const items = new Map<CollectionName, Map<string, object>>();
  const states = new Map<CollectionName, CopyState>();
  const holders = new Set<Held>();
  const connectionListeners = new Set<(connection: Connection) => void>();
  const clockListeners = new Set<() => void>();
  const of = (name: CollectionName) => {
    const known = items.get(name) ?? new Map<string, object>();
    items.set(name, known);
    return known;
  };
  const tell = (name: CollectionName, changed: ReadonlySet<string>) => {
    for (const holder of holders) if (holder.name === name) for (const listener of holder.listeners) listener(changed);
  };

  const hub: FakeHub = {
    connection: { kind: 'live' },
    welcome: { protocol: 1, hubVersion: 'test', epoch: 1, seq: 1, now: Date.now(), demo: false } satisfies Welcome,
    clockKnown: true,
    commands: [],
    answers: new Map(),
    hubNow: () => Date.now(),
    onClock(listener) {
      clockListeners.add(listener);
      return () => clockListeners.delete(listener);
    },
    stepClock() {
      for (const listener of clockListeners) listener();
    },
    onConnection(listener) {
      connectionListeners.add(listener);
      return () => connectionListeners.delete(listener);
    },
    setConnection(connection) {
      hub.connection = connection;
      for (const listener of connectionListeners) listener(connection);
    },
    put(name, key, value) {
      states.set(name, { kind: 'ready' });
      if (value) of(name).set(key, value);
      else of(name).delete(key);
      tell(name, new Set([key]));
    },
    refuseCollection(name, reason) {
      states.set(name, { kind: 'refused', reason });
      tell(name, new Set());
    },
    held: (name) => [...holders].filter((holder) => holder.name === name).map((holder) => holder.selector),
    collection(name, selector) {
      const holder: Held = { name, selector, listeners: new Set() };
      holders.add(holder);
      return {
        items: of(name) as never,
        get state(): CopyState {
          return states.get(name) ?? { kind: 'waiting' };
        },
        onChange(listener) {
          holder.listeners.add(listener);
          return () => holder.listeners.delete(listener);
        },
        release: () => holders.delete(holder),
      };
    },
    async command(name, args) {
      hub.commands.push({ name, args });
      const answer = hub.answers.get(name);
      if (!answer) throw new ProblemError(problem('unavailable'));
      return answer(args as never) as never;
    },
    close() {},
  };
  return hub;
}
