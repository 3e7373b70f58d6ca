import { atMost, given, minutes, reckoned, rulesOf, w } from './pack-parts.ts';
import type { SystemPack } from './system-pack.ts';

const rules = rulesOf('tourism');

export const tourism: SystemPack = {
  id: 'tourism',
  number: 14,
  name: w('智慧旅游', 'Tourism'),
  department: w('文体广电旅游局', 'Culture, Sports and Tourism Bureau'),
  feeds: ['ngsi', 'mapping', 'indicator'],
  indicators: [
    reckoned(
      'load',
      w('景区承载率', 'Load of scenic areas'),
      '%',
      { kind: 'ratio', assetKind: 'scenic-area', quantity: 'people', of: 'capacity' },
      atMost(80),
    ),
    reckoned('people', w('景区在园人数', 'People in scenic areas'), '', { kind: 'sum', assetKind: 'scenic-area', quantity: 'people' }),
    given('smart-areas', w('3A 以上景区智慧化率', '3A and up with guide, booking and payment'), '%'),
  ],
  rules: [
    rules.beyond(
      'over-load',
      'high',
      'scenic-area',
      'people',
      { op: '>=', value: { property: 'capacity', factor: 0.9 } },
      {
        title: w('{name} 接近最大承载量：{value} 人', '{name} near its safe load: {value} people'),
        advice: w('请分流或停止售票。', 'Divert visitors or stop selling tickets.'),
      },
      { forSeconds: minutes(2) },
    ),
  ],
};
