import { ProblemError, problem, type ErrorCode, type Problem } from '../../../main/contract/errors.ts';
import { silentLog } from '../../../main/contract/log.ts';
import type { Clock } from '../../../main/contract/time.ts';
import type { FeedConnector, FeedContext, RawRecord } from '../feed-connector.ts';
import type { FeedKind, FeedSettings } from '../../feed-contract.ts';

/** A connector that runs in a test, with a journal that the test plays. */
export interface FeedRig {
  readonly port: number;
  /** What was handed over, in its order, whether it was taken or not. */
  readonly offered: readonly RawRecord[];
  /** What is in the journal. */
  readonly taken: readonly RawRecord[];
  readonly connections: number;
  readonly problem: Problem | undefined;
  /** Resolves with what it failed with; never while it runs. */
  readonly failed: Promise<unknown>;
  /** `hold`: it takes until `release`; a code: it refuses. */
  journal: 'takes' | 'hold' | ErrorCode;
  /** Lets through what is held, and takes from now on. */
  release(): void;
  /** Resolves when this is so; it is looked at whenever something happened. */
  until(isSo: () => boolean): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a connector; resolves when it listens, or has begun where it does not. Rejects when it fails before. */
export async function startFeed<K extends FeedKind>(
  connector: FeedConnector<K>,
  settings: Extract<FeedSettings, { kind: K }>,
  clock: Clock,
  listens = true,
): Promise<FeedRig> {
  const end = new AbortController();
  const offered: RawRecord[] = [];
  const taken: RawRecord[] = [];
  let held: (() => void)[] = [];
  let watchers: (() => void)[] = [];
  const stir = () => {
    const woken = watchers;
    watchers = [];
    for (const wake of woken) wake();
  };
  const failure = Promise.withResolvers<unknown>();
  const rig: FeedRig & { port: number; connections: number; problem: Problem | undefined } = {
    port: 0,
    failed: failure.promise,
    offered,
    taken,
    connections: 0,
    problem: undefined,
    journal: 'takes',
    release() {
      rig.journal = 'takes';
      const all = held;
      held = [];
      for (const go of all) go();
    },
    async until(isSo) {
      while (!isSo()) await new Promise<void>((resolve) => watchers.push(resolve));
    },
    async stop() {
      end.abort();
      rig.release();
      await running.catch(() => {});
    },
  };
  const context: FeedContext<K> = {
    feedId: 'feed',
    settings,
    listenHost: '127.0.0.1',
    clock,
    log: silentLog,
    signal: end.signal,
    async take(record) {
      offered.push(record);
      stir();
      if (rig.journal === 'hold') await new Promise<void>((resolve) => held.push(resolve));
      else if (rig.journal !== 'takes') throw new ProblemError(problem(rig.journal));
      taken.push(record);
      stir();
    },
    connected(connections, why) {
      rig.connections = connections;
      rig.problem = why;
      stir();
    },
  };
  const listening = Promise.withResolvers<number>();
  const running = connector.run!(context, listening.resolve);
  running.catch((cause: unknown) => {
    failure.resolve(cause);
    listening.reject(cause);
  });
  if (!listens) listening.resolve(0);
  rig.port = await listening.promise;
  return rig;
}
