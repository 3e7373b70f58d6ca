import { maxTiles } from '../../../layouts/contract.ts';

/** The rows of a list that are chosen, in the order of the list, and the one from which a stretch is counted. */
export interface RowChoice {
  readonly anchor: string | null;
  /** At most as many as a scene has tiles. */
  readonly ids: readonly string[];
}

export const noChoice: RowChoice = { anchor: null, ids: [] };

/** This row alone. */
export function chooseOne(id: string): RowChoice {
  return { anchor: id, ids: [id] };
}

/** This row, too; or no more, when it was chosen. `list` is the whole list in its order. */
export function chooseAlso(choice: RowChoice, list: readonly string[], id: string): RowChoice {
  if (choice.ids.includes(id)) return { anchor: id, ids: choice.ids.filter((other) => other !== id) };
  if (choice.ids.length >= maxTiles) return choice;
  const wanted = new Set([...choice.ids, id]);
  return { anchor: id, ids: list.filter((each) => wanted.has(each)) };
}

/** Every row from where the last choice was made to this one; what is beyond the limit, seen from there, is left out. */
export function chooseThrough(choice: RowChoice, list: readonly string[], id: string): RowChoice {
  const to = list.indexOf(id);
  if (to < 0) return choice;
  const from = choice.anchor === null ? -1 : list.indexOf(choice.anchor);
  if (from < 0) return chooseOne(id);
  const ids =
    from <= to ? list.slice(from, Math.min(to, from + maxTiles - 1) + 1) : list.slice(Math.max(to, from - maxTiles + 1), from + 1);
  return { anchor: choice.anchor, ids };
}

/** What of the choice is still in the list. */
export function chooseRemaining(choice: RowChoice, list: readonly string[]): RowChoice {
  if (choice.ids.length === 0) return choice;
  const there = new Set(list);
  const ids = choice.ids.filter((id) => there.has(id));
  return ids.length === choice.ids.length ? choice : { anchor: choice.anchor, ids };
}
