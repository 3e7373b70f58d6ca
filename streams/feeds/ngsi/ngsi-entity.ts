import { isoInstant } from '../iso-instant.ts';
import { folded, isKnownType } from './ngsi-models.ts';

/** An attribute of an entity, whatever it was written in. */
export interface NgsiAttribute {
  readonly value: unknown;
  /** Its own time, as it was written; null: it has none. */
  readonly observedAt: string | null;
  /** UN/CEFACT Recommendation 20, or whatever the source has; null: none. */
  readonly unitCode: string | null;
  /** What the same attribute was before, oldest first: a history tells many readings at once. */
  readonly earlier: readonly Omit<NgsiAttribute, 'earlier'>[];
}

/** An entity of NGSI-v2 or NGSI-LD with its attributes in one shape. */
export interface NgsiEntity {
  readonly id: string;
  /** Without the address of its vocabulary: `AirQualityObserved`. */
  readonly type: string;
  readonly attributes: ReadonlyMap<string, NgsiAttribute>;
  /** The attribute of this name, whatever capitals, dots and underlines its sender wrote it with. */
  attribute(name: string): NgsiAttribute | undefined;
}

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The last part of a name that may be an address: `https://uri.fiware.org/ns/data-models#location` is `location`. `@context` is never fetched. */
const shortName = (name: string) => name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('#')) + 1);

/** Lists in lists, and values in values, deeper than this hold nothing that anybody sends. */
const listsAtMost = 8;
const valuesAtMost = 4;
/** More readings of one attribute in one record are a mistake; the latest are kept. */
const readingsAtMost = 1000;

/**
 * The entities of a text: one, a list, a graph, a batch, a notification (`data`), a page of results, GeoJSON (a feature or a collection of them). NGSI-v2 and NGSI-LD, key-values and
 * normalized, are told apart attribute by attribute, for real senders mix them. Null where there is nothing that could be an entity.
 */
export function ngsiEntities(told: unknown, depth = 0): readonly (NgsiEntity | null)[] | null {
  if (depth > listsAtMost) return null;
  if (Array.isArray(told)) return told.flatMap((one: unknown) => ngsiEntities(one, depth + 1) ?? [null]);
  if (!isObject(told)) return null;
  if (told['type'] === 'FeatureCollection') return Array.isArray(told['features']) ? ngsiEntities(told['features'], depth + 1) : null;
  // Brokers of before NGSI-LD leave out what they notify of; what has a type is an entity, whose attribute `data` may be anything.
  const isNotification = told['subscriptionId'] !== undefined || told['type'] === 'Notification' || told['type'] === undefined;
  if (isNotification && typeof told['data'] === 'object' && told['data'] !== null) return ngsiEntities(told['data'], depth + 1);
  // A graph of JSON-LD; a batch of NGSI-v2.
  for (const list of [told['@graph'], told['entities']]) if (Array.isArray(list)) return ngsiEntities(list, depth + 1);
  if (told['type'] === 'Feature') return [feature(told)];
  const entity = entityOf(told);
  return entity ? [entity] : null;
}

function feature(told: Json): NgsiEntity | null {
  const { properties, geometry, id } = told;
  if (!isObject(properties)) return null;
  const inside = isObject(geometry) && !('location' in properties) ? { ...properties, location: geometry } : properties;
  return entityOf({ id, ...inside });
}

function entityOf(told: Json): NgsiEntity | null {
  // Some normalize even those two.
  const id = readingOf(told['id'] ?? told['@id']).value;
  const written = readingOf(told['type'] ?? told['@type']).value;
  const types = (Array.isArray(written) ? (written as unknown[]) : [written]).filter((type) => typeof type === 'string' && type !== '');
  if (typeof id !== 'string' || id === '' || types.length === 0) return null;
  const names = (types as string[]).map(shortName);
  const attributes = new Map<string, NgsiAttribute>();
  const byFolded = new Map<string, NgsiAttribute>();
  for (const [name, value] of Object.entries(told)) {
    if (['id', '@id', 'type', '@type', '@context'].includes(name)) continue;
    const key = shortName(name);
    const attribute = attributeOf(value);
    attributes.set(key, attribute);
    // As it stands in the models goes before however else it is written.
    if (!byFolded.has(folded(key))) byFolded.set(folded(key), attribute);
  }
  return {
    id,
    // An entity of several types is what we know of them.
    type: names.find(isKnownType) ?? names[0]!,
    attributes,
    attribute: (name) => attributes.get(name) ?? byFolded.get(folded(name)),
  };
}

const parts = ['value', 'object', 'languageMap', 'json', 'vocab', 'valueList'] as const;

