import { atLeast, minutes, reckoned, rulesOf, w } from './pack-parts.ts';
import type { SystemPack } from './system-pack.ts';

const rules = rulesOf('utilities');

export const utilities: SystemPack = {
  id: 'utilities',
  number: 22,
  name: w('“感知公用”', 'Public utilities'),
  department: w('公用事业管理局', 'Public Utilities Bureau'),
  feeds: ['mqtt', 'ngsi', 'mapping', 'jt808', 'indicator'],
  indicators: [
    reckoned('stations-online', w('泵站在线率', 'Stations online'), '%', { kind: 'online', assetKind: 'pump-station' }, atLeast(98)),
    reckoned(
      'pressure-in-range',
      w('管网压力合格率', 'Pressure in range'),
      '%',
      { kind: 'share', assetKind: 'water-main', quantity: 'pipe-pressure', where: { op: '>=', value: 0.14 } },
      atLeast(97),
    ),
    reckoned(
      'chlorine-in-range',
      w('余氯合格率', 'Chlorine in range'),
      '%',
      { kind: 'share', assetKind: 'water-main', quantity: 'chlorine', where: { op: '>=', value: 0.05 } },
      atLeast(95),
    ),
    reckoned('energy-per-m3', w('单位水量电耗', 'Energy per m³'), 'kWh/m³', {
      kind: 'mean',
      assetKind: 'pump-station',
      quantity: 'energy-per-m3',
    }),
  ],
  rules: [
    rules.rate('burst', 'critical', 'water-main', 'pipe-pressure', { op: '<', value: -0.1 }, minutes(2), {
      title: w('{name} 疑似爆管：压力骤降', 'Burst suspected at {name}: pressure falls'),
      advice: w('请核对上下游压力，通知关阀。', 'Compare pressures up and down the main; have valves closed.'),
    }),
    rules.state('pump-trip', 'high', 'pump-station', 'state', ['trip', 'fault'], { title: w('{name} 水泵跳闸', 'Pump trip at {name}') }),
    rules.beyond(
      'pit-overflow',
      'high',
      'pump-station',
      'tank-level',
      { op: '>=', value: { property: 'overflow-level' } },
      { title: w('{name} 集水井将溢：{value} 米', '{name}: pit about to overflow at {value} m') },
      { forSeconds: 60, deadBand: 0.2 },
    ),
    rules.beyond(
      'gas-leak',
      'critical',
      'sensor',
      'gas-concentration',
      { op: '>=', value: 20 },
      { title: w('{name} 燃气泄漏：{value} %LEL', 'Gas leak at {name}: {value} %LEL') },
      { forSeconds: 10, deadBand: 5 },
    ),
  ],
};
