import type { IncomingHttpHeaders } from 'node:http';
import { problem, type Problem } from '../../contract/errors.ts';
import { screenId, wallId } from '../../contract/ids.ts';
import type { Principal } from '../../contract/principal.ts';
import { err, ok, type Result } from '../../contract/result.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { OwnOrigins } from './own-origins.ts';

/** Which of a browser's sessions a page works with: `console`, `unit` for the field page, or `wall:<wallId>:<screenId>`. */
export type PageSession = 'console' | 'unit' | `wall:${string}:${string}`;

/** Turns cookies and bearer tokens into principals. Cookies carry the hub's instance id, so that two hubs on one machine do not disturb each other. */
export interface PrincipalDoor {
  /** The principal, or `login-required`; `origin-refused` when a cookie is used without the Origin that `originNeeded` asks for. */
  admit(request: {
    readonly headers: IncomingHttpHeaders;
    readonly session: PageSession;
    readonly token?: string;
    readonly originNeeded: boolean;
  }): Result<Principal, Problem>;
  setCookie(session: PageSession, token: string, lifetimeMs: number): string;
  clearCookie(session: PageSession): string;
}

export function createPrincipalDoor(accounts: Accounts, origins: OwnOrigins, instanceId: string): PrincipalDoor {
  // With the prefix a browser takes the cookie over TLS alone, and from no neighbouring host (RFC 6265bis clause 4.1.3.2).
  const prefix = origins.secure ? '__Host-' : '';
  const cookieName = (session: PageSession) => `${prefix}taodu_${instanceId}_${session.replaceAll(':', '!')}`;
  const attributes = `Path=/; HttpOnly; SameSite=Strict${origins.secure ? '; Secure' : ''}`;

  const byCookie = (headers: IncomingHttpHeaders, session: PageSession) => {
    const token = cookieOf(headers.cookie, cookieName(session));
    return token === null ? undefined : accounts.principalByToken(token);
  };

  return {
    admit({ headers, session, token, originNeeded }) {
      const bearer = token ?? bearerOf(headers.authorization);
      if (bearer !== undefined) {
        const principal = accounts.principalByToken(bearer);
        return principal ? ok(principal) : err(problem('login-required'));
      }
      // whoever may use the console may look at a wall screen in a browser, too
      const principal = byCookie(headers, session) ?? (session.startsWith('wall:') ? byCookie(headers, 'console') : undefined);
      if (!principal) return err(problem('login-required'));
      const { origin } = headers;
      if (originNeeded && (origin === undefined || !origins.isOwnOrigin(origin)))
        return err(problem('origin-refused', { origin: origin ?? null }));
      return ok(principal);
    },
    setCookie: (session, token, lifetimeMs) =>
      `${cookieName(session)}=${token}; ${attributes}; Max-Age=${Math.max(0, Math.floor(lifetimeMs / 1000))}`,
    clearCookie: (session) => `${cookieName(session)}=; ${attributes}; Max-Age=0`,
  };
}

/** Reads the name of a page's session, as it stands in the socket handshake. */
export function pageSession(text: unknown): PageSession | null {
  if (text === 'console') return 'console';
  if (typeof text !== 'string') return null;
  const [kind, wall, screen, ...rest] = text.split(':');
  if (kind !== 'wall' || rest.length > 0) return null;
  return wallId.safeParse(wall).success && screenId.safeParse(screen).success ? `wall:${wall!}:${screen!}` : null;
}

/** A header that is there but is no bearer token proves nothing: it must not fall back to a cookie. */
function bearerOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  return /^Bearer +([\w.~+/-]{1,128}=*) *$/i.exec(header)?.[1] ?? '';
}

function cookieOf(header: string | undefined, name: string): string | null {
  for (const part of header?.split(';') ?? []) {
    const equals = part.indexOf('=');
    if (equals > 0 && part.slice(0, equals).trim() === name) return part.slice(equals + 1).trim();
  }
  return null;
}
