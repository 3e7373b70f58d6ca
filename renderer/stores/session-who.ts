import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue';
import type { CommandResult } from '../../main/contract/catalog.ts';
import { useConnection, useHub } from './hub.ts';

export type SessionWho = CommandResult<'session.who'>;

const againMs = 5_000;

/** Who this page's session is, asked whenever the line is live again; null until the hub has said so. */
export function useSessionWho(): Readonly<ShallowRef<SessionWho | null>> {
  const hub = useHub();
  const connection = useConnection();
  const who = shallowRef<SessionWho | null>(null);
  let again: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  const ask = () => {
    clearTimeout(again);
    if (connection.value.kind !== 'live') return;
    hub.command('session.who', {}).then(
      (answer) => (who.value = answer),
      // A hub that went away says so itself; one that is busy is asked again.
      () => {
        if (!isOver) again = setTimeout(ask, againMs);
      },
    );
  };
  watch(connection, ask, { immediate: true });
  onScopeDispose(() => {
    isOver = true;
    clearTimeout(again);
  });
  return who;
}
