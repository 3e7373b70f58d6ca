import { describe, expect, test } from 'vitest';
import { CameraDigits, digitsOf } from './camera-digits.ts';

describe('a camera by its digits', () => {
  test.each([
    ['DS07-00123', '700123'],
    ['00123', '123'],
    ['123', '123'],
    ['K.0', '0'],
    ['ABC', ''],
    ['000', '0'],
  ])('%s is keyed %s', (number, digits) => {
    expect(digitsOf(number)).toBe(digits);
  });

  test('finds one, several, none; the exact number goes before its likes', () => {
    let cameras = [
      { id: 'a', number: 'DS07-00123' },
      { id: 'b', number: '123' },
      { id: 'c', number: 'K-123' },
      { id: 'd', number: '0123' },
      { id: 'e', number: 'GATE' },
    ];
    const digits = new CameraDigits(() => cameras);
    expect(digits.find('700123')).toEqual({ kind: 'one', id: 'a' });
    expect(digits.find('0700123')).toEqual({ kind: 'one', id: 'a' });
    expect(digits.find('123')).toEqual({ kind: 'one', id: 'b' });
    expect(digits.find('0123')).toEqual({ kind: 'one', id: 'd' });
    expect(digits.find('00123')).toEqual({ kind: 'several', ids: ['b', 'c', 'd'], total: 3 });
    expect(digits.find('5')).toEqual({ kind: 'none' });
    cameras = cameras.slice(1, 2);
    expect(digits.find('700123')).toMatchObject({ kind: 'one' });
    digits.forget();
    expect(digits.find('700123')).toEqual({ kind: 'none' });
    expect(digits.find('00123')).toEqual({ kind: 'one', id: 'b' });
  });
});
