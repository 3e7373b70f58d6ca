import type { AssetKind } from '../../feed-contract.ts';
import type { QuantityName } from '../../systems/quantities.ts';

/** A name without what senders differ in: capitals, dots, underlines. */
export const folded = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/**
 * How one attribute becomes a value: as it is, from a share of 0 to 1, as a word, as yes or no, as what cannot be less than nothing (what is, says that nothing is known), as an angle
 * that may be told to the left or to the right, or as a fault, which says more than other words for the state, and less when there is none.
 */
export interface AttributeMeaning {
  readonly quantity: QuantityName;
  readonly as?: 'share' | 'word' | 'yes-no' | 'count' | 'angle' | 'fault';
  /** What yes and no are here; absent: true and false. */
  readonly words?: readonly [yes: string, no: string];
  /** What the model means where nobody writes a unit; absent: our own. */
  readonly unit?: string;
  /** The models name no unit and senders take several: without one that is of this quantity it is passed over. */
  readonly needsUnit?: true;
}

const number = (quantity: QuantityName, unit?: string): AttributeMeaning => ({ quantity, ...(unit ? { unit } : {}) });
const share = (quantity: QuantityName): AttributeMeaning => ({ quantity, as: 'share' });
const word = (quantity: QuantityName): AttributeMeaning => ({ quantity, as: 'word' });
const count = (quantity: QuantityName, unit?: string): AttributeMeaning => ({ quantity, as: 'count', ...(unit ? { unit } : {}) });
const angle = (quantity: QuantityName): AttributeMeaning => ({ quantity, as: 'angle' });
const measured = (quantity: QuantityName): AttributeMeaning => ({ quantity, as: 'count', needsUnit: true });
const fault: AttributeMeaning = { quantity: 'state', as: 'fault' };

/** What entities of the Smart Data Models, and of those who name theirs alike, are to us; a type that is not here is a sensor when it measures something, else nothing. */
const kinds: readonly (readonly [AssetKind, string])[] = [
  ['air-station', 'AirQualityObserved AirQualityMonitoring AirQualityStation'],
  ['weather-station', 'WeatherObserved WeatherStation'],
  ['road-segment', 'TrafficFlowObserved ItemFlowObserved RoadSegment Road'],
  ['junction', 'TrafficLight TrafficSignal TrafficIntersection RoadIntersection'],
  ['car-park', 'OffStreetParking OnStreetParking ParkingGroup ParkingSite ParkingLot ParkingFacility'],
  ['charger', 'EVChargingStation ChargingStation'],
  ['vehicle', 'Vehicle FleetVehicle FleetVehicleStatus FleetVehicleOperation TransitManagement'],
  ['ambulance', 'Ambulance'],
  ['gauge', 'FloodMonitoring WaterObserved PhreaticObserved OpenChannel RiverGauge'],
  ['water-section', 'WaterQualityObserved'],
  ['water-main', 'WaterConsumptionObserved Pipe Junction Valve WaterNetwork WaterDistributionNetwork'],
  ['pump-station', 'Pump Tank PumpStation PumpingStation WasteWaterTank'],
  ['pollution-source', 'WasteWaterPlant WasteWaterJunction OffGasStack'],
  ['reservoir', 'Reservoir'],
  ['gate', 'SluiceGate Spillway'],
  ['street-light', 'Streetlight StreetlightGroup StreetlightControlCabinet StreetlightFeeder'],
  ['scenic-area', 'Beach TouristDestination TourismDestination TourismPresenceObserved'],
  ['venue', 'Museum PointOfInterest CrowdFlowObserved'],
  ['camera-device', 'Camera'],
  ['service-window', 'QueueMonitor'],
  ['hospital', 'Hospital'],
  ['school', 'School'],
  [
    'sensor',
    'NoiseLevelObserved NoisePollution ParkingSpot WasteContainer Device DeviceMeasurement SmartMeteringObservation IndoorEnvironmentObserved SeaConditions ACMeasurement ThreePhaseAcMeasurement',
  ],
];
const kindOfFolded: ReadonlyMap<string, AssetKind> = new Map(
  kinds.flatMap(([kind, types]) => types.split(' ').map((type) => [folded(type), kind] as const)),
);

