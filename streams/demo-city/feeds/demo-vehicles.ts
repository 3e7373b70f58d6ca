import type { AssetKind } from '../../feed-contract.ts';
import { degrees } from '../places.ts';
import { dayCurves } from './day-curves.ts';
import type { DemoSite, DemoSites } from './demo-sites.ts';
import { runningStory, type ToldStory } from './demo-stories.ts';
import { ambulanceScene } from './occurrences.ts';
import { seededBy } from './smooth-noise.ts';

/** A vehicle of the demo city with a terminal in it. */
export interface DemoVehicle {
  readonly feedId: string;
  readonly phone: string;
  readonly plate: string;
  readonly name: string;
  readonly home: DemoSite;
  /** Where it goes round, from point to point; one point: it stands there. */
  readonly route: readonly Spot[];
  readonly speedKmh: number;
}

interface Spot {
  readonly lat: number;
  readonly lon: number;
}

/** Where a vehicle is, and how it moves. */
export interface VehicleFix extends Spot {
  readonly speedKmh: number;
  readonly direction: number;
  readonly isOn: boolean;
}

interface Fleet {
  readonly feedId: string;
  readonly assetKind: AssetKind;
  readonly count: number;
  readonly phone: string;
  readonly name: string;
  readonly speedKmh: number;
  /** Of its round, in kilometres; 0: it waits at its home until it is called. */
  readonly reachKm: number;
  homes(sites: DemoSites): readonly DemoSite[];
}

/** Vehicles that report over JT/T 808, one feed each. */
export const fleets: readonly Fleet[] = [
  {
    feedId: 'demo-ambulances',
    assetKind: 'ambulance',
    count: 6,
    phone: '1390001',
    name: '急救',
    speedKmh: 0,
    reachKm: 0,
    homes: ({ hospitals }) => hospitals,
  },
  {
    feedId: 'demo-patrols',
    assetKind: 'vehicle',
    count: 8,
    phone: '1390002',
    name: '巡逻',
    speedKmh: 28,
    reachKm: 2,
    homes: ({ roads }) => roads.filter((_, index) => index % 5 === 0),
  },
  {
    feedId: 'demo-sanitation',
    assetKind: 'vehicle',
    count: 14,
    phone: '1390003',
    name: '环卫',
    speedKmh: 12,
    reachKm: 1.2,
    homes: ({ roads }) => roads.filter((_, index) => index % 3 === 1),
  },
  {
    feedId: 'demo-tankers',
    assetKind: 'vehicle',
    count: 4,
    phone: '1390004',
    name: '危化品',
    speedKmh: 42,
    reachKm: 9,
    homes: ({ hazards }) => hazards,
  },
];

/** Every vehicle, always the same ones. */
export function demoVehicles(sites: DemoSites): readonly DemoVehicle[] {
  return fleets.flatMap(({ feedId, count, phone, name, speedKmh, reachKm, homes }) => {
    const at = homes(sites);
    return Array.from({ length: count }, (_, index): DemoVehicle => {
      const home = at[index % at.length]!;
      const number = String(index + 1).padStart(4, '0');
      const random = seededBy(`route/${feedId}/${index}`);
      const route =
        reachKm === 0
          ? [home]
          : Array.from({ length: 7 }, () => ({
              lat: degrees(home.lat + (random.spread() * reachKm) / 2 / kmPerDegree),
              lon: degrees(home.lon + (random.spread() * reachKm) / 2 / kmPerDegreeOfLongitude),
            }));
      return {
        feedId,
        phone: phone + number,
        plate: `苏Y${phone.at(-1)}${number}`,
        name: `${name} ${index + 1} 号`,
        home,
        route,
        speedKmh,
      };
    });
  });
}

/** Where a vehicle is at an instant: a function of time alone, and of the story that calls the first ambulance. */
export function fixOf(vehicle: DemoVehicle, sites: DemoSites, stories: readonly ToldStory[], at: number): VehicleFix {
  const { route, home, speedKmh, feedId, phone } = vehicle;
  const called = feedId === 'demo-ambulances' && phone.endsWith('0001') ? runningStory(stories, 'ambulance') : undefined;
  if (called) return onCall(home, ambulanceScene(sites, called.district), at - called.since);
  // At night the streets are left to themselves.
  const rests = feedId === 'demo-sanitation' && Math.abs(dayCurves(at).hour - 2) < 2;
  if (route.length === 1 || rests) return { lat: route[0]!.lat, lon: route[0]!.lon, speedKmh: 0, direction: 0, isOn: false };
  const legs = route.map((spot, index) => kmBetween(spot, route[(index + 1) % route.length]!));
  const whole = legs.reduce((sum, km) => sum + km, 0);
  let left = ((at / 3_600_000) * speedKmh) % whole;
  for (const [index, km] of legs.entries()) {
    if (left <= km && km > 0) return { ...between(route[index]!, route[(index + 1) % route.length]!, left / km), speedKmh, isOn: true };
    left -= km;
  }
  return { lat: route[0]!.lat, lon: route[0]!.lon, speedKmh: 0, direction: 0, isOn: true };
}

const turnOutMs = 60_000;
const onSceneMs = 5 * 60_000;
const callKmh = 55;

/** Out after a minute, at the scene for five, and home again. */
function onCall(home: Spot, scene: Spot, sinceMs: number): VehicleFix {
  const legMs = (kmBetween(home, scene) / callKmh) * 3_600_000;
  const still = (spot: Spot, isOn: boolean): VehicleFix => ({ lat: spot.lat, lon: spot.lon, speedKmh: 0, direction: 0, isOn });
  const out = sinceMs - turnOutMs;
  if (out < 0) return still(home, true);
  if (out < legMs) return { ...between(home, scene, out / legMs), speedKmh: callKmh, isOn: true };
  const back = out - legMs - onSceneMs;
  if (back < 0) return still(scene, true);
  if (back < legMs) return { ...between(scene, home, back / legMs), speedKmh: callKmh, isOn: true };
  return still(home, false);
}

const kmPerDegree = 111.2;
const kmPerDegreeOfLongitude = 95;

const kmBetween = (a: Spot, b: Spot): number => Math.hypot((a.lat - b.lat) * kmPerDegree, (a.lon - b.lon) * kmPerDegreeOfLongitude);

function between(from: Spot, to: Spot, part: number): Spot & { readonly direction: number } {
  const [north, east] = [(to.lat - from.lat) * kmPerDegree, (to.lon - from.lon) * kmPerDegreeOfLongitude];
  return {
    lat: degrees(from.lat + (to.lat - from.lat) * part),
    lon: degrees(from.lon + (to.lon - from.lon) * part),
    direction: Math.round((Math.atan2(east, north) * 180) / Math.PI + 360) % 360,
  };
}
