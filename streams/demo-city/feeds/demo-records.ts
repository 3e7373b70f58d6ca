import { encodeGbk } from '../../protocols/gbk.ts';
import { figuresFeed } from './demo-feeds.ts';
import { demoFigures, figuresAt } from './demo-figures.ts';
import * as payloads from './demo-payloads.ts';
import type { OccurrenceKind } from './occurrences.ts';

/** What one system of the demo city pushes, and how often. */
export interface DemoRecord {
  readonly feedId: string;
  readonly everyMs: number;
  readonly contentType: string;
  /** Null: there is nothing to say. */
  body(now: payloads.CityNow): string | Uint8Array | null;
  /** The hub has it. */
  taken?(): void;
}

/** What is published to the demo's broker: the feed that hears it, how often in seconds, and the messages. */
export const demoMessages: readonly (readonly [
  feedId: string,
  everySeconds: number,
  messages: (now: payloads.CityNow) => readonly payloads.TopicMessage[],
])[] = [
  ['demo-utilities', 30, payloads.utilities],
  ['demo-gas', 30, payloads.gas],
  ['demo-sensors', 60, payloads.sensors],
];

/** Everything that is pushed. What was told of things that happen is remembered by each list that this makes. */
export function demoRecords(): readonly DemoRecord[] {
  const json = 'application/json';
  const plain = (feedId: string, everySeconds: number, body: DemoRecord['body'], contentType = json): DemoRecord => ({
    feedId,
    everyMs: everySeconds * 1000,
    contentType,
    body,
  });
  const accidents = new News('accident');
  const news = (
    feedId: string,
    kind: OccurrenceKind,
    write: (all: readonly payloads.ToldOccurrence[]) => string,
    contentType = json,
  ): DemoRecord => {
    const book = new News(kind);
    return {
      feedId,
      everyMs: 5000,
      contentType,
      body(now) {
        const fresh = book.of(now);
        return fresh.length === 0 ? null : write(fresh);
      },
      taken: () => book.told(),
    };
  };
  return [
    {
      ...plain('demo-parking', 20, (now) => payloads.parking(now, accidents.of(now)), 'application/ld+json'),
      taken: () => accidents.told(),
    },
    plain('demo-roads', 20, payloads.roads),
    plain('demo-health', 30, payloads.health),
    news('demo-elder-sos', 'elder-sos', payloads.eventsAsJson),
    news('demo-grid', 'grid', payloads.eventsAsJson),
    news('demo-urban', 'urban', payloads.eventsAsXml, 'application/xml'),
    news('demo-security', 'attack', payloads.eventsAsCsv, 'text/csv'),
    plain('demo-levels', 60, payloads.levels, 'application/xml'),
    plain('demo-rain', 60, payloads.rain, 'text/csv'),
    plain('demo-scenic', 60, payloads.scenic),
    plain('demo-venues', 60, payloads.venues),
    plain('demo-farms', 60, payloads.farms),
    plain('demo-cloud', 30, payloads.cloud),
    plain('demo-exchange', 60, payloads.exchange),
    plain('demo-hall', 60, ({ sites, at }) => encodeGbk(payloads.hall(sites.windows, at)), 'text/csv'),
    plain('demo-hr-hall', 60, ({ sites, at }) => encodeGbk(payloads.hall(sites.jobWindows, at)), 'text/csv'),
    plain('demo-campuses', 60, payloads.campuses, 'application/xml'),
    ...Object.keys(demoFigures).map((system) => plain(figuresFeed(system), 600, ({ at }) => JSON.stringify(figuresAt(system, at)))),
  ];
}

/** What was told of a kind of occurrences, so that each is told when it begins and when it is over. After a start all of the last hours is told once more: the hub knows it. */
class News {
  readonly #kind: OccurrenceKind;
  #known = new Set<string>();
  #next = new Set<string>();

  constructor(kind: OccurrenceKind) {
    this.#kind = kind;
  }

  /** What has not been told yet. */
  of(now: payloads.CityNow): readonly payloads.ToldOccurrence[] {
    const all = payloads.told(now, this.#kind);
    const name = ({ of, stage }: payloads.ToldOccurrence) => `${of.id}/${stage}`;
    this.#next = new Set(all.map(name));
    return all.filter((one) => !this.#known.has(name(one)));
  }

  /** The hub has what `of` answered last. */
  told(): void {
    this.#known = this.#next;
  }
}
