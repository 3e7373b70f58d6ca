import { randomUUID } from 'node:crypto';
import type { User } from '../../contract/accounts.ts';
import type { CommandArgs, CommandResult, Handlers } from '../../contract/catalog.ts';
import type { CommandContext, Outcome } from '../../contract/define-command.ts';
import { problem, type Problem } from '../../contract/errors.ts';
import type { UserId } from '../../contract/ids.ts';
import { err, ok, type Result } from '../../contract/result.ts';
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

  /** Reads and answers in one step. */
  function decide(
    args: CommandArgs<'user.upsert'>,
    context: CommandContext,
    passwordHash: string | null,
  ): Result<Outcome<CommandResult<'user.upsert'>>, Problem> {
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
  }

  return {
    'user.upsert'(args, context) {
      const { password, name } = args;
      // At once, so that the gateway commits it before anybody else decides on the same accounts: two administrators who
      // are asked to go in one breath would each be let go for the other's sake.
      if (password === undefined) return decide(args, context, null);
      const weakness = passwordProblem(password, name);
      if (weakness) return err(weakness);
      return hasher.hash(password).then((hashed) => {
        if (!hashed.ok) return hashed;
        // Whoever asked was told that it failed: then nobody's password may be another one.
        return context.signal.aborted ? err(problem('deadline-exceeded')) : decide(args, context, hashed.value);
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
