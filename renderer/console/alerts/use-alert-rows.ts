import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue';
import type { Alert } from '../../../alerts/contract.ts';
import type { CollectionView } from '../../stores/hub.ts';
import { alertRows, type AlertFilter } from './alert-rows.ts';

/** So many are put in order anew with each change; more of them only now and then, so that a flood leaves the page its time. */
const atOnce = 400;
const apartMs = 350;

/** The rows of the list, kept up with the alerts. A changed filter is followed at once. */
export function useAlertRows(alerts: CollectionView<Alert>, filter: () => AlertFilter): Readonly<ShallowRef<readonly Alert[]>> {
  const rows = shallowRef<readonly Alert[]>([]);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const make = () => {
    clearTimeout(timer);
    timer = undefined;
    rows.value = alertRows(alerts.items.values(), filter());
  };
  watch(filter, make, { immediate: true });
  watch(alerts.version, () => {
    if (alerts.items.size <= atOnce) make();
    else timer ??= setTimeout(make, apartMs);
  });
  onScopeDispose(() => clearTimeout(timer));
  return rows;
}
