import type { Change, Ledger } from '../../main/contract/ledger.ts';
import type { Alert } from '../contract.ts';
import type { Incident, IncidentLogEntry, Task, Unit } from '../incident-contract.ts';
import type { Problem } from '../../main/contract/errors.ts';
import { ok, type Result } from '../../main/contract/result.ts';
import { decideOpen, type OpenArgs } from '../incidents/decide-open.ts';
import type { DecisionContext } from '../incidents/decision-context.ts';
import type { IncidentEntryDraft } from '../incidents/incident-body.ts';
import { nextNumber } from '../incidents/number.ts';
import { writeDrafts, type Writer } from '../incidents/write-drafts.ts';
import { isOver } from '../incidents/incident-machine.ts';
import { recallIncident, type IncidentRecords } from './incident-records.ts';

type Drafted = { readonly units: Unit; readonly tasks: Task; readonly alerts: Alert };

type StepRecords = Pick<IncidentRecords, 'append' | 'give' | 'read' | 'lastNumber'>;

/**
 * What one decision changes, in all that it touches: seen by what is decided after it in the same step, and by nobody else before it is committed. The entries of the
 * logs are written in the transaction of the changes.
 */
export class DispatchStep {
  readonly writer: Writer;
  readonly #ledger: Pick<Ledger, 'get' | 'all'>;
  readonly #records: StepRecords;
  readonly #incidents = new Map<string, Incident>();
  /** Those that left the collection, so far as they were asked for: each costs its whole log. */
  readonly #recalled = new Map<string, Incident | undefined>();
  readonly #drafts = { units: new Map<string, Unit>(), tasks: new Map<string, Task>(), alerts: new Map<string, Alert>() };
  readonly #entries: IncidentLogEntry[] = [];
  readonly #alongside: (() => void)[] = [];
  #number: string | null = null;

  constructor(parts: { readonly ledger: Pick<Ledger, 'get' | 'all'>; readonly records: StepRecords }, writer: Writer) {
    this.#ledger = parts.ledger;
    this.#records = parts.records;
    this.writer = writer;
  }

  /** Also one that left the collection. */
  incident(id: string): Incident | undefined {
    const known = this.#incidents.get(id) ?? (this.#ledger.get('incidents', id) as Incident | undefined);
    if (known !== undefined) return known;
    if (!this.#recalled.has(id)) this.#recalled.set(id, recallIncident(this.#records, id));
    return this.#recalled.get(id);
  }

  get<K extends keyof Drafted>(collection: K, id: string): Drafted[K] | undefined {
    const drafted = (this.#drafts[collection] as Map<string, Drafted[K]>).get(id);
    return drafted ?? (this.#ledger.get(collection, id) as Drafted[K] | undefined);
  }

  *all<K extends keyof Drafted>(collection: K): IterableIterator<Drafted[K]> {
    const drafts = this.#drafts[collection] as Map<string, Drafted[K]>;
    const seen = new Set<string>();
    for (const value of this.#ledger.all(collection) as IterableIterator<Drafted[K]>) {
      seen.add(value.id);
      yield drafts.get(value.id) ?? value;
    }
    for (const [id, value] of drafts) if (!seen.has(id)) yield value;
  }

  /** The tasks of an incident, in the order in which they were sent. */
  tasksOf(incidentId: string): Task[] {
    return [...this.all('tasks')].filter(({ incident }) => incident === incidentId);
  }

  put<K extends keyof Drafted>(collection: K, value: Drafted[K]): void {
    (this.#drafts[collection] as Map<string, Drafted[K]>).set(value.id, value);
  }

  /** Opens an incident under the next number of the city's day. Refusals are those of `decideOpen`. */
  open(id: Incident['id'], args: Omit<OpenArgs, 'number'>, decision: DecisionContext): Result<Incident, Problem> {
    const number = nextNumber(this.#number ?? this.#records.lastNumber(), decision.calendar.dayOf(decision.now));
    const decided = decideOpen({ ...args, number }, decision);
    if (!decided.ok) return decided;
    this.#number = number;
    this.also(() => this.#records.give(number, id));
    return ok(this.write(id, decided.value));
  }

  /** Writes what was decided of an incident into its log; answers what it is then. */
  write(incident: Incident | Incident['id'], drafts: readonly IncidentEntryDraft[]): Incident {
    if (typeof incident !== 'string' && drafts.length === 0) return incident;
    const written = writeDrafts(incident, drafts, this.writer);
    this.#entries.push(...written.entries);
    this.#incidents.set(written.incident.id, written.incident);
    return written.incident;
  }

  /** The last entry written in this step. */
  get lastEntry(): IncidentLogEntry | undefined {
    return this.#entries.at(-1);
  }

  /** Writes besides, in the same transaction. */
  also(write: () => void): void {
    this.#alongside.push(write);
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0 && this.#alongside.length === 0 && this.changes().length === 0;
  }

  /** An incident that is over and has left the collection stays out of it, whatever is still written into its log. */
  changes(): Change[] {
    const put = (collection: string, key: string, value: object): Change => ({ collection, op: 'put', key, value });
    return [
      ...[...this.#incidents]
        .filter(([id, value]) => !isOver(value.state) || this.#isNew(id) || this.#ledger.get('incidents', id) !== undefined)
        .map(([id, value]) => put('incidents', id, value)),
      ...(['units', 'tasks', 'alerts'] as const).flatMap((name) => [...this.#drafts[name]].map(([id, value]) => put(name, id, value))),
    ];
  }

  #isNew(id: string): boolean {
    return this.#entries.some(({ incidentId, seq }) => incidentId === id && seq === 1);
  }

  /** Runs inside the transaction of `changes`. */
  readonly alongside = (): void => {
    this.#records.append(this.#entries);
    for (const write of this.#alongside) write();
  };
}
