import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { Problem } from '../../contract/errors.ts';
import type { Result } from '../../contract/result.ts';
import { createWaitingLine } from './waiting-line.ts';

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(scrypt);

/** OWASP Password Storage Cheat Sheet, scrypt: N = 2^17, r = 8, p = 1 (128 MiB a hash). Stored with every hash, so they can grow. */
export const scryptParameters = { N: 131_072, r: 8, p: 1 } as const;

const saltBytes = 16;
const keyBytes = 32;
/** Each running hash holds 128 MiB. */
const runningAtMost = 2;
const waitingAtMost = 64;

/** Makes and checks password hashes off the event loop, a bounded number at a time. */
export interface PasswordHasher {
  hash(password: string): Promise<Result<string, Problem>>;
  /**
   * `stored` null stands for an unknown user: it costs the same time and is never right. The higher `suspicion`, the later its turn, and when the
   * line is full the most suspicious gives way (`too-many-requests`): who has guessed wrong before does not keep out who has not.
   */
  verify(password: string, stored: string | null, suspicion?: number): Promise<Result<boolean, Problem>>;
  /** Whether a check of this suspicion would get a place now. */
  admits(suspicion: number): boolean;
}

interface StoredHash {
  readonly N: number;
  readonly r: number;
  readonly p: number;
  readonly salt: Buffer;
  readonly key: Buffer;
}

export type ScryptParameters = Pick<StoredHash, 'N' | 'r' | 'p'>;

/** `parameters` are those of new hashes; weaker ones are for tests alone. */
export function createPasswordHasher(parameters: ScryptParameters = scryptParameters): PasswordHasher {
  /** A hash that no password has, for users that do not exist. */
  const decoy: StoredHash = { ...parameters, salt: randomBytes(saltBytes), key: randomBytes(keyBytes) };
  const line = createWaitingLine({ runningAtMost, waitingAtMost, retryAfterMs: 2000 });

  return {
    hash: (password) =>
      line.take(0, async () => {
        const salt = randomBytes(saltBytes);
        const key = await keyOf(password, { ...parameters, salt });
        return format({ ...parameters, salt, key });
      }),
    verify: (password, stored, suspicion = 0) =>
      line.take(suspicion, async () => {
        const expected = stored === null ? decoy : parse(stored);
        return timingSafeEqual(await keyOf(password, expected), expected.key);
      }),
    admits: (suspicion) => line.admits(suspicion),
  };
}

/** RFC 8265 §4: the same password typed with composed or decomposed characters is the same password. */
function keyOf(password: string, { N, r, p, salt }: Omit<StoredHash, 'key'>): Promise<Buffer> {
  return derive(password.normalize('NFC'), salt, keyBytes, { N, r, p, maxmem: 256 * N * r });
}

function format({ N, r, p, salt, key }: StoredHash): string {
  return `scrypt$${N}$${r}$${p}$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

/** The database holds only what `format` wrote; anything else is a damaged row. */
function parse(stored: string): StoredHash {
  const [, N, r, p, salt, key] = /^scrypt\$(\d{4,7})\$(\d{1,2})\$(\d{1,2})\$([\w-]{22})\$([\w-]{43})$/.exec(stored) ?? [];
  if (!N || !r || !p || !salt || !key) throw new Error('a stored password hash cannot be read');
  return { N: Number(N), r: Number(r), p: Number(p), salt: Buffer.from(salt, 'base64url'), key: Buffer.from(key, 'base64url') };
}
