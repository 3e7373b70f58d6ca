import type { PlannedStream } from '../../layouts/contract.ts';
import { assumedLoad } from '../../layouts/decode-plan.ts';
import type { Profile } from '../../streams/contract.ts';
import type { TileFacts } from '../player/mosaic/mosaic-protocol.ts';

/** Cameras that are remembered: a few scenes' worth. */
const maxKnown = 2048;
/** A new measure counts for this part, so that one busy second does not change a plan. */
const newShare = 0.3;

/** What cameras' streams really cost to decode, learned from the tiles that play them, in megapixels a second. */
export class MeasuredLoads {
  readonly #known = new Map<string, number>();

  /** `facts` of a tile that has played this stream for a while. What is held back tells only how large the pictures are. */
  learn(
    cameraId: string,
    stream: PlannedStream,
    facts: Pick<TileFacts, 'width' | 'height' | 'megapixelsPerSecond' | 'reason' | 'painted'>,
  ): void {
    if (facts.painted < 2 || facts.width === 0) return;
    const profile = stream === 'main' ? 'main' : 'sub';
    const whole = (stream === 'main' || stream === 'sub') && facts.reason === null && facts.megapixelsPerSecond > 0;
    const key = keyOf(cameraId, profile);
    const before = this.#known.get(key);
    if (!whole && before !== undefined) return;
    const now = whole ? facts.megapixelsPerSecond : (facts.width * facts.height * assumedLoad[profile].fps) / 1e6;
    this.#known.delete(key);
    this.#known.set(key, before === undefined ? now : before + (now - before) * newShare);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= maxKnown) break;
      this.#known.delete(oldest);
    }
  }

  /** Of a stream of this camera; assumed where nothing was measured. */
  loadOf(cameraId: string, stream: PlannedStream): number {
    const profile = stream === 'main' ? 'main' : 'sub';
    const { width, height, fps } = assumedLoad[stream];
    const known = this.#known.get(keyOf(cameraId, profile));
    return known === undefined ? (width * height * fps) / 1e6 : (known * fps) / assumedLoad[profile].fps;
  }
}

const keyOf = (cameraId: string, profile: Profile) => `${profile}:${cameraId}`;
