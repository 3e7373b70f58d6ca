import type { SameShape } from '../shape.ts';
import type zh from './control.zh-CN.ts';

const messages: SameShape<typeof zh> = {
  hold: { title: 'Hold' },
  preset: { title: 'Presets' },
  coverage: { title: 'Fair coverage' },
};
export default messages;
