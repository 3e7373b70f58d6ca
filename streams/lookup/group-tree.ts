import type { DistrictCounts, DistrictNode, DistrictState } from './district-tree.ts';

/** Stands for being in no group; no group can be called so, for names hold no control characters. */
export const ungrouped = '\n';

/** What the tree needs to know of a camera. */
export interface GroupedCamera {
  readonly groups: readonly string[];
  readonly state: DistrictState;
}

/**
 * The groups that cameras are in, with their cameras counted change by change, in the form of a tree of places: all of them at the root, each
 * group below it by name, and those without a group last. A group is there while it has a camera. A camera in several groups counts in
 * each of them, and once at the root. It keeps nothing of the cameras: who knows them says what was and what is.
 */
export class GroupTree {
  readonly #byName: (a: string, b: string) => number;
  readonly #groups = new Map<string, DistrictCounts>();
  readonly #all: DistrictCounts = { total: 0, online: 0, offline: 0, unknown: 0 };
  #root: DistrictNode | null = null;

  constructor(byName: (a: string, b: string) => number = new Intl.Collator('zh-u-co-pinyin', { numeric: true }).compare) {
    this.#byName = byName;
  }

  /** The groups as they are now. Nodes are the same objects until a group comes or goes; their counts change in place. */
  get root(): DistrictNode {
    this.#root ??= node(
      '',
      this.#all,
      [...this.#groups]
        .sort(([a], [b]) => Number(a === ungrouped) - Number(b === ungrouped) || this.#byName(a, b))
        .map(([name, counts]) => node(name, counts, [])),
    );
    return this.#root;
  }

  /** A group's counts; `undefined` while it has no camera. The empty name is all cameras. */
  counts(name: string): Readonly<DistrictCounts> | undefined {
    return name === '' ? this.#all : this.#groups.get(name);
  }

  /** Takes a camera from what it was to what it is; `null` where it was not or is no more. */
  move(before: GroupedCamera | null, after: GroupedCamera | null): void {
    if (before) this.#count(before, -1);
    if (after) this.#count(after, 1);
    if (before) for (const name of namesOf(before.groups)) this.#dropEmpty(name);
  }

  #count({ groups, state }: GroupedCamera, step: 1 | -1): void {
    add(this.#all, state, step);
    for (const name of namesOf(groups)) {
      let counts = this.#groups.get(name);
      if (!counts) {
        counts = { total: 0, online: 0, offline: 0, unknown: 0 };
        this.#groups.set(name, counts);
        this.#root = null;
      }
      add(counts, state, step);
    }
  }

  #dropEmpty(name: string): void {
    if ((this.#groups.get(name)?.total ?? 1) > 0) return;
    this.#groups.delete(name);
    this.#root = null;
  }
}

function namesOf(groups: readonly string[]): readonly string[] {
  if (groups.length === 0) return [ungrouped];
  return groups.length === 1 ? groups : [...new Set(groups)];
}

function add(counts: DistrictCounts, state: DistrictState, step: 1 | -1): void {
  counts.total += step;
  counts[state] += step;
}

function node(name: string, counts: DistrictCounts, children: readonly DistrictNode[]): DistrictNode {
  return { code: name, name, nameEn: null, children, counts };
}
