import type { PanelRef, Rect } from '../../../layouts/contract.ts';
import { leastSize } from '../../../layouts/free-edit.ts';
import type { Size } from './editor-document.ts';

/** As parts of the canvas' width and height: what a panel begins with. */
const shares: Readonly<Record<PanelRef['panel'], readonly [across: number, down: number]>> = {
  video: [1 / 3, 1 / 3],
  clock: [1 / 4, 1 / 6],
  note: [1 / 3, 1 / 6],
  'camera-health': [1 / 3, 1 / 3],
  alerts: [1 / 2, 1 / 2],
  incidents: [1 / 2, 1 / 2],
  tasks: [1 / 2, 1 / 2],
  plan: [1 / 2, 1 / 2],
  trend: [1 / 2, 1 / 2],
  gauge: [1 / 4, 1 / 3],
};

/**
 * Where a new tile goes on a canvas, in whole pixels: the first place in reading order, step by step, that lies over no other; when there is
 * none, the middle, a few steps aside from what begins there already.
 */
export function freePlace(panel: PanelRef, others: readonly Rect[], canvas: Size, stepPx: number): Rect {
  const [across, down] = shares[panel.panel];
  const least = leastSize(panel, canvas);
  const width = Math.min(canvas.width, Math.max(least.width, onStep(canvas.width * across, stepPx)));
  const height = Math.min(canvas.height, Math.max(least.height, onStep(canvas.height * down, stepPx)));
  // Only beside, or below, what is there: everywhere else a place further up or left would do as well.
  const rows = candidates(others, 'y', 'height', canvas.height - height);
  const cols = candidates(others, 'x', 'width', canvas.width - width);
  for (const y of rows) {
    for (const x of cols) {
      const place = { x, y, width, height };
      if (!others.some((other) => overlap(other, place))) return place;
    }
  }
  let [x, y] = [Math.round((canvas.width - width) / 2), Math.round((canvas.height - height) / 2)];
  while (
    others.some((other) => other.x === x && other.y === y) &&
    x + stepPx + width <= canvas.width &&
    y + stepPx + height <= canvas.height
  ) {
    x += stepPx;
    y += stepPx;
  }
  return { x, y, width, height };
}

const onStep = (length: number, stepPx: number) => Math.max(stepPx, Math.round(length / stepPx) * stepPx);

/** Where a tile may begin on one axis: at the canvas' edge, and where others end. Ascending. */
function candidates(others: readonly Rect[], start: 'x' | 'y', length: 'width' | 'height', most: number): number[] {
  const ends = others.map((other) => other[start] + other[length]);
  return [...new Set([0, ...ends])].filter((at) => at >= 0 && at <= most).sort((a, b) => a - b);
}

const overlap = (a: Rect, b: Rect) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
