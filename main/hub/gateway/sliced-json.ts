import { setImmediate as nextTurn } from 'node:timers/promises';

/** The longest stretch of serialising before other work gets its turn. */
const sliceMs = 4;
const checkEvery = 16;

/**
 * Serialises long lists in slices, one list after the other, so that a directory of 30,000 cameras sent to fifty
 * consoles at once never holds up the hub's loop for longer than a slice.
 */
export interface SlicedJson {
  /** The items' JSON joined by commas. `toJson` may answer '' to leave an item out. */
  join<T>(items: readonly T[], toJson: (item: T) => string): Promise<string>;
}

export function createSlicedJson(): SlicedJson {
  let last: Promise<unknown> = Promise.resolve();

  async function serialise<T>(items: readonly T[], toJson: (item: T) => string): Promise<string> {
    const parts: string[] = [];
    let sliceEnd = performance.now() + sliceMs;
    for (let at = 0; at < items.length; at++) {
      const json = toJson(items[at]!);
      if (json !== '') parts.push(json);
      if (at % checkEvery === checkEvery - 1 && performance.now() > sliceEnd) {
        await nextTurn();
        sliceEnd = performance.now() + sliceMs;
      }
    }
    return parts.join(',');
  }

  return {
    join(items, toJson) {
      const mine = last.then(() => serialise(items, toJson));
      last = mine.catch(() => undefined);
      return mine;
    },
  };
}
