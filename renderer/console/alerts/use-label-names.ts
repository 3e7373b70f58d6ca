import type { Alert } from '../../../alerts/contract.ts';
import { useCollection } from '../../stores/hub.ts';
import { districtName } from '../city/district-name.ts';
import { useDeskContext } from '../desk-context.ts';
import { ruleWords, type LabelNames } from './label-words.ts';

/** The names of what labels tell of, as the desk knows them. `alerts`: those that name their rules; `systemName`: null where it is not known. */
export function useLabelNames(alerts: () => Iterable<Alert>, systemName: (id: string) => string | null): LabelNames {
  const { directory, can } = useDeskContext();
  const feeds = can('feed.view') ? useCollection('feeds', { fields: ['id', 'name'] }) : null;
  return {
    system: systemName,
    district: (code) => districtName(directory, code),
    feed(id) {
      void feeds?.version.value;
      return feeds?.items.get(id)?.name ?? null;
    },
    rule: (id) => ruleWords(id, alerts()),
  };
}
