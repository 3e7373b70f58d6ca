import type { Limit, Rule, RuleCondition } from '../../alerts/rules/rule.ts';
import type { AssetKind, Indicator } from '../feed-contract.ts';
import type { QuantityName } from './quantities.ts';
import type { IndicatorDefinition, ReckonedFrom, Words } from './system-pack.ts';

/** The words that packs are written with. */
export const w = (zh: string, en: string): Words => ({ zh, en });

export const atLeast = (value: number): Indicator['target'] => ({ op: '>=', value });
export const above = (value: number): Indicator['target'] => ({ op: '>', value });
export const atMost = (value: number): Indicator['target'] => ({ op: '<=', value });

const minute = 60;
const hour = 3600;
const day = 86_400;

/** A figure that the system sends itself, once a day or so: it is stale after two days. `otherwise`: how it is reckoned here while the system sends none. */
export function given(
  id: string,
  name: Words,
  unit: string,
  target: Indicator['target'] = null,
  staleAfterSeconds = 2 * day,
  otherwise?: ReckonedFrom,
): IndicatorDefinition {
  return { id, name, unit, target, staleAfterSeconds, from: { kind: 'given', ...(otherwise && { otherwise }) } };
}

/** A figure reckoned here from values that come by themselves: stale after ten minutes. */
export function reckoned(
  id: string,
  name: Words,
  unit: string,
  from: ReckonedFrom,
  target: Indicator['target'] = null,
  staleAfterSeconds = 10 * minute,
): IndicatorDefinition {
  return { id, name, unit, target, staleAfterSeconds, from };
}

type Severity = Rule['severity'];
interface RuleWords {
  readonly title: Words;
  readonly advice?: Words;
}

function rule(system: string, name: string, severity: Severity, when: RuleCondition, { title, advice }: RuleWords): Rule {
  return { id: `${system}.${name}`, system, severity, when, title, advice: advice ?? null };
}

/** The rules of one pack: its id stands before the names of all of them. */
export function rulesOf(system: string) {
  return {
    /** A value beyond a limit for so many seconds; over when it is back by the dead band. */
    beyond: (
      name: string,
      severity: Severity,
      assetKind: AssetKind | null,
      quantity: QuantityName,
      limit: Limit,
      words: RuleWords,
      { forSeconds = 0, deadBand = 0, clearForSeconds = minute } = {},
    ) =>
      rule(
        system,
        name,
        severity,
        { kind: 'threshold', assetKind, quantity, limit, forMs: forSeconds * 1000, deadBand, clearForMs: clearForSeconds * 1000 },
        words,
      ),
    /** A state that is one of these. */
    state: (
      name: string,
      severity: Severity,
      assetKind: AssetKind | null,
      quantity: QuantityName,
      is: readonly (string | boolean)[],
      words: RuleWords,
      forSeconds = 0,
    ) => rule(system, name, severity, { kind: 'state', assetKind, quantity, is, forMs: forSeconds * 1000 }, words),
    /** Nothing heard for so many seconds. */
    silent: (name: string, severity: Severity, assetKind: AssetKind, afterSeconds: number, words: RuleWords) =>
      rule(system, name, severity, { kind: 'absence', assetKind, quantity: null, afterMs: afterSeconds * 1000 }, words),
    /** Changes faster than the limit within so many seconds. */
    rate: (
      name: string,
      severity: Severity,
      assetKind: AssetKind | null,
      quantity: QuantityName,
      limit: Limit,
      perSeconds: number,
      words: RuleWords,
    ) => rule(system, name, severity, { kind: 'rate', assetKind, quantity, limit, perMs: perSeconds * 1000 }, words),
    /** So many of the last values beyond a limit. */
    often: (
      name: string,
      severity: Severity,
      assetKind: AssetKind | null,
      quantity: QuantityName,
      limit: Limit,
      [n, m]: readonly [number, number],
      withinSeconds: number,
      words: RuleWords,
    ) => rule(system, name, severity, { kind: 'n-in-m', assetKind, quantity, limit, n, m, withinMs: withinSeconds * 1000 }, words),
    /** An event of this class. */
    event: (name: string, severity: Severity, eventClass: string, atLeastSo: 'critical' | 'high' | 'medium' | 'low', words: RuleWords) =>
      rule(system, name, severity, { kind: 'event', class: eventClass, atLeast: atLeastSo }, words),
    /** So many events of a class near each other. */
    cluster: (
      name: string,
      severity: Severity,
      eventClass: string,
      { count, radiusM, withinSeconds }: { readonly count: number; readonly radiusM: number; readonly withinSeconds: number },
      words: RuleWords,
    ) => rule(system, name, severity, { kind: 'cluster', class: eventClass, count, radiusM, withinMs: withinSeconds * 1000 }, words),
  };
}

export const minutes = (count: number): number => count * minute;
export const hours = (count: number): number => count * hour;
