import { problem, type Problem } from '../../../main/contract/errors.ts';
import { nowhere, type Place } from '../../../main/contract/place.ts';
import { err, ok, type Result } from '../../../main/contract/result.ts';
import {
  assetFact,
  eventFact,
  observationFact,
  type AssetKind,
  type EventFact,
  type Fact,
  type ObservationFact,
} from '../../feed-contract.ts';
import { isQuantity } from '../../systems/quantities.ts';
import { allSteps } from '../all-steps.ts';
import { nothingSaid, type RawRecord, type ReadRecord } from '../feed-connector.ts';
import { isoInstant } from '../iso-instant.ts';
import { parseText } from '../parse-text.ts';
import {
  classOfCategory,
  classOfType,
  isNoObservation,
  kindOfType,
  meaningOf,
  propertyName,
  trafficClass,
  wordIn,
  type AttributeMeaning,
} from './ngsi-models.ts';
import { ngsiEntities, type NgsiAttribute, type NgsiEntity } from './ngsi-entity.ts';
import { inOurUnit, isUnitOf } from './ngsi-units.ts';

/** More entities in one record than this are a mistake. */
const entitiesAtMost = 20_000;
const problemsAtMost = 8;
/** Entities that are read between two pauses: a few milliseconds. */
const pauseEvery = 64;

/**
 * Reads entities of NGSI-v2 and NGSI-LD (ETSI GS CIM 009) as the Smart Data Models name them: what they are and where, their values, and what happens. One importer takes every
 * shape they come in; what it has no word for is passed over, an entity of which it knows nothing is a problem.
 */
export function readNgsi(record: RawRecord): Result<ReadRecord, Problem> {
  return allSteps(readNgsiInSteps(record));
}

/** The same, with pauses. */
export function* readNgsiInSteps({ bytes }: RawRecord): Generator<void, Result<ReadRecord, Problem>> {
  const text = parseText(bytes);
  if (!text.ok) return text;
  let told: unknown;
  try {
    told = JSON.parse(text.value);
  } catch {
    return err(problem('json-malformed'));
  }
  const entities = ngsiEntities(told);
  if (entities === null) return err(problem('record-unsupported', { what: 'NGSI' }));
  if (entities.length === 0) return ok(nothingSaid);
  if (entities.length > entitiesAtMost) return err(problem('record-too-large', { rows: entities.length }));
  const facts: Fact[] = [];
  const problems: Problem[] = [];
  const refuse = (why: Problem) => {
    if (problems.length < problemsAtMost) problems.push(why);
  };
  let sourceAt: number | null = null;
  for (const [index, entity] of entities.entries()) {
    if (index > 0 && index % pauseEvery === 0) yield;
    if (entity === null) {
      refuse(problem('field-missing', { field: `${index}.id` }));
      continue;
    }
    const at = entityTime(entity);
    const made = Object.hasOwn(classOfType, entity.type) ? eventOf(entity, at) : thingOf(entity, at);
    if (!made.ok) {
      refuse(made.error);
      continue;
    }
    facts.push(...made.value);
    for (const told of [at, ...made.value.map((fact) => ('at' in fact ? fact.at : null))])
      if (told !== null) sourceAt = Math.max(sourceAt ?? 0, told);
  }
  if (facts.length === 0) return err(problems[0] ?? problem('record-empty'));
  return ok({ facts, problems, sourceAt, ignored: false });
}

// ---- time

const timeNames = [
  'dateObserved',
  'dateObservedTo',
  'observationDateTime',
  'observationDate',
  'observedAt',
  'dateLastValueReported',
  'occupancyModified',
  'lastKnownPositionUpdatedAt',
  'TimeInstant',
  'timestamp',
  'binLoggedTime',
  'dateIssued',
  'accidentDate',
  'dateDetected',
  'dateLastReported',
  'workLastDateUpdate',
  'updated_datetime',
  'requested_datetime',
  'dateModified',
  'modifiedAt',
  'dateObservedFrom',
  'endedAt',
  'startedAt',
  'dateCreated',
];

