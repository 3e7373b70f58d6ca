import { timerUntil, type IncidentLogEntry } from '../../../alerts/incident-contract.ts';
import { readEntry, type IncidentBody, type IncidentEntry } from '../../../alerts/incidents/incident-body.ts';
import { numberText } from '../../i18n/format.ts';
import { hasText, text } from '../../i18n/index.ts';
import { stampText } from '../admin/stamp-text.ts';
import { incidentTypeName } from './incident-type-words.ts';

/** An entry of a log as people read it. */
export interface LogWords {
  readonly head: string;
  readonly lines: readonly string[];
  /** Of a photo that came with it. */
  readonly photo: string | null;
}

/** What an entry names by ids only. */
export interface LogNames {
  incidentNumber(id: string): string;
  plan(planId: string, version: number): string;
  /** A step of the plan that the incident had when entry `seq` was written. */
  planStep(seq: number, stepId: string): string;
}

const quiet: Pick<LogWords, 'photo'> = { photo: null };
const arrow = (from: string, to: string) => text('dispatch.log.fromTo', { from, to });
const known = (key: string, otherwise: string) => (hasText(key) ? text(key) : otherwise);
const stateName = (state: string) => known(`dispatch.state.${state}`, state);
const some = (lines: readonly (string | null | false | undefined)[]) =>
  lines.filter((line): line is string => typeof line === 'string' && line !== '');

/** What was read of an entry once: entries never change. */
const read = new WeakMap<IncidentLogEntry, IncidentEntry | null>();
function bodyKnown(entry: IncidentLogEntry): IncidentEntry | null {
  let known = read.get(entry);
  if (known === undefined) {
    const checked = readEntry(entry);
    known = checked.ok ? checked.value : null;
    read.set(entry, known);
  }
  return known;
}

/** Puts an entry into the reader's language. One whose body this page does not know, from a newer hub, says its kind. */
export function logWords(entry: IncidentLogEntry, names: LogNames): LogWords {
  const known = bodyKnown(entry);
  return known === null ? { head: entry.kind, lines: [], ...quiet } : wordsOf(known, entry.seq, names);
}

