import type { Unit } from '../../../alerts/incident-contract.ts';
import type { Config } from '../../config/config.ts';
import type { User } from '../../contract/accounts.ts';
import type { Handlers } from '../../contract/catalog.ts';
import type { SessionId, UnitId, UserId } from '../../contract/ids.ts';
import type { Log } from '../../contract/log.ts';
import type { Role } from '../../contract/permissions.ts';
import type { Principal } from '../../contract/principal.ts';
import type { LatestValues } from '../../contract/readings.ts';
import type { Clock, EpochMs } from '../../contract/time.ts';
import type { SqliteLedger } from '../ledger/open-ledger.ts';
import { createCredentials } from './credentials.ts';
import { createFirstPassword } from './first-password.ts';
import { firstAdministrator } from './first-administrator.ts';
import { arrangeDemoUser, makeFirstAdministrator } from './founding-accounts.ts';
import { createLoginThrottle } from './login-throttle.ts';
import { createPasswordHasher, type PasswordHasher } from './password-hash.ts';
import { createPrincipals, wallName } from './principals.ts';
import { createProof } from './proof.ts';
import { createSecondFactors } from './second-factors.ts';
import { createSessionHandlers, type SessionCommand } from './session-handlers.ts';
import { createSessions, type Session, type SessionEndListener } from './sessions.ts';
import { inShift, localTime } from './shift.ts';
import { createTickets, type TicketPurpose } from './tickets.ts';
import { createUserHandlers } from './user-handlers.ts';
import { createUserLookup } from './user-lookup.ts';

/** Users, sessions and one-time links: the answer to "who is asking". */
export interface Accounts {
  readonly handlers: Handlers<SessionCommand | 'user.upsert' | 'user.unlock'>;
  /** Who the bearer of this token is now; undefined when the session ended, or its user is disabled or gone. */
  principalByToken(token: string): Principal | undefined;
  principalOf(session: SessionId): Principal | undefined;
  /** Who an account is now, as if in this session, whatever became of that; undefined when the account is disabled or gone. */
  principalOfUser(user: UserId, session: SessionId): Principal | undefined;
  /** Whether the session is open and its account in use; unlike a request, asking does not count as activity. */
  isAlive(session: SessionId): boolean;
  /** What the client called its machine when it logged in. */
  workstationOf(session: SessionId): string | null;
  issueTicket(purpose: TicketPurpose): { readonly ticket: string; readonly expiresAt: number };
  /**
   * Exchanges a one-time link for a session; null when the ticket is bad or was made for something else. Used up either way. `begins` hears for
   * whom, before there is a session; when it throws there will be none.
   */
  redeem(
    ticket: string,
    isExpected: (purpose: TicketPurpose) => boolean,
    address: string,
    begins?: (holder: { readonly name: string; readonly roles: readonly Role[] }) => void,
  ): { session: Session; token: string } | null;
  /** Opens the session of a screen that was paired. */
  openWall(wallId: string, screenId: string, address: string, workstation: string | null): { session: Session; token: string };
  /**
   * Ends the sessions of a wall, or of one of its screens, with the farewell `revoked`, and voids the links that would open another; answers how
   * many sessions.
   */
  endWall(wallId: string, screenId: string | null): number;
  /** Opens the session of a unit's field page, until its link is over. */
  openUnit(unitId: UnitId, address: string, expiresAt: EpochMs): { session: Session; token: string };
  /** Ends the sessions of a unit with the farewell `revoked`; answers how many. */
  endUnit(unitId: UnitId): number;
  onSessionEnd(listener: SessionEndListener): () => void;
  /** Hears of sessions that were locked, by themselves or by their user: they may do less from now on. */
  onSessionLock(listener: (session: Session) => void): () => void;
  readonly sessionCount: number;
  /** Where the generated first password stands, until it is changed. */
  passwordFile(): string | null;
  /** The account behind the demo's console link; null without demo. */
  readonly demoUser: UserId | null;
  /** The administrator that this very start made; null at every later one. */
  readonly founder: UserId | null;
  stop(): void;
}

/** What authenticators call this product. */
const issuer = 'Taodu';

/**
 * Opens the accounts of a data folder. At the first start it makes the user `admin`, with `adminPassword` or with a
 * generated password that must be changed. With `demo` there is a second, simulated administrator without any password, reachable
 * only through the one-time link; it is removed as soon as the folder is opened without `demo`.
 */
