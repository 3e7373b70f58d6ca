/** What charts are drawn with, as `theme/tokens.css` has it. */
export interface ChartColours {
  readonly lines: readonly string[];
  readonly label: string;
  readonly axis: string;
  readonly grid: string;
  readonly track: string;
  readonly faint: string;
  readonly missed: string;
  readonly font: string;
}

let known: ChartColours | null = null;

/** The colours of the page's theme, read once: there is one. */
export function chartColours(): ChartColours {
  if (known) return known;
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
  known = {
    lines: ['a', 'b', 'c', 'd'].map((line) => token(`c-series-${line}`)),
    label: token('c-text-dim'),
    axis: token('c-line-strong'),
    grid: token('c-line'),
    track: token('c-raised'),
    faint: token('c-line-strong'),
    missed: token('c-high'),
    font: token('font-sans'),
  };
  return known;
}
