import { ref, shallowRef, type Ref, type ShallowRef } from 'vue';
import { commands, type CommandInput, type CommandName, type CommandResult } from '../../../main/contract/catalog.ts';
import { ProblemError, type Problem } from '../../../main/contract/errors.ts';
import type { HubClient } from '../../hub-client/hub-client.ts';

/** One command of a form or a button. */
export interface Ask<N extends CommandName> {
  /** It is under way. */
  readonly busy: Readonly<Ref<boolean>>;
  /** Why the latest one was refused. */
  readonly failure: ShallowRef<Problem | null>;
  /** What the latest one came to. */
  readonly answer: ShallowRef<CommandResult<N> | null>;
  /** Runs it; null when it was refused, or when another was asked for meanwhile. */
  run(args: CommandInput<N>): Promise<CommandResult<N> | null>;
}

/** Beyond the command's own deadline: the way there and back. */
const wayMs = 2000;

const deadlines: ReadonlyMap<string, number> = new Map(commands.map(({ name, deadlineMs }) => [name, deadlineMs]));

/** How long the page waits for the answer of a command, in milliseconds. */
export const waitFor = (name: CommandName): number => (deadlines.get(name) ?? 10_000) + wayMs;

/** Runs one command again and again, of which only the latest counts. */
export function useAsk<N extends CommandName>(hub: Pick<HubClient, 'command'>, name: N): Ask<N> {
  const busy = ref(false);
  const failure = shallowRef<Problem | null>(null);
  const answer: ShallowRef<CommandResult<N> | null> = shallowRef(null);
  let latest = 0;

  return {
    busy,
    failure,
    answer,
    async run(args) {
      latest += 1;
      const mine = latest;
      busy.value = true;
      failure.value = null;
      try {
        const said = await hub.command(name, args, { timeoutMs: waitFor(name) });
        if (mine !== latest) return null;
        answer.value = said;
        return said;
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error;
        if (mine === latest) failure.value = error.problem;
        return null;
      } finally {
        if (mine === latest) busy.value = false;
      }
    },
  };
}
