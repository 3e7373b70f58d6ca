import type { Feed, FeedStatus } from '../../../streams/feed-contract.ts';
import type { Ledger } from '../../contract/ledger.ts';
import type { LatestValues } from '../../contract/readings.ts';
import type { Journal } from '../../../streams/feeds/journal.ts';
import type { MetricSource } from '../gateway/metrics.ts';

/** What the figures of feeds and their journal are read from. */
export interface FeedsMetricsDeps {
  readonly ledger: Pick<Ledger, 'all'>;
  readonly latest: Pick<LatestValues, 'get'>;
  readonly journal: Pick<Journal, 'figures'>;
  readonly city: { readonly figures: { readonly assets: number; readonly events: number; readonly refused: number } };
}

type Counted = 'records' | 'facts' | 'quarantined' | 'late' | 'duplicate' | 'throttled' | 'connections';

/** What monitoring sees of what flows in: each feed's counts since the hub started, what the journal holds and could not, what is known of the city. */
export function feedsMetrics({ ledger, latest, journal, city }: FeedsMetricsDeps): readonly MetricSource[] {
  const statusOf = (id: string) => latest.get('feeds', id)?.['status'] as FeedStatus | undefined;
  const ofFeeds = (name: string, help: string, kind: MetricSource['kind'], field: Counted): MetricSource => ({
    name,
    help,
    kind,
    label: 'feed',
    read: () => Object.fromEntries([...(ledger.all('feeds') as Iterable<Feed>)].map(({ id }) => [id, statusOf(id)?.[field] ?? 0])),
  });
  return [
    ofFeeds('taodu_feed_records_total', 'Records of a feed that the journal holds.', 'counter', 'records'),
    ofFeeds('taodu_feed_facts_total', 'Facts that were read from them.', 'counter', 'facts'),
    ofFeeds('taodu_feed_quarantined_total', 'Records that could not be read.', 'counter', 'quarantined'),
    ofFeeds('taodu_feed_late_total', 'Values and events that came after newer ones.', 'counter', 'late'),
    ofFeeds('taodu_feed_duplicate_total', 'Values and events that were known already.', 'counter', 'duplicate'),
    ofFeeds('taodu_feed_throttled_total', 'Records refused because a feed sent too much; its source keeps them.', 'counter', 'throttled'),
    ofFeeds('taodu_feed_connections', 'Devices or brokers that a feed is connected to.', 'gauge', 'connections'),
    { name: 'taodu_journal_records', help: 'Records in the journal.', kind: 'gauge', read: () => journal.figures.records },
    { name: 'taodu_journal_bytes', help: 'What the journal holds, in bytes.', kind: 'gauge', read: () => journal.figures.bytes },
    { name: 'taodu_journal_waiting', help: 'Records that wait for the disk.', kind: 'gauge', read: () => journal.figures.waiting },
    {
      name: 'taodu_journal_group_seconds',
      help: 'How long the last group of writes took to reach the disk.',
      kind: 'gauge',
      read: () => journal.figures.lastGroupMs / 1000,
    },
    {
      name: 'taodu_journal_dropped_total',
      help: 'Verdicts and values of the history that found no room; the records themselves are never dropped.',
      kind: 'counter',
      read: () => journal.figures.dropped,
    },
    { name: 'taodu_assets', help: 'Things that values are known of.', kind: 'gauge', read: () => city.figures.assets },
    { name: 'taodu_city_events', help: 'Events of the city that are known, over or not.', kind: 'gauge', read: () => city.figures.events },
    {
      name: 'taodu_facts_refused_total',
      help: 'Facts that were read and could not be taken: of the future, without a word, beyond what has room.',
      kind: 'counter',
      read: () => city.figures.refused,
    },
  ];
}
