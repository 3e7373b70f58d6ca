import { expect, test } from 'vitest';
import { wholeCity } from '../../contract/scope.ts';
import { MemoryLedger } from '../ledger/memory-ledger.ts';
import { recallNumberProblem } from './recall-numbers.ts';

const ledger = new MemoryLedger();
const put = (collection: string, id: string, number: number | null) =>
  ledger.commit([{ collection, op: 'put', key: id, value: { id, name: `${collection} ${id}`, number } }], {
    kind: 'command',
    id: 'test',
    by: 'test',
  });
const lookup = { layout: () => ['city' as const], preset: () => [] };
const everything = { lookup, scope: wholeCity };
put('layouts', 'a', 7);
put('layouts', 'b', null);
put('presets', 'a', 8);

test.each<[string, number | null, 'layouts' | 'presets', string, string | null]>([
  ['no number', null, 'layouts', 'new', null],
  ['a free number', 9, 'layouts', 'new', null],
  ['its own number', 7, 'layouts', 'a', null],
  ['its own number as a preset', 8, 'presets', 'a', null],
  ['the number of another layout', 7, 'layouts', 'b', 'layouts a'],
  ['the number of a preset for a layout', 8, 'layouts', 'b', 'presets a'],
  ['the number of a layout for a preset', 7, 'presets', 'new', 'layouts a'],
  ['the number of a preset of the same id for a layout', 8, 'layouts', 'a', 'presets a'],
])('%s', (_, number, collection, id, name) => {
  expect(recallNumberProblem(ledger, number, { collection, id }, everything)).toEqual(
    name === null ? null : { code: 'number-taken', params: { number, name } },
  );
});

test('what somebody may not see is not named to him', () => {
  const limited = { lookup, scope: { districts: ['3202'], groups: '*' as const } };
  expect(recallNumberProblem(ledger, 7, { collection: 'presets', id: 'new' }, limited)?.params).toEqual({ number: 7 });
  expect(recallNumberProblem(ledger, 8, { collection: 'layouts', id: 'new' }, limited)?.params).toEqual({ number: 8, name: 'presets a' });
});
