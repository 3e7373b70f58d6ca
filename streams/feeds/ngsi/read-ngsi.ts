import { problem, type Problem } from '../../../main/contract/errors.ts';
import { nowhere, type Place } from '../../../main/contract/place.ts';
import { err, ok, type Result } from '../../../main/contract/result.ts';
import { assetFact, eventFact, observationFact, type EventFact, type Fact } from '../../feed-contract.ts';
import { isQuantity } from '../../systems/quantities.ts';
import type { RawRecord, ReadRecord } from '../feed-connector.ts';
import { isoInstant } from '../iso-instant.ts';
import { parseText } from '../parse-text.ts';
import {
  classOfCategory,
  classOfType,
  inOurUnit,
  isNoObservation,
  kindOfType,
  meaningOf,
  propertyName,
  trafficClass,
  wordIn,
  type AttributeMeaning,
} from './ngsi-models.ts';
import { ngsiEntities, type NgsiAttribute, type NgsiEntity } from './ngsi-entity.ts';

/** More entities in one record than this are a mistake. */
const entitiesAtMost = 20_000;
const problemsAtMost = 8;

/**
 * Reads entities of NGSI-v2 and NGSI-LD (ETSI GS CIM 009) as the Smart Data Models name them: what they are and where, their values, and what happens. One importer takes every
 * shape they come in; what it has no word for is passed over, an entity of which it knows nothing is a problem.
 */
export function readNgsi({ bytes }: RawRecord): Result<ReadRecord, Problem> {
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
  if (entities.length === 0) return err(problem('record-empty'));
  if (entities.length > entitiesAtMost) return err(problem('record-too-large', { rows: entities.length }));
  const facts: Fact[] = [];
  const problems: Problem[] = [];
  const refuse = (why: Problem) => {
    if (problems.length < problemsAtMost) problems.push(why);
  };
  let sourceAt: number | null = null;
  for (const [index, entity] of entities.entries()) {
    if (entity === null) {
      refuse(problem('field-missing', { field: `${index}.id` }));
      continue;
    }
    const at = entityTime(entity);
    if (at !== null) sourceAt = Math.max(sourceAt ?? 0, at);
    const made = Object.hasOwn(classOfType, entity.type) ? eventOf(entity, at) : thingOf(entity, at);
    if (made.ok) facts.push(...made.value);
    else refuse(made.error);
  }
  if (facts.length === 0) return err(problems[0] ?? problem('record-empty'));
  return ok({ facts, problems, sourceAt, ignored: false });
}

// ---- time

const timeNames = [
  'dateObserved',
  'dateObservedTo',
  'observationDateTime',
  'dateLastValueReported',
  'lastKnownPositionUpdatedAt',
  'TimeInstant',
  'timestamp',
  'binLoggedTime',
  'dateIssued',
  'accidentDate',
  'dateDetected',
  'dateLastReported',
  'workLastDateUpdate',
  'dateModified',
  'modifiedAt',
  'dateObservedFrom',
  'dateCreated',
];

/** An instant, or the end of an interval `a/b`. */
function instantOf(value: unknown): number | null {
  if (typeof value !== 'string') return null;
  const text =
    value
      .split('/')
      .findLast((part) => part.trim() !== '')
      ?.trim() ?? '';
  // A date without a time and a time without an offset are taken as the standard says: UTC.
  return isoInstant(text, 'Z');
}

function entityTime({ attributes }: NgsiEntity): number | null {
  for (const name of timeNames) {
    const at = instantOf(attributes.get(name)?.value);
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

/** NGSI-v2 writes a geo:point as "lat, lon"; some senders write two attributes. */
function pairOf({ attributes }: NgsiEntity): Pair | null {
  const location = positionNames.map((name) => attributes.get(name)?.value).find((value) => value !== undefined && value !== null);
  if (typeof location === 'object') return firstPoint((location as { coordinates?: unknown }).coordinates);
  const [lat, lon] =
    typeof location === 'string'
      ? location.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)))
      : [attributes.get('latitude')?.value, attributes.get('longitude')?.value];
  return typeof lat === 'number' && typeof lon === 'number' && Number.isFinite(lat) && Number.isFinite(lon) ? [lon, lat] : null;
}

