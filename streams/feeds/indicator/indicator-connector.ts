import { problem, type Problem } from '../../../main/contract/errors.ts';
import { err, ok, type Result } from '../../../main/contract/result.ts';
import { indicatorFact, type IndicatorFact } from '../../feed-contract.ts';
import { nothingSaid, type FeedConnector, type RawRecord, type ReadRecord } from '../feed-connector.ts';
import { isoInstant } from '../iso-instant.ts';
import { parseText } from '../parse-text.ts';

/** More in one record is a mistake. */
const rowsAtMost = 10_000;
const problemsAtMost = 8;

/**
 * Reads `[{indicator, value, unit?, at, district?}]`: figures of a system for which no public standard exists. `at` is ISO 8601, of China where it tells no offset, or milliseconds
 * since 1970.
 */
function read({ bytes }: RawRecord): Result<ReadRecord, Problem> {
  const text = parseText(bytes);
  if (!text.ok) return text;
  let told: unknown;
  try {
    told = JSON.parse(text.value);
  } catch {
    return err(problem('json-malformed'));
  }
  const rows = Array.isArray(told) ? told : [told];
  if (rows.length === 0) return ok(nothingSaid);
  if (rows.length > rowsAtMost) return err(problem('record-too-large', { rows: rows.length }));
  const facts: IndicatorFact[] = [];
  const problems: Problem[] = [];
  rows.forEach((row: unknown, index) => {
    const parsed = indicatorFact.omit({ kind: true }).safeParse(withTime(row));
    if (parsed.success) facts.push({ kind: 'indicator', ...parsed.data });
    else if (problems.length < problemsAtMost)
      problems.push(problem('field-invalid', { field: `${index}.${parsed.error.issues[0]!.path.join('.')}` }));
  });
  if (facts.length === 0) return err(problems[0]!);
  return ok({
    facts,
    problems,
    sourceAt: facts.reduce<number | null>((latest, { at }) => (at === null ? latest : Math.max(latest ?? 0, at)), null),
    ignored: false,
  });
}

function withTime(row: unknown): unknown {
  if (typeof row !== 'object' || row === null) return row;
  const { at } = row as { at?: unknown };
  if (at === undefined) return { ...row, at: null };
  if (typeof at !== 'string') return row;
  const instant = isoInstant(at, null) ?? isoInstant(`${at}+08:00`, null);
  // Left as it is, it is refused with the field's name.
  return instant === null ? row : { ...row, at: instant };
}

/** Feed kind `indicator`: pushed. */
export const indicatorConnector: FeedConnector<'indicator'> = {
  kind: 'indicator',
  reader: () => ({ name: 'indicator/1', read }),
};
