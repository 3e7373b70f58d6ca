import { given, rulesOf, w } from './pack-parts.ts';
import type { SystemPack } from './system-pack.ts';

const rules = rulesOf('geospatial');

export const geospatial: SystemPack = {
  id: 'geospatial',
  number: 24,
  name: w('时空大数据平台 · 多规合一', 'Spatial data and planning'),
  department: w('自然资源规划局', 'Natural Resources and Planning Bureau'),
  feeds: ['indicator', 'mapping'],
  indicators: [
    given('layers-current', w('图层现势率', 'Layers current'), '%'),
    given('pre-reviews-in-time', w('预审按时办结率', 'Pre-reviews in time'), '%'),
  ],
  rules: [rules.event('red-line', 'high', 'geospatial.red-line', 'low', { title: w('红线冲突：{name}', 'Red-line conflict: {name}') })],
};
