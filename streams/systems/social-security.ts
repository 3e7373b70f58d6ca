import { atLeast, given, minutes, reckoned, rulesOf, w } from './pack-parts.ts';
import type { SystemPack } from './system-pack.ts';

const rules = rulesOf('social-security');

export const socialSecurity: SystemPack = {
  id: 'social-security',
  number: 8,
  name: w('智慧人社', 'Employment and social security'),
  department: w('人力资源社会保障局', 'Human Resources and Social Security Bureau'),
  feeds: ['indicator', 'mapping'],
  indicators: [
    given('items-online', w('事项网上可办率', 'Items handled online'), '%', atLeast(100)),
    reckoned('queue', w('窗口排队人数', 'People waiting'), '', { kind: 'sum', assetKind: 'service-window', quantity: 'queue-people' }),
  ],
  rules: [
    rules.beyond(
      'queue-overload',
      'low',
      'service-window',
      'wait-minutes',
      { op: '>', value: 45 },
      { title: w('{name} 等候 {value} 分钟', '{name}: {value} min of waiting') },
      { forSeconds: minutes(15), deadBand: 10 },
    ),
  ],
};
