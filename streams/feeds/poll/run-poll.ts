import { once } from 'node:events';
import type { FeedContext } from '../feed-connector.ts';
import { pollHttp } from './poll-http.ts';

/** The run of a feed that may be polled: as its settings say; without them it is pushed to, and there is nothing to do until its end. */
export async function runPoll(
  context: FeedContext<'mapping' | 'ngsi' | 'cap'>,
  linksOf?: (bytes: Uint8Array) => readonly string[],
): Promise<void> {
  const { poll } = context.settings;
  if (poll) await pollHttp({ ...context, poll }, linksOf);
  else if (!context.signal.aborted) await once(context.signal, 'abort');
}
