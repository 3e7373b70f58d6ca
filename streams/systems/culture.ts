import { given, minutes, reckoned, rulesOf, w } from './pack-parts.ts';
import type { SystemPack } from './system-pack.ts';

const rules = rulesOf('culture');

export const culture: SystemPack = {
  id: 'culture',
  number: 10,
  name: w('文化服务平台', 'Culture'),
  department: w('文体广电旅游局', 'Culture, Sports and Tourism Bureau'),
  feeds: ['indicator', 'mapping'],
  indicators: [
    reckoned('people', w('场馆在场人数', 'People in venues'), '', { kind: 'sum', assetKind: 'venue', quantity: 'people' }),
    reckoned('venues-online', w('场馆在线率', 'Venues online'), '%', { kind: 'online', assetKind: 'venue' }),
    given('events', w('文化活动', 'Events'), ''),
  ],
  rules: [
    rules.beyond(
      'over-capacity',
      'high',
      'venue',
      'people',
      { op: '>', value: { property: 'capacity' } },
      {
        title: w('{name} 超员：{value} 人，上限 {limit}', '{name} over capacity: {value} people, limit {limit}'),
        advice: w('请限流。', 'Limit entry.'),
      },
      { forSeconds: minutes(2) },
    ),
  ],
};
