import { onScopeDispose, watch, type ShallowRef } from 'vue';
import type { CommandResult } from '../../../../main/contract/catalog.ts';
import type { Problem } from '../../../../main/contract/errors.ts';
import type { HubClient } from '../../../hub-client/hub-client.ts';
import { useConnection } from '../../../stores/hub.ts';
import { useAsk } from '../use-ask.ts';

/** Sessions are a list that is asked for, not a collection that is followed: so it is asked for again and again. */
export const askEveryMs = 5000;

/** Who is logged in, for as long as the calling scope lives. */
export function useSessions(hub: Pick<HubClient, 'command'>): {
  /** Null until the hub answered. */
  readonly answer: ShallowRef<CommandResult<'session.list'> | null>;
  readonly failure: ShallowRef<Problem | null>;
  ask(): Promise<void>;
} {
  const { run, answer, failure, busy } = useAsk(hub, 'session.list');
  const connection = useConnection();
  const ask = async () => {
    if (!busy.value && connection.value.kind === 'live') await run({});
  };
  watch(
    () => connection.value.kind === 'live',
    (live) => live && void ask(),
    { immediate: true },
  );
  const timer = setInterval(() => void ask(), askEveryMs);
  onScopeDispose(() => clearInterval(timer));
  return { answer, failure, ask };
}
