import { expect, test } from 'vitest';
import { parseText } from './parse-text.ts';

test.each([
  ['UTF-8', Buffer.from('{"名":1}'), '{"名":1}'],
  ['with a byte order mark', Buffer.from('\ufeff{}'), '{}'],
  ['GBK', Buffer.from([0xb3, 0xac, 0xb1, 0xea]), '超标'],
  ['nothing', Buffer.alloc(0), ''],
])('%s', (_what, bytes, text) => {
  expect(parseText(bytes)).toEqual({ ok: true, value: text });
});

test('what is neither is refused', () => {
  expect(parseText(Buffer.from([0xff, 0xff, 0x00, 0x80]))).toMatchObject({ ok: false, error: { code: 'record-encoding' } });
});
