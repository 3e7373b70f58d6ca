import { given, minutes, reckoned, rulesOf, w } from './pack-parts.ts';
import type { SystemPack } from './system-pack.ts';

const rules = rulesOf('sensing');

export const sensing: SystemPack = {
  id: 'sensing',
  number: 1,
  name: w('城市基础感知体系', 'Shared city sensors'),
  department: w('工业和信息化局', 'Industry and Information Technology Bureau'),
  feeds: ['ngsi', 'mqtt', 'mapping'],
  indicators: [
    reckoned('sensors-online', w('传感器在线率', 'Sensors online'), '%', { kind: 'online', assetKind: 'sensor' }, null),
    reckoned('sensors', w('传感器数', 'Sensors'), '', { kind: 'count', assetKind: 'sensor' }),
    given('districts-covered', w('镇街覆盖率', 'Districts covered'), '%'),
    given('consumers-per-sensor', w('一采多用：平均使用方', 'Collect once, share many: consumers per sensor'), ''),
  ],
  rules: [
    rules.silent('silent', 'low', 'sensor', minutes(30), {
      title: w('{name} 无数据', '{name} is silent'),
      advice: w('请检查供电与通信。', 'Check power and link.'),
    }),
    rules.beyond(
      'battery-low',
      'low',
      'sensor',
      'battery',
      { op: '<', value: 15 },
      { title: w('{name} 电量低：{value}%', '{name}: battery at {value} %') },
      { deadBand: 5 },
    ),
    rules.state('alarm', 'medium', 'sensor', 'alarm', [true], { title: w('{name} 报警', '{name} raised an alarm') }),
  ],
};
