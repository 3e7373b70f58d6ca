import { given, rulesOf, w } from './pack-parts.ts';
import type { SystemPack } from './system-pack.ts';

const rules = rulesOf('supervision');

export const supervision: SystemPack = {
  id: 'supervision',
  number: 5,
  name: w('“互联网+监管”', 'Internet plus supervision'),
  department: w('行政审批局', 'Administrative Approval Bureau'),
  feeds: ['indicator', 'mapping'],
  indicators: [
    given('items-covered', w('监管事项覆盖率', 'Items covered'), '%'),
    given('leads-in-time', w('风险线索按时办结率', 'Leads closed in time'), '%'),
  ],
  rules: [
    rules.event('high-risk-lead', 'medium', 'supervision.lead', 'high', {
      title: w('新的高风险线索：{name}', 'New high-risk lead: {name}'),
    }),
  ],
};
