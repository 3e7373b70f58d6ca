import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseText } from './parse-text.ts';

test.each([
  ['UTF-8', Buffer.from('{"名":1}'), '{"名":1}'],
  ['with a byte order mark', Buffer.from('\ufeff{}'), '{}'],
  ['GBK', Buffer.from([0xb3, 0xac, 0xb1, 0xea]), '超标'],
  ['nothing', Buffer.alloc(0), ''],
  ['UTF-16, little end first', Buffer.from('\ufeff名', 'utf16le'), '名'],
  ['UTF-16, big end first', Buffer.from([0xfe, 0xff, 0x54, 0x0d]), '名'],
  [
    'what XML declares',
    Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>ñ</a>', 'latin1'),
    '<?xml version="1.0" encoding="ISO-8859-1"?><a>ñ</a>',
  ],
  [
    'what XML declares wrongly',
    Buffer.from('<?xml version="1.0" encoding="UTF-16"?><a>名</a>'),
    '<?xml version="1.0" encoding="UTF-16"?><a>名</a>',
  ],
  [
    'what nobody knows',
    Buffer.from('<?xml version="1.0" encoding="x-none"?><a>名</a>'),
    '<?xml version="1.0" encoding="x-none"?><a>名</a>',
  ],
])('%s', (_what, bytes, text) => {
  expect(parseText(bytes)).toEqual({ ok: true, value: text });
});

test('what is neither is refused', () => {
  expect(parseText(Buffer.from([0xff, 0xff, 0x00, 0x80]))).toMatchObject({ ok: false, error: { code: 'record-encoding' } });
});

test('UTF-8 comes back as it was, and any bytes are text or a problem (seeded)', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), fc.uint8Array({ maxLength: 30 }), (text, bytes) => {
      expect(parseText(Buffer.from(text))).toEqual({ ok: true, value: text });
      const answer = parseText(bytes);
      if (!answer.ok) expect(answer.error.code).toBe('record-encoding');
    }),
    { seed: 28, numRuns: 300 },
  );
});
