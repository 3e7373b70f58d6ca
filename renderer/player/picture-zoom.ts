import type { PictureView } from './mosaic/mosaic-protocol.ts';

/** The whole picture. */
export const wholePicture: PictureView = { x: 0, y: 0, width: 1, height: 1 };
/** So far a person may look into a picture: beyond, there are only blocks to be seen. */
export const zoomAtMost = 8;
/** From here on a camera's small picture shows its blocks: the large one is worth asking for. */
export const mainFromZoom = 1.5;

/** How many times larger than whole the picture is shown. */
export const zoomOf = (view: PictureView | null): number => (view === null ? 1 : 1 / view.width);

/**
 * The view that is `factor` times nearer, so that what lies at `at` (0 to 1 of what is seen now) stays where it is. Null: the whole
 * picture again.
 */
export function zoomAt(view: PictureView | null, factor: number, at: { readonly x: number; readonly y: number }): PictureView | null {
  const { x, y, width } = view ?? wholePicture;
  const size = Math.min(1, Math.max(1 / zoomAtMost, width / factor));
  return kept({ x: x + at.x * (width - size), y: y + at.y * (width - size), width: size, height: size });
}

/** The view moved by a part of what is seen: to the right and down for positive numbers. It stays within the picture. */
export function panBy(view: PictureView | null, dx: number, dy: number): PictureView | null {
  if (view === null) return null;
  return kept({ ...view, x: view.x + dx * view.width, y: view.y + dy * view.height });
}

function kept({ x, y, width, height }: PictureView): PictureView | null {
  if (width >= 1 - 1e-6) return null;
  return { x: Math.min(Math.max(0, x), 1 - width), y: Math.min(Math.max(0, y), 1 - height), width, height };
}
