import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { humanLines, humanText } from '../../main/contract/entity.ts';
import { alertWords } from './alert-words.ts';
import { fingerprint } from './fingerprint.ts';
import { signalOf } from './testdata/pipeline-rig.ts';

const words = (text: string, more: Parameters<typeof signalOf>[0] = {}) => {
  const signal = signalOf(more);
  return alertWords({ ...signal, rule: { ...signal.rule, title: { zh: text, en: text }, advice: { zh: text, en: text } } });
};

test.each<[string, string, Parameters<typeof signalOf>[0], string]>([
  [
    'all there is',
    '{name} {value}{unit} > {limit}{unit} {place}',
    { place: { lat: null, lon: null, datum: 'wgs84', district: null, text: '泉城路' } },
    'pump-1 4.25m > 3m 泉城路',
  ],
  ['a long number', '{value}', { reading: { quantity: 'x', value: 1234.5678, limit: null, unit: '' } }, '1234.6'],
  ['a word as value', '{value}', { reading: { quantity: 'x', value: 'trip', limit: null, unit: '' } }, 'trip'],
  ['nothing known', '[{value}{limit}{unit}{place}]', { reading: null }, '[]'],
  ['a name that nobody knows stays', '{water}', {}, '{water}'],
  ['what a name holds is not filled in again', '{name}', { subject: { kind: 'asset', id: 'a', name: '{value}' } }, '{value}'],
  ['what must not be shown is taken out', '{name}', { subject: { kind: 'asset', id: 'a', name: 'a\u202eb\u0007c\n\ud800d' } }, 'abc d'],
  ['nothing left: the rule', '{place}', {}, 'level'],
])('%s', (_name, text, more, expected) => {
  expect(words(text, more).title).toEqual({ zh: expected, en: expected });
});

test('whatever things are called, the words are such as a person may read', () => {
  const holds = fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ unit: 'binary', maxLength: 300 }), (name, place) => {
    const { title, advice } = words('{name} {place}', {
      subject: { kind: 'asset', id: 'a', name },
      place: { lat: null, lon: null, datum: 'wgs84', district: null, text: place },
    });
    expect(humanText(200).parse(title.en)).toBe(title.en);
    expect(humanLines(1000).parse(advice!.en)).toBe(advice!.en);
  });
  fc.assert(holds, { seed: 5, numRuns: 2000 });
});

test('a fingerprint tells apart what differs, also where words meet, and is the same for the same', () => {
  const names = new Set<string>();
  const given = new Set<string>();
  for (let rule = 0; rule < 50; rule += 1) {
    for (let thing = 0; thing < 400; thing += 1) {
      const key = [`rule-${rule}`, `feed/asset-${thing}`];
      given.add(key.join());
      names.add(fingerprint(key));
    }
  }
  expect(names.size).toBe(given.size);
  expect(fingerprint(['ab', 'c'])).not.toBe(fingerprint(['a', 'bc']));
  expect(fingerprint(['告警', 'x'])).toBe(fingerprint(['告警', 'x']));
  expect(fingerprint([])).toMatch(/^[0-9a-f]{32}$/);
});
