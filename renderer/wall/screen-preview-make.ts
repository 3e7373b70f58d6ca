import type { ScreenPreview } from '../../layouts/contract.ts';
import { encodePreview, paintPreview } from './screen-preview-paint.ts';
import { previewPlan, type SeenScreen } from './screen-preview-plan.ts';

/** What a screen's page shows, and what of it is told with its picture. */
export interface PreviewedScreen extends SeenScreen<CanvasImageSource>, Pick<ScreenPreview, 'at' | 'revision'> {
  /** That all pictures without an element are painted on; null while there is none. */
  readonly canvas: HTMLCanvasElement | null;
}

/** Paints at once what is seen, and answers it when it is encoded; null when the browser could not, or nothing is seen of a hidden page. */
export async function makePreview({ at, revision, canvas, ...seen }: PreviewedScreen): Promise<ScreenPreview | null> {
  if (document.hidden) return null;
  const plan = previewPlan(seen);
  const colour = getComputedStyle(document.documentElement).getPropertyValue('--c-sunken').trim() || '#000';
  try {
    const picture = paintPreview(plan, { canvas, ratio: devicePixelRatio, colour });
    const jpeg = picture && (await encodePreview(picture));
    return jpeg === null ? null : { at, revision, cameras: [...plan.cameras], jpeg };
  } catch {
    // An element or a canvas that went in the middle of it: there will be another picture in two seconds.
    return null;
  }
}
