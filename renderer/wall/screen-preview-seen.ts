import type { PictureView } from '../player/mosaic/mosaic-protocol.ts';
import type { TilePlay } from '../player/player-choice.ts';
import type { PlacedTile } from './placed-tiles.ts';
import type { SeenElement, SeenTile } from './screen-preview-plan.ts';

/** What is seen of a tile now: what the page means to play there, and what its element says. */
export function seenTile(
  root: ParentNode | null,
  { tileId, left, top, width, height, layer, panel, spanning }: PlacedTile,
  play: TilePlay | undefined,
  view: PictureView | null,
): SeenTile<CanvasImageSource> {
  const cameraId = panel?.panel === 'video' ? panel.cameraId : null;
  const article = cameraId === null ? null : root?.querySelector<HTMLElement>(`[data-tile="${CSS.escape(tileId)}"] > .video-panel`);
  const isThere = article !== null && article !== undefined && article.dataset['camera'] === cameraId;
  const picture = !isThere ? null : play?.engine === 'mosaic' ? onCanvas(article) : elementOf(article, view);
  return { x: left, y: top, width, height, layer, spanning, cameraId, picture };
}

/** The picture that is shown alone, over all others and below the bar. */
export function seenFocus(
  root: ParentNode | null,
  { left, top, width, height }: Pick<PlacedTile, 'left' | 'top' | 'width' | 'height'>,
  cameraId: string,
  view: PictureView | null,
): SeenTile<CanvasImageSource> {
  const article = root?.querySelector<HTMLElement>('[data-focus] > .video-panel');
  const picture = article && article.dataset['camera'] === cameraId ? elementOf(article, view) : null;
  return { x: left, y: top, width, height, layer: 0, spanning: false, cameraId, picture };
}

/** In the tile's place on the canvas may still be another one's picture: the page covers it then, or takes the name away. */
const onCanvas = (article: HTMLElement): 'canvas' | null => (article.matches('[data-covered], [data-unnamed]') ? null : 'canvas');

function elementOf(article: HTMLElement, view: PictureView | null): SeenElement<CanvasImageSource> | null {
  const video = article.querySelector('video');
  if (!video || video.readyState < 2 || video.videoWidth === 0) return null;
  return { element: video, width: video.videoWidth, height: video.videoHeight, view, dimmed: article.classList.contains('dimmed') };
}
