/** One line of what a command would do: a path into its arguments, and the value in words. */
export interface ReadableLine {
  /** The names on the way to the value, e.g. `['scene', 'tiles']`. */
  readonly path: readonly string[];
  readonly value: string;
}

/** So many lines are read before an approval; what is left out is counted. */
const linesAtMost = 40;
/** A list of plain values is one line of so many; the rest is counted. */
const listedAtMost = 24;
const charsAtMost = 400;
const depthAtMost = 6;

/**
 * Arguments as lines that somebody can read before he approves them: nested names become a path, a list of plain values one line. Bounded:
 * `left` says how many lines were left out. `wordOf` may put a value into words, e.g. a camera's id as its number; `more` says how many
 * values of a list are not shown.
 */
export function readableArgs(
  args: unknown,
  words: { wordOf?(path: readonly string[], value: string | number | boolean): string | null; more(count: number): string },
): { readonly lines: readonly ReadableLine[]; readonly left: number } {
  const lines: ReadableLine[] = [];
  let left = 0;

  const add = (path: readonly string[], value: string) => {
    if (lines.length < linesAtMost) lines.push({ path, value: cut(value) });
    else left += 1;
  };
  const plain = (path: readonly string[], value: unknown): string => {
    if (value === null || value === undefined) return '—';
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return cut(JSON.stringify(value) ?? '—');
    return words.wordOf?.(path, value) ?? String(value);
  };
  const visit = (path: readonly string[], value: unknown): void => {
    if (Array.isArray(value) && value.every((one) => typeof one !== 'object' || one === null)) {
      const shown = value.slice(0, listedAtMost).map((one) => plain(path, one));
      if (value.length > listedAtMost) shown.push(words.more(value.length - listedAtMost));
      add(path, shown.length === 0 ? '—' : shown.join(' · '));
    } else if (typeof value === 'object' && value !== null && path.length < depthAtMost) {
      const entries = Object.entries(value);
      if (entries.length === 0) add(path, '—');
      for (const [name, inner] of entries) visit([...path, name], inner);
    } else add(path, plain(path, value));
  };

  if (typeof args === 'object' && args !== null && !Array.isArray(args))
    for (const [name, inner] of Object.entries(args)) visit([name], inner);
  else if (args !== null && args !== undefined) visit([], args);
  return { lines, left };
}

function cut(value: string): string {
  return value.length > charsAtMost ? `${value.slice(0, charsAtMost).replace(/[\ud800-\udbff]$/, '')}…` : value;
}
