import { createHash, randomBytes, randomUUID } from 'node:crypto';
import Sqlite, { type Database } from 'better-sqlite3';
import { problem, type Problem } from '../../contract/errors.ts';
import type { SessionId, UnitId, UserId } from '../../contract/ids.ts';
import type { Clock, EpochMs } from '../../contract/time.ts';

/** Who holds a session: a person, the page of one wall screen, or the phone of a unit in the field. */
export type SessionHolder =
  | { readonly kind: 'person'; readonly userId: UserId }
  | { readonly kind: 'wall'; readonly wallId: string; readonly screenId: string }
  | { readonly kind: 'unit'; readonly unitId: UnitId };

export interface Session {
  readonly id: SessionId;
  readonly holder: SessionHolder;
  readonly createdAt: EpochMs;
  readonly expiresAt: EpochMs;
  /** The peer's IP when it was opened. */
  readonly address: string;
  /** What the client that logged in calls the machine it runs on. */
  readonly workstation: string | null;
  /** A person sits there: it locks itself. */
  readonly interactive: boolean;
  /** It shows what a wall shows and controls nothing. */
  readonly locked: boolean;
  /** When somebody was last known to sit there; of a session that does not lock itself, when it last asked for something. */
  readonly lastActiveAt: EpochMs;
}

/** Why a session ended; the page's sentence hangs on it. */
export type SessionEndReason =
  | 'logout'
  | 'expired'
  | 'displaced'
  | 'password-changed'
  | 'account-changed'
  | 'shift-ended'
  | 'ended'
  | 'revoked';

export type SessionEndListener = (session: Session, reason: Problem) => void;

/** Sessions, kept in the database by the hash of their token, so that they outlive the hub but not a copy of its file. */
export interface Sessions {
  open(order: {
    readonly holder: SessionHolder;
    readonly lifetimeMs: number;
    readonly address: string;
    readonly workstation: string | null;
    readonly interactive?: boolean;
  }): { readonly session: Session; readonly token: string };
  byToken(token: string): Session | undefined;
  byId(id: SessionId): Session | undefined;
  /** Every session that is open now, the oldest first. */
  all(): readonly Session[];
  /** It asked for something. */
  seen(id: SessionId): void;
  /** Somebody sits there; answers when the session will lock itself, null when it does not. */
  active(id: SessionId): EpochMs | null;
  lock(id: SessionId): void;
  unlock(id: SessionId): void;
  end(id: SessionId, reason: SessionEndReason): void;
  /** Ends every session of a user, except one. */
  endOfUser(userId: UserId, reason: SessionEndReason, except?: SessionId): void;
  /** Ends every session of a unit; answers how many. */
  endOfUnit(unitId: UnitId, reason: SessionEndReason): number;
  /** Ends every session of a wall, or of one of its screens; answers how many. */
  endOfWall(wallId: string, screenId: string | null, reason: SessionEndReason): number;
  onEnd(listener: SessionEndListener): () => void;
  onLock(listener: (session: Session) => void): () => void;
  readonly count: number;
  stop(): void;
}

/** One person at several desks and scripts; one wall screen shown by a few windows at once; a unit with the phones of its crew. */
const sessionsAtMost: Readonly<Record<SessionHolder['kind'], number>> = { person: 32, wall: 4, unit: 8 };
const sweepEveryMs = 1000;
/** The database may be so far behind in when somebody was active: a console locks itself that much earlier after a restart. */
const activityBehindMs = 60_000;

interface Row {
  readonly id: string;
  readonly token_hash: string;
  readonly user_id: string;
  readonly kind: SessionHolder['kind'];
  readonly wall_id: string | null;
  readonly screen_id: string | null;
  readonly unit_id: string | null;
  readonly created_at: number;
  readonly expires_at: number;
  readonly last_seen_at: number;
  readonly address: string;
  readonly workstation: string | null;
  readonly interactive: 0 | 1;
  readonly locked: 0 | 1;
}

interface Held extends Session {
  locked: boolean;
  lastActiveAt: EpochMs;
  /** What the database says of `lastActiveAt`. */
  storedActiveAt: EpochMs;
}