/** September 2001, in seconds. */
const epochAtLeast = 1e9;

/** An instant, or the end of an interval `a/b`. */
function instantOf(value: unknown): number | null {
  // Some count seconds or milliseconds; of which century a smaller number is, nobody knows.
  if (typeof value === 'number' && value >= epochAtLeast) return Math.round(value < epochAtLeast * 1000 ? value * 1000 : value);
  if (typeof value !== 'string') return null;
  const text =
    value
      .split('/')
      .findLast((part) => part.trim() !== '')
      ?.trim() ?? '';
  // A date without a time and a time without an offset are taken as the standard says: UTC.
  return isoInstant(text, 'Z');
}

function entityTime(entity: NgsiEntity): number | null {
  for (const name of timeNames) {
    const at = instantOf(entity.attribute(name)?.value);
    if (at !== null) return at;
  }
  return null;
}

// ---- place

type Pair = readonly [number, number];
const isPair = (value: unknown): value is Pair =>
  Array.isArray(value) && value.length >= 2 && value.slice(0, 2).every((one) => typeof one === 'number' && Number.isFinite(one));

/** GeoJSON writes longitude first. Of a line or an area: its first point. */
function firstPoint(coordinates: unknown, depth = 0): Pair | null {
  if (isPair(coordinates)) return coordinates;
  return Array.isArray(coordinates) && depth < 4 ? firstPoint(coordinates[0], depth + 1) : null;
}

const positionNames = ['location', 'position', 'lastKnownPosition', 'startPoint'] as const;

/** NGSI-v2 writes a geo:point as "lat, lon"; some senders write two attributes, or an object of two. */
function pairOf(entity: NgsiEntity): Pair | null {
  const location = positionNames.map((name) => entity.attribute(name)?.value).find((value) => value !== undefined && value !== null);
  if (typeof location === 'string') {
    const [lat, lon] = location.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
    return pairFrom(lat, lon);
  }
  if (typeof location !== 'object')
    return pairFrom(numberOf(entity.attribute('latitude')?.value), numberOf(entity.attribute('longitude')?.value));
  const { coordinates, geometries, ...told } = location as Readonly<Record<string, unknown>>;
  const [first] = Array.isArray(geometries) ? (geometries as ({ coordinates?: unknown } | null)[]) : [];
  return (
    firstPoint(coordinates ?? first?.coordinates) ??
    pairFrom(told['latitude'] ?? told['lat'], told['longitude'] ?? told['lon'] ?? told['lng'])
  );
}

const pairFrom = (lat: unknown, lon: unknown): Pair | null =>
  typeof lat === 'number' && typeof lon === 'number' && Number.isFinite(lat) && Number.isFinite(lon) ? [lon, lat] : null;

/** A pair as it can only have been meant: no latitude is beyond 90°, so that one in its place which is, is a longitude. Null: it is nowhere on earth. */
function onEarth([lon, lat]: Pair): Pair | null {
  if (Math.abs(lat) <= 90 && Math.abs(lon) <= 180) return [lon, lat];
  return Math.abs(lon) <= 90 && Math.abs(lat) <= 180 ? [lat, lon] : null;
}

function placeOf(entity: NgsiEntity): Place {
  const told = pairOf(entity);
  const pair = told && onEarth(told);
  const address = entity.attribute('address')?.value ?? entity.attribute('address_string')?.value;
  const words =
    typeof address === 'string'
      ? address
      : typeof address === 'object' && address !== null
        ? addressText(address as Record<string, unknown>)
        : '';
  // 0, 0 is what devices without a fix send; nobody's city is there.
  const isSomewhere = pair !== null && !(pair[0] === 0 && pair[1] === 0);
  return { ...nowhere, lat: isSomewhere ? pair[1] : null, lon: isSomewhere ? pair[0] : null, text: shownText(words, 200) };
}

