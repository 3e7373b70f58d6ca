import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keyed, keyLineMax, keySymbols, parseKeyLine, type KeyIntent, type KeyLineFault } from './key-line.ts';

const meaning = (line: string): KeyIntent | KeyLineFault => {
  const read = parseKeyLine(line);
  return read.ok ? read.value : read.error;
};

describe('the key line', () => {
  test.each<[string, KeyIntent | KeyLineFault]>([
    ['', 'empty'],
    ['1023', { kind: 'camera', digits: '1023', place: null }],
    ['007', { kind: 'camera', digits: '007', place: null }],
    ['1023.2.5', { kind: 'camera', digits: '1023', place: { screen: 2, tile: 5 } }],
    ['1023..5', { kind: 'camera', digits: '1023', place: { screen: null, tile: 5 } }],
    ['1023.2', { kind: 'camera', digits: '1023', place: { screen: 2, tile: null } }],
    ['1023.', 'number-missing'],
    ['1023.2.', 'number-missing'],
    ['.2', { kind: 'place', place: { screen: 2, tile: null } }],
    ['.2.05', { kind: 'place', place: { screen: 2, tile: 5 } }],
    ['..5', { kind: 'place', place: { screen: null, tile: 5 } }],
    ['.', 'number-missing'],
    ['..', 'number-missing'],
    ['.0', 'number-missing'],
    ['.0.5', 'sign-misplaced'],
    ['.2.5.1', 'sign-misplaced'],
    ['/7', { kind: 'recall', number: 7 }],
    ['/', 'number-missing'],
    ['/0', 'number-missing'],
    ['/10000', 'number-too-large'],
    ['/7.2', 'sign-misplaced'],
    ['*3', { kind: 'tour', number: 3 }],
    ['*', { kind: 'tour-pause' }],
    ['*+', { kind: 'tour-step', by: 1 }],
    ['*-', { kind: 'tour-step', by: -1 }],
    ['*+3', 'sign-misplaced'],
    ['12+', 'sign-misplaced'],
    ['+', 'sign-misplaced'],
    ['.99999', 'number-too-large'],
  ])('%j', (line, expected) => {
    expect(meaning(line)).toEqual(expected);
  });

  test('takes no symbol that leads nowhere', () => {
    expect([...'12+.*2/.5'].reduce((line, symbol) => keyed(line, symbol as never), '')).toBe('12.2.5');
    expect(keyed('*+', '3')).toBe('*+');
    expect(keyed('', '+')).toBe('');
  });

  test('whatever is keyed, the line is bounded and one digit away from a meaning at most', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...keySymbols), { maxLength: 80 }), (symbols) => {
        const line = symbols.reduce<string>(keyed, '');
        expect(line.length).toBeLessThanOrEqual(keyLineMax);
        if (line === '' || parseKeyLine(line).ok) return;
        expect(parseKeyLine(`${line}1`).ok).toBe(true);
      }),
      { numRuns: 2000, seed: 20261126 },
    );
  });
});
