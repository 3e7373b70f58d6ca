import { onBeforeUnmount, type ShallowRef } from 'vue';
import type { PlacedTile } from '../tile-walk.ts';
import { isSameTile, tileNear } from './choose-tiles.ts';

/** So far a pressed mouse may move and still be a click. */
const clickWithinPx = 5;

/**
 * Choosing several tiles by drawing over them. It begins where nothing can be picked up: beside the screens, or on an empty tile. `wallPoint`
 * answers where on the wall a point of the window is.
 */
export function useDragChoice(
  stage: Readonly<ShallowRef<HTMLElement | null>>,
  tiles: () => readonly PlacedTile[],
  wallPoint: (event: MouseEvent) => { readonly x: number; readonly y: number },
  choose: (from: PlacedTile, to: PlacedTile | null) => void,
): { begin(event: PointerEvent): void } {
  let drawn: { readonly from: PlacedTile; readonly x: number; readonly y: number; to: PlacedTile; isDrawn: boolean } | null = null;
  const nearest = (event: MouseEvent) => {
    const { x, y } = wallPoint(event);
    return tileNear(tiles(), x, y);
  };
  const move = (event: PointerEvent) => {
    if (!drawn) return;
    if (!drawn.isDrawn && Math.hypot(event.clientX - drawn.x, event.clientY - drawn.y) <= clickWithinPx) return;
    if (!drawn.isDrawn) stage.value?.setPointerCapture(event.pointerId);
    const to = nearest(event) ?? drawn.to;
    if (drawn.isDrawn && isSameTile(to, drawn.to)) return;
    Object.assign(drawn, { to, isDrawn: true });
    choose(drawn.from, isSameTile(to, drawn.from) ? null : to);
  };
  const end = () => {
    drawn = null;
    removeEventListener('pointermove', move);
    removeEventListener('pointerup', end);
    removeEventListener('pointercancel', end);
  };
  onBeforeUnmount(end);
  return {
    begin(event) {
      end();
      const pressed = event.target instanceof Element ? event.target.closest('[draggable="true"]') : null;
      const from = event.button === 0 && !event.shiftKey && pressed === null ? nearest(event) : null;
      if (!from) return;
      drawn = { from, x: event.clientX, y: event.clientY, to: from, isDrawn: false };
      addEventListener('pointermove', move);
      addEventListener('pointerup', end);
      addEventListener('pointercancel', end);
    },
  };
}
