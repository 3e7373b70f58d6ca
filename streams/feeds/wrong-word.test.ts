import { expect, test } from 'vitest';
import { feedSettings, type FeedSettings } from '../feed-contract.ts';
import { wrongWord } from './wrong-word.ts';

const mapped = (more: object, kind: 'mapping' | 'mqtt' = 'mapping'): FeedSettings => {
  const mapping = { format: 'json', entity: { path: 'id' }, ...more };
  return feedSettings.parse({ kind, mapping, ...(kind === 'mqtt' && { url: 'mqtt://b', topics: ['#'], payload: 'mapping' }) });
};
const event = (more: object) => ({
  event: { external: 'id', class: { is: 'grid.other' }, severity: { is: 'low' }, title: { path: 't' }, ...more },
});

test.each<[string | null, object]>([
  [null, { values: [{ path: 'v', quantity: 'spaces-free' }], indicators: [{ path: 'x', indicator: 'speed' }], time: { path: 't' } }],
  ['mapping.values.1.quantity', { values: ['spaces-free', 'free-spaces'].map((quantity) => ({ path: 'v', quantity })) }],
  ['mapping.indicators.0.indicator', { indicators: [{ path: 'x', indicator: 'happiness' }] }],
  ['mapping.asset.kind.is', { asset: { kind: { is: 'carpark' } } }],
  ['mapping.asset.kind.words.P', { asset: { kind: { path: 'k', words: { R: 'road-segment', P: 'carpark' } } } }],
  ['mapping.asset.kind.otherwise', { asset: { kind: { path: 'k', otherwise: 'thing' } } }],
  [null, { asset: { kind: { path: 'k' } } }],
  [null, event({ status: { path: 's', words: { 结案: 'ended' }, otherwise: 'open' } })],
  ['mapping.event.severity.words.1', event({ severity: { path: 's', words: { 1: 'worst' } } })],
  ['mapping.event.status.words.结案', event({ status: { path: 's', words: { 结案: 'closed' } } })],
  ['mapping.event.class.is', event({ class: { is: '垃圾' } })],
  ['mapping.event.endsAt.zone', event({ endsAt: { path: 'e', zone: 'Mars/North' } })],
  ['mapping.time.zone', { time: { path: 't', zone: 'Nowhere/Else' } }],
  [null, { time: { path: 't', zone: '+08:00' } }],
])('%s', (path, more) => {
  const knows = (indicator: string) => indicator === 'speed';
  expect(wrongWord(mapped(more), knows)).toBe(path);
  expect(wrongWord(mapped(more, 'mqtt'), knows)).toBe(path);
});

test('factors of stations have words of this house, too', () => {
  const factors = ['cod', 'code'].map((quantity) => ({ code: 'w01018', quantity }));
  const settings = feedSettings.parse({ kind: 'hj212', port: 0, factors });
  expect(wrongWord(settings, () => true)).toBe('factors.1.quantity');
});

test('what has no words of its own has no wrong one', () => {
  expect(wrongWord(feedSettings.parse({ kind: 'ngsi' }), () => false)).toBeNull();
  expect(wrongWord(feedSettings.parse({ kind: 'mqtt', url: 'mqtt://b', topics: ['#'], payload: 'ngsi' }), () => false)).toBeNull();
});
