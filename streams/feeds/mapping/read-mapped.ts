import { problem, type Problem } from '../../../main/contract/errors.ts';
import { nowhere } from '../../../main/contract/place.ts';
import { err, ok, type Result } from '../../../main/contract/result.ts';
import { csvRecords } from '../../directory/csv-records.ts';
import { assetFact, eventFact, indicatorFact, observationFact, type Fact } from '../../feed-contract.ts';
import { everyElement, parseXml } from '../../protocols/xml/parse-xml.ts';
import { allSteps } from '../all-steps.ts';
import { nothingSaid, type RawRecord, type ReadRecord } from '../feed-connector.ts';
import { isoInstant } from '../iso-instant.ts';
import { parseText } from '../parse-text.ts';
import { csvRow, jsonRow, topicRow, xmlRow, type MappedRow } from './mapped-row.ts';
import type { MappingDocument } from './mapping-document.ts';
import { zonedInstant } from './zoned-instant.ts';

/** More rows in one record than this are a mistake. */
const rowsAtMost = 50_000;
const problemsAtMost = 8;

type ValueFrom = MappingDocument['values'][number];
type TimeFrom = NonNullable<MappingDocument['time']>;
type WordFrom = MappingDocument['entity'];
type PlaceFrom = NonNullable<NonNullable<MappingDocument['asset']>['place']>;

/** Rows that are read between two pauses: a few milliseconds. */
const pauseEvery = 128;

/** Reads a record as its mapping says, row by row: one that cannot be read costs nobody else anything. */
export function readMapped(record: RawRecord, mapping: MappingDocument): Result<ReadRecord, Problem> {
  return allSteps(readMappedInSteps(record, mapping));
}

/** The same, with pauses. */
export function* readMappedInSteps({ bytes, from }: RawRecord, mapping: MappingDocument): Generator<void, Result<ReadRecord, Problem>> {
  const rows = rowsOf(bytes, mapping);
  if (!rows.ok) return rows;
  const { rows: found, problems } = rows.value;
  if (found.length === 0) {
    if (problems[0]) return err(problems[0]);
    // A list without rows says so itself; XML without such elements may as well be another document.
    return mapping.format === 'xml' ? err(problem('record-empty')) : ok(nothingSaid);
  }
  if (found.length > rowsAtMost) return err(problem('record-too-large', { rows: found.length }));
  const facts: Fact[] = [];
  let sourceAt: number | null = null;
  for (const [index, row] of found.entries()) {
    if (index > 0 && index % pauseEvery === 0) yield;
    const read = readRow(topicRow(row, from), mapping, `${index}.`);
    for (const why of read.problems) if (problems.length < problemsAtMost) problems.push(why);
    facts.push(...read.facts);
    if (read.at !== null) sourceAt = Math.max(sourceAt ?? 0, read.at);
  }
  if (facts.length === 0) return err(problems[0] ?? problem('record-empty'));
  return ok({ facts, problems, sourceAt, ignored: false });
}

// ---- rows

/** The rows of a record, and what in it is none. */
interface Rows {
  readonly rows: readonly MappedRow[];
  readonly problems: Problem[];
}

function rowsOf(bytes: Uint8Array, mapping: MappingDocument): Result<Rows, Problem> {
  const text = textOf(bytes, mapping);
  if (!text.ok) return text;
  switch (mapping.format) {
    case 'json':
      return jsonRows(text.value, mapping.records);
    case 'xml': {
      const root = parseXml(text.value);
      if (!root.ok) return root;
      const elements = mapping.records === '' ? [root.value] : everyElement(root.value, mapping.records);
      return ok({ rows: elements.map(xmlRow), problems: [] });
    }
    case 'csv':
      return csvRows(text.value, mapping.separator);
  }
}

/** As the mapping says; where it says nothing else, as the text itself does: by its mark, by what XML declares, and in GB 18030 where it is no UTF-8. */
function textOf(bytes: Uint8Array, { encoding }: MappingDocument): Result<string, Problem> {
  if (encoding === 'utf8' || isMarked(bytes)) return parseText(bytes);
  try {
    return ok(new TextDecoder('gb18030', { fatal: true }).decode(bytes));
  } catch {
    return err(problem('record-encoding'));
  }
}

/** A mark at its beginning tells what a text is written in, whatever anybody else says. */
const isMarked = (bytes: Uint8Array): boolean => {
  const [a, b, c] = bytes;
  return (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff) || (a === 0xef && b === 0xbb && c === 0xbf);
};

