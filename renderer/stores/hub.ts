import { inject, onScopeDispose, shallowRef, type InjectionKey, type ShallowRef } from 'vue';
import type { CollectionName, Entity } from '../../main/contract/catalog.ts';
import type { Connection } from '../hub-client/connection.ts';
import type { CopyState } from '../hub-client/collection-copy.ts';
import type { HubClient, TypedSelector } from '../hub-client/hub-client.ts';

/** Where a page's components find the hub: `app.provide(hubKey, connectHub(…))`. */
export const hubKey: InjectionKey<HubClient> = Symbol('hub');

/** The page's line to the hub. */
export function useHub(): HubClient {
  const hub = inject(hubKey);
  if (!hub) throw new Error('no hub was provided');
  return hub;
}

/** The state of the line, as a ref. */
export function useConnection(): Readonly<ShallowRef<Connection>> {
  const hub = useHub();
  const connection = shallowRef(hub.connection);
  onScopeDispose(hub.onConnection((next) => (connection.value = next)));
  return connection;
}

/** A collection in a component: `items` is a plain map, `version` grows at most once a frame when it changed. */
export interface CollectionView<T> {
  readonly items: ReadonlyMap<string, T>;
  readonly version: Readonly<ShallowRef<number>>;
  readonly state: Readonly<ShallowRef<CopyState>>;
}

/** Subscribes for as long as the calling scope lives. Read `version.value` in a computed before reading `items`. */
export function useCollection<N extends CollectionName, F extends keyof Entity<N> & string = keyof Entity<N> & string>(
  name: N,
  selector?: TypedSelector<F>,
): CollectionView<Pick<Entity<N>, F>> {
  const handle = useHub().collection<N, F>(name, selector);
  const version = shallowRef(0);
  const state = shallowRef(handle.state);
  handle.onChange(() => {
    version.value += 1;
    state.value = handle.state;
  });
  onScopeDispose(() => handle.release());
  return { items: handle.items, version, state };
}
