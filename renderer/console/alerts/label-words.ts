import type { Alert } from '../../../alerts/contract.ts';
import { incidentTypeOf } from '../../../alerts/incidents/incident-types.ts';
import { currentLocale, hasText, text } from '../../i18n/index.ts';
import { ownWords } from './alert-words.ts';

/** What is known of the things that labels name by their ids; null where there is no name. */
export interface LabelNames {
  system(id: string): string | null;
  district(code: string): string | null;
  feed(id: string): string | null;
  rule(id: string): string | null;
}

/** What a label is called. One that a city's own rule adds is written as it is. */
export const labelName = (label: string): string => known(`labels.name.${label}`, label);

/** What the value of a label means; one that nobody has a word for is written as it is. */
export function labelValue(label: string, value: string, names: LabelNames): string {
  switch (label) {
    case 'system':
    case 'district':
    case 'feed':
    case 'rule':
      return names[label](value) ?? value;
    case 'class':
      return className(value);
    case 'condition':
      return known(`labels.condition.${value}`, value);
    case 'asset-kind':
      return known(`labels.assetKind.${value}`, value);
    case 'severity':
      return known(`alerts.severity.${value}`, value);
    default:
      return value;
  }
}

/** A rule by the words of an alert of it, with the name of its thing and its reading left open; null where none is known. */
export function ruleWords(rule: string, alerts: Iterable<Alert>): string | null {
  for (const alert of alerts) {
    if (alert.rule !== rule) continue;
    const reading = alert.reading?.value;
    const own = [alert.subject.name, typeof reading === 'number' ? String(Number(reading.toFixed(3))) : ''];
    return own.filter(Boolean).reduce((words, part) => words.replaceAll(part, text('labels.anyThing')), ownWords(alert.title));
  }
  return null;
}

/** Classes of events are finer than types of incidents: one without a name of its own is named by what it belongs to. */
function className(value: string): string {
  const type = incidentTypeOf(value);
  if (!type) return value;
  const name = currentLocale.value === 'en' ? type.en : type.zh;
  return type.type === value ? name : text('labels.within', { name, code: value });
}

const known = (key: string, otherwise: string) => (hasText(key) ? text(key) : otherwise);
