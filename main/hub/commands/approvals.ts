import type { Handlers } from '../../contract/catalog.ts';
import type { CommandEntity } from '../../contract/commands.ts';
import { type CommandEvent, nextCommandState } from '../../contract/command-life.ts';
import type { AnyCommand, CommandContext, CommandHandler, Outcome, ScopeLookup } from '../../contract/define-command.ts';
import { problem, ProblemError, type Problem } from '../../contract/errors.ts';
import type { CommandId, SessionId, UserId } from '../../contract/ids.ts';
import type { Cause, Change } from '../../contract/ledger.ts';
import type { Log } from '../../contract/log.ts';
import type { Principal } from '../../contract/principal.ts';
import { err, ok, type Result } from '../../contract/result.ts';
import { covers, distinctClaims } from '../../contract/scope.ts';
import type { Clock, EpochMs } from '../../contract/time.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import {
  approvalMs,
  commandsTooMany,
  isExpired,
  isFinished,
  requesterProblem,
  secondPersonProblem,
  waitingProblem,
} from './approval-rules.ts';
import { hashArgs } from './idempotency.ts';
import type { SqliteLedger } from '../ledger/open-ledger.ts';

/** The most old commands that one look around removes. */
const forgetStep = 100;

/** A command whose second person said yes: whoever runs it tells its states. */
export interface Approved {
  readonly definition: AnyCommand;
  readonly commandId: CommandId;
  readonly args: unknown;
  /** Whoever asked, as the account is now. */
  readonly requester: Principal;
  readonly from: CommandContext['from'];
  readonly approvedBy: string;
  /** It begins: committed before its handler runs. */
  sent(): Change;
  /** It ended so: committed with what its handler changed, together with `settled`. */
  ended(answer: Result<unknown, Problem>): Change;
  /** Forgets its sealed arguments; inside the transaction that stores its end. */
  settled(): void;
}

/** Commands that wait for their second person. */
export interface Approvals {
  /** Stands in for the handler of a two-person command: it only records that somebody asked. Errors: `too-many-requests` {max}. */
  ask(definition: AnyCommand): CommandHandler<AnyCommand>;
  readonly handlers: Handlers<'command.approve' | 'command.reject' | 'command.withdraw'>;
  /**
   * Looks around: what waited too long is rejected, what was begun and is run by nobody (the hub went down, the disk refused) has failed, what
   * is over is forgotten once it is too much. Due at every start and every few seconds. Throws what the ledger throws; then the next look mends it.
   */
  sweep(): void;
}

interface ApprovalsOptions {
  readonly ledger: SqliteLedger;
  readonly audit: Pick<AuditLog, 'close'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly definitions: readonly AnyCommand[];
  readonly lookup: ScopeLookup;
  /** Who an account is now, as if in that session; undefined when it is gone or disabled. */
  requesterNow(userId: UserId, sessionId: SessionId): Principal | undefined;
  /** Runs an approved command to its end; must not reject. */
  run(approved: Approved): Promise<void>;
}

/** What is sealed in `waiting_commands`. */
interface Waiting {
  readonly args: unknown;
  readonly requester: { readonly userId: UserId; readonly sessionId: SessionId };
  readonly from: CommandContext['from'];
}

/** What the arguments are sealed under: they open for this command alone. */
const sealName = (commandId: string) => `waiting:${commandId}`;

