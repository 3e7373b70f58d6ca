import type { FeedConnector } from '../feed-connector.ts';
import { readNgsi } from './read-ngsi.ts';

/** Feed kind `ngsi`: entities of the Smart Data Models, pushed by a broker's subscription. */
export const ngsiConnector: FeedConnector<'ngsi'> = {
  kind: 'ngsi',
  reader: () => ({ name: 'ngsi/1', read: readNgsi }),
};
