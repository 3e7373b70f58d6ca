import { computed, onScopeDispose, shallowRef, type ComputedRef, type ShallowRef } from 'vue';
import { maxFavourites } from '../../../main/contract/desk.ts';
import { problem, ProblemError, type Problem } from '../../../main/contract/errors.ts';
import type { CameraId } from '../../../main/contract/ids.ts';
import type { CopyState } from '../../hub-client/collection-copy.ts';
import type { HubClient } from '../../hub-client/hub-client.ts';

/** The cameras that somebody keeps at hand. They are kept in the hub, so they are at every desk where he sits down. */
export interface Favourites {
  /** In his order, as they will be once the hub has answered. */
  readonly ids: ComputedRef<readonly string[]>;
  /** `refused` also for whoever may not keep any. */
  readonly state: Readonly<ShallowRef<CopyState>>;
  has(cameraId: string): boolean;
  /** Keeps a camera, or keeps it no more; at the end of the list. Answers why not. */
  toggle(cameraId: string): Promise<Problem | 'full' | null>;
  /** Asks the hub again: another page may have changed the list. */
  reload(): Promise<void>;
}

/** So many changes may wait for the hub. */
const pendingAtMost = 16;

/** Asks for the list whenever the hub is there anew, for as long as the calling scope lives. Without `allowed` nothing is asked for. */
export function useFavourites(hub: Pick<HubClient, 'command' | 'connection' | 'onConnection'>, allowed: boolean): Favourites {
  const known = shallowRef<readonly string[]>([]);
  /** What was pressed and not answered yet: kept or not. */
  const pending = shallowRef<ReadonlyMap<string, boolean>>(new Map());
  const state = shallowRef<CopyState>(allowed ? { kind: 'waiting' } : { kind: 'refused', reason: problem('forbidden') });
  const ids = computed(() => withChanges(known.value, pending.value));
  const kept = computed(() => new Set(ids.value));
  let tail: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  async function reload(): Promise<void> {
    if (!allowed) return;
    try {
      const { cameraIds } = await hub.command('favourite.list', {});
      known.value = cameraIds;
      state.value = { kind: 'ready' };
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      // What was known stays good enough.
      if (state.value.kind !== 'ready') state.value = { kind: 'refused', reason: error.problem };
    }
  }

  /** Changes the list as it is in the hub now: another page may have changed it since. */
  async function change(cameraId: string, keep: boolean): Promise<Problem | 'full' | null> {
    try {
      const { cameraIds } = await hub.command('favourite.list', {});
      const next = withChanges(cameraIds, new Map([[cameraId, keep]]));
      if (next.length > maxFavourites) return 'full';
      const answer = await hub.command('favourite.set', { cameraIds: next as CameraId[] });
      known.value = answer.cameraIds;
      state.value = { kind: 'ready' };
      return null;
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      return error.problem;
    }
  }

  onScopeDispose(
    hub.onConnection((line) => {
      if (line.kind === 'live') void reload();
    }),
  );
  if (hub.connection.kind === 'live') void reload();

  return {
    ids,
    state,
    has: (cameraId) => kept.value.has(cameraId),
    async toggle(cameraId) {
      if (!allowed) return problem('forbidden');
      if (waiting >= pendingAtMost) return problem('too-many-requests');
      const keep = !kept.value.has(cameraId);
      pending.value = new Map([...pending.value, [cameraId, keep]]);
      waiting += 1;
      const run = tail.then(() => change(cameraId, keep));
      tail = run.catch(() => {});
      try {
        return await run;
      } finally {
        waiting -= 1;
        // Pressed again meanwhile, it stands for the later press.
        if (pending.value.get(cameraId) === keep) pending.value = new Map([...pending.value].filter(([id]) => id !== cameraId));
      }
    },
    reload,
  };
}

/** A list with what was pressed since: what is kept anew comes last. */
export function withChanges(ids: readonly string[], changes: ReadonlyMap<string, boolean>): readonly string[] {
  const left = ids.filter((id) => changes.get(id) !== false);
  const there = new Set(left);
  return [...left, ...[...changes].flatMap(([id, keep]) => (keep && !there.has(id) ? [id] : []))];
}
