import { expect, test } from 'vitest';
import { personName } from './person-name.ts';

test.each([
  [{ name: 'li', fullName: '李梅' }, '李梅 (li)'],
  [{ name: 'li', fullName: null }, 'li'],
  [{ name: 'li', fullName: 'li' }, 'li'],
])('%j is called %s', (person, words) => {
  expect(personName(person)).toBe(words);
});
