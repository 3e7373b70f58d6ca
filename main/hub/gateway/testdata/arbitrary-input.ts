import * as fc from 'fast-check';

/** The part of JSON Schema (draft 2020-12) that the API document uses. */
export interface InputSchema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly InputSchema[];
  readonly oneOf?: readonly InputSchema[];
  readonly allOf?: readonly InputSchema[];
  readonly properties?: Readonly<Record<string, InputSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | InputSchema;
  readonly items?: InputSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly format?: string;
  readonly contentEncoding?: string;
}

/** Longest texts and lists made on purpose; `spoilt` makes the huge ones. */
const textAtMost = 40;
const itemsAtMost = 4;

/** What a schema lets in, as nearly as it can be made from it: conditions between fields are not in a schema. */
export function inputOf(schema: InputSchema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return fc.oneof(...choices.map(inputOf));
  if (typeof schema.type !== 'string')
    return schema.type === undefined ? fc.jsonValue({ maxDepth: 2 }) : fc.oneof(...schema.type.map((type) => inputOf({ ...schema, type })));
  switch (schema.type) {
    case 'string':
      return textOf(schema);
    case 'integer':
      return fc.integer({ min: lowest(schema, 1), max: highest(schema, 1) });
    case 'number':
      return fc.double({ min: lowest(schema, 1e-6), max: highest(schema, 1e-6), noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(inputOf(schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.max(schema.minItems ?? 0, Math.min(schema.maxItems ?? itemsAtMost, itemsAtMost)),
      });
    case 'object':
      return objectOf(schema);
    default:
      throw new Error(`a schema of type ${schema.type} is not known here`);
  }
}

const lowest = ({ minimum, exclusiveMinimum }: InputSchema, step: number) =>
  Math.max(minimum ?? -1e9, exclusiveMinimum === undefined ? -1e9 : exclusiveMinimum + step);
const highest = ({ maximum, exclusiveMaximum }: InputSchema, step: number) =>
  Math.min(maximum ?? 1e9, exclusiveMaximum === undefined ? 1e9 : exclusiveMaximum - step);

function objectOf(schema: InputSchema): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties } = schema;
  const fields = Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, inputOf(one)]));
  const known = fc.record(fields, { requiredKeys: required.filter((name) => name in fields) });
  if (typeof additionalProperties !== 'object') return known;
  return fc
    .tuple(known, fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), inputOf(additionalProperties), { maxKeys: 3 }))
    .map(([one, more]) => ({ ...more, ...one }));
}

function textOf(schema: InputSchema): fc.Arbitrary<string> {
  const { minLength = 0, contentEncoding, format } = schema;
  const maxLength = Math.max(minLength, Math.min(schema.maxLength ?? textAtMost, textAtMost));
  if (contentEncoding === 'base64') return fc.uint8Array({ maxLength: 24 }).map((bytes) => Buffer.from(bytes).toString('base64'));
  if (format === 'cidrv4') return fc.ipV4().map((address) => `${address}/24`);
  if (format === 'cidrv6') return fc.constant('fd00::/8');
  const patterns = [schema.pattern, ...(schema.allOf ?? []).map(({ pattern }) => pattern)].filter((pattern) => pattern !== undefined);
  const [first] = patterns;
  const readable = fc.string({ unit: 'grapheme', minLength, maxLength });
  // One that only forbids is met by readable text.
  if (first === undefined || first.startsWith('^[^')) return readable;
  return fc.stringMatching(new RegExp(first)).filter((text) => text.length >= minLength && text.length <= (schema.maxLength ?? Infinity));
}

/** Values that break what expects another: of every type, huge, deep, half characters, names that every object has. */
export const nasty: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  -0.5,
  2 ** 53,
  1e308,
  '',
  ' ',
  '\u0000',
  '\ud800',
  'x\udfffy',
  '\u202eabc',
  'x'.repeat(70_000),
  '钱'.repeat(20_000),
  '../../keys/secrets.key',
  "'; DROP TABLE audit; --",
  '<img src=x onerror=alert(1)>',
  '__proto__',
  'constructor',
  [],
  {},
  [[]],
  Array.from({ length: 10_000 }, () => 0),
  nested(1500, (inner) => [inner]),
  nested(1500, (inner) => ({ a: inner })),
  withProto({ isAdmin: true }),
];

function nested(depth: number, wrap: (inner: unknown) => unknown): unknown {
  let value: unknown = null;
  for (let level = 0; level < depth; level += 1) value = wrap(value);
  return value;
}

/** An object with a property of its own that is called `__proto__`, as JSON can carry it. */
function withProto(value: unknown, into: object = {}): object {
  return Object.defineProperty(into, '__proto__', { value, enumerable: true, configurable: true, writable: true });
}

/** What a schema lets in, spoilt in one place: another value, a field missing, a field too many, a list a thousand times as long. */
export function spoilt(valid: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const how = fc.constantFrom('replace', 'remove', 'add', 'add-proto', 'repeat');
  return fc.tuple(valid, how, fc.nat(), fc.nat(nasty.length - 1)).map(([value, kind, at, which]) => {
    const root = { value: structuredClone(value) };
    const spots = placesIn(root);
    const { holder, key } = spots[at % spots.length]!;
    const held = holder[key];
    const bad = nasty[which];
    if (kind === 'remove' && holder !== (root as object)) delete holder[key];
    else if (kind === 'add' && isObject(held)) held['nobodyKnowsThis'] = bad;
    else if (kind === 'add-proto' && isObject(held)) withProto(bad, held);
    else if (kind === 'repeat' && Array.isArray(held)) holder[key] = Array.from({ length: 1000 }, () => held[0] ?? bad);
    else holder[key] = bad;
    return root.value;
  });
}

type Holder = Record<string, unknown>;
const isObject = (value: unknown): value is Holder => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every place of a value, its root first. */
function placesIn(root: { value: unknown }): { readonly holder: Holder; readonly key: string }[] {
  const found = [{ holder: root as Holder, key: 'value' }];
  for (const { holder, key } of found) {
    const value = holder[key];
    if (typeof value === 'object' && value !== null)
      found.push(...Object.keys(value).map((name) => ({ holder: value as Holder, key: name })));
  }
  return found;
}
