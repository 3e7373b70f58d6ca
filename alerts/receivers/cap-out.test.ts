import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readCap } from '../../streams/feeds/cap/read-cap.ts';
import type { Alert } from '../contract.ts';
import { PipelineRig, signalOf } from '../pipeline/testdata/pipeline-rig.ts';
import { start } from '../rules/testdata/inputs.ts';
import { capDocument } from './cap-out.ts';
import { isOutward } from './outward.ts';

const sender = { id: 'taodu.city.example', name: 'Command centre <A&B>' };
const alertOf = (more: Parameters<typeof signalOf>[0] = {}): Alert => {
  const rig = new PipelineRig();
  rig.fold([signalOf(more)], 60);
  return [...rig.alerts.values()][0]!;
};
const written = (alert: Alert, why: 'raised' | 'worse' | 'cleared' = 'raised'): string => {
  if (!isOutward(alert)) throw new Error('stays in the house');
  return capDocument(alert, why, sender);
};
const read = (text: string) =>
  readCap({ bytes: new TextEncoder().encode(text), contentType: 'application/cap+xml', receivedAt: start + 120_000, from: null });

test('is what the standard asks for', () => {
  const text = written(alertOf({ severity: 'critical' }));
  expect(text).toContain('<identifier>alert-1.raised.1800000060000</identifier>');
  expect(text).toContain('<sent>2027-01-15T08:01:00-00:00</sent>');
  expect(text).toContain('<status>Actual</status>\n<msgType>Alert</msgType>\n<scope>Restricted</scope>');
  expect(text).toContain('<urgency>Immediate</urgency>\n<severity>Extreme</severity>\n<certainty>Observed</certainty>');
  expect(text).toContain('<circle>36.65,117.12 0</circle>\n<geocode><valueName>GB/T 2260</valueName><value>370102</value></geocode>');
  expect(text).toContain('<senderName>Command centre &lt;A&amp;B&gt;</senderName>');
  expect(text.match(/<info>/g)).toHaveLength(2);
});

test('what comes after refers to the first', () => {
  const alert = { ...alertOf(), clearedAt: start + 90_000, active: false };
  const reference = '<references>taodu.city.example,alert-1.raised.1800000060000,2027-01-15T08:01:00-00:00</references>';
  expect(written(alert, 'cleared')).toContain(reference);
  expect(written(alert, 'cleared')).toContain('<msgType>Cancel</msgType>');
  expect(written(alert, 'worse')).toContain('<msgType>Update</msgType>');
  expect(written(alert)).not.toContain('<references>');
  expect(written(alert, 'cleared')).toBe(written(alert, 'cleared'));
});

test('a position of a Chinese map is told in WGS 84', () => {
  const text = written(alertOf({ place: { lat: 36.6004097, lon: 117.1061231, datum: 'gcj02', district: null, text: '泉城路' } }));
  expect(text).toContain('<circle>36.6,117.1 0</circle>');
  expect(text).toContain('<areaDesc>泉城路</areaDesc>');
});

test('our own reader understands it, whatever things are called', () => {
  const holds = fc.property(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
    (name, place) => {
      const alert = alertOf({
        subject: { kind: 'asset', id: 'pump-1', name },
        place: { lat: 36.65, lon: 117.12, datum: 'wgs84', district: null, text: place },
      });
      const result = read(written(alert));
      expect(result.ok ? result.value.problems : result.error).toEqual([]);
      const [fact] = result.ok ? result.value.facts : [];
      expect(fact).toMatchObject({ kind: 'event', status: 'open', severity: 'medium', exercise: false });
    },
  );
  fc.assert(holds, { seed: 12, numRuns: 300 });
});

test('an exercise and what is simulated cannot be written at all', () => {
  expect([isOutward(alertOf({ drill: true })), isOutward(alertOf({ simulated: true })), isOutward(alertOf())]).toEqual([
    false,
    false,
    true,
  ]);
});
