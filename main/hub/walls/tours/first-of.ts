/** The first `count` of what is given, in order, without putting all of it in order: a place in thirty thousand. */
export function firstOf<T>(items: Iterable<T>, count: number, compare: (a: T, b: T) => number): T[] {
  let kept: T[] = [];
  let last: T | null = null;
  for (const item of items) {
    if (last !== null && compare(item, last) >= 0) continue;
    kept.push(item);
    if (kept.length < count * 2) continue;
    kept = kept.sort(compare).slice(0, count);
    last = kept.at(-1) ?? null;
  }
  return kept.sort(compare).slice(0, count);
}
