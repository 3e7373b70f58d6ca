import type { CheckFinding } from '../../../layouts/layout-check.ts';
import type { PanelKind } from '../../../layouts/panels.ts';
import { hasText, text } from '../../i18n/index.ts';

/** A finding of the check as a sentence in the page's language. */
export function findingWords({ code, params }: Pick<CheckFinding, 'code' | 'params'>): string {
  const panel = `editor.panel.${params['panel'] as PanelKind}`;
  const part = `editor.check.text.${params['text']}`;
  const words = { ...params, ...(hasText(panel) ? { panel: text(panel) } : {}), ...(hasText(part) ? { text: text(part) } : {}) };
  const count = params['pairs'] ?? params['cameras'];
  return typeof count === 'number' ? text(`editor.check.codes.${code}`, words, count) : text(`editor.check.codes.${code}`, words);
}
