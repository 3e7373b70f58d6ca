import { onScopeDispose, shallowRef, type ShallowRef } from 'vue';
import type { EpochMs } from '../../main/contract/time.ts';
import { useHub } from './hub.ts';

/** The hub's clock as a ref that steps just after every full second of it. */
export function useHubClock(): Readonly<ShallowRef<EpochMs>> {
  const hub = useHub();
  const now = shallowRef(hub.hubNow());
  let timer: ReturnType<typeof setTimeout>;
  const tick = () => {
    now.value = hub.hubNow();
    timer = setTimeout(tick, 1005 - (now.value % 1000));
  };
  tick();
  onScopeDispose(() => clearTimeout(timer));
  return now;
}
