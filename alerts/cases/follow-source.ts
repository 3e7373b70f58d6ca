import type { CityEvent } from '../../streams/feed-contract.ts';
import type { Incident, IncidentEventName, IncidentLevel, IncidentState } from '../incident-contract.ts';
import { hasReached, isOver } from '../incidents/incident-machine.ts';
import type { Span } from '../timers/move-instant.ts';
import { caseClassOfCode } from './case-classes.ts';
import { isCaseType } from './case-limits.ts';
import { sourceWordOf, sourceWords, type SourceWord } from './source-word.ts';

/** What was last heard of a case, and what became of it. Kept as long as anything of it may be told again. */
export interface CaseSource {
  /** Of the event: `<feedId>/<external>`. */
  readonly id: string;
  readonly feedId: string;
  /** Null: there were too many of its feed that day; nothing of it becomes a case by itself any more. */
  readonly incidentId: Incident['id'] | null;
  readonly openedAt: number;
  readonly version: number;
  readonly status: CityEvent['status'];
  readonly word: SourceWord | null;
  readonly severity: CityEvent['severity'];
  /** Of title and text: whether they are others now. */
  readonly print: number;
  /** The incident's revision after the last time that its source moved it: another one is somebody's hand. */
  readonly revision: number;
}

/** What is done with a case because of what its source says: it is moved so far, given time, and so much is written into its log. */
export interface SourceStep {
  readonly moves: readonly IncidentEventName[];
  readonly extendBy: Span | null;
  readonly notes: readonly string[];
}

/** Whether an event is a case: it has to be handled, and its source is no clock that tells of another one. */
export function isCaseEvent({ class: name }: Pick<CityEvent, 'class'>): boolean {
  return isCaseType(name) && !/^(?:grid|urban)\.overdue(?:\.|$)/.test(name);
}

/** The incident type of an event: that of its code where it has one, else its class. */
export function caseTypeOf({ class: name, source }: Pick<CityEvent, 'class' | 'source'>): string {
  const code = source['code'];
  if (code !== undefined && name.startsWith('urban')) {
    const kind = name.startsWith('urban.component') || source['kind'] === 'component' || source['kind'] === '部件' ? 'component' : 'event';
    const found = caseClassOfCode(code, kind);
    if (found) return found.class.type;
  }
  return name.split('.').slice(0, 4).join('.').slice(0, 64).replace(/\.$/, '');
}

/** How bad it is to begin with. The two worst levels are reported upward, and for that a person decides. */
export const caseLevelOf = ({ severity }: Pick<CityEvent, 'severity'>): IncidentLevel => (severity === 'critical' ? 'III' : 'IV');

/** A number that differs when the words do (FNV-1a); two that are alike by chance cost a note. */
export function printOf({ title, text }: Pick<CityEvent, 'title' | 'text'>): number {
  let print = 0x811c9dc5;
  for (const char of `${title}\n${text ?? ''}`) print = Math.imul(print ^ char.codePointAt(0)!, 0x01000193);
  return print >>> 0;
}

/** The word that an event says now: its own, or what its status comes to. */
export function wordOf({ source, status }: Pick<CityEvent, 'source' | 'status'>): SourceWord | null {
  const said = sourceWordOf(source['state'] ?? source['status']);
  if (status === 'cancelled') return said === 'reject' ? said : 'void';
  if (status === 'ended') return said === 'void' || said === 'reject' ? said : 'close';
  return said;
}

/** The next step of a case that nobody here handles, from each state that has one. */
const next: Partial<Record<IncidentState, readonly [event: IncidentEventName, to: IncidentState]>> = {
  reported: ['accept', 'accepted'],
  accepted: ['file', 'filed'],
  filed: ['dispatch', 'dispatched'],
  dispatched: ['resolve', 'resolved'],
  resolved: ['verify', 'verifying'],
};

/** The events that lead from one state to another that lies ahead. */
function pathTo(from: IncidentState, target: IncidentState): IncidentEventName[] {
  const events: IncidentEventName[] = [];
  for (let at = from; !hasReached(at, target);) {
    const step = next[at];
    if (!step) return [];
    events.push(step[0]);
    at = step[1];
  }
  return events;
}

/**
 * What a new version of its event does to a case. What the source says moves it forward only, and only as long as nobody here has taken it in hand; everything else is written into
 * its log for whoever decides. What is over stays over: the source is not heard any more.
 */
