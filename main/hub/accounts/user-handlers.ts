import { randomUUID } from 'node:crypto';
import type { User } from '../../contract/accounts.ts';
import type { Handlers } from '../../contract/catalog.ts';
import { problem } from '../../contract/errors.ts';
import type { UserId } from '../../contract/ids.ts';
import { err, ok } from '../../contract/result.ts';
import { accountProblem, onlyRenames } from './account-change.ts';
import type { Credentials } from './credentials.ts';
import type { LoginThrottle } from './login-throttle.ts';
import type { PasswordHasher } from './password-hash.ts';
import { passwordProblem } from './password-policy.ts';
import type { SecondFactors } from './second-factors.ts';
import type { Sessions } from './sessions.ts';
import type { UserLookup } from './user-lookup.ts';

/** What the security administrator does with the accounts of others. */
export function createUserHandlers(parts: {
  readonly users: UserLookup;
  readonly credentials: Credentials;
  readonly sessions: Sessions;
  readonly throttle: LoginThrottle;
  readonly hasher: PasswordHasher;
  readonly secondFactors: SecondFactors;
  /** What counts against this account has changed. */
  counted(name: string): void;
}): Handlers<'user.upsert' | 'user.unlock'> {
  const { users, credentials, sessions, throttle, hasher, secondFactors } = parts;

  return {
    async 'user.upsert'(args, context) {
      let passwordHash: string | null = null;
      if (args.password !== undefined) {
        const weakness = passwordProblem(args.password, args.name);
        if (weakness) return err(weakness);
        const hashed = await hasher.hash(args.password);
        if (!hashed.ok) return hashed;
        passwordHash = hashed.value;
      }
      // Whoever asked was told that it failed: then nobody's password may be another one.
      if (context.signal.aborted) return err(problem('deadline-exceeded'));
      const before = users.byName(args.name);
      if (!before && passwordHash === null) return err(problem('field-missing', { field: 'password' }));
      const user: User = {
        id: before?.id ?? randomUUID(),
        name: args.name,
        fullName: args.fullName ?? null,
        roles: [...new Set(args.roles)],
        denied: [...new Set(args.denied)],
        scope: args.scope,
        shift: args.shift,
        networks: args.networks,
        disabled: args.disabled,
        secondFactor: (before?.secondFactor ?? false) && !args.resetSecondFactor,
        createdAt: before?.createdAt ?? context.now,
        passwordChangedAt: passwordHash === null ? (before?.passwordChangedAt ?? null) : context.now,
        lockedUntil: null,
        lastLoginAt: null,
        simulated: false,
        drill: false,
      };
      const refusal = accountProblem({
        before,
        after: user,
        users: users.all(),
        by: context.principal?.userId ?? null,
        setsPassword: passwordHash !== null,
        resetsSecondFactor: args.resetSecondFactor,
      });
      if (refusal) return err(refusal);
      const id = user.id as UserId;
      const reset = args.resetSecondFactor ? secondFactors.reset(id) : null;
      return ok({
        result: { userId: id },
        changes: [{ collection: 'users', op: 'put', key: id, value: user }],
        ...(reset && { secrets: reset.secrets }),
        before: before ?? null,
        after: user,
        alongside() {
          if (passwordHash !== null) credentials.set(id, { passwordHash, mustChange: true }, context.now);
          reset?.store();
        },
        afterCommit() {
          if (!before || !onlyRenames(before, user)) sessions.endOfUser(id, 'account-changed');
        },
      });
    },

    'user.unlock'(args) {
      const user = users.byId(args.userId);
      if (!user) return err(problem('user-unknown'));
      const lockedUntil = throttle.lockedUntil(user.name);
      return ok({
        result: {},
        before: { lockedUntil },
        after: { lockedUntil: null },
        alongside: () => throttle.forget(user.name),
        afterCommit: () => parts.counted(user.name),
      });
    },
  };
}