/** An attribute with parts of its own, as against one that is just an object: GeoJSON and addresses have a `type`, too, and no such part beside it. */
function isNormalized(value: unknown): value is Json {
  return isObject(value) && parts.some((part) => part in value) && !('coordinates' in value);
}

/** Readings of one attribute at several times (ETSI GS CIM 009 clause 4.5.8, 4.5.9): a list of instances, or pairs of a value and its time. */
function instancesOf(written: unknown): readonly unknown[] | null {
  if (Array.isArray(written)) return written.length > 0 && written.every(isNormalized) ? written : null;
  if (!isObject(written) || !Array.isArray(written['values']) || parts.some((part) => part in written)) return null;
  return (written['values'] as unknown[]).flatMap((pair) =>
    Array.isArray(pair) && pair.length >= 2
      ? [{ value: pair[0] as unknown, observedAt: pair[1] as unknown, unitCode: written['unitCode'] }]
      : [],
  );
}

function attributeOf(written: unknown): NgsiAttribute {
  const instances = instancesOf(written);
  if (!instances) return { ...readingOf(written), earlier: [] };
  // Several sources of one attribute: the one without a name of its own is the one that counts.
  const plainOnes = instances.filter((one) => isObject(one) && one['datasetId'] === undefined);
  const readings = (plainOnes.length > 0 ? plainOnes : instances.slice(0, 1)).map(readingOf);
  const timed = readings.flatMap((reading) => {
    const at = reading.observedAt === null ? null : isoInstant(reading.observedAt, 'Z');
    return at === null ? [] : [{ reading, at }];
  });
  const inOrder = timed.sort((a, b) => a.at - b.at).slice(-readingsAtMost);
  const latest = inOrder.pop()?.reading ?? readings[0] ?? readingOf(null);
  return { ...latest, earlier: inOrder.map(({ reading }) => reading) };
}

/** What units are written under, in any capitals. */
const unitNames: ReadonlySet<string> = new Set(['unitcode', 'unit', 'units', 'unittext', 'uom', 'unitofmeasure']);

type Reading = Omit<NgsiAttribute, 'earlier'>;

function readingOf(written: unknown, depth = 0): Reading {
  if (!isNormalized(written)) return { value: plain(written), observedAt: null, unitCode: null };
  const part = parts.find((one) => one in written)!;
  const metadata = isObject(written['metadata']) ? written['metadata'] : {};
  const meta = (...names: string[]) => {
    for (const name of names) {
      const found = metadata[name];
      const value = isObject(found) ? found['value'] : found;
      if (typeof value === 'string') return value;
    }
    return null;
  };
  const own = (name: string) => (typeof written[name] === 'string' ? (written[name] as string) : null);
  const value = part === 'languageMap' ? inOurLanguage(written[part]) : written[part];
  // Some put a whole attribute where its value belongs, and its unit and time with it.
  const inside = depth < valuesAtMost ? readingOf(value, depth + 1) : { value: null, observedAt: null, unitCode: null };
  return {
    value: inside.value,
    observedAt: own('observedAt') ?? meta('TimeInstant', 'timestamp', 'dateObserved', 'dateModified', 'observedAt') ?? inside.observedAt,
    unitCode: (own('unitCode') || null) ?? unitIn(written) ?? unitIn(metadata) ?? inside.unitCode,
  };
}

/** The unit among the parts of an attribute, or of its metadata; a part of its own may be written as an attribute again. */
function unitIn(among: Json): string | null {
  for (const name of Object.keys(among)) {
    if (!unitNames.has(name.toLowerCase())) continue;
    const found = among[name];
    const unit = isObject(found) ? found['value'] : found;
    if (typeof unit === 'string' && unit !== '') return unit;
  }
  return null;
}

/** JSON-LD writes `{"@type":"DateTime","@value":"…"}`; what is measured over a time is told as its parts, of which the one at the moment counts. */
function plain(value: unknown): unknown {
  if (!isObject(value) || 'coordinates' in value) return value;
  if ('@value' in value) return value['@value'];
  return value['instValue'] ?? value['avgOverTime'] ?? value;
}

/** Of a text in several languages the Chinese one, else the English one, else the first one. */
function inOurLanguage(map: unknown): unknown {
  if (!isObject(map)) return map;
  const languages = Object.keys(map);
  const chosen = ['zh', 'en'].flatMap((wanted) => languages.find((one) => one.toLowerCase().startsWith(wanted)) ?? [])[0] ?? languages[0];
  const text = chosen === undefined ? null : map[chosen];
  return Array.isArray(text) ? (text as unknown[])[0] : text;
}
