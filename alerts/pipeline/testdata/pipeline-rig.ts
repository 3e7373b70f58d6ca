import type { Alert, Silence } from '../../contract.ts';
import type { HistoryEntry } from '../../figures/history-entry.ts';
import type { AlertSignal } from '../../rules/rule.ts';
import { start } from '../../rules/testdata/inputs.ts';
import { AlertPipeline, type PipelineSettings, type PipelineStep, type Told } from '../alert-pipeline.ts';

/** A signal of rule `level` on `pump-1`, as an engine would make it. */
export function signalOf(more: Partial<Omit<AlertSignal, 'rule'>> & { readonly ruleId?: string } = {}): AlertSignal {
  const { ruleId = 'level', key = 'pump-1', severity = 'medium', labels = {}, ...rest } = more;
  return {
    rule: { id: ruleId, system: 'utilities', severity, title: { zh: '{name} 水位 {value}', en: '{name}: level {value}' }, advice: null },
    kind: 'raise',
    key,
    severity,
    at: start,
    subject: { kind: 'asset', id: key, name: key },
    place: { lat: 36.65, lon: 117.12, datum: 'wgs84', district: '370102', text: null },
    reading: { quantity: 'tank-level', value: 4.25, limit: 3, unit: 'm' },
    labels: { system: 'utilities', rule: ruleId, condition: 'threshold', feed: 'pumps', district: '370102', ...labels },
    simulated: false,
    drill: false,
    ...rest,
  };
}

/** A silence of everything of rule `level`, for an hour from the start. */
export function silenceOf(more: Partial<Silence> = {}): Silence {
  return {
    id: 'silence-1' as Silence['id'],
    matchers: [{ label: 'rule', op: '=', value: 'level' }],
    reason: 'works',
    by: 'li',
    startsAt: start,
    endsAt: start + 3_600_000,
    ended: false,
    simulated: false,
    drill: false,
    ...more,
  };
}

/** A pipeline over a collection in memory: every step is committed at once. */
export class PipelineRig {
  readonly alerts = new Map<string, Alert>();
  readonly silences: Silence[] = [];
  readonly told: Told[] = [];
  readonly history: HistoryEntry[] = [];
  readonly pipeline: AlertPipeline;
  readonly #names = new Map<string, string>();
  #ids = 0;

  constructor(settings: PipelineSettings = {}, before: Iterable<Alert> = []) {
    for (const alert of before) this.put(alert);
    this.#ids = this.alerts.size;
    const { alerts } = this;
    this.pipeline = new AlertPipeline(
      {
        view: {
          get: (id) => alerts.get(id),
          byFingerprint: (name) => {
            const id = this.#names.get(name);
            return id === undefined ? undefined : alerts.get(id);
          },
          all: () => alerts.values(),
          get size() {
            return alerts.size;
          },
        },
        silences: () => this.silences,
        newId: () => `alert-${(this.#ids += 1)}`,
        camerasNear: () => [],
      },
      settings,
    );
  }

  fold(signals: readonly AlertSignal[], seconds = 0): PipelineStep {
    return this.#commit(this.pipeline.fold(signals, start + seconds * 1000))!;
  }

  tick(seconds: number): PipelineStep | null {
    return this.#commit(this.pipeline.tick(start + seconds * 1000));
  }

  /** The alert of a thing. */
  of(key: string): Alert | undefined {
    return [...this.alerts.values()].find(({ subject }) => subject.id === key);
  }

  put(alert: Alert): void {
    this.alerts.set(alert.id, alert);
    this.#names.set(alert.fingerprint, alert.id);
  }

  /** What was told since the last time, in words. */
  heard(): string[] {
    return this.told.splice(0).map(({ why, alerts }) => `${why} ${alerts.map(({ subject }) => subject.id).join(' ')}`);
  }

  #commit(step: PipelineStep | null): PipelineStep | null {
    if (step === null) return null;
    for (const [id, alert] of step.changes) {
      if (alert === null) this.alerts.delete(id);
      else this.put(alert);
    }
    step.apply();
    this.told.push(...step.told);
    this.history.push(...step.history);
    return step;
  }
}
