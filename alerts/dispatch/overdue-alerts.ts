import type { Ledger } from '../../main/contract/ledger.ts';
import type { EpochMs } from '../../main/contract/time.ts';
import type { Alert, Severity } from '../contract.ts';
import type { Incident } from '../incident-contract.ts';
import { isOver } from '../incidents/incident-machine.ts';
import { dispatchOverdue } from '../rules/own-rules.ts';
import type { AlertSignal } from '../rules/rule.ts';

/** How late an incident is, as bad as it is: a limit has passed, or half as much again; what is grave is never less than high. Null: nothing is late. */
export function overdueSeverity({ state, level, suspended, timers }: Incident): Severity | null {
  if (isOver(state) || suspended !== null) return null;
  const running = timers.filter(({ metAt, pausedAt }) => metAt === null && pausedAt === null);
  if (!running.some(({ warned }) => warned.includes(100))) return null;
  return level === 'I' || level === 'II' || running.some(({ warned }) => warned.includes(150)) ? 'high' : 'medium';
}

/**
 * Says of each incident that is late that it is, once, and that it is so no more. What was said stands among the alerts: after a restart it is compared with what is so,
 * so a hub that died in between says what it did not.
 */
export class OverdueAlerts {
  readonly #tell: (signals: readonly AlertSignal[]) => void;
  readonly #said = new Map<string, Severity>();

  constructor(tell: (signals: readonly AlertSignal[]) => void) {
    this.#tell = tell;
  }

  /** Takes up what a hub before has said. */
  resume(ledger: Pick<Ledger, 'all' | 'get'>, now: EpochMs): void {
    for (const { rule, active, severity, subject, ...alert } of ledger.all('alerts') as IterableIterator<Alert>) {
      if (rule !== dispatchOverdue.id || !active) continue;
      this.#said.set(subject.id, severity);
      if (ledger.get('incidents', subject.id) === undefined) this.#end(subject, alert, now);
    }
    for (const incident of ledger.all('incidents') as IterableIterator<Incident>) this.look(incident, now);
  }

  /** An incident is so now. */
  look(incident: Incident, now: EpochMs): void {
    const { id, number, title, place, simulated, drill } = incident;
    const severity = overdueSeverity(incident);
    if ((this.#said.get(id) ?? null) === severity) return;
    const subject = { kind: 'incident' as const, id, name: `${number} ${title}`.slice(0, 200) };
    if (severity === null) {
      this.#end(subject, { place, simulated, drill }, now);
      return;
    }
    this.#said.set(id, severity);
    this.#tell([signalOf('raise', severity, subject, { place, simulated, drill }, now)]);
  }

  #end(subject: Alert['subject'], about: Pick<Alert, 'place' | 'simulated' | 'drill'>, now: EpochMs): void {
    const severity = this.#said.get(subject.id);
    if (severity === undefined) return;
    this.#said.delete(subject.id);
    this.#tell([signalOf('clear', severity, subject, about, now)]);
  }
}

function signalOf(
  kind: AlertSignal['kind'],
  severity: Severity,
  subject: Alert['subject'],
  { place, simulated, drill }: Pick<Alert, 'place' | 'simulated' | 'drill'>,
  now: EpochMs,
): AlertSignal {
  const labels = { system: dispatchOverdue.system, rule: dispatchOverdue.id, ...(place.district !== null && { district: place.district }) };
  return { rule: dispatchOverdue, kind, key: subject.id, severity, at: now, subject, place, reading: null, labels, simulated, drill };
}
