import type { FeedConnector } from '../feed-connector.ts';
import { runPoll } from '../poll/run-poll.ts';
import { readNgsi, readNgsiInSteps } from './read-ngsi.ts';

/** Feed kind `ngsi`: entities of the Smart Data Models, pushed by a broker's subscription or polled. */
export const ngsiConnector: FeedConnector<'ngsi'> = {
  kind: 'ngsi',
  reader: () => ({ name: 'ngsi/2', read: readNgsi, readInSteps: readNgsiInSteps }),
  run: (context) => runPoll(context),
};
