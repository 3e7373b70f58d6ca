import type { AssetKind } from '../../feed-contract.ts';
import type { QuantityName } from '../../systems/quantities.ts';

/**
 * How one attribute becomes a value: as it is, from a share of 0 to 1, as a word, as what cannot be less than nothing (what is, says that nothing is known), as an angle that may be
 * told to the left or to the right, or as a fault, which says more than other words for the state, and less when there is none.
 */
export interface AttributeMeaning {
  readonly quantity: QuantityName;
  readonly as?: 'share' | 'word' | 'yes-no' | 'count' | 'angle' | 'fault';
  /** What the model means where nobody writes a unit; absent: our own. */
  readonly unit?: string;
}

const number = (quantity: QuantityName): AttributeMeaning => ({ quantity });
const share = (quantity: QuantityName): AttributeMeaning => ({ quantity, as: 'share' });
const word = (quantity: QuantityName): AttributeMeaning => ({ quantity, as: 'word' });
const count = (quantity: QuantityName, unit?: string): AttributeMeaning => ({ quantity, as: 'count', ...(unit ? { unit } : {}) });
const angle = (quantity: QuantityName): AttributeMeaning => ({ quantity, as: 'angle' });
const fault: AttributeMeaning = { quantity: 'state', as: 'fault' };

/** What entities of the Smart Data Models are to us; a type that is not here is a sensor when it measures something, else nothing. */
export const kindOfType: Readonly<Record<string, AssetKind>> = {
  AirQualityObserved: 'air-station',
  AirQualityMonitoring: 'air-station',
  AirQualityStation: 'air-station',
  NoiseLevelObserved: 'sensor',
  NoisePollution: 'sensor',
  WeatherObserved: 'weather-station',
  TrafficFlowObserved: 'road-segment',
  ItemFlowObserved: 'road-segment',
  CrowdFlowObserved: 'venue',
  RoadSegment: 'road-segment',
  Road: 'road-segment',
  OffStreetParking: 'car-park',
  OnStreetParking: 'car-park',
  ParkingGroup: 'car-park',
  ParkingSpot: 'sensor',
  EVChargingStation: 'charger',
  Vehicle: 'vehicle',
  FleetVehicle: 'vehicle',
  FleetVehicleStatus: 'vehicle',
  FleetVehicleOperation: 'vehicle',
  FloodMonitoring: 'gauge',
  WaterQualityObserved: 'water-section',
  WaterObserved: 'gauge',
  WaterConsumptionObserved: 'water-main',
  Pump: 'pump-station',
  Tank: 'pump-station',
  Pipe: 'water-main',
  Reservoir: 'reservoir',
  WasteWaterTank: 'pump-station',
  WasteWaterPlant: 'pollution-source',
  WasteContainer: 'sensor',
  Streetlight: 'street-light',
  StreetlightControlCabinet: 'street-light',
  Beach: 'scenic-area',
  TouristDestination: 'scenic-area',
  TourismPresenceObserved: 'scenic-area',
  Museum: 'venue',
  PointOfInterest: 'venue',
  Camera: 'camera-device',
  Device: 'sensor',
  DeviceMeasurement: 'sensor',
  SmartMeteringObservation: 'sensor',
  StreetlightGroup: 'street-light',
  SluiceGate: 'gate',
};

/** Types that tell what will be or what a make is like, nothing of what is. */
export const isNoObservation = (type: string): boolean => /(?:Forecast|Prediction|Predicted|Model)$/.test(type);

