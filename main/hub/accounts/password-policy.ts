import { problem, type Problem } from '../../contract/errors.ts';

const lengthAtLeast = 10;
const classesAtLeast = 3;

/** Words that so many passwords are made of that digits and signs around them do not help. */
const commonWords: ReadonlySet<string> = new Set(
  (
    'password passwort passwd pass admin administrator root user guest test demo default changeme letmein welcome login master ' +
    'secret qwerty qwertyuiop asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx qwer abc abcd abcdef aabb aa aaa iloveyou monkey dragon football sunshine ' +
    'woaini nihao zhongguo china huawei hikvision hik dahua tplink camera video monitor taodu yixing wuxi jiangsu'
  ).split(' '),
);

const lookalikes: Readonly<Record<string, string>> = {
  '@': 'a',
  '4': 'a',
  '3': 'e',
  '1': 'i',
  '!': 'i',
  '0': 'o',
  $: 's',
  '5': 's',
  '7': 't',
};

/**
 * Why this password is refused for this user, or null: shorter than 10 characters, fewer than 3 of the classes lower case,
 * upper case, digits and others, holding the user name, or a common word with decoration (GB/T 22239-2019 8.1.4.1 a).
 */
export function passwordProblem(password: string, userName: string): Problem | null {
  const lower = password.toLowerCase();
  const classes = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/].filter((one) => one.test(password)).length;
  const refuse = (reason: string) => problem('password-too-weak', { reason, lengthAtLeast, classesAtLeast });
  if ([...password].length < lengthAtLeast) return refuse('too-short');
  if (classes < classesAtLeast) return refuse('too-few-classes');
  if (userName.length >= 3 && lower.includes(userName.toLowerCase())) return refuse('contains-user-name');
  const plain = lower.replaceAll(/[^a-z]/g, '');
  const unmasked = [...lower.replaceAll(/[^a-z@$0-9!]+/g, '')]
    .map((sign) => lookalikes[sign] ?? sign)
    .join('')
    .replaceAll(/[^a-z]/g, '');
  const trimmed = [...lower.replace(/[\d\W_]+$/, '')]
    .map((sign) => lookalikes[sign] ?? sign)
    .join('')
    .replaceAll(/[^a-z]/g, '');
  if ([plain, unmasked, trimmed].some((word) => commonWords.has(word))) return refuse('common');
  return null;
}
