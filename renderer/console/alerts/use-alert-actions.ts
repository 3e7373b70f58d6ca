import { ref, shallowRef, type ShallowRef } from 'vue';
import type { Alert } from '../../../alerts/contract.ts';
import type { Permission } from '../../../main/contract/permissions.ts';
import type { DeskContext } from '../desk-context.ts';
import type { useDesk } from '../stores/desk.ts';
import type { useNotices } from '../stores/notices.ts';
import type { AlertAction, AlertControl } from './alert-control.ts';

/** What each action wants of the person. */
const needs: Readonly<Record<AlertAction, Permission>> = {
  acknowledge: 'alert.act',
  acknowledgeSeen: 'alert.act',
  shelve: 'alert.act',
  unshelve: 'alert.act',
  silence: 'alert.admin',
  cameras: 'wall.control',
  giveBack: 'wall.control',
  incident: 'incident.edit',
  spot: 'stream.view',
};

/** The actions on the chosen alert, by button or key. */
export interface AlertActions {
  /** What is asked before an alert is shelved or its kind silenced; null: nothing. */
  readonly dialog: ShallowRef<'shelve' | 'silence' | null>;
  act(action: AlertAction): Promise<void>;
}

/** Does what is asked of alerts, one thing at a time, and says why not. */
export function useAlertActions(parts: {
  readonly can: DeskContext['can'];
  readonly control: AlertControl;
  readonly notices: ReturnType<typeof useNotices>;
  readonly desk: ReturnType<typeof useDesk>;
  readonly chosen: () => Alert | null;
  /** The rows that can be read now. */
  readonly inSight: () => readonly Alert[];
  /** The walls that the chosen one lies on. */
  readonly places: () => readonly { readonly wallId: string }[];
  readonly makeIncident: (alertId: string) => void;
}): AlertActions {
  const { can, control, notices, desk } = parts;
  const dialog = shallowRef<'shelve' | 'silence' | null>(null);
  const busy = ref(false);

  /** A key that is pressed twice does it once. */
  async function once(run: () => Promise<unknown>): Promise<void> {
    if (busy.value) return;
    busy.value = true;
    await run().finally(() => (busy.value = false));
  }

  async function act(action: AlertAction): Promise<void> {
    const alert = parts.chosen();
    if (!alert && action !== 'acknowledgeSeen') return;
    if (!can(needs[action])) return notices.refuse('console.notice.notAllowed');
    if (action === 'acknowledgeSeen') return once(() => control.acknowledge(parts.inSight()));
    if (!alert) return;
    switch (action) {
      case 'acknowledge':
        return once(() => control.acknowledge([alert]));
      case 'shelve':
        if (alert.active) dialog.value = 'shelve';
        else notices.refuse('alerts.notice.over');
        return;
      case 'unshelve':
        return once(() => control.unshelve(alert));
      case 'silence':
        dialog.value = 'silence';
        return;
      case 'cameras':
        return once(() => control.showCameras(alert));
      case 'spot':
        if (desk.cameraId !== null) desk.spotOpen = true;
        return;
      case 'incident':
        return parts.makeIncident(alert.id);
      case 'giveBack': {
        const [place] = parts.places();
        if (place) await once(() => control.giveBack(place.wallId, alert.id));
        else notices.refuse('alerts.notice.notOnWall');
      }
    }
  }
  return { dialog, act };
}
