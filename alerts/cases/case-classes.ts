import type { Words } from '../incidents/incident-type.ts';

/** Things of the city that are damaged (components), things that happen in it (events), and what grid workers report. */
export type CaseKind = 'component' | 'event' | 'grid';

/** A class of cases. `type` is its incident type; `code` are the digits after the region: big class and small class. Groups of the grid have none. */
export interface CaseClass extends Words {
  readonly type: string;
  readonly kind: CaseKind;
  readonly big: string;
  readonly code: string | null;
}

/** A big class with its small ones, each `[slug, zh, en]` or, where its number is not the next one, with that number. */
interface BigClass extends Words {
  readonly id: string;
  readonly code: string;
  readonly small: readonly (readonly [slug: string, zh: string, en: string, number?: number])[];
}

/**
 * Components (GB/T 30428.2): five big classes. The numbers of small classes are those in common use since CJ/T 214; a city that has its own knows them in its own system and sends
 * our types, or codes that are mapped there.
 */
const components: readonly BigClass[] = [
  {
    id: 'public-facilities',
    code: '01',
    zh: '公用设施',
    en: 'Public facilities',
    small: [
      ['manhole', '上水井盖', 'Water manhole cover'],
      ['sewer-manhole', '污水井盖', 'Sewer manhole cover'],
      ['storm-manhole', '雨水井盖', 'Storm drain cover'],
      ['storm-grate', '雨水箅子', 'Storm grate'],
      ['power-manhole', '电力井盖', 'Power manhole cover'],
      ['lamp-manhole', '路灯井盖', 'Street-lighting manhole cover'],
      ['telecom-manhole', '通讯井盖', 'Telecom manhole cover'],
      ['tv-manhole', '电视井盖', 'Cable TV manhole cover'],
      ['network-manhole', '网络井盖', 'Network manhole cover'],
      ['heat-manhole', '热力井盖', 'Heating manhole cover'],
      ['gas-manhole', '燃气井盖', 'Gas manhole cover'],
      ['police-manhole', '公安井盖', 'Police cable manhole cover'],
      ['fire-hydrant', '消防设施', 'Fire-fighting facility'],
      ['unowned-manhole', '无主井盖', 'Manhole cover without an owner'],
      ['telecom-cabinet', '通讯交接箱', 'Telecom cabinet'],
      ['power-facility', '电力设施', 'Power facility'],
      ['pole', '立杆', 'Pole'],
      ['lamp', '路灯', 'Street lamp'],
      ['ground-lamp', '地灯', 'Ground lamp'],
      ['landscape-lamp', '景观灯', 'Landscape lamp'],
      ['kiosk', '报刊亭', 'Newspaper kiosk'],
      ['phone-booth', '电话亭', 'Phone booth'],
      ['post-box', '邮筒', 'Post box'],
      ['information-kiosk', '信息亭', 'Information kiosk'],
      ['vending-machine', '自动售货机', 'Vending machine'],
      ['fitness', '健身设施', 'Fitness equipment'],
      ['gas-regulator', '燃气调压站（箱）', 'Gas regulator', 28],
      ['camera', '监控设施', 'Surveillance camera', 29],
    ],
  },
  {
    id: 'transport',
    code: '02',
    zh: '交通设施',
    en: 'Transport facilities',
    small: [
      ['car-park', '停车设施', 'Parking facility'],
      ['parking-meter', '停车咪表', 'Parking meter'],
      ['bus-stop', '公交站亭', 'Bus stop'],
      ['taxi-sign', '出租车站牌', 'Taxi sign'],
      ['footbridge', '过街天桥', 'Footbridge'],
      ['underpass', '地下通道', 'Underpass'],
      ['viaduct', '高架立交桥', 'Viaduct'],
      ['bridge', '跨河桥', 'Bridge'],
      ['traffic-sign', '交通标志牌', 'Traffic sign'],
      ['traffic-signal', '交通信号灯', 'Traffic signal'],
      ['rail', '交通护栏', 'Guard rail'],
      ['bicycle-rack', '存车支架', 'Bicycle rack'],
      ['street-sign', '路名牌', 'Street sign'],
      ['road-display', '道路信息显示屏', 'Road information display', 15],
      ['noise-barrier', '道路隔音屏', 'Noise barrier', 16],
    ],
  },
  {
    id: 'appearance',
    code: '03',
    zh: '市容环境',
    en: 'Appearance and environment',
    small: [
      ['toilet', '公共厕所', 'Public toilet'],
      ['septic-tank', '化粪池', 'Septic tank'],
      ['toilet-sign', '公厕指示牌', 'Toilet sign'],
      ['waste-room', '垃圾间（楼）', 'Waste room'],
      ['bin', '垃圾箱', 'Waste bin'],
      ['light-box', '灯箱霓虹灯', 'Light box or neon sign'],
      ['billboard', '广告牌匾', 'Billboard'],
      ['environment-station', '环保监测站', 'Environment station'],
      ['weather-station', '气象监测站', 'Weather station'],
      ['outfall-station', '污水口监测站', 'Outfall station'],
      ['noise-display', '噪声显示屏', 'Noise display'],
    ],
  },
  {
    id: 'landscaping',
    code: '04',
    zh: '园林绿化',
    en: 'Landscaping',
    small: [
      ['ancient-tree', '古树名木', 'Ancient or notable tree'],
      ['street-tree', '行道树', 'Street tree'],
      ['tree-guard', '护树设施', 'Tree guard'],
      ['planter', '花架花钵', 'Planter'],
      ['green', '绿地', 'Green space'],
      ['sculpture', '雕塑', 'Sculpture'],
      ['bench', '街头坐椅', 'Bench'],
      ['green-rail', '绿地护栏', 'Rail of a green space'],
      ['irrigation', '绿地维护设施', 'Irrigation'],
      ['fountain', '喷泉', 'Fountain'],
    ],
  },
  {
    id: 'other',
    code: '05',
    zh: '其他部件',
    en: 'Other components',
    small: [
      ['hazard-source', '重大危险源', 'Major hazard source'],
      ['construction-site', '工地', 'Construction site'],
      ['water-facility', '水域附属设施', 'Waterside facility'],
      ['water-rail', '水域护栏', 'Waterside rail'],
    ],
  },
];

