import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ok } from '../../../main/contract/result.ts';
import type { RawRecord } from '../feed-connector.ts';
import { readTopic, topicType } from './mark-topic.ts';

/** The type and the origin that the reader behind is told. */
const told = (contentType: string | null) => {
  let seen: Pick<RawRecord, 'contentType' | 'from'> | null = null;
  readTopic({
    name: 'x/1',
    read({ contentType: type, from }) {
      seen = { contentType: type, from };
      return ok({ facts: [], problems: [], sourceAt: null, ignored: true });
    },
  }).read({ bytes: new Uint8Array(), contentType, receivedAt: 0, from: null });
  return seen;
};

test.each([
  ['application/json', 'zigbee2mqtt/客厅', { contentType: 'application/json', from: 'zigbee2mqtt/客厅' }],
  [null, 'tele/a b/SENSOR', { contentType: null, from: 'tele/a b/SENSOR' }],
  [null, 'a%41b;topic=c', { contentType: null, from: 'a%41b;topic=c' }],
  ['application/json;retained=true', 'a', { contentType: 'application/json;retained=true', from: 'a' }],
])('%s of %s', (contentType, topic, expected) => {
  expect(told(topicType(contentType, topic))).toEqual(expected);
});

test('a record that was kept without a topic has none', () => {
  expect(told('application/json')).toEqual({ contentType: 'application/json', from: null });
  expect(told(null)).toEqual({ contentType: null, from: null });
  expect(told('a;topic=%E0%A4%A')).toEqual({ contentType: 'a', from: '%E0%A4%A' });
});

test('any topic comes back (seeded)', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (topic) => {
      expect(told(topicType('text/plain', topic))).toEqual({ contentType: 'text/plain', from: topic });
    }),
    { seed: 22, numRuns: 300 },
  );
});
