import type { EpochMs } from '../../main/contract/time.ts';

/** Some ten seconds of fragments: more than any player is behind. */
const maxFragments = 64;

/** Knows when the relay received what is played: fragments say it of their first picture. */
export class FragmentClock {
  #fragments: { readonly startUs: number; readonly receivedAtUs: number }[] = [];

  add(startUs: number, receivedAtUs: number): void {
    this.#fragments.push({ startUs, receivedAtUs });
    if (this.#fragments.length > maxFragments) this.#fragments.shift();
  }

  /** `mediaTime` in seconds of the stream's own time; null for what is older than all that is known. */
  receivedAt(mediaTime: number): EpochMs | null {
    // Times are rounded on their way: the first picture of a fragment must not count to the one before.
    const atUs = mediaTime * 1e6 + 500;
    const fragment = this.#fragments.findLast(({ startUs }) => startUs <= atUs);
    return fragment === undefined ? null : Math.round((fragment.receivedAtUs + atUs - 500 - fragment.startUs) / 1000);
  }
}
