import { expect, test } from 'vitest';
import { pageVitals as schema } from '../../layouts/contract.ts';
import { pageVitals } from './page-vitals.ts';

test.each([
  ['a browser that tells', { now: (): number => 3_723_999.9, memory: { usedJSHeapSize: 52_428_800 } }, { upS: 3723, heapMb: 50 }],
  ['one that does not', { now: (): number => 12 }, { upS: 0, heapMb: null }],
])('%s', (_, page, expected) => {
  expect(pageVitals(page)).toEqual(expected);
  expect(schema.parse(pageVitals(page))).toEqual(expected);
});
