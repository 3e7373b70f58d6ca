import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { passes } from '../../contract/barrier.ts';
import { commands, type Handlers } from '../../contract/catalog.ts';
import { commandAsked } from '../../contract/commands.ts';
import type { AnyCommand, CommandContext, CommandHandler, Outcome, ScopeLookup } from '../../contract/define-command.ts';
import { type ErrorCode, errorStatus, type Problem, problem, ProblemError } from '../../contract/errors.ts';
import type { CommandId, SessionId, UserId } from '../../contract/ids.ts';
import type { Cause, Change } from '../../contract/ledger.ts';
import type { Log } from '../../contract/log.ts';
import type { Principal } from '../../contract/principal.ts';
import type { CommandRequest } from '../../contract/protocol.ts';
import { err, ok, type Result } from '../../contract/result.ts';
import { covers, distinctClaims, type Scope, type ScopeClaim } from '../../contract/scope.ts';
import type { Clock } from '../../contract/time.ts';
import type { AuditLog, AuditSubject } from '../audit/audit-log.ts';
import type { SqliteLedger } from '../ledger/open-ledger.ts';
import { type Approvals, type Approved, createApprovals } from './approvals.ts';
import { FairTurns } from './fair-turns.ts';
import { type Answer, createAnswerStore, hashArgs, idempotencyKeyForm, type NamedRequest } from './idempotency.ts';
import { canonicalJson } from './canonical-json.ts';

/** The most commands that run at once in the hub, and for one session (or one address without a session). */
export const maxInFlight = 256;
export const maxInFlightPerSession = 128;

/** How often commands that wait for their second person are looked after. */
export const sweepMs = 5000;

/** Refusals that are worth a line in the audit: somebody known tried what they may not do. */
const auditedRefusals: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['forbidden', 'out-of-scope']);

const nowhere: Scope = { districts: [], groups: [] };

/** Who asks, as the door has established it. */
export interface Caller {
  readonly principal: Principal | null;
  readonly from: CommandContext['from'];
}

/** The one way to change anything: every door hands its requests here. */
export interface CommandGateway {
  /** Never rejects: what goes wrong is a Problem. */
  execute(request: CommandRequest, caller: Caller): Promise<Result<unknown, Problem>>;
  /** Ends what a hub before left unfinished, and looks after commands that wait until `close`. */
  start(): void;
  /** Commands that hold a place now, late handlers included. */
  readonly inFlight: number;
  /** Refuses new commands and resolves when those running have been answered. */
  close(): Promise<void>;
}

type AnyHandler = CommandHandler<AnyCommand>;

export interface CommandGatewayOptions {
  readonly ledger: SqliteLedger;
  readonly audit: AuditLog;
  /** All but those of the approvals, which are the gateway's own. */
  readonly handlers: Omit<Handlers, keyof Approvals['handlers']> | Readonly<Record<string, AnyHandler>>;
  readonly lookup: ScopeLookup;
  /** What has become of whoever asks since the door let him in: undefined when the session is over. */
  callerNow(admitted: Principal): Principal | undefined;
  /** Who an account is now, as if in that session; undefined when it is gone or disabled. */
  requesterNow(userId: UserId, sessionId: SessionId): Principal | undefined;
  /** Why the machine does not stand this command now (a full disk), or null. Absent: it stands all. */
  guard?(definition: AnyCommand): Problem | null;
  readonly clock: Clock;
  readonly log: Log;
  /** The catalogue, unless a test brings its own. */
  readonly definitions?: readonly AnyCommand[];
}

/** @throws Error when a command of the catalogue has no handler: the hub must not start like that. */
export function createCommandGateway(options: CommandGatewayOptions): CommandGateway {
  return new Gateway(options);
}

/** One authorised request on its way. */
interface Run {
  readonly definition: AnyCommand;
  readonly handler: AnyHandler;
  readonly args: unknown;
  readonly caller: Caller;
  readonly subject: AuditSubject;
  readonly commandId: CommandId;
  readonly cause: Cause;
  /** What it touches. */
  readonly claims: readonly ScopeClaim[];
  /** Set when a second person let it be done. */
  readonly approved: Approved | null;
  /** Keeps the caller's place taken until the handler has really ended, even when its answer came too late. */
  readonly hold: (work: Promise<unknown>) => void;
}

