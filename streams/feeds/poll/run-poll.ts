import { once } from 'node:events';
import type { FeedSettings } from '../../feed-contract.ts';
import type { FeedContext } from '../feed-connector.ts';
import { pollHttp } from './poll-http.ts';

/** What the run of a feed that may be polled is given. */
type PolledContext = Omit<FeedContext, 'settings'> & { readonly settings: Pick<Extract<FeedSettings, { kind: 'ngsi' }>, 'poll'> };

/** The run of a feed that may be polled: as its settings say; without them it is pushed to, and there is nothing to do until its end. */
export async function runPoll(context: PolledContext, linksOf?: (bytes: Uint8Array) => readonly string[]): Promise<void> {
  const { poll } = context.settings;
  if (poll) await pollHttp({ ...context, poll }, linksOf);
  else if (!context.signal.aborted) await once(context.signal, 'abort');
}
