import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { CommandEntity } from '../../contract/commands.ts';
import { commands, type Handlers } from '../../contract/catalog.ts';
import { nextCommandState } from '../../contract/command-life.ts';
import type { AnyCommand, CommandContext, CommandHandler, Outcome, ScopeLookup } from '../../contract/define-command.ts';
import { type ErrorCode, errorStatus, type Problem, problem, ProblemError } from '../../contract/errors.ts';
import type { CommandId } from '../../contract/ids.ts';
import type { Cause } from '../../contract/ledger.ts';
import type { Log } from '../../contract/log.ts';
import type { Principal } from '../../contract/principal.ts';
import type { CommandRequest } from '../../contract/protocol.ts';
import { err, ok, type Result } from '../../contract/result.ts';
import { covers, type Scope, type ScopeClaim } from '../../contract/scope.ts';
import type { Clock } from '../../contract/time.ts';
import type { SqliteLedger } from '../ledger/open-ledger.ts';
import type { AuditLog, AuditSubject } from '../audit/audit-log.ts';
import { type Answer, createAnswerStore, hashArgs, idempotencyKeyForm, type NamedRequest } from './idempotency.ts';
import { canonicalJson } from './canonical-json.ts';

/** The most commands that run at once in the hub, and for one session (or one address without a session). */
export const maxInFlight = 256;
export const maxInFlightPerSession = 128;

/** How long a second person may take to approve. */
export const approvalMs = 10 * 60_000;

/** What a session may still do before it has passed its barrier. */
const allowedBehindBarrier: ReadonlySet<string> = new Set(['session.password', 'session.logout', 'session.who']);

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
  /** Commands that hold a place now, late handlers included. */
  readonly inFlight: number;
  /** Refuses new commands and resolves when those running have been answered. */
  close(): Promise<void>;
}

type AnyHandler = CommandHandler<AnyCommand>;

export interface CommandGatewayOptions {
  readonly ledger: SqliteLedger;
  readonly audit: AuditLog;
  readonly handlers: Handlers | Readonly<Record<string, AnyHandler>>;
  readonly lookup: ScopeLookup;
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
  #inFlight = 0;
  #closing = false;

