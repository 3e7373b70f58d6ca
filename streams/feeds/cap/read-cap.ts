import { problem, type Problem } from '../../../main/contract/errors.ts';
import { nowhere, type Place } from '../../../main/contract/place.ts';
import { err, ok, type Result } from '../../../main/contract/result.ts';
import { eventFact, type EventFact } from '../../feed-contract.ts';
import { childOf, childrenOf, everyElement, parseXml, textOf, type XmlElement } from '../../protocols/xml/parse-xml.ts';
import type { RawRecord, ReadRecord } from '../feed-connector.ts';
import { isoInstant } from '../iso-instant.ts';
import { parseText } from '../parse-text.ts';
import { awarenessClass, categoryOfCode, classOfCategory, classOfCode, classOfWords, colours, severityOf } from './cap-words.ts';

/** More alerts in one document than this are a mistake. */
const alertsAtMost = 2000;
const problemsAtMost = 8;
const shapesAtMost = 32;
/** A shape of more points is drawn with every second of them, or every third: what is shown on a map does not change by that. */
const pointsAtMost = 999;

/**
 * Reads CAP 1.2 (OASIS, 2010) and its forerunners: one alert, or whatever holds alerts (an Atom or RSS index with them inside, an EDXL-DE envelope, a list of our own); and what
 * China's early-warning centres make of it, with names of their own for the time, the event and the severity. Updates and cancels supersede what they refer to; exercises and tests
 * are marked and go nowhere; drafts, acknowledgements and messages between machines say nothing of the city.
 */
export function readCap(record: RawRecord): Result<ReadRecord, Problem> {
  const text = parseText(record.bytes);
  if (!text.ok) return text;
  const document = parseXml(text.value);
  if (!document.ok) return document;
  const alerts = everyElement(document.value, 'alert');
  if (alerts.length === 0) {
    // An index whose alerts are elsewhere: the poll follows its links.
    if (['feed', 'rss'].includes(document.value.name)) return ok({ facts: [], problems: [], sourceAt: null, ignored: true });
    return err(problem('record-unsupported', { what: document.value.name }));
  }
  if (alerts.length > alertsAtMost) return err(problem('record-too-large', { rows: alerts.length }));
  const facts: EventFact[] = [];
  const problems: Problem[] = [];
  for (const alert of alerts) {
    const read = readAlert(alert);
    if (!read.ok) {
      if (problems.length < problemsAtMost) problems.push(read.error);
    } else if (read.value) facts.push(read.value);
  }
  if (facts.length === 0 && problems.length > 0) return err(problems[0]!);
  const sourceAt = facts.reduce<number | null>((latest, { at }) => (at === null ? latest : Math.max(latest ?? 0, at)), null);
  return ok({ facts, problems, sourceAt, ignored: facts.length === 0 });
}

/** Links of an Atom or RSS index to its alerts, in order, each once; empty for anything else. */
export function linksOf(root: XmlElement): readonly string[] {
  const links = [...everyElement(root, 'entry'), ...everyElement(root, 'item')].flatMap((entry) => {
    if (everyElement(entry, 'alert').length > 0) return [];
    const all = childrenOf(entry, 'link');
    const typed =
      all.find(({ attributes }) => /cap\+xml/.test(attributes['type'] ?? '')) ??
      all.find(({ attributes }) => (attributes['rel'] ?? 'alternate') === 'alternate');
    const enclosed = childrenOf(entry, 'enclosure').find(({ attributes }) => /cap\+xml|\/xml/.test(attributes['type'] ?? ''));
    // Some name it apart from the page for people, which is what their link leads to.
    const named = childrenOf(entry, 'cap').find(({ text }) => /^https?:/.test(text));
    const href = named?.text ?? enclosed?.attributes['url'] ?? typed?.attributes['href'] ?? typed?.text;
    return href ? [href] : [];
  });
  return [...new Set(links)];
}

