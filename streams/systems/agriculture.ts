import { atLeast, given, minutes, rulesOf, w } from './pack-parts.ts';
import type { SystemPack } from './system-pack.ts';

const rules = rulesOf('agriculture');

export const agriculture: SystemPack = {
  id: 'agriculture',
  number: 15,
  name: w('智慧农业', 'Agriculture'),
  department: w('农业农村局', 'Agriculture and Rural Affairs Bureau'),
  feeds: ['ngsi', 'mqtt', 'indicator'],
  indicators: [
    given('iot-points', w('物联网示范点', 'IoT points'), '', atLeast(20)),
    given('iot-area', w('物联网应用面积占比', 'IoT area'), '%', atLeast(20)),
    given('informatisation', w('农业信息化率', 'Informatisation'), '%', atLeast(65)),
  ],
  rules: [
    rules.event('pest', 'medium', 'agriculture.pest', 'medium', { title: w('病虫害预警：{name}', 'Pest or disease warning: {name}') }),
    rules.beyond(
      'frost',
      'medium',
      'weather-station',
      'temperature',
      { op: '<=', value: 0 },
      { title: w('{name} 霜冻：{value} °C', 'Frost at {name}: {value} °C') },
      { forSeconds: minutes(10), deadBand: 1 },
    ),
  ],
};