export async function createAccounts(options: {
  readonly ledger: SqliteLedger;
  /** Takes what is known of accounts and never committed: `lockedUntil` and `lastLoginAt`. */
  readonly latest: LatestValues;
  readonly clock: Clock;
  readonly log: Log;
  readonly config: Config;
  readonly dataFolder: string;
  readonly adminPassword: string | null;
  readonly demo: boolean;
  readonly hasher?: PasswordHasher;
}): Promise<Accounts> {
  const { ledger, latest, clock, log, config } = options;
  const { database } = ledger;
  const hasher = options.hasher ?? createPasswordHasher();
  const users = createUserLookup(ledger);
  const credentials = createCredentials(database, config.accounts.passwordHistory);
  const firstPassword = createFirstPassword(options.dataFolder);
  const founding = { ledger, users, credentials, hasher, firstPassword, clock, log };
  const founder = await makeFirstAdministrator(founding, options.adminPassword);
  const demo = arrangeDemoUser(founding, options.demo);

  const sessions = createSessions(database, clock, { idleLockMs: config.accounts.idleLockMinutes * 60_000, everySecond: lookAround });
  if (demo.removed) sessions.endOfUser(demo.removed, 'account-changed');
  const tickets = createTickets(clock);
  const throttle = createLoginThrottle(ledger, clock);
  const secondFactors = createSecondFactors({ database, secret: (key) => ledger.secret(key), clock, issuer });
  const unitNumber = (id: UnitId) => (ledger.get('units', id) as Unit | undefined)?.number;
  const principals = createPrincipals({
    users,
    unitNumber,
    credentials,
    config,
    clock,
  });
  const proof = createProof({ users, credentials, throttle, hasher, secondFactors, counted });

  /** Accounts that are shown as locked, and until when. */
  const locked = new Map<string, EpochMs>();
  for (const { id, name } of users.all()) {
    counted(name);
    const lastLoginAt = credentials.of(id as UserId)?.lastLoginAt ?? null;
    if (lastLoginAt !== null) latest.set({ collection: 'users', key: id, fields: { lastLoginAt } });
  }

  function counted(name: string): void {
    const id = users.byName(name)?.id;
    if (id === undefined) return;
    const until = throttle.lockedUntil(name);
    if (until === (locked.get(id) ?? null)) return;
    if (until === null) locked.delete(id);
    else locked.set(id, until);
    latest.set({ collection: 'users', key: id, fields: { lockedUntil: until } });
  }

  /** Every second: whose shift is over goes, and who was locked out long enough is not shown as locked any more. */
  function lookAround(now: EpochMs): void {
    const time = localTime(now, config.accounts.timeZone);
    const present = new Set(sessions.all().flatMap(({ holder }) => (holder.kind === 'person' ? [holder.userId] : [])));
    for (const id of present) {
      if (!inShift(users.byId(id)?.shift ?? null, time)) sessions.endOfUser(id, 'shift-ended');
    }
    for (const [id, until] of locked) {
      if (until > now) continue;
      locked.delete(id);
      latest.set({ collection: 'users', key: id, fields: { lockedUntil: null } });
    }
  }

  function openPerson(
    userId: UserId,
    from: { readonly address: string; readonly workstation: string | null; readonly interactive: boolean },
  ) {
    const interactive = from.interactive && credentials.of(userId) !== undefined;
    return sessions.open({ holder: { kind: 'person', userId }, lifetimeMs: config.hub.sessionHours * 3_600_000, ...from, interactive });
  }

  function openWall(wallId: string, screenId: string, address: string, workstation: string | null) {
    const lifetimeMs = config.hub.wallSessionDays * 86_400_000;
    return sessions.open({ holder: { kind: 'wall', wallId, screenId }, lifetimeMs, address, workstation });
  }

  function principalOf(session: Session | undefined): Principal | undefined {
    if (!session) return undefined;
    sessions.seen(session.id);
    return principals.of(session);
  }

  return {
    handlers: {
      ...createSessionHandlers({
        users,
        credentials,
        sessions,
        principals,
        unitNumber,
        secondFactors,
        proof,
        hasher,
        config,
        openPerson,
        loggedIn: ({ id }: User, lastLoginAt) => latest.set({ collection: 'users', key: id, fields: { lastLoginAt } }),
        passwordChanged({ name }: User) {
          if (name === firstAdministrator) firstPassword.forget();
        },
      }),
      ...createUserHandlers({ users, credentials, sessions, throttle, hasher, secondFactors, counted }),
    },
    principalByToken: (token) => principalOf(sessions.byToken(token)),
    principalOf: (id) => principalOf(sessions.byId(id)),
    principalOfUser: (user, session) => principals.ofUser(user, session),
    isAlive(id) {
      const session = sessions.byId(id);
      return session !== undefined && principals.of(session) !== undefined;
    },
    workstationOf: (id) => sessions.byId(id)?.workstation ?? null,
    issueTicket: (purpose) => tickets.issue(purpose),
    redeem(ticket, isExpected, address, begins) {
      const purpose = tickets.redeem(ticket);
      if (!purpose || !isExpected(purpose)) return null;
      if (purpose.kind === 'wall') begins?.({ name: wallName(purpose.wallId, purpose.screenId), roles: ['wall'] });
      else {
        const user = users.byId(purpose.userId);
        if (!user || user.disabled) return null;
        begins?.(user);
      }
      return purpose.kind === 'wall'
        ? openWall(purpose.wallId, purpose.screenId, address, null)
        : openPerson(purpose.userId, { address, workstation: null, interactive: false });
    },
    openWall,
    endWall(wallId, screenId) {
      tickets.voidOfWall(wallId, screenId);
      return sessions.endOfWall(wallId, screenId, 'revoked');
    },
    openUnit: (unitId, address, expiresAt) =>
      sessions.open({ holder: { kind: 'unit', unitId }, lifetimeMs: expiresAt - clock.now(), address, workstation: null }),
    endUnit: (unitId) => sessions.endOfUnit(unitId, 'revoked'),
    onSessionEnd: (listener) => sessions.onEnd(listener),
    onSessionLock: (listener) => sessions.onLock(listener),
    get sessionCount() {
      return sessions.count;
    },
    passwordFile: () => firstPassword.path(),
    demoUser: demo.kept,
    founder,
    stop: () => sessions.stop(),
  };
}
