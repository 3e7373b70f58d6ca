import { expect, test } from 'vitest';
import { passwordProblem } from './password-policy.ts';

test.each([
  ['Kiln-4711-b', 'li', null],
  ['Zisha-Teapot-9', 'admin', null],
  ['陶都Kiln2026宜兴紫砂', 'li', null],
  ['correct horse Battery', 'li', null],
  ['Kiln-471', 'li', 'too-short'],
  ['陶都Kil2026', 'li', 'too-short'],
  ['kilnbench4711', 'li', 'too-few-classes'],
  ['KILNBENCH----', 'li', 'too-few-classes'],
  ['Kiln-Wang-4711', 'wang', 'contains-user-name'],
  ['Password123!', 'li', 'common'],
  ['P@ssw0rd2026', 'li', 'common'],
  ['Admin@123456', 'li', 'common'],
  ['Qwerty!23456', 'li', 'common'],
  ['Aa123456789!', 'li', 'common'],
  ['Abc.12345678', 'li', 'common'],
  ['Hik12345+678', 'li', 'common'],
])('%s for %s: %s', (password, user, reason) => {
  const refused = passwordProblem(password, user);
  expect(refused?.params['reason'] ?? null).toBe(reason);
  if (refused) expect(refused.code).toBe('password-too-weak');
});
