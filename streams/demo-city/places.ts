import type { District } from '../contract.ts';
import { SeededRandom } from './seeded-random.ts';

/** The division code of the demo city. Invented, like every name here: no division of GB/T 2260 has it. */
export const cityCode = '329982';

/** A sub-district or town of the demo city: what lies in it, where, and its share of the cameras. */
export interface Town {
  readonly code: string;
  readonly name: string;
  readonly nameEn: string;
  readonly lat: number;
  readonly lon: number;
  /** How far it reaches from its centre, in degrees. */
  readonly reach: number;
  readonly share: number;
  readonly villages: readonly Village[];
}

export interface Village {
  readonly code: string;
  /** Without 村 or 社区. */
  readonly name: string;
  readonly lat: number;
  readonly lon: number;
}

interface TownRow {
  readonly code: string;
  readonly name: string;
  readonly nameEn: string;
  readonly lat: number;
  readonly lon: number;
  readonly share: number;
}

/** Codes after GB/T 10114: sub-districts from 001, towns from 100. Positions are WGS 84. */
const rows: readonly TownRow[] = [
  { code: '001', name: '陶津街道', nameEn: 'Taojin Sub-district', lat: 31.362, lon: 119.702, share: 32 },
  { code: '002', name: '青坯街道', nameEn: 'Qingpi Sub-district', lat: 31.384, lon: 119.731, share: 26 },
  { code: '003', name: '窑湖街道', nameEn: 'Yaohu Sub-district', lat: 31.339, lon: 119.738, share: 22 },
  { code: '004', name: '紫泥街道', nameEn: 'Zini Sub-district', lat: 31.331, lon: 119.684, share: 20 },
  { code: '005', name: '澜泾街道', nameEn: 'Lanjing Sub-district', lat: 31.391, lon: 119.672, share: 18 },
  { code: '100', name: '云渚镇', nameEn: 'Yunzhu Town', lat: 31.421, lon: 119.822, share: 15 },
  { code: '101', name: '栖砂镇', nameEn: 'Qisha Town', lat: 31.468, lon: 119.751, share: 14 },
  { code: '102', name: '荷泾镇', nameEn: 'Hejing Town', lat: 31.452, lon: 119.663, share: 14 },
  { code: '103', name: '杨甸镇', nameEn: 'Yangdian Town', lat: 31.489, lon: 119.581, share: 14 },
  { code: '104', name: '石埝镇', nameEn: 'Shinian Town', lat: 31.413, lon: 119.561, share: 14 },
  { code: '105', name: '竹漪镇', nameEn: 'Zhuyi Town', lat: 31.243, lon: 119.661, share: 13 },
  { code: '106', name: '沧埠镇', nameEn: 'Cangbu Town', lat: 31.347, lon: 119.853, share: 15 },
  { code: '107', name: '白鹭荡镇', nameEn: 'Bailudang Town', lat: 31.529, lon: 119.692, share: 13 },
  { code: '108', name: '梅溆镇', nameEn: 'Meixu Town', lat: 31.281, lon: 119.772, share: 15 },
  { code: '109', name: '釉溪镇', nameEn: 'Youxi Town', lat: 31.231, lon: 119.731, share: 14 },
  { code: '110', name: '桐皋镇', nameEn: 'Tonggao Town', lat: 31.308, lon: 119.579, share: 13 },
  { code: '111', name: '芦渟镇', nameEn: 'Luting Town', lat: 31.362, lon: 119.488, share: 14 },
  { code: '112', name: '钧堰镇', nameEn: 'Junyan Town', lat: 31.271, lon: 119.518, share: 14 },
];

const firsts = [
  ['东', 'Dong'],
  ['西', 'Xi'],
  ['南', 'Nan'],
  ['北', 'Bei'],
  ['上', 'Shang'],
  ['下', 'Xia'],
  ['新', 'Xin'],
  ['古', 'Gu'],
  ['青', 'Qing'],
  ['白', 'Bai'],
  ['紫', 'Zi'],
  ['丹', 'Dan'],
  ['松', 'Song'],
  ['柳', 'Liu'],
  ['桂', 'Gui'],
  ['鹤', 'He'],
  ['鱼', 'Yu'],
  ['云', 'Yun'],
  ['龙', 'Long'],
  ['凤', 'Feng'],
] as const;

const seconds = [
  ['圩', 'wei'],
  ['渚', 'zhu'],
  ['荡', 'dang'],
  ['浜', 'bang'],
  ['庄', 'zhuang'],
  ['桥', 'qiao'],
  ['塘', 'tang'],
  ['埭', 'dai'],
  ['墩', 'dun'],
  ['巷', 'xiang'],
  ['坝', 'ba'],
  ['窑', 'yao'],
  ['渡', 'du'],
  ['湾', 'wan'],
  ['岭', 'ling'],
  ['泉', 'quan'],
] as const;

/** The places of the demo city: 18 sub-districts and towns, about 300 villages and communities. */
export function demoPlaces(seed: number): { readonly towns: readonly Town[]; readonly districts: readonly District[] } {
  const random = new SeededRandom(seed);
  const marks = { simulated: true, drill: false };
  const districts: District[] = [{ code: cityCode, name: '陶都市', nameEn: 'Taodu City', parent: null, ...marks }];
  const towns = rows.map((row): Town => {
    const code = cityCode + row.code;
    const urban = row.code < '100';
    const reach = urban ? 0.014 : 0.032;
    districts.push({ code, name: row.name, nameEn: row.nameEn, parent: cityCode, ...marks });
    const taken = new Set<string>();
    const villages: Village[] = [];
    for (let count = urban ? 14 : 18; count > 0;) {
      const [first, firstEn] = random.pick(firsts);
      const [second, secondEn] = random.pick(seconds);
      const name = first + second;
      if (taken.has(name)) continue;
      taken.add(name);
      // GB/T 10114 continued: communities from 001, villages from 201.
      const community = urban || villages.length < 3;
      const serial = (community ? 1 : 201) + villages.length;
      const village = code + String(serial).padStart(3, '0');
      const kind = community ? { zh: '社区', en: 'Community' } : { zh: '村', en: 'Village' };
      const place = { lat: degrees(row.lat + random.spread() * reach * 0.6), lon: degrees(row.lon + random.spread() * reach * 0.7) };
      villages.push({ code: village, name, ...place });
      districts.push({ code: village, name: name + kind.zh, nameEn: `${firstEn}${secondEn} ${kind.en}`, parent: code, ...marks });
      count -= 1;
    }
    return { code, name: row.name, nameEn: row.nameEn, lat: row.lat, lon: row.lon, reach, share: row.share, villages };
  });
  return { towns, districts };
}

/** Rounded to about ten centimetres, so that the same city comes out everywhere. */
export function degrees(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
