import type { JournalRecord } from '../../../../streams/feed-contract.ts';
import { problemText } from '../../../i18n/problem-text.ts';

/** What is said of a record's problems in one line: the first, and how many more there are. */
export function problemsLine({ problems }: Pick<JournalRecord, 'problems'>): string {
  const [first, ...others] = problems;
  if (!first) return '';
  return others.length === 0 ? problemText(first) : `${problemText(first)} (+${others.length})`;
}

/** Hexadecimal in lines of sixteen bytes, each with where it stands and what of it is ASCII. */
export function hexLines(hex: string): string {
  const lines: string[] = [];
  for (let at = 0; at < hex.length; at += 32) {
    const bytes = hex.slice(at, at + 32).match(/../g) ?? [];
    const seen = bytes.map((byte) => {
      const code = Number.parseInt(byte, 16);
      return code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : '.';
    });
    lines.push(`${(at / 2).toString(16).padStart(6, '0')}  ${bytes.join(' ').padEnd(47)}  ${seen.join('')}`);
  }
  return lines.join('\n');
}

/** The quarantined ones among what is shown, by their feeds: a retry is asked for feed by feed, so many at a time. */
export function retriesOf(records: readonly JournalRecord[]): { readonly feedId: JournalRecord['feedId']; readonly recordIds: number[] }[] {
  const groups = new Map<JournalRecord['feedId'], number[]>();
  for (const { feedId, id, outcome } of records) {
    if (outcome !== 'quarantined') continue;
    groups.set(feedId, [...(groups.get(feedId) ?? []), id]);
  }
  const retriedAtMost = 1000;
  return [...groups].flatMap(([feedId, ids]) =>
    // Oldest first, as they came.
    Array.from({ length: Math.ceil(ids.length / retriedAtMost) }, (_unused, index) => ({
      feedId,
      recordIds: ids.toSorted((a, b) => a - b).slice(index * retriedAtMost, (index + 1) * retriedAtMost),
    })),
  );
}
