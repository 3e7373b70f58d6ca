import type { IncidentLevel } from '../incident-contract.ts';
import { caseClasses } from '../cases/case-classes.ts';
import type { capabilities } from './capabilities.ts';
import type { CapabilityWanted, IncidentType, RunCard, TimeLimit } from './incident-type.ts';
import { upwardReportMinutes } from './upward-report-minutes.ts';

type Wanted = Partial<Record<keyof typeof capabilities, number>>;

/** A row as it is written: what it leaves out is its parent's. */
interface Row {
  readonly zh: string;
  readonly en: string;
  readonly level?: IncidentLevel;
  /** What level IV, III, II and I want. */
  readonly wants?: readonly [Wanted, Wanted, Wanted, Wanted];
  readonly second?: Wanted;
  readonly limits?: (level: IncidentLevel) => readonly TimeLimit[];
  readonly related?: readonly string[];
  readonly same?: readonly [metres: number, minutes: number];
  readonly plan?: string | null;
}

const minutes = (until: TimeLimit['until'], from: TimeLimit['from'], value: number): TimeLimit => ({
  until,
  from,
  value: value / 60,
  unit: 'hours',
});

const upward = (level: IncidentLevel): readonly TimeLimit[] => {
  const limit = upwardReportMinutes[level];
  return limit === null ? [] : [minutes('first-report', 'reported', limit)];
};

/**
 * Of what cannot wait. Life first: a minute from the report to the first unit (NFPA 1225, 2022). What is less urgent has so many times as long; a bad one of it
 * none the less half. @param arrived minutes from sending to arrival
 * @param closedHours from the report until it is closed
 */
const urgent =
  (times: number, arrived: number, closedHours = 24) =>
  (level: IncidentLevel): readonly TimeLimit[] => {
    const factor = level === 'I' || level === 'II' ? Math.max(1, times / 2) : times;
    return [
      minutes('accepted', 'reported', factor),
      minutes('dispatched', 'reported', factor),
      minutes('acknowledged', 'dispatched', factor),
      minutes('arrived', 'dispatched', arrived),
      ...upward(level),
      { until: 'closed', from: 'reported', value: closedHours, unit: 'hours' },
    ];
  };

/** Of cases that departments handle in their working time, where the table of classes says nothing else. */
const workingTime = (level: IncidentLevel): readonly TimeLimit[] => [
  { until: 'accepted', from: 'reported', value: 2, unit: 'working-hours' },
  { until: 'filed', from: 'accepted', value: 2, unit: 'working-hours' },
  { until: 'dispatched', from: 'filed', value: 2, unit: 'working-hours' },
  { until: 'resolved', from: 'dispatched', value: 3, unit: 'working-days' },
  { until: 'closed', from: 'reported', value: 5, unit: 'working-days' },
  ...upward(level),
];

