import type { SeededRandom } from './seeded-random.ts';

/** A kind of place that cameras look at. */
export interface SiteKind {
  /** Also the name of the clip it asks for when no bundled clip suits it. */
  readonly kind: string;
  readonly weight: number;
  /** Departments that share its cameras. */
  readonly groups: readonly string[];
  /** Industry digits of a GB/T 28181 id (2022, annex E). */
  readonly industry: string;
  /** Names of bundled clips that look like it. */
  readonly clips: RegExp;
  name(site: SiteNames, random: SeededRandom): string;
}

/** What the neighbourhood offers to name a camera after. */
export interface SiteNames {
  readonly village: string;
  readonly road: string;
  readonly crossing: string;
  readonly river: string;
}

const directions = ['东', '南', '西', '北'] as const;
const gates = ['东门', '南门', '西门', '北门', '正门'] as const;
const numerals = ['一', '二', '三', '四', '五', '六'] as const;

/** The kinds of places of the demo city. */
export const siteKinds: readonly SiteKind[] = [
  {
    kind: 'crossing',
    weight: 28,
    groups: ['公安', '交警'],
    industry: '04',
    clips: /cross|junction|intersection|signal/,
    name: ({ road, crossing }, random) => `${road}与${crossing}路口${random.pick(directions)}向`,
  },
  {
    kind: 'avenue',
    weight: 10,
    groups: ['公安', '交警', '交通'],
    industry: '04',
    clips: /avenue|road/,
    name: ({ road, village }, random) => `${road}${village}段${random.pick(directions)}向`,
  },
  {
    kind: 'expressway',
    weight: 6,
    groups: ['公安', '交警', '交通'],
    industry: '04',
    clips: /express|highway/,
    name: ({ village }, random) => `陶都快速路${village}${random.pick(['匝道', '高点', '出口', '入口'])}${random.pick(directions)}向`,
  },
  {
    kind: 'tunnel',
    weight: 2,
    groups: ['交警', '交通', '应急'],
    industry: '04',
    clips: /tunnel/,
    name: ({ village }, random) => `${village}隧道${random.pick(['东口', '西口', '中段'])}`,
  },
  {
    kind: 'bridge',
    weight: 4,
    groups: ['公安', '交警', '水利'],
    industry: '04',
    clips: /bridge/,
    name: ({ river, village }, random) => `${river}${village}大桥${random.pick(['东桥头', '西桥头', '桥面'])}`,
  },
  {
    kind: 'residential',
    weight: 13,
    groups: ['公安'],
    industry: '01',
    clips: /resid|estate|car-park/,
    name: ({ village }, random) => `${village}${random.pick(['新苑', '花园', '嘉园', '家园', '名居', '小区'])}${random.pick(gates)}`,
  },
  {
    kind: 'school',
    weight: 7,
    groups: ['公安', '教育'],
    industry: '11',
    clips: /school|campus/,
    name: ({ village }, random) => `${village}${random.pick(['小学', '中学', '幼儿园', '实验小学', '高级中学'])}${random.pick(gates)}`,
  },
  {
    kind: 'river',
    weight: 6,
    groups: ['水利', '应急'],
    industry: '09',
    clips: /river|canal|sluice/,
    name: ({ river, village }, random) => `${river}${village}${random.pick(['水闸上游', '水闸下游', '泵站', '水位站', '堤防'])}`,
  },
  {
    kind: 'harbour',
    weight: 2,
    groups: ['交通', '应急'],
    industry: '04',
    clips: /harbour|wharf|dock/,
    name: ({ village }, random) => `${village}货运码头${random.pick(numerals)}号泊位`,
  },
  {
    kind: 'car-park',
    weight: 6,
    groups: ['公安', '城管'],
    industry: '08',
    clips: /car-park|parking/,
    name: ({ village, road }, random) =>
      `${random.pick([village, road])}公共停车场${random.pick(['入口', '出口', '东区', '西区', '充电区'])}`,
  },
  {
    kind: 'street',
    weight: 5,
    groups: ['公安', '城管'],
    industry: '00',
    clips: /street|shop|avenue/,
    name: ({ village }, random) =>
      `${village}${random.pick(['商业街', '老街', '步行街', '陶器街'])}${random.pick(['东口', '西口', '中段'])}`,
  },
  {
    kind: 'market',
    weight: 3,
    groups: ['公安', '城管'],
    industry: '08',
    clips: /market|square/,
    name: ({ village }, random) => `${village}农贸市场${random.pick(numerals)}号门`,
  },
  {
    kind: 'square',
    weight: 5,
    groups: ['公安', '文旅'],
    industry: '00',
    clips: /square|plaza/,
    name: ({ village }, random) => `${village}${random.pick(['文化广场', '市民广场', '健身广场'])}${random.pick(directions)}侧`,
  },
  {
    kind: 'park',
    weight: 3,
    groups: ['城管', '文旅'],
    industry: '08',
    clips: /garden|lake|river/,
    name: ({ village, river }, random) => `${random.pick([village, river])}公园${random.pick(['北入口', '南入口', '湖心亭', '环湖步道'])}`,
  },
  {
    kind: 'station',
    weight: 2,
    groups: ['公安', '交通'],
    industry: '04',
    clips: /station|stop|crossing/,
    name: ({ village, road }, random) => `${random.pick([village, road])}公交站${random.pick(['东侧', '西侧'])}`,
  },
];

const roadFirsts = [
  '陶源',
  '滨湖',
  '紫砂',
  '人民',
  '解放',
  '建设',
  '文昌',
  '迎宾',
  '龙溪',
  '云河',
  '青坯',
  '荷塘',
  '竹海',
  '望窑',
  '丁香',
  '朝阳',
  '学府',
  '康宁',
  '兴业',
  '科创',
  '和平',
  '东湖',
  '松鹤',
  '锦绣',
] as const;
const roadSeconds = ['路', '路', '大道', '街', '东路', '西路', '南路', '北路'] as const;
const rivers = ['云渚河', '釉溪', '荷泾', '澜河', '白鹭荡', '窑湖', '青坯河', '芦渟港'] as const;

/** Draws what a camera in this village can be named after; a town's roads are its own. */
export function siteNames(village: string, roads: readonly string[], random: SeededRandom): SiteNames {
  const road = random.pick(roads);
  const others = roads.filter((other) => !other.startsWith(road.slice(0, 2)));
  return { village, road, crossing: random.pick(others), river: random.pick(rivers) };
}

/** The roads of one town, each once. */
export function townRoads(count: number, random: SeededRandom): readonly string[] {
  const roads = new Set<string>();
  while (roads.size < count) roads.add(random.pick(roadFirsts) + random.pick(roadSeconds));
  return [...roads];
}
