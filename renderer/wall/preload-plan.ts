import type { DecodeCapacity, PlannedStream } from '../../layouts/contract.ts';
import { planDecoding, type TileToPlan } from '../../layouts/decode-plan.ts';
import type { Profile } from '../../streams/contract.ts';

/** A video tile of the scene that comes next. */
export interface NextTile extends TileToPlan {
  readonly cameraId: string;
}

/** A camera to be played before anybody sees it. */
export interface Preload {
  readonly cameraId: string;
  readonly profile: Profile;
  readonly stream: PlannedStream;
}

/** What the screen decodes now, and what it can. */
export interface PreloadRoom {
  readonly capacity: Pick<DecodeCapacity, 'megapixelsPerSecond' | 'decoders'>;
  readonly usedMegapixels: number;
  readonly usedDecoders: number;
  /** Some tile leaves pictures out for want of time. */
  readonly overloaded: boolean;
  /** Megapixels a second of a stream of a camera. */
  loadOf(cameraId: string, stream: PlannedStream): number;
}

/**
 * What of the next scene is made ready before it is due: the streams that it will have, as far as there is room beside what is shown now. What does
 * not fit whole, and everything on a screen that has too much to do already, gets its latest key picture, which costs next to nothing; what does not
 * fit even so begins when it is shown.
 *
 * `shown`: cameras on the screen now, which go on by themselves.
 */
export function planPreload(next: readonly NextTile[], shown: ReadonlySet<string>, room: PreloadRoom): Preload[] {
  const cameraOf = new Map(next.map(({ tileId, cameraId }) => [tileId, cameraId]));
  const planned = planDecoding(next, room.capacity, (tileId, stream) => room.loadOf(cameraOf.get(tileId)!, stream));
  const wanted = new Map<string, PlannedStream>();
  for (const { tileId, stream } of planned) {
    const cameraId = cameraOf.get(tileId)!;
    if (!shown.has(cameraId) && !wanted.has(cameraId)) wanted.set(cameraId, stream);
  }

  let megapixels = room.capacity.megapixelsPerSecond - room.usedMegapixels;
  let decoders = room.capacity.decoders - room.usedDecoders;
  const ready: { cameraId: string; profile: Profile; stream: PlannedStream; whole: PlannedStream }[] = [];
  // Something of everybody before all of anybody.
  for (const [cameraId, whole] of wanted) {
    const load = room.loadOf(cameraId, 'key-only');
    if (decoders < 1 || load > megapixels) break;
    decoders -= 1;
    megapixels -= load;
    ready.push({ cameraId, profile: whole === 'main' ? 'main' : 'sub', stream: 'key-only', whole });
  }
  for (const one of room.overloaded ? [] : ready) {
    if (one.whole === 'still') continue;
    const more = room.loadOf(one.cameraId, one.whole) - room.loadOf(one.cameraId, one.stream);
    if (more > megapixels) continue;
    megapixels -= more;
    one.stream = one.whole;
  }
  return ready.map(({ cameraId, profile, stream }) => ({ cameraId, profile, stream }));
}
