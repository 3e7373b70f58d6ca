import { given, rulesOf, w } from './pack-parts.ts';
import type { SystemPack } from './system-pack.ts';

const rules = rulesOf('enterprise');

export const enterprise: SystemPack = {
  id: 'enterprise',
  number: 6,
  name: w('政企服务平台', 'Services to enterprises'),
  department: w('工业和信息化局', 'Industry and Information Technology Bureau'),
  feeds: ['indicator', 'open311'],
  indicators: [
    given('requests-in-time', w('诉求按时办结率', 'Requests closed in time'), '%'),
    given('policy-matches', w('政策匹配数', 'Policies matched'), ''),
  ],
  rules: [
    rules.event('overdue-request', 'low', 'enterprise.overdue', 'low', { title: w('企业诉求超期：{name}', 'Request overdue: {name}') }),
  ],
};