class Gateway implements CommandGateway {
  readonly #options: CommandGatewayOptions;
  readonly #entries: ReadonlyMap<string, { readonly definition: AnyCommand; readonly handler: AnyHandler }>;
  readonly #answers: ReturnType<typeof createAnswerStore>;
  /** Requests with an idempotency key that are running: a repetition joins them. */
  readonly #named = new Map<string, { readonly argsHash: string; readonly answer: Promise<Answer> }>();
  readonly #places = new Map<string, number>();
  readonly #running = new Set<Promise<unknown>>();
  readonly #turns: FairTurns;
  /** What really does the two-person commands. Nothing but an approval leads there. */
  readonly #behindApproval = new Map<string, AnyHandler>();
  readonly #approvals: Approvals;
  readonly #end = new AbortController();
  #inFlight = 0;
  #closing = false;

  constructor(options: CommandGatewayOptions) {
    this.#options = options;
    this.#turns = new FairTurns(options.clock);
    this.#answers = createAnswerStore(options.ledger, options.clock);
    const definitions = options.definitions ?? (commands as readonly AnyCommand[]);
    this.#approvals = createApprovals({
      ...options,
      definitions,
      run: (approved) => this.#runApproved(approved),
    });
    const handlers = { ...options.handlers, ...this.#approvals.handlers } as Readonly<Record<string, AnyHandler>>;
    this.#entries = new Map(
      definitions.map((definition) => {
        const handler = handlers[definition.name];
        if (handler === undefined) throw new Error(`the command ${definition.name} has no handler`);
        if (definition.risk !== 'two-person') return [definition.name, { definition, handler }];
        this.#behindApproval.set(definition.name, handler);
        return [definition.name, { definition, handler: this.#approvals.ask(definition) }];
      }),
    );
  }

  start(): void {
    const sweeping = this.#sweep();
    this.#running.add(sweeping);
    void sweeping.finally(() => this.#running.delete(sweeping));
  }

  async #sweep(): Promise<void> {
    const { clock, log } = this.#options;
    const { signal } = this.#end;
    let failed = false;
    while (!signal.aborted) {
      try {
        this.#approvals.sweep();
        failed = false;
      } catch (error) {
        if (!failed) log.error({ err: error }, 'Commands that wait could not be looked after');
        failed = true;
      }
      await clock.sleep(sweepMs, signal).catch(() => undefined);
    }
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  async execute(request: CommandRequest, caller: Caller): Promise<Answer> {
    if (this.#closing) return err(problem('shutting-down'));
    const entry = typeof request.name === 'string' ? this.#entries.get(request.name) : undefined;
    if (entry === undefined) return err(problem('unknown-command', { name: String(request.name).slice(0, 64) }));
    // Before the arguments are even looked at: whoever is not logged in costs nothing and learns nothing.
    if (entry.definition.permission !== 'public' && caller.principal === null) return err(problem('login-required'));
    const release = this.#takePlace(caller.principal?.sessionId ?? caller.from.address);
    if (release === undefined) return err(problem('too-many-requests'));

    const late: Promise<unknown>[] = [];
    const begin = () => this.#answer(entry, request, caller, (work) => void late.push(work));
    const turn = this.#turns.next();
    const answer = turn === null ? begin() : turn.then(begin);
    this.#running.add(answer);
    try {
      return await answer;
    } finally {
      this.#running.delete(answer);
      if (late.length === 0) release();
      else void Promise.allSettled(late).then(release);
    }
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#end.abort();
    // An approval that is being answered begins what it approved.
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }

  /** Its states are committed and audited like the rows of every command: in the name of whoever asked, with the second person's beside it. */
  async #runApproved(approved: Approved): Promise<void> {
    const { definition, commandId, args, requester, from, approvedBy } = approved;
    const caller: Caller = { principal: requester, from };
    const refusal = this.#options.guard?.(definition) ?? null;
    const handler = refusal === null ? this.#behindApproval.get(definition.name) : () => err(refusal);
    if (handler === undefined) throw new Error(`the command ${definition.name} has no handler`);
    const kept: unknown = definition.redact === undefined ? args : definition.redact(args);
    const run = this.#runOf(
      { definition, handler, args, caller, commandId, approved, kept: { ...(kept as object), approvedBy } },
      () => {},
    );
    const work = this.#perform(run, undefined);
    this.#running.add(work);
    try {
      await work;
    } finally {
      this.#running.delete(work);
    }
  }

  #runOf(
    given: Pick<Run, 'definition' | 'handler' | 'args' | 'caller' | 'commandId' | 'approved'> & { readonly kept: unknown },
    hold: Run['hold'],
  ): Run {
    const { kept, ...run } = given;
    const { definition, args, caller, commandId } = run;
    const claims = definition.scopeOf(args, this.#options.lookup);
    const actor = caller.principal?.name ?? 'anonymous';
    return {
      ...run,
      claims,
      cause: { kind: 'command', id: commandId, by: actor },
      subject: {
        commandId,
        command: definition.name,
        actor,
        roles: caller.principal?.roles ?? [],
        ...caller.from,
        args: kept,
        scope: distinctClaims(claims),
        session: caller.principal?.sessionId ?? null,
      },
      hold,
    };
  }

  #takePlace(who: string): (() => void) | undefined {
    const taken = this.#places.get(who) ?? 0;
    if (this.#inFlight >= maxInFlight || taken >= maxInFlightPerSession) return undefined;
    this.#inFlight += 1;
    this.#places.set(who, taken + 1);
    return () => {
      this.#inFlight -= 1;
      const left = (this.#places.get(who) ?? 1) - 1;
      if (left === 0) this.#places.delete(who);
      else this.#places.set(who, left);
    };
  }

  async #answer(
    { definition, handler }: { definition: AnyCommand; handler: AnyHandler },
    { args: given, idempotencyKey }: CommandRequest,
    admitted: Caller,
    hold: Run['hold'],
  ): Promise<Answer> {
    const commandId = randomUUID() as unknown as CommandId;
    try {
      // A body may arrive minutes after its headers, and a command waits for its turn: what was true at the door may be over.
      const principal = admitted.principal && (this.#options.callerNow(admitted.principal) ?? null);
      if (principal === null && definition.permission !== 'public') return err(problem('login-required'));
      const caller: Caller = { ...admitted, principal };
      const parsed = definition.args.safeParse(given);
      if (!parsed.success) return err(malformed(parsed.error.issues));
      if (idempotencyKey !== undefined && !(typeof idempotencyKey === 'string' && idempotencyKeyForm.test(idempotencyKey)))
        return err(problem('malformed', { path: 'idempotencyKey', message: '1 to 128 printable ASCII characters' }));
      const args: unknown = parsed.data;
      const kept: unknown = definition.redact === undefined ? args : definition.redact(args);
      const run = this.#runOf({ definition, handler, args, caller, commandId, approved: null, kept }, hold);
      const refusal = this.#refusal(run);
      if (refusal !== undefined) return this.#refuse(run, refusal);
      // Without a session nobody can say whose key it is.
      if (idempotencyKey === undefined || caller.principal === null) return await this.#perform(run, undefined);
      const named = { principal: caller.principal.userId, command: definition.name, key: idempotencyKey, argsHash: hashArgs(args) };
      return await this.#performOnce(run, named);
    } catch (error) {
      return err(this.#failure(error, definition.name, commandId));
    }
  }

  /** Deny by default: a reason why not, or undefined when every condition holds. */
  #refusal({ definition, claims, caller: { principal } }: Run): Problem | undefined {
    if (principal === null && definition.permission !== 'public') return problem('login-required');
    const barred = principal === null ? null : passes(principal, definition);
    if (barred !== null) return barred;
    if (!covers(principal?.scope ?? nowhere, claims)) return problem('out-of-scope');
    return this.#options.guard?.(definition) ?? undefined;
  }

  /**
   * Why whoever asked is not told what was found out for him meanwhile, or undefined. Only of what is read: what was done is done, and its
   * answer says so.
   */
  #withheld(run: Run): Problem | undefined {
    const { definition, claims, caller } = run;
    if (definition.risk !== 'read' || caller.principal === null) return undefined;
    const principal = this.#options.callerNow(caller.principal);
    if (principal === undefined) return problem('login-required');
    return passes(principal, definition) ?? (covers(principal.scope, claims) ? undefined : problem('out-of-scope'));
  }

  /** The refusal stands whether or not it can be written down. */
  #refuse({ definition, cause, subject }: Run, refusal: Problem): Answer {
    if (definition.audit === 'two-rows' && auditedRefusals.has(refusal.code)) {
      try {
        this.#options.ledger.transact({ changes: [], cause }, () => this.#options.audit.close(subject, { outcome: refusal.code }));
      } catch (error) {
        this.#options.log.error({ err: error, commandId: cause.id }, 'A refused command could not be audited');
      }
    }
    return err(refusal);
  }

  async #performOnce(run: Run, named: NamedRequest): Promise<Answer> {
    const slot = canonicalJson([named.principal, named.command, named.key]);
    const running = this.#named.get(slot);
    if (running !== undefined) return running.argsHash === named.argsHash ? running.answer : err(problem('idempotency-mismatch'));
    const given = this.#answers.find(named);
    if (given === 'mismatch') return err(problem('idempotency-mismatch'));
    if (given !== undefined) return given;
    const answer = this.#perform(run, named);
    this.#named.set(slot, { argsHash: named.argsHash, answer });
    try {
      return await answer;
    } finally {
      this.#named.delete(slot);
    }
  }

  async #perform(run: Run, named: NamedRequest | undefined): Promise<Answer> {
    const { definition, subject, cause, commandId, approved } = run;
    const { ledger, audit, log } = this.#options;
    // A read changes nothing in the city or the field, and its answer is not given before both rows are durable: its
    // two rows are written in one step, which halves the price of starting a picture. So are those of a login: a
    // session whose token nobody was told is none. Everything else is on record before it begins, or does not begin.
    // And so are those of a command whose whole effect is its commit: without the rows it has not happened. One wait for the disk, not two.
    const inOneStep = definition.risk === 'read' || definition.permission === 'public' || definition.effect === 'ledger';
    const opensFirst = definition.audit === 'two-rows' && !inOneStep;
    if (opensFirst) {
      try {
        ledger.transact({ changes: approved === null ? [] : [approved.sent()], cause }, () => audit.open(subject));
      } catch (error) {
        return err(this.#failure(error, definition.name, commandId));
      }
    }

    using deadline = new Deadline(this.#options.clock, definition.deadlineMs);
    // A handler that decides at once is committed in the same turn of the loop: nobody else can decide on the state it read.
    const work = this.#handle(run, deadline, opensFirst);
    const outcome = work instanceof Promise ? await work : work;
    const withheld = work instanceof Promise && outcome.ok ? this.#withheld(run) : undefined;
    // Kept for no repetition: whoever may again asks anew.
    if (withheld !== undefined) return this.#conclude(run, err(withheld), opensFirst, undefined);
    const answer = this.#conclude(run, outcome, opensFirst, named);
    if (!answer.ok) return answer;
    if (outcome.ok && outcome.value.afterCommit !== undefined) {
      try {
        const work = outcome.value.afterCommit();
        if (work !== undefined) await deadline.within(work);
      } catch (error) {
        // The fact stands: what should have followed it did not, and the answer is still that it stands.
        log.error({ err: error, commandId, command: definition.name }, 'The step after a commit failed');
      }
    }
    return answer;
  }

  /** Makes the outcome true: changes, secrets, audit and the stored answer in one transaction. */
  #conclude(run: Run, outcome: Result<Outcome<unknown>, Problem>, opened: boolean, named: NamedRequest | undefined): Answer {
    const { definition, caller, subject, cause, commandId, approved } = run;
    const { ledger, audit } = this.#options;
    const { secrets = [], before, after, alongside, begins }: Partial<Outcome<unknown>> = outcome.ok ? outcome.value : {};
    const answer: Answer = outcome.ok ? ok(outcome.value.result) : outcome;
    const changes: readonly Change[] = [
      ...(outcome.ok ? (outcome.value.changes ?? []) : []),
      ...(approved === null ? [] : [approved.ended(answer)]),
    ];
    // A stranger who was told to wait must not be able to fill the disk by not waiting.
    const isFlood = !opened && caller.principal === null && !answer.ok && answer.error.code === 'too-many-requests';
    const isAudited = definition.audit === 'two-rows' ? !isFlood : begins === true;
    const onRecord = isAudited || changes.length > 0 || secrets.length > 0 || alongside !== undefined;
    if (!onRecord) return answer;
    try {
      ledger.transact({ changes, secrets, cause }, () => {
        if (!opened) audit.open(subject);
        audit.close(subject, { outcome: answer.ok ? 'ok' : answer.error.code, before, after });
        if (named !== undefined && isFinal(answer) && begins !== true) this.#answers.store(named, answer);
        alongside?.();
        approved?.settled();
      });
      return answer;
    } catch (error) {
      const failure = this.#failure(error, definition.name, commandId);
      // What the handler decided could not be stored. Unless it is the disk that refuses, say at least how it ended.
      return failure.code === 'unavailable' || !outcome.ok ? err(failure) : this.#conclude(run, err(failure), opened, named);
    }
  }

  /** Runs the handler within its deadline, and makes sure that its result is what the contract promises. At once when the handler is. */
  #handle(
    run: Run,
    deadline: Deadline,
    mayCommitParts: boolean,
  ): Result<Outcome<unknown>, Problem> | Promise<Result<Outcome<unknown>, Problem>> {
    const { definition, args, caller, commandId, cause } = run;
    const { ledger, clock } = this.#options;
    let ended = false;
    const context: CommandContext = {
      commandId,
      principal: caller.principal,
      from: caller.from,
      approvedBy: run.approved?.approvedBy ?? null,
      now: clock.now(),
      signal: deadline.signal,
      commitPart: (changes, secrets) => {
        deadline.signal.throwIfAborted();
        if (ended || !mayCommitParts) throw new Error(`${definition.name} cannot commit a part now`);
        const isOver = run.approved === null && caller.principal !== null && this.#options.callerNow(caller.principal) === undefined;
        if (isOver) throw new ProblemError(problem('login-required'));
        return ledger.commit(changes, cause, secrets);
      },
    };
    const failed = (error: unknown) => err(this.#failure(error, definition.name, commandId));
    try {
      const work = run.handler(args, context);
      if (!(work instanceof Promise)) {
        ended = true;
        return promised(run, work);
      }
      return this.#inTime(run, deadline, work)
        .then((outcome) => promised(run, outcome))
        .catch(failed)
        .finally(() => {
          ended = true;
        });
    } catch (error) {
      ended = true;
      return failed(error);
    }
  }

  async #inTime<T>(run: Run, deadline: Deadline, work: Promise<T>): Promise<T> {
    try {
      return await deadline.within(work);
    } finally {
      if (deadline.signal.aborted) run.hold(work);
    }
  }

  /** What the caller learns of something thrown: a Problem's code, or that there was a fault, and its number in the log. */
  #failure(error: unknown, command: string, commandId: string): Problem {
    const known = error instanceof ProblemError ? error.problem : undefined;
    if (known !== undefined && errorStatus[known.code] < 500) return known;
    this.#options.log.error({ err: error, commandId, command }, 'A command failed');
    return known === undefined ? problem('internal-error', { commandId }) : problem(known.code, known.params);
  }
}

