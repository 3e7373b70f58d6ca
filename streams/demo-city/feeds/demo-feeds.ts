import { nowhere } from '../../../main/contract/place.ts';
import type { FeedKind } from '../../feed-contract.ts';
import { systems } from '../../systems/systems.ts';
import { demoFigures } from './demo-figures.ts';
import type { DemoSite, DemoSites } from './demo-sites.ts';
import { demoVehicles, fleets } from './demo-vehicles.ts';

/** A feed of the demo city as `feed.create` takes it. */
export interface DemoFeed {
  readonly id: string;
  readonly kind: FeedKind;
  readonly system: string;
  readonly name: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly staleAfterSeconds?: number;
}

/** Where the demo's own broker and weather office are, in this run. */
export interface DemoSources {
  readonly mqttUrl: string;
  readonly capUrl: string;
}

/** The feeds of the demo city: every system has one at least, and each kind of feed that there is takes part. */
export function demoFeeds(sites: DemoSites, { mqttUrl, capUrl }: DemoSources): readonly DemoFeed[] {
  const mqtt = (id: string, system: string, name: string, topic: string, more: object): DemoFeed => ({
    id,
    kind: 'mqtt',
    system,
    name,
    settings: { url: mqttUrl, topics: [topic], clientId: id, ...more },
  });
  const mapping = (id: string, system: string, name: string, document: object): DemoFeed => ({
    id,
    kind: 'mapping',
    system,
    name,
    settings: { mapping: document },
    staleAfterSeconds: 600,
  });
  return [
    { id: 'demo-parking', kind: 'ngsi', system: 'traffic', name: '停车与充电（演示）', staleAfterSeconds: 300 },
    mapping('demo-roads', 'traffic', '路段状态（演示）', roadMapping),
    mapping('demo-health', 'health', '医院与急救（演示）', healthMapping),
    { ...mapping('demo-elder-sos', 'health', '老人求助（演示）', eventMapping('json')), staleAfterSeconds: 86_400 },
    { ...mapping('demo-grid', 'grid', '网格事件（演示）', eventMapping('json')), staleAfterSeconds: 7200 },
    { ...mapping('demo-urban', 'urban-management', '城管案件（演示）', eventMapping('xml')), staleAfterSeconds: 7200 },
    { ...mapping('demo-security', 'security', '网络安全事件（演示）', eventMapping('csv')), staleAfterSeconds: 86_400 },
    mqtt('demo-utilities', 'utilities', '泵站与管网（演示）', 'utilities/#', { payload: 'mapping', mapping: utilityMapping }),
    mqtt('demo-gas', 'emergency', '可燃气监测（演示）', 'gas/#', { payload: 'mapping', mapping: gasMapping }),
    mqtt('demo-sensors', 'sensing', '城市感知（演示）', 'sensors/#', { payload: 'ngsi' }),
    mapping('demo-levels', 'emergency', '河道与水库（演示）', levelMapping),
    mapping('demo-rain', 'emergency', '雨量站（演示）', rainMapping),
    {
      id: 'demo-warnings',
      kind: 'cap',
      system: 'emergency',
      name: '气象预警（演示）',
      settings: { poll: { url: capUrl, everySeconds: 10 } },
    },
    {
      id: 'demo-air',
      kind: 'hj212',
      system: 'environment',
      name: '环境监测站（演示）',
      settings: { port: 0, stations: stationsOf(sites) },
    },
    { id: 'demo-scenic', kind: 'ngsi', system: 'tourism', name: '景区客流（演示）' },
    { id: 'demo-venues', kind: 'ngsi', system: 'culture', name: '场馆客流（演示）' },
    { id: 'demo-farms', kind: 'ngsi', system: 'agriculture', name: '农业气象站（演示）' },
    mapping('demo-cloud', 'cloud', '云资源池（演示）', cloudMapping),
    mapping('demo-exchange', 'data-centre', '数据交换作业（演示）', exchangeMapping),
    mapping('demo-hall', 'gov-services', '政务大厅排队（演示）', windowMapping),
    mapping('demo-hr-hall', 'social-security', '人社大厅排队（演示）', windowMapping),
    mapping('demo-campuses', 'education', '校园网（演示）', campusMapping),
    ...fleets.map(({ feedId, assetKind }): DemoFeed => ({
      id: feedId,
      kind: 'jt808',
      system: systemOfFleet[feedId]!,
      name: nameOfFleet[feedId]!,
      settings: {
        port: 0,
        vehicles: demoVehicles(sites)
          .filter((vehicle) => vehicle.feedId === feedId)
          .map(({ phone, name, home }) => ({ id: phone, name, assetKind, place: placeOf(home) })),
      },
      staleAfterSeconds: 120,
    })),
    ...Object.keys(demoFigures).map((system): DemoFeed => ({
      id: figuresFeed(system),
      kind: 'indicator',
      system,
      name: `${systems.find(({ id }) => id === system)?.name.zh ?? system}指标（演示）`,
    })),
  ];
}

/** The feed by which a system sends the figures that it reckons itself. */
export const figuresFeed = (system: string): string => `demo-figures-${system}`;

