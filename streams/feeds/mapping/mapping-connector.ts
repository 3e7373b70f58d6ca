import type { FeedConnector } from '../feed-connector.ts';
import { runPoll } from '../poll/run-poll.ts';
import { readMapped, readMappedInSteps } from './read-mapped.ts';

/** Feed kind `mapping`: whatever a mapping document can describe, pushed or polled. */
export const mappingConnector: FeedConnector<'mapping'> = {
  kind: 'mapping',
  reader(settings) {
    const { mapping } = settings;
    return {
      name: 'mapping/2',
      read: (record) => readMapped(record, mapping),
      readInSteps: (record) => readMappedInSteps(record, mapping),
    };
  },
  run: (context) => runPoll(context),
};
