import type { SameShape } from '../shape.ts';
import type zh from './wall.zh-CN.ts';

const messages: SameShape<typeof zh> = {};

export default messages;
