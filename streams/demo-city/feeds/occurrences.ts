import { seededBy } from './smooth-noise.ts';
import { storyLastsMs, type ToldStory } from './demo-stories.ts';
import type { DemoSite, DemoSites } from './demo-sites.ts';

export type OccurrenceKind =
  | 'accident'
  | 'grid'
  | 'urban'
  | 'elder-sos'
  | 'attack'
  | 'burst'
  | 'pump-trip'
  | 'charger-fault'
  | 'network-down';

/** Something that goes on in the demo city for a while. */
export interface Occurrence {
  readonly id: string;
  readonly kind: OccurrenceKind;
  readonly from: number;
  readonly until: number;
  readonly site: DemoSite;
  /** As the rules know it, and in the words of its system. */
  readonly class: string;
  readonly severity: 'critical' | 'high' | 'medium' | 'low';
  readonly title: string;
  readonly text: string;
}

interface Recurring {
  /** One turn of the lot each so often, which comes true as often as `chance` says. */
  readonly everyMs: number;
  readonly chance: number;
  readonly lastsMinutes: readonly [number, number];
  sites(all: DemoSites): readonly DemoSite[];
  readonly kinds: readonly Pick<Occurrence, 'class' | 'severity' | 'title' | 'text'>[];
}

const minuteMs = 60_000;
const told = (eventClass: string, severity: Occurrence['severity'], title: string, text = ''): Recurring['kinds'][number] => ({
  class: eventClass,
  severity,
  title,
  text,
});

/** At rest the city raises an alert about every ten minutes; what is small (most grid events and cases) raises none. */
const recurring: Readonly<Record<OccurrenceKind, Recurring>> = {
  accident: {
    everyMs: 30 * minuteMs,
    chance: 0.8,
    lastsMinutes: [12, 25],
    sites: ({ roads }) => roads,
    kinds: [
      told('traffic.accident', 'medium', '两车追尾', '占用一条车道，无人员受伤。'),
      told('traffic.accident', 'medium', '车辆剐蹭', '双方在现场协商。'),
      told('traffic.accident', 'high', '电动自行车与轿车相撞', '一人受伤，已呼叫救护车。'),
    ],
  },
  grid: {
    everyMs: 4 * minuteMs,
    chance: 0.9,
    lastsMinutes: [20, 50],
    sites: ({ villages }) => villages,
    kinds: [
      told('grid.dispute', 'medium', '邻里纠纷', '网格员已到场调解。'),
      told('grid.environment', 'low', '楼道堆放杂物', '已通知物业清理。'),
      told('grid.hazard', 'medium', '电动车飞线充电', '已劝阻并登记。'),
      told('grid.livelihood', 'low', '路灯不亮', '已转市政处理。'),
      told('grid.environment', 'low', '垃圾未及时清运', '已转城管处理。'),
      told('grid.livelihood', 'low', '独居老人走访', '情况正常。'),
      told('grid.dispute', 'low', '噪声扰民', '已劝导。'),
      told('grid.hazard', 'low', '消防通道被占', '车主已移车。'),
      told('grid.environment', 'low', '河道漂浮物', '已通知保洁。'),
      told('grid.livelihood', 'low', '停水咨询', '已答复。'),
      told('grid.market', 'low', '流动摊贩', '已劝离。'),
      told('grid.hazard', 'critical', '自建房墙体开裂', '住户已撤离，请专业人员到场。'),
    ],
  },
  urban: {
    everyMs: 5 * minuteMs,
    chance: 0.9,
    lastsMinutes: [30, 90],
    sites: ({ villages }) => villages,
    kinds: [
      told('urban.event.garbage', 'low', '暴露垃圾'),
      told('urban.event.stall', 'low', '占道经营'),
      told('urban.event.poster', 'low', '非法小广告'),
      told('urban.event.dust', 'medium', '工地扬尘'),
      told('urban.component.manhole', 'medium', '井盖松动'),
      told('urban.component.lamp', 'low', '路灯损坏'),
      told('urban.component.rail', 'low', '护栏缺失'),
    ],
  },
  'elder-sos': {
    everyMs: 90 * minuteMs,
    chance: 0.7,
    lastsMinutes: [10, 20],
    sites: ({ villages }) => villages,
    kinds: [told('health.elder-sos', 'high', '独居老人按下求助', '手环求助，电话无人接听。')],
  },
  attack: {
    everyMs: 20 * minuteMs,
    chance: 0.8,
    lastsMinutes: [3, 8],
    sites: ({ windows }) => windows,
    kinds: [
      ...[
        '端口扫描被拦截',
        '暴力破解被拦截',
        '恶意爬虫被拦截',
        '钓鱼邮件被拦截',
        '异常登录被拦截',
        '弱口令探测被拦截',
        '漏洞探测被拦截',
      ].map((title) => told('security.attack', 'low', title)),
      told('security.attack', 'high', '政务网站遭受流量攻击', '已启用清洗。'),
    ],
  },
  burst: {
    everyMs: 240 * minuteMs,
    chance: 0.5,
    lastsMinutes: [12, 18],
    sites: ({ mains }) => mains,
    kinds: [told('', 'critical', '')],
  },
  'pump-trip': {
    everyMs: 120 * minuteMs,
    chance: 0.6,
    lastsMinutes: [8, 14],
    sites: ({ pumps }) => pumps,
    kinds: [told('', 'high', '')],
  },
  'charger-fault': {
    everyMs: 60 * minuteMs,
    chance: 0.7,
    lastsMinutes: [15, 25],
    sites: ({ chargers }) => chargers,
    kinds: [told('', 'low', '')],
  },
  'network-down': {
    everyMs: 180 * minuteMs,
    chance: 0.5,
    lastsMinutes: [8, 15],
    sites: ({ schools }) => schools,
    kinds: [told('', 'medium', '')],
  },
};

