/** What the hub asks of a password, as far as a page can say it while somebody types; the hub decides. */
export const passwordRules = ['length', 'classes', 'name'] as const;
export type PasswordRule = (typeof passwordRules)[number];

/** Which rules a password meets: 10 characters, 3 of 4 classes of characters, not holding the user name (of 3 characters or more). */
export function rulesMet(password: string, userName: string): ReadonlySet<PasswordRule> {
  const met = new Set<PasswordRule>();
  if ([...password].length >= 10) met.add('length');
  if ([/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/].filter((one) => one.test(password)).length >= 3) met.add('classes');
  const name = userName.toLowerCase();
  if (password !== '' && (name.length < 3 || !password.toLowerCase().includes(name))) met.add('name');
  return met;
}
