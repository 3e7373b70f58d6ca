import type { Alert, Silence } from '../contract.ts';

export type Matcher = Silence['matchers'][number];

/** What routes, groups and silences look at. */
export type Labelled = Pick<Alert, 'labels' | 'severity' | 'subject'>;

/** What a label of an alert says: `severity` and `subject` (the id of what it is about) are labels too. A label that it does not have is empty. */
export function labelOf({ labels, severity, subject }: Labelled, label: string): string {
  if (label === 'severity') return severity;
  return label === 'subject' ? subject.id : (labels[label] ?? '');
}

/** True when all of them hold. */
export function matches(matchers: readonly Matcher[], alert: Labelled): boolean {
  return matchers.every(({ label, op, value }) => (labelOf(alert, label) === value) === (op === '='));
}
