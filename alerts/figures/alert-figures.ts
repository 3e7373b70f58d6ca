import type { EpochMs } from '../../main/contract/time.ts';
import type { CommandResult } from '../../main/contract/catalog.ts';
import type { Alert } from '../contract.ts';
import { BusiestWindow } from './busiest-window.ts';
import type { HistoryEntry } from './history-entry.ts';

type Figures = Omit<CommandResult<'alert.figures'>, 'since'>;

/** EEMUA 191: ten minutes with more than ten alerts are a flood. */
const windowMs = 600_000;
const floodOver = 10;
/** ISA-18.2 clause 16.5.7: what stands for longer is stale. */
const standingAfterMs = 86_400_000;

interface Operator {
  readonly waitedMs: number[];
  readonly busiest: BusiestWindow;
}

/** Reckons how the alarms are to work with (ISA-18.2 clause 16.5, EEMUA 191) from what happened to them. Exercises count for nothing. */
export class AlertFigures {
  #alerts = 0;
  readonly #busiest = new BusiestWindow(windowMs);
  readonly #operators = new Map<string, Operator>();
  readonly #windows = new Map<number, number>();
  readonly #actors = new Map<string, { readonly rule: string; readonly subject: string; count: number }>();
  readonly #severities: Record<Alert['severity'], number> = { critical: 0, high: 0, medium: 0, low: 0 };

  /** One step, in order of time. */
  add({ kind, at, rule, subject, severity, operator, waitedMs, drill }: HistoryEntry): void {
    if (drill) return;
    if (kind === 'raised') {
      this.#alerts += 1;
      this.#busiest.add(at);
      this.#severities[severity] += 1;
      const window = Math.floor(at / windowMs);
      this.#windows.set(window, (this.#windows.get(window) ?? 0) + 1);
      const name = `${rule} ${subject}`;
      const actor = this.#actors.get(name) ?? { rule, subject, count: 0 };
      actor.count += 1;
      this.#actors.set(name, actor);
    } else if (kind === 'acknowledged' && operator !== null) {
      const known = this.#operators.get(operator) ?? { waitedMs: [], busiest: new BusiestWindow(windowMs) };
      known.waitedMs.push(waitedMs ?? 0);
      known.busiest.add(at);
      this.#operators.set(operator, known);
    }
  }

  /** The figures of what was added; `active` are the alerts as they are at `now`. */
  result(active: Iterable<Alert>, now: EpochMs): Figures {
    const standing = [...active]
      .filter((alert) => alert.active && !alert.drill && now - alert.raisedAt > standingAfterMs)
      .toSorted((one, other) => one.raisedAt - other.raisedAt || (one.id < other.id ? -1 : 1));
    const actors = [...this.#actors.values()].toSorted(
      (one, other) => other.count - one.count || (`${one.rule} ${one.subject}` < `${other.rule} ${other.subject}` ? -1 : 1),
    );
    return {
      alerts: this.#alerts,
      peakTenMinutes: this.#busiest.most,
      operators: [...this.#operators]
        .map(([name, { waitedMs, busiest }]) => {
          const sorted = waitedMs.toSorted((one, other) => one - other);
          return {
            name,
            acknowledged: sorted.length,
            peakTenMinutes: busiest.most,
            waitedP50Ms: percentile(sorted, 0.5),
            waitedP95Ms: percentile(sorted, 0.95),
          };
        })
        .toSorted((one, other) => other.acknowledged - one.acknowledged || (one.name < other.name ? -1 : 1)),
      floodMinutes: [...this.#windows.values()].filter((count) => count > floodOver).length * (windowMs / 60_000),
      standing: standing.slice(0, 50).map(({ id }) => id),
      badActors: actors.slice(0, 20).map((actor) => ({ ...actor, share: actor.count / this.#alerts })),
      bySeverity: { ...this.#severities },
    };
  }
}

/** The nearest-rank percentile of values in order; 0 of none. */
function percentile(sorted: readonly number[], part: number): number {
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0;
}
