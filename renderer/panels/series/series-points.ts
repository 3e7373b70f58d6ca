import type { CommandResult } from '../../../main/contract/catalog.ts';
import type { EpochMs } from '../../../main/contract/time.ts';

/** Stretches that the shown time is divided into. Each gives three points at most: how it began to be, its extremes, and what it was at its end. */
export const stretches = 200;

/** A point of a line; a null value is a gap. */
export type LinePoint = readonly [at: EpochMs, value: number | null];

type HistoryPoint = CommandResult<'history.read'>['points'][number];

interface Stretch {
  at: EpochMs;
  value: number;
  min: number;
  max: number;
}

/**
 * What is known of one value over the last hours, bounded: one stretch of time keeps its last value, its least and its most, and what is older than the shown time goes. The
 * history of the hub goes in whole, values as they come are added.
 */
export class SeriesPoints {
  readonly spanMs: number;
  readonly stretchMs: number;
  readonly #byStretch = new Map<number, Stretch>();
  /** When it became known that the value is unknown: the line is broken there. */
  #unknownAt: EpochMs[] = [];

  constructor(hours: number) {
    this.spanMs = hours * 3_600_000;
    this.stretchMs = this.spanMs / stretches;
  }

  /** How many stretches are kept. */
  get size(): number {
    return this.#byStretch.size;
  }

  /** Takes what the hub kept; what came live meanwhile stays. */
  history(points: readonly HistoryPoint[]): void {
    for (const { at, value, min, max } of points) this.#put(at, value, Math.min(min, value), Math.max(max, value));
  }

  /** A value as it came; null: it became unknown. What is older than what is there is in the history and adds nothing here. */
  append(at: EpochMs, value: number | null): void {
    if (value === null) {
      if (this.#unknownAt.at(-1) !== at) this.#unknownAt = [...this.#unknownAt, at].slice(-stretches);
    } else this.#put(at, value, value, value);
  }

  /** Forgets what is out of sight. */
  trim(now: EpochMs): void {
    // One stretch more than is shown: the line comes in from the left.
    const first = Math.floor((now - this.spanMs) / this.stretchMs) - 1;
    for (const key of this.#byStretch.keys()) if (key < first) this.#byStretch.delete(key);
    this.#unknownAt = this.#unknownAt.filter((at) => at >= first * this.stretchMs);
  }

  #put(at: EpochMs, value: number, min: number, max: number): void {
    const key = Math.floor(at / this.stretchMs);
    const there = this.#byStretch.get(key);
    if (!there) this.#byStretch.set(key, { at, value, min, max });
    else {
      there.min = Math.min(there.min, min);
      there.max = Math.max(there.max, max);
      if (at >= there.at) Object.assign(there, { at, value });
    }
  }

  /** The time between two values that come as they usually do; null while nobody can tell. */
  usualStepMs(): number | null {
    const times = this.#sorted().map(({ at }) => at);
    const steps = times.slice(1).map((at, index) => at - times[index]!);
    return steps.length < 3 ? null : steps.toSorted((a, b) => a - b)[steps.length >> 1]!;
  }

  /**
   * The line to draw, oldest first. It is broken where nothing came for longer than the value holds (`holdsMs`; null: three times as long as it usually takes), and where the
   * value became unknown.
   */
  line(holdsMs: number | null): LinePoint[] {
    const sorted = this.#sorted();
    const gapMs = Math.max(2.5 * this.stretchMs, holdsMs ?? 3 * (this.usualStepMs() ?? 0));
    const line: LinePoint[] = [];
    let before: Stretch | null = null;
    for (const stretch of sorted) {
      const from: EpochMs = before?.at ?? -Infinity;
      if (before) {
        const unknown = this.#unknownAt.find((at) => at > from && at <= stretch.at);
        if (unknown !== undefined) line.push([unknown, null]);
        else if (stretch.at - from > gapMs) line.push([from + 1, null]);
      }
      this.#draw(stretch, before?.value ?? stretch.value, from, line);
      before = stretch;
    }
    return line;
  }

  #sorted(): Stretch[] {
    return [...this.#byStretch.values()].sort((a, b) => a.at - b.at);
  }

  /** Where a stretch went up and down within itself its extremes are drawn, the one that is nearer to what was before first. */
  #draw({ at, value, min, max }: Stretch, before: number, from: EpochMs, line: LinePoint[]): void {
    const ends = before - min <= max - before ? [min, max] : [max, min];
    const extremes = ends.filter((end) => end !== value);
    const room = Math.min(this.stretchMs, at - from) / 3;
    if (min !== max && Number.isFinite(room) && room > 1)
      for (const [index, end] of extremes.entries()) line.push([Math.round(at - room * (extremes.length - index)), end]);
    line.push([at, value]);
  }
}
