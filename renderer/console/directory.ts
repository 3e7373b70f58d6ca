import { shallowRef, type ShallowRef } from 'vue';
import type { Entity } from '../../main/contract/catalog.ts';
import type { CameraStatus } from '../../streams/contract.ts';
import { CameraLookup, type LookupAnswer } from '../../streams/lookup/camera-lookup.ts';
import { DistrictTree, type DistrictEntry } from '../../streams/lookup/district-tree.ts';
import { GroupTree, ungrouped } from '../../streams/lookup/group-tree.ts';
import type { CopyState } from '../hub-client/collection-copy.ts';
import type { HubClient } from '../hub-client/hub-client.ts';
import { measureToPaint } from './measure-to-paint.ts';

/** What the desk keeps of every camera; the rest is asked for when one is looked at. */
export const rowFields = ['id', 'number', 'name', 'district', 'groups', 'status', 'simulated'] as const;
export type CameraRow = Pick<Entity<'cameras'>, (typeof rowFields)[number]>;

export interface CameraQuery {
  readonly text: string;
  /** Only in this place and below; empty is everywhere. */
  readonly district: string;
  /** Only in this group; empty is any, `ungrouped` in none. */
  readonly group?: string;
  /** Only these. Without a text the answer keeps their order. */
  readonly among?: readonly string[];
  /** Only in this state; null is any. */
  readonly state: CameraStatus['state'] | null;
  readonly limit: number;
}

/**
 * The page's directory: every camera in a compact index, searched without asking anybody. The maps are plain; what watches
 * them reads one of the versions, which grow at most once a frame.
 */
export interface Directory {
  /** Grows with any change, a status included. */
  readonly version: Readonly<ShallowRef<number>>;
  /** Grows when cameras come, go or change their name, number or place: when a search may have another answer. */
  readonly contents: Readonly<ShallowRef<number>>;
  /** `waiting` until the whole directory has been indexed once. */
  readonly state: Readonly<ShallowRef<CopyState>>;
  readonly tree: DistrictTree;
  readonly groups: GroupTree;
  readonly size: number;
  camera(id: string): CameraRow | undefined;
  /** Every camera that the page knows, in no order. */
  all(): Iterable<CameraRow>;
  search(query: CameraQuery): LookupAnswer;
  /** From the widest place to the one with this code; empty when nobody knows it. */
  districtPath(code: string): readonly DistrictEntry[];
  stop(): void;
}

/** Longest stretch of indexing before the page gets a turn. */
const sliceMs = 8;
/** A batch of at least this many changes is a burst, and measured. */
const burstAtLeast = 100;

/** A query of each kind that there is: digits, letters that may be initials, a character. */
const rehearsed = ['0', 'd', '路'] as const;

interface Indexed {
  readonly number: string;
  readonly name: string;
  readonly district: string;
  readonly groups: readonly string[];
  readonly state: CameraStatus['state'];
}

/** Subscribes to cameras and districts and keeps the index until `stop`. */
export function createDirectory(hub: HubClient): Directory {
  const cameras = hub.collection('cameras', { fields: [...rowFields] });
  const districts = hub.collection('districts');
  const lookup = new CameraLookup();
  const tree = new DistrictTree();
  const groupTree = new GroupTree();
  const indexed = new Map<string, Indexed>();
  const version = shallowRef(0);
  const contents = shallowRef(0);
  const state = shallowRef<CopyState>({ kind: 'waiting' });

  let pending: Set<string> | null = null;
  let next: ReturnType<typeof setTimeout> | undefined;
  let startedAt = 0;
  let taken = 0;
  let changed = false;

  /** Answers true when a search may now answer differently. */
  function index(id: string): boolean {
    const row = cameras.items.get(id);
    const before = indexed.get(id);
    if (!row) {
      if (!before) return false;
      indexed.delete(id);
      lookup.delete(id);
      tree.deleteCamera(id);
      groupTree.move(before, null);
      return true;
    }
    const { number, name, district, groups } = row;
    const now: Indexed = { number, name, district, groups, state: row.status?.state ?? 'unknown' };
    const same =
      before && before.number === number && before.name === name && before.district === district && sameGroups(before.groups, groups);
    if (same && before.state === now.state) return false;
    if (before?.number !== number || before.name !== name) lookup.put({ id, number, name });
    tree.putCamera(id, district, now.state);
    groupTree.move(before ?? null, now);
    indexed.set(id, now);
    return !same;
  }

  /** Indexes what is pending, in slices; what it found out is told once, at the end. */
  function work(): void {
    next = undefined;
    const keys = pending;
    if (!keys) return;
    const sliceEnd = performance.now() + sliceMs;
    for (const key of keys) {
      keys.delete(key);
      if (index(key)) changed = true;
      if (keys.size % 64 === 0 && keys.size > 0 && performance.now() > sliceEnd) {
        next = setTimeout(work);
        return;
      }
    }
    pending = null;
    // The first search after a change puts the index in order, and the very first ones of each kind are slow: better now than at a key.
    if (changed) for (const text of state.value.kind === 'waiting' ? rehearsed : ['0']) lookup.search(text, 100);
    state.value = cameras.state;
    if (changed) contents.value += 1;
    else if (taken >= burstAtLeast) measureToPaint('taodu:status-burst', startedAt, { cameras: taken });
    version.value += 1;
  }

  const take = (keys: ReadonlySet<string>) => {
    if (pending) {
      for (const key of keys) pending.add(key);
      return;
    }
    pending = new Set(keys);
    startedAt = performance.now();
    taken = keys.size;
    changed = false;
    work();
  };
  const takeDistricts = (keys: ReadonlySet<string>) => {
    for (const code of keys) {
      const district = districts.items.get(code);
      if (district) tree.putDistrict(district);
      else tree.deleteDistrict(code);
    }
    contents.value += 1;
    version.value += 1;
  };

  cameras.onChange(take);
  districts.onChange(takeDistricts);
  // Somebody else on the page may hold the same subscription already.
  if (districts.items.size > 0) takeDistricts(new Set(districts.items.keys()));
  if (cameras.state.kind !== 'waiting') take(new Set(cameras.items.keys()));

  return {
    version,
    contents,
    state,
    tree,
    groups: groupTree,
    get size() {
      return indexed.size;
    },
    camera: (id) => cameras.items.get(id),
    all: () => cameras.items.values(),
    search({ text, district, group = '', among, state: wanted, limit }) {
      if (district === '' && group === '' && among === undefined && wanted === null) return lookup.search(text, limit);
      const fits = (id: string) => {
        const row = indexed.get(id);
        if (!row || !row.district.startsWith(district) || (wanted !== null && row.state !== wanted)) return false;
        return group === '' || (group === ungrouped ? row.groups.length === 0 : row.groups.includes(group));
      };
      if (among === undefined) return lookup.search(text, limit, fits);
      const ids = among.filter(fits);
      if (text.trim() === '') return { ids: ids.slice(0, limit), total: ids.length };
      const wantedIds = new Set(ids);
      return lookup.search(text, limit, (id) => wantedIds.has(id));
    },
    districtPath(code) {
      const path: DistrictEntry[] = [];
      for (let at: string | null = code; at !== null && path.length < 12;) {
        const district = districts.items.get(at);
        if (!district) break;
        path.unshift(district);
        at = district.parent;
      }
      return path;
    },
    stop() {
      clearTimeout(next);
      cameras.release();
      districts.release();
    },
  };
}

function sameGroups(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((name, index) => name === b[index]));
}
