import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { problem, type Problem } from '../../contract/errors.ts';
import type { SessionId, UserId } from '../../contract/ids.ts';
import type { Clock, EpochMs } from '../../contract/time.ts';

/** Who holds a session: a person, or the page of one wall screen. */
export type SessionHolder =
  | { readonly kind: 'person'; readonly userId: UserId }
  | { readonly kind: 'wall'; readonly wallId: string; readonly screenId: string };

export interface Session {
  readonly id: SessionId;
  readonly holder: SessionHolder;
  readonly createdAt: EpochMs;
  readonly expiresAt: EpochMs;
  /** What the client that logged in calls the machine it runs on. */
  readonly workstation: string | null;
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
  }): { readonly session: Session; readonly token: string };
  byToken(token: string): Session | undefined;
  byId(id: SessionId): Session | undefined;
  end(id: SessionId, reason: SessionEndReason): void;
  /** Ends every session of a user, except one. */
  endOfUser(userId: UserId, reason: SessionEndReason, except?: SessionId): void;
  /** Ends every session of a wall, or of one of its screens; answers how many. */
  endOfWall(wallId: string, screenId: string | null, reason: SessionEndReason): number;
  onEnd(listener: SessionEndListener): () => void;
  readonly count: number;
  stop(): void;
}

/** One person at several desks and scripts; one wall screen shown by a few windows at once. */
const personSessionsAtMost = 32;
const screenSessionsAtMost = 4;
const sweepEveryMs = 1000;

interface Row {
  readonly id: string;
  readonly token_hash: string;
  readonly user_id: string;
  readonly kind: 'person' | 'wall';
  readonly wall_id: string | null;
  readonly screen_id: string | null;
  readonly created_at: number;
  readonly expires_at: number;
  readonly workstation: string | null;
}

export function createSessions(database: Database, clock: Clock): Sessions {
  const byHash = new Map<string, Session>();
  const hashes = new Map<SessionId, string>();
  const listeners = new Set<SessionEndListener>();
  const stopped = new AbortController();

  database.prepare('DELETE FROM sessions WHERE expires_at <= ?').run(clock.now());
  const insert = database.prepare(
    `INSERT INTO sessions (id, token_hash, user_id, kind, wall_id, screen_id, created_at, expires_at, last_seen_at, address, workstation)
     VALUES (@id, @hash, @user, @kind, @wallId, @screenId, @createdAt, @expiresAt, @createdAt, @address, @workstation)`,
  );
  const remove = database.prepare('DELETE FROM sessions WHERE id = ?');
  const rows = database
    .prepare<[], Row>(
      'SELECT id, token_hash, user_id, kind, wall_id, screen_id, created_at, expires_at, workstation FROM sessions ORDER BY created_at',
    )
    .all();
  for (const row of rows) hold(row.token_hash, sessionOf(row));

  function hold(hash: string, session: Session): void {
    byHash.set(hash, session);
    hashes.set(session.id, hash);
  }

  function end(id: SessionId, why: SessionEndReason): void {
    const hash = hashes.get(id);
    const session = hash === undefined ? undefined : byHash.get(hash);
    if (hash === undefined || !session) return;
    hashes.delete(id);
    byHash.delete(hash);
    remove.run(id);
    for (const listener of listeners) listener(session, problem('login-required', { reason: why }));
  }

  function valid(session: Session | undefined): Session | undefined {
    return session && session.expiresAt > clock.now() ? session : undefined;
  }

  void (async () => {
    for (;;) {
      await clock.sleep(sweepEveryMs, stopped.signal);
      const now = clock.now();
      for (const session of byHash.values()) if (session.expiresAt <= now) end(session.id, 'expired');
    }
  })().catch((cause: unknown) => {
    if (!stopped.signal.aborted) throw cause;
  });

  return {
    open({ holder, lifetimeMs, address, workstation }) {
      const same = [...byHash.values()].filter((held) => ownerOf(held.holder) === ownerOf(holder));
      const atMost = holder.kind === 'person' ? personSessionsAtMost : screenSessionsAtMost;
      for (const oldest of same.slice(0, Math.max(0, same.length + 1 - atMost))) end(oldest.id, 'displaced');
      const token = randomBytes(32).toString('base64url');
      const now = clock.now();
      const session: Session = {
        id: randomUUID() as SessionId,
        holder,
        createdAt: now,
        expiresAt: now + Math.round(lifetimeMs),
        workstation,
      };
      insert.run({
        id: session.id,
        hash: hashOf(token),
        user: ownerOf(holder),
        kind: holder.kind,
        wallId: holder.kind === 'wall' ? holder.wallId : null,
        screenId: holder.kind === 'wall' ? holder.screenId : null,
        createdAt: now,
        expiresAt: session.expiresAt,
        address,
        workstation,
      });
      hold(hashOf(token), session);
      return { session, token };
    },
    byToken: (token) => (token.length <= 128 ? valid(byHash.get(hashOf(token))) : undefined),
    byId(id) {
      const hash = hashes.get(id);
      return hash === undefined ? undefined : valid(byHash.get(hash));
    },
    end,
    endOfUser(userId, reason, except) {
      for (const session of byHash.values())
        if (session.holder.kind === 'person' && session.holder.userId === userId && session.id !== except) end(session.id, reason);
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

/** Screens have no account; their owner is written so that it can never be a user's id. */
function ownerOf(holder: SessionHolder): string {
  return holder.kind === 'person' ? holder.userId : `wall:${holder.wallId}:${holder.screenId}`;
}

function sessionOf(row: Row): Session {
  return {
    id: row.id as SessionId,
    holder:
      row.kind === 'wall'
        ? { kind: 'wall', wallId: row.wall_id ?? '', screenId: row.screen_id ?? '' }
        : { kind: 'person', userId: row.user_id as UserId },
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    workstation: row.workstation,
  };
}
