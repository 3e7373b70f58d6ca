import { describe, expect, test } from 'vitest';
import { createPasswordHasher, scryptParameters } from './password-hash.ts';

describe('password hashes', () => {
  const hasher = createPasswordHasher();

  test('the parameters are those of OWASP and stand in the hash', async () => {
    expect(scryptParameters).toEqual({ N: 2 ** 17, r: 8, p: 1 });
    const made = await hasher.hash('Kiln-4711-bench');
    expect(made.ok && made.value).toMatch(/^scrypt\$131072\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
  });

  test('the right password is right, another is not, and the same password never hashes alike', async () => {
    const [one, two] = await Promise.all([hasher.hash('Kiln-4711-bénch'), hasher.hash('Kiln-4711-bénch')]);
    if (!one.ok || !two.ok) throw new Error('refused');
    expect(one.value).not.toBe(two.value);
    expect(await hasher.verify('Kiln-4711-be\u0301nch', one.value)).toEqual({ ok: true, value: true });
    expect(await hasher.verify('kiln-4711-bénch', one.value)).toEqual({ ok: true, value: false });
  });

  test('weaker stored parameters still verify, a damaged row does not pass', async () => {
    // scrypt('pleaseletmein', 'SodiumChloride') of RFC 7914 §12 has 64 bytes; this is the same function with our sizes
    const { scryptSync } = await import('node:crypto');
    const salt = Buffer.alloc(16, 7);
    const key = scryptSync('pleaseletmein', salt, 32, { N: 1024, r: 8, p: 1 });
    const stored = `scrypt$1024$8$1$${salt.toString('base64url')}$${key.toString('base64url')}`;
    expect(await hasher.verify('pleaseletmein', stored)).toEqual({ ok: true, value: true });
    await expect(hasher.verify('pleaseletmein', 'scrypt$1$1$1$$')).rejects.toThrow('cannot be read');
  });

  test('an unknown user costs about what a wrong password costs, and is never right', async () => {
    const made = await hasher.hash('Kiln-4711-bench');
    if (!made.ok) throw new Error('refused');
    const time = async (stored: string | null) => {
      const start = performance.now();
      expect(await hasher.verify('wrong', stored)).toEqual({ ok: true, value: false });
      return performance.now() - start;
    };
    const wrong = await time(made.value);
    const unknown = await time(null);
    expect(unknown).toBeGreaterThan(wrong / 4);
  });

  test('a flood waits in line up to a bound and the rest is refused at once', async () => {
    const flooded = createPasswordHasher({ N: 1024, r: 8, p: 1 });
    const cheap = `scrypt$1024$8$1$${Buffer.alloc(16).toString('base64url')}$${Buffer.alloc(32).toString('base64url')}`;
    const answers = await Promise.all(Array.from({ length: 80 }, () => flooded.verify('x', cheap)));
    expect(answers.filter((answer) => answer.ok)).toHaveLength(66);
    expect(answers.find((answer) => !answer.ok)).toMatchObject({ error: { code: 'too-many-requests' } });
    expect((await flooded.verify('x', cheap)).ok).toBe(true);
  });
});
