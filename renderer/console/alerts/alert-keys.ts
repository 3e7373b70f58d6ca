import type { Severity } from '../../../alerts/contract.ts';
import { severityOrder } from '../../sounds/alert-ringer.ts';
import { letterOf, type PressedKey } from '../keys.ts';
import type { AlertAction } from './alert-control.ts';

/** The key of each action on an alert, as it is on its cap. */
export const alertKeyCaps: Readonly<Record<AlertAction, string>> = {
  acknowledge: '↵',
  acknowledgeSeen: 'E',
  shelve: 'S',
  unshelve: 'U',
  silence: 'N',
  cameras: 'O',
  spot: 'V',
  incident: 'I',
  giveBack: 'G',
};

/** The keys of the page itself, as they are on their caps. */
export const alertPageCaps = { state: 'F', clear: '0', tab: 'Q' } as const;

/** The digit that filters a severity: the worst has the first. */
export const severityCap = (severity: Severity): string => String(severityOrder.indexOf(severity) + 1);

const actions = new Map(Object.entries(alertKeyCaps).map(([action, cap]) => [cap, action as AlertAction]));

/** The cap of a pressed key; digits go by place, because Shift and layouts change what they write. */
export function capOf(event: Pick<PressedKey, 'key' | 'code'>): string | undefined {
  return event.key === 'Enter' ? '↵' : (/^Digit(\d)$/.exec(event.code)?.[1] ?? letterOf(event)?.toUpperCase());
}

/** What a key does to an alert; null: nothing, or what it does everywhere on the desk. */
export function alertActionOf(cap: string): AlertAction | null {
  const action = actions.get(cap) ?? null;
  return action === 'spot' ? null : action;
}
