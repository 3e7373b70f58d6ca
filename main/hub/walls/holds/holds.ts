import { randomUUID } from 'node:crypto';
import type { Wall } from '../../../../layouts/contract.ts';
import type { Hold } from '../../../../layouts/control-contract.ts';
import type { User } from '../../../contract/accounts.ts';
import type { Handlers } from '../../../contract/catalog.ts';
import type { CommandContext, Outcome } from '../../../contract/define-command.ts';
import { problem, type Problem } from '../../../contract/errors.ts';
import type { HoldId } from '../../../contract/ids.ts';
import type { Change } from '../../../contract/ledger.ts';
import type { Log } from '../../../contract/log.ts';
import type { Principal } from '../../../contract/principal.ts';
import { err, ok, type Result } from '../../../contract/result.ts';
import type { Clock, EpochMs } from '../../../contract/time.ts';
import type { AuditLog } from '../../audit/audit-log.ts';
import type { SqliteLedger } from '../../ledger/open-ledger.ts';
import { changedBy } from '../revision-conflict.ts';
import { screenIn } from '../wall-service.ts';
import { endHolds, type EndedHold } from './end-holds.ts';
import {
  changeProblem,
  endReason,
  highestPriority,
  holdsAfterChange,
  longestHoldMs,
  mayHold,
  overrideProblem,
  ownProblem,
  requestProblem,
  takeProblem,
  usualPriority,
  type EndReason,
} from './hold-rules.ts';

/** How often is looked at what is due. */
export const lookEveryMs = 1000;
/** A clock that was set back by less does not change when a hold says that it ends. */
const stepMattersMs = 60_000;

export type HoldCommand = 'hold.take' | 'hold.extend' | 'hold.release' | 'hold.request' | 'hold.yield' | 'hold.refuse' | 'hold.override';

/** What stands between somebody and a wall: to be asked by whatever changes one. */
export interface HoldGuard {
  /**
   * Ends what is due, before a wall is read that is going to be changed: else what comes back at the end of a hold would come back over the change.
   * Throws what the ledger throws.
   */
  settle(): void;
  /**
   * Whether a person may make `after` of a wall: the changes of holds that are to be committed with it, or `wall-held` {by, reason, until, holdId}. It
   * is nobody's decision who administers: an administrator takes the hold away first.
   */
  admit(before: Wall, after: Wall, by: Principal | null): Result<readonly Change[], Problem>;
  /**
   * Whether the hub may go on with what it does by itself on a screen, in the name of whoever showed it (`changedBy` of the screen): a tour of fair
   * coverage that somebody began goes on while he holds the screen, also if he began it before; under somebody else's hold it stays at what is
   * planned, and goes on after that.
   */
  admitHub(before: Wall, after: Wall, screenId: string): boolean;
}

/** The holds: who has a screen, or a part of it, until when, and what comes back then. */
export interface Holds extends HoldGuard {
  readonly handlers: Handlers<HoldCommand>;
  /** Looks at once and then every second at what is due: a hold ends without its holder, also one that expired while the hub was down. */
  start(): void;
  stop(): Promise<void>;
}

/**
 * A hold ends by the hub's clock or by one that nobody can set, whichever comes first; by the second one since the hub last began to know of it. So
 * a clock that is set forward ends holds early, one that is set back does not lengthen them, and after a restart none has longer than one can be
 * taken for.
 */
