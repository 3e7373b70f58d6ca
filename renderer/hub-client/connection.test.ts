import { expect, test } from 'vitest';
import { problem } from '../../main/contract/errors.ts';
import { nextConnection, type Connection, type ConnectionEvent } from './connection.ts';

const connecting: Connection = { kind: 'connecting' };
const live: Connection = { kind: 'live' };
const stale: Connection = { kind: 'stale', since: 5 };
const incompatible: Connection = { kind: 'incompatible' };
const refused: Connection = { kind: 'refused', reason: problem('login-required') };
const refuse = (code: 'login-required' | 'protocol-incompatible' | 'shutting-down'): ConnectionEvent => ({
  kind: 'refused',
  reason: problem(code),
});

test.each<[Connection, ConnectionEvent, Connection]>([
  [connecting, { kind: 'welcomed' }, live],
  [connecting, { kind: 'lost' }, connecting],
  [connecting, refuse('login-required'), refused],
  [connecting, refuse('shutting-down'), connecting],
  [connecting, refuse('protocol-incompatible'), incompatible],
  [live, { kind: 'lost' }, { kind: 'stale', since: 9 }],
  [live, { kind: 'silent' }, { kind: 'stale', since: 9 }],
  [live, { kind: 'answered' }, live],
  [live, refuse('shutting-down'), { kind: 'stale', since: 9 }],
  [live, refuse('login-required'), refused],
  [stale, { kind: 'answered' }, live],
  [stale, { kind: 'lost' }, stale],
  [stale, { kind: 'silent' }, stale],
  [stale, { kind: 'welcomed' }, live],
  [stale, refuse('shutting-down'), stale],
  [refused, { kind: 'lost' }, refused],
  [refused, { kind: 'answered' }, refused],
  [refused, { kind: 'welcomed' }, live],
  [incompatible, { kind: 'lost' }, incompatible],
  [incompatible, { kind: 'welcomed' }, live],
])('%j after %j is %j', (state, event, expected) => {
  expect(nextConnection(state, event, 9)).toEqual(expected);
});
