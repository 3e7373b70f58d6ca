import type { Place } from '../../main/contract/place.ts';
import type { EpochMs } from '../../main/contract/time.ts';
import type { Incident } from '../incident-contract.ts';
import { distanceM } from '../units/distance.ts';
import { isOver } from './incident-machine.ts';
import { incidentTypeOf } from './incident-types.ts';

/** What is asked about, before it is an incident or after. */
export interface Candidate {
  readonly id: Incident['id'] | null;
  readonly type: string;
  readonly place: Place;
  readonly title: string;
  readonly text: string | null;
  readonly drill: boolean;
  readonly simulated: boolean;
  /** Of its alerts: the things that they are about. */
  readonly assets: readonly string[];
}

export interface DuplicateView {
  /** The things that the alerts of an incident are about. */
  assetsOf?(incident: Incident): readonly string[];
  /** Whether the same person reported it; numbers are compared where they are kept. */
  sameCaller?(incident: Incident): boolean;
}

export interface DuplicateOf {
  readonly incidentId: Incident['id'];
  readonly number: string;
  /** 0 to 1. */
  readonly score: number;
  /** What each part adds to the score; their sum is the score. Parts of which nothing is known are absent. */
  readonly parts: Readonly<Record<string, number>>;
}

const weights = { type: 0.3, distance: 0.3, time: 0.15, text: 0.15, asset: 0.35, caller: 0.35 } as const;
/** Below it nobody is bothered. */
const shownFrom = 0.5;

/**
 * The open incidents that it may be another record of, the likeliest first. Never a drill for a real one, and never one further away or older than its type allows
 * unless it is about the same thing. The same question has the same answer.
 */
export function duplicatesOf(
  candidate: Candidate,
  incidents: Iterable<Incident>,
  now: EpochMs,
  view: DuplicateView = {},
  limit = 5,
): DuplicateOf[] {
  const found: DuplicateOf[] = [];
  // Once, and not for each of thousands: in a bad night all of them are near.
  const words = pairs(`${candidate.title} ${candidate.text ?? ''}`);
  for (const incident of incidents) {
    if (incident.id === candidate.id || isOver(incident.state)) continue;
    if (incident.drill !== candidate.drill || incident.simulated !== candidate.simulated) continue;
    const parts = partsOf(candidate, words, incident, now, view);
    if (parts === null) continue;
    const score = Math.min(1, rounded(Object.values(parts).reduce((sum, part) => sum + part, 0)));
    if (score >= shownFrom) found.push({ incidentId: incident.id, number: incident.number, score, parts });
  }
  return found.toSorted((one, other) => other.score - one.score || (one.number < other.number ? 1 : -1)).slice(0, limit);
}

function partsOf(
  candidate: Candidate,
  words: ReadonlySet<string>,
  incident: Incident,
  now: EpochMs,
  view: DuplicateView,
): Record<string, number> | null {
  const parts: Record<string, number> = {};
  const add = (part: keyof typeof weights, share: number): void => {
    if (share > 0) parts[part] = rounded(weights[part] * share);
  };
  const assets = view.assetsOf?.(incident) ?? [];
  const sameThing = candidate.assets.some((asset) => assets.includes(asset));
  add('asset', sameThing ? 1 : 0);
  const within = incidentTypeOf(incident.type)?.sameWithin ?? { metres: 300, minutes: 60 };
  const metres = distanceM(candidate.place, incident.place);
  if (metres !== null && metres > within.metres && !sameThing) return null;
  if (metres !== null) add('distance', 1 - Math.min(1, metres / within.metres) / 2);
  else if (sameWords(candidate.place, incident.place)) add('distance', 1);
  const ageMs = Math.max(0, now - incident.instants.reported);
  if (ageMs > within.minutes * 60_000 && !sameThing) return null;
  add('time', 1 - Math.min(1, ageMs / (within.minutes * 60_000)));
  const type = typeRelation(candidate.type, incident.type);
  // Nobody mistakes two matters of other kinds for each other because they are near.
  if (type === 0 && !sameThing) return null;
  add('type', type);
  add('text', likeness(words, `${incident.title} ${incident.report.text ?? ''}`));
  add('caller', view.sameCaller?.(incident) === true ? 1 : 0);
  return parts;
}

/** 1: the same type; less for one in the other, of one root, or known to be related. */
function typeRelation(one: string, other: string): number {
  if (one === other) return 1;
  if (one.startsWith(`${other}.`) || other.startsWith(`${one}.`)) return 0.9;
  const related = (from: string, to: string): boolean =>
    incidentTypeOf(from)?.related.some((type) => to === type || to.startsWith(`${type}.`)) ?? false;
  if (related(one, other) || related(other, one)) return 0.7;
  return one.split('.')[0] === other.split('.')[0] ? 0.5 : 0;
}

const sameWords = (one: Place, other: Place): boolean =>
  one.text !== null && other.text !== null && likeness(pairs(one.text), other.text) >= 0.6;

/** How much two texts have in common, 0 to 1, by pairs of characters: it asks no language where its words end. */
function likeness(some: ReadonlySet<string>, other: string): number {
  const others = pairs(other);
  if (some.size === 0 || others.size === 0) return 0;
  let both = 0;
  for (const pair of some) if (others.has(pair)) both++;
  return both / Math.min(some.size, others.size);
}

function pairs(text: string): Set<string> {
  const found = new Set<string>();
  const letters =
    text
      .slice(0, 500)
      .normalize('NFKC')
      .toLowerCase()
      .slice(0, 500)
      .match(/[\p{L}\p{N}]/gu) ?? [];
  for (let index = 1; index < letters.length; index++) found.add(letters[index - 1]! + letters[index]!);
  return found;
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000;
