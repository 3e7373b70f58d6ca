import { quantities, type QuantityName } from '../../systems/quantities.ts';
import { wordIn, type AttributeMeaning } from './ngsi-models.ts';

/** Factors from a unit code (UN/CEFACT Recommendation 20) to our unit. Parts of a million or a milliard of a gas: at 25 °C. */
const factors: Readonly<Record<string, Partial<Record<QuantityName, number>>>> = {
  MTS: { speed: 3.6 },
  KMH: { 'wind-speed': 1 / 3.6 },
  KNT: { speed: 1.852, 'wind-speed': 0.514444 },
  HM: { speed: 1.609344, 'wind-speed': 0.44704 },
  SMI: { mileage: 1.609344, visibility: 1609.344 },
  KMT: { visibility: 1000, 'queue-length': 1000 },
  MTR: { mileage: 0.001, 'pipe-pressure': 0.00980665, precipitation: 1000 },
  GP: { pm1: 1000, pm25: 1000, pm10: 1000, tsp: 1000, so2: 1000, no: 1000, no2: 1000, o3: 1000 },
  GQ: {
    co: 0.001,
    nox: 0.001,
    ammonia: 0.001,
    benzene: 0.001,
    toluene: 0.001,
    xylene: 0.001,
    'hydrogen-sulphide': 0.001,
    voc: 0.001,
    formaldehyde: 0.001,
  },
  M1: { chlorophyll: 1000 },
  '59': { co: 1.145, no: 1227, no2: 1882, o3: 1963, so2: 2620, co2: 1.8, ammonia: 0.6965, methane: 0.656 },
  '61': { co: 0.001145, no: 1.227, no2: 1.882, o3: 1.963, so2: 2.62, co2: 0.0018, ammonia: 0.0006965 },
  BAR: { 'pipe-pressure': 0.1, 'air-pressure': 1000, pressure: 100 },
  MBR: { 'pipe-pressure': 0.0001, 'air-pressure': 1, pressure: 0.1 },
  A97: { 'pipe-pressure': 0.0001, pressure: 0.1 },
  KPA: { 'pipe-pressure': 0.001, 'air-pressure': 10 },
  PAL: { 'pipe-pressure': 1e-6, 'air-pressure': 0.01, pressure: 0.001 },
  PS: { 'pipe-pressure': 0.00689476 },
  CMT: { 'water-level': 0.01, 'tank-level': 0.01, precipitation: 10 },
  MMT: { 'water-level': 0.001, 'tank-level': 0.001 },
  INH: { precipitation: 25.4 },
  FOT: { 'water-level': 0.3048, 'tank-level': 0.3048 },
  MQH: { 'water-flow': 1 / 3600 },
  MQS: { 'pipe-flow': 3600 },
  G51: { 'pipe-flow': 3.6, 'water-flow': 0.001 },
  E32: { 'pipe-flow': 0.001 },
  D10: { conductivity: 10_000 },
  H61: { conductivity: 1000 },
  WTT: { power: 0.001 },
  MAW: { power: 1000 },
  WHR: { energy: 0.001 },
  MWH: { energy: 1000 },
  '2Z': { voltage: 0.001 },
  KVT: { voltage: 1000 },
  '4K': { current: 0.001 },
  SEC: { 'response-minutes': 1 / 60, 'wait-minutes': 1 / 60 },
  MIN: { 'travel-time': 60 },
  HUR: { 'travel-time': 3600, 'wait-minutes': 60, 'response-minutes': 60 },
};

/** The code of each unit that is ours already. */
const codeOfUnit: Readonly<Record<string, string>> = {
  '°C': 'CEL',
  '%': 'P1',
  'km/h': 'KMH',
  'm/s': 'MTS',
  '°': 'DD',
  'µg/m³': 'GQ',
  'mg/m³': 'GP',
  'mg/L': 'M1',
  hPa: 'A97',
  kPa: 'KPA',
  MPa: 'MPA',
  m: 'MTR',
  mm: 'MMT',
  km: 'KMT',
  'm³/h': 'MQH',
  'm³/s': 'MQS',
  kW: 'KWT',
  kWh: 'KWH',
  V: 'VLT',
  A: 'AMP',
  lx: 'LUX',
  L: 'LTR',
  s: 'SEC',
  min: 'MIN',
  dB: '2N',
};
const known: ReadonlySet<string> = new Set(['FAH', 'KEL', ...Object.keys(factors), ...Object.values(codeOfUnit)]);

