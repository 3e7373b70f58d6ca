import type { z } from 'zod';
import type { CommandId } from './ids.ts';
import type { Problem } from './errors.ts';
import type { Permission } from './permissions.ts';
import type { Principal } from './principal.ts';
import type { Result } from './result.ts';
import type { ScopeClaim } from './scope.ts';
import type { Change, Commit } from './ledger.ts';
import type { EpochMs } from './time.ts';

/** How dangerous a command is. `read` changes nothing; `two-person` waits in `commands` as `awaitingApproval`. */
export type Risk = 'read' | 'routine' | 'actuation' | 'two-person';

/** Looks up the scope of things that arguments only name; `undefined` when there is no such thing. */
export interface ScopeLookup {
  camera(id: string): ScopeClaim | undefined;
  /** What a command that waits for its second person touches. */
  command(id: string): readonly ScopeClaim[] | undefined;
  /** What a saved layout shows. */
  layout(id: string): readonly ScopeClaim[] | undefined;
  /** What a preset shows on its screens. */
  preset(id: string): readonly ScopeClaim[] | undefined;
  /** What one screen should show, tiles over the wall's screens included. */
  screen(wallId: string, screenId: string): readonly ScopeClaim[] | undefined;
  /** What all screens of a wall should show. */
  wall(id: string): readonly ScopeClaim[] | undefined;
  /** What the screen should show that is held. */
  hold(id: string): readonly ScopeClaim[] | undefined;
  /** Where the cameras of a hand-over are. */
  handover(id: string): readonly ScopeClaim[] | undefined;
  /** Where a thing is that values are known of. */
  asset(id: string): ScopeClaim | undefined;
  alert(id: string): ScopeClaim | undefined;
  incident(id: string): ScopeClaim | undefined;
  unit(id: string): readonly ScopeClaim[] | undefined;
  task(id: string): readonly ScopeClaim[] | undefined;
}

/** One command, defined once: the client function, the handler type, the audit row and the API document come from it. */
export interface CommandDefinition<Name extends string, Args extends z.ZodType, Answer extends z.ZodType> {
  readonly name: Name;
  readonly summary: string;
  readonly args: Args;
  readonly result: Answer;
  /** `'public'` needs no session; `'session'` needs any session. */
  readonly permission: Permission | 'public' | 'session';
  /** What the command touches. A thing that cannot be found claims nothing here: the handler answers not-found. */
  scopeOf(args: z.output<Args>, lookup: ScopeLookup): readonly ScopeClaim[];
  readonly risk: Risk;
  /** `two-rows`: opened before it runs, closed after; `none`: reads and liveness reports. */
  readonly audit: 'two-rows' | 'none';
  /**
   * `ledger`: what it does is what it commits and nothing besides, so both audit rows are part of the one transaction that makes it true. Absent:
   * it is on record before it begins.
   */
  readonly effect?: 'ledger';
  readonly deadlineMs: number;
  /** What the audit may keep of the arguments: secrets removed, bulk replaced by its size. Absent: all of them. */
  redact?(args: z.output<Args>): unknown;
}

export function defineCommand<Name extends string, Args extends z.ZodType, Answer extends z.ZodType>(
  definition: CommandDefinition<Name, Args, Answer>,
): CommandDefinition<Name, Args, Answer> {
  return definition;
}

// oxlint-disable-next-line typescript/no-explicit-any -- the one place where the schemas are erased
export type AnyCommand = CommandDefinition<string, any, any>;

export type ArgsOf<C extends AnyCommand> = z.output<C['args']>;
export type InputOf<C extends AnyCommand> = z.input<C['args']>;
export type ResultOf<C extends AnyCommand> = z.output<C['result']>;

/** What a handler is told besides its arguments. */
export interface CommandContext {
  readonly commandId: CommandId;
  readonly principal: Principal | null;
  /** Which door it came through and from where: `address` is the peer's IP, `workstation` what the client calls itself. */
  readonly from: { readonly door: 'http' | 'socket' | 'internal'; readonly address: string; readonly workstation: string | null };
  /** The name of the second person who let it be done; null for what needs none. */
  readonly approvedBy: string | null;
  readonly now: EpochMs;
  readonly signal: AbortSignal;
  /** Commits a part of long work at once (bulk import); what is committed stays even if the command fails later. */
  commitPart(changes: readonly Change[], secrets?: readonly SecretWrite[]): Commit;
}

/** A value to keep encrypted; `null` forgets it. */
export interface SecretWrite {
  readonly key: string;
  readonly value: string | null;
}

/** What a handler decided: the gateway commits changes, secrets and the closing audit row in one transaction, then answers. */
export interface Outcome<R> {
  readonly result: R;
  readonly changes?: readonly Change[];
  readonly secrets?: readonly SecretWrite[];
  /**
   * Of a command that is in no audit: something begins with this answer, so it is on record like any other command. The answer itself is kept for
   * no repetition.
   */
  readonly begins?: true;
  /** What the audit row should say of the state before and after, when it matters. */
  readonly before?: unknown;
  readonly after?: unknown;
  /** Writes to tables that are not entities, in the transaction of the changes: all of it is stored or nothing. */
  alongside?(): void;
  /** Runs after the commit and before the answer: control calls that must follow a stored fact. Must not throw. */
  afterCommit?(): void | Promise<void>;
}

export type CommandHandler<C extends AnyCommand> = (
  args: ArgsOf<C>,
  context: CommandContext,
) => Result<Outcome<ResultOf<C>>, Problem> | Promise<Result<Outcome<ResultOf<C>>, Problem>>;