/** Attributes by every name that real senders write them with, in any of which capitals, dots and underlines do not count. */
const attributes: Readonly<Record<string, AttributeMeaning>> = {
  temperature: number('temperature'),
  airtemperature: number('temperature'),
  relativehumidity: share('humidity'),
  humidity: share('humidity'),
  atmosphericpressure: number('air-pressure'),
  windspeed: number('wind-speed'),
  winddirection: angle('wind-direction'),
  precipitation: number('precipitation'),
  visibility: number('visibility'),
  illuminance: number('illuminance'),
  batterylevel: share('battery'),
  battery: share('battery'),
  streamgauge: { quantity: 'water-level', unit: 'CMT' },
  pm25: number('pm25'),
  pm10: number('pm10'),
  so2: number('so2'),
  no2: number('no2'),
  o3: number('o3'),
  co: number('co'),
  no: number('no'),
  nox: { quantity: 'nox', unit: 'GQ' },
  pm1: number('pm1'),
  airqualityindex: number('aqi'),
  aqi: number('aqi'),
  laeq: number('noise'),
  laeqd: number('noise-day'),
  lamax: number('noise-max'),
  intensity: count('flow'),
  averagevehiclespeed: count('speed'),
  averagespeed: count('speed'),
  occupancy: share('occupancy'),
  congestionindex: count('congestion-index'),
  traveltime: count('travel-time'),
  averagetraveltime: count('travel-time'),
  queuelength: count('queue-length'),
  congested: { quantity: 'state', as: 'yes-no' },
  totalspotnumber: count('spaces-total'),
  availablespotnumber: count('spaces-free'),
  occupiedspotnumber: count('spaces-taken'),
  totalspaces: count('spaces-total'),
  availablespaces: count('spaces-free'),
  speed: count('speed'),
  bearing: angle('direction'),
  heading: angle('direction'),
  mileagefromodometer: count('mileage'),
  restfuelamount: count('fuel'),
  currentlevel: number('water-level'),
  waterlevel: number('water-level'),
  waterdischarge: number('water-flow'),
  level: number('water-level'),
  flow: number('water-flow'),
  ph: number('ph'),
  conductivity: number('conductivity'),
  turbidity: number('turbidity'),
  o2: number('dissolved-oxygen'),
  do: number('dissolved-oxygen'),
  dissolvedoxygen: number('dissolved-oxygen'),
  nh4: number('ammonia-nitrogen'),
  cod: number('cod'),
  bod: number('bod5'),
  no3: number('nitrate'),
  cl: number('chloride'),
  chla: number('chlorophyll'),
  tss: number('suspended-solids'),
  tds: number('dissolved-solids'),
  pressure: number('pipe-pressure'),
  fillinglevel: share('fill-level'),
  powerstate: word('state'),
  status: word('state'),
  servicestatus: word('state'),
  currentstatus: word('state'),
  devicestate: word('state'),
  voltage: number('voltage'),
  intensityelectric: number('current'),
  current: number('current'),
  powerconsumption: number('power'),
  power: number('power'),
  energyconsumed: number('energy'),
  peoplecount: count('people'),
};

/** What EPANET reckons in. */
const litres = count('pipe-flow', 'G51');
const lamp: OfType = { status: fault, intensity: number('current') };

const parking: OfType = {
  capacity: count('spaces-total'),
  totalcapacity: count('spaces-total'),
  availablecapacity: count('spaces-free'),
};

type OfType = Readonly<Record<string, AttributeMeaning | null>>;

/** Where the same word means another thing, or nothing that is kept. */
const attributesOfType: Readonly<Record<string, OfType>> = {
  OffStreetParking: parking,
  OnStreetParking: parking,
  ParkingGroup: parking,
  EVChargingStation: { capacity: count('plugs-total'), totalslotnumber: count('plugs-total'), availablecapacity: count('plugs-free') },
  AirQualityObserved: { pressure: number('air-pressure') },
  WeatherObserved: { pressure: number('air-pressure') },
  WaterQualityObserved: { conductivity: count('conductivity', 'D10') },
  Streetlight: lamp,
  StreetlightGroup: lamp,
  StreetlightControlCabinet: lamp,
  TourismPresenceObserved: { occupancy: count('people'), capacity: count('capacity') },
  TouristDestination: { occupancy: count('people'), capacity: count('capacity') },
  Beach: { occupancy: count('people'), capacity: count('capacity') },
  Museum: { capacity: count('capacity') },
  CrowdFlowObserved: { intensity: count('people'), peoplecount: count('people') },
  Tank: { level: number('tank-level') },
  WasteWaterTank: { level: number('tank-level') },
  Pipe: { flow: litres },
  // The speed of a pump is a share of that which it is made for.
  Pump: { flow: litres, speed: null },
  Valve: { flow: litres },
  FloodMonitoring: { flow: number('water-flow') },
};

/** What stands in a table under a word, and not what every object has by itself: a sender may write `constructor`. */
export const wordIn = <T>(table: Readonly<Record<string, T>>, word: string): T | undefined =>
  Object.hasOwn(table, word) ? table[word] : undefined;

const folded = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** What an attribute of a type means; undefined: nothing that is kept. */
export function meaningOf(type: string, name: string): AttributeMeaning | undefined {
  const key = folded(name);
  const own = wordIn(attributesOfType, type);
  if (own && Object.hasOwn(own, key)) return own[key] ?? undefined;
  return Object.hasOwn(attributes, key) ? attributes[key] : undefined;
}

/** What does not change from minute to minute, by our name. */
export const propertyOf: Readonly<Record<string, string>> = {
  dangerlevel: 'danger-level',
  alertlevel: 'alert-level',
  referencelevel: 'reference-level',
  totalspotnumber: 'spaces-total',
  capacity: 'capacity',
  maximumallowedspeed: 'speed-limit',
  totallanenumber: 'lanes',
  vehicleplateidentifier: 'plate',
  licenseplate: 'plate',
  operator: 'operator',
  stationid: 'station',
};
export const propertyName = (name: string): string | undefined => {
  const key = folded(name);
  return Object.hasOwn(propertyOf, key) ? propertyOf[key] : undefined;
};

