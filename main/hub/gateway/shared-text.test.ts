import { expect, test } from 'vitest';
import { SharedText, sharedFrame } from './shared-text.ts';

test.each<[string, string, number[]]>([
  ['a', 'bc', [0x81, 4]],
  ['', '陶', [0x81, 4]],
  ['h', 'x'.repeat(123), [0x81, 125]],
  ['h', 'x'.repeat(124), [0x81, 126, 0, 126]],
  ['陶', 'x'.repeat(65_531), [0x81, 126, 255, 255]],
  ['陶', 'x'.repeat(65_532), [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]],
])('a frame of %s and what follows', (head, text, header) => {
  const tail = new SharedText(text);
  const frame = Buffer.concat(sharedFrame(head, tail.closed));
  expect([...frame.subarray(0, header.length)]).toEqual(header);
  expect(frame.subarray(header.length).toString()).toBe(`${head}${text}]`);
  expect(tail.closed).toBe(tail.closed);
});
