import type { CommandName, Handlers } from '../contract/catalog.ts';
import { problem } from '../contract/errors.ts';
import { err } from '../contract/result.ts';

/** Commands that have no room yet. A room that gets built takes its commands away from here. */
const unbuilt = [
  'incident.open',
  'incident.advance',
  'incident.edit',
  'incident.note',
  'incident.step',
  'incident.merge',
  'incident.unmerge',
  'incident.log',
  'incident.report',
  'incident.caller',
  'incident.watch',
  'unit.upsert',
  'unit.status',
  'unit.recommend',
  'task.dispatch',
  'task.report',
  'task.mine',
  'task.cancel',
] as const satisfies readonly CommandName[];

/** They answer `unavailable`, so that the rest of the hub can be composed and tried. */
export const notYet: Handlers<(typeof unbuilt)[number]> = Object.fromEntries(
  unbuilt.map((name) => [name, () => err(problem('unavailable', { reason: 'not-built' }))]),
) as unknown as Handlers<(typeof unbuilt)[number]>;