/** Events (GB/T 30428.2): six big classes with their typical small ones. */
const events: readonly BigClass[] = [
  {
    id: 'appearance',
    code: '01',
    zh: '市容环境',
    en: 'Appearance and environment',
    small: [
      ['illegal-building', '私搭乱建', 'Illegal building'],
      ['garbage', '暴露垃圾', 'Exposed garbage'],
      ['waste-soil', '积存垃圾渣土', 'Construction waste'],
      ['dirty-road', '道路不洁', 'Dirty road'],
      ['dirty-water', '水域不洁', 'Dirty water'],
      ['messy-green', '绿地脏乱', 'Messy green space'],
      ['abandoned-vehicle', '废弃车辆', 'Abandoned vehicle'],
      ['bulky-waste', '废弃家具设备', 'Discarded furniture'],
      ['tree-hanging', '非装饰性树挂', 'Things hung on trees'],
      ['road-damage', '道路破损', 'Damaged road'],
      ['embankment-damage', '河堤破损', 'Damaged embankment'],
      ['spillage', '道路遗撒', 'Spillage on a road'],
      ['dirty-facade', '建筑物外立面不洁', 'Dirty facade'],
      ['water-order', '水域秩序问题', 'Disorder on water'],
      ['burning', '焚烧垃圾树叶', 'Burning of waste'],
      ['fumes', '油烟污染', 'Cooking fumes'],
      ['carcass', '动物尸体清理', 'Dead animal'],
    ],
  },
  {
    id: 'advertising',
    code: '02',
    zh: '宣传广告',
    en: 'Outdoor advertising',
    small: [
      ['poster', '非法小广告', 'Illegal posters'],
      ['illegal-billboard', '违章张贴悬挂广告牌匾', 'Illegal billboard'],
      ['pavement-sign', '占道广告牌', 'Sign on the pavement'],
      ['leaflets', '街头散发广告', 'Leaflets'],
    ],
  },
  {
    id: 'construction',
    code: '03',
    zh: '施工管理',
    en: 'Construction management',
    small: [
      ['construction-noise', '施工扰民', 'Construction noise'],
      ['dust', '工地扬尘', 'Dust'],
      ['construction-waste', '施工废弃料', 'Waste of a construction site'],
      ['illegal-digging', '无证掘路', 'Digging without a permit'],
      ['construction-occupation', '施工占道', 'Road occupied by construction'],
    ],
  },
  {
    id: 'street-order',
    code: '04',
    zh: '街面秩序',
    en: 'Street order',
    small: [
      ['stall', '无照经营游商', 'Roadside stall'],
      ['begging', '流浪乞讨', 'Vagrancy'],
      ['scrap-collecting', '占道废品收购', 'Scrap collected on the street'],
      ['shop-outside', '店外经营', 'Trading outside the shop'],
      ['parked-car', '机动车乱停放', 'Badly parked car'],
      ['parked-bicycle', '非机动车乱停放', 'Badly parked bicycle'],
      ['piled-goods', '乱堆物堆料', 'Piled-up goods'],
      ['illegal-taxi', '黑车拉客', 'Illegal taxi'],
      ['barbecue', '露天烧烤', 'Open-air barbecue'],
      ['laundry', '沿街晾挂', 'Laundry along the street'],
    ],
  },
  {
    id: 'emergencies',
    code: '05',
    zh: '突发事件',
    en: 'Emergencies',
    small: [
      ['collapse', '路面塌陷', 'Road collapse'],
      ['burst-pipe', '自来水管破裂', 'Burst water pipe'],
      ['gas-pipe', '燃气管道破裂', 'Broken gas pipe'],
      ['blocked-sewer', '下水道堵塞或破损', 'Blocked or broken sewer'],
      ['heat-pipe', '热力管道破裂', 'Broken heating pipe'],
      ['waterlogging', '道路积水', 'Waterlogging'],
      ['ice', '道路积雪结冰', 'Snow or ice on a road'],
      ['cable', '架空线缆损坏', 'Damaged overhead cable'],
    ],
  },
  {
    id: 'other',
    code: '06',
    zh: '其他事件',
    en: 'Other events',
    small: [['other', '其他', 'Other', 99]],
  },
];

