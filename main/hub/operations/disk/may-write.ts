import type { AnyCommand } from '../../../contract/define-command.ts';
import { problem, type Problem } from '../../../contract/errors.ts';
import type { DiskState } from './disk-state.ts';

/**
 * What goes on with a full disk besides reading: sessions begin and end (who cannot log in cannot help), a person can be locked out and let in,
 * a second person can refuse, pictures can be put on the wall and alerts taken off it, a lost wall can be made dark, alerts are answered, calls are
 * taken and units are sent. Each of them writes little; photos from the field are refused by their room.
 * `command.approve` is not among them: what it would set going is refused itself.
 */
const neededInNeed: ReadonlySet<string> = new Set([
  'session.login',
  'session.logout',
  'session.password',
  'session.lock',
  'session.unlock',
  'session.totp-begin',
  'session.totp-confirm',
  'session.end',
  'user.upsert',
  'user.unlock',
  'command.reject',
  'command.withdraw',
  'wall.show',
  'wall.span',
  'wall.revoke',
  'unit.revoke',
  'wall.alarm-return',
  'alert.acknowledge',
  'alert.shelve',
  'alert.unshelve',
  'incident.open',
  'incident.advance',
  'incident.edit',
  'incident.note',
  'unit.status',
  'task.dispatch',
  'task.report',
  'task.cancel',
]);

/**
 * May this command write now? `read` always may: leases and their audit are how the city is seen. With a full disk everything else is refused
 * with `disk-low` unless it is named here: a new command is refused until somebody has thought about it.
 */
export function mayWrite(definition: Pick<AnyCommand, 'name' | 'risk'>, disk: DiskState): Problem | null {
  if (disk !== 'full' || definition.risk === 'read' || neededInNeed.has(definition.name)) return null;
  return problem('disk-low', {}, `${definition.name} is not done while the disk is full`);
}

/** The names above, for the test that each of them exists. */
export const commandsOfNeed: readonly string[] = [...neededInNeed];