function placeOf(entity: NgsiEntity): Place {
  const { attributes } = entity;
  const pair = pairOf(entity);
  const address = attributes.get('address')?.value;
  const words =
    typeof address === 'string'
      ? address
      : typeof address === 'object' && address !== null
        ? addressText(address as Record<string, unknown>)
        : '';
  // 0, 0 is what devices without a fix send; nobody's city is there.
  const isOnEarth = pair !== null && Math.abs(pair[1]) <= 90 && Math.abs(pair[0]) <= 180 && !(pair[0] === 0 && pair[1] === 0);
  return { ...nowhere, lat: isOnEarth ? pair![1] : null, lon: isOnEarth ? pair![0] : null, text: shownText(words, 200) };
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
    assetKind: wordIn(kindOfType, type) ?? 'sensor',
    name: shownText(attributes.get('name')?.value ?? attributes.get('stationName')?.value, 128),
    place: placeOf(entity),
    properties,
  });
  if (!asset.success) return err(problem('field-invalid', { field: asset.error.issues[0]!.path.join('.') }));
  // The source itself doubts what it measured.
  const isOutlier = attributes.get('outlier')?.value === true;
  const put = (quantity: string, value: unknown, observedAt: number | null, unit: string | null, meaning: AttributeMeaning) => {
    const read = valueOf(value, meaning, unit, isOutlier);
    const made = observationFact.safeParse({ kind: 'observation', entity: asset.data.entity, quantity, ...read, at: observedAt ?? at });
    if (made.success) facts.push(made.data);
  };
  const taken = new Set<string>();
  for (const [name, meaning, { value, observedAt, unitCode }] of readings(entity)) {
    // Of two names for one thing the first one counts.
    const told = meaning.as === 'word' || meaning.as === 'fault' ? oneWord(value) : value;
    if (taken.has(meaning.quantity) || (typeof told === 'object' && told !== null)) continue;
    taken.add(meaning.quantity);
    const isFlow = /^intensity$/i.test(name) && meaning.quantity === 'flow';
    put(meaning.quantity, isFlow ? hourly(told, entity) : told, instantOf(observedAt), unitCode, meaning);
  }
  measured(entity, taken, put);
  if (asset.data.assetKind === 'vehicle' && asset.data.place.lat !== null) {
    const seenAt = instantOf(positionNames.map((name) => attributes.get(name)?.observedAt).find(Boolean));
    put('latitude', asset.data.place.lat, seenAt, null, { quantity: 'latitude' });
    put('longitude', asset.data.place.lon, seenAt, null, { quantity: 'longitude' });
  }
  const isKnown = Object.hasOwn(kindOfType, type);
  const says =
    facts.length > 0 || (isKnown && (asset.data.name !== null || asset.data.place.lat !== null || Object.keys(properties).length > 0));
  return says ? ok([asset.data, ...facts]) : err(problem('record-unsupported', { what: type.slice(0, 64) }));
}

/** The attributes that are kept, those that tell of a fault before the other words for a state, those that tell of none behind them. */
function readings({ type, attributes }: NgsiEntity): (readonly [string, AttributeMeaning, NgsiAttribute])[] {
  const found = [...attributes].flatMap(([name, attribute]) => {
    const meaning = meaningOf(type, name);
    return meaning ? [[name, meaning, attribute] as const] : [];
  });
  const rank = ([, { as }, { value }]: (typeof found)[number]) => (as !== 'fault' ? 1 : value === 'ok' ? 2 : 0);
  return found.sort((a, b) => rank(a) - rank(b));
}

/** Car parks have several words for their state at once: what is closed is closed, whatever else it is. */
function oneWord(value: unknown): unknown {
  if (!Array.isArray(value) || !value.every((word) => typeof word === 'string')) return value;
  return value.find((word) => /^closed/i.test(word)) ?? value[0];
}

