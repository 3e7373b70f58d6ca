import type { Asset, AssetKind, CityEvent } from '../../../streams/feed-contract.ts';
import type { Rule, RuleCondition, SeenObservation } from '../rule.ts';

export const start = 1_800_000_000_000;

/** An asset of a feed, in district 370102. */
export function asset(name: string, more: Partial<Asset> = {}): SeenObservation['asset'] {
  const { feedId = 'pumps' as Asset['feedId'] } = more;
  return {
    id: `${feedId}/${name}`,
    feedId,
    system: 'utilities' as Asset['system'],
    assetKind: 'pump-station' as AssetKind,
    name,
    place: { lat: 36.65, lon: 117.12, datum: 'wgs84', district: '370102', text: null },
    properties: {},
    simulated: false,
    drill: false,
    ...more,
  };
}

/** A good value of it, received as it was measured, so many seconds after the start. */
export function seen(
  of: SeenObservation['asset'],
  quantity: string,
  value: SeenObservation['value'],
  atSeconds: number,
  more: Partial<SeenObservation> = {},
): SeenObservation {
  const at = start + atSeconds * 1000;
  return {
    asset: of,
    entity: of.id.split('/')[1]!,
    quantity,
    value,
    quality: 'good',
    flag: null,
    unit: 'm',
    at,
    receivedAt: at,
    late: false,
    ...more,
  };
}

/** An open event of class `grid.garbage`, so many seconds after the start. */
export function cityEvent(external: string, atSeconds: number, more: Partial<CityEvent> = {}): CityEvent {
  const at = start + atSeconds * 1000;
  return {
    id: `cases/${external}`,
    feedId: 'cases' as CityEvent['feedId'],
    system: 'grid' as CityEvent['system'],
    external,
    version: 1,
    supersedes: [],
    class: 'grid.garbage',
    status: 'open',
    severity: 'high',
    title: `Case ${external}`,
    text: null,
    instruction: null,
    at,
    receivedAt: at,
    startsAt: null,
    endsAt: null,
    place: { lat: 36.65, lon: 117.12, datum: 'wgs84', district: '370102', text: null },
    area: null,
    source: {},
    exercise: false,
    simulated: false,
    drill: false,
    ...more,
  };
}

/** A rule of medium severity with this condition. */
export function ruleOf(id: string, when: RuleCondition, more: Partial<Rule> = {}): Rule {
  return {
    id,
    system: 'utilities',
    severity: 'medium',
    when,
    title: { zh: '{name}：{value}{unit}', en: '{name}: {value} {unit}' },
    advice: null,
    ...more,
  };
}
