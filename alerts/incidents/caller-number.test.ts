import { expect, test } from 'vitest';
import { dialled } from './caller-number.ts';

test.each([
  ['13800138000', '13800138000'],
  ['138 0013 8000', '13800138000'],
  ['138-0013–8000', '13800138000'],
  ['(0510) 8000.1234', '051080001234'],
  ['（０５１０）８０００　１２３４', '051080001234'],
  ['+86 138 0013 8000', '+8613800138000'],
  ['  -  ', ''],
])('%s is compared as %s', (phone, compared) => {
  expect(dialled(phone)).toBe(compared);
});
