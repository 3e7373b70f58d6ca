import { hasDot, letterColumns, letterRows } from '../letters.ts';
import { markLayout, type PlacedLetter } from '../mark-layout.ts';

/** All letters that a mark is written with. */
export const printable = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index));

/** The light of a pixel, 0 to 255. */
export type Light = (x: number, y: number) => number;

/** The pixels that a reader looks at: the middle of every dot that a letter of `expected` could have. */
export function markPlaces(width: number, height: number, expected: string): [x: number, y: number][] {
  const { bar, dot } = markLayout(width, height, expected);
  return bar.filter(({ letter }) => letter !== ' ').flatMap((place) => dotsOf(place, dot));
}

/**
 * What somebody reads along the bottom of a picture, without spaces: at each place where a letter of `expected` belongs, the one letter whose
 * dots are light where it has some and dark where it has none, or `?`.
 */
export function readMark(light: Light, width: number, height: number, expected: string): string {
  const { bar, dot } = markLayout(width, height, expected);
  return bar
    .filter(({ letter }) => letter !== ' ')
    .map((place) => {
      const seen = dotsOf(place, dot).map(([x, y]) => light(x, y) > 160);
      return (
        printable.find((letter) =>
          seen.every((isLight, at) => isLight === hasDot(letter, at % letterColumns, Math.floor(at / letterColumns))),
        ) ?? '?'
      );
    })
    .join('');
}

function dotsOf({ x, y }: PlacedLetter, dot: number): [x: number, y: number][] {
  const middle = Math.floor(dot / 2);
  return Array.from({ length: letterRows * letterColumns }, (_, at) => [
    x + (at % letterColumns) * dot + middle,
    y + Math.floor(at / letterColumns) * dot + middle,
  ]);
}
