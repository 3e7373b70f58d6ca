import { expect, test } from 'vitest';
import { decodableCodecs } from './decodable-codecs.ts';

test.each<[string, RegExp, readonly string[]]>([
  ['both', /avc1|hvc1/, ['h264', 'h265']],
  ['without an H.265 decoder', /avc1/, ['h264']],
  ['with nothing else', /hvc1/, ['h265']],
  ['a browser that knows nothing', /never/, ['h264']],
])('%s', (_, known, codecs) => {
  expect(decodableCodecs((type) => known.test(type))).toEqual(codecs);
});

test('a page without media sources asks for H.264', () => {
  expect(decodableCodecs()).toEqual(['h264']);
});
