/** So many losses of one window within the time, and it is opened with a scene that asks almost nothing of the machine. */
const lossesAtMost = 5;
const withinMs = 180_000;
/** How long it stays there before the whole scene is tried again; doubled each time that does not go well, up to the longest. */
const firstRestMs = 600_000;
const longestRestMs = 3_600_000;
/** A window that stood for so long with the whole scene is forgiven. */
const forgivenAfterMs = 1_800_000;

/**
 * The brake of a crash loop: a wall that is lost again and again with its scene comes back with stills instead of moving pictures, says so, and tries
 * the whole scene again later. Times in milliseconds of one monotonic clock.
 */
export class LossBrake {
  #lostAt: number[] = [];
  #restMs = firstRestMs;
  #safeUntil: number | null = null;

  /** The window was lost; `openedAt` is when it had been opened. */
  lost(openedAt: number, now: number): void {
    if (now - openedAt >= forgivenAfterMs && !this.isSafe(now)) this.#restMs = firstRestMs;
    this.#lostAt = [...this.#lostAt.filter((at) => now - at < withinMs), now].slice(-lossesAtMost);
    if (this.#lostAt.length < lossesAtMost || this.isSafe(now)) return;
    this.#safeUntil = now + this.#restMs;
    this.#restMs = Math.min(longestRestMs, this.#restMs * 2);
    this.#lostAt = [];
  }

  /** Whether the window is to be opened with its safe scene now. */
  isSafe(now: number): boolean {
    return this.#safeUntil !== null && now < this.#safeUntil;
  }

  /** How long it is to stay in the safe scene; null when it is in the whole one. */
  remainingMs(now: number): number | null {
    return this.isSafe(now) ? this.#safeUntil! - now : null;
  }
}

/** The address of a wall page, with the word that makes it show stills only. */
export function withSafeScene(url: string): string {
  const safe = new URL(url);
  safe.searchParams.set('safe', '1');
  return safe.href;
}
