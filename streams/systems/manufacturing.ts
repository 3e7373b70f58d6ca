import { atLeast, given, rulesOf, w } from './pack-parts.ts';
import type { SystemPack } from './system-pack.ts';

const rules = rulesOf('manufacturing');

export const manufacturing: SystemPack = {
  id: 'manufacturing',
  number: 13,
  name: w('智能制造', 'Smart manufacturing'),
  department: w('工业和信息化局', 'Industry and Information Technology Bureau'),
  feeds: ['indicator'],
  indicators: [
    given('city-pilots', w('市级试点新增', 'City pilots added'), '', atLeast(15)),
    given('provincial-workshops', w('省级车间新增', 'Provincial workshops added'), '', atLeast(6)),
    given('city-workshops', w('市级车间新增', 'City workshops added'), '', atLeast(10)),
    given('integration-pilots', w('两化融合试点新增', 'Integration pilots added'), '', atLeast(15)),
    given('enterprises-on-cloud', w('企业上云新增', 'Enterprises on cloud added'), '', atLeast(1500)),
  ],
  rules: [
    rules.event('industrial-security', 'high', 'manufacturing.security', 'medium', {
      title: w('工控安全事件：{name}', 'Industrial security event: {name}'),
    }),
  ],
};
