import { describe, expect, test } from 'vitest';
import { freeNumber, ownerOf, readNumber, type Numbered } from './recall-number.ts';

const all: Numbered = {
  layouts: [
    { id: 'l1' as never, name: '早高峰', number: 1 },
    { id: 'l2' as never, name: '夜间', number: null },
  ],
  presets: [{ id: 'p1' as never, name: '全景', number: 3 }],
};

describe('numbers of layouts and presets', () => {
  test.each([
    [1, null, '早高峰'],
    [1, 'l1', null],
    [3, null, '全景'],
    [2, null, null],
  ])('%d, apart from %s, belongs to %s', (number, except, owner) => {
    expect(ownerOf(number, all, except)).toBe(owner);
  });

  test('the lowest free one is offered, none when all are taken', () => {
    expect(freeNumber(all)).toBe(2);
    const full = Array.from({ length: 9999 }, (_, at) => ({ id: `l${at}` as never, name: '', number: at + 1 }));
    expect(freeNumber({ layouts: full, presets: [] })).toBeNull();
  });

  test.each([
    ['', null],
    ['  ', null],
    ['12', 12],
    ['１２', 12],
    ['0', undefined],
    ['99999', undefined],
    ['-1', undefined],
    ['1e2', undefined],
    ['7a', undefined],
  ])('%j is read as %s', (text, number) => {
    expect(readNumber(text)).toBe(number);
  });
});
