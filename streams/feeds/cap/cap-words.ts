import type { EventFact } from '../../feed-contract.ts';

/** CAP 1.2 clause 3.2.2, severity, in small letters; and the colours that stand in its place. */
export const severityOf: Readonly<Record<string, EventFact['severity']>> = {
  extreme: 'critical',
  severe: 'high',
  moderate: 'medium',
  minor: 'low',
  unknown: 'information',
  // What China's early-warning centres write instead.
  red: 'critical',
  orange: 'high',
  yellow: 'medium',
  blue: 'low',
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
 * Codes of China's national early-warning centre for what it warns of, as far as they are in common use (general knowledge; a code that is not here has the class that its words
 * name, else that of its beginning).
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
  '11B20': 'weather.thunderstorm',
  '11B21': 'weather.icy-road',
  '11B22': 'weather.drought',
};

/** What a code of that centre belongs to, by how it begins (GB/T 35561, classes of emergencies), the longest first: the category in CAP's own words. */
export const categoryOfCode: readonly (readonly [RegExp, string])[] = [
  [/^11A/, 'Env'],
  [/^11[BE]/, 'Met'],
  [/^11[CD]/, 'Geo'],
  [/^11G/, 'Fire'],
  [/^12/, 'Safety'],
  [/^13/, 'Health'],
  [/^14/, 'Security'],
];

/** What Chinese words for what is warned of name, the narrower before the wider: `雷雨大风` is no gale alone. */
export const classOfWords: readonly (readonly [RegExp, string])[] = [
  [/台风|颱風/, 'weather.typhoon'],
  [/雷雨大风|雷暴|强对流|大雷雨/, 'weather.thunderstorm'],
  [/山洪/, 'weather.flash-flood'],
  [/[渍内]涝|積淹水/, 'weather.waterlogging'],
  [/洪水/, 'weather.flood'],
  [/暴雨|豪雨|大雨|强降雨/, 'weather.rainstorm'],
  [/暴雪|大雪/, 'weather.snowstorm'],
  [/道路结冰|道路冰雪/, 'weather.icy-road'],
  [/寒潮|寒冷|严寒|低温|低溫|强降温/, 'weather.cold-wave'],
  [/霜冻/, 'weather.frost'],
  [/冰雹/, 'weather.hail'],
  [/雷电/, 'weather.lightning'],
  [/沙尘/, 'weather.sandstorm'],
  [/高温|高溫/, 'weather.heat'],
  [/大雾|浓雾|濃霧/, 'weather.fog'],
  [/霾/, 'weather.haze'],
  [/干旱/, 'weather.drought'],
  [/(?:森林|草原).{0,4}火险/, 'weather.forest-fire'],
  [/大风|强风|強風/, 'weather.gale'],
  [/泥石流|土石流/, 'geo.debris-flow'],
  [/滑坡|山体崩塌|地质灾害/, 'geo.landslide'],
  [/地震/, 'geo.earthquake'],
];

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
