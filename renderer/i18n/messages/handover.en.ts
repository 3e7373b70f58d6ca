import type { SameShape } from '../shape.ts';
import type zh from './handover.zh-CN.ts';

const messages: SameShape<typeof zh> = {
  title: 'Hand-over',
};
export default messages;
