import { atLeast, given, rulesOf, w } from './pack-parts.ts';
import type { SystemPack } from './system-pack.ts';

const rules = rulesOf('credit');

export const credit: SystemPack = {
  id: 'credit',
  number: 23,
  name: w('公共信用平台', 'Public credit'),
  department: w('发展改革委', 'Development and Reform Commission'),
  feeds: ['indicator', 'mapping'],
  indicators: [
    given('members-covered', w('成员单位覆盖率', 'Members covered'), '%', atLeast(100)),
    given('records', w('信用记录', 'Credit records'), ''),
  ],
  rules: [
    rules.event('serious-breach', 'medium', 'credit.breach', 'high', { title: w('新增严重失信：{name}', 'New serious breach: {name}') }),
  ],
};
