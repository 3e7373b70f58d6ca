import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ok } from '../../../main/contract/result.ts';
import { fact } from '../../feed-contract.ts';
import { nothingSaid } from '../feed-connector.ts';
import { indicatorConnector } from './indicator-connector.ts';

const reader = indicatorConnector.reader({ kind: 'indicator' });
const read = (told: unknown) =>
  reader.read({
    bytes: typeof told === 'string' || told instanceof Uint8Array ? Buffer.from(told) : Buffer.from(JSON.stringify(told)),
    contentType: null,
    receivedAt: 0,
    from: null,
  });
const at = Date.parse('2026-07-01T02:00:00Z');

test.each<[string, unknown, object]>([
  ['one', { indicator: 'clear-time', value: 12 }, { value: 12, at: null }],
  ['in a list, with its time', [{ indicator: 'clear-time', value: 12, at }], { at }],
  ['a time with an offset', { indicator: 'x', value: 1, at: '2026-07-01T10:00:00+08:00' }, { at }],
  ['a time without one is of China', { indicator: 'x', value: 1, at: '2026-07-01 10:00:00' }, { at }],
  ['a day', { indicator: 'x', value: 1, at: '2026-07-01' }, { at: at - 10 * 3_600_000 }],
  ['no value', { indicator: 'x', value: null }, { value: null }],
  ['a key twice: the last one', '{"indicator":"x","value":1,"value":2}', { value: 2 }],
  ['a mark of the order of bytes', '\ufeff{"indicator":"x","value":1}', { value: 1 }],
  ['UTF-16', Buffer.from('\ufeff{"indicator":"x","value":1}', 'utf16le'), { value: 1 }],
])('%s', (_what, told, expected) => {
  expect(read(told)).toMatchObject({ ok: true, value: { facts: [{ kind: 'indicator', ...expected }], problems: [] } });
});

test.each<[string, unknown, string]>([
  ['no JSON', 'x', 'json-malformed'],
  ['nothing', '', 'json-malformed'],
  ['too many', Array.from({ length: 10_001 }, () => 0), 'record-too-large'],
  ['a number', 7, 'field-invalid'],
  ['a value in words', { indicator: 'x', value: '12' }, 'field-invalid'],
  ['more than any number', '{"indicator":"x","value":1e400}', 'field-invalid'],
  ['a time that is none', { indicator: 'x', value: 1, at: '2026-02-30' }, 'field-invalid'],
  ['a time before 1970', { indicator: 'x', value: 1, at: -5 }, 'field-invalid'],
  ['keys of every object', '{"__proto__":{"indicator":"x","value":1}}', 'field-invalid'],
  ['bytes of no encoding', Uint8Array.of(0xff, 0xff, 0x00, 0x80), 'record-encoding'],
  ['deeper than any stack', '['.repeat(300_000), 'json-malformed'],
])('%s is refused with %s', (_what, told, code) => {
  expect(read(told)).toMatchObject({ ok: false, error: { code } });
});

test('an empty list says nothing, which is no fault', () => {
  expect(read([])).toEqual(ok(nothingSaid));
});

test('of a list what is good is taken, and what is not is named by its place', () => {
  expect(read([{ indicator: 'a', value: 1 }, 5, { indicator: 'B C', value: 1 }])).toMatchObject({
    ok: true,
    value: { facts: [{ indicator: 'a' }], problems: [{ params: { field: '1.' } }, { params: { field: '2.indicator' } }] },
  });
});

test('whatever JSON comes, it is figures as the contract has them, or a problem (seeded)', () => {
  const row = fc.oneof(
    fc.record(
      {
        indicator: fc.oneof(fc.constant('x'), fc.string()),
        value: fc.oneof(fc.double(), fc.string(), fc.constant(null)),
        at: fc.oneof(fc.double(), fc.string(), fc.constant('2026-07-01')),
      },
      { requiredKeys: [] },
    ),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(fc.oneof(fc.array(row, { maxLength: 5 }), row), (told) => {
      const answer = read(JSON.stringify(told));
      if (answer.ok) for (const one of answer.value.facts) expect(fact.safeParse(one).success).toBe(true);
    }),
    { seed: 25, numRuns: 500 },
  );
});
