import type { Ledger } from '../../main/contract/ledger.ts';
import type { Alert } from '../contract.ts';
import { dispatchOverdue } from '../rules/own-rules.ts';

/** An alert that belongs to what somebody is working on already. */
export interface Grouped {
  readonly alertId: string;
  readonly incidentId: string;
}

/** So many wait to be counted; what finds no place is found again at the next start, as long as it is active. */
const waitingAtMost = 20_000;

/**
 * Finds the alerts of a group that an incident was opened for: one matter, however often it is told. An alert that was said to be of an incident says so of its whole
 * group, until another incident is opened for one of them.
 */
export class GroupedAlerts {
  readonly #ledger: Pick<Ledger, 'all'>;
  readonly #incidentOf = new Map<string, string>();
  readonly #waiting = new Map<string, string>();

  constructor(ledger: Pick<Ledger, 'all'>) {
    this.#ledger = ledger;
    const alerts = [...ledger.all('alerts')] as Alert[];
    for (const alert of alerts)
      if (alert.incident !== null && alert.rule !== dispatchOverdue.id) this.#incidentOf.set(alert.group, alert.incident);
    for (const alert of alerts) this.#wait(alert);
  }

  /** An alert is so now, or has left. */
  hear(alertId: string, alert: Alert | undefined): void {
    if (alert === undefined) {
      this.#waiting.delete(alertId);
      return;
    }
    const { group, incident, rule } = alert;
    if (incident === null || rule === dispatchOverdue.id) {
      this.#wait(alert);
      return;
    }
    this.#waiting.delete(alertId);
    if (this.#incidentOf.get(group) === incident) return;
    this.#incidentOf.set(group, incident);
    for (const other of this.#ledger.all('alerts') as IterableIterator<Alert>) if (other.group === group) this.#wait(other);
  }

  #wait({ id, group, incident, active, rule, subject }: Alert): void {
    const of = rule === dispatchOverdue.id ? subject.id : this.#incidentOf.get(group);
    if (active && incident === null && of !== undefined && this.#waiting.size < waitingAtMost) this.#waiting.set(id, of);
  }

  /** So many of those that wait, the oldest first. */
  take(atMost: number): Grouped[] {
    const found: Grouped[] = [];
    for (const [alertId, incidentId] of this.#waiting) {
      if (found.length >= atMost) break;
      found.push({ alertId, incidentId });
      this.#waiting.delete(alertId);
    }
    return found;
  }

  /** They could not be counted: they wait once more. */
  again(found: readonly Grouped[]): void {
    for (const { alertId, incidentId } of found) this.#waiting.set(alertId, incidentId);
  }

  /** An incident is over: its groups are free. */
  release(incidentId: string): void {
    for (const [group, of] of this.#incidentOf) if (of === incidentId) this.#incidentOf.delete(group);
  }
}
