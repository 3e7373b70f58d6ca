import type { FeedSettings } from '../../feed-contract.ts';
import type { FeedConnector } from '../feed-connector.ts';
import { readMapped } from './read-mapped.ts';

/** Feed kind `mapping`: whatever a mapping document can describe, pushed. */
export const mappingConnector: FeedConnector<never> = {
  kind: 'mapping' as never,
  reader(settings: Extract<FeedSettings, { kind: 'mapping' }>) {
    return { name: 'mapping/1', read: (record) => readMapped(record, settings.mapping) };
  },
} as FeedConnector<'mapping'> as unknown as FeedConnector<never>;
