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

  test('who has guessed wrong before neither goes first nor keeps out who has not', async () => {
    const flooded = createPasswordHasher({ N: 1024, r: 8, p: 1 });
    const order: string[] = [];
    const ask = async (name: string, suspicion: number) => {
      const answer = await flooded.verify('x', null, suspicion);
      order.push(answer.ok ? name : `${name} refused`);
    };
    const guessers = Array.from({ length: 66 }, (_none, index) => ask(`guesser ${index}`, 1 + index));
    expect(flooded.admits(65)).toBe(true);
    expect(flooded.admits(66)).toBe(false);
    await ask('worse', 66);
    expect(order).toEqual(['worse refused']);
    const owner = ask('owner', 0);
    expect(flooded.admits(64)).toBe(true);
    expect(flooded.admits(65)).toBe(false);
    await Promise.all([...guessers, owner]);
    expect(order).toContain('guesser 65 refused');
    expect(order.filter((one) => one.endsWith('refused'))).toHaveLength(2);
    // two were being checked when it came; all that waited come after it
    const ahead = order.slice(0, order.indexOf('owner')).filter((one) => !one.endsWith('refused'));
    expect(ahead.length).toBeLessThanOrEqual(3);
    expect(flooded.admits(1000)).toBe(true);
  });
});
