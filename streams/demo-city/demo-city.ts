import type { CameraId } from '../../main/contract/ids.ts';
import { statusUnknown, type Camera, type District } from '../contract.ts';
import { siteKinds, siteNames, townRoads, type SiteKind } from './camera-sites.ts';
import type { Clip } from './clips.ts';
import { degrees, demoPlaces, type Town } from './places.ts';
import { SeededRandom } from './seeded-random.ts';

/** How large the demo city is unless somebody asks otherwise. */
export const demoCameras = 30_000;
/** What the whole city grows from: places, cameras, and what its systems send. */
export const citySeed = 0x7a0d0;

export interface DemoCity {
  readonly districts: readonly District[];
  readonly cameras: readonly Camera[];
}

/**
 * The demo city: invented, deterministic, everything marked as simulated. Each camera shows a bundled clip that suits its name, begun
 * at a place of its own in the loop.
 */
export function demoCity(clips: readonly Clip[], count: number = demoCameras): DemoCity {
  const { towns, districts } = demoPlaces(citySeed);
  const random = new SeededRandom(citySeed + 1);
  const shares = towns.reduce((sum, town) => sum + town.share, 0);
  const cameras: Camera[] = [];
  let due = 0;
  towns.forEach((town, index) => {
    due += town.share;
    const until = Math.round((count * due) / shares);
    const roads = townRoads(24, random);
    for (let serial = 1; cameras.length < until; serial += 1) cameras.push(makeCamera(town, index + 1, serial, roads, clips, random));
  });
  return { districts, cameras };
}

const weights = siteKinds.map((kind) => kind.weight);

function makeCamera(
  town: Town,
  townIndex: number,
  serial: number,
  roads: readonly string[],
  clips: readonly Clip[],
  random: SeededRandom,
): Camera {
  const kind = siteKinds[random.weighted(weights)] as SiteKind;
  const village = random.pick(town.villages);
  const townDigits = String(townIndex).padStart(2, '0');
  const type = random.below(3) === 0 ? '131' : '132';
  const name = kind.name(siteNames(village.name, roads, random), random);
  const clip = clipFor(kind, clips, random);
  return {
    id: `cam-${hex(random)}${hex(random)}` as CameraId,
    number: `DS${townDigits}-${String(serial).padStart(5, '0')}`,
    name,
    district: village.code,
    groups: [...kind.groups],
    lat: degrees(village.lat + random.spread() * town.reach * 0.12),
    lon: degrees(village.lon + random.spread() * town.reach * 0.14),
    datum: 'wgs84',
    // Centre code, industry, type, network 1 (police video network), serial: GB/T 28181-2022 annex E.
    aliases: [
      { scheme: 'gb28181', value: `${town.code.slice(0, 6)}${townDigits}${kind.industry}${type}1${String(serial).padStart(6, '0')}` },
    ],
    source: {
      kind: 'file',
      ...(clip.hasMain ? { url: `clip:${clip.name}.main`, subUrl: `clip:${clip.name}.sub` } : { url: `clip:${clip.name}.sub` }),
      phaseMs: random.below(clip.seconds * 1000),
      hasSecret: false,
    },
    alternates: [],
    status: statusUnknown,
    link: null,
    simulated: true,
    drill: false,
  };
}

function clipFor(kind: SiteKind, clips: readonly Clip[], random: SeededRandom): Clip {
  const suitable = clips.filter(({ name }) => kind.clips.test(name));
  if (suitable.length > 0) return random.pick(suitable);
  return clips.length > 0 ? random.pick(clips) : { name: kind.kind, hasMain: false, seconds: 30 };
}

function hex(random: SeededRandom): string {
  return random.bits().toString(16).padStart(8, '0');
}
