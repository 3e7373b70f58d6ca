import type { EpochMs } from '../../main/contract/time.ts';
import type { Alert } from '../contract.ts';

/** One step in the life of an alert: what the figures are reckoned from. */
export interface HistoryEntry {
  readonly at: EpochMs;
  readonly kind: 'raised' | 'cleared' | 'acknowledged' | 'shelved' | 'dropped';
  readonly alertId: string;
  readonly rule: string;
  /** Kind and id of what it was about. */
  readonly subject: string;
  readonly severity: Alert['severity'];
  /** Who acknowledged or shelved; null where nobody did. */
  readonly operator: string | null;
  /** Of `acknowledged`: since it was raised. */
  readonly waitedMs: number | null;
  readonly drill: boolean;
}

/** The entry of what happened to an alert now. */
export function historyEntry(
  kind: HistoryEntry['kind'],
  { id, rule, subject, severity, raisedAt, drill }: Alert,
  at: EpochMs,
  operator: string | null = null,
): HistoryEntry {
  const waitedMs = kind === 'acknowledged' ? Math.max(0, at - raisedAt) : null;
  return { at, kind, alertId: id, rule, subject: `${subject.kind}:${subject.id}`, severity, operator, waitedMs, drill };
}
