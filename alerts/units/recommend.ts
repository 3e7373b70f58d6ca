import type { UnitId } from '../../main/contract/ids.ts';
import type { Place } from '../../main/contract/place.ts';
import type { EpochMs } from '../../main/contract/time.ts';
import type { RankReason, Unit, UnitState } from '../incident-contract.ts';
import { distanceM } from './distance.ts';
import { mixing } from './mixing.ts';
import { dispatchable, queueAtMost } from './unit-machine.ts';

/** What is asked: of one incident, at one time. */
export interface RecommendInput {
  readonly place: Place;
  readonly drill: boolean;
  /** The incident itself is part of a simulation. */
  readonly simulated: boolean;
  /** What its type and level ask for; empty: nobody knows, and every unit will do. */
  readonly wants: readonly { readonly capability: string; readonly count: number }[];
  /** With their positions. */
  readonly units: readonly Unit[];
  /** Those that were sent to it already. */
  readonly sent: ReadonlySet<string>;
  readonly now: EpochMs;
}

export interface Reason {
  readonly code: RankReason;
  readonly params: Record<string, string | number>;
}

export interface Ranked {
  readonly unitId: UnitId;
  readonly covers: string[];
  readonly distanceM: number | null;
  readonly positionAgeMs: number | null;
  readonly stale: boolean;
  readonly reasons: Reason[];
}

export interface Recommendation {
  readonly wants: { readonly capability: string; readonly count: number; readonly short: number }[];
  readonly ranked: Ranked[];
  readonly excluded: { readonly unitId: UnitId; readonly reasons: Reason[] }[];
  readonly gaps: { readonly capability: string; readonly district: string }[];
}

/** A position is so old at most to say where somebody is. */
export const staleAfterMs = 1_800_000;
/** So long a unit should have between two tasks. */
export const restMs = 1_200_000;
/** So far ahead of ours a vehicle's clock may be. */
const aheadMs = 60_000;

/** How much a state speaks against sending a unit. */
const reluctance: Partial<Record<UnitState, number>> = { available: 0, staging: 0, returning: 1, delayed: 2 };

const say = (code: RankReason, params: Reason['params'] = {}): Reason => ({ code, params });

/**
 * Ranks the units for an incident: for a real one the real ones before the simulated ones, whatever else is said of these. Then those with a position that is true now
 * before those that may be anywhere, then what speaks against sending them (state, rest, another district), then the straight distance, then how much of the need they
 * cover, then the number. The same question has the same answer, whatever the order of the units. Those that `mixing` keeps away are left out.
 */
export function recommend(input: RecommendInput): Recommendation {
  const { wants, units, sent, now } = input;
  const wanted = wants.map(({ capability }) => capability);
  const candidates: Candidate[] = [];
  const excluded: Recommendation['excluded'] = [];
  for (const unit of units.toSorted(byNumber)) {
    const covers = wanted.filter((capability) => unit.capabilities.includes(capability));
    const against = exclusion(unit, covers, input);
    if (against.length > 0) excluded.push({ unitId: unit.id, reasons: against });
    else candidates.push(weigh(unit, covers, input));
  }
  candidates.sort(
    (one, other) =>
      Number(one.standIn) - Number(other.standIn) ||
      Number(one.stale) - Number(other.stale) ||
      one.against - other.against ||
      (one.distance ?? Infinity) - (other.distance ?? Infinity) ||
      other.covers.length - one.covers.length ||
      byNumber(one.unit, other.unit),
  );

  // What is only simulated helps nobody: the need of a real incident stays.
  const helps = (unit: Unit): boolean => input.simulated || input.drill || !unit.simulated;
  const there = units.filter((unit) => sent.has(unit.id) && helps(unit));
  const left = new Map(
    wants.map(({ capability, count }) => [capability, count - there.filter((unit) => unit.capabilities.includes(capability)).length]),
  );
  const chosen = new Set<Unit>();
  for (const { unit, covers, reasons } of candidates) {
    const fills = helps(unit) ? covers.filter((capability) => left.get(capability)! > 0) : [];
    if (fills.length === 0) continue;
    chosen.add(unit);
    for (const capability of fills) left.set(capability, left.get(capability)! - 1);
    reasons.unshift(say('chosen', { capability: fills.join(', ') }));
  }

  return {
    wants: wants.map(({ capability, count }) => ({ capability, count, short: Math.max(0, left.get(capability)!) })),
    ranked: candidates.map(({ unit, covers, distance, stale, reasons }) => ({
      unitId: unit.id,
      covers,
      distanceM: distance === null ? null : Math.round(distance),
      positionAgeMs: unit.position === null ? null : Math.max(0, now - unit.position.at),
      stale,
      reasons,
    })),
    excluded,
    gaps: gapsAfter(
      chosen,
      candidates.flatMap(({ unit }) => (helps(unit) ? [unit] : [])),
      wanted,
    ),
  };
}

