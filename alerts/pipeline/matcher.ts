import type { Alert, Silence } from '../contract.ts';

export type Matcher = Silence['matchers'][number];

/** What a label of an alert says: `severity` is one too. A label that it does not have is empty. */
export function labelOf({ labels, severity }: Pick<Alert, 'labels' | 'severity'>, label: string): string {
  return label === 'severity' ? severity : (labels[label] ?? '');
}

/** True when all of them hold. */
export function matches(matchers: readonly Matcher[], alert: Pick<Alert, 'labels' | 'severity'>): boolean {
  return matchers.every(({ label, op, value }) => (labelOf(alert, label) === value) === (op === '='));
}
