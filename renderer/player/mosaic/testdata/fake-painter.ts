import type { TilePlace } from '../mosaic-protocol.ts';
import type { Painter } from '../painter.ts';
import type { FakePicture } from './fake-decoders.ts';

/** A painter that keeps books instead of painting. */
export class FakePainter implements Painter {
  readonly name = '2d';
  places: readonly TilePlace[] = [];
  size: readonly [number, number] = [0, 0];
  /** Shown and not painted yet. */
  readonly next = new Map<number, FakePicture>();
  passes = 0;
  samples = 0;
  /** What a pass costs: called in it. */
  onPaint: () => void = () => {};
  /** What every sample is filled with. */
  shade = 0;
  lost: () => void = () => {};
  isLost = false;
  disposed = false;

  place(width: number, height: number, tiles: readonly TilePlace[]) {
    this.size = [width, height];
    this.places = tiles;
  }
  show(tile: number, picture: VideoFrame) {
    this.next.get(tile)?.close();
    this.next.set(tile, picture as unknown as FakePicture);
  }
  clear(tile: number) {
    this.next.get(tile)?.close();
    this.next.delete(tile);
  }
  paint() {
    this.passes += 1;
    this.onPaint();
    const painted = [...this.next.keys()];
    for (const tile of painted) this.clear(tile);
    return painted;
  }
  sample(_tile: number, width: number, height: number) {
    this.samples += 1;
    return new Uint8ClampedArray(width * height * 4).fill(this.shade);
  }
  snapshot(tile: number, mark: string) {
    return tile === 13 ? Promise.reject(new Error('lost')) : Promise.resolve(new Blob([`${tile} ${mark}`]));
  }
  onLost(listener: () => void) {
    this.lost = listener;
  }
  dispose() {
    for (const tile of this.next.keys()) this.clear(tile);
    this.disposed = true;
  }
}
