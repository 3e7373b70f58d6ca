import { randomUUID } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { Config } from '../../config/config.ts';
import type { User } from '../../contract/accounts.ts';
import type { Handlers } from '../../contract/catalog.ts';
import { problem, ProblemError } from '../../contract/errors.ts';
import type { SessionId, UserId } from '../../contract/ids.ts';
import type { Ledger } from '../../contract/ledger.ts';
import type { Log } from '../../contract/log.ts';
import { rolePermissions, type Permission, type Role } from '../../contract/permissions.ts';
import type { Barrier, Principal } from '../../contract/principal.ts';
import { err, ok } from '../../contract/result.ts';
import { wholeCity } from '../../contract/scope.ts';
import type { Clock } from '../../contract/time.ts';
import { createCredentials } from './credentials.ts';
import { createFirstPassword } from './first-password.ts';
import { createLoginThrottle } from './login-throttle.ts';
import { createPasswordHasher, type PasswordHasher } from './password-hash.ts';
import { passwordProblem } from './password-policy.ts';
import { createSessions, type Session, type SessionEndListener } from './sessions.ts';
import { createTickets, type TicketPurpose } from './tickets.ts';

/** Users, sessions and one-time links: the answer to "who is asking". */
export interface Accounts {
  readonly handlers: Handlers<'session.login' | 'session.logout' | 'session.password' | 'session.who' | 'user.upsert'>;
  /** Who the bearer of this token is now; undefined when the session ended, or its user is disabled or gone. */
  principalByToken(token: string): Principal | undefined;
  principalOf(session: SessionId): Principal | undefined;
  /** Who an account is now, as if in this session, whatever became of that; undefined when the account is disabled or gone. */
  principalOfUser(user: UserId, session: SessionId): Principal | undefined;
  /** What the client called its machine when it logged in. */
  workstationOf(session: SessionId): string | null;
  issueTicket(purpose: TicketPurpose): { readonly ticket: string; readonly expiresAt: number };
  /** Exchanges a one-time link for a session; null when the ticket is bad or was made for something else. Used up either way. */
  redeem(ticket: string, isExpected: (purpose: TicketPurpose) => boolean, address: string): { session: Session; token: string } | null;
  /** Opens the session of a screen that was paired. */
  openWall(wallId: string, screenId: string, address: string, workstation: string | null): { session: Session; token: string };
  /** Ends the sessions of a wall, or of one of its screens, with the farewell `revoked`; answers how many. */
  endWall(wallId: string, screenId: string | null): number;
  onSessionEnd(listener: SessionEndListener): () => void;
  readonly sessionCount: number;
  /** Where the generated first password stands, until it is changed. */
  passwordFile(): string | null;
  /** The account behind the demo's console link; null without demo. */
  readonly demoUser: UserId | null;
  stop(): void;
}

const firstAdministrator = 'admin';
/** The first account holds all three duties until they are given to others. */
const foundingRoles: readonly Role[] = ['administrator', 'security-administrator', 'auditor'];

/**
 * Opens the accounts of a data folder. At the first start it makes the user `admin`, with `adminPassword` or with a
 * generated password that must be changed. With `demo` there is a second, simulated administrator without any password, reachable
 * only through the one-time link; it is removed as soon as the folder is opened without `demo`.
 */
