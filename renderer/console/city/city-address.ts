import type { Permission } from '../../../main/contract/permissions.ts';

/** The views of the city's matters, in the order of the top bar, each with the permission that opens it. */
export const cityViews = [
  { id: 'alerts', permission: 'alert.view' },
  { id: 'incidents', permission: 'incident.view' },
  { id: 'tasks', permission: 'task.view' },
] as const satisfies readonly { readonly id: string; readonly permission: Permission }[];
export type CityViewName = (typeof cityViews)[number]['id'];

/** What of the city is open in place of the desk: a view, and of the incidents one. */
export interface CityPlace {
  readonly view: CityViewName;
  readonly incidentId: string | null;
}

/** The views that somebody with these permissions may open. */
export function cityViewsFor(can: (permission: Permission) => boolean): CityViewName[] {
  return cityViews.filter(({ permission }) => can(permission)).map(({ id }) => id);
}

/** What an address names by its fragment: `#alerts`, `#incidents`, `#incidents/<id>`, `#tasks`; null when it names none. */
export function cityOfHash(hash: string): CityPlace | null {
  const [name, incidentId, ...rest] = hash.replace(/^#/, '').split('/');
  const view = cityViews.find(({ id }) => id === name)?.id;
  if (view === undefined || rest.length > 0) return null;
  if (incidentId === undefined || incidentId === '') return { view, incidentId: null };
  return view === 'incidents' && /^[\w.:-]{1,64}$/.test(incidentId) ? { view, incidentId } : null;
}

/** The fragment of a place in the city. */
export function hashOfCity({ view, incidentId }: CityPlace): string {
  return incidentId === null ? `#${view}` : `#${view}/${incidentId}`;
}
