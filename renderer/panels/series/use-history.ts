import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue';
import type { SeriesRef } from '../../../layouts/contract.ts';
import { ProblemError } from '../../../main/contract/errors.ts';
import { useConnection, useHub } from '../../stores/hub.ts';
import { SeriesPoints, stretches } from './series-points.ts';
import type { SeriesView } from './use-series.ts';

const againMs = 10_000;

/** How values went over the last hours: what the hub kept, asked for whenever the line is live again, and what came since. */
export interface HistoryView {
  readonly points: readonly SeriesPoints[];
  /** Grows when there is something new to draw. */
  readonly version: Readonly<ShallowRef<number>>;
  /** True once the hub has answered for all of them. */
  readonly loaded: Readonly<ShallowRef<boolean>>;
}

/** Follows the history of these values for as long as the calling scope lives; `view` tells what they are now, in the same order. */
export function useHistory(refs: readonly SeriesRef[], hours: number, view: SeriesView): HistoryView {
  const hub = useHub();
  const connection = useConnection();
  const points = refs.map(() => new SeriesPoints(hours));
  const version = shallowRef(0);
  const loaded = shallowRef(false);
  let again: ReturnType<typeof setTimeout> | undefined;
  /** Which asking is the latest: answers of those before it come too late. */
  let asking = 0;

  async function ask(): Promise<void> {
    clearTimeout(again);
    asking += 1;
    const mine = asking;
    try {
      for (const [index, ref] of refs.entries()) {
        const to = Math.round(hub.hubNow());
        const of = 'indicator' in ref ? indicatorOf(ref.indicator) : { assetId: ref.asset, quantity: ref.quantity };
        const { points: kept } = await hub.command('history.read', {
          of,
          from: Math.max(0, to - hours * 3_600_000),
          to,
          points: stretches,
        });
        if (mine !== asking) return;
        points[index]!.history(kept);
        version.value += 1;
      }
      loaded.value = true;
    } catch (error) {
      if (mine !== asking) return;
      // What is refused stays refused until the line is made anew; a hub that is busy or away is asked again.
      const code = error instanceof ProblemError ? error.problem.code : null;
      if (code === 'forbidden') loaded.value = true;
      else again = setTimeout(() => connection.value.kind === 'live' && void ask(), againMs);
    }
  }
  watch(
    connection,
    ({ kind }) => {
      if (kind === 'live') void ask();
    },
    { immediate: true },
  );
  watch(
    view.now,
    (now) => {
      for (const [index, { value, at, known }] of now.entries()) {
        if (!known) continue;
        // A value that became unknown has no time of its own: it is so from now on.
        if (value === null) points[index]!.append(Math.round(hub.hubNow()), null);
        else if (at !== null) points[index]!.append(at, value);
      }
      version.value += 1;
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    asking += 1;
    clearTimeout(again);
  });
  return { points, version, loaded };
}

function indicatorOf(key: string) {
  const slash = key.indexOf('/');
  return { systemId: key.slice(0, slash), indicator: key.slice(slash + 1) };
}
