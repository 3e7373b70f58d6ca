import type { ObservationFact } from '../feed-contract.ts';
import { isQuantity, quantities, type QuantityName } from '../systems/quantities.ts';

type Range = readonly [least: number, most: number];

/** Beyond this no number measures anything. */
const anything: Range = [-1e12, 1e12];
const noLess: Range = [0, 1e12];

/** What can be, by unit; where a quantity has bounds of its own they stand below. */
const ofUnit: Readonly<Record<string, Range>> = {
  '%': [0, 100],
  '°C': [-100, 2500],
  dB: [-20, 200],
  'veh/h': [0, 50_000],
  'km/h': [0, 500],
  km: [0, 10_000_000],
  s: [0, 1_000_000],
  L: [0, 1_000_000],
  lx: [0, 200_000],
  hPa: [300, 1100],
  'µg/m³': noLess,
  'mg/m³': noLess,
  'mg/L': noLess,
  'µg/L': noLess,
  'µS/cm': noLess,
  NTU: noLess,
  '1/L': noLess,
  '%LEL': [0, 1000],
  mm: [-10_000, 10_000],
};

const ofQuantity: Partial<Record<QuantityName, Range>> = {
  // A car park takes in a few more than it has room for.
  occupancy: [0, 200],
  latitude: [-90, 90],
  longitude: [-180, 180],
  direction: [0, 360],
  'wind-direction': [0, 360],
  tilt: [-180, 180],
  'wind-speed': [0, 150],
  visibility: [0, 300_000],
  precipitation: [0, 3000],
  'rain-hour': [0, 1000],
  'rain-day': [0, 3000],
  'water-level': [-500, 9000],
  'pipe-pressure': [-0.1, 100],
  ph: [0, 14],
  aqi: [0, 2000],
  'congestion-index': [0, 100],
  'queue-length': [0, 100_000],
  'spaces-total': [0, 1_000_000],
  'spaces-free': [0, 1_000_000],
  'spaces-taken': [0, 1_000_000],
  'plugs-total': [0, 1_000_000],
  'plugs-free': [0, 1_000_000],
  people: noLess,
  capacity: noLess,
  visitors: noLess,
  'queue-people': noLess,
  'wait-minutes': noLess,
  'beds-free': noLess,
  'beds-total': noLess,
  'response-minutes': noLess,
};

/** What devices write when they have nothing to say: only where it cannot be a value, for somewhere each of them is one. */
const sentinels: ReadonlySet<number> = new Set([
  9999, 99_999, 999_999, 6553.5, 999.9, 9999.9, 32_766, 32_767, 65_534, 65_535, -32_768, 2_147_483_647, 4_294_967_295, -99, -999, -9999,
  -99_999, -999_999,
]);

const rangeOf = (quantity: string): Range =>
  isQuantity(quantity) ? (ofQuantity[quantity] ?? ofUnit[quantities[quantity].unit] ?? anything) : anything;

/**
 * A value as far as it can be believed, whatever read it: one that cannot be (a humidity of 140 %, a latitude of 200°) is suspect and raises no alarm, a sentinel in its place is no
 * data. The same fact where nothing is wrong with it.
 */
export function believedValue(fact: ObservationFact): ObservationFact {
  const { value, quality } = fact;
  if (typeof value !== 'number') return fact;
  const [least, most] = rangeOf(fact.quantity);
  if (value >= least && value <= most) return Object.is(value, -0) ? { ...fact, value: 0 } : fact;
  if (sentinels.has(value)) return { ...fact, value: null, quality: 'no-data' };
  return quality === 'good' ? { ...fact, quality: 'suspect' } : fact;
}