/** One alert; null: it says nothing of the city. */
function readAlert(alert: XmlElement): Result<EventFact | null, Problem> {
  const need = (name: string) => textOf(alert, name) ?? (name === 'sent' ? textOf(alert, 'sendTime') : null);
  for (const name of ['identifier', 'sender', 'sent', 'status', 'msgType'])
    if (need(name) === null) return err(problem('field-missing', { field: name }));
  const [identifier, sender, status, msgType] = ['identifier', 'sender', 'status', 'msgType'].map((name) => need(name)!) as [
    string,
    string,
    string,
    string,
  ];
  if (!['Actual', 'Exercise', 'Test', 'System', 'Draft'].includes(status)) return err(problem('field-invalid', { field: 'status' }));
  if (!['Alert', 'Update', 'Cancel', 'Ack', 'Error'].includes(msgType)) return err(problem('field-invalid', { field: 'msgType' }));
  if (status === 'System' || status === 'Draft' || msgType === 'Ack' || msgType === 'Error') return ok(null);
  // The centres of China, which have a name of their own for it, mean the time of China where they tell no offset.
  const offset = textOf(alert, 'sent') === null ? '+08:00' : null;
  const timeOf = (text: string | null) => instantOf(text, offset);
  const sent = timeOf(need('sent'));
  if (sent === null) return err(problem('time-invalid', { value: need('sent')!.slice(0, 40) }));

  const infos = chosenInfos(alert);
  const [first] = infos;
  if (!first && msgType !== 'Cancel') return err(problem('field-missing', { field: 'info' }));
  const word = (name: string) => infos.map((info) => textOf(info, name)).find((one) => one !== null) ?? null;
  const longText = (name: string) =>
    infos
      .flatMap((info) => childOf(info, name) ?? [])
      .map(allText)
      .find((one) => one !== '') ?? null;
  const event = word('event') ?? '';
  const title = word('headline') ?? (event || `${msgType} ${identifier}`);
  const ends = infos.map((info) => timeOf(textOf(info, 'expires'))).filter((time) => time !== null);
  const areas = infos.flatMap((info) => childrenOf(info, 'area'));
  const area = { polygons: areas.flatMap(polygonsOf), circles: areas.flatMap(circlesOf) };
  const references = (need('references') ?? '')
    .split(/\s+/)
    .filter(Boolean)
    .map((told) => referenceOf(told, sender))
    .filter((one) => one !== null);

  const made = eventFact.safeParse({
    kind: 'event',
    external: `${sender},${identifier}`.slice(0, 200),
    // The same identifier is never sent twice with another content; the instant of sending tells what came after what.
    version: Math.floor(sent / 1000),
    supersedes: references.slice(0, 64),
    class: classOf(infos, event, title),
    status: msgType === 'Cancel' ? 'cancelled' : infos.every(isAllClear) ? 'ended' : 'open',
    severity: severity(infos, `${event} ${title}`),
    title: oneLine(title).slice(0, 200),
    text: lines(longText('description')),
    instruction: lines(longText('instruction')),
    at: sent,
    startsAt: timeOf(word('onset')) ?? timeOf(word('effective')),
    endsAt: ends.length === 0 ? null : Math.max(...ends),
    place: placeOf(areas, area),
    area:
      area.polygons.length + area.circles.length === 0
        ? null
        : { polygons: area.polygons.slice(0, shapesAtMost), circles: area.circles.slice(0, shapesAtMost) },
    source: Object.fromEntries(
      ['category', 'event', 'eventType', 'urgency', 'severity', 'certainty', 'senderName', 'contact', 'web', 'responseType'].flatMap(
        (name) => {
          const value = word(name);
          return value === null ? [] : [[name, oneLine(value).slice(0, 400)]];
        },
      ),
    ),
    exercise: status !== 'Actual',
  });
  if (made.success) return ok(made.data);
  return err(problem('field-invalid', { field: made.error.issues[0]!.path.join('.') }));
}

/** What it tells of is over, and people need do nothing any more (clause 3.2.2, responseType). */
const isAllClear = (info: XmlElement): boolean => childrenOf(info, 'responseType').some(({ text }) => text === 'AllClear');

/** The blocks of the language that is read here: Chinese, else English, else the first one's; CAP takes a block without a language as en-US. */
function chosenInfos(alert: XmlElement): readonly XmlElement[] {
  const infos = childrenOf(alert, 'info');
  const languageOf = (info: XmlElement) => (textOf(info, 'language') ?? 'en-US').toLowerCase();
  for (const wanted of ['zh', 'en']) {
    const found = infos.filter((info) => languageOf(info).startsWith(wanted));
    if (found.length > 0) return found;
  }
  const [first] = infos;
  return first ? infos.filter((info) => languageOf(info) === languageOf(first)) : [];
}

