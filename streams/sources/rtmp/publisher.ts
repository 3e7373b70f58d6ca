import { problem, type ErrorParams, type Problem } from '../../../main/contract/errors.ts';
import type { EpochMs } from '../../../main/contract/time.ts';
import type { AccessUnit, LinkQuality, SourceStep } from '../../contract.ts';
import { FlvStream, type FlvMessage } from '../../protocols/flv/flv-stream.ts';
import { LastGop, type GopBudget } from './last-gop.ts';

/** Who watches a publisher. */
export interface Tap {
  /** False when the unit was left out, because those before have not gone out yet: whoever sends them then leaves out all up to a key picture. */
  unit(unit: AccessUnit): boolean;
  step(step: SourceStep, params: ErrorParams): void;
  link(quality: LinkQuality): void;
  ended(problem: Problem): void;
}

interface Watcher {
  readonly tap: Tap;
  readonly told: Set<SourceStep>;
}

/** A publisher that shows no picture for so long after it began, or after somebody began to watch, has none. */
const noVideoMs = 8000;
const linkEveryMs = 1000;

/**
 * What one camera pushes: its messages as access units, the latest GOP of them, and those who watch. It converts whether or not somebody
 * watches: that costs the one copy which keeping the bytes would cost anyway.
 */
export class Publisher {
  readonly #address: string;
  readonly #stream = new FlvStream();
  readonly #gop: LastGop;
  readonly #watchers = new Set<Watcher>();
  #messages = 0;
  #videoAt: number;
  #linkAt = Number.NEGATIVE_INFINITY;
  /** Units that watchers did not get because they were not quick enough. */
  droppedUnits = 0;

  /** `address`: where the camera connects from, for the diagnosis. `now` is monotonic. */
  constructor({ address, budget, now }: { address: string; budget: GopBudget; now: number }) {
    this.#address = address;
    this.#gop = new LastGop(budget);
    this.#videoAt = now;
  }

  /** Messages that could not be read. */
  get malformed(): number {
    return this.#stream.malformed;
  }

  /** Takes the next message; its body is not kept. */
  push(message: FlvMessage, at: { readonly receivedAtMs: EpochMs; readonly now: number }): void {
    this.#messages += 1;
    if (message.type === 'video') this.#videoAt = at.now;
    const made = this.#stream.push(message);
    if (!made.ok) {
      const codec = made.error === 'unsupported' ? this.#stream.unsupportedVideo : null;
      if (codec !== null) {
        this.#gop.clear();
        this.#endAll(problem('source-codec-unsupported', { codec }));
      }
      return;
    }
    const unit: AccessUnit = { ...made.value, receivedAtMs: at.receivedAtMs };
    this.#gop.add(unit);
    for (const watcher of this.#watchers) this.#pass(watcher, unit);
  }

  /** From now on `tap` gets every unit; first those since the latest key picture. Answers the end. */
  watch(tap: Tap, now: number): () => void {
    const watcher: Watcher = { tap, told: new Set() };
    this.#tell(watcher, 'connect', { address: this.#address });
    const codec = this.#stream.unsupportedVideo;
    if (codec !== null) {
      tap.ended(problem('source-codec-unsupported', { codec }));
      return () => {};
    }
    this.#videoAt = Math.max(this.#videoAt, now);
    this.#watchers.add(watcher);
    for (const unit of this.#gop.units) this.#pass(watcher, unit);
    return () => void this.#watchers.delete(watcher);
  }

  /** Does what is due; several times a second. */
  tick(now: number): void {
    if (this.#watchers.size === 0) return;
    if (now - this.#videoAt > noVideoMs) return this.#endAll(problem('source-no-video'));
    if (now - this.#linkAt < linkEveryMs) return;
    this.#linkAt = now;
    const quality: LinkQuality = { transport: 'rtmp', packets: this.#messages, lost: 0, reordered: 0, duplicated: 0, jitterMs: null };
    for (const { tap } of this.#watchers) tap.link(quality);
  }

  /** The camera is gone. */
  end(): void {
    this.#gop.clear();
    this.#endAll(problem('source-publisher-absent'));
  }

  #pass(watcher: Watcher, unit: AccessUnit): void {
    const isVideo = unit.codec === 'h264' || unit.codec === 'h265';
    if (isVideo) this.#tell(watcher, 'codec', { codec: unit.codec });
    this.#tell(watcher, 'first-packet', {});
    if (!watcher.tap.unit(unit)) this.droppedUnits += 1;
    else if (isVideo && unit.key) this.#tell(watcher, 'key-picture', {});
  }

  /** Each step is told once. */
  #tell({ tap, told }: Watcher, step: SourceStep, params: ErrorParams): void {
    if (told.has(step)) return;
    told.add(step);
    tap.step(step, params);
  }

  #endAll(cause: Problem): void {
    const ending = [...this.#watchers];
    this.#watchers.clear();
    for (const { tap } of ending) tap.ended(cause);
  }
}
