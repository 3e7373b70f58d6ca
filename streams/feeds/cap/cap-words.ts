import type { EventFact } from '../../feed-contract.ts';

/** CAP 1.2 clause 3.2.2, severity; and the colours that stand in its place. */
export const severityOf: Readonly<Record<string, EventFact['severity']>> = {
  Extreme: 'critical',
  Severe: 'high',
  Moderate: 'medium',
  Minor: 'low',
  Unknown: 'information',
  // What China's early-warning centres write instead.
  Red: 'critical',
  Orange: 'high',
  Yellow: 'medium',
  Blue: 'low',
};

/** CAP 1.2 clause 3.2.2, category: the first part of the class that rules and figures go by. */
export const classOfCategory: Readonly<Record<string, string>> = {
  Geo: 'geo',
  Met: 'weather',
  Safety: 'safety',
  Security: 'security-threat',
  Rescue: 'rescue',
  Fire: 'fire',
  Health: 'health-threat',
  Env: 'pollution',
  Transport: 'transport',
  Infra: 'infrastructure',
  CBRNE: 'cbrne',
  Other: 'other',
};

/**
 * Codes of China's national early-warning centre for what it warns of, as far as they are in common use (general knowledge; a code that is not here keeps the class of its
 * category).
 */
export const classOfCode: Readonly<Record<string, string>> = {
  '11B01': 'weather.typhoon',
  '11B03': 'weather.rainstorm',
  '11B04': 'weather.snowstorm',
  '11B05': 'weather.cold-wave',
  '11B06': 'weather.gale',
  '11B07': 'weather.sandstorm',
  '11B09': 'weather.heat',
  '11B14': 'weather.lightning',
  '11B15': 'weather.hail',
  '11B16': 'weather.frost',
  '11B17': 'weather.fog',
  '11B19': 'weather.haze',
  '11B21': 'weather.icy-road',
};

/** What the weather services of Europe warn of, by the number in their parameter `awareness_type`; by the class of China's codes where there is one. */
export const awarenessClass: Readonly<Record<string, string>> = {
  '1': 'weather.gale',
  '2': 'weather.snowstorm',
  '3': 'weather.lightning',
  '4': 'weather.fog',
  '5': 'weather.heat',
  '6': 'weather.cold-wave',
  '7': 'weather.coastal-event',
  '8': 'weather.forest-fire',
  '9': 'weather.avalanche',
  '10': 'weather.rainstorm',
  '12': 'weather.flood',
  '13': 'weather.rain-flood',
};

/** Words of a warning's colour, the worst first (Emergency Response Law of the PRC, art. 43): they say more than a severity of Unknown. */
export const colours: readonly (readonly [RegExp, EventFact['severity']])[] = [
  [/红色|\bred\b/i, 'critical'],
  [/橙色|\borange\b/i, 'high'],
  [/黄色|\byellow\b/i, 'medium'],
  [/蓝色|\bblue\b/i, 'low'],
];