const rows: Readonly<Record<string, Row>> = {
  traffic: {
    zh: '交通事件',
    en: 'Traffic',
    wants: [{ 'traffic-police': 1 }, { 'traffic-police': 2 }, { 'traffic-police': 4, ambulance: 1 }, { 'traffic-police': 6, ambulance: 2 }],
    second: { 'traffic-police': 2, tow: 1 },
    limits: urgent(3, 15),
    same: [500, 30],
    plan: 'traffic',
  },
  'traffic.accident': {
    zh: '交通事故',
    en: 'Traffic accident',
    wants: [
      { 'traffic-police': 1 },
      { 'traffic-police': 2, ambulance: 1, tow: 1 },
      { 'traffic-police': 4, ambulance: 3, 'fire-engine': 1, tow: 1 },
      { 'traffic-police': 6, ambulance: 6, 'fire-engine': 2, tow: 2 },
    ],
    second: { 'traffic-police': 2, ambulance: 2, 'fire-engine': 1 },
    related: ['traffic.congestion', 'traffic.obstacle', 'medical.injury', 'fire.vehicle'],
    same: [300, 30],
  },
  'traffic.accident.injury': { zh: '伤人交通事故', en: 'Traffic accident with injured', level: 'III', limits: urgent(1, 10) },
  'traffic.dangerous-goods': {
    zh: '危险品运输事故',
    en: 'Accident with dangerous goods',
    level: 'II',
    wants: [
      { 'traffic-police': 2, hazmat: 1 },
      { 'traffic-police': 2, hazmat: 1, 'fire-engine': 1 },
      { 'traffic-police': 4, hazmat: 2, 'fire-engine': 2, ambulance: 1 },
      { 'traffic-police': 6, hazmat: 3, 'fire-engine': 4, ambulance: 3, environment: 1 },
    ],
    second: { hazmat: 1, 'fire-engine': 2, environment: 1 },
    limits: urgent(1, 10),
    related: ['environment.spill', 'traffic.accident', 'fire.vehicle'],
  },
  'traffic.congestion': {
    zh: '交通拥堵',
    en: 'Congestion',
    related: ['traffic.accident', 'traffic.signal', 'traffic.obstacle'],
    same: [1000, 60],
  },
  'traffic.signal': {
    zh: '信号灯故障',
    en: 'Signal fault',
    wants: [
      { 'signal-repair': 1 },
      { 'signal-repair': 1, 'traffic-police': 1 },
      { 'signal-repair': 1, 'traffic-police': 2 },
      { 'signal-repair': 2, 'traffic-police': 4 },
    ],
    second: { 'traffic-police': 2 },
    limits: urgent(5, 30),
    related: ['traffic.congestion', 'utilities.power'],
    same: [80, 240],
  },
  'traffic.breakdown': {
    zh: '车辆故障',
    en: 'Broken-down vehicle',
    wants: [
      { 'traffic-police': 1, tow: 1 },
      { 'traffic-police': 1, tow: 1 },
      { 'traffic-police': 2, tow: 1 },
      { 'traffic-police': 2, tow: 2 },
    ],
    related: ['traffic.congestion', 'traffic.accident'],
  },
  'traffic.wrong-way': { zh: '逆行', en: 'Wrong-way driver', level: 'III', limits: urgent(1, 10), same: [3000, 15] },
  'traffic.obstacle': { zh: '道路障碍', en: 'Obstacle on the road', related: ['traffic.accident', 'traffic.congestion', 'urban'] },
  'traffic.road-damage': {
    zh: '道路塌陷损毁',
    en: 'Road damage',
    level: 'III',
    wants: [
      { 'road-repair': 1 },
      { 'road-repair': 1, 'traffic-police': 1 },
      { 'road-repair': 2, 'traffic-police': 2 },
      { 'road-repair': 3, 'traffic-police': 4, 'rescue-team': 1 },
    ],
    limits: urgent(5, 30),
    related: ['utilities.water', 'urban'],
    same: [150, 720],
  },

  fire: {
    zh: '火灾',
    en: 'Fire',
    level: 'III',
    wants: [
      { 'fire-engine': 1 },
      { 'fire-engine': 2, ambulance: 1, police: 1 },
      { 'fire-engine': 5, ladder: 1, ambulance: 2, police: 2 },
      { 'fire-engine': 8, ladder: 2, ambulance: 4, police: 4, hazmat: 1 },
    ],
    second: { 'fire-engine': 3, ladder: 1, ambulance: 1 },
    limits: urgent(1, 8),
    related: ['utilities.gas', 'environment.air'],
    same: [400, 30],
    plan: 'fire',
  },
  'fire.alarm': { zh: '火灾报警待核实', en: 'Fire alarm, not yet verified', level: 'IV', same: [150, 30] },
  'fire.building': { zh: '建筑火灾', en: 'Building fire', related: ['fire.alarm', 'utilities.gas', 'rescue.trapped'] },
  'fire.high-rise': {
    zh: '高层建筑火灾',
    en: 'High-rise fire',
    level: 'II',
    wants: [
      { 'fire-engine': 2, ladder: 1 },
      { 'fire-engine': 3, ladder: 1, ambulance: 1, police: 1 },
      { 'fire-engine': 6, ladder: 2, ambulance: 3, police: 3 },
      { 'fire-engine': 10, ladder: 3, ambulance: 6, police: 6 },
    ],
    related: ['fire.building', 'fire.alarm', 'rescue.trapped'],
  },
  'fire.factory': {
    zh: '厂房仓库火灾',
    en: 'Factory or warehouse fire',
    level: 'II',
    wants: [
      { 'fire-engine': 2 },
      { 'fire-engine': 3, hazmat: 1, ambulance: 1 },
      { 'fire-engine': 6, hazmat: 1, ladder: 1, ambulance: 2, police: 2, environment: 1 },
      { 'fire-engine': 10, hazmat: 2, ladder: 2, ambulance: 4, police: 4, environment: 2 },
    ],
    related: ['fire.building', 'fire.alarm', 'environment.spill'],
  },
  'fire.vehicle': { zh: '车辆火灾', en: 'Vehicle fire', related: ['traffic.accident', 'traffic.dangerous-goods'] },
  'fire.wildland': { zh: '山林火灾', en: 'Wildland fire', level: 'II', limits: urgent(1, 30), same: [3000, 120] },

  rescue: {
    zh: '抢险救援',
    en: 'Rescue',
    level: 'III',
    wants: [
      { 'rescue-team': 1 },
      { 'rescue-team': 1, ambulance: 1 },
      { 'rescue-team': 2, ambulance: 2, police: 1 },
      { 'rescue-team': 4, ambulance: 4, police: 4 },
    ],
    second: { 'rescue-team': 1, ambulance: 2 },
    limits: urgent(1, 15),
    related: ['medical'],
    same: [300, 60],
    plan: 'rescue',
  },
  'rescue.trapped': { zh: '人员被困', en: 'People trapped', related: ['fire.building', 'utilities.lift'] },
  'rescue.collapse': {
    zh: '建筑坍塌',
    en: 'Collapsed building',
    level: 'II',
    related: ['rescue.trapped', 'utilities.gas', 'flood.landslide'],
  },
  'rescue.water': {
    zh: '水域救援',
    en: 'Water rescue',
    wants: [
      { boat: 1 },
      { boat: 1, 'rescue-team': 1, ambulance: 1 },
      { boat: 2, 'rescue-team': 2, ambulance: 2 },
      { boat: 4, 'rescue-team': 3, ambulance: 4, police: 2 },
    ],
    related: ['flood'],
  },
  'rescue.height': { zh: '高处救援', en: 'Rescue from height', related: ['public-order.threat'] },

  medical: {
    zh: '医疗急救',
    en: 'Medical',
    level: 'IV',
    wants: [{ ambulance: 1 }, { ambulance: 2 }, { ambulance: 5, police: 1 }, { ambulance: 10, police: 4 }],
    second: { ambulance: 3 },
    limits: urgent(1, 12),
    related: ['traffic.accident', 'rescue'],
    same: [100, 30],
    plan: 'medical',
  },
  'medical.illness': { zh: '急病', en: 'Sudden illness', related: ['medical.elder'] },
  'medical.injury': { zh: '受伤', en: 'Injury', related: ['traffic.accident', 'public-order.fight'] },
  'medical.elder': { zh: '老人求助', en: 'Elder calls for help', related: ['medical.illness', 'medical.injury'], same: [50, 60] },
  'medical.mass-casualty': { zh: '群体伤病', en: 'Mass casualties', level: 'II', same: [500, 60] },
  'medical.epidemic': { zh: '突发公共卫生事件', en: 'Public health event', level: 'III', limits: urgent(10, 120, 240), same: [2000, 1440] },

  'public-order': {
    zh: '社会治安',
    en: 'Public order',
    level: 'IV',
    wants: [{ police: 1 }, { police: 2 }, { police: 6, ambulance: 1 }, { police: 12, ambulance: 3 }],
    second: { police: 4 },
    limits: urgent(2, 10),
    same: [200, 30],
    plan: 'public-order',
  },
  'public-order.fight': { zh: '打架斗殴', en: 'Fight', related: ['medical.injury', 'public-order.crowd'] },
  'public-order.theft': { zh: '盗窃抢劫', en: 'Theft or robbery', same: [150, 120] },
  'public-order.crowd': { zh: '人群聚集', en: 'Crowd', level: 'III', related: ['public-order.fight'], same: [500, 60] },
  'public-order.missing': { zh: '人员走失', en: 'Missing person', same: [2000, 720], related: ['rescue.water'] },
  'public-order.threat': { zh: '可疑物与威胁', en: 'Threat or suspicious object', level: 'II', related: ['rescue.height'] },
  'public-order.campus': { zh: '校园事件', en: 'Incident at a school', level: 'III', related: ['public-order.fight', 'medical.injury'] },

  flood: {
    zh: '汛情险情',
    en: 'Flood',
    level: 'III',
    wants: [
      { pump: 1 },
      { pump: 2, 'rescue-team': 1 },
      { pump: 4, 'rescue-team': 2, boat: 2, police: 2 },
      { pump: 6, 'rescue-team': 4, boat: 6, police: 6, ambulance: 2 },
    ],
    second: { pump: 2, boat: 2, 'rescue-team': 1 },
    limits: urgent(3, 30, 72),
    related: ['rescue.water', 'utilities.sewage'],
    same: [1000, 120],
    plan: 'flood',
  },
  'flood.waterlogging': {
    zh: '道路积水内涝',
    en: 'Waterlogging',
    related: ['utilities.sewage', 'utilities.water', 'traffic.congestion'],
    same: [300, 120],
  },
  'flood.rainstorm': { zh: '暴雨', en: 'Rainstorm', related: ['flood.waterlogging'], same: [20_000, 360] },
  'flood.river': { zh: '河道洪水', en: 'River flood', level: 'II', same: [5000, 240] },
  'flood.reservoir': { zh: '水库险情', en: 'Reservoir in danger', level: 'I', same: [2000, 240] },
  'flood.landslide': { zh: '山洪滑坡', en: 'Landslide', level: 'II', related: ['rescue.collapse', 'traffic.road-damage'] },

  utilities: {
    zh: '公用设施',
    en: 'Utilities',
    level: 'IV',
    wants: [{ 'water-repair': 1 }, { 'water-repair': 1 }, { 'water-repair': 2, police: 1 }, { 'water-repair': 3, police: 2 }],
    limits: urgent(5, 45),
    same: [300, 120],
    plan: 'utilities',
  },
  'utilities.water': {
    zh: '供水',
    en: 'Water',
    related: ['traffic.road-damage', 'flood.waterlogging'],
    second: { 'water-repair': 1, 'traffic-police': 1 },
  },
  'utilities.water.burst': { zh: '水管爆裂', en: 'Burst main', level: 'III' },
  'utilities.water.quality': { zh: '水质异常', en: 'Water quality', level: 'II', related: ['environment.water'], same: [3000, 720] },
  'utilities.sewage': {
    zh: '排水',
    en: 'Sewage',
    wants: [{ pump: 1 }, { pump: 1 }, { pump: 2 }, { pump: 3, environment: 1 }],
    second: { pump: 1 },
    related: ['flood.waterlogging', 'environment.water'],
  },
  'utilities.gas': {
    zh: '燃气',
    en: 'Gas',
    level: 'III',
    wants: [
      { 'gas-repair': 1 },
      { 'gas-repair': 1, 'fire-engine': 1, police: 1 },
      { 'gas-repair': 2, 'fire-engine': 2, police: 3, ambulance: 1 },
      { 'gas-repair': 3, 'fire-engine': 5, police: 6, ambulance: 3, hazmat: 1 },
    ],
    second: { 'gas-repair': 1, 'fire-engine': 2 },
    limits: urgent(1, 20),
    related: ['fire', 'environment.spill'],
    plan: 'gas',
  },
  'utilities.gas.leak': { zh: '燃气泄漏', en: 'Gas leak' },
  'utilities.power': {
    zh: '供电',
    en: 'Power',
    wants: [{ 'power-repair': 1 }, { 'power-repair': 1 }, { 'power-repair': 2, police: 1 }, { 'power-repair': 4, police: 2 }],
    second: { 'power-repair': 1 },
    related: ['traffic.signal', 'utilities.lift'],
    same: [1000, 120],
  },
  'utilities.power.outage': { zh: '停电', en: 'Power cut' },
  'utilities.power.line-down': { zh: '电线坠落', en: 'Power line down', level: 'III', limits: urgent(1, 20) },
  'utilities.lift': {
    zh: '电梯',
    en: 'Lift',
    wants: [
      { 'lift-rescue': 1 },
      { 'lift-rescue': 1 },
      { 'lift-rescue': 1, 'rescue-team': 1, ambulance: 1 },
      { 'lift-rescue': 2, 'rescue-team': 2, ambulance: 2 },
    ],
    second: { 'rescue-team': 1 },
    limits: urgent(2, 30),
    related: ['rescue.trapped', 'utilities.power'],
    same: [60, 60],
    plan: 'lift',
  },
  'utilities.lift.trapped': { zh: '电梯困人', en: 'Trapped in a lift', level: 'III', limits: urgent(1, 30) },

  environment: {
    zh: '环境事件',
    en: 'Environment',
    level: 'IV',
    wants: [{ environment: 1 }, { environment: 1 }, { environment: 2, hazmat: 1 }, { environment: 3, hazmat: 2, police: 4 }],
    second: { environment: 1, hazmat: 1 },
    limits: urgent(10, 60, 72),
    same: [1000, 240],
    plan: 'environment',
  },
  'environment.air': { zh: '空气污染', en: 'Air pollution', related: ['fire'], same: [3000, 360] },
  'environment.water': { zh: '水体污染', en: 'Water pollution', level: 'III', related: ['environment.discharge', 'utilities.sewage'] },
  'environment.discharge': { zh: '超标排放', en: 'Discharge beyond the standard', related: ['environment.water', 'environment.air'] },
  'environment.spill': {
    zh: '危化品泄漏',
    en: 'Chemical spill',
    level: 'II',
    limits: urgent(1, 20),
    related: ['traffic.dangerous-goods', 'fire.factory'],
  },
  'environment.noise': { zh: '噪声扰民', en: 'Noise', same: [200, 120], related: ['urban'] },

  cyber: {
    zh: '网络安全事件',
    en: 'IT security',
    level: 'III',
    wants: [{ 'it-security': 1 }, { 'it-security': 1 }, { 'it-security': 2 }, { 'it-security': 3, police: 1 }],
    limits: urgent(10, 120, 72),
    same: [1000, 240],
    plan: 'general',
  },

  grid: {
    zh: '网格事件',
    en: 'Grid event',
    level: 'IV',
    wants: [{ 'grid-worker': 1 }, { 'grid-worker': 1 }, { 'grid-worker': 2, police: 1 }, { 'grid-worker': 4, police: 4 }],
    limits: workingTime,
    related: ['urban', 'public-order'],
    same: [100, 1440],
    plan: 'case',
  },
  urban: {
    zh: '城市管理案件',
    en: 'Urban management case',
    level: 'IV',
    wants: [{ 'urban-management': 1 }, { 'urban-management': 1 }, { 'urban-management': 2 }, { 'urban-management': 4, police: 2 }],
    limits: workingTime,
    related: ['grid'],
    same: [60, 2880],
    plan: 'case',
  },
  other: {
    zh: '其他事件',
    en: 'Other',
    level: 'IV',
    wants: [{ police: 1 }, { police: 1 }, { police: 2, ambulance: 1 }, { police: 4, ambulance: 2 }],
    limits: urgent(3, 20),
    same: [300, 60],
    plan: 'general',
  },
};

