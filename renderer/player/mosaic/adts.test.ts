import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readAdtsHead } from './adts.ts';

test.each<[string, string, ReturnType<typeof readAdtsHead>]>([
  ['44.1 kHz stereo', 'fff150800ebffc', { codec: 'mp4a.40.2', sampleRate: 44_100, channels: 2 }],
  ['with a checksum', 'fff050800ebffc', { codec: 'mp4a.40.2', sampleRate: 44_100, channels: 2 }],
  ['8 kHz mono', 'fff16c400ebffc', { codec: 'mp4a.40.2', sampleRate: 8_000, channels: 1 }],
  ['7.1', 'fff151c00ebffc', { codec: 'mp4a.40.2', sampleRate: 44_100, channels: 8 }],
  ['channels in the sound itself', 'fff150000ebffc', null],
  ['a sample rate that is none', 'fff17c800ebffc', null],
  ['no sync word', 'ffe150800ebffc', null],
  ['another layer', 'fff750800ebffc', null],
  ['cut off', 'fff150800ebf', null],
])('%s', (_name, hex, head) => {
  expect(readAdtsHead(Uint8Array.from(hex.match(/../g)!, (byte) => Number.parseInt(byte, 16)))).toEqual(head);
});

test('any bytes never throw, and what is read can be decoded', () => {
  const holds = fc.property(fc.uint8Array({ maxLength: 12 }), fc.boolean(), (bytes, sync) => {
    if (sync) bytes.set([0xff, 0xf1].slice(0, bytes.length));
    const head = readAdtsHead(bytes);
    return head === null || (head.sampleRate >= 7_350 && head.channels >= 1 && head.channels <= 8);
  });
  expect(fc.check(holds, { seed: 28181, numRuns: 2000 }).counterexample).toBeNull();
});
