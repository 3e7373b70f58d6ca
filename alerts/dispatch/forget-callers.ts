import type { SecretWrite } from '../../main/contract/define-command.ts';
import type { EpochMs } from '../../main/contract/time.ts';
import { callerKey, callerPrefix } from '../incidents/caller-number.ts';
import { formatNumber } from '../incidents/number.ts';
import type { CityCalendar } from '../timers/city-calendar.ts';
import type { IncidentRecords } from './incident-records.ts';

/** Incidents looked at in one step. */
const stepAtMost = 500;
const dayMs = 86_400_000;

/** Lets the numbers of callers go when their time is over, whatever became of the incident; the incident itself stays. */
export class ForgetCallers {
  readonly #records: IncidentRecords;
  readonly #calendar: CityCalendar;
  readonly #keptDays: number;
  /** Up to here all are gone. After a restart they are gone through once more. */
  #after = '';
  #forgotten = 0;

  constructor(records: IncidentRecords, calendar: CityCalendar, keptDays: number) {
    this.#records = records;
    this.#calendar = calendar;
    this.#keptDays = keptDays;
  }

  /** Numbers that went, since the start. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** One step. @param store removes what is sealed; false when the disk refuses, then it is tried again */
  step(now: EpochMs, store: (secrets: readonly SecretWrite[]) => boolean): void {
    const before = formatNumber({ day: this.#calendar.dayOf(now - this.#keptDays * dayMs), count: 0 });
    const old = this.#records.numbered(this.#after, before, stepAtMost, callerPrefix);
    const gone = old.filter(({ sealed }) => sealed).map(({ incidentId }): SecretWrite => ({ key: callerKey(incidentId), value: null }));
    if (gone.length > 0 && !store(gone)) return;
    this.#forgotten += gone.length;
    this.#after = old.at(-1)?.number ?? this.#after;
  }
}
