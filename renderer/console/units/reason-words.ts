import { capabilities } from '../../../alerts/incidents/capabilities.ts';
import type { Words } from '../../../alerts/incidents/incident-type.ts';
import { durationText, numberText, timeText } from '../../i18n/format.ts';
import { currentLocale, hasText, text } from '../../i18n/index.ts';

/** Why a unit stands where it stands, as the hub says it. */
export interface SaidReason {
  readonly code: string;
  readonly params: Readonly<Record<string, string | number>>;
}

/** A capability in words; one that nobody has words for as it is written. */
export function capabilityName(capability: string): string {
  const known = (capabilities as Readonly<Record<string, Words>>)[capability];
  if (!known) return capability;
  return currentLocale.value === 'en' ? known.en : known.zh;
}

/** Several, as a recommendation lists them. */
const listedNames = (listed: string) =>
  listed
    .split(',')
    .map((one) => capabilityName(one.trim()))
    .join(text('dispatch.comma'));

/** A distance as people say it: metres below one kilometre, then kilometres with one digit. */
export function distanceText(metres: number): string {
  return metres < 1000
    ? text('dispatch.metres', { n: numberText(Math.round(metres / 10) * 10) })
    : text('dispatch.kilometres', { n: (metres / 1000).toFixed(metres < 10_000 ? 1 : 0) });
}

/** One reason in the reader's language. A code of a newer hub is said as it is. `districtOf`: what a district is called. */
export function reasonWords({ code, params }: SaidReason, districtOf: (code: string) => string): string {
  const key = `dispatch.because.${code}`;
  if (!hasText(key)) return code;
  const words = Object.entries(params).map(([name, value]) => [
    name,
    name === 'district' ? districtOf(String(value)) : worded(name, value),
  ]);
  return text(key, Object.fromEntries(words)).trim();
}

/** Why a unit stands where it stands, in one line; what it can do stands beside its name. */
export function whyWords(reasons: readonly SaidReason[], districtOf: (code: string) => string): string {
  return reasons
    .filter(({ code }) => code !== 'covers')
    .map((reason) => reasonWords(reason, districtOf))
    .join(text('dispatch.semicolon'));
}

function worded(name: string, value: string | number): string {
  switch (name) {
    case 'metres':
      return distanceText(Number(value));
    case 'ageSeconds':
      return durationText(Number(value) * 1000);
    case 'backAt':
      return timeText(Number(value));
    case 'capability':
    case 'capabilities':
    case 'wanted':
      return listedNames(String(value));
    case 'from': {
      const from = `dispatch.from.${value}`;
      return hasText(from) ? text(from) : String(value);
    }
    case 'state': {
      const state = `dispatch.unitState.${value}`;
      return hasText(state) ? text(state) : String(value);
    }
    default:
      return typeof value === 'number' ? numberText(value) : value;
  }
}
