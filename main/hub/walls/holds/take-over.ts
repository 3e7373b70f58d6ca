import type { Hold } from '../../../../layouts/control-contract.ts';
import type { UserId } from '../../../contract/ids.ts';
import type { Role } from '../../../contract/permissions.ts';
import type { EpochMs } from '../../../contract/time.ts';
import { highestPriority } from './hold-rules.ts';

/** Who takes a desk over, as far as holds go. */
export interface Successor {
  readonly userId: UserId;
  readonly name: string;
  readonly roles: readonly Role[];
}

/** What becomes of the holds of somebody who goes. */
export interface TakenOver {
  /** As they are from then on: the successor's, for as long and for the same reason as before. */
  readonly taken: readonly Hold[];
  /** Of a higher priority than the successor's roles allow: they stay whose they are. */
  readonly left: readonly Hold[];
}

/** Splits what `from` holds at `now` into what his successor takes over and what he cannot. Holds that are over are neither. */
export function takeOver(holds: Iterable<Hold>, from: string, to: Successor, now: EpochMs): TakenOver {
  const highest = highestPriority(to.roles);
  const taken: Hold[] = [];
  const left: Hold[] = [];
  for (const hold of holds) {
    if (hold.userId !== from || hold.expiresAt <= now) continue;
    if (hold.priority > highest) left.push(hold);
    else {
      // What he asked for himself he has now.
      const requests = hold.requests.filter(({ userId }) => userId !== to.userId);
      const restore = hold.restore && { ...hold.restore, passedOn: true };
      taken.push({ ...hold, userId: to.userId, name: to.name, restore, requests, revision: hold.revision + 1 });
    }
  }
  return { taken, left };
}
