/** How a page stands: `none`; `tight`: what nothing refers to is left out; `stop`: nothing more is sent until it has caught up. */
export type Strain = 'none' | 'tight' | 'stop';

/** What the page is behind by, and the line. */
export interface Backlog {
  /** Age of the oldest message that was sent and is not credited; 0 when all is. */
  readonly lagMs: number;
  /** Sent and not credited. */
  readonly bytes: number;
  /** Not even sent: waits in this process. */
  readonly bufferedBytes: number;
}

const tightLagMs = 500;
const shedLagMs = 700;
const stopLagMs = 1500;
const calmLagMs = 300;
/** A page that was strained for no longer had a hiccup: pages leave pictures out by themselves, and sooner. */
const shedAfterMs = 1000;
/** A page that had to be stopped again within this does not only have a hiccup. */
const stoppedAgainMs = 10_000;
/** One second of a screen full of main streams. */
const maxOutstandingBytes = 24 * 1024 * 1024;
const maxBufferedBytes = 4 * 1024 * 1024;
const calmBufferedBytes = 256 * 1024;
/** Between two steps up: what was left out must show its effect first. */
const shedEveryMs = 500;
/** Between two steps down; longer each time that a step down was a mistake. */
const restoreMs = { least: 500, most: 8000 };
/** A step up within this after one down shows that it was a mistake. */
const mistakeMs = 4000;
const maxMarks = 256;

/**
 * Judges one page's backlog and says how much is to be left out. `eighths`: that share of the moving subscriptions gets key pictures only,
 * the least important first. It grows while the page is behind and shrinks slowly when it has caught up. Times are monotonic.
 */
export class WallPressure {
  strain: Strain = 'none';
  eighths = 0;
  #sent = 0;
  #credited = 0;
  /** Messages under way: where each ends in the sum of all, and when it was sent. */
  readonly #marks: { end: number; readonly at: number }[] = [];
  #changedAt = Number.NEGATIVE_INFINITY;
  #restoredAt = Number.NEGATIVE_INFINITY;
  #restoreMs = restoreMs.least;
  #stoppedAt: number | null = null;
  #strainedSince: number | null = null;
  #lastStopAt = Number.NEGATIVE_INFINITY;

  /** A message went out. */
  sent(bytes: number, now: number): void {
    this.#sent += bytes;
    const last = this.#marks.at(-1);
    // Bounded: what cannot have a mark of its own counts from the one before, as older than it is.
    if (last && this.#marks.length >= maxMarks) last.end = this.#sent;
    else this.#marks.push({ end: this.#sent, at: now });
  }

  /** The page has worked off so much in all; false when it says more than was sent. */
  credit(bytes: number): boolean {
    if (bytes > this.#sent) return false;
    this.#credited = Math.max(this.#credited, bytes);
    let done = 0;
    while (done < this.#marks.length && this.#marks[done]!.end <= this.#credited) done += 1;
    if (done > 0) this.#marks.splice(0, done);
    return true;
  }

  backlog(now: number, bufferedBytes: number): Backlog {
    const oldest = this.#marks[0];
    return { lagMs: oldest ? Math.max(0, now - oldest.at) : 0, bytes: this.#sent - this.#credited, bufferedBytes };
  }

  /** Since when nothing is sent any more; null while something is. */
  get stoppedAt(): number | null {
    return this.#stoppedAt;
  }

  /** Takes the next decision; true when something is another than before. */
  review(backlog: Backlog, now: number): boolean {
    const [strain, eighths] = [this.strain, this.eighths];
    this.strain = this.#judge(backlog);
    if (this.strain !== 'stop') this.#stoppedAt = null;
    else this.#stoppedAt ??= now;
    if (this.strain === 'none') this.#strainedSince = null;
    else this.#strainedSince ??= now;
    this.#shed(backlog, now, strain);
    return strain !== this.strain || eighths !== this.eighths;
  }

  #judge({ lagMs, bytes, bufferedBytes }: Backlog): Strain {
    if (lagMs >= stopLagMs || bytes > maxOutstandingBytes || bufferedBytes > maxBufferedBytes) return 'stop';
    const isCalm = lagMs < calmLagMs && bufferedBytes < calmBufferedBytes;
    if (isCalm) return 'none';
    if (this.strain !== 'none') return this.strain;
    return lagMs >= tightLagMs ? 'tight' : 'none';
  }

  #shed({ lagMs }: Backlog, now: number, before: Strain): void {
    const hasStopped = this.strain === 'stop' && before !== 'stop';
    const isStoppedAgain = hasStopped && now - this.#lastStopAt < stoppedAgainMs;
    if (this.strain === 'stop') this.#lastStopAt = now;
    const isLasting = this.#strainedSince !== null && now - this.#strainedSince >= shedAfterMs;
    const isDue = this.strain === 'tight' && isLasting && lagMs >= shedLagMs && now - this.#changedAt >= shedEveryMs;
    if (isStoppedAgain || isDue) {
      if (now - this.#restoredAt < mistakeMs) this.#restoreMs = Math.min(restoreMs.most, this.#restoreMs * 2);
      this.eighths = Math.min(8, this.eighths + 1);
      this.#changedAt = now;
    } else if (this.eighths > 0 && this.strain === 'none' && now - this.#changedAt >= this.#restoreMs) {
      this.eighths -= 1;
      this.#changedAt = this.#restoredAt = now;
    } else if (this.eighths === 0 && now - this.#changedAt >= 2 * restoreMs.most) this.#restoreMs = restoreMs.least;
  }
}