  constructor(options: CommandGatewayOptions) {
    this.#options = options;
    this.#answers = createAnswerStore(options.ledger, options.clock);
    const handlers = options.handlers as Readonly<Record<string, AnyHandler>>;
    this.#entries = new Map(
      (options.definitions ?? (commands as readonly AnyCommand[])).map((definition) => {
        const handler = definition.risk === 'two-person' ? awaitApproval(definition, options.lookup) : handlers[definition.name];
        if (handler === undefined) throw new Error(`the command ${definition.name} has no handler`);
        return [definition.name, { definition, handler }];
      }),
    );
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
    const answer = this.#answer(entry, request, caller, (work) => void late.push(work));
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
    await Promise.allSettled(this.#running);
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
    caller: Caller,
    hold: Run['hold'],
  ): Promise<Answer> {
    const commandId = randomUUID() as unknown as CommandId;
    try {
      const parsed = definition.args.safeParse(given);
      if (!parsed.success) return err(malformed(parsed.error.issues));
      if (idempotencyKey !== undefined && !(typeof idempotencyKey === 'string' && idempotencyKeyForm.test(idempotencyKey)))
        return err(problem('malformed', { path: 'idempotencyKey', message: '1 to 128 printable ASCII characters' }));
      const args: unknown = parsed.data;
      const run: Run = {
        definition,
        handler,
        args,
        caller,
        commandId,
        cause: { kind: 'command', id: commandId, by: actorOf(caller) },
        subject: {
          commandId,
          command: definition.name,
          actor: actorOf(caller),
          roles: caller.principal?.roles ?? [],
          ...caller.from,
          args: definition.redact === undefined ? args : definition.redact(args),
          scope: definition.scopeOf(args, this.#options.lookup).map(copyOf),
          session: caller.principal?.sessionId ?? null,
        },
        hold,
      };
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
  #refusal({ definition, args, caller: { principal } }: Run): Problem | undefined {
    const { permission } = definition;
    if (permission !== 'public') {
      if (principal === null) return problem('login-required');
      if (principal.barrier !== null && !allowedBehindBarrier.has(definition.name)) return problem(principal.barrier);
      if (permission !== 'session' && !principal.permissions.has(permission)) return problem('forbidden', { permission });
    }
    const claims = definition.scopeOf(args, this.#options.lookup);
    return covers(principal?.scope ?? nowhere, claims) ? undefined : problem('out-of-scope');
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
    const { definition, subject, cause, commandId } = run;
    const { ledger, audit, log } = this.#options;
    // A read changes nothing in the city or the field, and its answer is not given before both rows are durable: its
    // two rows are written in one step, which halves the price of starting a picture. So are those of a login: a
    // session whose token nobody was told is none. Everything else is on record before it begins, or does not begin.
    const opensFirst = definition.audit === 'two-rows' && definition.risk !== 'read' && definition.permission !== 'public';
    if (opensFirst) {
      try {
        ledger.transact({ changes: [], cause }, () => audit.open(subject));
      } catch (error) {
        return err(this.#failure(error, definition.name, commandId));
      }
    }

    using deadline = new Deadline(this.#options.clock, definition.deadlineMs);
    // A handler that decides at once is committed in the same turn of the loop: nobody else can decide on the state it read.
    const work = this.#handle(run, deadline, opensFirst);
    const outcome = work instanceof Promise ? await work : work;
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
    const { definition, caller, subject, cause, commandId } = run;
    const { ledger, audit } = this.#options;
    const { changes = [], secrets = [], before, after } = outcome.ok ? outcome.value : {};
    const answer: Answer = outcome.ok ? ok(outcome.value.result) : outcome;
    // A stranger who was told to wait must not be able to fill the disk by not waiting.
    const isFlood = !opened && caller.principal === null && !answer.ok && answer.error.code === 'too-many-requests';
    const onRecord = (definition.audit === 'two-rows' && !isFlood) || changes.length > 0 || secrets.length > 0;
    if (!onRecord) return answer;
    try {
      ledger.transact({ changes, secrets, cause }, () => {
        if (!opened) audit.open(subject);
        audit.close(subject, { outcome: answer.ok ? 'ok' : answer.error.code, before, after });
        if (named !== undefined && isFinal(answer)) this.#answers.store(named, answer);
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
      now: clock.now(),
      signal: deadline.signal,
      commitPart: (changes, secrets) => {
        deadline.signal.throwIfAborted();
        if (ended || !mayCommitParts) throw new Error(`${definition.name} cannot commit a part now`);
        return ledger.commit(changes, cause, secrets);
      },
    };
    const failed = (error: unknown) => err(this.#failure(error, definition.name, commandId));
    try {
      const work = run.handler(args, context);
      if (!(work instanceof Promise)) {
        ended = true;
        return promised(definition, work);
      }
      return this.#inTime(run, deadline, work)
        .then((outcome) => promised(definition, outcome))
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
function promised(definition: AnyCommand, outcome: Result<Outcome<unknown>, Problem>): Result<Outcome<unknown>, Problem> {
  if (!outcome.ok) return err(outcome.error);
  if (definition.risk === 'two-person') return outcome;
  return ok({ ...outcome.value, result: definition.result.parse(outcome.value.result) as unknown });
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

const actorOf = ({ principal }: Caller): string => principal?.name ?? 'anonymous';

/** An answer that a repetition gets again. Passing troubles are not: then the repetition is a new attempt. */
const isFinal = (answer: Answer): boolean => answer.ok || (errorStatus[answer.error.code] < 500 && errorStatus[answer.error.code] !== 429);

/** The first thing wrong as parameters; a few more for the log reader. Never a value that was sent. */
function malformed(issues: readonly z.core.$ZodIssue[]): Problem {
  const [first, ...others] = issues.slice(0, 4).map(({ path, message }) => ({
    path: path.map(String).join('.').slice(0, 128),
    message: message.slice(0, 256),
  }));
  return problem('malformed', { ...first }, others.map(({ path, message }) => `${path}: ${message}`).join('; '));
}

/** Stands in for the handler of a command that needs a second person: it only records that somebody asked. */
function awaitApproval(definition: AnyCommand, lookup: ScopeLookup): AnyHandler {
  return (args, { commandId, now, principal, from }) => {
    const state = nextCommandState('received', 'needs-approval');
    if (state === null || principal === null) throw new Error(`${definition.name} cannot wait for an approval`);
    const value: CommandEntity = {
      id: commandId,
      name: definition.name,
      state,
      payloadHash: hashArgs(args),
      args: definition.redact === undefined ? args : definition.redact(args),
      requestedBy: principal.name,
      requestedFrom: from.workstation ?? from.address,
      approvedBy: null,
      approvalExpiresAt: now + approvalMs,
      reason: null,
      result: null,
      at: now,
      updatedAt: now,
      scope: definition.scopeOf(args, lookup).map((claim): CommandEntity['scope'][number] => copyOf(claim)),
      simulated: false,
      drill: false,
    };
    return ok({ result: { commandId, state }, changes: [{ collection: 'commands', op: 'put', key: commandId, value }], after: { state } });
  };
}

const copyOf = (claim: ScopeClaim) => (typeof claim === 'string' ? claim : { district: claim.district, groups: [...claim.groups] });
