import type { SeenObservation } from '../../alerts/rules/rule.ts';
import type { Ledger } from '../../main/contract/ledger.ts';
import type { Log } from '../../main/contract/log.ts';
import type { EpochMs } from '../../main/contract/time.ts';
import type { Asset } from '../feed-contract.ts';
import type { Journal } from '../feeds/journal.ts';
import { aheadMs } from './known-city.ts';
import { quantities } from '../systems/quantities.ts';

/** No rule that counts several values looks back further. */
const lookBackMs = 2 * 3_600_000;
/** The newest so many: the hub's start does not wait for more. */
const valuesAtMost = 20_000;

/** The values of the last hours as the rules saw them, in the order of receipt; none when the journal cannot be read, which is logged. */
export async function recentValues(
  journal: Pick<Journal, 'recent'>,
  ledger: Pick<Ledger, 'get'>,
  now: EpochMs,
  log: Log,
): Promise<readonly SeenObservation[]> {
  try {
    const kept = await journal.recent(now - lookBackMs, valuesAtMost);
    /** Of each value of each thing: the source's time of the newest that came so far. */
    const newest = new Map<string, EpochMs>();
    return kept.flatMap(({ assetId, quantity, value, quality, flag, at, receivedAt, unit }) => {
      const asset = ledger.get('assets', assetId) as Asset | undefined;
      if (asset === undefined) return [];
      const name = `${assetId} ${quantity}`;
      const before = newest.get(name) ?? -Infinity;
      const late = at < before && before <= receivedAt + aheadMs;
      if (!late) newest.set(name, at);
      const known = quantities as Readonly<Record<string, { readonly unit: string } | undefined>>;
      return [
        { asset, entity: asset.entity, quantity, value, quality, flag, unit: unit ?? known[quantity]?.unit ?? '', at, receivedAt, late },
      ];
    });
  } catch (cause) {
    log.warn({ err: cause }, 'what was measured of late cannot be read: rules that count several values begin anew');
    return [];
  }
}
