import { given, rulesOf, w } from './pack-parts.ts';
import type { SystemPack } from './system-pack.ts';

const rules = rulesOf('citizen-app');

export const citizenApp: SystemPack = {
  id: 'citizen-app',
  number: 12,
  name: w('智慧民生APP', 'Citizen app'),
  department: w('工业和信息化局', 'Industry and Information Technology Bureau'),
  feeds: ['indicator', 'mapping'],
  indicators: [
    given('active-users', w('活跃用户', 'Active users'), ''),
    given('cards-issued', w('虚拟市民卡', 'Virtual citizen cards'), ''),
    given('reports-closed', w('市民上报办结率', 'Citizen reports closed'), '%'),
  ],
  rules: [
    rules.event('service-failing', 'high', 'citizen-app.service', 'medium', {
      title: w('民生服务异常：{name}', 'Service failing: {name}'),
    }),
  ],
};