function classOf(infos: readonly XmlElement[], event: string, title: string): string {
  const codes = infos
    .flatMap((info) => [...childrenOf(info, 'eventCode').map((code) => textOf(code, 'value') ?? ''), textOf(info, 'eventType') ?? ''])
    .map((code) => code.trim().toUpperCase());
  const known = codes.map((code) => wordOf(classOfCode, code)).find((one) => one !== undefined);
  if (known !== undefined) return known;
  const aware = infos.map((info) => wordOf(awarenessClass, parameterOf(info, 'awareness_type')?.split(';')[0]?.trim() ?? ''));
  const told = aware.find((one) => one !== undefined);
  if (told !== undefined) return told;
  const category =
    infos.map((info) => textOf(info, 'category')).find((one) => one !== null) ??
    codes.map((code) => categoryOfCode.find(([beginning]) => beginning.test(code))?.[1]).find((one) => one !== undefined);
  const wide = wordOf(classOfCategory, category ?? 'Other') ?? 'other';
  // What its category does not name its words do not either: a fire in a gale is no weather.
  const named = [event, title].flatMap((words) => classOfWords.find(([pattern]) => pattern.test(words))?.[1] ?? []);
  const meant = named.find((one) => category === undefined || one.startsWith(`${wide}.`));
  if (meant !== undefined) return meant;
  const narrow = event
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '');
  return narrow === '' ? wide : `${wide}.${narrow}`;
}

const worstFirst: readonly EventFact['severity'][] = ['critical', 'high', 'medium', 'low', 'information'];

function severity(infos: readonly XmlElement[], words: string): EventFact['severity'] {
  // What the weather services of Europe paint green is no warning.
  if (infos.length > 0 && infos.every((info) => /\bgreen\b/i.test(parameterOf(info, 'awareness_level') ?? ''))) return 'information';
  const told = infos.map((info) => wordOf(severityOf, (textOf(info, 'severity') ?? 'unknown').toLowerCase()) ?? 'information');
  const worst = worstFirst.find((one) => told.includes(one)) ?? 'information';
  if (worst !== 'information') return worst;
  return colours.find(([colour]) => colour.test(words))?.[1] ?? 'information';
}

/** What a word of the standard is here; undefined: it is none. Only what the table itself holds: a sender may write `constructor`. */
const wordOf = <T>(table: Readonly<Record<string, T>>, word: string): T | undefined =>
  Object.hasOwn(table, word) ? table[word] : undefined;

const parameterOf = (info: XmlElement, name: string): string | null => {
  const found = childrenOf(info, 'parameter').find((one) => textOf(one, 'valueName') === name);
  return found ? textOf(found, 'value') : null;
};

/** CAP writes a T and an offset in numbers; Z and a space are taken as well, for real senders write them. Without an offset nobody knows when it was, but for who is known to mean one. */
function instantOf(text: string | null, offset: string | null): number | null {
  if (text === null || !text.includes(':')) return null;
  return isoInstant(text, null) ?? (offset === null ? null : isoInstant(`${text.trim()}${offset}`, null));
}

/** All the text of an element, that of what is inside of it too: some put elements of their own into a description. */
function allText({ text, children }: XmlElement): string {
  return [text, ...children.map(allText)].filter((one) => one !== '').join('\n');
}

/** `sender,identifier,sent` (clause 3.2.1): what it refers to, as we name it. Who writes the identifier alone means one of his own. */
function referenceOf(text: string, sender: string): string | null {
  const [, named] = /^(.+,.+),[^,]+$/.exec(text) ?? [];
  if (named !== undefined) return named.slice(0, 200);
  return text.includes(',') ? null : `${sender},${text}`.slice(0, 200);
}

/** A pair of numbers as it is written; null: it is none. */
function pairOf(text: string): [number, number] | null {
  const [, first, second] = /^([+-]?\d{1,3}(?:\.\d*)?),([+-]?\d{1,3}(?:\.\d*)?)$/.exec(text) ?? [];
  return first === undefined ? null : [Number(first), Number(second)];
}

/**
 * The pairs of one shape as `lat,lon`; null: one of them is none, or nowhere on earth. Some write the longitude first: no latitude is beyond 90°, so that a shape with one that is can
 * only have been meant that way.
 */
