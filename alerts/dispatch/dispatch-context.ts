import type { CommandContext, Outcome, SecretWrite } from '../../main/contract/define-command.ts';
import { problem, type Problem } from '../../main/contract/errors.ts';
import type { UnitId } from '../../main/contract/ids.ts';
import type { Ledger } from '../../main/contract/ledger.ts';
import type { Principal } from '../../main/contract/principal.ts';
import { err, ok, type Result } from '../../main/contract/result.ts';
import { covers } from '../../main/contract/scope.ts';
import type { EpochMs } from '../../main/contract/time.ts';
import { placeClaim } from '../contract.ts';
import type { Incident } from '../incident-contract.ts';
import type { DecisionContext } from '../incidents/decision-context.ts';
import type { IncidentEntry } from '../incidents/incident-body.ts';
import type { CityCalendar } from '../timers/city-calendar.ts';
import { DispatchStep } from './dispatch-step.ts';
import type { IncidentRecords } from './incident-records.ts';
import type { UnitPositions } from './unit-positions.ts';
import type { WhoWatches } from './who-watches.ts';

/** Where photos from the field are kept. */
export interface PhotoKeeper {
  /** Keeps a JPEG in base64; `note` is called in the transaction of its report. Refusals: `photo-invalid`. */
  keep(
    base64: string,
    of: { readonly taskId: string; readonly incidentId: string; readonly unitId: string },
    now: EpochMs,
  ): Result<{ readonly name: string; note(): void }, Problem>;
}

/** What the handlers of the room share. */
export interface DispatchContext {
  readonly ledger: Ledger;
  readonly records: IncidentRecords;
  readonly photos: PhotoKeeper;
  readonly calendar: CityCalendar;
  /** Limits of this city for a type that has its own. */
  readonly limitsOf?: DecisionContext['limitsOf'];
  readonly positions: UnitPositions;
  readonly watches: WhoWatches;
  /** A link that opens the field page of a unit; `store` is called in the transaction of the answer that tells it. */
  readonly fieldLink: ((unitId: UnitId) => { readonly url: string; store(): void }) | null;
  /** The cameras near a place, nearest first. */
  readonly camerasNear?: (place: Incident['place']) => Incident['cameras'];
  /** This is the demo city: what people report in it and the units that they enter are simulated like everything else there. Absent: it is not. */
  readonly demo?: boolean;
  /** A name that nothing had before. */
  newId(): string;
}

type Asked = Pick<CommandContext, 'principal' | 'from' | 'now'>;

/** A step in the name of whoever asks. */
export function stepOf(context: Pick<DispatchContext, 'ledger' | 'records'>, { principal, from, now }: Asked): DispatchStep {
  const source = principal?.unit === undefined ? (from.workstation ?? from.address) : 'field';
  return new DispatchStep(context, { now, by: principal?.name ?? 'hub', from: source.slice(0, 64) });
}

/** The moment that is decided in. */
export function decisionOf(
  { calendar, limitsOf }: Pick<DispatchContext, 'calendar' | 'limitsOf'>,
  { principal, now }: Asked,
): DecisionContext {
  const userId = principal?.unit === undefined ? (principal?.userId ?? null) : null;
  return { now, by: principal?.name ?? 'hub', userId, calendar, ...(limitsOf && { limitsOf }) };
}

/** What a step came to, for the gateway to commit. */
export function outcomeOf<R>(step: DispatchStep, result: R, more: { readonly secrets?: readonly SecretWrite[] } = {}): Outcome<R> {
  return step.isEmpty ? { result } : { result, changes: step.changes(), alongside: step.alongside, ...more };
}

/**
 * An incident that somebody asks for, also one that left the collection: then nobody else has looked yet whether it lies where he may act. Refusals: `incident-unknown`,
 * `out-of-scope`.
 */
export function askedIncident(
  step: Pick<DispatchStep, 'incident'>,
  incidentId: string,
  principal: Pick<Principal, 'scope'> | null,
): Result<Incident, Problem> {
  const incident = step.incident(incidentId);
  if (incident === undefined) return err(problem('incident-unknown', { incidentId }));
  if (principal === null || !covers(principal.scope, [placeClaim(incident.place)])) return err(problem('out-of-scope'));
  return ok(incident);
}

const decides: ReadonlySet<string> = new Set(['opened', 'moved', 'edited', 'merge', 'plan']);
const lookBack = 200;

/**
 * Why a change that was made looking at `baseRevision` would overwrite somebody's; null: it would not.
 * @returns `revision-conflict` with who changed it last, when, what (the event, or the names of the fields) and why, and the entry of the log that says it all
 */
export function revisionConflict(
  records: Pick<IncidentRecords, 'read'>,
  baseRevision: number | undefined,
  incident: Incident,
): Problem | null {
  const { revision } = incident;
  if (baseRevision === undefined || baseRevision === revision) return null;
  const last = lastDecision(records, incident);
  const { by = null, seq = null, enteredAt = incident.changedAt } = last ?? {};
  return problem('revision-conflict', { by, at: enteredAt, revision, seq, ...(last && changeOf(last)) });
}

/** However much was only said since: the first entry of every log decides. */
function lastDecision(records: Pick<IncidentRecords, 'read'>, { id, lastSeq }: Incident): IncidentEntry | undefined {
  for (let after = lastSeq; after > 0;) {
    after = Math.max(0, after - lookBack);
    const found = records.read(id, after, lookBack).findLast(({ kind }) => decides.has(kind));
    if (found !== undefined) return found as IncidentEntry;
  }
  return undefined;
}

function changeOf(entry: IncidentEntry): { readonly what: string; readonly why: string | null } {
  switch (entry.kind) {
    case 'moved':
      return { what: entry.body.event, why: entry.body.reason };
    case 'edited':
      return { what: Object.keys(entry.body.before).join(' '), why: entry.body.reason };
    case 'merge':
      return { what: entry.body.did, why: 'reason' in entry.body ? entry.body.reason : null };
    case 'plan':
      return { what: entry.body.did === 'step' ? `step ${entry.body.stepId}` : 'plan', why: null };
    default:
      return { what: entry.kind, why: null };
  }
}