const listOf = (wanted: Wanted): CapabilityWanted[] => Object.entries(wanted).map(([capability, count]) => ({ capability, count }));

const parentOf = (type: string): string | null => (type.includes('.') ? type.slice(0, type.lastIndexOf('.')) : null);

/** Classes of cases are types below `urban` and `grid`; what limits them stands in a table of its own, which a city replaces. */
const caseRows = caseClasses.map(({ type, zh, en }): [string, Row] => [
  type,
  { zh, en, ...(type === 'urban.event.illegal-building' && { plan: 'illegal-building' }) },
]);

function build(): ReadonlyMap<string, IncidentType> {
  const types = new Map<string, IncidentType>();
  for (const [type, row] of [...Object.entries(rows), ...caseRows]) {
    const parent = types.get(parentOf(type) ?? '');
    types.set(type, {
      type,
      zh: row.zh,
      en: row.en,
      level: row.level ?? parent?.level ?? 'IV',
      runCard: runCardOf(row, parent?.runCard),
      limits: row.limits ?? parent?.limits ?? urgent(3, 20),
      related: row.related ?? parent?.related ?? [],
      sameWithin: row.same ? { metres: row.same[0], minutes: row.same[1] } : (parent?.sameWithin ?? { metres: 300, minutes: 60 }),
      planId: row.plan === undefined ? (parent?.planId ?? null) : row.plan,
    });
  }
  return types;
}

function runCardOf({ wants, second }: Row, parent: RunCard | undefined): RunCard {
  const byLevel = wants
    ? { IV: listOf(wants[0]), III: listOf(wants[1]), II: listOf(wants[2]), I: listOf(wants[3]) }
    : (parent?.byLevel ?? { I: [], II: [], III: [], IV: [] });
  return { byLevel, secondAlarm: second ? listOf(second) : (parent?.secondAlarm ?? []) };
}

/** The table: wide types before the narrow ones in them. */
export const incidentTypes: ReadonlyMap<string, IncidentType> = build();

/** The row of a type, or of the nearest one above it: `traffic.accident.lorry` is a traffic accident. undefined: nothing like it is known. */
export function incidentTypeOf(type: string): IncidentType | undefined {
  for (let at: string | null = type; at !== null; at = parentOf(at)) {
    const found = incidentTypes.get(at);
    if (found !== undefined) return found;
  }
  return undefined;
}
