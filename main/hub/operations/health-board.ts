import type { Health, HealthItem } from '../../contract/operations.ts';
import { ProblemError } from '../../contract/errors.ts';
import type { Change, Ledger } from '../../contract/ledger.ts';
import type { Log } from '../../contract/log.ts';
import type { Clock, EpochMs } from '../../contract/time.ts';
import type { Assessment } from './assess-health.ts';

/** Figures that go with a state are written anew so often at most; a change of state is written at once. */
export const refreshMs = 3_600_000;

/** The collection `health`: what is known is committed only when it is another state than before. */
export interface HealthBoard {
  /**
   * Says how things are; what is not named stays as it is, `null` is not watched (any more). Figures of something that just happened are written
   * `at-once`.
   */
  post(found: Partial<Record<HealthItem, Assessment | null>>, figures?: 'hourly' | 'at-once'): void;
  get(item: HealthItem): Health | undefined;
}

export function createHealthBoard(ledger: Ledger, clock: Pick<Clock, 'now'>, log: Log): HealthBoard {
  const writtenAt = new Map<HealthItem, EpochMs>();
  let refused = false;

  const get = (item: HealthItem) => ledger.get('health', item) as Health | undefined;

  const changeOf = (id: HealthItem, found: Assessment | null, now: EpochMs, figures: 'hourly' | 'at-once'): Change | null => {
    const before = get(id);
    if (found === null) return before === undefined ? null : { collection: 'health', op: 'delete', key: id };
    const same = before !== undefined && before.state === found.state && before.code === found.code;
    if (same) {
      const written = writtenAt.get(id);
      const isFresh = figures === 'hourly' && written !== undefined && now - written < refreshMs && now >= written;
      if (isFresh || sameParams(before.params, found.params)) return null;
    }
    const value: Health = { id, ...found, params: { ...found.params }, since: same ? before.since : now, simulated: false, drill: false };
    return { collection: 'health', op: 'put', key: id, value };
  };

  return {
    get,
    post(found, figures = 'hourly') {
      const now = clock.now();
      const changes = Object.entries(found).flatMap(([id, assessment]) => changeOf(id as HealthItem, assessment, now, figures) ?? []);
      if (changes.length === 0) return;
      const turned = changes.filter(({ key }) => (found[key as HealthItem]?.state ?? null) !== (get(key as HealthItem)?.state ?? null));
      for (const { key } of turned) {
        const next = found[key as HealthItem] ?? null;
        log[next === null || next.state === 'ok' ? 'info' : 'warn']({ item: key, ...next }, 'the health of the hub changed');
      }
      try {
        ledger.commit(changes, { kind: 'timer', id: 'health', by: 'operations' });
        for (const { key } of changes) writtenAt.set(key as HealthItem, now);
        refused = false;
      } catch (cause) {
        if (!(cause instanceof ProblemError)) throw cause;
        // it is posted again with the next look
        if (!refused) log.error({ err: cause }, 'the health of the hub could not be written');
        refused = true;
      }
    },
  };
}

function sameParams(one: Health['params'], other: Health['params']): boolean {
  const names = Object.keys(other);
  return names.length === Object.keys(one).length && names.every((name) => one[name] === other[name]);
}
