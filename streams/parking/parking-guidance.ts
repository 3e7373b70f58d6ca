import { createHash } from 'node:crypto';
import { z } from 'zod';
import { epochMs } from '../../main/contract/entity.ts';
import { datum } from '../../main/contract/place.ts';
import type { EpochMs } from '../../main/contract/time.ts';
import type { Asset } from '../feed-contract.ts';

const count = z.number().int().nonnegative();

/** What drivers, navigation services and signs may know of the city's car parks. Published; what is not here stays in the house. */
export const parkingGuidance = z.object({
  /** When this was made. */
  at: epochMs,
  carParks: z.array(
    z.object({
      /** The same for as long as the car park is known here; it says nothing else, of its feed least of all. */
      id: z.string(),
      name: z.string(),
      lat: z.number().nullable(),
      lon: z.number().nullable(),
      /** How the position was measured: maps of China are drawn in GCJ-02. */
      datum,
      /** Null: not known. Never taken from a value that is stale or that its source calls bad. */
      free: count.nullable(),
      total: count.nullable(),
      state: z.enum(['open', 'full', 'closed', 'unknown']),
      /** How old the newest of what `state` and `free` say is, in seconds; null: nothing is known. */
      ageSeconds: count.nullable(),
    }),
  ),
});
export type ParkingGuidance = z.output<typeof parkingGuidance>;
type CarPark = ParkingGuidance['carParks'][number];

/** More spaces than any car park has: whoever says so has made a mistake. */
const spacesAtMost = 1_000_000;
/** More than any city has; the first in order of their ids. */
const carParksAtMost = 5000;

/** The guidance of all car parks that are known now. What belongs to a drill or is simulated never leaves the house: drivers and signs would follow it, whatever is written beside it. */
export function createParkingGuidance(assets: Iterable<Asset>, staleAfterMs: (feedId: string) => number, now: EpochMs): ParkingGuidance {
  const carParks: CarPark[] = [];
  for (const asset of assets) {
    if (asset.assetKind !== 'car-park' || asset.drill || asset.simulated) continue;
    carParks.push(carPark(asset, staleAfterMs(asset.feedId), now));
  }
  carParks.sort((one, other) => (one.id < other.id ? -1 : 1));
  return { at: now, carParks: carParks.slice(0, carParksAtMost) };
}

function carPark({ id, name, place, properties, latest }: Asset, staleMs: number, now: EpochMs): CarPark {
  const told = (quantity: string) => {
    const value = latest[quantity];
    return value !== undefined && value.quality === 'good' && value.value !== null && now - value.at <= staleMs ? value : null;
  };
  const number = (quantity: string) => {
    const value = told(quantity);
    return value !== null && typeof value.value === 'number' && Number.isFinite(value.value) ? { value: value.value, at: value.at } : null;
  };
  const stated = told('state');
  const capacity = properties['spaces-total'];
  // A capacity is what it is, however long ago it was told.
  const observed = latest['spaces-total']?.quality === 'good' ? latest['spaces-total'].value : null;
  const total = wholeOf(observed) ?? wholeOf(capacity);
  const [free, taken] = [number('spaces-free'), number('spaces-taken')];
  const left = free ?? (taken !== null && total !== null ? { value: total - taken.value, at: taken.at } : null);
  // Barriers miscount: some cars too many are a full car park, but more free spaces than there are is nothing that anybody knows.
  const isPossible = left !== null && left.value <= (total ?? spacesAtMost);
  const spaces = isPossible ? Math.max(0, Math.round(left.value)) : null;
  const word = typeof stated?.value === 'string' ? stated.value.toLowerCase() : null;
  const state = word?.startsWith('closed') === true ? 'closed' : stateOf(spaces, word);
  const newest = Math.max(isPossible ? left.at : -Infinity, state !== 'unknown' && stated !== null ? stated.at : -Infinity);
  return {
    id: createHash('sha256').update(id).digest('base64url').slice(0, 16),
    name,
    lat: place.lat,
    lon: place.lon,
    datum: place.datum,
    free: state === 'closed' ? null : spaces,
    total,
    state,
    ageSeconds: Number.isFinite(newest) ? Math.max(0, Math.round((now - newest) / 1000)) : null,
  };
}

/** What is counted goes before what is said: a word is often left standing. */
function stateOf(spaces: number | null, word: string | null): CarPark['state'] {
  if (spaces !== null) return spaces === 0 ? 'full' : 'open';
  if (word === null) return 'unknown';
  if (word.startsWith('full')) return 'full';
  return openWords.has(word) ? 'open' : 'unknown';
}

/** What systems call a car park that one may drive into (Smart Data Models, OffStreetParking `status`, and plain words). */
const openWords: ReadonlySet<string> = new Set(['open', 'spacesavailable', 'almostempty', 'almostfull', 'free']);

const wholeOf = (value: unknown): number | null =>
  typeof value === 'number' && value >= 0 && value <= spacesAtMost ? Math.round(value) : null;
