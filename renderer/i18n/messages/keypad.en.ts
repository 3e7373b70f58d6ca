import type { SameShape } from '../shape.ts';
import type zh from './keypad.zh-CN.ts';

const messages: SameShape<typeof zh> = {
  title: 'Key line',
};
export default messages;
