import { nowhere, type Place } from '../../../main/contract/place.ts';
import type { DemoSites } from './demo-sites.ts';
import { demoVehicles } from './demo-vehicles.ts';

/** A unit of the demo city as `unit.upsert` takes it. */
export interface DemoUnit {
  readonly number: string;
  readonly name: string;
  readonly department: string;
  readonly capabilities: readonly string[];
  readonly crew: number;
  readonly home: Place;
  readonly districts: readonly string[];
  readonly positionOf: string | null;
}

interface Corps {
  readonly letter: string;
  readonly name: string;
  readonly department: string;
  readonly count: number;
  readonly crew: number;
  readonly capabilities: readonly string[];
  /** Of the fleet whose vehicles tell where its units are. */
  readonly fleet?: string;
}

/** Who can be sent; the capabilities are those that types of incidents ask for. */
const corps: readonly Corps[] = [
  { letter: 'A', name: '急救', department: '卫生健康委', count: 6, crew: 3, capabilities: ['ambulance'], fleet: 'demo-ambulances' },
  { letter: 'P', name: '巡逻', department: '公安局', count: 8, crew: 2, capabilities: ['police', 'traffic-police'], fleet: 'demo-patrols' },
  { letter: 'F', name: '消防', department: '消防救援大队', count: 6, crew: 7, capabilities: ['fire-engine', 'rescue-team', 'ladder'] },
  { letter: 'S', name: '环卫网格', department: '城市管理局', count: 8, crew: 2, capabilities: ['grid-worker'], fleet: 'demo-sanitation' },
  { letter: 'W', name: '供水抢修', department: '公用事业管理局', count: 3, crew: 5, capabilities: ['water-repair', 'pump'] },
  { letter: 'G', name: '燃气抢险', department: '公用事业管理局', count: 2, crew: 4, capabilities: ['gas-repair', 'hazmat'] },
  { letter: 'R', name: '防汛抢险', department: '应急管理局', count: 3, crew: 12, capabilities: ['boat', 'pump', 'rescue-team'] },
  { letter: 'U', name: '城管', department: '城市管理局', count: 4, crew: 4, capabilities: ['urban-management'] },
  { letter: 'T', name: '清障与道路', department: '公安局', count: 3, crew: 2, capabilities: ['tow', 'road-repair', 'signal-repair'] },
  { letter: 'E', name: '电力抢修', department: '供电公司', count: 2, crew: 4, capabilities: ['power-repair', 'lift-rescue'] },
  { letter: 'M', name: '环境监测', department: '生态环境局', count: 1, crew: 3, capabilities: ['environment'] },
  { letter: 'N', name: '网络安全', department: '工业和信息化局', count: 1, crew: 3, capabilities: ['it-security'] },
];

/** The units of the demo city, always the same ones. */
export function demoUnits(sites: DemoSites): readonly DemoUnit[] {
  const vehicles = demoVehicles(sites);
  const towns = [...new Map(sites.villages.map((village) => [village.district.slice(0, 9), village])).values()];
  return corps.flatMap(({ letter, name, department, count, crew, capabilities, fleet }, at) => {
    const own = fleet === undefined ? [] : vehicles.filter(({ feedId }) => feedId === fleet);
    return Array.from({ length: count }, (_, index): DemoUnit => {
      const vehicle = own[index];
      const site = vehicle?.home ?? towns[(index * 5 + at * 3) % towns.length]!;
      return {
        number: `${letter}${String(index + 1).padStart(2, '0')}`,
        name: vehicle?.name ?? `${name} ${index + 1} 队`,
        department,
        capabilities,
        crew,
        home: { ...nowhere, lat: site.lat, lon: site.lon, district: site.district, text: site.name },
        districts: [],
        positionOf: vehicle ? `${fleet!}/${vehicle.phone}` : null,
      };
    });
  });
}