const addressText = (address: Readonly<Record<string, unknown>>) =>
  ['addressRegion', 'addressLocality', 'district', 'streetAddress', 'streetNr']
    .flatMap((name) => (typeof address[name] === 'string' ? [address[name] as string] : []))
    .join(' ');

// What a sender writes may hold anything; what is shown may not (see `humanText`).
// oxlint-disable-next-line no-control-regex -- leaving them out is the point
const unshown = /[\u0000-\u001f\u007f\u202a-\u202e\u2066-\u2069]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
function shownText(value: unknown, max: number): string | null {
  if (typeof value !== 'string') return null;
  const text = value.replace(unshown, ' ').trim().slice(0, max).trim();
  // Cutting may halve a character.
  return text === '' ? null : text.replace(/[\ud800-\udbff]$/, '') || null;
}

const polygonsAtMost = 32;
const pointsAtMost = 1000;

/** The outlines of an area, latitude first; null: it tells none, or none that can be drawn. */
function areaOf(entity: NgsiEntity): EventFact['area'] {
  const location = entity.attribute('location')?.value;
  if (typeof location !== 'object' || location === null) return null;
  const { type, coordinates } = location as { type?: unknown; coordinates?: unknown };
  const all = type === 'Polygon' ? [coordinates] : type === 'MultiPolygon' ? coordinates : [];
  const polygons = (Array.isArray(all) ? (all as unknown[]) : []).slice(0, polygonsAtMost).flatMap((polygon) => {
    const ring = Array.isArray(polygon) ? (polygon[0] as unknown) : null;
    if (!Array.isArray(ring) || ring.length < 4 || ring.length > pointsAtMost || !ring.every(isPair)) return [];
    const points = (ring as Pair[]).map(onEarth);
    return points.includes(null) ? [] : [(points as Pair[]).map(([lon, lat]): [number, number] => [lat, lon])];
  });
  return polygons.length === 0 ? null : { polygons, circles: [] };
}

// ---- things and their values

function thingOf(entity: NgsiEntity, at: number | null): Result<Fact[], Problem> {
  const { id, type, attributes } = entity;
  if (isNoObservation(type)) return err(problem('record-unsupported', { what: type.slice(0, 64) }));
  const facts: Fact[] = [];
  const properties: Record<string, string | number | boolean> = {};
  for (const [name, { value }] of attributes) {
    const property = propertyName(name);
    if (property && (Number.isFinite(value) || typeof value === 'boolean' || (typeof value === 'string' && value !== '')))
      properties[property] = typeof value === 'string' ? value.slice(0, 200) : (value as number | boolean);
  }
  const asset = assetFact.safeParse({
    kind: 'asset',
    entity: id,
    assetKind: kindOf(entity),
    name: nameNames.map((name) => shownText(entity.attribute(name)?.value, 128)).find((name) => name !== null) ?? null,
    place: placeOf(entity),
    properties,
  });
  if (!asset.success) return err(problem('field-invalid', { field: asset.error.issues[0]!.path.join('.') }));
  // The source itself doubts what it measured.
  const isOutlier = entity.attribute('outlier')?.value === true;
  const put = (value: unknown, observedAt: number | null, unit: string | null, meaning: AttributeMeaning) => {
    const read = valueOf(value, meaning, unit, isOutlier);
    const made = observationFact.safeParse({
      kind: 'observation',
      entity: asset.data.entity,
      quantity: meaning.quantity,
      ...read,
      at: observedAt ?? at,
    });
    if (made.success) facts.push(made.data);
  };
  const taken = new Set<string>();
  for (const [name, meaning, attribute] of readings(entity)) {
    const isWord = meaning.as === 'word' || meaning.as === 'fault';
    const told = isWord ? oneWord(attribute.value) : attribute.value;
    // Of two names for one thing the first one counts.
    if (taken.has(meaning.quantity) || (typeof told === 'object' && told !== null)) continue;
    taken.add(meaning.quantity);
    const isFlow = /^intensity$/i.test(name) && meaning.quantity === 'flow';
    for (const reading of [...attribute.earlier, { ...attribute, value: told }])
      put(isFlow ? hourly(reading.value, entity) : reading.value, instantOf(reading.observedAt), reading.unitCode, meaning);
  }
  measured(entity, taken, put);
  if (['vehicle', 'ambulance'].includes(asset.data.assetKind) && asset.data.place.lat !== null) {
    const seenAt = instantOf(positionNames.map((name) => entity.attribute(name)?.observedAt).find(Boolean));
    put(asset.data.place.lat, seenAt, null, { quantity: 'latitude' });
    put(asset.data.place.lon, seenAt, null, { quantity: 'longitude' });
  }
  const isKnown = kindOfType(type) !== undefined;
  const says =
    facts.length > 0 || (isKnown && (asset.data.name !== null || asset.data.place.lat !== null || Object.keys(properties).length > 0));
  return says ? ok([asset.data, ...facts]) : err(problem('record-unsupported', { what: type.slice(0, 64) }));
}

