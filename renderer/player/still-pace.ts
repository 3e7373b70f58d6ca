import type { SubscriptionMode } from '../../streams/wire/wall-ask.ts';

/** A tile that shows one picture after another gets a new one this often. */
export const stillEveryMs = 10_000;

/** Turns key pictures into stills: asks for key pictures until one was painted, then for nothing until the next is due. */
export class StillPace {
  #painted: number | null = null;
  #paintedAt = 0;

  /** `painted`: pictures of the tile so far; `now`: monotonic ms. */
  mode(painted: number, now: number): SubscriptionMode {
    if (painted > (this.#painted ?? 0)) {
      this.#painted = painted;
      this.#paintedAt = now;
    } else if (this.#painted !== null && painted < this.#painted) this.#painted = null;
    return this.#painted !== null && now - this.#paintedAt < stillEveryMs ? 'off' : 'key';
  }
}
