/** What the tree needs to know of a place. */
export interface DistrictEntry {
  readonly code: string;
  readonly name: string;
  readonly nameEn: string | null;
  readonly parent: string | null;
}

export type DistrictState = 'online' | 'offline' | 'unknown';

/** How many cameras there are in a place and below it, by state. */
export interface DistrictCounts {
  total: number;
  online: number;
  offline: number;
  unknown: number;
}

/** A place with everything below it. The root has the empty code and stands for all there is. */
export interface DistrictNode {
  readonly code: string;
  readonly name: string;
  readonly nameEn: string | null;
  /** By code. */
  readonly children: readonly DistrictNode[];
  readonly counts: Readonly<DistrictCounts>;
}

interface Node extends DistrictNode {
  readonly children: Node[];
  readonly counts: DistrictCounts;
  above: Node | null;
}

interface Placed {
  readonly district: string;
  readonly state: DistrictState;
}

/**
 * The tree of administrative divisions with its cameras counted, kept up to date change by change: a status costs a walk to the
 * root. A place whose parent is missing, or whose line of parents comes back to itself, hangs at the root; a camera whose place is
 * missing counts at the nearest place whose code its own begins with, else at the root. Nothing is ever lost from the counts.
 */
export class DistrictTree {
  readonly #districts = new Map<string, DistrictEntry>();
  readonly #cameras = new Map<string, Placed>();
  #nodes = new Map<string, Node>();
  #root: Node = makeNode({ code: '', name: '', nameEn: null, parent: null });
  #built = true;
  #version = 0;

  /** Grows with every change: what a page watches. */
  get version(): number {
    return this.#version;
  }

  /** The tree as it is now. Nodes are the same objects until places change; their counts change in place. */
  get root(): DistrictNode {
    this.#build();
    return this.#root;
  }

  node(code: string): DistrictNode | undefined {
    this.#build();
    return code === '' ? this.#root : this.#nodes.get(code);
  }

  putDistrict(entry: DistrictEntry): void {
    if (entry.code === '') return;
    this.#districts.set(entry.code, entry);
    this.#changePlaces();
  }

  deleteDistrict(code: string): void {
    if (this.#districts.delete(code)) this.#changePlaces();
  }

  /** Adds a camera, or moves it, or changes its state. */
  putCamera(id: string, district: string, state: DistrictState): void {
    const before = this.#cameras.get(id);
    if (before?.district === district && before.state === state) return;
    const after = { district, state };
    this.#cameras.set(id, after);
    this.#version += 1;
    if (!this.#built) return;
    if (before) this.#count(before, -1);
    this.#count(after, 1);
  }

  deleteCamera(id: string): void {
    const before = this.#cameras.get(id);
    if (!before) return;
    this.#cameras.delete(id);
    this.#version += 1;
    if (this.#built) this.#count(before, -1);
  }

  #changePlaces(): void {
    this.#built = false;
    this.#version += 1;
  }

  #count(camera: Placed, step: 1 | -1): void {
    for (let node: Node | null = this.#place(camera.district); node; node = node.above) {
      node.counts.total += step;
      node.counts[camera.state] += step;
    }
  }

  #place(district: string): Node {
    for (let code = district; code !== ''; code = code.slice(0, -1)) {
      const node = this.#nodes.get(code);
      if (node) return node;
    }
    return this.#root;
  }

  #build(): void {
    if (this.#built) return;
    const entries = [...this.#districts.values()].sort((a, b) => (a.code < b.code ? -1 : 1));
    this.#root = makeNode({ code: '', name: '', nameEn: null, parent: null });
    this.#nodes = new Map(entries.map((entry) => [entry.code, makeNode(entry)]));
    for (const entry of entries) {
      const node = this.#nodes.get(entry.code) as Node;
      node.above = this.#parentOf(entry);
      node.above.children.push(node);
    }
    for (const camera of this.#cameras.values()) this.#count(camera, 1);
    this.#built = true;
  }

  #parentOf(entry: DistrictEntry): Node {
    const seen = new Set<string>();
    for (let code = entry.parent; code !== null && !seen.has(code); code = this.#districts.get(code)?.parent ?? null) {
      if (code === entry.code) return this.#root;
      seen.add(code);
    }
    return (entry.parent === null ? undefined : this.#nodes.get(entry.parent)) ?? this.#root;
  }
}

function makeNode(entry: DistrictEntry): Node {
  const counts = { total: 0, online: 0, offline: 0, unknown: 0 };
  return { code: entry.code, name: entry.name, nameEn: entry.nameEn, children: [], counts, above: null };
}
