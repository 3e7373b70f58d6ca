import type { PreviewPlan } from './screen-preview-plan.ts';

/** The longest JPEG that the hub takes. */
export const previewBytes = 96 * 1024;
const quality = 0.6;
/** A picture that is all noise is made smaller once, and else left out. */
const lowQuality = 0.35;
/** As on the page: a picture that stands is faint. */
const dimmedLight = 0.22;

/** What the canvas of a page lends: how many of its pixels a CSS pixel is, and what lies where nothing is. */
export interface PreviewGround {
  readonly canvas: CanvasImageSource | null;
  readonly ratio: number;
  readonly colour: string;
}

/** Paints a preview, at once. Null where the browser has no room for it. */
export function paintPreview(plan: PreviewPlan<CanvasImageSource>, { canvas, ratio, colour }: PreviewGround): OffscreenCanvas | null {
  const made = new OffscreenCanvas(plan.width, plan.height);
  const paint = made.getContext('2d', { alpha: false });
  if (!paint) return null;
  paint.fillStyle = colour;
  paint.fillRect(0, 0, plan.width, plan.height);
  for (const step of plan.steps) {
    const { to } = step;
    if (step.kind === 'blank') {
      paint.fillRect(to.x, to.y, to.width, to.height);
      continue;
    }
    if (step.kind === 'element') {
      const { from } = step;
      paint.globalAlpha = step.dimmed ? dimmedLight : 1;
      paint.drawImage(step.element, from.x, from.y, from.width, from.height, to.x, to.y, to.width, to.height);
      paint.globalAlpha = 1;
      continue;
    }
    if (!canvas) continue;
    const { x, y, width, height } = step.from;
    paint.save();
    paint.beginPath();
    for (const clip of step.clips) paint.rect(clip.x, clip.y, clip.width, clip.height);
    paint.clip();
    paint.drawImage(canvas, x * ratio, y * ratio, width * ratio, height * ratio, to.x, to.y, to.width, to.height);
    paint.restore();
  }
  return made;
}

/** The preview as JPEG in base64; null when it is too large, or the browser could not make it. */
export async function encodePreview(picture: Pick<OffscreenCanvas, 'convertToBlob'>): Promise<string | null> {
  for (const each of [quality, lowQuality]) {
    try {
      const blob = await picture.convertToBlob({ type: 'image/jpeg', quality: each });
      if (blob.size <= previewBytes) return base64(new Uint8Array(await blob.arrayBuffer()));
    } catch {
      // Out of memory, or a lost canvas: there will be another one in two seconds.
      return null;
    }
  }
  return null;
}

/** As many bytes at a time as a call takes arguments. */
const bytesAtOnce = 8192;

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += bytesAtOnce) text += String.fromCharCode(...bytes.subarray(at, at + bytesAtOnce));
  return btoa(text);
}
