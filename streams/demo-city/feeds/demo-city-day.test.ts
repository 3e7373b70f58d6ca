import { expect, test } from 'vitest';
import { createRuleEngine } from '../../../alerts/rules/evaluate-rules.ts';
import type { SeenObservation } from '../../../alerts/rules/rule.ts';
import type { FeedId, SystemId } from '../../../main/contract/ids.ts';
import { MemoryLedger } from '../../../main/hub/ledger/memory-ledger.ts';
import { createKnownCity } from '../../city/known-city.ts';
import { feedSettings, type CityEvent } from '../../feed-contract.ts';
import { connectors } from '../../feeds/connectors.ts';
import type { RecordReader } from '../../feeds/feed-connector.ts';
import { systems } from '../../systems/systems.ts';
import { demoFeeds } from './demo-feeds.ts';
import { demoMessages, demoRecords } from './demo-records.ts';
import { demoSites } from './demo-sites.ts';
import { overTime, toldOn, type ToldStory } from './demo-stories.ts';
import { capOf, demoWarnings } from './demo-warnings.ts';

const sites = demoSites();
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** A Monday, midnight of the city. */
const monday = Date.UTC(2026, 0, 4, 16);

/** What the feeds' own readers and the rules of all packs make of the demo city's records, step by step. */
function watch() {
  const feeds = demoFeeds(sites, { mqttUrl: 'mqtt://127.0.0.1:1', capUrl: 'http://127.0.0.1:1/x' });
  const readers = new Map<string, RecordReader>();
  for (const { id, kind, settings = {} } of feeds) {
    const connector = connectors.find((one) => one.kind === kind)!;
    readers.set(id, (connector.reader as (given: unknown) => RecordReader)(feedSettings.parse({ ...settings, kind })));
  }
  const systemOf = new Map(feeds.map(({ id, system }) => [id, system]));
  const engine = createRuleEngine(systems.flatMap(({ rules }) => rules));
  const raised: string[] = [];
  const problems: unknown[] = [];
  let now = 0;
  const note = (signals: ReturnType<typeof engine.tell>) => {
    for (const { kind, rule, subject } of signals) if (kind === 'raise') raised.push(`${rule.id} ${subject.id}`);
  };
  const city = createKnownCity({
    ledger: new MemoryLedger(),
    latest: { set: () => {}, get: () => undefined, forget: () => {} } as never,
    onObservation: (observation: SeenObservation) => note(engine.tell({ kind: 'observation', observation }, now)),
    onEvent: (event: CityEvent) => note(engine.tell({ kind: 'event', event }, now)),
    onIndicator: (system, { indicator }) =>
      systems.find(({ id }) => id === system)!.indicators.some(({ id }) => id === indicator)
        ? { outcome: 'taken', changes: [], told() {} }
        : null,
  });
  const records = demoRecords();
  const take = (feedId: string, body: string | Uint8Array, contentType: string) => {
    const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
    const read = readers.get(feedId)!.read({ bytes, contentType, receivedAt: now, from: null });
    if (!read.ok) {
      problems.push([feedId, read.error]);
      return;
    }
    problems.push(...read.value.problems.map((why) => [feedId, why]));
    const taken = city.take(read.value.facts, {
      feedId: feedId as FeedId,
      system: systemOf.get(feedId) as SystemId,
      receivedAt: now,
      simulated: true,
      drill: false,
    });
    problems.push(...taken.problems.map((why) => [feedId, why]));
  };
  return {
    raised,
    problems,
    city,
    step(at: number, stories: readonly ToldStory[] = []) {
      now = at;
      const moment = { sites, stories, at };
      for (const { feedId, body, contentType, taken } of records) {
        const text = body(moment);
        if (text === null) continue;
        take(feedId, text, contentType);
        taken?.();
      }
      for (const [feedId, , messages] of demoMessages) for (const { text } of messages(moment)) take(feedId, text, 'application/json');
      for (const warning of demoWarnings(stories, at)) take('demo-warnings', capOf(warning), 'application/xml');
      city.flush();
      city.expire(at);
      note(engine.tell({ kind: 'tick' }, at));
    },
  };
}

test.each([
  ['a working day', monday],
  ['a Saturday', monday + 5 * 24 * hourMs],
])(
  '%s is calm: every record is read without a problem, and an alert is raised about every ten minutes',
  { timeout: 60_000 },
  (_what, from) => {
    const watched = watch();
    // What was going on before it began is no news of the day.
    watched.step(from - 5 * minuteMs);
    watched.raised.length = 0;
    for (let at = from; at < from + 24 * hourMs; at += 10 * minuteMs) watched.step(at);
    expect(watched.problems).toEqual([]);
    // Each change of an event says it again; that is no other alert.
    const alerts = [...new Set(watched.raised)];
    const counts = Map.groupBy(alerts, (name) => name.split(' ')[0]!);
    const told = Object.fromEntries([...counts].map(([rule, all]) => [rule, all.length]));
    expect(alerts.length, JSON.stringify(told)).toBeGreaterThan(60);
    expect(alerts.length, JSON.stringify(told)).toBeLessThan(150);
    // Nothing is worse than a burst main, somebody who needs help, and a house that cracks.
    expect(
      [...counts.keys()].filter((rule) => /gas|reservoir|river|heavy-rain|frost|over-load|over-capacity|jam|overload/.test(rule)),
    ).toEqual([]);
  },
);

const noon = monday + 12 * hourMs;

test.each([
  ['jam', ['traffic.jam', 'traffic.accident'], '329982001'],
  ['rainstorm', ['emergency.official-warning', 'emergency.heavy-rain', 'emergency.river-level', 'utilities.pit-overflow'], null],
  ['ambulance', ['traffic.accident'], null],
] as const)(
  'the story "%s" raises what it tells of, and what it raised is over when it is',
  { timeout: 60_000 },
  (story, rules, district) => {
    const watched = watch();
    watched.step(noon - minuteMs);
    watched.raised.length = 0;
    let telling = toldOn([], { story, district, active: true }, noon);
    for (let at = noon; at <= noon + 30 * minuteMs; at += minuteMs) watched.step(at, telling);
    const seen = new Set(watched.raised.map((name) => name.split(' ')[0]!));
    for (const rule of rules) expect([...seen]).toContain(rule);
    expect(watched.problems).toEqual([]);
    telling = toldOn(telling, { story, district, active: false }, noon + 31 * minuteMs);
    expect(telling[0]!.until).toBe(noon + 31 * minuteMs);
    watched.step(noon + 32 * minuteMs, telling);
    const open = [...watched.city.events()].filter(({ status, class: kind }) => status === 'open' && kind === 'weather.rainstorm');
    expect(open).toEqual([]);
  },
);

test('a story that nobody ends is over after an hour, and forgotten after two', () => {
  const told = toldOn([], { story: 'jam', district: null, active: true }, noon);
  expect(overTime(told, noon + hourMs)).toEqual(told);
  const over = overTime(told, noon + hourMs + 1);
  expect(over).toMatchObject([{ until: noon + hourMs + 1 }]);
  expect(overTime(over, noon + 3 * hourMs)).toEqual([]);
});

test('the same instant is told in the same words', () => {
  const once = demoRecords().map(({ body }) => body({ sites, stories: [], at: noon }));
  expect(demoRecords().map(({ body }) => body({ sites: demoSites(), stories: [], at: noon }))).toEqual(once);
});
