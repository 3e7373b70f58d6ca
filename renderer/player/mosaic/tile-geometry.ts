import type { PictureView, TilePlace } from './mosaic-protocol.ts';

/** A rectangle, from the top left. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How many pixels a picture has, and the shape that it is to be seen in: they differ where its pixels are not square. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
  readonly displayWidth: number;
  readonly displayHeight: number;
}

/** Which part of a picture is seen where. */
export interface TileGeometry {
  /** In the picture's own pixels, and parts of them. */
  readonly source: Rect;
  /** In whole pixels of the canvas. */
  readonly destination: Rect;
}

const wholePicture: PictureView = { x: 0, y: 0, width: 1, height: 1 };

/** The tile's place in whole pixels, as far as it lies on the canvas; null when it does not. Neighbours that touch go on touching. */
export function tileArea(place: Rect, canvasWidth: number, canvasHeight: number): Rect | null {
  const whole = inWholePixels(place);
  return whole && clipped(whole, canvasWidth, canvasHeight);
}

/**
 * Fits what is to be seen of a picture into its tile, whole, in its right shape, in the middle; what would lie beside the canvas is cut off.
 * Null when nothing of it can be seen. A view that lies beside the picture shows the whole picture.
 */
export function tileGeometry(
  place: Pick<TilePlace, 'x' | 'y' | 'width' | 'height' | 'view'>,
  picture: PictureSize,
  canvasWidth: number,
  canvasHeight: number,
): TileGeometry | null {
  const tile = inWholePixels(place);
  if (!tile || !isSize(picture.width, picture.height) || !isSize(picture.displayWidth, picture.displayHeight)) return null;
  const view = withinPicture(place.view);
  const shownWidth = view.width * picture.displayWidth;
  const shownHeight = view.height * picture.displayHeight;
  const scale = Math.min(tile.width / shownWidth, tile.height / shownHeight);
  const width = within(Math.round(shownWidth * scale), 1, tile.width);
  const height = within(Math.round(shownHeight * scale), 1, tile.height);
  const fitted = { x: tile.x + Math.floor((tile.width - width) / 2), y: tile.y + Math.floor((tile.height - height) / 2), width, height };
  const destination = clipped(fitted, canvasWidth, canvasHeight);
  if (!destination) return null;
  const across = alongOneSide(view.x, view.width, picture.width, fitted.x, fitted.width, destination.x, destination.width);
  const down = alongOneSide(view.y, view.height, picture.height, fitted.y, fitted.height, destination.y, destination.height);
  return { source: { x: across.start, y: down.start, width: across.length, height: down.length }, destination };
}

/** The pixels of the picture that the clipped part of the destination shows, along one side. */
function alongOneSide(from: number, share: number, pixels: number, fitted: number, fittedLength: number, seen: number, seenLength: number) {
  const perPixel = (share * pixels) / fittedLength;
  const start = within(from * pixels + (seen - fitted) * perPixel, 0, pixels);
  return { start, length: Math.min(seenLength * perPixel, pixels - start) };
}

/** Edges are rounded, not sizes, so that tiles without a gap between them have none afterwards. */
function inWholePixels(place: Rect): Rect | null {
  const x = Math.round(place.x);
  const y = Math.round(place.y);
  const width = Math.round(place.x + place.width) - x;
  const height = Math.round(place.y + place.height) - y;
  return Number.isSafeInteger(x) && Number.isSafeInteger(y) && isSize(width, height) ? { x, y, width, height } : null;
}

function clipped(rect: Rect, canvasWidth: number, canvasHeight: number): Rect | null {
  const x = Math.max(0, rect.x);
  const y = Math.max(0, rect.y);
  const width = Math.min(canvasWidth, rect.x + rect.width) - x;
  const height = Math.min(canvasHeight, rect.y + rect.height) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : null;
}

function withinPicture(view: PictureView | null): PictureView {
  if (!view) return wholePicture;
  const x = Math.max(0, view.x);
  const y = Math.max(0, view.y);
  const width = Math.min(1, view.x + view.width) - x;
  const height = Math.min(1, view.y + view.height) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : wholePicture;
}

const isSize = (width: number, height: number) => width > 0 && height > 0 && Number.isFinite(width) && Number.isFinite(height);

const within = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value));
