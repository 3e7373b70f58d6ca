import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CommandArgs, CommandResult } from '../../../contract/catalog.ts';
import type { EpochMs } from '../../../contract/time.ts';
import type { Camera, CameraStatus, District } from '../../../../streams/contract.ts';
import type { CoverageTour } from '../tours/coverage-tours.ts';
import { firstOf } from '../tours/first-of.ts';
import { coverageRoundMs } from '../tours/plan-coverage.ts';
import { promised } from '../tours/promised.ts';
import type { SeenCameras } from './seen-cameras.ts';

type Report = CommandResult<'coverage.report'>;

/** What a report is made of. */
export interface CoverageFacts {
  readonly cameras: Iterable<Camera>;
  readonly districts: Iterable<District>;
  readonly seen: Pick<SeenCameras, 'of' | 'knownSince'>;
  /** Those on walls now. */
  readonly tours: readonly CoverageTour[];
  stateOf(cameraId: string): CameraStatus['state'];
  /** Whether whoever asks may see it. */
  maySee(camera: Camera): boolean;
}

/** So many cameras are counted before everybody else has a turn. */
const atOnce = 1000;
const maxListed = 200;
const maxTours = 64;
const hourMs = 3_600_000;

/**
 * Which cameras of a place were seen on a wall within the hours, which were not, and whether the tours that promise it can keep it: one round of
 * all that they go through, cameras that are tried in vain included, takes no longer than they promise, they are not paused, and nobody who holds
 * the screen keeps them from a part of it.
 */
export async function coverageReport(
  { district, groups, hours }: CommandArgs<'coverage.report'>,
  facts: CoverageFacts,
  now: EpochMs,
): Promise<Report> {
  const { seen } = facts;
  const isAskedFor = promised({ district, groups });
  const placeOf = placesBelow(district, facts.districts);
  const tours = facts.tours
    .filter(({ promise }) => meets(promise, { district, groups }))
    .slice(0, maxTours)
    .map((tour) => ({ ...tour, includes: promised(tour.promise), cameras: 0 }));
  const counts = { cameras: 0, seen: 0, late: 0, never: 0, offline: 0 };
  const places = new Map<string, { cameras: number; seen: number }>();
  const unseen: { cameraId: Camera['id']; number: string; seenAt: EpochMs | null }[] = [];

  let counted = 0;
  for (const camera of facts.cameras) {
    counted += 1;
    if (counted % atOnce === 0) await nextTurn();
    for (const tour of tours) if (tour.includes(camera)) tour.cameras += 1;
    if (!isAskedFor(camera) || !facts.maySee(camera)) continue;
    const seenAt = seen.of(camera.id)?.seenAt ?? null;
    const inTime = seenAt !== null && now - seenAt <= hours * hourMs;
    const code = placeOf(camera.district);
    const place = places.get(code) ?? { cameras: 0, seen: 0 };
    places.set(code, place);
    counts.cameras += 1;
    place.cameras += 1;
    if (inTime) {
      counts.seen += 1;
      place.seen += 1;
      continue;
    }
    if (seenAt === null) counts.never += 1;
    else counts.late += 1;
    if (facts.stateOf(camera.id) === 'offline') counts.offline += 1;
    unseen.push({ cameraId: camera.id, number: camera.number, seenAt });
  }

  const longest = firstOf(unseen, maxListed, (a, b) => (a.seenAt ?? -1) - (b.seenAt ?? -1) || (a.number < b.number ? -1 : 1));
  return {
    at: now,
    ...counts,
    knownSince: Math.min(seen.knownSince ?? now, now),
    longest: longest.map(({ cameraId, seenAt }) => ({ cameraId, seenAt })),
    places: [...places]
      .map(([code, place]) => ({ district: code, ...place }))
      .sort((a, b) => b.cameras - b.seen - (a.cameras - a.seen) || (a.district < b.district ? -1 : 1))
      .slice(0, maxListed),
    tours: tours.map(({ wallId, screenId, promise, paused, onlyPlanned, cameras }) => {
      const roundMs = coverageRoundMs(promise, cameras);
      const reachesAll = !paused && (onlyPlanned === null || onlyPlanned >= cameras);
      return { wallId, screenId, everyHours: promise.everyHours, roundMs, keeps: reachesAll && roundMs <= promise.everyHours * hourMs };
    }),
  };
}

/** Where a camera counts: the place right below the one that is asked for, else its own. A city that is one place is asked for as that place. */
function placesBelow(district: string | null, districts: Iterable<District>): (code: string) => string {
  const all = [...districts];
  const below = (parent: string | null) => all.filter((place) => place.parent === parent).map(({ code }) => code);
  const top = below(district);
  const children = district === null && top.length === 1 ? [...below(top[0]!)] : top;
  const known = new Map<string, string>();
  return (code) => {
    let place = known.get(code);
    if (place === undefined) known.set(code, (place = children.find((child) => code.startsWith(child)) ?? code));
    return place;
  };
}

/** Whether a tour and a question are about some of the same cameras. */
function meets(promise: CoverageTour['promise'], asked: Pick<CommandArgs<'coverage.report'>, 'district' | 'groups'>): boolean {
  const [one, other] = [promise.district ?? '', asked.district ?? ''];
  const samePlace = one.startsWith(other) || other.startsWith(one);
  const sameGroups =
    promise.groups.length === 0 || asked.groups.length === 0 || promise.groups.some((group) => asked.groups.includes(group));
  return samePlace && sameGroups;
}