function jsonRows(text: string, path: string): Result<Rows, Problem> {
  const told = parseJson(text);
  if (!told.ok) return told;
  let list = jsonRow(told.value).at(path);
  if (list === undefined) return err(problem('record-malformed', { at: path }));
  // Some platforms write what they hand on as text inside of their own JSON.
  if (typeof list === 'string' && /^\s*[[{]/.test(list)) {
    const inside = parseJson(list);
    if (!inside.ok) return inside;
    list = inside.value;
  }
  return ok({ rows: (Array.isArray(list) ? (list as unknown[]) : [list]).map(jsonRow), problems: [] });
}

function parseJson(text: string): Result<unknown, Problem> {
  try {
    return ok(JSON.parse(text));
  } catch {
    return err(problem('json-malformed'));
  }
}

function csvRows(text: string, separator: string): Result<Rows, Problem> {
  const rows: MappedRow[] = [];
  const problems: Problem[] = [];
  let header: Map<string, number> | null = null;
  for (const record of csvRecords(text, separator)) {
    if (!record.ok) {
      const why = problem('csv-malformed', { line: record.line, reason: record.reason });
      if (header === null) return err(why);
      if (problems.length < problemsAtMost) problems.push(why);
      continue;
    }
    if (header === null) header = new Map(record.fields.map((name, index) => [name.trim(), index]));
    else if (rows.length <= rowsAtMost) rows.push(csvRow(header, record.fields));
  }
  return header === null ? err(problem('csv-header-missing', {})) : ok({ rows, problems });
}

// ---- one row

interface RowRead {
  readonly facts: readonly Fact[];
  readonly problems: readonly Problem[];
  readonly at: number | null;
}

function readRow(row: MappedRow, mapping: MappingDocument, where: string): RowRead {
  const facts: Fact[] = [];
  const problems: Problem[] = [];
  const refuse = (field: string) => void problems.push(problem('field-invalid', { field: `${where}${field}` }));
  const entity = wordOf(row, mapping.entity);
  if (entity === null || entity === '') return { facts, problems: [problem('field-missing', { field: `${where}entity` })], at: null };
  const at = mapping.time ? timeOf(row, mapping.time) : null;
  if (mapping.time && at === null) {
    const written = row.at(mapping.time.path);
    return { facts, problems: [problem('time-invalid', { value: String(written ?? '').slice(0, 40) })], at: null };
  }

  if (mapping.asset) {
    const { kind, name, place, properties } = mapping.asset;
    const made = assetFact.safeParse({
      kind: 'asset',
      entity,
      assetKind: wordOf(row, kind),
      name: name ? (wordOf(row, name) ?? null) : null,
      place: place ? placeOf(row, place) : nowhere,
      properties: Object.fromEntries(
        Object.entries(properties).flatMap(([key, path]) => (isPlain(row.at(path)) ? [[key, numeric(row.at(path))]] : [])),
      ),
    });
    if (made.success) facts.push(made.data);
    else refuse(`asset.${made.error.issues[0]!.path.join('.')}`);
  }
  for (const from of mapping.values) {
    const value = valueOf(row, from);
    // A source that leaves a value out says nothing of it.
    if (value === undefined) continue;
    const made = observationFact.safeParse({ kind: 'observation', entity, quantity: from.quantity, ...value, at });
    if (made.success) facts.push(made.data);
    else refuse(from.path);
  }
  if (mapping.event) {
    const { event } = mapping;
    const made = eventFact.safeParse({
      kind: 'event',
      external: textAt(row, event.external) ?? entity,
      version: event.version ? Number(row.at(event.version)) : Math.floor((at ?? 0) / 1000),
      class: wordOf(row, event.class),
      status: event.status ? wordOf(row, event.status) : 'open',
      severity: wordOf(row, event.severity),
      title: wordOf(row, event.title),
      text: event.text ? textAt(row, event.text) : null,
      at,
      startsAt: event.startsAt ? timeOf(row, event.startsAt) : null,
      endsAt: event.endsAt ? timeOf(row, event.endsAt) : null,
      place: event.place ? placeOf(row, event.place) : nowhere,
      source: Object.fromEntries(
        Object.entries(event.source ?? {}).flatMap(([name, path]) => {
          const told = textAt(row, path);
          return told === null ? [] : [[name, told.slice(0, 400)]];
        }),
      ),
    });
    if (made.success) facts.push(made.data);
    else refuse(`event.${made.error.issues[0]!.path.join('.')}`);
  }
  for (const { path, indicator, scale } of mapping.indicators) {
    const told = row.at(path);
    if (told === undefined) continue;
    const number = toNumber(told);
    const made = indicatorFact.safeParse({
      kind: 'indicator',
      indicator,
      value: number === null ? null : number * scale,
      unit: null,
      at,
      district: null,
    });
    if (made.success) facts.push(made.data);
    else refuse(path);
  }
  return { facts, problems, at };
}

const isPlain = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' ? value !== '' && value.length <= 200 : typeof value === 'number' || typeof value === 'boolean';
/** Formats without numbers write them as text; a number with a leading zero or a sign of its own is a name. */
const numeric = (value: unknown): unknown =>
  typeof value === 'string' && /^-?(?:0|[1-9]\d{0,14})(?:\.\d+)?$/.test(value) ? Number(value) : value;

function textAt(row: MappedRow, path: string): string | null {
  const value = row.at(path);
  return isScalar(value) && String(value) !== '' ? String(value) : null;
}
const isScalar = (value: unknown): value is string | number | boolean => ['string', 'number', 'boolean'].includes(typeof value);

/** The document's own word, or the record's, turned into ours where the document says how; null: there is none. */
function wordOf(row: MappedRow, from: WordFrom): string | null {
  if ('is' in from) return from.is;
  const written = textAt(row, from.path);
  if (written === null) return from.otherwise ?? null;
  if (!from.words) return written;
  return (Object.hasOwn(from.words, written) ? from.words[written] : from.otherwise) ?? null;
}

function placeOf(row: MappedRow, { lat, lon, datum, district, text }: PlaceFrom): object {
  const [latitude, longitude] = [lat, lon].map((path) => (path === undefined ? null : toNumber(row.at(path))));
  // 0, 0 is what devices without a fix send; nobody's city is there.
  const isFix =
    typeof latitude === 'number' &&
    typeof longitude === 'number' &&
    !(latitude === 0 && longitude === 0) &&
    Math.abs(latitude) <= 90 &&
    Math.abs(longitude) <= 180;
  const code = district ? wordOf(row, district) : null;
  return {
    ...nowhere,
    lat: isFix ? latitude : null,
    lon: isFix ? longitude : null,
    datum,
    district: code !== null && /^\d{2,12}$/.test(code) ? code : null,
    text: text === undefined ? null : textAt(row, text),
  };
}

/** As people write numbers: no `0x10`, no `Infinity`, and behind it at most a per cent sign, which says nothing that the mapping does not. */
const decimal = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?)\s*%?$/;
/** Thousands with commas between them, three digits each: `1,234.5`. */
const grouped = /^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?$/;
function toNumber(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string') return null;
  const text = value.trim();
  const [, plain] = decimal.exec(grouped.test(text) ? text.replaceAll(',', '') : text) ?? [];
  const number = plain === undefined ? Number.NaN : Number(plain);
  return Number.isFinite(number) ? number : null;
}

/** A value with its quality; undefined: the record says nothing of it. */
function valueOf(
  row: MappedRow,
  { path, type, scale, offset, noData, words }: ValueFrom,
): { value: number | string | boolean | null; quality: 'good' | 'no-data' } | undefined {
  const written = row.at(path);
  if (written === undefined) return undefined;
  const none = { value: null, quality: 'no-data' } as const;
  if (written === null || written === '' || noData.some((sentinel) => sentinel === written || String(sentinel) === String(written)))
    return none;
  if (!isScalar(written)) return none;
  if (words) {
    const word = Object.hasOwn(words, String(written)) ? words[String(written)] : undefined;
    return word === undefined ? none : { value: word, quality: 'good' };
  }
  if (type === 'text') return { value: String(written).slice(0, 200), quality: 'good' };
  if (type === 'boolean') {
    const word = String(written).toLowerCase();
    if (['true', '1', 'yes', 'on'].includes(word)) return { value: true, quality: 'good' };
    return ['false', '0', 'no', 'off'].includes(word) ? { value: false, quality: 'good' } : none;
  }
  const number = toNumber(written);
  return number === null ? none : { value: round(number * scale + offset), quality: 'good' };
}

/** A scale of 0.1 must not make 0.30000000000000004 of 3. */
const round = (value: number) => Number(value.toPrecision(12));

function timeOf(row: MappedRow, { path, format, zone }: TimeFrom): number | null {
  const written = row.at(path);
  if (!isScalar(written)) return null;
  const text = String(written).trim();
  const instant = readTime(text, format, zone);
  return instant === null || !Number.isSafeInteger(instant) || instant < 0 ? null : instant;
}

/** A date by slashes, dots or in Chinese, and parts of one digit, are taken as what they say. */
const wallTime =
  /^(\d{4})(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})日?(?:(?:[T ] *|(?<=日))(\d{1,2})(?::|时|点)(\d{1,2})(?:(?::|分)(\d{1,2})?(?:\.\d+)?秒?)?)?$/;
const digits = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(?:(\d\d)(\d\d)?(?:\d{3})?)?)?$/;

function readTime(text: string, format: TimeFrom['format'], zone: string): number | null {
  if (format === 'epoch-seconds' || format === 'epoch-ms') {
    const number = /^\d{1,16}(?:\.\d+)?$/.test(text) ? Number(text) : null;
    return number === null ? null : Math.round(format === 'epoch-ms' ? number : number * 1000);
  }
  let parts: (string | undefined)[];
  if (format === 'yyyyMMddHHmmss') {
    const found = digits.exec(text);
    if (!found) return null;
    parts = found.slice(1);
  } else {
    const found = wallTime.exec(text);
    // What is none of a clock on the wall tells its offset.
    if (!found) return isoInstant(text, null);
    parts = found.slice(1);
  }
  const [year, month, day, hour = 0, minute = 0, second = 0] = parts.map((part) => (part === undefined ? undefined : Number(part)));
  return zonedInstant({ year: year!, month: month!, day: day!, hour, minute, second }, zone);
}
