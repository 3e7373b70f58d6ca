import type { CommandEntity, CommandState } from '../../contract/commands.ts';
import type { Change, Ledger } from '../../contract/ledger.ts';
import type { EpochMs } from '../../contract/time.ts';
import type { Pruned } from './retention.ts';

const dayMs = 24 * 3_600_000;
const atOnce = 200;
const over: ReadonlySet<CommandState> = new Set(['confirmed', 'rejected', 'timedOut', 'failed']);

/** Removes commands that have been over for so many days; what they did is in the audit. Those that still wait or run stay. */
export function pruneCommands(ledger: Ledger, days: number, now: EpochMs): Pruned {
  const changes: Change[] = [];
  for (const entity of ledger.all('commands')) {
    const { id, state, updatedAt } = entity as CommandEntity;
    if (!over.has(state) || now - updatedAt <= days * dayMs) continue;
    changes.push({ collection: 'commands', op: 'delete', key: id });
    if (changes.length === atOnce) break;
  }
  if (changes.length > 0) ledger.commit(changes, { kind: 'timer', id: 'retention', by: 'operations' });
  return { removed: changes.length, more: changes.length === atOnce };
}
