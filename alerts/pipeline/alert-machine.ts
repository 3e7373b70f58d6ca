import type { Alert } from '../contract.ts';

/**
 * Where an alert is: active or cleared, acknowledged or not, shelved or not (ISA-18.2 clause 6.2, figure of the alarm states). `gone`: cleared, acknowledged, on no
 * shelf; it leaves the collection.
 */
export type AlertState =
  | 'unacknowledged'
  | 'acknowledged'
  | 'returned'
  | 'shelved-unacknowledged'
  | 'shelved-acknowledged'
  | 'shelved-returned'
  | 'shelved-over'
  | 'gone';

/** What happens to it. `unshelve` is somebody's act and the end of the time alike; `worsen`: its severity rises. */
export type AlertHappening = 'raise' | 'worsen' | 'clear' | 'acknowledge' | 'shelve' | 'unshelve';

/** Where it goes; null: nothing changes, or it cannot be done there. */
const transitions: Readonly<Record<AlertState, Readonly<Record<AlertHappening, AlertState | null>>>> = {
  unacknowledged: {
    raise: null,
    worsen: null,
    clear: 'returned',
    acknowledge: 'acknowledged',
    shelve: 'shelved-unacknowledged',
    unshelve: null,
  },
  acknowledged: {
    raise: null,
    worsen: 'unacknowledged',
    clear: 'gone',
    acknowledge: null,
    shelve: 'shelved-acknowledged',
    unshelve: null,
  },
  returned: { raise: 'unacknowledged', worsen: null, clear: null, acknowledge: 'gone', shelve: null, unshelve: null },
  'shelved-unacknowledged': {
    raise: null,
    worsen: null,
    clear: 'shelved-returned',
    acknowledge: 'shelved-acknowledged',
    shelve: 'shelved-unacknowledged',
    unshelve: 'unacknowledged',
  },
  'shelved-acknowledged': {
    raise: null,
    worsen: 'shelved-unacknowledged',
    clear: 'shelved-over',
    acknowledge: null,
    shelve: 'shelved-acknowledged',
    unshelve: 'acknowledged',
  },
  // It stays on its shelf although it is cleared: one that comes and goes would else come back as a new one.
  'shelved-returned': {
    raise: 'shelved-unacknowledged',
    worsen: null,
    clear: null,
    acknowledge: 'shelved-over',
    shelve: null,
    unshelve: 'returned',
  },
  'shelved-over': { raise: 'shelved-unacknowledged', worsen: null, clear: null, acknowledge: null, shelve: null, unshelve: 'gone' },
  gone: { raise: 'unacknowledged', worsen: null, clear: null, acknowledge: null, shelve: null, unshelve: null },
};

/** What becomes of an alert; null: nothing. */
export function alertTransition(state: AlertState, happening: AlertHappening): AlertState | null {
  return transitions[state][happening];
}

/** Which state an alert is in. */
export function stateOf({ active, acknowledged, shelved }: Pick<Alert, 'active' | 'acknowledged' | 'shelved'>): AlertState {
  if (active) {
    if (shelved === null) return acknowledged === null ? 'unacknowledged' : 'acknowledged';
    return acknowledged === null ? 'shelved-unacknowledged' : 'shelved-acknowledged';
  }
  if (shelved === null) return acknowledged === null ? 'returned' : 'gone';
  return acknowledged === null ? 'shelved-returned' : 'shelved-over';
}