/** `idleLockMs`: a session at which a person sits locks itself after so long without anybody there; 0 never. `everySecond` runs after each look around. */
export function createSessions(
  database: Database,
  clock: Clock,
  { idleLockMs = 0, everySecond = () => {} }: { readonly idleLockMs?: number; everySecond?(now: EpochMs): void } = {},
): Sessions {
  const byHash = new Map<string, Held>();
  const hashes = new Map<SessionId, string>();
  /** What the database does not say yet, because it could not be written: sessions that ended, and sessions that changed. */
  const unremoved = new Set<SessionId>();
  const unstored = new Set<Held>();
  const listeners = new Set<SessionEndListener>();
  const lockListeners = new Set<(session: Session) => void>();
  const stopped = new AbortController();

  database.prepare('DELETE FROM sessions WHERE expires_at <= ?').run(clock.now());
  const insert = database.prepare(
    `INSERT INTO sessions (id, token_hash, user_id, kind, wall_id, screen_id, unit_id, created_at, expires_at, last_seen_at, address, workstation, interactive)
     VALUES (@id, @hash, @user, @kind, @wallId, @screenId, @unitId, @createdAt, @expiresAt, @createdAt, @address, @workstation, @interactive)`,
  );
  const update = database.prepare('UPDATE sessions SET locked = ?, last_seen_at = ? WHERE id = ?');
  const remove = database.prepare('DELETE FROM sessions WHERE id = ?');
  const rows = database
    .prepare<[], Row>(
      `SELECT id, token_hash, user_id, kind, wall_id, screen_id, unit_id, created_at, expires_at, last_seen_at, address, workstation, interactive, locked
       FROM sessions ORDER BY created_at`,
    )
    .all();
  for (const row of rows) hold(row.token_hash, sessionOf(row));

  function hold(hash: string, session: Held): void {
    byHash.set(hash, session);
    hashes.set(session.id, hash);
  }

  function heldById(id: SessionId): Held | undefined {
    const hash = hashes.get(id);
    return hash === undefined ? undefined : valid(byHash.get(hash));
  }

  const writeAll = database.transaction(() => {
    for (const id of unremoved) remove.run(id);
    for (const session of unstored) update.run(session.locked ? 1 : 0, session.lastActiveAt, session.id);
  });

  /** What a full disk refuses is tried again with the next look around: until then it holds here, and nobody has to wait for it. */
  function store(): void {
    if (unremoved.size === 0 && unstored.size === 0) return;
    try {
      writeAll();
    } catch (cause) {
      if (cause instanceof Sqlite.SqliteError) return;
      throw cause;
    }
    for (const session of unstored) session.storedActiveAt = session.lastActiveAt;
    unremoved.clear();
    unstored.clear();
  }

  function setLocked(id: SessionId, locked: boolean): void {
    const session = heldById(id);
    if (!session || session.locked === locked) return;
    session.locked = locked;
    session.lastActiveAt = clock.now();
    unstored.add(session);
    store();
    if (locked) for (const listener of lockListeners) listener(session);
  }

  function end(id: SessionId, why: SessionEndReason): void {
    const hash = hashes.get(id);
    const session = hash === undefined ? undefined : byHash.get(hash);
    if (hash === undefined || !session) return;
    hashes.delete(id);
    byHash.delete(hash);
    unstored.delete(session);
    unremoved.add(id);
    store();
    for (const listener of listeners) listener(session, problem('login-required', { reason: why }));
  }

  function valid(session: Held | undefined): Held | undefined {
    return session && session.expiresAt > clock.now() ? session : undefined;
  }

  function lookAround(now: EpochMs): void {
    for (const session of byHash.values()) {
      // the clock was set back: nobody was active in the future
      session.lastActiveAt = Math.min(session.lastActiveAt, now);
      if (session.expiresAt <= now) end(session.id, 'expired');
      else if (locksItself(session) && !session.locked && now - session.lastActiveAt >= idleLockMs) setLocked(session.id, true);
      else if (Math.abs(session.lastActiveAt - session.storedActiveAt) >= activityBehindMs) unstored.add(session);
    }
    store();
  }

  function locksItself({ interactive }: Session): boolean {
    return interactive && idleLockMs > 0;
  }

  // who was idle while the hub was down is locked before anybody asks for anything
  lookAround(clock.now());
  void (async () => {
    for (;;) {
      await clock.sleep(sweepEveryMs, stopped.signal);
      const now = clock.now();
      lookAround(now);
      everySecond(now);
    }
  })().catch((cause: unknown) => {
    if (!stopped.signal.aborted) throw cause;
  });

  return {
    open({ holder, lifetimeMs, address, workstation, interactive = false }) {
      const same = [...byHash.values()].filter((held) => ownerOf(held.holder) === ownerOf(holder));
      const atMost = sessionsAtMost[holder.kind];
      for (const oldest of same.slice(0, Math.max(0, same.length + 1 - atMost))) end(oldest.id, 'displaced');
      const token = randomBytes(32).toString('base64url');
      const now = clock.now();
      const session: Held = {
        id: randomUUID() as SessionId,
        holder,
        createdAt: now,
        expiresAt: now + Math.round(lifetimeMs),
        address,
        workstation,
        interactive,
        locked: false,
        lastActiveAt: now,
        storedActiveAt: now,
      };
      insert.run({
        id: session.id,
        hash: hashOf(token),
        user: ownerOf(holder),
        kind: holder.kind,
        wallId: holder.kind === 'wall' ? holder.wallId : null,
        screenId: holder.kind === 'wall' ? holder.screenId : null,
        unitId: holder.kind === 'unit' ? holder.unitId : null,
        createdAt: now,
        expiresAt: session.expiresAt,
        address,
        workstation,
        interactive: interactive ? 1 : 0,
      });
      hold(hashOf(token), session);
      return { session, token };
    },
    byToken: (token) => (token.length <= 128 ? valid(byHash.get(hashOf(token))) : undefined),
    byId: heldById,
    all: () => [...byHash.values()].filter((session) => valid(session) !== undefined),
    seen(id) {
      const session = heldById(id);
      if (session && !session.interactive) session.lastActiveAt = clock.now();
    },
    active(id) {
      const session = heldById(id);
      if (!session || session.locked) return null;
      session.lastActiveAt = clock.now();
      return locksItself(session) ? session.lastActiveAt + idleLockMs : null;
    },
    lock: (id) => setLocked(id, true),
    unlock: (id) => setLocked(id, false),
    end,
    endOfUser(userId, reason, except) {
      for (const session of byHash.values())
        if (session.holder.kind === 'person' && session.holder.userId === userId && session.id !== except) end(session.id, reason);
    },
    endOfUnit(unitId, reason) {
      const held = [...byHash.values()].filter(({ holder }) => holder.kind === 'unit' && holder.unitId === unitId);
      for (const session of held) end(session.id, reason);
      return held.length;
    },
    endOfWall(wallId, screenId, reason) {
      const shown = [...byHash.values()].filter(
        ({ holder }) => holder.kind === 'wall' && holder.wallId === wallId && (screenId === null || holder.screenId === screenId),
      );
      for (const session of shown) end(session.id, reason);
      return shown.length;
    },
    onEnd(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    onLock(listener) {
      lockListeners.add(listener);
      return () => void lockListeners.delete(listener);
    },
    get count() {
      return byHash.size;
    },
    stop: () => stopped.abort(),
  };
}

/** Tokens have 256 random bits: a plain hash is enough, nobody can try them all. */
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Screens and units have no account; their owner is written so that it can never be a user's id. */
function ownerOf(holder: SessionHolder): string {
  if (holder.kind === 'person') return holder.userId;
  return holder.kind === 'wall' ? `wall:${holder.wallId}:${holder.screenId}` : `unit:${holder.unitId}`;
}

function holderOf(row: Row): SessionHolder {
  if (row.kind === 'wall') return { kind: 'wall', wallId: row.wall_id ?? '', screenId: row.screen_id ?? '' };
  return row.kind === 'unit' ? { kind: 'unit', unitId: row.unit_id as UnitId } : { kind: 'person', userId: row.user_id as UserId };
}

function sessionOf(row: Row): Held {
  return {
    id: row.id as SessionId,
    holder: holderOf(row),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    address: row.address,
    workstation: row.workstation,
    interactive: row.interactive === 1,
    locked: row.locked === 1,
    lastActiveAt: row.last_seen_at,
    storedActiveAt: row.last_seen_at,
  };
}