/**
 * Groups of grid events (GB/T 34300 leaves them to the province). Local data: number and names differ, a source that has others maps them on these or keeps its own word
 * below `grid`.
 */
const gridGroups: readonly (readonly [slug: string, zh: string, en: string])[] = [
  ['people', '实有人口', 'People'],
  ['housing', '实有房屋', 'Housing'],
  ['organisation', '单位组织', 'Organisations'],
  ['dispute', '矛盾纠纷', 'Disputes'],
  ['public-safety', '公共安全', 'Public safety'],
  ['hazard', '安全隐患', 'Hazards'],
  ['petition', '信访诉求', 'Petitions'],
  ['environment', '环境卫生', 'Environment'],
  ['livelihood', '民生服务', 'Livelihood'],
  ['market', '市场监管', 'Market'],
  ['care', '特殊人群', 'Special groups'],
  ['affairs', '党务政务', 'Party and government affairs'],
];

function classesOf(kind: 'component' | 'event', bigClasses: readonly BigClass[]): CaseClass[] {
  return bigClasses.flatMap(({ id, code, small }) =>
    small.map(([slug, zh, en, number], index) => ({
      type: `urban.${kind}.${slug}`,
      kind,
      big: id,
      code: `${code}${String(number ?? index + 1).padStart(2, '0')}`,
      zh,
      en,
    })),
  );
}

/** Every class, wide types before narrow ones. */
export const caseClasses: readonly CaseClass[] = [
  { type: 'urban.component', kind: 'component', big: 'other', code: null, zh: '部件案件', en: 'Component' },
  ...classesOf('component', components),
  { type: 'urban.event', kind: 'event', big: 'other', code: null, zh: '事件案件', en: 'Event' },
  ...classesOf('event', events),
  ...gridGroups.map(([slug, zh, en]): CaseClass => ({ type: `grid.${slug}`, kind: 'grid', big: slug, code: null, zh, en })),
];

/** The names of the big classes, by kind and id. */
export const bigCaseClasses: Readonly<Record<'component' | 'event', Readonly<Record<string, Words & { readonly code: string }>>>> = {
  component: Object.fromEntries(components.map(({ id, code, zh, en }) => [id, { code, zh, en }])),
  event: Object.fromEntries(events.map(({ id, code, zh, en }) => [id, { code, zh, en }])),
};

const byType = new Map(caseClasses.map((one) => [one.type, one]));
const byCode = new Map(caseClasses.flatMap((one) => (one.code === null ? [] : [[`${one.kind} ${one.code}`, one] as const])));

/** The class of an incident type, or of the nearest above it; undefined: it is no case, or of no class. */
export function caseClassOf(type: string): CaseClass | undefined {
  for (let at = type; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
    const found = byType.get(at);
    if (found) return found;
  }
  return undefined;
}

/**
 * The class that a code names: six digits of the region, two of the big class, two of the small one. A component's own number of 16 digits begins with the code of its class. The
 * two kinds number alike, so the kind is told apart.
 * @returns undefined where there is no such class
 */
export function caseClassOfCode(
  code: string,
  kind: 'component' | 'event',
): { readonly region: string; readonly class: CaseClass } | undefined {
  const parts = /^(\d{6})(\d{4})(\d{6})?$/.exec(code.trim());
  if (!parts || (parts[3] !== undefined && kind !== 'component')) return undefined;
  const found = byCode.get(`${kind} ${parts[2]}`);
  return found && { region: parts[1]!, class: found };
}
