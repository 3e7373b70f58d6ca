import { onScopeDispose, shallowRef, watch, type ShallowRef, type WatchSource } from 'vue';

/** What `reckon` answers, reckoned anew when one of the sources changed, but no more often than this: a flood of changes costs a few looks a second. */
export function usePaced<T>(sources: readonly WatchSource<unknown>[], reckon: () => T, everyMs = 400): Readonly<ShallowRef<T>> {
  const value = shallowRef(reckon()) as ShallowRef<T>;
  let reckonedAt = performance.now();
  let due: ReturnType<typeof setTimeout> | undefined;
  const again = () => {
    due = undefined;
    reckonedAt = performance.now();
    value.value = reckon();
  };
  watch(sources as WatchSource<unknown>[], () => {
    const wait = reckonedAt + everyMs - performance.now();
    if (due !== undefined) return;
    if (wait <= 0) again();
    else due = setTimeout(again, wait);
  });
  onScopeDispose(() => clearTimeout(due));
  return value;
}
