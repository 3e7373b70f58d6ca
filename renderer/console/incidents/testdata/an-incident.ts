import type { Incident, IncidentLogEntry, Task, Timer, Unit } from '../../../../alerts/incident-contract.ts';
import { nowhere } from '../../../../main/contract/place.ts';

const bornAt = 1_799_999_000_000;

/** A time limit that runs since an incident of these tests was reported. */
export function aTimer(more: Partial<Timer> = {}): Timer {
  return {
    id: 'resolved-1',
    until: 'resolved',
    step: null,
    startedAt: bornAt,
    dueAt: bornAt + 3_600_000,
    unit: 'hours',
    limitMs: 3_600_000,
    pausedAt: null,
    metAt: null,
    warned: [],
    ...more,
  };
}

interface Said {
  readonly id?: string;
  readonly reportedAt?: number;
  /** The name of who is in charge; his id is `u-` and the name. */
  readonly owner?: string;
  readonly placeText?: string;
}

/** An incident of a traffic accident, reported and nothing more. */
export function anIncident({
  id = 'i1',
  reportedAt = bornAt,
  owner,
  placeText = '解放路',
  ...more
}: Said & Omit<Partial<Incident>, 'id' | 'owner'> = {}): Incident {
  return {
    id: id as Incident['id'],
    number: '2026-1127-0001',
    type: 'traffic.accident',
    level: 'III',
    state: 'reported',
    suspended: null,
    title: '两车相撞',
    place: { ...nowhere, text: placeText },
    report: { by: 'phone', text: null, reporter: null },
    owner: owner === undefined ? null : { userId: `u-${owner}`, name: owner, since: reportedAt },
    openBy: [],
    instants: {
      reported: reportedAt,
      answered: null,
      verified: null,
      filed: null,
      dispatched: null,
      acknowledged: null,
      turnedOut: null,
      arrived: null,
      controlled: null,
      resolved: null,
      verifiedDone: null,
      closed: null,
    },
    timers: [],
    disposition: null,
    alerts: [],
    alertCount: 0,
    casualties: null,
    external: null,
    cameras: [],
    parent: null,
    children: [],
    merged: null,
    roundAt: reportedAt,
    plan: null,
    reports: 0,
    lastSeq: 1,
    revision: 1,
    changedAt: reportedAt,
    simulated: false,
    drill: false,
    ...more,
  };
}

/** A unit that waits at its station. */
export function aUnit({ id = 'u1', ...more }: { readonly id?: string } & Omit<Partial<Unit>, 'id'> = {}): Unit {
  return {
    id: id as Unit['id'],
    number: 'J01',
    name: '交警一中队',
    department: '交警大队',
    capabilities: ['traffic-police'],
    crew: 4,
    home: nowhere,
    districts: [],
    state: 'available',
    reason: null,
    backAt: null,
    stateAt: bornAt,
    stateBy: 'desk',
    task: null,
    queued: [],
    lastReleasedAt: null,
    positionOf: null,
    position: null,
    revision: 0,
    simulated: false,
    drill: false,
    ...more,
  };
}

/** A task that was sent; `state` with the moment when it got there, for its history. */
export function aTask({
  id = 't1',
  incident = 'i1',
  unit = 'u1',
  sentAt = bornAt,
  since = sentAt,
  ...more
}: {
  readonly id?: string;
  readonly incident?: string;
  readonly unit?: string;
  readonly sentAt?: number;
  readonly since?: number;
} & Omit<Partial<Task>, 'id' | 'incident' | 'unit'> = {}): Task {
  const state = more.state ?? 'sent';
  const row = (to: Task['state'], at: number): Task['history'][number] => ({
    state: to,
    at,
    by: 'wang',
    source: 'desk',
    text: null,
    lat: null,
    lon: null,
    photo: null,
  });
  return {
    id: id as Task['id'],
    incident: incident as Task['incident'],
    unit: unit as Task['unit'],
    title: '前往解放路',
    text: null,
    state,
    place: nowhere,
    dueAt: null,
    chosenBecause: [],
    history: state === 'sent' ? [row('sent', sentAt)] : [row('sent', sentAt), row(state, since)],
    revision: 1,
    simulated: false,
    drill: false,
    ...more,
  };
}

/** An entry of a log. */
export function anEntry(kind: IncidentLogEntry['kind'], body: unknown, more: Partial<IncidentLogEntry> = {}): IncidentLogEntry {
  return {
    seq: 1,
    incidentId: 'i1' as IncidentLogEntry['incidentId'],
    at: bornAt,
    enteredAt: bornAt,
    by: 'wang',
    from: null,
    kind,
    body,
    corrects: null,
    ...more,
  };
}
