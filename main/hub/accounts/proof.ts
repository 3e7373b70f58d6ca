import type { User } from '../../contract/accounts.ts';
import { problem, type Problem } from '../../contract/errors.ts';
import type { UserId } from '../../contract/ids.ts';
import { err, ok, type Result } from '../../contract/result.ts';
import type { Credentials } from './credentials.ts';
import type { LoginThrottle } from './login-throttle.ts';
import type { PasswordHasher } from './password-hash.ts';
import type { SecondFactors } from './second-factors.ts';
import type { UserLookup } from './user-lookup.ts';

/** What somebody says to prove who he is. */
export interface Claim {
  readonly name: string;
  readonly password: string;
  /** The code of the second factor, asked of whoever has one; `not-asked` where the password alone is to be proven. */
  readonly code: string | undefined | 'not-asked';
  /** The peer's IP. */
  readonly address: string;
  /** Why this user may not log in now although he is who he says, or null. */
  mayEnter?(user: User): Problem | null;
}

/** The one place where passwords and codes are checked, and what was wrong is counted. */
export interface Proof {
  /**
   * The user as he is once it is proven. `too-many-requests` {retryAfterMs}; `login-refused`, which names neither what was wrong nor whether the
   * account exists; only with the right password: what `mayEnter` says, `second-factor-required`, `second-factor-refused`.
   */
  prove(claim: Claim): Promise<Result<User, Problem>>;
}

export function createProof(parts: {
  readonly users: UserLookup;
  readonly credentials: Credentials;
  readonly throttle: LoginThrottle;
  readonly hasher: PasswordHasher;
  readonly secondFactors: SecondFactors;
  /** What counts against this account has changed. */
  counted(name: string): void;
}): Proof {
  const { users, credentials, throttle, hasher, secondFactors } = parts;

  /** Everything after the attempt was counted; the answer says whether something was guessed wrong. */
  async function judge(
    claim: Claim,
    suspicion: number,
  ): Promise<{ readonly answer: Result<User, Problem>; readonly guessedWrong: boolean }> {
    const { name, password, code } = claim;
    const id = users.byName(name)?.id as UserId | undefined;
    const credential = id && credentials.of(id);
    const right = await hasher.verify(password, credential?.passwordHash ?? null, suspicion);
    if (!right.ok) return { answer: right, guessedWrong: false };
    // as it is now: somebody may have disabled it, or set another password, while the hash was worked out
    const user = id && users.byId(id);
    const stands = user && !user.disabled && credentials.of(id)?.passwordHash === credential?.passwordHash;
    if (!right.value || !credential || !stands) return { answer: err(problem('login-refused')), guessedWrong: true };
    const kept = claim.mayEnter?.(user) ?? null;
    if (kept) return { answer: err(kept), guessedWrong: false };
    if (user.secondFactor && code !== 'not-asked') {
      if (code === undefined) return { answer: err(problem('second-factor-required')), guessedWrong: false };
      if (!secondFactors.use(id, code)) return { answer: err(problem('second-factor-refused')), guessedWrong: true };
    }
    return { answer: ok(user), guessedWrong: false };
  }

  return {
    async prove(claim) {
      const { name, address } = claim;
      const { waitMs, failures } = throttle.standing(name, address);
      if (waitMs > 0) return err(problem('too-many-requests', { retryAfterMs: waitMs }));
      // where there is no place in the line nothing is guessed, and nothing needs to be written down
      if (!hasher.admits(failures)) return err(problem('too-many-requests', { retryAfterMs: 2000 }));
      throttle.count(name, address);
      const { answer, guessedWrong } = await judge(claim, failures);
      if (answer.ok) throttle.succeeded(name, address);
      else if (!guessedWrong) throttle.withdraw(name, address);
      parts.counted(name);
      return answer;
    },
  };
}
