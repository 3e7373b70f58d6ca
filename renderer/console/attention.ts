import { computed, type ComputedRef } from 'vue';
import type { Permission } from '../../main/contract/permissions.ts';
import type { Health } from '../../main/contract/operations.ts';
import type { EpochMs } from '../../main/contract/time.ts';
import { useCollection } from '../stores/hub.ts';
import { waitingFor } from './admin/approvals/waiting-commands.ts';
import type { Who } from './desk-context.ts';

/** What the top bar says besides the line and the clock, and the administration shows in full. */
export interface Attention {
  /** Commands that wait for this person's approval. */
  readonly waiting: ComputedRef<number>;
  /** What of the hub itself is not well, the worst first. */
  readonly unwell: ComputedRef<readonly Health[]>;
}

/** Follows both for as long as the calling scope lives, as far as this person may. */
export function useAttention(
  who: Readonly<{ value: Who }>,
  can: (permission: Permission) => boolean,
  now: Readonly<{ value: EpochMs }>,
): Attention {
  const commands = can('command.approve') && can('command.view') ? useCollection('commands') : null;
  const health = can('system.view') ? useCollection('health') : null;
  return {
    waiting: computed(() => {
      void commands?.version.value;
      return commands ? waitingFor(commands.items.values(), { ...who.value, mayApprove: true }, now.value) : 0;
    }),
    unwell: computed(() => {
      void health?.version.value;
      return [...(health?.items.values() ?? [])]
        .filter(({ state }) => state === 'failed' || state === 'warning')
        .sort((a, b) => Number(b.state === 'failed') - Number(a.state === 'failed') || a.since - b.since);
    }),
  };
}
