import type { FeedConnector } from '../feed-connector.ts';
import { parseXml } from '../../protocols/xml/parse-xml.ts';
import { parseText } from '../parse-text.ts';
import { runPoll } from '../poll/run-poll.ts';
import { linksOf, readCap } from './read-cap.ts';

/** Feed kind `cap`: warnings in the Common Alerting Protocol, pushed, or polled: alone or by an index that links to them. */
export const capConnector: FeedConnector<'cap'> = {
  kind: 'cap',
  reader: () => ({ name: 'cap/2', read: readCap }),
  run: (context) => runPoll(context, linksInIndex),
};

/** Where the alerts of an index are; of anything else nowhere. */
function linksInIndex(bytes: Uint8Array): readonly string[] {
  const text = parseText(bytes);
  const root = text.ok ? parseXml(text.value) : text;
  return root.ok ? linksOf(root.value) : [];
}
