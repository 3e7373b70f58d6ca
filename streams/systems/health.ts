import { atMost, minutes, reckoned, rulesOf, w } from './pack-parts.ts';
import type { SystemPack } from './system-pack.ts';

const rules = rulesOf('health');

export const health: SystemPack = {
  id: 'health',
  number: 7,
  name: w('智慧健康及养老', 'Health and care'),
  department: w('卫生健康委', 'Health Commission'),
  feeds: ['indicator', 'mapping', 'jt808'],
  indicators: [
    reckoned('beds-free', w('空余床位', 'Beds free'), '', { kind: 'sum', assetKind: 'hospital', quantity: 'beds-free' }),
    reckoned('bed-load', w('床位空余率', 'Beds free, share'), '%', {
      kind: 'ratio',
      assetKind: 'hospital',
      quantity: 'beds-free',
      of: 'beds-total',
    }),
    reckoned(
      'response-time',
      w('急救平均响应', 'Mean ambulance response'),
      'min',
      { kind: 'mean', assetKind: 'ambulance', quantity: 'response-minutes' },
      atMost(12),
    ),
    reckoned('elder-sos-today', w('今日老人求助', 'Elder SOS today'), '', { kind: 'events', class: 'health.elder-sos', count: 'today' }),
  ],
  rules: [
    rules.event('elder-sos', 'critical', 'health.elder-sos', 'low', {
      title: w('老人求助：{name}', 'Elder SOS: {name}'),
      advice: w('请立即联系本人与社区，必要时派救护车。', 'Call the person and the community at once; send an ambulance if needed.'),
    }),
    rules.beyond(
      'hospital-overload',
      'high',
      'hospital',
      'queue-people',
      { op: '>', value: 200 },
      { title: w('{name} 候诊 {value} 人', '{name}: {value} people waiting') },
      { forSeconds: minutes(10), deadBand: 20 },
    ),
  ],
};
