import type { Words } from './incident-type.ts';

/** What units can do, as run cards ask for it. A city may enter units with others; nothing asks for those. */
export const capabilities = {
  'traffic-police': { zh: '交警', en: 'Traffic police' },
  police: { zh: '民警', en: 'Police' },
  'fire-engine': { zh: '消防车', en: 'Fire engine' },
  ladder: { zh: '登高车', en: 'Ladder' },
  'rescue-team': { zh: '抢险救援', en: 'Rescue team' },
  boat: { zh: '冲锋舟', en: 'Boat' },
  hazmat: { zh: '危化品处置', en: 'Hazardous materials' },
  ambulance: { zh: '救护车', en: 'Ambulance' },
  tow: { zh: '清障车', en: 'Tow truck' },
  'road-repair': { zh: '道路抢修', en: 'Road repair' },
  'signal-repair': { zh: '信号灯维护', en: 'Signal repair' },
  pump: { zh: '排水抢险', en: 'Pumping' },
  'water-repair': { zh: '供水抢修', en: 'Water repair' },
  'gas-repair': { zh: '燃气抢修', en: 'Gas repair' },
  'power-repair': { zh: '电力抢修', en: 'Power repair' },
  'lift-rescue': { zh: '电梯救援', en: 'Lift rescue' },
  environment: { zh: '环境监测', en: 'Environmental monitoring' },
  'urban-management': { zh: '城管', en: 'Urban management' },
  'grid-worker': { zh: '网格员', en: 'Grid worker' },
  'it-security': { zh: '网络安全', en: 'IT security' },
} as const satisfies Readonly<Record<string, Words>>;
