import type { SameShape } from '../shape.ts';
import type zh from './editor.zh-CN.ts';

const messages: SameShape<typeof zh> = {
  title: 'Layout editor',
};
export default messages;