const systemOfFleet: Readonly<Record<string, string>> = {
  'demo-ambulances': 'health',
  'demo-patrols': 'public-safety',
  'demo-sanitation': 'urban-management',
  'demo-tankers': 'emergency',
};
const nameOfFleet: Readonly<Record<string, string>> = {
  'demo-ambulances': '救护车（演示）',
  'demo-patrols': '巡逻车（演示）',
  'demo-sanitation': '环卫车（演示）',
  'demo-tankers': '危化品车（演示）',
};

const placeOf = ({ lat, lon, district }: DemoSite) => ({ ...nowhere, lat, lon, district });

function stationsOf({ airStations, outlets, sections }: DemoSites): readonly object[] {
  const all = [
    ['air-station', airStations],
    ['pollution-source', outlets],
    ['water-section', sections],
  ] as const;
  return all.flatMap(([assetKind, sites]) => sites.map((site) => ({ id: site.id, name: site.name, assetKind, place: placeOf(site) })));
}

// ---- how the records of each feed are read

const here = { lat: 'lat', lon: 'lon', district: { path: 'district' } };
const value = (path: string, quantity: string, more: object = {}) => ({ path, quantity, ...more });
const plain = (kind: object, values: readonly object[], more: object = {}) => ({
  format: 'json',
  entity: { path: 'id' },
  time: { path: 'time' },
  asset: { kind, name: { path: 'name' }, place: here, ...more },
  values,
});

const roadMapping = {
  ...plain({ is: 'road-segment' }, [
    value('speed', 'speed'),
    value('flow', 'flow'),
    value('index', 'congestion-index'),
    value('state', 'state', { type: 'text' }),
  ]),
  records: 'segments',
};
const healthMapping = {
  ...plain({ path: 'kind' }, [
    value('bedsFree', 'beds-free'),
    value('bedsTotal', 'beds-total'),
    value('queue', 'queue-people'),
    value('responseSeconds', 'response-minutes', { scale: 1 / 60 }),
  ]),
  records: 'items',
};
const utilityMapping = plain(
  { path: 'kind', words: { pump: 'pump-station', main: 'water-main' } },
  [
    value('level', 'tank-level'),
    value('energy', 'energy-per-m3'),
    value('state', 'state', { type: 'text' }),
    value('pressureKpa', 'pipe-pressure', { scale: 0.001 }),
    value('chlorine', 'chlorine'),
  ],
  { properties: { 'overflow-level': 'overflow' } },
);
const gasMapping = plain({ is: 'hazard-source' }, [value('lel', 'gas-concentration')]);
const levelMapping = {
  format: 'xml',
  records: 'station',
  entity: { path: '@id' },
  time: { path: 'time' },
  asset: {
    kind: { path: '@kind' },
    name: { path: 'name' },
    place: here,
    properties: { 'danger-level': 'danger' },
  },
  values: [value('level', 'water-level', { noData: ['--'] })],
};
const rainMapping = {
  ...plain({ is: 'rain-gauge' }, [value('rain1h', 'rain-hour', { noData: ['-1'] })]),
  format: 'csv',
  separator: ';',
  time: { path: 'time', format: 'yyyy-MM-dd HH:mm:ss' },
};
const cloudMapping = plain({ is: 'resource-pool' }, [
  value('cpu', 'cpu-use', { scale: 100 }),
  value('memory', 'memory-use', { scale: 100 }),
  value('storage', 'storage-use', { scale: 100 }),
]);
const exchangeMapping = plain({ is: 'exchange-job' }, [
  value('result', 'job-success', { words: { ok: true, failed: false } }),
  value('lateMinutes', 'job-late-minutes'),
]);
const windowMapping = {
  ...plain({ is: 'service-window' }, [value('排队人数', 'queue-people'), value('等候分钟', 'wait-minutes')]),
  format: 'csv',
  encoding: 'gbk',
  entity: { path: '窗口编号' },
  time: { path: '时间', format: 'yyyyMMddHHmmss' },
  asset: { kind: { is: 'service-window' }, name: { path: '窗口名称' } },
};
const campusMapping = {
  format: 'xml',
  records: 'campus',
  entity: { path: '@id' },
  time: { path: '@at', format: 'epoch-ms' },
  asset: { kind: { is: 'school' }, name: { path: 'name' }, place: here },
  values: [value('network', 'online', { words: { up: true, down: false } })],
};
/** Events of a system, in whatever it writes them. */
function eventMapping(format: 'json' | 'csv' | 'xml'): object {
  return {
    format,
    ...(format === 'xml' && { records: 'case' }),
    entity: { path: 'id' },
    time: { path: 'time' },
    event: {
      external: 'id',
      version: 'version',
      class: { path: 'class' },
      status: { path: 'status', words: { 结案: 'ended' }, otherwise: 'open' },
      severity: { path: 'severity' },
      title: { path: 'title' },
      text: 'text',
      endsAt: { path: 'endsAt' },
      place: { ...here, text: 'where' },
      source: { state: 'status' },
    },
  };
}
