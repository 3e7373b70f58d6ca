import { letterColumns, letterRows } from './letters.ts';

/** A letter and where its top left dot lies, in pixels. Part of it may lie outside the picture. */
export interface PlacedLetter {
  readonly letter: string;
  readonly x: number;
  readonly y: number;
}

/** Where a watermark goes. */
export interface MarkLayout {
  /** The edge of a dot in pixels. */
  readonly dot: number;
  /** The bar along the bottom begins in this row of pixels. */
  readonly barTop: number;
  /** The whole text, clearly, in the bar. */
  readonly bar: readonly PlacedLetter[];
  /** The text again and again on slopes across all that lies above the bar, faintly: whatever is cut out holds some of it. */
  readonly slopes: readonly PlacedLetter[];
}

/** Letters are at least so high, as a part of the picture's height. */
const leastHeight = 0.025;
/** Slopes begin at these parts of the picture's height; each begins with another letter, so that no two say the same in one place. */
const slopesBegin = [-0.5, 0, 0.5];

/** Lays a text out on a picture of this size. In a picture too small for all of it the end of the text is what is seen. */
export function markLayout(width: number, height: number, text: string): MarkLayout {
  const dot = Math.max(1, Math.ceil((height * leastHeight) / letterRows));
  const pitch = (letterColumns + 1) * dot;
  const linePitch = (letterRows + 2) * dot;
  const lines = wrapped(text, Math.max(1, Math.floor((width - 3 * dot) / pitch)));
  const barTop = height - lines.length * linePitch - dot;
  const bar = lines.flatMap((line, row) =>
    Array.from(line, (letter, column): PlacedLetter => ({
      letter,
      x: 2 * dot + column * pitch,
      y: barTop + 2 * dot + row * linePitch,
    })),
  );
  const endless = `${text}   `;
  const columns = Math.ceil(width / pitch);
  const slopes = slopesBegin.flatMap((begin, slope) =>
    Array.from({ length: columns }, (_, column): PlacedLetter => ({
      letter: endless[(column + Math.floor((slope * endless.length) / slopesBegin.length)) % endless.length]!,
      x: column * pitch,
      y: Math.round((begin + (column * pitch) / width) * height),
    })).filter(({ letter, y }) => letter !== ' ' && y > -letterRows * dot && y + letterRows * dot < barTop),
  );
  return { dot, barTop, bar, slopes };
}

/** Breaks between words where it can. */
function wrapped(text: string, most: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > most) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
    while (line.length > most) {
      lines.push(line.slice(0, most));
      line = line.slice(most);
    }
  }
  return line === '' ? lines : [...lines, line];
}
