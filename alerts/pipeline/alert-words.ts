import type { Alert } from '../contract.ts';
import type { AlertSignal } from '../rules/rule.ts';

/** What people must not be shown in a line: what steers a terminal or the direction of writing, and half characters. */
// oxlint-disable-next-line no-control-regex -- taking them out is the point
const unshowable = /[\u0000-\u0009\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069\ud800-\udfff]/gu;

const numberText = (value: number): string => String(Number(value.toFixed(Math.abs(value) >= 100 ? 1 : 2)));

/** The rule's words, filled in for what they are about. A name that is not known stays empty; words that come to nothing are the rule's id. */
export function alertWords(signal: AlertSignal): Pick<Alert, 'title' | 'advice'> {
  const { rule, subject, place, reading } = signal;
  const value = reading?.value ?? null;
  const names: Readonly<Record<string, string>> = {
    name: subject.name,
    value: value === null ? '' : typeof value === 'number' ? numberText(value) : String(value),
    limit: reading?.limit === null || reading === null ? '' : numberText(reading.limit),
    unit: reading?.unit ?? '',
    place: place.text ?? '',
  };
  const fill = (words: string, lines: boolean, most: number): string => {
    const filled = words.replaceAll(/\{([a-z]+)\}/g, (whole, name: string) => names[name] ?? whole).replaceAll(unshowable, '');
    const shown = (lines ? filled : filled.replaceAll('\n', ' ')).trim();
    // By characters, not by halves of them.
    let text = '';
    for (const character of shown) {
      if (text.length + character.length > most) break;
      text += character;
    }
    return text.trim() === '' ? rule.id : text.trim();
  };
  return {
    title: { zh: fill(rule.title.zh, false, 200), en: fill(rule.title.en, false, 200) },
    advice: rule.advice === null ? null : { zh: fill(rule.advice.zh, true, 1000), en: fill(rule.advice.en, true, 1000) },
  };
}