/** What an entity is called, by the names that the models have for it. */
const nameNames = [
  'name',
  'stationName',
  'cameraName',
  'treatmentPlantName',
  'tankName',
  'serviceName',
  'locationName',
  'roadName',
  'alternateName',
];

/** What a vehicle is for stands in an attribute. */
const purposeNames = ['emergencyVehicleType', 'fleetVehicleType', 'vehicleType', 'operationType', 'category'];

function kindOf(entity: NgsiEntity): AssetKind {
  const kind = kindOfType(entity.type) ?? 'sensor';
  if (kind !== 'vehicle') return kind;
  const purposes = purposeNames.flatMap((name) => entity.attribute(name)?.value);
  return purposes.some((purpose) => typeof purpose === 'string' && /ambulance|patient|救护|急救/i.test(purpose)) ? 'ambulance' : kind;
}

/** The attributes that are kept, those that tell of a fault before the other words for a state, those that tell of none behind them. */
function readings({ type, attributes }: NgsiEntity): (readonly [string, AttributeMeaning, NgsiAttribute])[] {
  const found = [...attributes].flatMap(([name, attribute]) => {
    const meaning = meaningOf(type, name);
    if (!meaning || (meaning.needsUnit && (attribute.unitCode === null || !isUnitOf(attribute.unitCode, meaning.quantity)))) return [];
    return [[name, meaning, attribute] as const];
  });
  const rank = ([, { as }, { value }]: (typeof found)[number]) => (as !== 'fault' ? 1 : value === 'ok' ? 2 : 0);
  return found.sort((a, b) => rank(a) - rank(b));
}

/** Car parks have several words for their state at once: what is closed is closed, whatever else it is. */
function oneWord(value: unknown): unknown {
  if (!Array.isArray(value) || !value.every((word) => typeof word === 'string')) return value;
  return value.find((word) => /^closed/i.test(word)) ?? value[0];
}

type Put = (value: unknown, at: number | null, unit: string | null, meaning: AttributeMeaning) => void;

/**
 * What is named in another attribute: a `Device` or `DeviceMeasurement` says so of its value, or of several values that stand in one text in the order of their names,
 * `l%3D0.22%3Bt%3D21.2`; what a model has no attribute for stands in `measurand`, as `NO2, 22, GQ, Nitrogen dioxide`.
 */