/** What an entity of this type is to us; undefined: nothing by its type alone. */
export const kindOfType = (type: string): AssetKind | undefined => kindOfFolded.get(folded(type));

/** Whether anything is known of a type: what it is, or what it tells of. */
export const isKnownType = (type: string): boolean => kindOfFolded.has(folded(type)) || Object.hasOwn(classOfType, type);

/** Types that tell what will be, what a make is like or what was done to a thing, nothing of what is. */
export const isNoObservation = (type: string): boolean =>
  /(?:Forecast|Prediction|Predicted|Model)$|^(?:Device|Building)Operation$/.test(type);

/** Attributes by every name that real senders write them with, in any of which capitals, dots and underlines do not count. */
const attributes: Readonly<Record<string, AttributeMeaning>> = {
  temperature: number('temperature'),
  airtemperature: number('temperature'),
  relativehumidity: share('humidity'),
  humidity: share('humidity'),
  watertemperature: number('temperature'),
  surfacetemperature: number('temperature'),
  atmosphericpressure: number('air-pressure'),
  windspeed: number('wind-speed'),
  winddirection: angle('wind-direction'),
  precipitation: number('precipitation'),
  visibility: number('visibility'),
  illuminance: number('illuminance'),
  batterylevel: share('battery'),
  battery: share('battery'),
  statuspercent: share('battery'),
  streamgauge: number('water-level', 'CMT'),
  pm25: number('pm25'),
  pm10: number('pm10'),
  so2: number('so2'),
  no2: number('no2'),
  o3: number('o3'),
  co: number('co'),
  no: number('no'),
  nox: number('nox', 'GQ'),
  pm1: number('pm1'),
  tsp: number('tsp'),
  totalsuspendedparticulate: number('tsp'),
  airqualityindex: number('aqi'),
  aqi: number('aqi'),
  laeq: number('noise'),
  laeqd: number('noise-day'),
  lamax: number('noise-max'),
  // A second series of the same, as one of the models has it.
  laeq2: number('noise'),
  lamax2: number('noise-max'),
  noiselevel: number('noise'),
  ambientnoise: number('noise'),
  intensity: count('flow'),
  trafficflow: count('flow'),
  averagevehiclespeed: count('speed'),
  averagespeed: count('speed'),
  occupancy: share('occupancy'),
  percentageoccupancy: count('occupancy'),
  congestionindex: count('congestion-index'),
  traveltime: count('travel-time'),
  averagetraveltime: count('travel-time'),
  queuelength: count('queue-length'),
  congested: { quantity: 'state', as: 'yes-no', words: ['congested', 'free'] },
  totalspotnumber: count('spaces-total'),
  availablespotnumber: count('spaces-free'),
  occupiedspotnumber: count('spaces-taken'),
  totalspaces: count('spaces-total'),
  availablespaces: count('spaces-free'),
  freespaces: count('spaces-free'),
  freespotnumber: count('spaces-free'),
  occupiedspaces: count('spaces-taken'),
  speed: count('speed'),
  bearing: angle('direction'),
  heading: angle('direction'),
  mileagefromodometer: count('mileage'),
  restfuelamount: count('fuel'),
  currentlevel: number('water-level'),
  waterlevel: number('water-level'),
  waterdischarge: number('water-flow'),
  freechlorine: number('chlorine'),
  residualchlorine: number('chlorine'),
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
  bod5: number('bod5'),
  nh4n: number('ammonia-nitrogen'),
  tn: number('total-nitrogen'),
  ntot: number('total-nitrogen'),
  tp: number('total-phosphorus'),
  ptot: number('total-phosphorus'),
  toc: number('organic-carbon'),
  no3: number('nitrate'),
  cl: number('chloride'),
  chla: number('chlorophyll'),
  tss: number('suspended-solids'),
  tds: number('dissolved-solids'),
  pressure: measured('pipe-pressure'),
  waterpressure: measured('pipe-pressure'),
  observedpressure: measured('pipe-pressure'),
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
  totalactiveenergyimport: number('energy'),
  totalconsumption: measured('energy'),
  peoplecount: count('people'),
  peopleoccupancy: count('people'),
  ticketstoserve: count('queue-people'),
  responsetime: count('response-minutes', 'SEC'),
  soilmoisture: share('soil-moisture'),
  soilmoisturevwc: share('soil-moisture'),
  alarminprogress: { quantity: 'alarm', as: 'yes-no', words: ['alarm', 'none'] },
};

