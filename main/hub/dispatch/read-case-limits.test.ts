import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ProblemError } from '../../contract/errors.ts';
import { temporaryFolder } from '../hub-rig.ts';
import { readCaseLimits } from './read-case-limits.ts';

const folder = temporaryFolder('case-limits');
afterAll(() => folder.dispose());
const file = join(folder.path, 'limits.json');
const refusal = (text: string | null, at = file): string => {
  if (text !== null) writeFileSync(at, text);
  try {
    readCaseLimits(at);
  } catch (cause) {
    expect(cause).toBeInstanceOf(ProblemError);
    const { code, params } = (cause as ProblemError).problem;
    expect([code, params['file'], params['key']]).toEqual(['config-invalid', at, 'cases.limitsFile']);
    return String(params['message']);
  }
  return '';
};

test('a table is taken as it is', () => {
  const table = { 'urban.event.garbage': [{ until: 'resolved', from: 'dispatched', value: 4, unit: 'working-hours' }] };
  writeFileSync(file, JSON.stringify(table));
  expect(readCaseLimits(file)).toEqual(table);
});

test.each([
  ['', 'is no JSON'],
  ['{', 'is no JSON'],
  ['[]', /./],
  ['{"fire":[]}', /fire/],
  ['{"urban":[{"until":"resolved"}]}', /urban\.0/],
  [' '.repeat(5 * 1024 * 1024), 'is too large'],
])('%.40s is refused with its place', (text, message) => {
  expect(refusal(text)).toMatch(message);
});

test('a file that is not there is named', () => {
  expect(refusal(null, join(folder.path, 'nothing.json'))).toMatch(/ENOENT/);
});
