import type { SameShape } from '../shape.ts';
import type zh from './login.zh-CN.ts';

const messages: SameShape<typeof zh> = {};

export default messages;
