import type { CommandName, Handlers } from '../contract/catalog.ts';
import { problem } from '../contract/errors.ts';
import { err } from '../contract/result.ts';

/** Commands whose rooms are being built: each line goes with the room that answers it. */
const names = [
  'layout.versions',
  'layout.version',
  'layout.roll-back',
  'preset.save',
  'preset.recall',
  'preset.remove',
  'tour.control',
  'coverage.report',
  'wall.preview',
  'hold.take',
  'hold.extend',
  'hold.release',
  'hold.request',
  'hold.yield',
  'hold.refuse',
  'hold.override',
  'handover.report',
  'handover.offer',
  'handover.sign',
  'handover.withdraw',
  'favourite.list',
  'favourite.set',
] as const satisfies readonly CommandName[];

export const notYet = Object.fromEntries(names.map((name) => [name, () => err(problem('unavailable'))])) as unknown as Handlers<
  (typeof names)[number]
>;
