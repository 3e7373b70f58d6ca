import type { FeedConnector } from '../feed-connector.ts';
import { readNgsi } from './read-ngsi.ts';

/** Feed kind `ngsi`: entities of the Smart Data Models, pushed by a broker's subscription. */
export const ngsiConnector: FeedConnector<never> = {
  kind: 'ngsi' as never,
  reader: () => ({ name: 'ngsi/1', read: readNgsi }),
};
