import type { EpochMs } from '../../main/contract/time.ts';
import { FrameCounter } from './frame-watch.ts';
import type { MosaicTile } from './mosaic/mosaic.ts';
import type { PaintedPicture } from './painted-picture.ts';

/** Reads what the mosaic's worker tells of a tile. It compares the picture with itself there, where the pixels are. */
export function mosaicPicture(options: { readonly tile: Pick<MosaicTile, 'facts'>; hubNow(): EpochMs; onFrame(): void }): PaintedPicture {
  const { tile, hubNow, onFrame } = options;
  const frames = new FrameCounter();
  let playback: number | null = null;
  let painted = 0;
  let readAt: number | null = null;
  /** Of this playback, or of the one before until then: that is what is seen. */
  let frameAt: number | null = null;
  let paintedAt: EpochMs | null = null;
  let frameAgeMs: number | null = null;

  return {
    read(now) {
      const { facts } = tile;
      if (facts && facts.playback !== playback) {
        ({ playback } = facts);
        painted = 0;
        // How long it took to begin is no distance of its pictures.
        frames.reset();
      }
      if (facts && facts.painted !== painted) {
        painted = facts.painted;
        if (painted > 0 && facts.paintedAt !== null) {
          // By the hub's clock, which goes on in a sleep, but not before the last look: a step of it must not make a picture older or younger. At
          // least so long ago as it was when the page heard of it: what waited while the page stood still was painted before that.
          const byHub = Math.min(Math.max(0, hubNow() - facts.paintedAt), readAt === null ? Number.POSITIVE_INFINITY : now - readAt);
          const at = now - Math.max(byHub, facts.paintedAgoMs ?? 0);
          frameAt = Math.max(at, frameAt ?? at);
          frames.count(frameAt, painted);
          ({ paintedAt } = facts);
          frameAgeMs = facts.receivedAt === null ? null : facts.paintedAt - facts.receivedAt;
          onFrame();
        }
      }
      readAt = now;
      return {
        sinceFrameMs: frameAt === null ? null : Math.max(0, now - frameAt),
        paintedIntervalMs: frames.intervalMs,
        cameraIntervalMs: facts?.cameraIntervalMs ?? null,
        fps: frames.fps(now),
        frameAgeMs,
        paintedAt,
        unchangedMs: facts?.unchangedMs ?? 0,
        look: facts?.look ?? null,
        reason: facts?.reason ?? null,
      };
    },
    stands() {},
    end() {},
  };
}
