import { atLeast, given, reckoned, rulesOf, w } from './pack-parts.ts';
import type { SystemPack } from './system-pack.ts';

const rules = rulesOf('security');

export const security: SystemPack = {
  id: 'security',
  number: 26,
  name: w('信息安全保障', 'Information security'),
  department: w('工业和信息化局、公安局', 'Industry and Information Technology Bureau, Public Security Bureau'),
  feeds: ['indicator', 'mapping'],
  indicators: [
    given('systems-graded', w('定级备案率', 'Graded systems'), '%', atLeast(100)),
    given('cryptography', w('国密应用率', 'Cryptography in use'), '%'),
    reckoned('attacks-today', w('今日攻击事件', 'Attacks today'), '', { kind: 'events', class: 'security', count: 'today' }),
  ],
  rules: [
    rules.event('attack', 'high', 'security.attack', 'medium', { title: w('网络攻击：{name}', 'Attack: {name}') }),
    rules.event('misuse', 'high', 'security.misuse', 'low', { title: w('数据滥用：{name}', 'Misuse of data: {name}') }),
    rules.event('unauthorised', 'medium', 'security.unauthorised', 'low', { title: w('越权访问：{name}', 'Unauthorised access: {name}') }),
  ],
};
