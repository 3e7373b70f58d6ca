import type { Incident, IncidentEventName, IncidentState } from '../incident-contract.ts';

/** `stay`: it may happen there and changes no state; `back`: to the state that it had before it went into another. Absent: it cannot happen there. */
export type Target = IncidentState | 'stay' | 'back';
type Row = Readonly<Partial<Record<IncidentEventName, Target>>>;

/** What every incident that is worked on may meet; `merge` differs with what was done on it. */
const aside: Row = { suspend: 'stay', resume: 'stay', extend: 'stay', transfer: 'transferred', void: 'voided' };

/**
 * Where each event leads from each state (GB/T 30428.8: report, accept, file, dispatch, handle, verify, close). In an emergency a unit is sent before anybody files, so
 * `dispatch` leaps from every state before it; what a unit says counts from whichever step it is on. Units that follow the first change nothing.
 */
const transitions: Readonly<Record<IncidentState, Row>> = {
  reported: { accept: 'accepted', reject: 'rejected', dispatch: 'dispatched', extend: 'stay', void: 'voided', merge: 'duplicate' },
  accepted: { ...aside, file: 'filed', reject: 'rejected', dispatch: 'dispatched', merge: 'duplicate' },
  filed: { ...aside, dispatch: 'dispatched', resolve: 'resolved', merge: 'merged' },
  dispatched: {
    ...aside,
    dispatch: 'stay',
    'unit-acknowledged': 'acknowledged',
    'unit-en-route': 'enRoute',
    'unit-on-scene': 'onScene',
    returned: 'filed',
    control: 'controlled',
    resolve: 'resolved',
    merge: 'merged',
  },
  acknowledged: {
    ...aside,
    dispatch: 'stay',
    'unit-acknowledged': 'stay',
    'unit-en-route': 'enRoute',
    'unit-on-scene': 'onScene',
    returned: 'filed',
    control: 'controlled',
    resolve: 'resolved',
    merge: 'merged',
  },
  enRoute: {
    ...aside,
    dispatch: 'stay',
    'unit-acknowledged': 'stay',
    'unit-en-route': 'stay',
    'unit-on-scene': 'onScene',
    returned: 'filed',
    control: 'controlled',
    resolve: 'resolved',
    merge: 'merged',
  },
  onScene: {
    ...aside,
    dispatch: 'stay',
    'unit-acknowledged': 'stay',
    'unit-en-route': 'stay',
    'unit-on-scene': 'stay',
    returned: 'filed',
    control: 'controlled',
    resolve: 'resolved',
    merge: 'merged',
  },
  controlled: {
    ...aside,
    dispatch: 'stay',
    'unit-acknowledged': 'stay',
    'unit-en-route': 'stay',
    'unit-on-scene': 'stay',
    resolve: 'resolved',
    merge: 'merged',
  },
  resolved: {
    dispatch: 'dispatched',
    'unit-acknowledged': 'stay',
    'unit-en-route': 'stay',
    'unit-on-scene': 'stay',
    // Its last unit and the desk may say so at the same time.
    resolve: 'stay',
    verify: 'verifying',
    rework: 'dispatched',
    close: 'closed',
    extend: 'stay',
    void: 'voided',
    merge: 'merged',
  },
  verifying: {
    'unit-acknowledged': 'stay',
    'unit-en-route': 'stay',
    'unit-on-scene': 'stay',
    rework: 'dispatched',
    close: 'closed',
    extend: 'stay',
    void: 'voided',
    merge: 'merged',
  },
  closed: { reopen: 'filed' },
  rejected: { reopen: 'reported' },
  transferred: { reopen: 'accepted' },
  voided: { reopen: 'reported' },
  duplicate: { unmerge: 'back' },
  merged: { unmerge: 'back' },
};

/** What still may happen while it is suspended: what puts it aside or takes it up again, and what units tell, which nobody can stop. */
const whileSuspended: ReadonlySet<IncidentEventName> = new Set([
  'resume',
  'transfer',
  'void',
  'merge',
  'unmerge',
  'unit-acknowledged',
  'unit-en-route',
  'unit-on-scene',
]);

/** What `event` does to an incident in this state; null: it cannot happen there. */
export function incidentTransition(state: IncidentState, suspended: boolean, event: IncidentEventName): Target | null {
  if (suspended ? !whileSuspended.has(event) : event === 'resume') return null;
  return transitions[state][event] ?? null;
}

/** The states that nothing is done in any more. Only a correction, a report, `reopen` or `unmerge` is taken there. */
const over: ReadonlySet<IncidentState> = new Set(['closed', 'rejected', 'transferred', 'voided', 'duplicate', 'merged']);

export function isOver(state: IncidentState): boolean {
  return over.has(state);
}

/** The instant that an event writes, where no earlier one of its kind has written it: T2 to T11. */
export const instantOf: Readonly<Partial<Record<IncidentEventName, keyof Incident['instants']>>> = {
  accept: 'verified',
  file: 'filed',
  dispatch: 'dispatched',
  'unit-acknowledged': 'acknowledged',
  'unit-en-route': 'turnedOut',
  'unit-on-scene': 'arrived',
  control: 'controlled',
  resolve: 'resolved',
  verify: 'verifiedDone',
  close: 'closed',
};

/** The events that want a reason, because somebody will ask for it. */
export const wantsReason: ReadonlySet<IncidentEventName> = new Set([
  'reject',
  'void',
  'suspend',
  'transfer',
  'reopen',
  'rework',
  'extend',
  'returned',
  'merge',
]);

/** The steps in their order; those aside have none. */
const order: readonly IncidentState[] = [
  'reported',
  'accepted',
  'filed',
  'dispatched',
  'acknowledged',
  'enRoute',
  'onScene',
  'controlled',
  'resolved',
  'verifying',
  'closed',
];

/** True when an incident in `state` is at least as far as `step`. One that was put aside is nowhere. */
export function hasReached(state: IncidentState, step: IncidentState): boolean {
  return order.indexOf(state) >= order.indexOf(step) && order.includes(state);
}
