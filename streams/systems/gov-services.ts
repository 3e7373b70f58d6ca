import { atLeast, atMost, given, minutes, reckoned, rulesOf, w } from './pack-parts.ts';
import type { SystemPack } from './system-pack.ts';

const rules = rulesOf('gov-services');

export const govServices: SystemPack = {
  id: 'gov-services',
  number: 4,
  name: w('一体化在线政务服务平台', 'Government services online'),
  department: w('行政审批局', 'Administrative Approval Bureau'),
  feeds: ['indicator', 'mapping'],
  indicators: [
    given('items-online', w('事项网上可办率', 'Items handled online'), '%', atLeast(90)),
    given('eligible-items-online', w('具备条件事项网上可办率', 'Eligible items handled online'), '%', atLeast(100)),
    reckoned(
      'waiting',
      w('平均等候', 'Mean waiting time'),
      'min',
      { kind: 'mean', assetKind: 'service-window', quantity: 'wait-minutes' },
      atMost(15),
    ),
    given('rating', w('好评率', 'Rated well'), '%'),
  ],
  rules: [
    rules.event('overdue-item', 'medium', 'gov-services.overdue', 'low', { title: w('事项超期：{name}', 'Item overdue: {name}') }),
    rules.beyond(
      'backlog',
      'low',
      'service-window',
      'queue-people',
      { op: '>', value: 50 },
      { title: w('{name} 排队 {value} 人', '{name}: {value} people waiting') },
      { forSeconds: minutes(15), deadBand: 10 },
    ),
  ],
};