function measured(entity: NgsiEntity, taken: Set<string>, put: Put): void {
  const take = (name: unknown, value: unknown, at: number | null, unit: string | null) => {
    const meaning = typeof name === 'string' ? namedMeaning(entity.type, name) : undefined;
    if (!meaning || taken.has(meaning.quantity) || (meaning.needsUnit && (unit === null || !isUnitOf(unit, meaning.quantity)))) return;
    taken.add(meaning.quantity);
    put(value, at, unit, meaning);
  };
  const measurands = entity.attribute('measurand')?.value;
  for (const measurand of Array.isArray(measurands) ? (measurands as unknown[]).slice(0, measurandsAtMost) : []) {
    const [name, value, unit] = typeof measurand === 'string' ? measurand.split(',').map((part) => part.trim()) : [];
    if (value !== undefined) take(name, value, null, unit || null);
  }
  const named = entity.attribute('controlledProperty')?.value;
  const names: readonly unknown[] = Array.isArray(named) ? named : [named];
  const reading = entity.attribute('numValue') ?? entity.attribute('value');
  if (!reading) return;
  const told = names.length === 1 ? [reading.value] : severalOf(reading.value);
  if (told.length !== names.length) return;
  const unit = reading.unitCode ?? entity.attribute('unit')?.value;
  for (const [index, name] of names.entries())
    take(name, told[index], instantOf(reading.observedAt), typeof unit === 'string' ? unit : null);
}

/** More of them is a mistake. */
const measurandsAtMost = 64;

/** What a name means that stands where any may: one of the models, or one of ours. */
function namedMeaning(type: string, name: string): AttributeMeaning | undefined {
  const kebab = name.replace(/([a-z])([A-Z])/g, '$1-$2').toLowerCase();
  return meaningOf(type, name) ?? (isQuantity(kebab) ? { quantity: kebab } : undefined);
}

function severalOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'string') return [value];
  return value
    .replace(/%3D/gi, '=')
    .split(/%3B|[;,]/i)
    .map((part) => part.slice(part.indexOf('=') + 1).trim());
}

/** Vehicles of an interval, in an hour. */
function hourly(value: unknown, entity: NgsiEntity): unknown {
  const whole = entity.attribute('dateObserved')?.value;
  const [from, to] =
    typeof whole === 'string' && whole.includes('/')
      ? whole.split('/')
      : [entity.attribute('dateObservedFrom')?.value, entity.attribute('dateObservedTo')?.value];
  const [start, end] = [instantOf(from), instantOf(to)];
  const number = numberOf(value);
  if (number === null || number < 0 || start === null || end === null || end <= start) return value;
  return Math.round((number * 3_600_000) / (end - start));
}

const numberOf = (value: unknown): number | null => {
  const number = typeof value === 'string' && /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?\s*$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
};

/** What senders write instead of a number when they have none; nothing that is measured here is so little. */
const sentinels = new Set([-999, -9999, -99_999]);

/** A value in our unit with its quality; what says that there is none is `no-data`, never a number. */
function valueOf(
  value: unknown,
  meaning: AttributeMeaning,
  unit: string | null,
  isOutlier: boolean,
): Pick<ObservationFact, 'value' | 'quality'> & { flag?: string } {
  const { as } = meaning;
  const none = { value: null, quality: 'no-data' } as const;
  const trust = isOutlier ? 'suspect' : 'good';
  if (value === null || value === undefined || value === '' || value === '--' || value === '-') return none;
  if (as === 'word' || as === 'fault') return { value: String(value).toLowerCase().slice(0, 200), quality: trust };
  if (as === 'yes-no') {
    const isSo = yesOrNo(value);
    return isSo === null ? none : { value: meaning.words ? meaning.words[isSo ? 0 : 1] : isSo, quality: trust };
  }
  const number = numberOf(value);
  if (number === null || sentinels.has(number)) return none;
  // Where nothing can be less than nothing, less than nothing says that nothing is known.
  if ((as === 'count' || as === 'share') && number < 0) return none;
  if (as === 'share') {
    const isPercent = unit === 'P1' || number > 1;
    return { value: isPercent ? number : Math.round(number * 100_000) / 1000, quality: number > 100 ? 'suspect' : trust };
  }
  // To the left is told with a minus.
  if (as === 'angle') return { value: number >= -360 && number <= 360 ? (number + 360) % 360 : number, quality: trust };
  const read = inOurUnit(number, unit, meaning);
  // What was told in a unit of something else is shown as it came, with that unit, and raises no alarm.
  return read.fits ? { value: read.value, quality: trust } : { value: read.value, quality: 'suspect', flag: (unit ?? '').slice(0, 32) };
}