/** A `Device` or `DeviceMeasurement` names what it measures in another attribute; several values stand in one text, in the order of their names: `l%3D0.22%3Bt%3D21.2`. */
function measured(
  { type, attributes }: NgsiEntity,
  taken: Set<string>,
  put: (quantity: string, value: unknown, at: number | null, unit: string | null, meaning: AttributeMeaning) => void,
): void {
  const named = attributes.get('controlledProperty')?.value;
  const names: readonly unknown[] = Array.isArray(named) ? named : [named];
  const reading = attributes.get('numValue') ?? attributes.get('value');
  if (!reading) return;
  const told = names.length === 1 ? [reading.value] : severalOf(reading.value);
  if (told.length !== names.length) return;
  const unit = reading.unitCode ?? attributes.get('unit')?.value;
  for (const [index, name] of names.entries()) {
    if (typeof name !== 'string') continue;
    const kebab = name.replace(/([a-z])([A-Z])/g, '$1-$2').toLowerCase();
    const meaning = meaningOf(type, name) ?? (isQuantity(kebab) ? { quantity: kebab } : undefined);
    if (!meaning || taken.has(meaning.quantity)) continue;
    taken.add(meaning.quantity);
    put(meaning.quantity, told[index], instantOf(reading.observedAt), typeof unit === 'string' ? unit : null, meaning);
  }
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
function hourly(value: unknown, { attributes }: NgsiEntity): unknown {
  const whole = attributes.get('dateObserved')?.value;
  const [from, to] =
    typeof whole === 'string' && whole.includes('/')
      ? whole.split('/')
      : [attributes.get('dateObservedFrom')?.value, attributes.get('dateObservedTo')?.value];
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
): { value: number | string | boolean | null; quality: 'good' | 'suspect' | 'no-data' } {
  const { as } = meaning;
  const none = { value: null, quality: 'no-data' } as const;
  const trust = isOutlier ? 'suspect' : 'good';
  if (value === null || value === undefined || value === '' || value === '--' || value === '-') return none;
  if (as === 'word' || as === 'fault') return { value: String(value).toLowerCase().slice(0, 200), quality: trust };
  if (as === 'yes-no') return typeof value === 'boolean' ? { value: value ? 'congested' : 'free', quality: trust } : none;
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
  return { value: inOurUnit(number, unit, meaning), quality: trust };
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
  const { id, type, attributes } = entity;
  const word = (name: string) => {
    const value = attributes.get(name)?.value;
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
  const sub = word('subCategory');
  const narrow =
    (wide === 'traffic' && sub !== null ? wordIn(trafficClass, sub.toLowerCase()) : undefined) ??
    part(sub ?? (type === 'WeatherAlert' ? word('category') : null));
  const isOver = endings.has((word('status') ?? word('workState') ?? word('resolutionStatus') ?? '').toLowerCase().replace(/[^a-z]/g, ''));
  const made = eventFact.safeParse({
    kind: 'event',
    external: id,
    // The instant of the change; without one it is told once.
    version: Math.floor(Math.max(...['dateModified', 'modifiedAt'].map((name) => instantOf(word(name)) ?? 0), at ?? 0) / 1000),
    class: narrow === '' ? wide : `${wide}.${narrow}`,
    status: isOver ? 'ended' : 'open',
    severity: wordIn(severities, (word('severity') ?? '').toLowerCase().replace(/[^a-z]/g, '')) ?? 'medium',
    title:
      shownText(
        word('title') ?? word('name') ?? word('description') ?? sub ?? word('category') ?? word('anomalousProperty') ?? type,
        200,
      ) ?? type,
    text: shownText(word('description') ?? word('comments'), 4000),
    at,
    startsAt: instantOf(word('validFrom') ?? word('accidentDate') ?? word('startDate')),
    // What is over was over when it was last changed.
    endsAt: instantOf(word('validTo') ?? word('endDate') ?? (isOver ? word('dateModified') : null)),
    place: placeOf(entity),
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
