import type { SameShape } from '../shape.ts';
import type zh from './console.zh-CN.ts';

const messages: SameShape<typeof zh> = {};

export default messages;