export function followSource(incident: Incident, event: CityEvent, before: CaseSource | null): SourceStep {
  const nothing: SourceStep = { moves: [], extendBy: null, notes: [] };
  if (isOver(incident.state)) return nothing;
  const word = wordOf(event);
  const notes: string[] = [];
  if (before !== null && printOf(event) !== before.print)
    notes.push(noteOf(`内容更新：${event.title}${event.text ? `。${event.text}` : ''}`));
  if (before !== null && event.severity === 'critical' && before.severity !== 'critical') notes.push(noteOf('升级为紧急', 'urgent now'));
  if (before !== null && before.status !== 'open' && event.status === 'open') notes.push(unheard('重新打开', 'open again'));
  const isNews = word !== null && (before === null || word !== before.word || event.version > before.version);
  if (!isNews) return { ...nothing, notes };
  const { zh, en, reached } = sourceWords[word];
  const isInHand = before !== null && incident.revision !== before.revision;
  const suspended = incident.suspended !== null;

  if (reached !== null) {
    const asks = word === 'close' && before?.word !== 'close' ? [noteOf(`${zh}，请核实后结案`, `${en}; please check and close it`)] : [];
    const isThere = hasReached(incident.state, reached) && !suspended;
    if (isThere) return { ...nothing, notes: [...notes, ...asks, ...backwards(incident.state, word, before?.word ?? null)] };
    if (isInHand) return { ...nothing, notes: [...notes, ...(asks.length > 0 ? asks : [unheard(zh, en)])] };
    const moves = [...(suspended ? (['resume'] as const) : []), ...pathTo(incident.state, reached)];
    return { moves, extendBy: null, notes: [...notes, ...asks] };
  }
  // The same again is no news.
  if (word === before?.word) return { ...nothing, notes };
  switch (word) {
    case 'suspend':
      if (suspended) return { ...nothing, notes };
      return isInHand || !canSuspend(incident.state)
        ? { ...nothing, notes: [...notes, unheard(zh, en)] }
        : { ...nothing, moves: ['suspend'], notes };
    case 'extend': {
      const extendBy = spanOf(event.source['extendBy']);
      return isInHand || suspended || extendBy === null
        ? { ...nothing, notes: [...notes, unheard(zh, en)] }
        : { moves: ['extend'], extendBy, notes };
    }
    default:
      return { ...nothing, notes: [...notes, unheard(zh, en)] };
  }
}

const canSuspend = (state: IncidentState): boolean => state !== 'reported' && !hasReached(state, 'resolved');

/** More than a city grants at once. */
const longest: Readonly<Record<Span['unit'], number>> = { hours: 2400, 'working-hours': 800, 'working-days': 100 };

/** Time that a source grants: `3 working-days`, `3工作日`, `8 工作小时`, `24h`. */
function spanOf(text: string | undefined): Span | null {
  const parts = /^\s*(\d{1,4}(?:\.\d)?)\s*(working-days|working-hours|hours|h|个?工作日|个?工作时|个?工作小时|个?小时)\s*$/.exec(
    text ?? '',
  );
  if (!parts) return null;
  const [, value, written] = parts as unknown as [string, string, string];
  const unit = /days|工作日/.test(written) ? 'working-days' : /working|工作/.test(written) ? 'working-hours' : 'hours';
  const span: Span = { value: Number(value), unit };
  return span.value > 0 && span.value <= longest[unit] ? span : null;
}

/** A source that goes back, or is at work on what is handled here: a conflict, for whoever looks. That it lags behind is none. */
function backwards(state: IncidentState, word: SourceWord, last: SourceWord | null): string[] {
  const { zh, en, reached } = sourceWords[word];
  const was = last === null ? null : sourceWords[last].reached;
  const isBack = was !== null && reached !== null && was !== reached && hasReached(was, reached);
  if (!isBack && (!hasReached(state, 'resolved') || hasReached(reached ?? state, 'resolved'))) return [];
  return [noteOf(`${zh}，与本处进度不一致，未回退`, `${en}, which is behind what is so here; nothing was moved back`)];
}

const unheard = (zh: string, en: string): string =>
  noteOf(`${zh}，本处未自动处理，请人工确认`, `${en}; nothing was done here, somebody has to decide`);

function noteOf(zh: string, en?: string): string {
  return `来源平台：${zh}。${en === undefined ? '' : ` The source says: ${en}.`}`.slice(0, 2000);
}
