import { atLeast, given, hours, reckoned, rulesOf, w } from './pack-parts.ts';
import type { SystemPack } from './system-pack.ts';

const rules = rulesOf('urban-management');

export const urbanManagement: SystemPack = {
  id: 'urban-management',
  number: 19,
  name: w('城市精细化管理', 'Urban management'),
  department: w('城市管理局', 'Urban Management Bureau'),
  feeds: ['mapping', 'open311', 'jt808', 'indicator'],
  indicators: [
    given('in-time', w('按时结案率', 'Cases closed in time'), '%', atLeast(95), hours(24), { kind: 'cases-in-time', of: 'urban' }),
    reckoned('open', w('在办案件', 'Cases open'), '', { kind: 'events', class: 'urban', count: 'open' }),
    reckoned('today', w('今日立案', 'Cases today'), '', { kind: 'events', class: 'urban', count: 'today' }),
    reckoned('vehicles-online', w('环卫车在线率', 'Sanitation vehicles online'), '%', { kind: 'online', assetKind: 'vehicle' }),
  ],
  rules: [
    rules.event('overdue', 'medium', 'urban.overdue', 'low', { title: w('案件超期：{name}', 'Case overdue: {name}') }),
    rules.cluster(
      'hot-spot',
      'low',
      'urban',
      { count: 8, radiusM: 400, withinSeconds: hours(24) },
      { title: w('城管案件高发地点', 'Hot spot of urban cases') },
    ),
  ],
};