export function createHolds(deps: {
  readonly ledger: Pick<SqliteLedger, 'get' | 'all' | 'commit' | 'transact'>;
  readonly audit: Pick<AuditLog, 'close'>;
  readonly clock: Clock;
  readonly log: Log;
}): Holds {
  const { ledger, audit, clock, log } = deps;
  const ending = new AbortController();
  let looking: Promise<void> = Promise.resolve();
  /** When each hold is due on the scale of `monotonic`, and for which end that was worked out. */
  const due = new Map<string, { readonly expiresAt: EpochMs; readonly at: number }>();

  const all = () => [...ledger.all('holds')] as Hold[];
  const holdOf = (id: string) => ledger.get('holds', id) as Hold | undefined;
  const wallOf = (id: string) => ledger.get('walls', id) as Wall | undefined;
  const userOf = (id: string) => ledger.get('users', id) as User | undefined;
  const cameraExists = (id: string) => ledger.get('cameras', id) !== undefined;

  /** From the first moment that the hub knows of this end: a clock that is set after that does not move it. */
  const dueAt = ({ id, expiresAt }: Hold, now = clock.now(), monotonic = clock.monotonic()): number => {
    const known = due.get(id);
    if (known?.expiresAt === expiresAt) return known.at;
    const at = monotonic + Math.min(expiresAt - now, longestHoldMs);
    due.set(id, { expiresAt, at });
    return at;
  };

  /** A hold that goes on, without those who cannot have it any more, and with an end that is true. */
  const tidied = (hold: Hold, now: EpochMs, leftMs: number): Hold => {
    const requests = hold.requests.filter(({ userId }) => mayHold(userOf(userId), 1));
    const isSetBack = hold.expiresAt - now - leftMs > stepMattersMs;
    if (!isSetBack && requests.length === hold.requests.length) return hold;
    return { ...hold, requests, expiresAt: isSetBack ? now + Math.ceil(leftMs) : hold.expiresAt, revision: hold.revision + 1 };
  };

  const settle = () => {
    const [now, monotonic] = [clock.now(), clock.monotonic()];
    const over = new Map<Hold, EndReason>();
    const changed: Hold[] = [];
    for (const hold of all()) {
      const at = dueAt(hold, now, monotonic);
      const reason = endReason(hold, { wall: wallOf(hold.wallId), user: userOf(hold.userId), now, monotonic, dueAt: at });
      if (reason !== null) over.set(hold, reason);
      else {
        const tidy = tidied(hold, now, at - monotonic);
        if (tidy !== hold) changed.push(tidy);
      }
    }
    for (const id of due.keys()) if (holdOf(id) === undefined) due.delete(id);
    if (over.size + changed.length === 0) return;
    const { changes, ended } = endHolds([...over.keys()], { wallOf, cameraExists, mark: { changedBy: 'hub', changedAt: now } });
    ledger.transact({ changes: [...changes, ...changed.map(putHold)], cause: { kind: 'timer', id: 'holds', by: 'hub' } }, () => {
      for (const one of ended) noteEnd(one, over.get(one.hold)!);
    });
    // Only an end that is written is known by its new time: else the old one would be worked out anew, by the clock that was set.
    for (const { id, expiresAt } of changed) due.set(id, { expiresAt, at: due.get(id)!.at });
  };

  /** An end that no person made is one row of the audit. */
  const noteEnd = ({ hold, restored, missing }: EndedHold, reason: EndReason) => {
    const { id, wallId, screenId, name } = hold;
    const subject = {
      commandId: randomUUID(),
      command: 'hold.ended',
      actor: 'hub',
      roles: [],
      door: 'internal',
      address: '',
      workstation: null,
      args: { holdId: id, wallId, screenId, by: name, reason },
      scope: [],
      session: null,
    };
    audit.close(subject, { outcome: 'ok', before: summary(hold), after: { restored, missing } });
  };

  /** Decides on a hold that exists, for somebody who is known, once what is due has ended. */
  const decide = <R>(
    holdId: string,
    { principal }: CommandContext,
    decision: (hold: Hold, by: Principal) => Result<Outcome<R>, Problem>,
  ): Result<Outcome<R>, Problem> => {
    if (principal === null) return err(problem('login-required'));
    settle();
    const hold = holdOf(holdId);
    return hold ? decision(hold, principal) : err(problem('hold-unknown', { holdId }));
  };
  const decideOwn: typeof decide = (holdId, context, decision) =>
    decide(holdId, context, (hold, by) => {
      const refusal = ownProblem(hold, by.userId);
      return refusal ? err(refusal) : decision(hold, by);
    });
  const becomes = <R>(hold: Hold, result: R, fields: Partial<Hold>): Result<Outcome<R>, Problem> => {
    const next: Hold = { ...hold, ...fields, revision: hold.revision + 1 };
    return ok({ result, changes: [putHold(next)], before: summary(hold), after: summary(next), afterCommit: () => void dueAt(next) });
  };
  /** What a hold keeps for its end once somebody else has it. */
  const passedOn = ({ restore }: Hold) => restore && { ...restore, passedOn: true };
  const notAsked = () => err(problem('field-invalid', { field: 'userId', reason: 'not-asked' }));
  const without = (hold: Hold, gone: string) => hold.requests.filter(({ userId }) => userId !== gone);

  const handlers: Holds['handlers'] = {
    'hold.take': ({ wallId, screenId, tiles, priority, minutes, reason, restore }, { principal, now }) => {
      if (principal === null) return err(problem('login-required'));
      settle();
      const found = screenIn(wallOf(wallId), wallId, screenId);
      if (!found.ok) return found;
      const { screen } = found.value;
      const { userId, name, roles } = principal;
      const part = { wallId, screenId, tiles: tiles === undefined ? null : [...new Set(tiles)] };
      const wanted = priority ?? Math.min(usualPriority, highestPriority(roles));
      const refusal = takeProblem(all(), screen, { part, userId, roles, priority: wanted });
      if (refusal) return err(refusal);
      const hold: Hold = {
        id: randomUUID() as string as HoldId,
        ...part,
        userId,
        name,
        priority: wanted,
        reason,
        since: now,
        expiresAt: now + minutes * 60_000,
        restore: restore ? { scene: screen.scene, layout: screen.layout, passedOn: false } : null,
        requests: [],
        revision: 1,
        simulated: false,
        drill: false,
      };
      return ok({
        result: { holdId: hold.id, expiresAt: hold.expiresAt },
        changes: [putHold(hold)],
        before: null,
        after: summary(hold),
        afterCommit: () => void dueAt(hold),
      });
    },

    'hold.extend': ({ holdId, minutes }, context) =>
      decideOwn(holdId, context, (hold) => {
        const expiresAt = context.now + minutes * 60_000;
        return becomes(hold, { expiresAt }, { expiresAt });
      }),

    'hold.release': ({ holdId, restore }, context) =>
      decideOwn(holdId, context, (hold) => {
        const ends = restore === false ? { ...hold, restore: null } : hold;
        const { changes, ended } = endHolds([ends], { wallOf, cameraExists, mark: changedBy(context) });
        const { restored, missing } = ended[0]!;
        return ok({ result: { restored }, changes, before: summary(hold), after: { restored, missing } });
      }),

    'hold.request': ({ holdId, reason }, context) =>
      decide(holdId, context, (hold, { userId, name }) => {
        const refusal = requestProblem(hold, userId);
        if (refusal) return err(refusal);
        const request = { userId, name, reason, at: context.now };
        const hasAsked = hold.requests.some((other) => other.userId === userId);
        const requests = hasAsked ? hold.requests.map((other) => (other.userId === userId ? request : other)) : [...hold.requests, request];
        return becomes(hold, {}, { requests });
      }),

    'hold.yield': ({ holdId, userId }, context) =>
      decideOwn(holdId, context, (hold) => {
        const request = hold.requests.find((one) => one.userId === userId);
        const user = userOf(userId);
        if (!request || !user) return notAsked();
        return becomes(
          hold,
          {},
          {
            userId,
            name: request.name,
            reason: request.reason,
            priority: Math.min(hold.priority, highestPriority(user.roles)),
            since: context.now,
            requests: without(hold, userId),
            restore: passedOn(hold),
          },
        );
      }),

    'hold.refuse': ({ holdId, userId }, context) =>
      decideOwn(holdId, context, (hold) => {
        const requests = without(hold, userId);
        return requests.length === hold.requests.length ? notAsked() : becomes(hold, {}, { requests });
      }),

    'hold.override': ({ holdId, priority, minutes, reason }, context) =>
      decide(holdId, context, (hold, { userId, name, roles }) => {
        const refusal = overrideProblem(hold, priority, roles);
        if (refusal) return err(refusal);
        const expiresAt = context.now + minutes * 60_000;
        const restore = hold.userId === userId ? hold.restore : passedOn(hold);
        const requests = without(hold, userId);
        return becomes(hold, { expiresAt }, { userId, name, priority, reason, since: context.now, expiresAt, requests, restore });
      }),
  };

  return {
    handlers,
    settle,
    admit(before, after, by) {
      const mine = (hold: Hold) => hold.userId === by?.userId;
      const refusal = changeProblem(all(), before, after, mine);
      return refusal ? err(refusal) : ok(holdsAfterChange(all(), before, after, mine).map(putHold));
    },
    admitHub(before, after, screenId) {
      const by = before.screens.find(({ id }) => id === screenId)?.changedBy;
      return changeProblem(all(), before, after, (hold) => hold.name === by) === null;
    },
    start() {
      looking = (async () => {
        let failed = false;
        while (!ending.signal.aborted) {
          try {
            settle();
            failed = false;
          } catch (cause) {
            if (!failed) log.error({ err: cause }, 'holds that are over could not be ended');
            failed = true;
          }
          await clock.sleep(lookEveryMs, ending.signal).catch(() => undefined);
        }
      })();
    },
    async stop() {
      ending.abort();
      await looking;
    },
  };
}

const putHold = (hold: Hold): Change => ({ collection: 'holds', op: 'put', key: hold.id, value: hold });

/** What the audit says of a hold; where it is stands in the arguments of the command that took it. */
const summary = ({ id, wallId, screenId, tiles, name, priority, reason, expiresAt, requests }: Hold) => ({
  holdId: id,
  wallId,
  screenId,
  tiles: tiles?.length ?? null,
  by: name,
  priority,
  reason,
  expiresAt,
  requests: requests.map((request) => request.name),
});