/** The outcome with its result parsed, not only checked: a field that the contract does not name never leaves the hub. */
function promised({ definition, approved }: Run, outcome: Result<Outcome<unknown>, Problem>): Result<Outcome<unknown>, Problem> {
  if (!outcome.ok) return err(outcome.error);
  const promise = definition.risk === 'two-person' && approved === null ? commandAsked : definition.result;
  return ok({ ...outcome.value, result: promise.parse(outcome.value.result) as unknown });
}

/** A command's time, counted from when it begins to wait. */
class Deadline implements Disposable {
  readonly #clock: Clock;
  readonly #deadlineMs: number;
  readonly #abort = new AbortController();
  readonly #over = new AbortController();
  #expiry: Promise<never> | undefined;

  constructor(clock: Clock, deadlineMs: number) {
    this.#clock = clock;
    this.#deadlineMs = deadlineMs;
  }

  /** Aborts when the time is over. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Answers `work`, or throws `deadline-exceeded` when it takes longer; what it does later is nobody's business. */
  within<T>(work: Promise<T>): Promise<T> {
    this.#expiry ??= this.#expire();
    return Promise.race([work, this.#expiry]);
  }

  async #expire(): Promise<never> {
    await this.#clock.sleep(this.#deadlineMs, this.#over.signal);
    const reason = new ProblemError(problem('deadline-exceeded', { deadlineMs: this.#deadlineMs }));
    this.#abort.abort(reason);
    throw reason;
  }

  /** Takes the timer away. */
  [Symbol.dispose](): void {
    // Its rejection has no reader any more.
    this.#expiry?.catch(() => undefined);
    this.#over.abort();
  }
}

/** An answer that a repetition gets again. Passing troubles are not: then the repetition is a new attempt. */
const isFinal = (answer: Answer): boolean =>
  answer.ok || (errorStatus[answer.error.code] < 500 && errorStatus[answer.error.code] !== 429 && answer.error.code !== 'login-required');

/** The first thing wrong as parameters; a few more for the log reader. Never a value that was sent. */
function malformed(issues: readonly z.core.$ZodIssue[]): Problem {
  const [first, ...others] = issues.slice(0, 4).map(({ path, message }) => ({
    path: path.map(String).join('.').slice(0, 128),
    message: message.slice(0, 256),
  }));
  return problem('malformed', { ...first }, others.map(({ path, message }) => `${path}: ${message}`).join('; '));
}