/** Those of a kind that began after `after` and not after `now`, in their order. A function of time alone: a simulator that is started again tells the same. */
export function occurrencesOf(
  kind: OccurrenceKind,
  sites: DemoSites,
  after: number,
  now: number,
  stories: readonly ToldStory[] = [],
): readonly Occurrence[] {
  const { everyMs, chance, lastsMinutes, sites: sitesOf, kinds } = recurring[kind];
  const found: Occurrence[] = [];
  for (let turn = Math.floor(after / everyMs) - 1; turn <= Math.floor(now / everyMs); turn += 1) {
    const random = seededBy(`${kind}/${turn}`);
    if (random.below(1000) >= chance * 1000) continue;
    const from = turn * everyMs + random.below(everyMs);
    if (from <= after || from > now) continue;
    const [least, most] = lastsMinutes;
    const site = random.pick(sitesOf(sites));
    const what = random.pick(kinds);
    found.push({
      ...what,
      id: `${kind}-${turn}`,
      kind,
      from,
      until: from + (least + random.below(most - least + 1)) * minuteMs,
      site,
      title: what.title === '' ? '' : `${site.name}${what.title}`,
    });
  }
  return [...found, ...ofStories(kind, sites, after, now, stories)].sort((a, b) => a.from - b.from);
}

/** Whether one of a kind goes on at a site. */
export function isGoingOn(kind: OccurrenceKind, sites: DemoSites, siteId: string, at: number): boolean {
  const longest = recurring[kind].lastsMinutes[1] * minuteMs;
  return occurrencesOf(kind, sites, at - longest, at).some(({ site, until }) => site.id === siteId && at < until);
}

/** What stories bring along: the accident that a jam grows from, the one that an ambulance is called to, water in the streets. */
function ofStories(
  kind: OccurrenceKind,
  sites: DemoSites,
  after: number,
  now: number,
  stories: readonly ToldStory[],
): readonly Occurrence[] {
  return stories.flatMap(({ story, since, until, district }): Occurrence[] => {
    const end = until ?? since + storyLastsMs;
    const here = <T extends DemoSite>(all: readonly T[]) =>
      all.find((site) => district !== null && site.district.startsWith(district)) ?? all[0]!;
    const one = (site: DemoSite, from: number, what: Recurring['kinds'][number], id: string = story): Occurrence[] =>
      from > after && from <= now && from < end
        ? [{ ...what, id: `${kind}-${id}-${since}`, kind, from, until: end, site, title: `${site.name}${what.title}` }]
        : [];
    if (kind === 'accident' && story === 'jam')
      return one(here(sites.roads), since, told('traffic.accident', 'high', '多车相撞', '双向受阻。'));
    if (kind === 'accident' && story === 'ambulance')
      return one(ambulanceScene(sites, district), since, told('traffic.accident', 'critical', '行人被撞', '一人重伤，救护车已出发。'));
    if (kind === 'grid' && story === 'rainstorm')
      return sites.villages
        .filter((_, index) => index % 41 === 3)
        .flatMap((site, index) =>
          one(
            site,
            since + (2 + index) * 2 * minuteMs,
            told('grid.waterlogging', 'medium', '路面积水', '积水约 20 厘米。'),
            `rain-${index}`,
          ),
        );
    return [];
  });
}

/** Where the ambulance of the story goes. */
export function ambulanceScene({ roads }: DemoSites, district: string | null): DemoSite {
  return roads.find((site) => district !== null && site.district.startsWith(district)) ?? roads[27]!;
}
