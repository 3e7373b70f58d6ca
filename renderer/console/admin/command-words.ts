import { hasText, text } from '../../i18n/index.ts';

/** What a command is called in the page's language; one that this page does not know keeps its name. */
export function commandWords(name: string): string {
  const key = `admin.command.${name}`;
  return hasText(key) ? text(key) : name;
}

/** What came of a command: an outcome of the audit is `ok` or an error code. */
export function outcomeWords(outcome: string | null): string {
  if (outcome === null) return text('admin.outcome.open');
  if (outcome === 'ok') return text('admin.outcome.ok');
  const key = `errors.${outcome}`;
  return hasText(key) ? text(key) : outcome;
}