function onEarth(pairs: readonly ([number, number] | null)[]): [number, number][] | null {
  if (pairs.some((pair) => pair === null)) return null;
  const written = pairs as readonly [number, number][];
  const isSwapped = written.some(([first]) => Math.abs(first) > 90);
  const meant = written.map(([first, second]): [number, number] => (isSwapped ? [second, first] : [first, second]));
  return meant.every(([lat, lon]) => Math.abs(lat) <= 90 && Math.abs(lon) <= 180) ? meant : null;
}

/** A polygon has at least four pairs, of which the last is the first one (clause 3.2.4); one that is not closed is closed. */
function polygonsOf(area: XmlElement): [number, number][][] {
  return childrenOf(area, 'polygon').flatMap(({ text }) => {
    const pairs = onEarth(
      text
        .replace(/\s*,\s*/g, ',')
        .split(/\s+/)
        .map(pairOf),
    );
    if (pairs === null || pairs.length < 3) return [];
    const every = Math.ceil(pairs.length / pointsAtMost);
    const points = pairs.filter((_, index) => index % every === 0);
    const [first, last] = [points[0]!, points.at(-1)!];
    const closed = first[0] === last[0] && first[1] === last[1] ? points : [...points, first];
    return closed.length < 4 ? [] : [closed];
  });
}

function circlesOf(area: XmlElement): { lat: number; lon: number; radiusM: number }[] {
  return childrenOf(area, 'circle').flatMap(({ text }) => {
    const [centre, radius] = text.replace(/\s*,\s*/g, ',').split(/\s+/);
    const pair = onEarth([pairOf(centre ?? '')])?.[0];
    const km = Number(radius);
    return pair === undefined || !Number.isFinite(km) || km < 0 ? [] : [{ lat: pair[0], lon: pair[1], radiusM: km * 1000 }];
  });
}

/** Divisions of China (GB/T 2260): six digits, nine or twelve with streets and villages, of which the first two are a province. */
const districtCode = /^(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12])\d{4}(?:\d{3}(?:\d{3})?)?$/;
/** Codes of other countries' services, which have as many digits. */
const foreignCodes = /SAME|FIPS|UGC|CLC|CAP-CP|EMMA|NUTS|WARNCELL|CISORP|AMOC/i;

/** In words; the middle of the first shape; the district where a geocode is one (GB/T 2260). */
function placeOf(
  areas: readonly XmlElement[],
  { polygons, circles }: { polygons: [number, number][][]; circles: { lat: number; lon: number }[] },
): Place {
  const text = oneLine(
    areas
      .map((area) => textOf(area, 'areaDesc') ?? '')
      .filter(Boolean)
      .join('、'),
  ).slice(0, 200);
  const district = areas
    .flatMap((area) => childrenOf(area, 'geocode').filter((code) => !foreignCodes.test(textOf(code, 'valueName') ?? '')))
    .flatMap((code) => (childOf(code, 'value')?.text ?? code.text).split(','))
    .map((code) => code.trim())
    .find((code) => districtCode.test(code));
  const [shape] = polygons;
  const [circle] = circles;
  const middle = shape
    ? { lat: mean(shape.slice(1).map(([lat]) => lat)), lon: mean(shape.slice(1).map(([, lon]) => lon)) }
    : circle
      ? { lat: circle.lat, lon: circle.lon }
      : { lat: null, lon: null };
  return { ...nowhere, ...middle, text: text === '' ? null : text, district: district?.replace(/(?:000)+$/, '') ?? null };
}

const mean = (values: readonly number[]) => Math.round((values.reduce((sum, value) => sum + value, 0) / values.length) * 1e6) / 1e6;

// What a sender writes may hold anything; what is shown may not (see `humanText`).
const unshown =
  // oxlint-disable-next-line no-control-regex -- leaving them out is the point
  /[\u0000-\u0009\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const oneLine = (text: string) => text.replaceAll('\n', ' ').replace(unshown, ' ').replace(/ {2,}/g, ' ').trim();

function lines(text: string | null): string | null {
  const shown = text?.replaceAll('\r\n', '\n').replace(unshown, ' ').trim().slice(0, 4000).trim();
  return shown ? shown : null;
}
