import { expect, test } from 'vitest';
import { consoleAddress } from './console-address.ts';

test.each([
  ['/console', '', '/console'],
  ['/console', '?diagnose=c-1', '/console?diagnose=c-1'],
  ['/login', '?diagnose=c-1', '/login?diagnose=c-1'],
  ['/console', '?problem=ticket-refused&diagnose=c-1', '/console?diagnose=c-1'],
  ['/console', '?next=https://elsewhere.example', '/console'],
  ['/console', '?diagnose=%2F%2Felsewhere%23%26ticket%3Dx', '/console?diagnose=%2F%2Felsewhere%23%26ticket%3Dx'],
] as const)('%s after %s is %s', (page, search, address) => {
  expect(consoleAddress(page, search)).toBe(address);
});
