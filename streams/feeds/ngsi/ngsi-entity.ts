/** An attribute of an entity, whatever it was written in. */
export interface NgsiAttribute {
  readonly value: unknown;
  /** Its own time, as it was written; null: it has none. */
  readonly observedAt: string | null;
  /** UN/CEFACT Recommendation 20, or whatever the source has; null: none. */
  readonly unitCode: string | null;
}

/** An entity of NGSI-v2 or NGSI-LD with its attributes in one shape. */
export interface NgsiEntity {
  readonly id: string;
  /** Without the address of its vocabulary: `AirQualityObserved`. */
  readonly type: string;
  readonly attributes: ReadonlyMap<string, NgsiAttribute>;
}

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The last part of a name that may be an address: `https://uri.fiware.org/ns/data-models#location` is `location`. `@context` is never fetched. */
const shortName = (name: string) => name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('#')) + 1);

/** Lists in lists deeper than this hold nothing that anybody sends. */
const listsAtMost = 8;

/**
 * The entities of a text: one, a list, a graph, a batch, a notification (`data`), a page of results, GeoJSON (a feature or a collection of them). NGSI-v2 and NGSI-LD, key-values and
 * normalized, are told apart attribute by attribute, for real senders mix them. Null where there is nothing that could be an entity.
 */
export function ngsiEntities(told: unknown, depth = 0): readonly (NgsiEntity | null)[] | null {
  if (depth > listsAtMost) return null;
  if (Array.isArray(told)) return told.flatMap((one: unknown) => ngsiEntities(one, depth + 1) ?? [null]);
  if (!isObject(told)) return null;
  if (told['type'] === 'FeatureCollection') return Array.isArray(told['features']) ? ngsiEntities(told['features'], depth + 1) : null;
  if (Array.isArray(told['data']) && (told['subscriptionId'] !== undefined || told['type'] === 'Notification'))
    return ngsiEntities(told['data'], depth + 1);
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
  const id = told['id'] ?? told['@id'];
  const written = told['type'] ?? told['@type'];
  const type = Array.isArray(written) ? (written as unknown[])[0] : written;
  if (typeof id !== 'string' || id === '' || typeof type !== 'string' || type === '') return null;
  const attributes = new Map<string, NgsiAttribute>();
  for (const [name, value] of Object.entries(told)) {
    if (['id', '@id', 'type', '@type', '@context'].includes(name)) continue;
    const key = shortName(name);
    // Several readings of one attribute: the one without a name of its own is the one that counts.
    const chosen =
      Array.isArray(value) && value.length > 0 && value.every(isNormalized)
        ? (value.find((one) => one['datasetId'] === undefined) ?? value[0])
        : value;
    attributes.set(key, attributeOf(chosen));
  }
  return { id, type: shortName(type), attributes };
}

const parts = ['value', 'object', 'languageMap', 'json', 'vocab', 'valueList'] as const;

/** An attribute with parts of its own, as against one that is just an object: GeoJSON and addresses have a `type`, too, and no such part beside it. */
function isNormalized(value: unknown): value is Json {
  return isObject(value) && parts.some((part) => part in value) && !('coordinates' in value);
}

function attributeOf(written: unknown): NgsiAttribute {
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
  return {
    value: part === 'languageMap' ? inOurLanguage(written[part]) : plain(written[part]),
    observedAt: own('observedAt') ?? meta('TimeInstant', 'timestamp', 'dateObserved', 'dateModified', 'observedAt'),
    unitCode: own('unitCode') ?? meta('unitCode', 'unit'),
  };
}

/** JSON-LD writes `{"@type":"DateTime","@value":"…"}`; structured values of NGSI-v2 say who observed theirs: `{"value":20,"observedBy":"…"}`. */
function plain(value: unknown): unknown {
  if (!isObject(value) || 'coordinates' in value) return value;
  if ('@value' in value) return value['@value'];
  return 'value' in value && typeof value['value'] !== 'object' ? value['value'] : value;
}

/** Of a text in several languages the Chinese one, else the English one, else the first one. */
function inOurLanguage(map: unknown): unknown {
  if (!isObject(map)) return map;
  const languages = Object.keys(map);
  const chosen = ['zh', 'en'].flatMap((wanted) => languages.find((one) => one.toLowerCase().startsWith(wanted)) ?? [])[0] ?? languages[0];
  const text = chosen === undefined ? null : map[chosen];
  return Array.isArray(text) ? (text as unknown[])[0] : text;
}