/** What EPANET reckons in. */
const litres = count('pipe-flow', 'G51');
// The models of lamps reckon in watts.
const lamp: OfType = { status: fault, intensity: number('current'), powerconsumption: number('power', 'WTT') };

/** What the air holds is told in micrograms, but for what there is most of. */
const air: OfType = {
  pressure: number('air-pressure'),
  nh3: number('ammonia', 'GQ'),
  h2s: number('hydrogen-sulphide', 'GQ'),
  c6h6: number('benzene', 'GQ'),
  benzene: number('benzene', 'GQ'),
  toluene: number('toluene', 'GQ'),
  xylene: number('xylene', 'GQ'),
  co2: number('co2', '59'),
};

/** What a meter of alternating current tells: watts, and phases of their own. */
const meter: OfType = { totalactivepower: number('power', 'WTT') };

/** Metals that are dissolved in it, too. */
const water: OfType = {
  conductivity: count('conductivity', 'D10'),
  conductance: count('conductivity', 'D10'),
  nh3: number('ammonia-nitrogen'),
  no2: number('nitrite'),
  so4: number('sulphate'),
  tkn: number('kjeldahl-nitrogen'),
  fluoride: number('fluoride'),
  cyanide: number('cyanide'),
  se: number('selenium'),
  as: number('arsenic'),
  cd: number('cadmium'),
  cr: number('chromium'),
  crvi: number('chromium-6'),
  cu: number('copper'),
  fe: number('iron'),
  hg: number('mercury'),
  mn: number('manganese'),
  ni: number('nickel'),
  pb: number('lead'),
  zn: number('zinc'),
};

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
  AirQualityObserved: air,
  AirQualityMonitoring: air,
  IndoorEnvironmentObserved: air,
  WeatherObserved: { pressure: number('air-pressure') },
  WaterQualityObserved: water,
  WaterObserved: { height: number('water-level') },
  // By the kilogram, not by the litre.
  SludgeQualityObserved: { ntot: null, ptot: null },
  WasteWaterPlant: { nh3: number('ammonia-nitrogen'), no2: number('nitrite') },
  WasteWaterJunction: { nh3: number('ammonia-nitrogen'), no2: number('nitrite') },
  ACMeasurement: meter,
  ThreePhaseAcMeasurement: meter,
  Camera: { on: { quantity: 'online', as: 'yes-no' } },
  Streetlight: lamp,
  StreetlightGroup: lamp,
  StreetlightControlCabinet: lamp,
  StreetlightFeeder: { ...lamp, totalactivepower: number('power') },
  TourismPresenceObserved: { occupancy: count('people'), visitorcount: count('people'), capacity: count('capacity') },
  TouristDestination: { occupancy: count('people'), capacity: count('capacity') },
  Beach: { occupancy: count('people'), capacity: count('capacity') },
  Museum: { capacity: count('capacity') },
  CrowdFlowObserved: { intensity: count('people'), peoplecount: count('people') },
  Tank: { level: number('tank-level'), observedlevel: number('tank-level') },
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

const ofFoldedType: ReadonlyMap<string, OfType> = new Map(Object.entries(attributesOfType).map(([type, own]) => [folded(type), own]));

/** What an attribute of a type means; undefined: nothing that is kept. */
export function meaningOf(type: string, name: string): AttributeMeaning | undefined {
  // Some models tell what was measured over a time, `no2TSA`: least, most, mean and at the moment.
  const key = folded(name).replace(/(?<=.)tsa$/, '');
  const own = ofFoldedType.get(folded(type));
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
  // Open311, as an entity.
  service_requests: 'grid.issue',
  NetworkServiceAlert: 'security.network',
  VehicleFault: 'vehicle.fault',
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
