import type { Config } from '../../config/config.ts';
import type { User } from '../../contract/accounts.ts';
import type { Handlers } from '../../contract/catalog.ts';
import { problem, type Problem } from '../../contract/errors.ts';
import type { UnitId, UserId } from '../../contract/ids.ts';
import type { Principal } from '../../contract/principal.ts';
import { err, ok, type Result } from '../../contract/result.ts';
import type { EpochMs } from '../../contract/time.ts';
import { allowedFrom } from './allowed-networks.ts';
import type { Credential, Credentials } from './credentials.ts';
import type { PasswordHasher } from './password-hash.ts';
import { passwordProblem } from './password-policy.ts';
import type { Claim, Proof } from './proof.ts';
import { unitName, wallName, type Principals } from './principals.ts';
import type { SecondFactors } from './second-factors.ts';
import type { Session, Sessions } from './sessions.ts';
import { inShift, localTime } from './shift.ts';
import type { UserLookup } from './user-lookup.ts';

export type SessionCommand =
  | 'session.login'
  | 'session.logout'
  | 'session.password'
  | 'session.who'
  | 'session.activity'
  | 'session.lock'
  | 'session.unlock'
  | 'session.totp-begin'
  | 'session.totp-confirm'
  | 'session.list'
  | 'session.end';

