import type { SameShape } from '../shape.ts';
import type zh from './operator.zh-CN.ts';

const messages: SameShape<typeof zh> = {
  title: 'Operator menu',
};

export default messages;
