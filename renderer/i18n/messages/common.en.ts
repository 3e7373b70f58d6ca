import type { SameShape } from '../shape.ts';
import type zh from './common.zh-CN.ts';

const messages: SameShape<typeof zh> = {
  brand: 'Taodu',
  product: 'City command centre',
  simulated: 'Simulated data',
  language: 'Language',
  camera: {
    online: 'online',
    offline: 'offline',
    unknown: 'unknown',
  },
  tile: {
    starting: 'connecting',
    live: 'live',
    delayed: 'delayed',
    stalled: 'stalled',
    suspect: 'suspect',
    offline: 'no picture',
    empty: 'empty',
  },
  connection: {
    connecting: 'connecting',
    live: 'connected',
    stale: 'connection lost',
    incompatible: 'versions differ',
  },
  duration: {
    ms: '{n} ms',
    s: '{n} s',
    min: '{n} min',
    h: '{n} h',
    d: '{n} d',
  },
};

export default messages;