/** @throws Error when a two-person command would leave no trace in the audit */
export function createApprovals(options: ApprovalsOptions): Approvals {
  const { ledger, audit, clock, log, lookup } = options;
  const { database, box } = ledger;
  const definitions = new Map(options.definitions.filter(({ risk }) => risk === 'two-person').map((one) => [one.name, one]));
  for (const { name, audit: kept } of definitions.values()) if (kept !== 'two-rows') throw new Error(`${name} must be audited`);
  const insert = database.prepare('INSERT INTO waiting_commands (command_id, sealed) VALUES (?, ?)');
  const find = database.prepare('SELECT sealed FROM waiting_commands WHERE command_id = ?').pluck();
  const remove = database.prepare('DELETE FROM waiting_commands WHERE command_id = ?');
  /** Commands that this process runs now. */
  const running = new Set<string>();

  const all = () => ledger.all('commands') as IterableIterator<CommandEntity>;
  const commandOf = (id: string) => ledger.get('commands', id) as CommandEntity | undefined;
  const put = (value: CommandEntity): Change => ({ collection: 'commands', op: 'put', key: value.id, value });
  const after = (command: CommandEntity, event: CommandEvent, more: Partial<CommandEntity> = {}): CommandEntity => {
    const state = nextCommandState(command.state, event);
    if (state === null) throw new Error(`a command that is ${command.state} cannot ${event}`);
    return { ...command, state, updatedAt: clock.now(), ...more };
  };

  /** What was sealed, or undefined when it is gone or does not open any more. */
  const opened = (commandId: string): Waiting | undefined => {
    const sealed = find.get(commandId) as Buffer | undefined;
    if (sealed === undefined) return undefined;
    try {
      return JSON.parse(box.open(sealName(commandId), sealed)) as Waiting;
    } catch (cause) {
      if (!(cause instanceof ProblemError)) throw cause;
      log.error({ err: cause, commandId }, 'The arguments of a command that waits cannot be opened');
      return undefined;
    }
  };

  /** An end without having been done, decided by a person. */
  const closed = (before: CommandEntity, now: CommandEntity) =>
    ok({
      result: { state: now.state },
      changes: [put(now)],
      after: { command: now.name, state: now.state, reason: now.reason, requestedBy: now.requestedBy },
      before: { state: before.state },
      alongside: () => void remove.run(now.id),
    } satisfies Outcome<unknown>);

  const handlers: Approvals['handlers'] = {
    'command.approve': ({ commandId, payloadHash }, { principal, now }) => {
      if (principal === null) return err(problem('login-required'));
      const command = commandOf(commandId);
      if (command === undefined) return err(problem('not-found', { commandId }));
      const waiting = opened(commandId);
      const refusal = secondPersonProblem(command, waiting?.requester.userId ?? null, principal, now);
      if (refusal !== null) return err(refusal);
      if (payloadHash !== command.payloadHash) return err(problem('payload-mismatch'));

      const fails = ({ code }: Problem) => closed(command, after(command, 'fail', { reason: code }));
      const definition = definitions.get(command.name);
      const parsed = definition?.args.safeParse(waiting?.args);
      // It was asked of a version that had this command, or kept under another key: nobody can say any more what was asked.
      if (definition === undefined || waiting === undefined || !parsed?.success) return fails(problem('unavailable'));
      const args: unknown = parsed.data;
      if (hashArgs(args) !== command.payloadHash) return fails(problem('payload-mismatch'));
      const claims = definition.scopeOf(args, lookup);
      // As it is now: what was asked for may have moved since.
      if (!covers(principal.scope, claims)) return err(problem('out-of-scope'));
      const requester = options.requesterNow(waiting.requester.userId, waiting.requester.sessionId);
      const lost = requesterProblem(requester, definition, claims);
      if (lost !== null || requester === undefined) return fails(lost ?? problem('user-unknown'));

      const authorised = after(command, 'approve', { approvedBy: principal.name });
      return ok({
        result: { state: authorised.state },
        changes: [put(authorised)],
        before: { state: command.state },
        after: { command: command.name, state: authorised.state, requestedBy: command.requestedBy, approvedBy: principal.name },
        afterCommit: () => begin({ authorised, definition, args, requester, from: waiting.from }),
      });
    },

    'command.reject': ({ commandId, reason }, { principal, now }) => {
      if (principal === null) return err(problem('login-required'));
      const command = commandOf(commandId);
      if (command === undefined) return err(problem('not-found', { commandId }));
      const refusal = secondPersonProblem(command, opened(commandId)?.requester.userId ?? null, principal, now);
      return refusal === null ? closed(command, after(command, 'refuse', { reason })) : err(refusal);
    },

    'command.withdraw': ({ commandId }, { principal }) => {
      if (principal === null) return err(problem('login-required'));
      const command = commandOf(commandId);
      if (command === undefined) return err(problem('not-found', { commandId }));
      if (command.state !== 'awaitingApproval') return err(problem('command-not-waiting', { state: command.state }));
      if (opened(commandId)?.requester.userId !== principal.userId) return err(problem('forbidden', { reason: 'not-own' }));
      return closed(command, after(command, 'refuse', { reason: 'command-withdrawn' }));
    },
  };

  function begin(given: {
    readonly authorised: CommandEntity;
    readonly definition: AnyCommand;
    readonly args: unknown;
    readonly requester: Principal;
    readonly from: CommandContext['from'];
  }): void {
    const { authorised, definition, args, requester, from } = given;
    const { id } = authorised;
    running.add(id);
    const now = () => commandOf(id) ?? authorised;
    void options
      .run({
        definition,
        commandId: id as CommandId,
        args,
        requester,
        from,
        approvedBy: authorised.approvedBy ?? '',
        sent: () => put(after(now(), 'send')),
        ended: (answer) => {
          if (answer.ok) return put(after(now(), 'confirm', { result: answer.value }));
          const { code } = answer.error;
          return put(after(now(), code === 'deadline-exceeded' ? 'time-out' : 'fail', { reason: code }));
        },
        settled: () => void remove.run(id),
      })
      .finally(() => running.delete(id));
  }

  /** Ends what no person ended: in the audit as the command itself, by the hub. */
  function end(command: CommandEntity, event: CommandEvent, reason: Problem['code']): void {
    const ended = after(command, event, { reason });
    const cause: Cause = { kind: 'timer', id: command.id, by: 'hub' };
    ledger.transact({ changes: [put(ended)], cause }, () => {
      remove.run(command.id);
      audit.close(
        {
          commandId: command.id,
          command: command.name,
          actor: command.requestedBy,
          roles: [],
          door: 'internal',
          address: '',
          workstation: null,
          args: command.args,
          scope: command.scope,
          session: null,
        },
        { outcome: reason, before: { state: command.state }, after: { state: ended.state, approvedBy: ended.approvedBy } },
      );
    });
  }

  return {
    handlers,

    ask: (definition) => (args, context) => {
      const { commandId, now, principal, from } = context;
      const state = nextCommandState('received', 'needs-approval');
      if (state === null || principal === null) throw new Error(`${definition.name} cannot wait for an approval`);
      const tooMany = waitingProblem(all(), principal.name);
      if (tooMany !== null) return err(tooMany);
      const payloadHash = hashArgs(args);
      const value: CommandEntity = {
        id: commandId,
        name: definition.name,
        state,
        payloadHash,
        args: definition.redact === undefined ? args : definition.redact(args),
        requestedBy: principal.name,
        requestedFrom: from.workstation ?? from.address,
        approvedBy: null,
        approvalExpiresAt: now + approvalMs,
        reason: null,
        result: null,
        at: now,
        updatedAt: now,
        scope: distinctClaims(definition.scopeOf(args, lookup)),
        simulated: false,
        drill: false,
      };
      const waiting: Waiting = { args, requester: { userId: principal.userId, sessionId: principal.sessionId }, from };
      const sealed = box.seal(sealName(commandId), JSON.stringify(waiting));
      return ok({
        result: { commandId, state },
        changes: [put(value)],
        after: { state, payloadHash },
        alongside: () => void insert.run(commandId, sealed),
      } satisfies Outcome<unknown>);
    },

    sweep() {
      const now: EpochMs = clock.now();
      for (const command of all()) {
        if (isFinished(command) || running.has(command.id)) continue;
        if (command.state === 'awaitingApproval') {
          if (isExpired(command, now)) end(command, 'expire', 'approval-expired');
        } else end(command, 'fail', 'unavailable');
      }
      const forgotten = commandsTooMany(all(), forgetStep);
      if (forgotten.length === 0) return;
      const changes = forgotten.map((key): Change => ({ collection: 'commands', op: 'delete', key }));
      ledger.commit(changes, { kind: 'timer', id: 'commands', by: 'hub' });
    },
  };
}
