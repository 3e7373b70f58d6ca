import { expect, test } from 'vitest';
import { feedSettings, type FeedSettings } from '../feed-contract.ts';
import { openSettings, sealSettings, shownSettings } from './settings-secrets.ts';

const settings = (given: object): FeedSettings => feedSettings.parse(given);

test.each([
  [settings({ kind: 'ngsi', poll: { url: 'https://me:secret@city.example/ngsi?a=1', headers: { 'X-Key': 'secret' } } })],
  [settings({ kind: 'cap', poll: { url: 'https://city.example/cap', headers: { Authorization: 'Bearer secret' } } })],
  [settings({ kind: 'mqtt', url: 'mqtt://me:secret@broker.example:1883', topics: ['a/#'], payload: 'indicator' })],
  [settings({ kind: 'hj212', port: 0, password: 'secret' })],
])('what is shown of %j has no secret, and all of it comes back', (given) => {
  expect(JSON.stringify(shownSettings(given))).not.toContain('secret');
  const sealed = sealSettings(given);
  expect(sealed).toContain('secret');
  expect(feedSettings.parse(openSettings(shownSettings(given), sealed ?? undefined))).toEqual(given);
});

test.each([
  [settings({ kind: 'indicator' })],
  [settings({ kind: 'ngsi', poll: { url: 'https://city.example/' } })],
  [settings({ kind: 'hj212', port: 0 })],
])('%j has no secret', (given) => {
  expect(sealSettings(given)).toBeNull();
  expect(feedSettings.parse(openSettings(shownSettings(given), undefined))).toEqual(given);
});
