import type { Hold } from '../../../layouts/control-contract.ts';
import { text } from '../../i18n/index.ts';
import { tileNumber, type WallView } from '../wall-view.ts';

/** So many tiles are named by their numbers. */
const numbersAtMost = 6;

/** What is held, by the names people say: a screen, or tiles of it. */
export function heldWords(view: WallView | undefined, screenId: string, tiles: readonly string[] | null): string {
  const found = view?.screens.find(({ screen }) => screen.id === screenId);
  const screen = found?.screen.name ?? screenId;
  if (tiles === null) return text('control.hold.wholeScreen', { screen });
  const numbers = found ? tiles.map((tileId) => tileNumber(found, tileId)).filter((n) => n > 0) : [];
  if (numbers.length === 0 || numbers.length > numbersAtMost)
    return text('control.hold.someTiles', { screen, n: tiles.length }, tiles.length);
  return text('control.hold.tiles', { screen, tiles: numbers.toSorted((a, b) => a - b).join(' · ') });
}

/** What a hold holds. */
export const holdWords = (view: WallView | undefined, hold: Pick<Hold, 'screenId' | 'tiles'>): string =>
  heldWords(view, hold.screenId, hold.tiles);