/** As people and machines write it; null: neither. */
function yesOrNo(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  const word = String(value).toLowerCase();
  if (['1', 'true', 'yes', 'on'].includes(word)) return true;
  return ['0', 'false', 'no', 'off'].includes(word) ? false : null;
}

// ---- what happens

const severities: Readonly<Record<string, EventFact['severity']>> = {
  critical: 'critical',
  veryhigh: 'critical',
  high: 'high',
  medium: 'medium',
  low: 'low',
  verylow: 'information',
  informational: 'information',
};
const endings: ReadonlySet<string> = new Set(['solved', 'closed', 'resolved', 'finished', 'cleared', 'completed', 'rejected']);

function eventOf(entity: NgsiEntity, at: number | null): Result<Fact[], Problem> {
  const { id, type } = entity;
  const word = (name: string) => {
    const value = entity.attribute(name)?.value;
    return typeof value === 'string' ? value : null;
  };
  const part = (text: string | null) =>
    (text ?? '')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 30)
      .replace(/-+$/, '');
  const wide =
    type === 'Alert'
      ? (wordIn(classOfCategory, (word('category') ?? '').toLowerCase()) ?? (part(word('category')) || 'alert'))
      : classOfType[type]!;
  const sub = word('subCategory') ?? word('service_name');
  const narrow =
    (wide === 'traffic' && sub !== null ? wordIn(trafficClass, sub.toLowerCase()) : undefined) ??
    part(sub ?? (type === 'WeatherAlert' ? word('category') : null));
  const isOver =
    instantOf(word('resolvedAt')) !== null ||
    endings.has((word('status') ?? word('workState') ?? word('resolutionStatus') ?? '').toLowerCase().replace(/[^a-z]/g, ''));
  const made = eventFact.safeParse({
    kind: 'event',
    external: id,
    // The instant of the change; without one it is told once.
    version: Math.floor(
      Math.max(...['dateModified', 'modifiedAt', 'updated_datetime'].map((name) => instantOf(word(name)) ?? 0), at ?? 0) / 1000,
    ),
    class: narrow === '' ? wide : `${wide}.${narrow}`,
    status: isOver ? 'ended' : 'open',
    severity: wordIn(severities, (word('severity') ?? '').toLowerCase().replace(/[^a-z]/g, '')) ?? 'medium',
    title:
      shownText(
        word('title') ??
          word('name') ??
          word('description') ??
          sub ??
          word('category') ??
          word('anomalousProperty') ??
          word('faultLog') ??
          type,
        200,
      ) ?? type,
    text: shownText(word('description') ?? word('comments') ?? word('faultLog'), 4000),
    at,
    startsAt: instantOf(word('validFrom') ?? word('accidentDate') ?? word('startDate') ?? word('requested_datetime')),
    // What is over was over when it was last changed.
    endsAt: instantOf(
      word('validTo') ?? word('endDate') ?? word('resolvedAt') ?? (isOver ? (word('dateModified') ?? word('updated_datetime')) : null),
    ),
    place: placeOf(entity),
    area: areaOf(entity),
    source: Object.fromEntries(
      ['type', 'category', 'subCategory', 'severity', 'status', 'alertSource'].flatMap((name) => {
        const value = name === 'type' ? type : word(name);
        return value === null ? [] : [[name, value.slice(0, 400)]];
      }),
    ),
  });
  if (made.success) return ok([made.data]);
  return err(problem('field-invalid', { field: made.error.issues[0]!.path.join('.') }));
}
