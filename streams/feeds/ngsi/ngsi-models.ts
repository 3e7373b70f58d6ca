import type { AssetKind } from '../../feed-contract.ts';
import type { QuantityName } from '../../systems/quantities.ts';

/** How one attribute becomes a value: as it is, from a share of 0 to 1, as a word, or as what cannot be less than nothing: what is, says that nothing is known. */
export interface AttributeMeaning {
  readonly quantity: QuantityName;
  readonly as?: 'share' | 'word' | 'yes-no' | 'count';
}

const number = (quantity: QuantityName): AttributeMeaning => ({ quantity });
const share = (quantity: QuantityName): AttributeMeaning => ({ quantity, as: 'share' });
const word = (quantity: QuantityName): AttributeMeaning => ({ quantity, as: 'word' });
const count = (quantity: QuantityName): AttributeMeaning => ({ quantity, as: 'count' });

/** What entities of the Smart Data Models are to us; a type that is not here is a sensor. */
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
};

/** Attributes by every name that real senders write them with, in any of which capitals, dots and underlines do not count. */
const attributes: Readonly<Record<string, AttributeMeaning>> = {
  temperature: number('temperature'),
  airtemperature: number('temperature'),
  relativehumidity: share('humidity'),
  humidity: share('humidity'),
  atmosphericpressure: number('air-pressure'),
  windspeed: number('wind-speed'),
  winddirection: number('wind-direction'),
  precipitation: number('precipitation'),
  visibility: number('visibility'),
  illuminance: number('illuminance'),
  batterylevel: share('battery'),
  pm25: number('pm25'),
  pm10: number('pm10'),
  so2: number('so2'),
  no2: number('no2'),
  o3: number('o3'),
  co: number('co'),
  airqualityindex: number('aqi'),
  aqi: number('aqi'),
  laeq: number('noise'),
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
  totalslotnumber: count('plugs-total'),
  availablecapacity: count('plugs-free'),
  capacity: count('plugs-total'),
  speed: count('speed'),
  bearing: number('direction'),
  heading: number('direction'),
  mileagefromodometer: number('mileage'),
  currentlevel: number('water-level'),
  level: number('water-level'),
  flow: number('water-flow'),
  ph: number('ph'),
  conductivity: number('conductivity'),
  turbidity: number('turbidity'),
  o2: number('dissolved-oxygen'),
  dissolvedoxygen: number('dissolved-oxygen'),
  nh4: number('ammonia-nitrogen'),
  cod: number('cod'),
  pressure: number('pipe-pressure'),
  fillinglevel: share('fill-level'),
  powerstate: word('state'),
  status: word('state'),
  servicestatus: word('state'),
  voltage: number('voltage'),
  intensityelectric: number('current'),
  current: number('current'),
  powerconsumption: number('power'),
  peoplecount: count('people'),
};

/** Where the same word means another thing. */
const attributesOfType: Readonly<Record<string, Readonly<Record<string, AttributeMeaning>>>> = {
  TourismPresenceObserved: { occupancy: count('people'), capacity: count('capacity') },
  TouristDestination: { occupancy: count('people'), capacity: count('capacity') },
  Beach: { occupancy: count('people'), capacity: count('capacity') },
  Museum: { capacity: count('capacity') },
  CrowdFlowObserved: { intensity: count('people'), peoplecount: count('people') },
  Tank: { level: number('tank-level') },
  WasteWaterTank: { level: number('tank-level') },
  Pipe: { flow: number('pipe-flow') },
  Pump: { flow: number('pipe-flow') },
  FloodMonitoring: { flow: number('water-flow') },
};

const folded = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** What an attribute of a type means; undefined: nothing that is kept. */
export function meaningOf(type: string, name: string): AttributeMeaning | undefined {
  const key = folded(name);
  const own = attributesOfType[type];
  if (own && Object.hasOwn(own, key)) return own[key];
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
  operator: 'operator',
  stationid: 'station',
};
export const propertyName = (name: string): string | undefined => {
  const key = folded(name);
  return Object.hasOwn(propertyOf, key) ? propertyOf[key] : undefined;
};

/** Factors from a unit code (UN/CEFACT Recommendation 20) to our unit; 1 and absent are ours already. */
const factors: Readonly<Record<string, Partial<Record<QuantityName | '*', number>>>> = {
  MTS: { speed: 3.6 },
  GP: { pm25: 1000, pm10: 1000, so2: 1000, no2: 1000, o3: 1000 },
  GQ: { co: 0.001 },
  P1: {},
  BAR: { 'pipe-pressure': 0.1 },
  KPA: { 'pipe-pressure': 0.001, 'air-pressure': 10 },
  PAL: { 'air-pressure': 0.01 },
  CMT: { 'water-level': 0.01, 'tank-level': 0.01 },
  MMT: { 'water-level': 0.001, 'tank-level': 0.001 },
};

/** What a value in this unit is to be multiplied by. */
export function factorOf(unitCode: string | null, quantity: QuantityName): number {
  return (unitCode === null ? undefined : factors[unitCode.toUpperCase()]?.[quantity]) ?? 1;
}

/** Types that tell of something that happens, and the class that it belongs to. */
export const classOfType: Readonly<Record<string, string>> = {
  Alert: 'alert',
  Anomaly: 'anomaly',
  WeatherAlert: 'weather',
  RoadAccident: 'traffic.accident',
  CityWork: 'traffic.works',
  TrafficViolation: 'traffic.violation',
  Complaint: 'grid.complaint',
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
