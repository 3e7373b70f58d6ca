import type { DistrictNode } from '../../../streams/lookup/district-tree.ts';

/** One row of a tree that is shown. */
export interface TreeRow {
  /** What choosing the row filters by: the topmost one stands for everything there is and has the empty code. */
  readonly code: string;
  readonly node: DistrictNode;
  readonly depth: number;
  /** Null: there is nothing below it. */
  readonly open: boolean | null;
  readonly parent: string | null;
  /** Its place among those beside it, from 1, and how many they are. */
  readonly place: number;
  readonly of: number;
}

/** The rows of a tree from `top` down, as far as it is open. The top is always open. */
export function treeRows(top: DistrictNode, opened: ReadonlySet<string>): TreeRow[] {
  const rows: TreeRow[] = [];
  const waiting: Omit<TreeRow, 'open'>[] = [{ code: '', node: top, depth: 0, parent: null, place: 1, of: 1 }];
  for (let row = waiting.pop(); row; row = waiting.pop()) {
    const { code, node, depth } = row;
    const open = node.children.length === 0 ? null : code === '' || opened.has(code);
    rows.push({ ...row, open });
    if (!open) continue;
    for (let index = node.children.length - 1; index >= 0; index -= 1) {
      const child = node.children[index]!;
      waiting.push({ code: child.code, node: child, depth: depth + 1, parent: code, place: index + 1, of: node.children.length });
    }
  }
  return rows;
}

/** What a key does in a tree. */
export type TreeStep =
  | { readonly do: 'focus'; readonly at: number }
  | { readonly do: 'open' | 'close'; readonly code: string }
  | { readonly do: 'choose'; readonly code: string };

const page = 10;

/**
 * What a key means on the row `at`, after the tree view pattern of the WAI-ARIA Authoring Practices: up and down walk the rows in sight, right
 * opens or goes to the first below, left closes or goes to the one above, Enter and the space bar choose. Null: nothing, the key is somebody else's.
 */
export function treeStep(rows: readonly TreeRow[], at: number, key: string): TreeStep | null {
  const row = rows[at];
  if (!row) return null;
  const focus = (to: number): TreeStep => ({ do: 'focus', at: Math.min(rows.length - 1, Math.max(0, to)) });
  switch (key) {
    case 'ArrowDown':
      return focus(at + 1);
    case 'ArrowUp':
      return focus(at - 1);
    case 'PageDown':
      return focus(at + page);
    case 'PageUp':
      return focus(at - page);
    case 'Home':
      return focus(0);
    case 'End':
      return focus(rows.length - 1);
    case 'ArrowRight':
      if (row.open === false) return { do: 'open', code: row.code };
      return row.open ? focus(at + 1) : focus(at);
    case 'ArrowLeft':
      if (row.open && row.code !== '') return { do: 'close', code: row.code };
      return focus(row.parent === null ? at : rows.findIndex(({ code }) => code === row.parent));
    case 'Enter':
    case ' ':
      return { do: 'choose', code: row.code };
    default:
      return null;
  }
}
