import type { Severity } from '../../alerts/contract.ts';
import { alertPatterns } from './alert-patterns.ts';

/** What a desk wants to hear. */
export interface SoundChoice {
  readonly on: boolean;
  readonly atLeast: Severity;
  /** The sound of what nobody has acknowledged comes again after so long. */
  readonly repeatS: number;
  /** 0 to 1. */
  readonly volume: number;
}

/** From the worst on. */
export const severityOrder: readonly Severity[] = ['critical', 'high', 'medium', 'low'];
const rank = (severity: Severity) => severityOrder.length - severityOrder.indexOf(severity);
/** Between two sounds there is a pause at least, however much comes. */
const pauseMs = 700;

/**
 * Decides when which sound is heard. What is told to it is what may sound at all: active, acknowledged by nobody, held by nothing. A new alert is heard at once,
 * as long as it is no milder than what sounds already; then the worst of them again and again. Silencing is not acknowledging: what sounds now
 * does so no more, what comes after it does.
 */
export class AlertRinger {
  readonly #play: (severity: Severity) => boolean;
  #choice: SoundChoice;
  #sounding: ReadonlyMap<string, Severity> = new Map();
  readonly #silenced = new Set<string>();
  #lastAt = -Infinity;
  #quietUntil = -Infinity;
  /** Something came that was not heard yet. */
  #isDue = false;

  /** `play` answers whether it can be heard; what cannot is tried again. */
  constructor(choice: SoundChoice, play: (severity: Severity) => boolean) {
    this.#choice = choice;
    this.#play = play;
  }

  /** The worst of what is to be heard; null when nothing is. */
  get ringing(): Severity | null {
    let worst: Severity | null = null;
    for (const [id, severity] of this.#sounding) {
      if (!this.#counts(id, severity)) continue;
      if (worst === null || rank(severity) > rank(worst)) worst = severity;
    }
    return worst;
  }

  /** How many of those that would sound are silenced. */
  get silenced(): number {
    return this.#silenced.size;
  }

  choose(choice: SoundChoice): void {
    this.#choice = choice;
  }

  /** What may sound now, by alert. `nowMs` is of a clock that nobody sets. */
  tell(sounding: ReadonlyMap<string, Severity>, nowMs: number): void {
    const before = this.ringing;
    for (const id of this.#silenced) if (!sounding.has(id)) this.#silenced.delete(id);
    for (const [id, severity] of sounding) {
      if (this.#sounding.has(id) && rank(this.#sounding.get(id)!) >= rank(severity)) continue;
      // It became worse: that was not what was silenced.
      if (this.#sounding.has(id)) this.#silenced.delete(id);
      if (this.#counts(id, severity) && (before === null || rank(severity) >= rank(before))) this.#isDue = true;
    }
    this.#sounding = sounding;
    this.tick(nowMs);
  }

  /** Looks whether a sound is due; to be called a few times a second while something rings. */
  tick(nowMs: number): void {
    const worst = this.ringing;
    if (worst === null) {
      this.#isDue = false;
      return;
    }
    if (nowMs < this.#quietUntil) return;
    if (!this.#isDue && nowMs - this.#lastAt < this.#choice.repeatS * 1000) return;
    if (!this.#play(worst)) {
      this.#isDue = true;
      return;
    }
    this.#isDue = false;
    this.#lastAt = nowMs;
    this.#quietUntil = nowMs + alertPatterns[worst].lengthMs + pauseMs;
  }

  /** Nothing of what sounds now is heard again. */
  silence(): void {
    for (const [id, severity] of this.#sounding) if (this.#counts(id, severity)) this.#silenced.add(id);
    this.#isDue = false;
  }

  #counts(id: string, severity: Severity): boolean {
    return this.#choice.on && rank(severity) >= rank(this.#choice.atLeast) && !this.#silenced.has(id);
  }
}
