import type { Alert, HeldReason } from '../contract.ts';
import { labelOf, matches, type Labelled, type Matcher } from './matcher.ts';

/** While an alert that is a parent is active, its children disturb nobody: those that have the same values of these labels. */
export interface InhibitPair {
  readonly parent: readonly Matcher[];
  readonly child: readonly Matcher[];
  /** Labels that both must have, with the same value. */
  readonly equal: readonly string[];
}

/** The active parents of all pairs, found by what a child has in common with them. */
export interface Parents {
  of(child: Alert): HeldReason | null;
}

/** Longer chains of parents end in a mistake. */
const chainAtMost = 16;

/** True for an alert that could be somebody's parent. */
export function isParent(pairs: readonly InhibitPair[], alert: Labelled): boolean {
  return pairs.some(({ parent }) => matches(parent, alert));
}

/**
 * Gathers the active parents. An exercise never holds what is real, nor the other way round. Two that would hold each other hold only the later one: every chain
 * ends at an alert that disturbs somebody, or is held for another reason.
 */
export function gatherParents(pairs: readonly InhibitPair[], alerts: Iterable<Alert>): Parents {
  const found = new Map<string, Alert[]>();
  const keyOf = (pair: number, alert: Alert): string | null => {
    const values = pairs[pair]!.equal.map((label) => labelOf(alert, label));
    return values.includes('') ? null : JSON.stringify([pair, alert.drill, ...values]);
  };
  for (const alert of alerts) {
    if (!alert.active) continue;
    pairs.forEach(({ parent }, index) => {
      if (!matches(parent, alert)) return;
      const key = keyOf(index, alert);
      if (key === null) return;
      const others = found.get(key) ?? [];
      others.push(alert);
      found.set(key, others);
    });
  }
  for (const parents of found.values()) parents.sort((one, other) => one.raisedAt - other.raisedAt || (one.id < other.id ? -1 : 1));

  /** Whether an alert that was there first is held, over however many steps, by one that came later: then that one is no parent of it. */
  const leadsBack = (parent: Alert, child: Alert): boolean => {
    if (isBefore(parent, child)) return false;
    const seen = new Set([child.id, parent.id]);
    let frontier = [parent];
    for (let step = 0; step < chainAtMost && frontier.length > 0; step += 1) {
      const next: Alert[] = [];
      for (const one of frontier) {
        for (const [index, { child: matchers }] of pairs.entries()) {
          if (!matches(matchers, one)) continue;
          const key = keyOf(index, one);
          for (const above of key === null ? [] : (found.get(key) ?? [])) {
            if (above.id === child.id) return true;
            if (!seen.has(above.id)) {
              seen.add(above.id);
              next.push(above);
            }
          }
        }
      }
      frontier = next;
    }
    return false;
  };

  return {
    of(child) {
      for (const [index, { child: matchers }] of pairs.entries()) {
        if (!matches(matchers, child)) continue;
        const key = keyOf(index, child);
        const parents = key === null ? [] : (found.get(key) ?? []);
        const parent = parents.find((one) => one.id !== child.id && !leadsBack(one, child));
        if (parent !== undefined) return { by: 'inhibit', what: parent.id, until: null };
      }
      return null;
    },
  };
}

const isBefore = (one: Alert, other: Alert): boolean =>
  one.raisedAt < other.raisedAt || (one.raisedAt === other.raisedAt && one.id < other.id);