/** Factors from a unit code (UN/CEFACT Recommendation 20) to our unit; 1 and absent are ours already. Parts of a million or a milliard of a gas: at 25 °C. */
const factors: Readonly<Record<string, Partial<Record<QuantityName, number>>>> = {
  MTS: { speed: 3.6 },
  KMH: { 'wind-speed': 1 / 3.6 },
  KNT: { speed: 1.852, 'wind-speed': 0.514444 },
  HM: { speed: 1.609344, 'wind-speed': 0.44704 },
  SMI: { mileage: 1.609344, visibility: 1609.344 },
  KMT: { visibility: 1000 },
  MTR: { mileage: 0.001, 'pipe-pressure': 0.00980665, precipitation: 1000 },
  GP: { pm1: 1000, pm25: 1000, pm10: 1000, so2: 1000, no: 1000, no2: 1000, o3: 1000 },
  GQ: { co: 0.001, nox: 0.001 },
  '59': { co: 1.145, no: 1227, no2: 1882, o3: 1963, so2: 2620 },
  '61': { co: 0.001145, no: 1.227, no2: 1.882, o3: 1.963, so2: 2.62 },
  BAR: { 'pipe-pressure': 0.1, 'air-pressure': 1000 },
  KPA: { 'pipe-pressure': 0.001, 'air-pressure': 10 },
  PAL: { 'pipe-pressure': 1e-6, 'air-pressure': 0.01 },
  CMT: { 'water-level': 0.01, 'tank-level': 0.01, precipitation: 10 },
  MMT: { 'water-level': 0.001, 'tank-level': 0.001 },
  INH: { precipitation: 25.4 },
  FOT: { 'water-level': 0.3048, 'tank-level': 0.3048 },
  MQH: { 'water-flow': 1 / 3600 },
  MQS: { 'pipe-flow': 3600 },
  G51: { 'pipe-flow': 3.6, 'water-flow': 0.001 },
  D10: { conductivity: 10_000 },
  H61: { conductivity: 1000 },
  WTT: { power: 0.001 },
  WHR: { energy: 0.001 },
  '4K': { current: 0.001 },
};

/** Senders write units as people do, too. */
const unitNames: Readonly<Record<string, string>> = {
  'M/S': 'MTS',
  'KM/H': 'KMH',
  'MG/M3': 'GP',
  'UG/M3': 'GQ',
  PPM: '59',
  PPB: '61',
  '°F': 'FAH',
  FAHRENHEIT: 'FAH',
  KELVIN: 'KEL',
  MA: '4K',
  CM: 'CMT',
  'S/M': 'D10',
  'MS/CM': 'H61',
};

/** Sea water has five: more siemens a metre there are in no water, and what is more is told in microsiemens a centimetre, whatever the model means. */
const siemensAtMost = 7;

/** A value in our unit. */
export function inOurUnit(value: number, written: string | null, { quantity, unit: usual }: AttributeMeaning): number {
  const name = written?.toUpperCase().replace('³', '3').replace(/[µμ]/, 'U');
  const unit = name === undefined ? usual : (wordIn(unitNames, name) ?? name);
  if (unit === undefined) return value;
  if (quantity === 'temperature' && unit === 'FAH') return round((value - 32) / 1.8);
  if (quantity === 'temperature' && unit === 'KEL') return round(value - 273.15);
  if (written === null && unit === 'D10' && value > siemensAtMost) return value;
  const factor = wordIn(factors, unit)?.[quantity];
  return factor === undefined ? value : round(value * factor);
}

/** Twelve digits: what multiplying adds behind them says nothing. */
const round = (value: number) => Number(value.toPrecision(12));

/** Types that tell of something that happens, and the class that it belongs to. */
export const classOfType: Readonly<Record<string, string>> = {
  Alert: 'alert',
  Anomaly: 'anomaly',
  WeatherAlert: 'weather',
  RoadAccident: 'traffic.accident',
  CityWork: 'traffic.works',
  TrafficViolation: 'traffic.violation',
  Complaint: 'grid.complaint',
  IssueReporting: 'grid.issue',
  NetworkServiceAlert: 'security.network',
};
/** What `Alert` of category `traffic` names more narrowly, by the class that our rules know; in none of which capitals count. */
export const trafficClass: Readonly<Record<string, string>> = {
  trafficjam: 'jam',
  caraccident: 'accident',
  injuredbiker: 'accident',
  carwrongdirection: 'wrong-way',
  carstopped: 'obstacle',
  hazardonroad: 'obstacle',
  pothole: 'road-damage',
  roadclosed: 'closure',
  roadworks: 'works',
};
/** Categories of `Alert`, by the class that our rules know. */
export const classOfCategory: Readonly<Record<string, string>> = {
  traffic: 'traffic',
  weather: 'weather',
  environment: 'pollution',
  health: 'health-threat',
  security: 'security-threat',
  agriculture: 'agriculture',
  naturaldisaster: 'geo',
};
