import { factorOf } from '../../protocols/hj212/factors.ts';
import { quantities, type QuantityName } from '../../systems/quantities.ts';

/** What a value of a factor is here: what the device writes times `scale` is in our unit; what is more than `scaledAtMost` is in it already. */
export interface FactorQuantity {
  readonly quantity: string;
  readonly scale: number;
  readonly scaledAtMost?: number;
}

/** Codes of the 2017 edition that the house has a quantity for. */
const quantityOfCode: Readonly<Record<string, QuantityName>> = {
  w00000: 'pipe-flow',
  w01001: 'ph',
  w01002: 'colour',
  w01003: 'turbidity',
  w01006: 'dissolved-solids',
  w01009: 'dissolved-oxygen',
  w01010: 'temperature',
  w01012: 'suspended-solids',
  w01014: 'conductivity',
  w01016: 'chlorophyll',
  w01017: 'bod5',
  w01018: 'cod',
  w01019: 'permanganate-index',
  w01020: 'organic-carbon',
  w02003: 'faecal-coliforms',
  w02006: 'bacteria',
  w19002: 'surfactants',
  w20089: 'thallium',
  w20111: 'mercury',
  w20115: 'cadmium',
  w20116: 'chromium',
  w20117: 'chromium-6',
  w20119: 'arsenic',
  w20120: 'lead',
  w20121: 'nickel',
  w20122: 'copper',
  w20123: 'zinc',
  w20124: 'manganese',
  w20125: 'iron',
  w20126: 'silver',
  w20127: 'beryllium',
  w20128: 'selenium',
  w20138: 'copper',
  w20139: 'zinc',
  w20140: 'selenium',
  w20141: 'arsenic',
  w20142: 'mercury',
  w20143: 'cadmium',
  w20144: 'lead',
  w21001: 'total-nitrogen',
  w21003: 'ammonia-nitrogen',
  w21004: 'kjeldahl-nitrogen',
  w21006: 'nitrite',
  w21007: 'nitrate',
  w21011: 'total-phosphorus',
  w21016: 'cyanide',
  w21017: 'fluoride',
  w21019: 'sulphide',
  w21022: 'chloride',
  w21038: 'sulphate',
  w22001: 'petroleum',
  w23002: 'volatile-phenol',
  a00000: 'gas-flow',
  a01001: 'temperature',
  a01002: 'humidity',
  a01006: 'air-pressure',
  a01007: 'wind-speed',
  a01008: 'wind-direction',
  a01010: 'blackness',
  a01011: 'gas-speed',
  a01012: 'gas-temperature',
  a01013: 'gas-pressure',
  a01014: 'gas-humidity',
  a01901: 'furnace-temperature',
  a05001: 'co2',
  a05002: 'methane',
  a05024: 'o3',
  a19001: 'oxygen',
  a20057: 'air-mercury',
  a21001: 'ammonia',
  a21002: 'nox',
  a21003: 'no',
  a21004: 'no2',
  a21005: 'co',
  a21018: 'air-fluoride',
  a21022: 'chlorine-gas',
  a21024: 'hydrogen-chloride',
  a21026: 'so2',
  a21028: 'hydrogen-sulphide',
  a24087: 'hydrocarbons',
  a24088: 'non-methane-hydrocarbons',
  a25002: 'benzene',
  a25003: 'toluene',
  a25005: 'xylene',
  a31001: 'formaldehyde',
  a34000: 'dust',
  a34001: 'tsp',
  a34002: 'pm10',
  a34004: 'pm25',
  a34005: 'pm1',
  a34013: 'dust',
  a99054: 'voc',
  la: 'noise',
  leq: 'noise-equivalent',
  ld: 'noise-day',
  ln: 'noise-night',
  lmx: 'noise-max',
};

/** Words that stations on wheels, of building sites and in rooms write where the tables have a code, in our units already; and codes of local tables. */
const quantityOfWord: Readonly<Record<string, QuantityName>> = {
  pm10: 'pm10',
  'pm2.5': 'pm25',
  pm25: 'pm25',
  tsp: 'tsp',
  so2: 'so2',
  no2: 'no2',
  o3: 'o3',
  co: 'co',
  ch2o: 'formaldehyde',
  voc: 'voc',
  tvoc: 'voc',
  tem: 'temperature',
  temp: 'temperature',
  rh: 'humidity',
  hum: 'humidity',
  humi: 'humidity',
  wd: 'wind-direction',
  ws: 'wind-speed',
  noise: 'noise',
  a50001: 'noise',
  lng: 'longitude',
  lon: 'longitude',
  lat: 'latitude',
};

/** No chimney blows out more cubic metres a second: what is more is told by the hour, whatever the tables say. */
const gasFlowAtMost = 2000;

/**
 * Systems that watch the air itself. The standard has mg/m³ for gases everywhere; stations of the air send the four of the air quality index in µg/m³, as that index is reckoned.
 */
const ambientSystems = new Set(['22', '27', '39']);
const ambientMicrograms = new Set(['a05024', 'a21002', 'a21003', 'a21004', 'a21026']);

/** How many of the second unit one of the first is. */
const conversions: Readonly<Record<string, number>> = {
  'ng/L>mg/L': 1e-6,
  'µg/L>mg/L': 1e-3,
  'ng/m³>mg/m³': 1e-6,
  'µg/m³>mg/m³': 1e-3,
  'mg/m³>µg/m³': 1e3,
  'L/s>m³/h': 3.6,
  'm³/s>m³/h': 3600,
  'kPa>hPa': 10,
};

/** What a factor of a system is here; undefined: the tables have no such factor, or the house no such quantity. */
export function quantityOfFactor(code: string, system: string | null): FactorQuantity | undefined {
  const word = code.toLowerCase();
  if (Object.hasOwn(quantityOfWord, word)) return { quantity: quantityOfWord[word]!, scale: 1 };
  const factor = factorOf(code);
  const quantity = factor && Object.hasOwn(quantityOfCode, factor.code) ? quantityOfCode[factor.code] : undefined;
  if (!factor || !quantity) return undefined;
  const unit = system !== null && ambientSystems.has(system) && ambientMicrograms.has(factor.code) ? 'µg/m³' : factor.unit;
  const ours = quantities[quantity].unit;
  const scale = unit === ours ? 1 : conversions[`${unit}>${ours}`];
  if (scale === undefined) return undefined;
  return quantity === 'gas-flow' ? { quantity, scale, scaledAtMost: gasFlowAtMost } : { quantity, scale };
}

/** Codes that have a quantity. */
export const knownCodes: readonly string[] = Object.keys(quantityOfCode);
