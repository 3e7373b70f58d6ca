import { createHash, randomBytes, randomInt } from 'node:crypto';
import type { Wall } from '../../../layouts/contract.ts';
import type { Handlers } from '../../contract/catalog.ts';
import { problem, type Problem } from '../../contract/errors.ts';
import type { ScreenId, WallId } from '../../contract/ids.ts';
import type { Ledger } from '../../contract/ledger.ts';
import { err, ok } from '../../contract/result.ts';
import type { Clock } from '../../contract/time.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { RequestBudget } from './request-budget.ts';
import { screenIn } from './wall-service.ts';

/** A display without a session becomes a screen: it shows a code, somebody at a console enters it. And the way back: a screen is revoked. */
export interface Pairing {
  readonly handlers: Handlers<'wall.pairing-begin' | 'wall.pairing-claim' | 'wall.pair' | 'wall.revoke'>;
  /** Displays that show a code now. */
  readonly open: number;
}

/** One display that asks to become a screen. In memory only: after a restart of the hub it asks anew. */
interface Asked {
  readonly code: string;
  readonly secretHash: string;
  readonly wallId: WallId;
  readonly screenId: ScreenId;
  readonly address: string;
  readonly workstation: string | null;
  /** Monotonic. */
  until: number;
  heardAt: number;
  paired: boolean;
  session: { readonly token: string; readonly expiresAt: number } | null;
}

/** How long a code counts. */
export const codeLifetimeMs = 10 * 60_000;
/** A display asks every two seconds; one that is not heard for so long has gone, and its place is free. */
export const silentMs = 20_000;
export const openAtMost = 64;
export const openAtMostFromOneAddress = 4;
/** An answer that got lost is given again for so long. */
const claimAgainMs = 30_000;
/** Four displays behind one address take 20 of them. */
const requestsEach = 40;
const requestsWindowMs = 10_000;
const addressesKnown = 1024;

/** Without what looks alike from six metres, or sounds alike on the telephone: 0 O D Q, 1 I L, 2 Z, 5 S, 8 B, U V, M N. */
export const codeAlphabet = '34679ACEFGHJKMPRTWXY';
export const codeLength = 8;

export function createPairing({
  ledger,
  accounts,
  clock,
}: {
  readonly ledger: Pick<Ledger, 'get'>;
  readonly accounts: Pick<Accounts, 'openWall' | 'endWall'>;
  readonly clock: Clock;
}): Pairing {
  /** By the hash of the display's secret: how long a look-up takes says nothing about secrets that exist. */
  const asking = new Map<string, Asked>();
  const budget = new RequestBudget(clock, { windowMs: requestsWindowMs, each: requestsEach, addresses: addressesKnown });
  const wallOf = (id: string) => ledger.get('walls', id) as Wall | undefined;

  const forgetOld = () => {
    const now = clock.monotonic();
    for (const [key, { until, heardAt, paired }] of asking) if (now >= until || (!paired && now - heardAt >= silentMs)) asking.delete(key);
  };
  /** Whoever was let in as this screen and has not come yet comes too late. */
  const forgetPaired = (wallId: string, screenId: string) => {
    for (const [key, asked] of asking) if (asked.paired && asked.wallId === wallId && asked.screenId === screenId) asking.delete(key);
  };
  const tooMany = (address: string): Problem | null => {
    const waitMs = budget.take(address);
    return waitMs > 0 ? problem('too-many-requests', { retryAfterMs: waitMs }) : null;
  };
  const newCode = () => {
    for (;;) {
      const code = Array.from({ length: codeLength }, () => codeAlphabet[randomInt(codeAlphabet.length)]).join('');
      if (![...asking.values()].some((other) => other.code === code)) return code;
    }
  };

  return {
    get open() {
      forgetOld();
      return asking.size;
    },

    handlers: {
      'wall.pairing-begin': ({ wallId, screenId, workstation }, { from, now }) => {
        const refusal = tooMany(from.address);
        if (refusal) return err(refusal);
        const found = screenIn(wallOf(wallId), wallId, screenId);
        if (!found.ok) return found;
        forgetOld();
        const near = [...asking.values()].filter(({ address }) => address === from.address);
        if (near.length >= openAtMostFromOneAddress || asking.size >= openAtMost)
          return err(problem('too-many-requests', { retryAfterMs: silentMs }));
        const secret = randomBytes(32).toString('base64url');
        const asked: Asked = {
          code: newCode(),
          secretHash: hashOf(secret),
          wallId,
          screenId,
          address: from.address,
          workstation: workstation ?? null,
          until: clock.monotonic() + codeLifetimeMs,
          heardAt: clock.monotonic(),
          paired: false,
          session: null,
        };
        asking.set(asked.secretHash, asked);
        return ok({ result: { code: asked.code, secret, expiresAt: now + codeLifetimeMs, lifetimeMs: codeLifetimeMs } });
      },

      'wall.pairing-claim': ({ secret }, { from }) => {
        const refusal = tooMany(from.address);
        if (refusal) return err(refusal);
        forgetOld();
        const asked = asking.get(hashOf(secret));
        // The person at the console was told this address, and no other.
        if (!asked || asked.address !== from.address) return err(problem('pairing-unknown'));
        asked.heardAt = clock.monotonic();
        if (!asked.paired) return ok({ result: { state: 'waiting', session: null } });
        const { wallId, screenId } = asked;
        const found = screenIn(wallOf(wallId), wallId, screenId);
        if (!found.ok) return found;
        if (asked.session === null) {
          const { token, session } = accounts.openWall(wallId, screenId, asked.address, asked.workstation);
          asked.session = { token, expiresAt: session.expiresAt };
          asked.until = clock.monotonic() + claimAgainMs;
        }
        return ok({ result: { state: 'paired', session: { ...asked.session, wallId, screenId } } });
      },

      'wall.pair': ({ code }) => {
        forgetOld();
        const typed = code.toUpperCase().replaceAll(/[\s-]/g, '');
        const asked = [...asking.values()].find((one) => one.code === typed && !one.paired);
        if (!asked) return err(problem('pairing-unknown'));
        const { wallId, screenId, address, workstation } = asked;
        const found = screenIn(wallOf(wallId), wallId, screenId);
        if (!found.ok) return found;
        return ok({
          result: { wallId, screenId, address, workstation },
          after: { wallId, screenId, address, workstation },
          afterCommit() {
            forgetPaired(wallId, screenId);
            accounts.endWall(wallId, screenId);
            asked.paired = true;
          },
        });
      },

      'wall.revoke': ({ wallId, screenId }) => {
        // Also for a screen that is there no more: its display may still be.
        forgetPaired(wallId, screenId);
        // Before the commit: that somebody asked for it is in the audit already, and what goes dark too early does no harm.
        return ok({ result: { ended: accounts.endWall(wallId, screenId) } });
      },
    },
  };
}

/** Secrets have 256 random bits: a plain hash is enough. */
function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}