/** Senders write units as people do, too. */
const unitNames: Readonly<Record<string, string>> = {
  'M/S': 'MTS',
  'KM/H': 'KMH',
  KPH: 'KMH',
  KMPH: 'KMH',
  MPH: 'HM',
  KT: 'KNT',
  KNOT: 'KNT',
  KNOTS: 'KNT',
  'MG/M3': 'GP',
  'UG/M3': 'GQ',
  'MG/L': 'M1',
  PPM: '59',
  PPB: '61',
  '°C': 'CEL',
  C: 'CEL',
  '℃': 'CEL',
  CELSIUS: 'CEL',
  DEG_C: 'CEL',
  '°F': 'FAH',
  '℉': 'FAH',
  F: 'FAH',
  FAHRENHEIT: 'FAH',
  DEG_F: 'FAH',
  KELVIN: 'KEL',
  K: 'KEL',
  '%': 'P1',
  PERCENT: 'P1',
  MA: '4K',
  CM: 'CMT',
  MM: 'MMT',
  M: 'MTR',
  METER: 'MTR',
  METRE: 'MTR',
  'S/M': 'D10',
  'MS/CM': 'H61',
  PA: 'PAL',
  HPA: 'A97',
  MBAR: 'MBR',
  PSI: 'PS',
  'L/S': 'G51',
  'M3/H': 'MQH',
  'M3/S': 'MQS',
  KW: 'KWT',
  W: 'WTT',
  KWH: 'KWH',
  V: 'VLT',
  A: 'AMP',
  DB: '2N',
  DBA: '2N',
};

/** Sea water has five: more siemens a metre there are in no water, and what is more is told in microsiemens a centimetre, whatever the model means. */
const siemensAtMost = 7;
/** Nobody lives in more milligrams of carbon monoxide; what is more, and has no unit, is told in micrograms like everything else in the air. */
const carbonMonoxideAtMost = 150;

/** A value in our unit; `fits`: the unit that it was told in is one of this quantity, or none that is known. */
export interface UnitValue {
  readonly value: number;
  readonly fits: boolean;
}

/** A value in our unit; what its sender wrote goes before what the model means. */
export function inOurUnit(value: number, written: string | null, { quantity, unit: usual }: AttributeMeaning): UnitValue {
  const unit = written === null ? usual : unitCode(written);
  const as = (scaled: number): UnitValue => ({ value: scaled === value ? value : round(scaled), fits: true });
  if (unit === undefined) return as(quantity === 'co' && value > carbonMonoxideAtMost ? value / 1000 : value);
  if (quantities[quantity].unit === '°C' && unit === 'FAH') return as((value - 32) / 1.8);
  if (quantities[quantity].unit === '°C' && unit === 'KEL') return as(value - 273.15);
  if (written === null && unit === 'D10' && value > siemensAtMost) return as(value);
  const factor = wordIn(factors, unit)?.[quantity];
  if (factor !== undefined) return as(value * factor);
  return { value, fits: !known.has(unit) || unit === ourUnit(quantity) };
}

/** Whether a value in this unit can be told in ours. */
export function isUnitOf(written: string, quantity: QuantityName): boolean {
  const unit = unitCode(written);
  return unit === ourUnit(quantity) || wordIn(factors, unit)?.[quantity] !== undefined;
}

const ourUnit = (quantity: QuantityName): string | undefined => wordIn(codeOfUnit, quantities[quantity].unit);

function unitCode(written: string): string {
  // The capital of the micro sign is a Greek letter of its own; for a degree some write the sign of an ordinal. A vocabulary goes before its word.
  const plain = /^(?:https?:.*[/#]|unit:)(.+)$/i.exec(written.trim())?.[1] ?? written.trim();
  const name = plain.replace('³', '3').replace(/[µμ]/, 'u').replace('º', '°').toUpperCase();
  return wordIn(unitNames, name) ?? name;
}

/** Twelve digits: what multiplying adds behind them says nothing. */
const round = (value: number) => Number(value.toPrecision(12));
