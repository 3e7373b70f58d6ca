import { expect, test } from 'vitest';
import type { FeedStatus } from '../../../streams/feed-contract.ts';
import { MemoryLedger } from '../ledger/memory-ledger.ts';
import { createMetrics } from '../gateway/metrics.ts';
import { feedsMetrics } from './feeds-metrics.ts';

const status: FeedStatus = {
  state: 'live',
  at: 0,
  lastRecordAt: 0,
  records: 9,
  facts: 31,
  quarantined: 2,
  late: 3,
  duplicate: 4,
  throttled: 5,
  perSecond: 0,
  connections: 6,
  problem: null,
};

test('every count of a feed is told under its name, one that nobody has looked at as nothing; what the journal could not keep is told', async () => {
  const ledger = new MemoryLedger();
  const put = (key: string) => ({ collection: 'feeds', op: 'put' as const, key, value: { id: key } });
  ledger.commit([put('air'), put('new')], { kind: 'command', id: 'feeds', by: 'admin' });
  const metrics = createMetrics();
  const sources = feedsMetrics({
    ledger,
    latest: { get: (_collection, key) => (key === 'air' ? { status } : undefined) },
    journal: { figures: { records: 11, bytes: 12, waiting: 13, dropped: 14, lastGroupMs: 15 } },
    city: { figures: { assets: 16, events: 17, refused: 18 } },
  });
  for (const source of sources) metrics.add(source);
  const lines = (await metrics.text()).split('\n').filter((line) => /^taodu_(?:feed|journal|assets|city|facts)/.test(line));
  expect(lines).toEqual([
    'taodu_feed_records_total{feed="air"} 9',
    'taodu_feed_records_total{feed="new"} 0',
    'taodu_feed_facts_total{feed="air"} 31',
    'taodu_feed_facts_total{feed="new"} 0',
    'taodu_feed_quarantined_total{feed="air"} 2',
    'taodu_feed_quarantined_total{feed="new"} 0',
    'taodu_feed_late_total{feed="air"} 3',
    'taodu_feed_late_total{feed="new"} 0',
    'taodu_feed_duplicate_total{feed="air"} 4',
    'taodu_feed_duplicate_total{feed="new"} 0',
    'taodu_feed_throttled_total{feed="air"} 5',
    'taodu_feed_throttled_total{feed="new"} 0',
    'taodu_feed_connections{feed="air"} 6',
    'taodu_feed_connections{feed="new"} 0',
    'taodu_journal_records 11',
    'taodu_journal_bytes 12',
    'taodu_journal_waiting 13',
    'taodu_journal_group_seconds 0.015',
    'taodu_journal_dropped_total 14',
    'taodu_assets 16',
    'taodu_city_events 17',
    'taodu_facts_refused_total 18',
  ]);
});
