import type { Ledger } from '../../main/contract/ledger.ts';
import type { LatestValues } from '../../main/contract/readings.ts';
import type { Clock } from '../../main/contract/time.ts';
import type { Camera, CameraStatus } from '../contract.ts';
import type { CityAtHand } from '../systems/indicator-book.ts';

/** Counting 30,000 cameras is not done for every look. */
const countEveryMs = 10_000;

/** Counts the camera directory: by state, and the districts at the end of the tree that have a camera. Answers null while there is none. */
export function createCameraCounts({
  ledger,
  latest,
  clock,
}: {
  ledger: Ledger;
  latest: LatestValues;
  clock: Clock;
}): CityAtHand['cameras'] {
  let counted: ReturnType<CityAtHand['cameras']> = null;
  let countedAt = -Infinity;
  return () => {
    if (clock.monotonic() - countedAt < countEveryMs) return counted;
    countedAt = clock.monotonic();
    let [total, online] = [0, 0];
    const withCamera = new Set<string>();
    for (const { id, district, status } of ledger.all('cameras') as IterableIterator<Camera>) {
      total += 1;
      withCamera.add(district);
      const now = (latest.get('cameras', id)?.['status'] as CameraStatus | undefined) ?? status;
      if (now.state === 'online') online += 1;
    }
    const places = [...(ledger.all('districts') as IterableIterator<{ code: string; parent: string | null }>)];
    const parents = new Set(places.map(({ parent }) => parent));
    const ends = places.filter(({ code }) => !parents.has(code));
    const codes = [...withCamera];
    const districtsCovered = ends.filter(({ code }) => withCamera.has(code) || codes.some((one) => one.startsWith(code))).length;
    counted = total === 0 ? null : { total, online, districts: ends.length, districtsCovered };
    return counted;
  };
}
