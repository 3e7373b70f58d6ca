import { townRoads } from '../camera-sites.ts';
import { citySeed } from '../demo-city.ts';
import { degrees, demoPlaces, type Town, type Village } from '../places.ts';
import { SeededRandom } from '../seeded-random.ts';

/** A thing of the demo city that a system tells of. */
export interface DemoSite {
  readonly id: string;
  readonly name: string;
  readonly lat: number;
  readonly lon: number;
  /** The village or community that it lies in. */
  readonly district: string;
  /** What it holds, in its own measure: spaces, beds, people; 0 where it holds nothing. */
  readonly size: number;
}

/** Everything that the systems of the demo city tell of. */
export interface DemoSites {
  readonly roads: readonly DemoSite[];
  readonly carParks: readonly DemoSite[];
  readonly chargers: readonly DemoSite[];
  readonly hospitals: readonly DemoSite[];
  readonly schools: readonly DemoSite[];
  readonly venues: readonly DemoSite[];
  readonly scenicAreas: readonly DemoSite[];
  readonly pumps: readonly DemoSite[];
  readonly mains: readonly DemoSite[];
  readonly gauges: readonly DemoSite[];
  readonly reservoirs: readonly DemoSite[];
  readonly rainGauges: readonly DemoSite[];
  readonly hazards: readonly DemoSite[];
  readonly airStations: readonly DemoSite[];
  readonly outlets: readonly DemoSite[];
  readonly sections: readonly DemoSite[];
  readonly sensors: readonly DemoSite[];
  readonly farms: readonly DemoSite[];
  readonly windows: readonly DemoSite[];
  readonly jobWindows: readonly DemoSite[];
  /** Where things happen: every village and community. */
  readonly villages: readonly DemoSite[];
}

const seed = citySeed + 7;

/** The things of the demo city, always the same ones. */
export function demoSites(): DemoSites {
  const { towns } = demoPlaces(citySeed);
  const random = new SeededRandom(seed);
  const urban = towns.filter(({ code }) => code.slice(-3) < '100');
  const rural = towns.filter(({ code }) => code.slice(-3) >= '100');

  const spotIn = (town: Town, village: Village): Pick<DemoSite, 'lat' | 'lon' | 'district'> => ({
    lat: degrees(village.lat + random.spread() * town.reach * 0.08),
    lon: degrees(village.lon + random.spread() * town.reach * 0.09),
    district: village.code,
  });
  const spread = (
    prefix: string,
    count: number,
    among: readonly Town[],
    name: (village: string, index: number, town: string) => string,
    size: readonly [number, number] = [0, 0],
  ): DemoSite[] =>
    Array.from({ length: count }, (_, index) => {
      const town = among[index % among.length]!;
      const village = random.pick(town.villages);
      return {
        id: `${prefix}-${String(index + 1).padStart(2, '0')}`,
        name: name(village.name, index, town.name.replace(/街道$|镇$/, '')),
        ...spotIn(town, village),
        size: size[0] + random.below(size[1] - size[0] + 1),
      };
    });
  const numbered =
    (...kinds: readonly string[]) =>
    (village: string, index: number) =>
      village + kinds[index % kinds.length]!;

  const roads = urban.flatMap((town, at) =>
    townRoads(8, random).map((name, index) => ({
      id: `road-${at + 1}${index + 1}`,
      name,
      ...spotIn(town, town.villages[index % town.villages.length]!),
      size: 1200 + random.below(1800),
    })),
  );
  return {
    roads,
    carParks: spread('park', 24, urban, numbered('广场停车场', '公园停车场', '市场停车场', '医院停车场'), [80, 620]),
    chargers: spread('charger', 20, urban, numbered('充电站')),
    hospitals: spread('hospital', 5, urban, (_village, index) => hospitalNames[index]!, [180, 900]),
    schools: spread('school', 12, towns, numbered('小学', '中学')),
    venues: spread('venue', 8, urban, (_village, index) => venueNames[index]!, [300, 2000]),
    scenicAreas: spread('scenic', 8, rural, (_village, index) => scenicNames[index]!, [3000, 18_000]),
    pumps: spread('pump', 12, towns, numbered('泵站')),
    mains: spread('main', 16, urban, numbered('供水干管')),
    gauges: spread('gauge', 8, rural, numbered('水文站')),
    reservoirs: spread('reservoir', 3, rural, numbered('水库')),
    rainGauges: spread('rain', 10, towns, numbered('雨量站')),
    hazards: spread('hazard', 6, rural, numbered('加气站', '液化气储配站')),
    airStations: spread('AIR0000000000000000', 6, towns, (_village, _index, town) => `${town}空气站`),
    outlets: spread('OUT0000000000000000', 3, rural, numbered('污水处理厂排口')),
    sections: spread('SEC0000000000000000', 2, rural, numbered('断面')),
    sensors: spread('sensor', 40, towns, numbered('井盖传感器', '积水传感器', '路灯传感器', '烟感')),
    farms: spread('farm', 6, rural, numbered('农业气象站')),
    windows: spread('window', 8, urban, (_village, index) => `政务大厅 ${index + 1} 号窗口`),
    jobWindows: spread('hr-window', 4, urban, (_village, index) => `人社大厅 ${index + 1} 号窗口`),
    villages: towns.flatMap((town) =>
      town.villages.map(({ code, name, lat, lon }) => ({
        id: code,
        name: `${town.name}${name}`,
        lat,
        lon,
        district: code,
        size: town.share,
      })),
    ),
  };
}

const hospitalNames = ['陶都市第一医院', '陶都市中医院', '陶都市妇幼保健院', '紫泥医院', '澜泾医院'];
const venueNames = ['陶都博物馆', '陶都图书馆', '陶都文化馆', '陶都大剧院', '陶都体育中心', '青坯美术馆', '窑湖科技馆', '少年宫'];
const scenicNames = ['云渚湖景区', '栖砂古镇', '荷泾湿地', '杨甸花海', '石埝古窑', '竹漪竹海', '沧埠渔港', '白鹭荡公园'];
