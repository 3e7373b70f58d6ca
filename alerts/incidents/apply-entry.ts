import type { Incident, IncidentLogEntry } from '../incident-contract.ts';
import type { IncidentBody, IncidentEntry, IncidentEntryKind } from './incident-body.ts';

const listedAlerts = 500;
const listedCameras = 16;

/**
 * What an incident is after an entry of its log. It changes nothing and needs nothing else: the same entries make the same incident.
 * @param incident null before its first entry, which is `opened`; a log that begins otherwise is a bug and throws a TypeError
 */
export function applyEntry(incident: Incident | null, entry: IncidentLogEntry): Incident {
  const known = entry as IncidentEntry;
  if (known.kind === 'opened') return opened(known.body, entry);
  if (incident === null) throw new TypeError(`the log of incident ${entry.incidentId} begins with ${entry.kind}`);
  return {
    ...incident,
    ...changes(incident, known),
    lastSeq: entry.seq,
    revision: incident.revision + (decides.has(entry.kind) ? 1 : 0),
    changedAt: entry.enteredAt,
  };
}

/** The kinds that change what people decide on: each of them is one revision. */
const decides: ReadonlySet<IncidentEntryKind> = new Set(['opened', 'moved', 'edited', 'merge', 'plan']);

function opened(body: IncidentBody<'opened'>, entry: IncidentLogEntry): Incident {
  return {
    id: entry.incidentId,
    number: body.number,
    type: body.type,
    level: body.level,
    state: 'reported',
    suspended: null,
    title: body.title,
    place: body.place,
    report: body.report,
    owner: body.owner && { ...body.owner, since: entry.at },
    openBy: [],
    instants: {
      reported: body.reportedAt,
      answered: body.answeredAt,
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
    timers: body.timers,
    disposition: null,
    alerts: body.alerts,
    alertCount: body.alerts.length,
    casualties: null,
    external: body.external,
    cameras: body.cameras,
    parent: null,
    children: [],
    merged: null,
    roundAt: entry.at,
    plan: body.plan && planRun(body.plan),
    reports: 0,
    lastSeq: entry.seq,
    revision: 1,
    changedAt: entry.enteredAt,
    simulated: body.simulated,
    drill: body.drill,
  };
}

function planRun({ planId, version, steps }: { planId: string; version: number; steps: readonly string[] }): NonNullable<Incident['plan']> {
  return { planId, version, steps: steps.map((id) => ({ id, state: 'open' as const, by: null, at: null, note: null })) };
}

function changes(incident: Incident, entry: IncidentEntry): Partial<Incident> {
  switch (entry.kind) {
    case 'moved':
      return moved(incident, entry.body, entry);
    case 'edited':
      return edited(entry.body, entry);
    case 'alert': {
      const { alerts, more, cameras } = entry.body;
      const fresh = without(alerts, incident.alerts);
      return {
        alerts: [...incident.alerts, ...fresh].slice(0, listedAlerts),
        alertCount: incident.alertCount + fresh.length + more,
        cameras: [...incident.cameras, ...without(cameras, incident.cameras)].slice(0, listedCameras),
      };
    }
    case 'merge':
      return merge(incident, entry.body, entry);
    case 'plan': {
      const { body } = entry;
      if (body.did === 'bound') return { plan: planRun(body) };
      const step = body.state === 'open' ? { by: null, at: null } : { by: entry.by, at: entry.at };
      return {
        plan: incident.plan && {
          ...incident.plan,
          steps: incident.plan.steps.map((old) =>
            old.id === body.stepId ? { id: old.id, state: body.state, ...step, note: body.note } : old,
          ),
        },
        ...timersOf(body),
      };
    }
    case 'timer': {
      const { timerId, percents } = entry.body;
      return {
        timers: incident.timers.map((timer) =>
          timer.id === timerId
            ? { ...timer, warned: [...timer.warned, ...percents.filter((percent) => !timer.warned.includes(percent))] }
            : timer,
        ),
      };
    }
    case 'report':
      return { reports: entry.body.number, ...timersOf(entry.body) };
    case 'task':
      // The clock was set back since the round began: what is sent now is of it all the same.
      return entry.body.state === 'sent' && entry.at < incident.roundAt ? { roundAt: entry.at } : {};
    case 'opened':
    case 'note':
    case 'unit':
    case 'correction':
      return {};
  }
}

function moved(incident: Incident, body: IncidentBody<'moved'>, { by, at }: IncidentEntry): Partial<Incident> {
  const instants = { ...incident.instants };
  for (const [name, instant] of Object.entries(body.instants) as [keyof typeof instants, number | null | undefined][])
    if (instants[name] === null && instant !== undefined) (instants as Record<string, number | null>)[name] = instant;
  return {
    state: body.to,
    instants,
    ...(body.event === 'suspend' ? { suspended: { by, at, reason: body.reason ?? '' } } : {}),
    ...(goesOn.has(body.event) ? { suspended: null } : {}),
    ...(newRound.has(body.event) ? { roundAt: at, disposition: null } : {}),
    ...(body.disposition === null ? {} : { disposition: body.disposition }),
    ...timersOf(body),
  };
}

/** What ends a suspension: nobody takes up again what was handed over or is void. */
const goesOn: ReadonlySet<IncidentBody<'moved'>['event']> = new Set(['resume', 'transfer', 'void']);

/** After these it is worked on anew. */
const newRound: ReadonlySet<IncidentBody<'moved'>['event']> = new Set(['returned', 'rework', 'reopen']);

function edited(body: IncidentBody<'edited'>, { at }: IncidentEntry): Partial<Incident> {
  const { type, level, title, place, casualties, owner } = body;
  return {
    ...(type === undefined ? {} : { type }),
    ...(level === undefined ? {} : { level }),
    ...(title === undefined ? {} : { title }),
    ...(place === undefined ? {} : { place }),
    ...(casualties === undefined ? {} : { casualties }),
    ...(owner === undefined ? {} : { owner: { ...owner, since: at } }),
    ...timersOf(body),
  };
}

function merge(incident: Incident, body: IncidentBody<'merge'>, { by, at }: IncidentEntry): Partial<Incident> {
  switch (body.did) {
    case 'went-into': {
      const { parent, to, reason, alerts, alertCount, cameras, course = null } = body;
      return { state: to, parent, merged: { from: incident.state, at, by, reason, alerts, alertCount, cameras, course } };
    }
    case 'came-back':
      return { state: incident.merged?.from ?? incident.state, parent: null, merged: null };
    case 'took-in':
      return {
        children: [...incident.children, body.child],
        alerts: [...incident.alerts, ...body.alerts],
        alertCount: incident.alertCount + body.alertCount,
        cameras: [...incident.cameras, ...body.cameras],
        ...body.course,
      };
    case 'gave-back':
      return {
        children: incident.children.filter((child) => child !== body.child),
        alerts: without(incident.alerts, body.alerts),
        alertCount: incident.alertCount - body.alertCount,
        cameras: without(incident.cameras, body.cameras),
        ...body.course,
      };
  }
}

const timersOf = ({ timers }: { readonly timers: Incident['timers'] | null }): Partial<Incident> => (timers === null ? {} : { timers });

const without = <T>(list: readonly T[], taken: readonly T[]): T[] => {
  const gone = new Set(taken);
  return list.filter((one) => !gone.has(one));
};
