import { expect, test } from 'vitest';
import { createRuleEngine } from '../../alerts/rules/evaluate-rules.ts';
import { MemoryLedger } from '../../main/hub/ledger/memory-ledger.ts';
import { createKnownCity } from '../city/known-city.ts';
import { feedSettings } from '../feed-contract.ts';
import { createHj212Reader, type Hj212Settings } from '../feeds/hj212/read-hj212.ts';
import { encodeFrame } from '../protocols/hj212/frame.ts';
import { environment } from './environment.ts';

const minute = 60_000;
const start = Date.parse('2026-07-01T10:00:00+08:00');
const outlet = {
  id: 'OUT1',
  name: '滨湖污水处理厂排口',
  assetKind: 'pollution-source',
  place: { lat: 31.34, lon: 119.82, district: '320282' },
  properties: { 'limit-cod': 50, 'limit-ammonia-nitrogen': 5 },
};

/** What holds after an outlet told such values, minute by minute. */
function told(stations: readonly object[], items: (step: number) => string, steps = 12): string[] {
  const reader = createHj212Reader(feedSettings.parse({ kind: 'hj212', port: 0, stations }) as Hj212Settings);
  const rules = createRuleEngine(environment.rules, {});
  const held = new Set<string>();
  let at = start;
  const hear = (signals: ReturnType<typeof rules.tell>) => {
    for (const { kind, rule } of signals)
      if (kind === 'raise') held.add(rule.id);
      else held.delete(rule.id);
  };
  const city = createKnownCity({
    ledger: new MemoryLedger(),
    latest: { set: () => {}, get: () => undefined, forget: () => {} },
    onObservation: (observation) => hear(rules.tell({ kind: 'observation', observation }, at)),
    onEvent: () => {},
    onIndicator: () => null,
  });
  for (let step = 0; step < steps; step += 1) {
    const clock = `2026070110${String(step).padStart(2, '0')}00`;
    const text = `QN=${clock}000;ST=32;CN=2011;PW=123456;MN=OUT1;Flag=5;CP=&&DataTime=${clock};${items(step)}&&`;
    const read = reader.read({ bytes: encodeFrame(Buffer.from(text)), contentType: null, receivedAt: at, from: null });
    if (!read.ok) throw new Error(read.error.code);
    city.take(read.value.facts, {
      feedId: 'outlets' as never,
      system: 'environment' as never,
      receivedAt: at,
      simulated: false,
      drill: false,
    });
    city.flush();
    at += minute;
    hear(rules.tell({ kind: 'tick' }, at));
  }
  return [...held].sort();
}

test.each([
  ['COD beyond what its permit allows', 'w01018-Rtd=61.2,w01018-Flag=N', ['environment.source-cod']],
  ['ammonia nitrogen beyond it', 'w21003-Rtd=8.1,w21003-Flag=N', ['environment.source-ammonia']],
  ['what its permit allows', 'w01018-Rtd=49,w01018-Flag=N;w21003-Rtd=4.9,w21003-Flag=N', []],
  ['what an analyser measures while it is calibrated', 'w01018-Rtd=61.2,w01018-Flag=C', []],
])('an outlet discharges %s', (_what, items, held) => {
  expect(told([outlet], () => items)).toEqual(held);
});

test('once beyond it is no exceedance, and of an outlet without a permit nobody knows', () => {
  expect(told([outlet], (step) => `w01018-Rtd=${step === 5 ? 300 : 20},w01018-Flag=N`)).toEqual([]);
  expect(told([], () => 'w01018-Rtd=300,w01018-Flag=N')).toEqual([]);
});
