import { commands, type CommandInput, type CommandName, type CommandResult, type Handlers } from '../../main/contract/catalog.ts';
import type { AnyCommand, CommandContext, CommandHandler } from '../../main/contract/define-command.ts';
import { ProblemError } from '../../main/contract/errors.ts';
import type { CommandId, SessionId, UserId } from '../../main/contract/ids.ts';
import type { Cause, Ledger } from '../../main/contract/ledger.ts';
import { permissions } from '../../main/contract/permissions.ts';
import type { Principal } from '../../main/contract/principal.ts';
import { wholeCity, type Scope } from '../../main/contract/scope.ts';

const cause: Cause = { kind: 'command', id: 'test', by: 'test' };

/** Somebody with every permission and this scope. */
export function principalOf(scope: Scope = wholeCity, session = 'session-1'): Principal {
  return {
    sessionId: session as SessionId,
    userId: 'user-1' as UserId,
    name: 'tester',
    roles: ['administrator'],
    permissions: new Set(permissions),
    scope,
    screen: null,
    barrier: null,
  };
}

/** Calls one handler as the gateway does: arguments through their schema, the outcome committed, the result through its own. */
export async function callCommand<N extends CommandName>(
  handlers: Partial<Handlers>,
  ledger: Ledger,
  name: N,
  args: CommandInput<N>,
  { principal = principalOf(), signal = new AbortController().signal }: { principal?: Principal | null; signal?: AbortSignal } = {},
): Promise<CommandResult<N>> {
  const definition = commands.find((command) => command.name === name) as AnyCommand;
  const handler = handlers[name] as CommandHandler<AnyCommand>;
  const context: CommandContext = {
    commandId: 'command-1' as CommandId,
    principal,
    from: { door: 'internal', address: '127.0.0.1', workstation: null },
    approvedBy: null,
    now: 0,
    signal,
    commitPart: (changes, secrets) => ledger.commit(changes, cause, secrets),
  };
  const answer = await handler(definition.args.parse(args), context);
  if (!answer.ok) throw new ProblemError(answer.error);
  const { result, changes = [], secrets = [], afterCommit } = answer.value;
  if (changes.length > 0 || secrets.length > 0) ledger.commit(changes, cause, secrets);
  await afterCommit?.();
  return definition.result.parse(result) as CommandResult<N>;
}
