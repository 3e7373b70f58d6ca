import { atLeast, given, hours, reckoned, rulesOf, w } from './pack-parts.ts';
import type { SystemPack } from './system-pack.ts';

const rules = rulesOf('emergency');

export const emergency: SystemPack = {
  id: 'emergency',
  number: 20,
  name: w('城市应急指挥调度', 'Emergency command'),
  department: w('应急管理局', 'Emergency Management Bureau'),
  feeds: ['cap', 'sl651', 'mqtt', 'mapping', 'indicator'],
  indicators: [
    given('dispatch-time', w('发现到派遣', 'Detect to dispatch'), 'min', null, hours(24)),
    given('arrive-time', w('派遣到到达', 'Dispatch to arrival'), 'min', null, hours(24)),
    given('drills', w('演练次数', 'Drills'), ''),
    given('rosters-filled', w('值班到岗率', 'Duty rosters filled'), '%', atLeast(100)),
    reckoned('warnings', w('生效预警', 'Warnings in force'), '', { kind: 'events', class: 'weather', count: 'open' }),
  ],
  rules: [
    rules.event('official-warning', 'high', 'weather', 'high', {
      title: w('官方预警：{name}', 'Official warning: {name}'),
      advice: w('请按预案叫应并上报。', 'Call and answer by the plan, and report upward.'),
    }),
    rules.beyond(
      'river-level',
      'critical',
      'gauge',
      'water-level',
      { op: '>=', value: { property: 'danger-level' } },
      { title: w('{name} 超警戒水位：{value} 米', '{name} above its danger level: {value} m') },
      { forSeconds: 60, deadBand: 0.1 },
    ),
    rules.beyond(
      'reservoir-level',
      'critical',
      'reservoir',
      'water-level',
      { op: '>=', value: { property: 'danger-level' } },
      { title: w('{name} 超汛限水位：{value} 米', '{name} above its flood limit: {value} m') },
      { forSeconds: 60, deadBand: 0.1 },
    ),
    rules.beyond(
      'heavy-rain',
      'high',
      'rain-gauge',
      'rain-hour',
      { op: '>=', value: 50 },
      { title: w('{name} 小时雨量 {value} 毫米', '{name}: {value} mm of rain in an hour') },
      { deadBand: 10 },
    ),
    rules.event('fire-alarm', 'critical', 'fire', 'medium', { title: w('火警：{name}', 'Fire alarm: {name}') }),
    rules.beyond(
      'gas-hazard',
      'critical',
      'hazard-source',
      'gas-concentration',
      { op: '>=', value: 25 },
      { title: w('{name} 可燃气 {value} %LEL', '{name}: gas at {value} %LEL') },
      { forSeconds: 10, deadBand: 5 },
    ),
  ],
};