/** Logging in and out, and what somebody does with his own session, password and second factor; who is logged in. */
export function createSessionHandlers(parts: {
  readonly users: UserLookup;
  readonly credentials: Credentials;
  readonly sessions: Sessions;
  readonly principals: Principals;
  unitNumber(unitId: UnitId): string | undefined;
  readonly secondFactors: SecondFactors;
  readonly proof: Proof;
  readonly hasher: PasswordHasher;
  readonly config: Pick<Config, 'accounts'>;
  openPerson(
    userId: UserId,
    from: { address: string; workstation: string | null; interactive: boolean },
  ): { session: Session; token: string };
  /** A login is on record. */
  loggedIn(user: User, at: EpochMs): void;
  /** Somebody set a password of his own. */
  passwordChanged(user: User): void;
}): Handlers<SessionCommand> {
  const { users, credentials, sessions, principals, secondFactors, proof, hasher } = parts;
  const { timeZone, passwordHistory } = parts.config.accounts;

  /** The person who asks, with a password; screens and the demo's account have none. */
  function withPassword(principal: Principal | null): Result<{ user: User; credential: Credential; principal: Principal }, Problem> {
    if (!principal) return err(problem('login-required'));
    const user = users.byId(principal.userId);
    const credential = user && credentials.of(principal.userId);
    return credential ? ok({ user, credential, principal }) : err(problem('forbidden', { reason: 'no-password' }));
  }

  /** Proves that whoever sits there is the person whose session it is. */
  async function proveOwn(principal: Principal | null, claim: Pick<Claim, 'password' | 'code' | 'address'>) {
    const own = withPassword(principal);
    if (!own.ok) return own;
    const proven = await proof.prove({ name: own.value.user.name, ...claim });
    return proven.ok ? ok({ ...own.value, user: proven.value }) : proven;
  }

  const mayEnter = (user: User, address: string, now: EpochMs): Problem | null => {
    if (!allowedFrom(user.networks, address)) return problem('network-refused');
    return inShift(user.shift, localTime(now, timeZone)) ? null : problem('outside-shift');
  };

  return {
    async 'session.login'(args, context) {
      const { address } = context.from;
      const proven = await proof.prove({
        name: args.user,
        password: args.password,
        code: args.code,
        address,
        mayEnter: (user) => mayEnter(user, address, context.now),
      });
      if (!proven.ok) return proven;
      if (context.signal.aborted) return err(problem('deadline-exceeded'));
      const user = proven.value;
      const { session, token } = parts.openPerson(user.id as UserId, {
        address,
        workstation: args.workstation ?? context.from.workstation,
        interactive: args.interactive,
      });
      const barrier = principals.barrierOf(user);
      return ok({
        result: { token, expiresAt: session.expiresAt, mustChangePassword: barrier === 'password-change-required', barrier },
        after: { userId: user.id, sessionId: session.id },
        alongside: () => credentials.loggedIn(user.id as UserId, context.now),
        afterCommit: () => parts.loggedIn(user, context.now),
      });
    },

    'session.logout'(_args, { principal }) {
      if (!principal) return err(problem('login-required'));
      return ok({ result: {}, afterCommit: () => sessions.end(principal.sessionId, 'logout') });
    },

    async 'session.password'(args, context) {
      const own = await proveOwn(context.principal, { password: args.current, code: 'not-asked', address: context.from.address });
      if (!own.ok) return own;
      const { user, credential, principal } = own.value;
      const id = user.id as UserId;
      const weakness = passwordProblem(args.next, user.name);
      if (weakness) return err(weakness);
      if (args.next.normalize('NFC') === args.current.normalize('NFC')) return err(problem('password-too-weak', { reason: 'unchanged' }));
      for (const past of credentials.history(id)) {
        const used = await hasher.verify(args.next, past);
        if (!used.ok) return used;
        if (used.value) return err(problem('password-too-weak', { reason: 'used-before', passwordHistory }));
      }
      const hashed = await hasher.hash(args.next);
      if (!hashed.ok) return hashed;
      // Whoever asked was told that it failed: then the password may be no other one.
      if (context.signal.aborted) return err(problem('deadline-exceeded'));
      const now = users.byId(id);
      if (!now || now.disabled || credentials.of(id)?.passwordHash !== credential.passwordHash) return err(problem('login-refused'));
      return ok({
        result: {},
        changes: [{ collection: 'users', op: 'put', key: id, value: { ...now, passwordChangedAt: context.now } satisfies User }],
        alongside: () => credentials.set(id, { passwordHash: hashed.value, mustChange: false }, context.now),
        afterCommit() {
          parts.passwordChanged(user);
          sessions.endOfUser(id, 'password-changed', principal.sessionId);
        },
      });
    },

    'session.who'(_args, { principal, from }) {
      if (!principal) return err(problem('login-required'));
      const { districts, groups } = principal.scope;
      return ok({
        result: {
          userId: principal.userId,
          name: principal.name,
          roles: [...principal.roles],
          permissions: [...principal.permissions],
          scope: { districts: districts === '*' ? '*' : [...districts], groups: groups === '*' ? '*' : [...groups] },
          mustChangePassword: principal.barrier === 'password-change-required',
          barrier: principal.barrier,
          screen: principal.screen,
          workstation: sessions.byId(principal.sessionId)?.workstation ?? from.address,
          secondFactor: users.byId(principal.userId)?.secondFactor ?? false,
          hasPassword: credentials.of(principal.userId) !== undefined,
        },
      });
    },

    'session.activity'(_args, { principal }) {
      if (!principal) return err(problem('login-required'));
      return ok({ result: { idleLockAt: sessions.active(principal.sessionId) } });
    },

    'session.lock'(_args, { principal }) {
      const own = withPassword(principal);
      return own.ok ? ok({ result: {}, afterCommit: () => sessions.lock(own.value.principal.sessionId) }) : own;
    },

    async 'session.unlock'(args, context) {
      const own = await proveOwn(context.principal, { password: args.password, code: args.code, address: context.from.address });
      if (!own.ok) return own;
      if (context.signal.aborted) return err(problem('deadline-exceeded'));
      return ok({ result: {}, afterCommit: () => sessions.unlock(own.value.principal.sessionId) });
    },

    async 'session.totp-begin'(args, context) {
      // With the password alone whoever knows it and finds the desk empty would put his own authenticator in the place of the other.
      const own = await proveOwn(context.principal, { password: args.password, code: args.code, address: context.from.address });
      if (!own.ok) return own;
      if (context.signal.aborted) return err(problem('deadline-exceeded'));
      const { user, principal } = own.value;
      return ok({ result: secondFactors.begin(user.id as UserId, user.name, principal.sessionId) });
    },

    'session.totp-confirm'(args, { principal }) {
      const own = withPassword(principal);
      if (!own.ok) return own;
      const { user } = own.value;
      const id = user.id as UserId;
      const { sessionId } = own.value.principal;
      const enrolment = secondFactors.confirm(id, sessionId, args.code);
      if (!enrolment) return err(problem('second-factor-refused'));
      return ok({
        result: { recoveryCodes: [...enrolment.recoveryCodes] },
        changes: [{ collection: 'users', op: 'put', key: id, value: { ...user, secondFactor: true } satisfies User }],
        secrets: enrolment.secrets,
        before: { secondFactor: user.secondFactor },
        after: { secondFactor: true },
        alongside: () => enrolment.store(),
        // they were opened without it
        afterCommit: () => sessions.endOfUser(id, 'account-changed', sessionId),
      });
    },

    'session.list'(_args, { principal }) {
      return ok({
        result: {
          sessions: sessions.all().map((session) => ({
            sessionId: session.id,
            kind: session.holder.kind,
            name: nameOf(session),
            screen: session.holder.kind === 'wall' ? { wallId: session.holder.wallId, screenId: session.holder.screenId } : null,
            address: session.address,
            workstation: session.workstation,
            createdAt: session.createdAt,
            expiresAt: session.expiresAt,
            lastActiveAt: session.lastActiveAt,
            locked: session.locked,
            own: session.id === principal?.sessionId,
          })),
        },
      });
    },

    'session.end'(args) {
      const session = sessions.byId(args.sessionId);
      if (!session) return err(problem('session-unknown'));
      return ok({
        result: {},
        before: { name: nameOf(session), address: session.address, workstation: session.workstation },
        afterCommit: () => sessions.end(session.id, 'ended'),
      });
    },
  };

  function nameOf({ holder }: Session): string {
    if (holder.kind === 'wall') return wallName(holder.wallId, holder.screenId);
    if (holder.kind === 'unit') return unitName(parts.unitNumber(holder.unitId) ?? holder.unitId);
    return users.byId(holder.userId)?.name ?? holder.userId;
  }
}
