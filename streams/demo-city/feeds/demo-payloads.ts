import { dayCurves } from './day-curves.ts';
import type { DemoSite, DemoSites } from './demo-sites.ts';
import { storyStrength, type ToldStory } from './demo-stories.ts';
import { isGoingOn, occurrencesOf, type Occurrence, type OccurrenceKind } from './occurrences.ts';
import { smoothNoise } from './smooth-noise.ts';

/** The demo city as it is at an instant. */
export interface CityNow {
  readonly sites: DemoSites;
  readonly stories: readonly ToldStory[];
  readonly at: number;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const round = (number: number, digits = 0): number => Number(number.toFixed(digits));
const clamp = (number: number, least: number, most: number): number => Math.min(most, Math.max(least, number));
const iso = (at: number): string => new Date(at).toISOString();
const where = ({ id, name, lat, lon, district }: DemoSite) => ({ id, name, lat, lon, district });
/** Local time as China's systems write it, `2026-01-05 08:30:00`. */
const local = (at: number): string => new Date(at + 8 * hourMs).toISOString().slice(0, 19).replace('T', ' ');

const isIn = (site: DemoSite, district: string | null): boolean => district === null || site.district.startsWith(district);

// ---- roads, parking, charging

/** How full the roads of a place are, 1 (free) to 10. */
export function congestionIndex({ stories, at }: CityNow, road: DemoSite): number {
  const { rush, busy, isWeekend } = dayCurves(at);
  const usual = 1.15 + 1.7 * rush + (isWeekend ? 0.5 : 0.3) * busy + 0.35 * smoothNoise(`road/${road.id}`, at, 20 * minuteMs);
  const jammed = stories.filter(({ story, district }) => story === 'jam' && isIn(road, district));
  const jam = storyStrength(jammed, 'jam', at, 90_000);
  const rain = storyStrength(stories, 'rainstorm', at, 10 * minuteMs);
  return round(clamp(usual + 0.7 * rain, 1, 3.6) * (1 - jam) + 6.2 * jam, 2);
}

export function roads(now: CityNow): string {
  const segments = now.sites.roads.map((road) => {
    const index = congestionIndex(now, road);
    const { rush, busy } = dayCurves(now.at);
    return {
      ...where(road),
      time: iso(now.at),
      index,
      state: index >= 4 ? 'congested' : 'free',
      speed: round(clamp(58 / index, 5, 60), 1),
      flow: Math.round(road.size * clamp(0.12 + 0.5 * busy + 0.45 * rush, 0, 1) * (index > 4 ? 0.35 : 1)),
    };
  });
  return JSON.stringify({ segments });
}

/** Free spaces of a car park: fewest at noon, none in two of them when the city is fullest. */
function spacesFree({ at, stories }: CityNow, park: DemoSite, index: number): number {
  const { noon, busy } = dayCurves(at);
  const taken = 0.28 + 0.35 * busy + 0.3 * noon + 0.05 * smoothNoise(`park/${park.id}`, at, 15 * minuteMs) + (index % 11 === 4 ? 0.12 : 0);
  const jam = storyStrength(
    stories.filter(({ story, district }) => story === 'jam' && isIn(park, district)),
    'jam',
    at,
    5 * minuteMs,
  );
  return Math.round(park.size * (1 - clamp(taken + 0.5 * jam, 0, 1)));
}

const point = ({ lat, lon }: DemoSite) => ({ type: 'GeoProperty', value: { type: 'Point', coordinates: [lon, lat] } });
const property = (value: unknown, observedAt?: string) => ({ type: 'Property', value, ...(observedAt !== undefined && { observedAt }) });

/** A notification of an NGSI-LD broker: car parks, charging stations, and what has happened on the roads since the last one. */
export function parking(now: CityNow, accidents: readonly ToldOccurrence[]): string {
  const { sites, at } = now;
  const time = iso(at);
  const parks = sites.carParks.map((park, index) => ({
    id: `urn:ngsi-ld:OffStreetParking:${park.id}`,
    type: 'OffStreetParking',
    name: property(park.name),
    location: point(park),
    totalSpotNumber: property(park.size, time),
    availableSpotNumber: property(spacesFree(now, park, index), time),
  }));
  const chargers = sites.chargers.map((charger) => ({
    id: `urn:ngsi-ld:EVChargingStation:${charger.id}`,
    type: 'EVChargingStation',
    name: property(charger.name),
    location: point(charger),
    status: property(
      isGoingOn('charger-fault', sites, charger.id, at)
        ? 'inoperative'
        : smoothNoise(`charger/${charger.id}`, at, 40 * minuteMs) > 0.1
          ? 'charging'
          : 'available',
      time,
    ),
  }));
  const happened = accidents.map(({ of, isOver, at: changedAt }) => ({
    id: `urn:ngsi-ld:RoadAccident:${of.id}`,
    type: 'RoadAccident',
    title: property(of.title),
    description: property(of.text),
    severity: property(of.severity),
    status: property(isOver ? 'solved' : 'onGoing'),
    accidentDate: property(iso(of.from)),
    dateModified: property(iso(changedAt)),
    validTo: property(iso(of.until + 10 * minuteMs)),
    location: point(of.site),
  }));
  return JSON.stringify({
    id: `urn:ngsi-ld:Notification:${at}`,
    type: 'Notification',
    subscriptionId: 'urn:ngsi-ld:Subscription:taodu',
    notifiedAt: time,
    data: [...parks, ...chargers, ...happened],
  });
}

// ---- what happens

/** How a case goes in the words of its system (GB/T 30428.8), and after which part of its time it comes so far. */
const stages = [
  ['上报', 0],
  ['立案', 0.08],
  ['派遣', 0.15],
  ['处置中', 0.25],
  ['结案', 1],
] as const;
/** Of what is no case there is told that it began and that it is over. */
const cases: ReadonlySet<OccurrenceKind> = new Set(['grid', 'urban']);

/** An occurrence as its system tells of it: how far it is. */
export interface ToldOccurrence {
  readonly of: Occurrence;
  /** From 0. */
  readonly stage: number;
  readonly isOver: boolean;
  /** When it came to this. */
  readonly at: number;
}

/** What there is to tell of a kind: of the last hours all that began, each as it stands. */
export function told({ sites, stories, at }: CityNow, kind: OccurrenceKind): readonly ToldOccurrence[] {
  return occurrencesOf(kind, sites, at - 4 * hourMs, at, stories).map((of) => {
    const isOver = of.until <= at;
    const part = isOver ? 1 : cases.has(kind) ? (at - of.from) / (of.until - of.from) : 0;
    const stage = stages.findLastIndex(([, from]) => part >= from);
    return { of, stage, isOver, at: Math.round(of.from + (of.until - of.from) * stages[stage]![1]) };
  });
}

const rowOf = ({ of, stage, at }: ToldOccurrence) => ({
  id: of.id,
  version: stage + 1,
  class: of.class,
  status: stages[stage]![0],
  severity: of.severity,
  title: of.title,
  text: of.text,
  time: iso(at),
  endsAt: iso(of.until + 10 * minuteMs),
  lat: of.site.lat,
  lon: of.site.lon,
  district: of.site.district,
  where: of.site.name,
});

export const eventsAsJson = (all: readonly ToldOccurrence[]): string => JSON.stringify(all.map(rowOf));

export function eventsAsXml(all: readonly ToldOccurrence[]): string {
  const cases = all.map((one) => {
    const fields = Object.entries(rowOf(one)).map(([name, value]) => `<${name}>${escaped(String(value))}</${name}>`);
    return `<case>${fields.join('')}</case>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<cases>${cases.join('\n')}</cases>`;
}

export function eventsAsCsv(all: readonly ToldOccurrence[]): string {
  const rows = all.map(rowOf);
  const header = Object.keys(rows[0] ?? {});
  const quoted = (value: unknown) => `"${String(value).replaceAll('"', '""')}"`;
  return [header.join(','), ...rows.map((row) => Object.values(row).map(quoted).join(','))].join('\r\n');
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

// ---- health

export function health({ sites, at }: CityNow): string {
  const time = iso(at);
  const { busy } = dayCurves(at);
  const hospitals = sites.hospitals.map((hospital) => ({
    ...where(hospital),
    kind: 'hospital',
    time,
    bedsTotal: hospital.size,
    bedsFree: Math.round(hospital.size * (0.14 + 0.05 * smoothNoise(`beds/${hospital.id}`, at, 3 * hourMs))),
    queue: Math.round(20 + 110 * busy + 15 * smoothNoise(`queue/${hospital.id}`, at, 30 * minuteMs)),
  }));
  const ambulances = Array.from({ length: 6 }, (_, index) => ({
    id: `duty-${index + 1}`,
    name: `急救 ${index + 1} 号`,
    kind: 'ambulance',
    time,
    responseSeconds: Math.round(560 + 120 * smoothNoise(`response/${index}`, at, 2 * hourMs)),
  }));
  return JSON.stringify({ items: [...hospitals, ...ambulances] });
}

// ---- water, gas, sensors

/** One message a thing: its topic and what it says. */
export interface TopicMessage {
  readonly topic: string;
  readonly text: string;
}

export function utilities({ sites, stories, at }: CityNow): readonly TopicMessage[] {
  const time = iso(at);
  const rain = storyStrength(stories, 'rainstorm', at, 15 * minuteMs);
  const pumps = sites.pumps.map((pump, index) => {
    const isTripped = isGoingOn('pump-trip', sites, pump.id, at);
    const overflow = 3.5;
    return {
      ...where(pump),
      kind: 'pump',
      time,
      overflow,
      level: round(1.6 + 0.4 * smoothNoise(`pit/${pump.id}`, at, 25 * minuteMs) + rain * (index % 4 === 1 ? 2.1 : 0.9), 2),
      energy: round(0.31 + 0.03 * smoothNoise(`energy/${pump.id}`, at, hourMs), 3),
      state: isTripped ? 'trip' : 'running',
    };
  });
  const mains = sites.mains.map((main) => ({
    ...where(main),
    kind: 'main',
    time,
    pressureKpa: Math.round(
      (isGoingOn('burst', sites, main.id, at) ? 60 : 310) +
        18 * smoothNoise(`pressure/${main.id}`, at, 30 * minuteMs) -
        25 * dayCurves(at).rush,
    ),
    chlorine: round(0.32 + 0.08 * smoothNoise(`chlorine/${main.id}`, at, hourMs), 2),
  }));
  return [...pumps, ...mains].map((one) => ({ topic: `utilities/${one.kind}/${one.id}`, text: JSON.stringify(one) }));
}

export function gas({ sites, at }: CityNow): readonly TopicMessage[] {
  return sites.hazards.map((hazard) => ({
    topic: `gas/${hazard.id}`,
    text: JSON.stringify({
      ...where(hazard),
      time: iso(at),
      lel: round(1.5 + 1.2 * smoothNoise(`gas/${hazard.id}`, at, 20 * minuteMs), 1),
    }),
  }));
}

export function sensors({ sites, stories, at }: CityNow): readonly TopicMessage[] {
  const { daylight } = dayCurves(at);
  const dark = stories.filter(({ story, until }) => story === 'district-offline' && until === null);
  return sites.sensors
    .filter((sensor) => !dark.some(({ district }) => isIn(sensor, district)))
    .map((sensor) => ({
      topic: `sensors/${sensor.id}`,
      text: JSON.stringify({
        id: `urn:ngsi-ld:Device:${sensor.id}`,
        type: 'Device',
        name: sensor.name,
        dateLastValueReported: iso(at),
        location: { type: 'Point', coordinates: [sensor.lon, sensor.lat] },
        batteryLevel: round(0.62 + 0.3 * smoothNoise(`battery/${sensor.id}`, at, 20 * 24 * hourMs), 2),
        temperature: round(14 + 9 * daylight + smoothNoise(`warm/${sensor.id}`, at, hourMs), 1),
      }),
    }));
}

// ---- rain and rivers

export function levels({ sites, stories, at }: CityNow): string {
  const rain = storyStrength(stories, 'rainstorm', at, 12 * minuteMs);
  const all = [...sites.gauges.map((site) => ({ site, kind: 'gauge' })), ...sites.reservoirs.map((site) => ({ site, kind: 'reservoir' }))];
  const stations = all.map(({ site, kind }, index) => {
    const danger = kind === 'gauge' ? 4.2 : 32;
    const usual = kind === 'gauge' ? 2.9 : 28.6;
    // Of all gauges one has nothing to say, as it is in life.
    const level =
      index === 5 ? '--' : round(usual + 0.15 * smoothNoise(`level/${site.id}`, at, 2 * hourMs) + rain * (index % 3 === 0 ? 1.6 : 0.9), 2);
    return (
      `<station id="${site.id}" kind="${kind}"><name>${site.name}</name><lat>${site.lat}</lat><lon>${site.lon}</lon>` +
      `<district>${site.district}</district><time>${iso(at)}</time><danger>${danger}</danger><level>${level}</level></station>`
    );
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<levels>${stations.join('\n')}</levels>`;
}

export function rain({ sites, stories, at }: CityNow): string {
  const storm = storyStrength(stories, 'rainstorm', at, 3 * minuteMs);
  const rows = sites.rainGauges.map((site, index) => {
    const drizzle = Math.max(0, 1.5 * smoothNoise('drizzle', at, 6 * hourMs) - 0.7);
    const fallen = drizzle + storm * (38 + 28 * ((index % 5) / 4) + 3 * smoothNoise(`rain/${site.id}`, at, 10 * minuteMs));
    return [site.id, site.name, site.lat, site.lon, site.district, local(at), round(fallen, 1)].join(';');
  });
  return ['id;name;lat;lon;district;time;rain1h', ...rows].join('\n');
}

// ---- visitors, fields

export function scenic({ sites, at }: CityNow): string {
  const { daylight, isWeekend } = dayCurves(at);
  return JSON.stringify(
    sites.scenicAreas.map((area) => ({
      id: `urn:ngsi-ld:TouristDestination:${area.id}`,
      type: 'TouristDestination',
      name: area.name,
      dateObserved: iso(at),
      location: { type: 'Point', coordinates: [area.lon, area.lat] },
      capacity: area.size,
      occupancy: Math.round(
        area.size *
          clamp(daylight * (isWeekend ? 0.55 : 0.3) + 0.08 * daylight * smoothNoise(`scenic/${area.id}`, at, 45 * minuteMs), 0, 0.85),
      ),
    })),
  );
}

export function venues({ sites, at }: CityNow): string {
  const { busy, isWeekend } = dayCurves(at);
  return JSON.stringify(
    sites.venues.map((venue) => ({
      id: `urn:ngsi-ld:Museum:${venue.id}`,
      type: 'Museum',
      name: { type: 'Text', value: venue.name, metadata: {} },
      location: { type: 'geo:json', value: { type: 'Point', coordinates: [venue.lon, venue.lat] }, metadata: {} },
      dateModified: { type: 'DateTime', value: iso(at), metadata: {} },
      capacity: { type: 'Number', value: venue.size, metadata: {} },
      peopleCount: {
        type: 'Number',
        value: Math.round(
          venue.size * clamp((isWeekend ? 0.6 : 0.3) * busy + 0.05 * smoothNoise(`venue/${venue.id}`, at, 30 * minuteMs), 0, 0.85),
        ),
        metadata: {},
      },
    })),
  );
}

export function farms({ sites, at }: CityNow): string {
  const { daylight } = dayCurves(at);
  return JSON.stringify(
    sites.farms.map((farm) => ({
      id: `urn:ngsi-ld:WeatherObserved:${farm.id}`,
      type: 'WeatherObserved',
      name: farm.name,
      dateObserved: iso(at),
      location: { type: 'Point', coordinates: [farm.lon, farm.lat] },
      temperature: round(11 + 10 * daylight + 1.5 * smoothNoise(`field/${farm.id}`, at, 2 * hourMs), 1),
      relativeHumidity: round(clamp(0.78 - 0.25 * daylight + 0.06 * smoothNoise(`damp/${farm.id}`, at, 2 * hourMs), 0.2, 1), 2),
    })),
  );
}

// ---- computing, halls, schools

const poolNames = ['政务云一区', '政务云二区', '大数据平台', '视频云', '灾备中心', '信创区'];
const jobNames = [
  '人口库同步',
  '法人库同步',
  '自然资源库同步',
  '信用库同步',
  '电子证照同步',
  '社保数据交换',
  '不动产数据交换',
  '医保数据交换',
];

export function cloud({ at }: CityNow): string {
  const { busy } = dayCurves(at);
  return JSON.stringify(
    poolNames.map((name, index) => ({
      id: `pool-${index + 1}`,
      name,
      time: iso(at),
      cpu: round(clamp(0.35 + 0.25 * busy + 0.08 * smoothNoise(`cpu/${index}`, at, 15 * minuteMs), 0, 0.85), 3),
      memory: round(0.61 + 0.04 * smoothNoise(`memory/${index}`, at, hourMs), 3),
      storage: round(0.66 + 0.02 * index + 0.01 * smoothNoise(`storage/${index}`, at, 24 * hourMs), 3),
    })),
  );
}

export function exchange({ at }: CityNow): string {
  return JSON.stringify(
    jobNames.map((name, index) => {
      const mood = smoothNoise(`job/${index}`, at, 30 * minuteMs);
      return {
        id: `job-${index + 1}`,
        name,
        time: iso(at),
        result: mood > 0.93 ? 'failed' : 'ok',
        lateMinutes: Math.round(Math.max(0, 20 * mood)),
      };
    }),
  );
}

/** Windows of a hall, as a table in Chinese. */
export function hall(windows: readonly DemoSite[], at: number): string {
  const { busy } = dayCurves(at);
  const rows = windows.map(({ id, name }) => {
    const queue = Math.max(0, Math.round(14 * busy + 3 * smoothNoise(`hall/${id}`, at, 20 * minuteMs)));
    return [id, name, queue, round(queue * 0.9, 1), local(at).replaceAll(/\D/g, '')].join(',');
  });
  return ['窗口编号,窗口名称,排队人数,等候分钟,时间', ...rows].join('\r\n');
}

export function campuses({ sites, at }: CityNow): string {
  const all = sites.schools.map(
    (school) =>
      `<campus id="${school.id}" at="${at}"><name>${school.name}</name><lat>${school.lat}</lat><lon>${school.lon}</lon><district>${school.district}</district>` +
      `<network>${isGoingOn('network-down', sites, school.id, at) ? 'down' : 'up'}</network></campus>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<campuses>${all.join('\n')}</campuses>`;
}

// ---- the environment, by HJ 212

/** A station of HJ 212 and what it measures, by factor. */
export interface StationReport {
  readonly mn: string;
  readonly st: string;
  readonly values: Readonly<Record<string, number>>;
}

export function stations({ sites, at }: CityNow): readonly StationReport[] {
  const { rush, daylight } = dayCurves(at);
  const about = (name: string, mean: number, spread: number, digits = 1) =>
    round(mean + spread * smoothNoise(name, at, 90 * minuteMs), digits);
  return [
    ...sites.airStations.map(({ id }) => ({
      mn: id,
      st: '22',
      values: {
        a34004: about(`pm25/${id}`, 38 + 8 * rush, 12),
        a34002: about(`pm10/${id}`, 62 + 10 * rush, 16),
        a21004: about(`no2/${id}`, 28 + 12 * rush, 6),
        a05024: about(`o3/${id}`, 55 + 45 * daylight, 10),
      },
    })),
    ...sites.outlets.map(({ id }) => ({
      mn: id,
      st: '32',
      values: { w01018: about(`cod/${id}`, 24, 6), w21003: about(`nh3/${id}`, 1.8, 0.6, 2), w00000: about(`out/${id}`, 210, 30) },
    })),
    ...sites.sections.map(({ id }) => ({
      mn: id,
      st: '21',
      values: { w01001: about(`ph/${id}`, 7.6, 0.2, 2), w01009: about(`do/${id}`, 7.1, 0.6, 2), w21011: about(`tp/${id}`, 0.11, 0.03, 3) },
    })),
  ];
}
