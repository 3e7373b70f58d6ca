import type { Feed, FeedStatus } from '../../../../streams/feed-contract.ts';

/** A state of a feed as the page knows it; `unknown` while the hub has said nothing of it. */
export type ShownState = FeedStatus['state'] | 'unknown';

/** What is wrong stands on top. */
const order: readonly ShownState[] = ['failing', 'throttled', 'stale', 'unknown', 'waiting', 'live', 'stopped'];

export const stateOf = ({ status, enabled }: Feed): ShownState => (enabled ? (status?.state ?? 'unknown') : 'stopped');

/** The feeds that a filter finds in name, id, kind or system, what is wrong first, then those with records in quarantine, then by name. `words` are what a person may type for a feed. */
export function feedRows(feeds: Iterable<Feed>, filter: string, words: (feed: Feed) => readonly string[]): Feed[] {
  const wanted = filter.trim().toLowerCase();
  return [...feeds]
    .filter(
      (feed) =>
        wanted === '' || [feed.id, feed.name, feed.kind, feed.system, ...words(feed)].some((word) => word.toLowerCase().includes(wanted)),
    )
    .sort(
      (a, b) =>
        order.indexOf(stateOf(a)) - order.indexOf(stateOf(b)) ||
        hasQuarantine(b) - hasQuarantine(a) ||
        a.name.localeCompare(b.name, 'zh-CN', { numeric: true }),
    );
}

const hasQuarantine = ({ status }: Feed): number => Number((status?.quarantined ?? 0) > 0);
