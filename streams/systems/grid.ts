import { atLeast, given, hours, reckoned, rulesOf, w } from './pack-parts.ts';
import type { SystemPack } from './system-pack.ts';

const rules = rulesOf('grid');

export const grid: SystemPack = {
  id: 'grid',
  number: 17,
  name: w('网格化社会治理', 'Grid governance'),
  department: w('政法委', 'Political and Legal Affairs Commission'),
  feeds: ['mapping', 'open311', 'indicator'],
  indicators: [
    given('covered', w('村（社区）网格覆盖率', 'Villages and communities covered'), '%', atLeast(100)),
    given('in-time', w('按时办结率', 'Closed in time'), '%', atLeast(95), hours(24), { kind: 'cases-in-time', of: 'grid' }),
    given('repeat-rate', w('重复事件率', 'Repeat rate'), '%'),
    reckoned('open', w('在办网格事件', 'Grid events open'), '', { kind: 'events', class: 'grid', count: 'open' }),
  ],
  rules: [
    rules.event('urgent', 'high', 'grid', 'critical', { title: w('网格紧急事件：{name}', 'Urgent grid event: {name}') }),
    rules.cluster(
      'cluster',
      'medium',
      'grid',
      { count: 5, radiusM: 500, withinSeconds: hours(24) },
      {
        title: w('同一地点多起网格事件', 'Many grid events in one place'),
        advice: w('请研判是否有共同原因。', 'Look for a common cause.'),
      },
    ),
    rules.event('overdue', 'medium', 'grid.overdue', 'low', { title: w('网格事件超期：{name}', 'Grid event overdue: {name}') }),
  ],
};
