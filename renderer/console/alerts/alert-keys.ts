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

const actions = new Map(Object.entries(alertKeyCaps).map(([action, cap]) => [cap, action as AlertAction]));

/** What a letter of the keyboard does to an alert; null: nothing, or what it does everywhere on the desk. */
export function alertActionOf(letter: string): AlertAction | null {
  const action = actions.get(letter.toUpperCase()) ?? null;
  return action === 'spot' ? null : action;
}
