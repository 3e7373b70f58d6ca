import type { FeedConnector } from '../feed-connector.ts';
import { runPoll } from '../poll/run-poll.ts';
import { readMapped } from './read-mapped.ts';

/** Feed kind `mapping`: whatever a mapping document can describe, pushed or polled. */
export const mappingConnector: FeedConnector<'mapping'> = {
  kind: 'mapping',
  reader(settings) {
    return { name: 'mapping/2', read: (record) => readMapped(record, settings.mapping) };
  },
  run: (context) => runPoll(context),
};
