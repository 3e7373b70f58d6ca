import { randomUUID } from 'node:crypto';
import type { Wall } from '../../../layouts/contract.ts';
import type { Hold } from '../../../layouts/control-contract.ts';
import type { User } from '../../contract/accounts.ts';
import type { Handlers } from '../../contract/catalog.ts';
import type { Handover, ShiftReport } from '../../contract/desk.ts';
import { problem, type Problem } from '../../contract/errors.ts';
import type { HandoverId } from '../../contract/ids.ts';
import type { Change, Ledger } from '../../contract/ledger.ts';
import type { Principal } from '../../contract/principal.ts';
import { err, ok, type Result } from '../../contract/result.ts';
import type { EpochMs } from '../../contract/time.ts';
import { takeOver } from '../walls/holds/take-over.ts';
import { handoversToDrop } from './kept-handovers.ts';

export type HandoverCommand = 'handover.report' | 'handover.offer' | 'handover.sign' | 'handover.withdraw';

/** Hand-overs: whoever goes writes and signs, whoever comes reads and signs. The proof of a signature is the session it came through. */
export function createHandoverHandlers(deps: {
  readonly ledger: Pick<Ledger, 'get' | 'all'>;
  /** What a hand-over by this person would say at this moment. */
  report(principal: Principal, now: EpochMs): ShiftReport;
}): Handlers<HandoverCommand> {
  const { ledger, report } = deps;
  const all = () => [...ledger.all('handovers')] as Handover[];

  const personOf = ({ userId, name }: Principal): Handover['from'] => ({
    userId,
    name,
    fullName: (ledger.get('users', userId) as User | undefined)?.fullName ?? null,
  });

  /** One that still waits for its second signature. */
  function waiting(id: string): Result<Handover, Problem> {
    const handover = ledger.get('handovers', id) as Handover | undefined;
    if (!handover) return err(problem('handover-unknown', { handoverId: id }));
    if (handover.state === 'offered') return ok(handover);
    return err(problem('handover-ended', { state: handover.state, by: handover.to?.name ?? null, at: handover.signedAt }));
  }

  const nameHold = ({ wallId, screenId, priority }: Hold) => {
    const wall = ledger.get('walls', wallId) as Wall | undefined;
    return { wall: wall?.name ?? wallId, screen: wall?.screens.find(({ id }) => id === screenId)?.name ?? screenId, priority };
  };

  return {
    'handover.report': (_args, { principal, now }) =>
      principal ? ok({ result: { report: report(principal, now) } }) : err(problem('login-required')),

    'handover.offer': ({ note, items, desk }, { principal, from, now }) => {
      if (!principal) return err(problem('login-required'));
      const handovers = all();
      const before = handovers.filter((one) => one.state === 'offered' && one.from.userId === principal.userId);
      const dropped = handoversToDrop(handovers, now);
      const handover: Handover = {
        id: randomUUID() as string as HandoverId,
        state: 'offered',
        from: personOf(principal),
        offeredAt: now,
        to: null,
        signedAt: null,
        withdrawnAt: null,
        desk: desk ?? from.workstation,
        note: note ?? null,
        items,
        report: report(principal, now),
        remarks: null,
        scope: plainScope(principal),
        simulated: false,
        drill: false,
      };
      return ok({
        result: { handoverId: handover.id },
        changes: [
          ...before.filter((one) => !dropped.includes(one)).map((one) => put(withdrawn(one, now))),
          ...dropped.map((one): Change => ({ collection: 'handovers', op: 'delete', key: one.id })),
          put(handover),
        ],
        before: before.length > 0 ? { withdrawn: before.map(({ id }) => id) } : null,
        after: { handoverId: handover.id, items: items.length },
      });
    },

    'handover.sign': ({ handoverId, remarks }, { principal, now }) => {
      if (!principal) return err(problem('login-required'));
      const found = waiting(handoverId);
      if (!found.ok) return found;
      const handover = found.value;
      if (handover.from.userId === principal.userId) return err(problem('handover-own'));
      const { taken, left } = takeOver(ledger.all('holds') as Iterable<Hold>, handover.from.userId, principal, now);
      return ok({
        result: { holdsTaken: taken.length, holdsLeft: left.map(nameHold) },
        changes: [
          put({ ...handover, state: 'signed', to: personOf(principal), signedAt: now, remarks: remarks ?? null }),
          ...taken.map((hold): Change => ({ collection: 'holds', op: 'put', key: hold.id, value: hold })),
        ],
        before: { from: handover.from.name, offeredAt: handover.offeredAt },
        after: { to: principal.name, holdsTaken: taken.map(({ id }) => id), holdsLeft: left.map(({ id }) => id) },
      });
    },

    'handover.withdraw': ({ handoverId }, { principal, now }) => {
      if (!principal) return err(problem('login-required'));
      const found = waiting(handoverId);
      if (!found.ok) return found;
      if (found.value.from.userId !== principal.userId) return err(problem('forbidden'));
      return ok({ result: {}, changes: [put(withdrawn(found.value, now))] });
    },
  };
}

const put = (handover: Handover): Change => ({ collection: 'handovers', op: 'put', key: handover.id, value: handover });

const withdrawn = (handover: Handover, now: EpochMs): Handover => ({ ...handover, state: 'withdrawn', withdrawnAt: now });

/** A copy: what is kept does not change with the account. */
function plainScope({ scope: { districts, groups } }: Principal): Handover['scope'] {
  return { districts: districts === '*' ? '*' : [...districts], groups: groups === '*' ? '*' : [...groups] };
}
