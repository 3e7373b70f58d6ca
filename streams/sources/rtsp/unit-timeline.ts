import type { Clock } from '../../../main/contract/time.ts';
import type { AccessUnitSink } from '../../media/source.ts';
import type { TrackUnit } from '../../protocols/rtp/track-unit.ts';

/** Between what two sessions sent, so that no track of the second begins before the first ended. */
const gapUs = 1_000_000;

/** Gives units on, in times that go on rising when a redirect begins a new session whose clock begins anew. */
export class UnitTimeline {
  readonly #sink: AccessUnitSink;
  readonly #clock: Clock;
  #offsetUs = 0;
  #highestUs = Number.NEGATIVE_INFINITY;
  #isNew = false;

  constructor(sink: AccessUnitSink, clock: Clock) {
    this.#sink = sink;
    this.#clock = clock;
  }

  /** What comes next is another session's. */
  begin(): void {
    this.#isNew = this.#highestUs > Number.NEGATIVE_INFINITY;
  }

  /** `laterUs`: how much later than the session's first track the unit's track began. */
  push(unit: TrackUnit, laterUs: number): void {
    const { codec, annexB, ptsUs, dtsUs, key, discontinuity, corrupt } = unit;
    if (this.#isNew) {
      this.#isNew = false;
      this.#offsetUs = this.#highestUs + gapUs - dtsUs;
    }
    const offsetUs = this.#offsetUs + laterUs;
    this.#highestUs = Math.max(this.#highestUs, ptsUs + offsetUs);
    const receivedAtMs = this.#clock.now();
    this.#sink.push({ codec, annexB, ptsUs: ptsUs + offsetUs, dtsUs: dtsUs + offsetUs, receivedAtMs, key, discontinuity, corrupt });
  }
}
