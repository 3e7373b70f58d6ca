import type { SameShape } from '../shape.ts';
import type zh from './setup.zh-CN.ts';

const messages: SameShape<typeof zh> = {
  title: 'First start',
};

export default messages;
