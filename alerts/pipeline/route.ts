import type { Alert } from '../contract.ts';
import { fingerprint } from './fingerprint.ts';
import { labelOf, matches, type Labelled, type Matcher } from './matcher.ts';

/** Whose alerts these are: they are counted, grouped and told together. */
export interface Route {
  readonly id: string;
  /** Empty: all. */
  readonly match: readonly Matcher[];
  /** Alerts with the same values of these are told as one. */
  readonly groupBy: readonly string[];
  /** Receivers beyond the house, by name. */
  readonly receivers: readonly string[];
}

/** Where everything goes that no other route takes. */
export const everythingElse: Route = { id: 'desk', match: [], groupBy: ['system', 'rule', 'district'], receivers: [] };

/** The first route that takes an alert. */
export function routeOf(routes: readonly Route[], alert: Labelled): Route {
  return routes.find(({ match }) => matches(match, alert)) ?? everythingElse;
}

/** What is counted together for a flood: an exercise, or what is simulated, never makes a flood of what is real. */
export function floodOf({ id }: Route, { drill, simulated }: Pick<Alert, 'drill' | 'simulated'>): string {
  return drill ? `${id}:drill` : simulated ? `${id}:simulated` : id;
}

/** The group of an alert on its route. An exercise is never told together with what is real. */
export function groupOf({ id, groupBy }: Route, alert: Labelled & Pick<Alert, 'drill' | 'simulated'>): string {
  return fingerprint([id, String(alert.drill), String(alert.simulated), ...groupBy.map((label) => labelOf(alert, label))]);
}