interface Candidate {
  readonly unit: Unit;
  readonly covers: string[];
  readonly distance: number | null;
  readonly stale: boolean;
  /** Simulated, where the incident is real. */
  readonly standIn: boolean;
  readonly against: number;
  readonly reasons: Reason[];
}

function exclusion(unit: Unit, covers: readonly string[], { wants, drill, simulated }: RecommendInput): Reason[] {
  const found: Reason[] = [];
  const mixed = mixing(unit, { drill, simulated });
  if (mixed !== null) found.push(say(mixed));
  if (wants.length > 0 && covers.length === 0)
    found.push(say('capability-missing', { wanted: wants.map(({ capability }) => capability).join(', ') }));
  if (unit.task !== null) {
    found.push(say('busy', { taskId: unit.task, queued: unit.queued.length }));
    if (unit.queued.length >= queueAtMost) found.push(say('queue-full', { queued: unit.queued.length }));
  } else if (!dispatchable.has(unit.state)) {
    const { state, reason, backAt } = unit;
    found.push(say('not-available', { state, reason: reason ?? '', ...(backAt !== null && { backAt }) }));
  }
  return found;
}

function weigh(unit: Unit, covers: string[], { place, drill, simulated, now }: RecommendInput): Candidate {
  const { position, home, districts, state, lastReleasedAt, crew } = unit;
  const reasons: Reason[] = [];
  const standIn = unit.simulated && !simulated && !drill;
  if (standIn) reasons.push(say('simulated'));
  if (covers.length > 0) reasons.push(say('covers', { capabilities: covers.join(', ') }));

  const ageMs = position === null ? null : now - position.at;
  const stale = ageMs === null || ageMs > staleAfterMs || ageMs < -aheadMs;
  const ageSeconds = Math.round(Math.max(0, ageMs ?? 0) / 1000);
  if (ageMs === null) reasons.push(say('position-missing'));
  else reasons.push(say(stale ? 'position-stale' : 'position-fresh', { ageSeconds }));
  const distance = distanceM(place, position === null ? home : { ...position, datum: 'wgs84' });
  if (distance === null) reasons.push(say('distance-unknown'));
  else reasons.push(say('distance', { metres: Math.round(distance), from: position === null ? 'home' : 'position' }));

  let against = reluctance[state] ?? 0;
  reasons.push(say('state', { state }));
  if (lastReleasedAt !== null) {
    const restedMs = Math.max(0, now - lastReleasedAt);
    if (restedMs < restMs) {
      against += 1;
      reasons.push(say('resting', { minutes: Math.floor(restedMs / 60_000) }));
    } else reasons.push(say('rested'));
  }
  const { district } = place;
  if (district !== null && districts.length > 0) {
    const own = districts.some((code) => district.startsWith(code));
    if (!own) against += 1;
    reasons.push(say(own ? 'district-own' : 'district-foreign', { district }));
  }
  reasons.push(say('crew', { crew }));
  return { unit, covers, distance, stale, standIn, against, reasons };
}

/** What nobody could be sent with any more in the districts that the chosen ones come from. */
function gapsAfter(chosen: ReadonlySet<Unit>, candidates: readonly Unit[], wanted: readonly string[]): Recommendation['gaps'] {
  const staying = candidates.filter((unit) => !chosen.has(unit));
  return wanted.flatMap((capability) => {
    const gone = [...chosen].filter((unit) => unit.capabilities.includes(capability));
    const districts = new Set(gone.flatMap((unit) => (unit.districts.length === 0 ? ['*'] : unit.districts)));
    return [...districts]
      .toSorted()
      .filter((district) => !staying.some((unit) => unit.capabilities.includes(capability) && serves(unit, district)))
      .map((district) => ({ capability, district }));
  });
}

const serves = ({ districts }: Unit, district: string): boolean =>
  districts.length === 0 || (district !== '*' && districts.some((code) => district.startsWith(code)));

const byNumber = (one: Unit, other: Unit): number =>
  one.number < other.number ? -1 : one.number > other.number ? 1 : one.id < other.id ? -1 : one.id > other.id ? 1 : 0;
