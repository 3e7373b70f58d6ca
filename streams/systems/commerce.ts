import { above, given, rulesOf, w } from './pack-parts.ts';
import type { SystemPack } from './system-pack.ts';

const rules = rulesOf('commerce');

export const commerce: SystemPack = {
  id: 'commerce',
  number: 16,
  name: w('电子商务', 'E-commerce'),
  department: w('商务局', 'Commerce Bureau'),
  feeds: ['indicator'],
  indicators: [
    given('growth', w('网络交易额增速', 'Growth of online trade'), '%', above(20)),
    given('volume', w('网络交易额', 'Online trade'), '亿元'),
    given('export-clearances', w('跨境出口单量', 'Export clearances'), ''),
  ],
  rules: [rules.event('sharp-fall', 'low', 'commerce.fall', 'low', { title: w('交易额骤降：{name}', 'Sharp fall of trade: {name}') })],
};
