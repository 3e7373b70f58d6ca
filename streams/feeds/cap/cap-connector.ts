import type { FeedConnector } from '../feed-connector.ts';
import { readCap } from './read-cap.ts';

/** Feed kind `cap`: warnings in the Common Alerting Protocol, pushed. */
export const capConnector: FeedConnector<'cap'> = {
  kind: 'cap',
  reader: () => ({ name: 'cap/1', read: readCap }),
};
