import { nextTick, onScopeDispose, watch } from 'vue';
import type { Mosaic } from '../player/mosaic/mosaic.ts';
import { readyPicture, type ReadyPicture, type ReadyPictureOptions } from '../panels/video/ready-picture.ts';
import type { Preload } from './preload-plan.ts';

/** How pictures of this page began, counted since it was opened. */
export interface BeginCounts {
  /** All that began on the canvas. */
  readonly begun: number;
  /** Of those, so many played already, */
  readonly preloaded: number;
  /** and so many of these had a picture to be seen at once. */
  readonly withPicture: number;
}

/** What is made ready for the scene that comes next. */
export interface PreloadedPictures {
  /** Hands a picture over to the tile that shows it from now on. */
  take(cameraId: string): ReadyPicture | null;
  readonly counts: BeginCounts;
}

/**
 * Plays what is wanted without a place on the canvas, and gives back what is wanted no more: the scene has changed, or another one comes. Of a canvas
 * that died nothing is left.
 */
export function usePreload(
  wanted: () => readonly Preload[],
  mosaic: () => Mosaic | null,
  pictures: ReadyPictureOptions['pictures'],
): PreloadedPictures {
  const ready = new Map<string, ReadyPicture>();
  const counts = { begun: 0, preloaded: 0, withPicture: 0 };
  const drop = (keep: ReadonlySet<string>, on: Mosaic | null) => {
    for (const [cameraId, picture] of ready) {
      if (keep.has(cameraId) && picture.mosaic === on) continue;
      ready.delete(cameraId);
      picture.end();
    }
  };
  const keepOnlyWanted = () => drop(new Set(wanted().map(({ cameraId }) => cameraId)), mosaic());
  watch(
    [wanted, mosaic] as const,
    ([list, on]) => {
      // Not before the tiles of the new scene have taken theirs.
      void nextTick(keepOnlyWanted);
      if (on === null) return;
      for (const { cameraId, profile, stream } of list) {
        const before = ready.get(cameraId);
        if (before?.mosaic === on) {
          before.setStream(stream);
          continue;
        }
        before?.end();
        ready.set(cameraId, readyPicture({ pictures, mosaic: on, cameraId, profile, stream }));
      }
    },
    { immediate: true },
  );
  onScopeDispose(() => drop(new Set(), null));

  return {
    take(cameraId) {
      counts.begun += 1;
      const found = ready.get(cameraId);
      if (found?.mosaic !== mosaic() || !found) return null;
      ready.delete(cameraId);
      counts.preloaded += 1;
      if (found.hasPicture) counts.withPicture += 1;
      return found;
    },
    get counts() {
      return { ...counts };
    },
  };
}
