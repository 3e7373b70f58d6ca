import type { CommandResult } from '../../main/contract/catalog.ts';
import { problem, ProblemError, type Problem } from '../../main/contract/errors.ts';
import type { Profile, VideoCodec } from '../../streams/contract.ts';
import type { HubClient } from '../hub-client/hub-client.ts';

/** What `stream.lease` answers. */
export type Lease = CommandResult<'stream.lease'>;

/** Where the players of one page get their leases, and give them back. */
export interface LeaseDesk {
  /** Rejects with a `ProblemError`, as the hub's command would. */
  lease(cameraId: string, profile: Profile, decodes: readonly VideoCodec[]): Promise<Lease>;
  /** Best effort: a lease that is never given back ends with the session or when nobody fetches from it. */
  release(leaseId: string): void;
}

/** As many as `stream.lease-many` takes. */
const atOnce = 512;

interface Wish {
  readonly cameraId: string;
  readonly profile: Profile;
  readonly decodes: readonly VideoCodec[];
  give(lease: Lease): void;
  refuse(why: unknown): void;
}

/** Asks for whatever is wanted in the same turn of the page at once, so that a scene of 144 tiles is one command and not 144. */
export function createLeaseDesk(hub: Pick<HubClient, 'command'>): LeaseDesk {
  let waiting: Wish[] = [];

  const askOne = (wish: Wish): Promise<void> =>
    hub
      .command('stream.lease', { cameraId: wish.cameraId, profile: wish.profile, decodes: [...wish.decodes] })
      .then(wish.give, wish.refuse);

  const askAll = async (wishes: readonly Wish[]): Promise<void> => {
    const [first, ...others] = wishes;
    if (!first) return;
    if (others.length === 0) return askOne(first);
    try {
      const wants = wishes.map(({ cameraId, profile }) => ({ cameraId, profile }));
      const { leases } = await hub.command('stream.lease-many', { wants, decodes: [...first.decodes] });
      wishes.forEach((wish, nth) => {
        const answer = leases[nth];
        if (answer && !('error' in answer)) wish.give(answer);
        else wish.refuse(new ProblemError((answer?.error as Problem | undefined) ?? problem('unavailable')));
      });
    } catch (error) {
      if (!(error instanceof ProblemError && error.problem.code === 'out-of-scope')) {
        for (const wish of wishes) wish.refuse(error);
        return;
      }
      // One camera that this session may not see refuses the whole list: it is found by halves, and the others are served. One half
      // after the other, or a wall of such cameras would use up the session's places at the hub.
      const half = Math.ceil(wishes.length / 2);
      await askAll(wishes.slice(0, half));
      await askAll(wishes.slice(half));
    }
  };

  const send = () => {
    const wishes = waiting;
    waiting = [];
    const alike = Map.groupBy(wishes, ({ decodes }) => decodes.join());
    for (const group of alike.values()) for (let at = 0; at < group.length; at += atOnce) void askAll(group.slice(at, at + atOnce));
  };

  return {
    lease(cameraId, profile, decodes) {
      const { promise, resolve: give, reject: refuse } = Promise.withResolvers<Lease>();
      if (waiting.length === 0) setTimeout(send);
      waiting.push({ cameraId, profile, decodes, give, refuse });
      return promise;
    },
    release(leaseId) {
      hub.command('stream.release', { leaseId }).catch(() => {});
    },
  };
}