function wordsOf(entry: IncidentEntry, seq: number, names: LogNames): LogWords {
  switch (entry.kind) {
    case 'opened': {
      const { number, title, type, level, place, report } = entry.body;
      return {
        head: text('dispatch.log.opened', { number }),
        lines: some([
          title,
          [incidentTypeName(type), levelName(level), text(`dispatch.by.${report.by}`)].join(' · '),
          place.text,
          report.text,
        ]),
        ...quiet,
      };
    }
    case 'moved': {
      const { event, from, to, reason, disposition, extendBy } = entry.body;
      return {
        head: known(`dispatch.event.${event}`, event),
        lines: some([
          from !== to && arrow(stateName(from), stateName(to)),
          disposition && known(`dispatch.disposition.${disposition}`, disposition),
          extendBy &&
            text('dispatch.log.extendBy', {
              n: numberText(extendBy.value),
              unit: known(`dispatch.timeUnit.${extendBy.unit}`, extendBy.unit),
            }),
          reason && text('dispatch.log.reason', { reason }),
        ]),
        ...quiet,
      };
    }
    case 'edited':
      return edited(entry.body);
    case 'note':
      return { head: text('dispatch.log.note'), lines: entry.body.text.split('\n'), ...quiet };
    case 'correction':
      return { head: text('dispatch.log.correction', { seq: entry.corrects ?? '?' }), lines: entry.body.text.split('\n'), ...quiet };
    case 'task': {
      const { unitName, title, state, queued, text: said, lat, lon, photo } = entry.body;
      return {
        head: text('dispatch.log.task', {
          unit: unitName,
          state: queued && state === 'sent' ? text('dispatch.log.queued') : known(`dispatch.taskState.${state}`, state),
        }),
        lines: some([
          title,
          said,
          lat !== null && lon !== null && text('dispatch.log.position', { lat: lat.toFixed(5), lon: lon.toFixed(5) }),
        ]),
        photo,
      };
    }
    case 'unit': {
      const { unitName, state, text: said } = entry.body;
      return {
        head: text('dispatch.log.task', { unit: unitName, state: known(`dispatch.unitState.${state}`, state) }),
        lines: some([said]),
        ...quiet,
      };
    }
    case 'alert': {
      const n = entry.body.alerts.length + entry.body.more;
      return { head: text('dispatch.log.alerts', { n }, n), lines: [], ...quiet };
    }
    case 'merge': {
      const { body } = entry;
      const other = 'parent' in body ? body.parent : body.child;
      const reason = 'reason' in body ? body.reason : null;
      return {
        head: text(`dispatch.log.merge.${body.did}`, { number: names.incidentNumber(other) }),
        lines: some([
          // As far as the units that came with it, or as it was before.
          (body.did === 'took-in' || body.did === 'gave-back') && body.course && stateName(body.course.state),
          reason && text('dispatch.log.reason', { reason }),
        ]),
        ...quiet,
      };
    }
    case 'plan': {
      const { body } = entry;
      if (body.did === 'bound')
        return {
          head: text('dispatch.log.planBound', { plan: names.plan(body.planId, body.version), version: body.version }),
          lines: [],
          ...quiet,
        };
      return {
        head: text('dispatch.log.planStep', { state: text(`dispatch.plan.${body.state}`) }),
        lines: some([names.planStep(seq, body.stepId), body.note]),
        ...quiet,
      };
    }
    case 'timer': {
      const { percents, tell, dueAt, timerId } = entry.body;
      return {
        head: text('dispatch.log.timer', { percent: Math.max(...percents) }),
        lines: [
          text('dispatch.log.timerDue', { time: stampText(dueAt), limit: untilOf(timerId), who: known(`dispatch.tell.${tell}`, tell) }),
        ],
        ...quiet,
      };
    }
    case 'report':
      return { head: text('dispatch.log.report', { n: entry.body.number }), lines: [], ...quiet };
  }
}

const levelName = (level: string) => `${level} ${known(`dispatch.level.${level}`, level)}`;
const untils = timerUntil.options;
/** A limit's id begins with what it waits for. */
function untilOf(timerId: string): string {
  const until = untils.find((one) => timerId.startsWith(one));
  return until === undefined ? timerId : text(`dispatch.until.${until}`);
}

function edited({ before, reason, ...after }: IncidentBody<'edited'>): LogWords {
  const nothing = text('dispatch.none');
  const line = (field: string, from: string | null | undefined, to: string | null | undefined) =>
    text('dispatch.log.field', { field: known(`dispatch.field.${field}`, field), change: arrow(from || nothing, to || nothing) });
  const lines = [
    after.owner && line('owner', before.owner, after.owner.name),
    after.level && line('level', before.level && levelName(before.level), levelName(after.level)),
    after.type && line('type', before.type && incidentTypeName(before.type), incidentTypeName(after.type)),
    after.title && line('title', before.title, after.title),
    after.place && line('place', before.place?.text, after.place.text),
    after.casualties && line('casualties', before.casualties && casualtyWords(before.casualties), casualtyWords(after.casualties)),
    reason && text('dispatch.log.reason', { reason }),
  ];
  const owned = after.owner !== undefined && Object.keys(after).every((key) => key === 'owner' || key === 'timers');
  return { head: text(owned ? 'dispatch.log.owned' : 'dispatch.log.edited'), lines: some(lines), ...quiet };
}

/** Casualties in words, all three of them. */
export function casualtyWords({
  dead,
  injured,
  missing,
}: {
  readonly dead: number;
  readonly injured: number;
  readonly missing: number;
}): string {
  return text('dispatch.casualtyWords', { dead: numberText(dead), injured: numberText(injured), missing: numberText(missing) });
}
