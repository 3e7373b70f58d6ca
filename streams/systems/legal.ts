import { atLeast, given, rulesOf, w } from './pack-parts.ts';
import type { SystemPack } from './system-pack.ts';

const rules = rulesOf('legal');

export const legal: SystemPack = {
  id: 'legal',
  number: 11,
  name: w('智慧法务', 'Legal services'),
  department: w('司法局', 'Justice Bureau'),
  feeds: ['indicator', 'mapping'],
  indicators: [
    given('items-online', w('事项网上可办率', 'Items handled online'), '%', atLeast(90)),
    given('community-groups', w('村（社区）法律服务群覆盖率', 'Community groups'), '%', atLeast(100)),
  ],
  rules: [rules.event('overdue-aid', 'low', 'legal.overdue', 'low', { title: w('法律援助超期：{name}', 'Aid request overdue: {name}') })],
};
