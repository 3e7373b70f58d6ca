import { expect, test } from 'vitest';
import { decodeMethods, encodeMethods } from './public-header.ts';

test.each([
  ['OPTIONS, DESCRIBE, GET_PARAMETER', ['OPTIONS', 'DESCRIBE', 'GET_PARAMETER']],
  ['PLAY', ['PLAY']],
])('%s', (wire, methods) => {
  expect([...decodeMethods(wire)]).toEqual(methods);
  expect(encodeMethods(methods)).toBe(wire);
});

test('tolerates any case and separator, leaves out what is no method, and is bounded', () => {
  expect([...decodeMethods('options,,play  Setup, 7, a:b')]).toEqual(['OPTIONS', 'PLAY', 'SETUP']);
  expect(decodeMethods('').size).toBe(0);
  expect(decodeMethods('A,'.repeat(10_000) + 'PLAY').has('PLAY')).toBe(false);
});