export async function createAccounts(options: {
  readonly ledger: Ledger & { readonly database: Database };
  readonly clock: Clock;
  readonly log: Log;
  readonly config: Config;
  readonly dataFolder: string;
  readonly adminPassword: string | null;
  readonly demo: boolean;
  readonly hasher?: PasswordHasher;
}): Promise<Accounts> {
  const { ledger, clock, log, config } = options;
  const credentials = createCredentials(ledger.database);
  const sessions = createSessions(ledger.database, clock);
  const hasher = options.hasher ?? createPasswordHasher();
  const throttle = createLoginThrottle(clock);
  const tickets = createTickets(clock);
  const firstPassword = createFirstPassword(options.dataFolder);
  const started = { kind: 'start', id: 'accounts', by: 'hub' } as const;

  const users = () => [...ledger.all('users')] as User[];
  const userOf = (id: UserId) => ledger.get('users', id) as User | undefined;
  const userByName = (name: string) => users().find((user) => user.name === name && !user.simulated);

  if (!users().some((user) => !user.simulated)) await makeFirstAdministrator();
  const demoUser = arrangeDemoUser();

  async function makeFirstAdministrator(): Promise<void> {
    const given = options.adminPassword;
    const weakness = given === null ? null : passwordProblem(given, firstAdministrator);
    if (weakness) log.warn({ reason: weakness.params['reason'] }, 'the first administrator was given a weak password: change it');
    const hashed = await hasher.hash(given ?? firstPassword.generate(firstAdministrator));
    if (!hashed.ok) throw new ProblemError(hashed.error);
    const id = randomUUID() as UserId;
    const now = clock.now();
    // the credential first: a crash in between leaves no account that nobody can open
    credentials.set(id, { passwordHash: hashed.value, mustChange: given === null }, now);
    const user: User = {
      id,
      name: firstAdministrator,
      fullName: null,
      roles: [...foundingRoles],
      denied: [],
      scope: { districts: '*', groups: '*' },
      shift: null,
      networks: '*',
      disabled: false,
      secondFactor: false,
      createdAt: now,
      passwordChangedAt: now,
      lockedUntil: null,
      lastLoginAt: null,
      simulated: false,
      drill: false,
    };
    ledger.commit([{ collection: 'users', op: 'put', key: id, value: user }], started);
  }

  function arrangeDemoUser(): UserId | null {
    const existing = users().find((user) => user.simulated);
    if (options.demo) {
      if (existing) return existing.id as UserId;
      const id = randomUUID() as UserId;
      const user: User = {
        id,
        name: 'demo',
        fullName: null,
        roles: [...foundingRoles],
        denied: [],
        scope: { districts: '*', groups: '*' },
        shift: null,
        networks: '*',
        disabled: false,
        secondFactor: false,
        createdAt: clock.now(),
        passwordChangedAt: null,
        lockedUntil: null,
        lastLoginAt: null,
        simulated: true,
        drill: false,
      };
      ledger.commit([{ collection: 'users', op: 'put', key: id, value: user }], started);
      return id;
    }
    if (existing) {
      ledger.commit([{ collection: 'users', op: 'delete', key: existing.id }], started);
      sessions.endOfUser(existing.id as UserId, 'account-changed');
    }
    return null;
  }

  function principalOf(session: Session | undefined): Principal | undefined {
    if (!session) return undefined;
    if (session.holder.kind === 'wall') {
      const { wallId, screenId } = session.holder;
      const name = `wall:${wallId}:${screenId}`;
      return {
        sessionId: session.id,
        userId: name as UserId,
        name,
        roles: ['wall'],
        permissions: permissionsOf(['wall']),
        scope: wholeCity,
        screen: { wallId, screenId },
        barrier: null,
      };
    }
    return personOf(session.holder.userId, session.id);
  }

  function personOf(id: UserId, sessionId: SessionId): Principal | undefined {
    const user = userOf(id);
    if (!user || user.disabled) return undefined;
    return {
      sessionId,
      userId: user.id as UserId,
      name: user.name,
      roles: user.roles,
      permissions: permissionsOf(user.roles),
      scope: user.scope,
      screen: null,
      barrier: barrierOf(user.id as UserId),
    };
  }

  function barrierOf(id: UserId): Barrier | null {
    return credentials.of(id)?.mustChange ? 'password-change-required' : null;
  }

  function openPerson(userId: UserId, from: { readonly address: string; readonly workstation: string | null }) {
    return sessions.open({ holder: { kind: 'person', userId }, lifetimeMs: config.hub.sessionHours * 3_600_000, ...from });
  }

  function openWall(wallId: string, screenId: string, address: string, workstation: string | null) {
    const lifetimeMs = config.hub.wallSessionDays * 86_400_000;
    return sessions.open({ holder: { kind: 'wall', wallId, screenId }, lifetimeMs, address, workstation });
  }

  const handlers: Accounts['handlers'] = {
    async 'session.login'(args, context) {
      const { address } = context.from;
      const { waitMs } = throttle.attempt(args.user, address);
      if (waitMs > 0) return err(problem('too-many-requests', { retryAfterMs: waitMs }));
      const known = userByName(args.user);
      const credential = known && credentials.of(known.id as UserId);
      const right = await hasher.verify(args.password, credential?.passwordHash ?? null);
      if (!right.ok) return right;
      const user = known && userOf(known.id as UserId);
      if (!right.value || !credential || !user || user.disabled) return err(problem('login-refused'));
      throttle.succeeded(args.user, address);
      if (context.signal.aborted) return err(problem('deadline-exceeded'));
      const workstation = args.workstation ?? context.from.workstation;
      const { session, token } = openPerson(user.id as UserId, { address, workstation });
      return ok({
        result: {
          token,
          expiresAt: session.expiresAt,
          mustChangePassword: credential.mustChange,
          barrier: barrierOf(user.id as UserId),
        },
        after: { userId: user.id, sessionId: session.id },
      });
    },

    'session.logout'(_args, { principal }) {
      if (!principal) return err(problem('login-required'));
      return ok({ result: {}, afterCommit: () => sessions.end(principal.sessionId, 'logout') });
    },

    async 'session.password'(args, context) {
      const { principal } = context;
      if (!principal) return err(problem('login-required'));
      const userId = principal.userId;
      const credential = principal.screen ? undefined : credentials.of(userId);
      if (!credential) return err(problem('forbidden', { reason: 'no-password' }));
      const { waitMs } = throttle.attempt(principal.name, context.from.address);
      if (waitMs > 0) return err(problem('too-many-requests', { retryAfterMs: waitMs }));
      const right = await hasher.verify(args.current, credential.passwordHash);
      if (!right.ok) return right;
      if (!right.value) return err(problem('login-refused'));
      throttle.succeeded(principal.name, context.from.address);
      const weakness = passwordProblem(args.next, principal.name);
      if (weakness) return err(weakness);
      if (args.next === args.current) return err(problem('password-too-weak', { reason: 'unchanged' }));
      const hashed = await hasher.hash(args.next);
      if (!hashed.ok) return hashed;
      if (context.signal.aborted) return err(problem('deadline-exceeded'));
      credentials.set(userId, { passwordHash: hashed.value, mustChange: false }, context.now);
      return ok({
        result: {},
        afterCommit() {
          if (principal.name === firstAdministrator) firstPassword.forget();
          sessions.endOfUser(userId, 'password-changed', principal.sessionId);
        },
      });
    },

    'session.who'(_args, { principal, from }) {
      if (!principal) return err(problem('login-required'));
      return ok({
        result: {
          userId: principal.userId,
          name: principal.name,
          roles: [...principal.roles],
          permissions: [...principal.permissions],
          scope: {
            districts: principal.scope.districts === '*' ? '*' : [...principal.scope.districts],
            groups: principal.scope.groups === '*' ? '*' : [...principal.scope.groups],
          },
          mustChangePassword: principal.barrier === 'password-change-required',
          barrier: principal.barrier,
          screen: principal.screen,
          workstation: sessions.byId(principal.sessionId)?.workstation ?? from.address,
          secondFactor: userOf(principal.userId)?.secondFactor ?? false,
          hasPassword: credentials.of(principal.userId) !== undefined,
        },
      });
    },

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
      const before = userByName(args.name);
      if (!before && passwordHash === null) return err(problem('field-missing', { field: 'password' }));
      const user: User = {
        id: before?.id ?? randomUUID(),
        name: args.name,
        fullName: args.fullName ?? null,
        roles: args.roles,
        denied: args.denied,
        scope: args.scope,
        shift: args.shift,
        networks: args.networks,
        disabled: args.disabled,
        secondFactor: before?.secondFactor ?? false,
        createdAt: before?.createdAt ?? context.now,
        passwordChangedAt: passwordHash === null ? (before?.passwordChangedAt ?? null) : context.now,
        lockedUntil: null,
        lastLoginAt: null,
        simulated: false,
        drill: false,
      };
      const rules = (one: User) => !one.disabled && !one.simulated && one.roles.includes('administrator');
      if (before && rules(before) && !rules(user) && !users().some((other) => other.id !== user.id && rules(other)))
        return err(problem('field-invalid', { field: args.disabled ? 'disabled' : 'roles', reason: 'last-administrator' }));
      const id = user.id as UserId;
      if (passwordHash !== null) credentials.set(id, { passwordHash, mustChange: true }, context.now);
      return ok({
        result: { userId: id },
        changes: [{ collection: 'users', op: 'put', key: id, value: user }],
        before: before ?? null,
        after: user,
        afterCommit: () => sessions.endOfUser(id, 'account-changed'),
      });
    },
  };

  return {
    handlers,
    principalByToken: (token) => principalOf(sessions.byToken(token)),
    principalOf: (id) => principalOf(sessions.byId(id)),
    principalOfUser: personOf,
    workstationOf: (id) => sessions.byId(id)?.workstation ?? null,
    issueTicket: (purpose) => tickets.issue(purpose),
    redeem(ticket, isExpected, address) {
      const purpose = tickets.redeem(ticket);
      if (!purpose || !isExpected(purpose)) return null;
      return purpose.kind === 'wall'
        ? openWall(purpose.wallId, purpose.screenId, address, null)
        : openPerson(purpose.userId, { address, workstation: null });
    },
    openWall,
    endWall: (wallId, screenId) => sessions.endOfWall(wallId, screenId, 'revoked'),
    onSessionEnd: (listener) => sessions.onEnd(listener),
    get sessionCount() {
      return sessions.count;
    },
    passwordFile: () => firstPassword.path(),
    demoUser,
    stop: () => sessions.stop(),
  };
}

const permissionSets = new Map<string, ReadonlySet<Permission>>();

/** What these roles may do together. */
function permissionsOf(held: readonly Role[]): ReadonlySet<Permission> {
  const key = held.join(' ');
  const known = permissionSets.get(key);
  if (known) return known;
  const made: ReadonlySet<Permission> = new Set(held.flatMap((role) => rolePermissions[role]));
  permissionSets.set(key, made);
  return made;
}
