import type { FromChild, ToChild } from '../contract/processes.ts';
import { ProblemError, type Problem } from '../contract/errors.ts';
import type { Clock } from '../contract/time.ts';
import type { Log } from '../contract/log.ts';
import { backoffMs } from './backoff.ts';
import type { Child, ProcessHost } from './process-host.ts';

export type Ready = Extract<FromChild, { kind: 'ready' }>;

/** One process that is to run until it is told to stop. */
export interface SupervisedProcess {
  /** Resolves when it is ready for the first time; rejects with a ProblemError when it says that starting again will not help. */
  readonly firstReady: Promise<Ready>;
  /** Times it was started again. */
  readonly restarts: number;
  readonly pid: number | undefined;
  send(message: ToChild<never>): void;
  onMessage(listener: (message: FromChild) => void): () => void;
  /** Asks it to stop; kills it after `graceMs`. Resolves when it has gone. */
  stop(graceMs: number): Promise<void>;
}

export interface SuperviseOptions<Config> {
  readonly host: ProcessHost;
  readonly entry: string;
  readonly name: string;
  /** Environment variables that it gets besides those of its parent. */
  readonly env?: Readonly<Record<string, string>>;
  /** Switches of Node and V8 for it. */
  readonly execArgv?: readonly string[];
  /**
   * What to start it with; `last` is what the previous incarnation reported, so that it can keep its port. It may wait for
   * another process: this one loads its code meanwhile.
   */
  config(last: Ready | null): Config | Promise<Config>;
  onReady?(ready: Ready, restarts: number): void;
  /** It said that starting again will not help, after it had once been ready. */
  onFatal?(problem: Problem): void;
  readonly clock: Clock;
  readonly log: Log;
}

const stableMs = 30_000;

/** Keeps one process running: started again after every unexpected exit, with backoff up to 2 s that a stable half minute forgives. */
export function supervise<Config>(options: SuperviseOptions<Config>): SupervisedProcess {
  const { host, entry, name, clock, log } = options;
  const stopping = new AbortController();
  const first = Promise.withResolvers<Ready>();
  first.promise.catch(() => {});
  const listeners = new Set<(message: FromChild) => void>();
  let child: Child | null = null;
  let restarts = -1;
  let last: Ready | null = null;

  const runOnce = (): Promise<'again' | 'never'> =>
    new Promise((resolve) => {
      let verdict: 'again' | 'never' = 'again';
      const started = host.spawn(entry, name, { env: options.env, execArgv: options.execArgv });
      child = started;
      started.onMessage((raw) => {
        const message = raw as FromChild;
        if (message.kind === 'ready') {
          last = message;
          options.onReady?.(message, restarts);
          first.resolve(message);
        } else if (message.kind === 'fatal') {
          verdict = 'never';
          const problem: Problem = { code: message.code, params: message.params, detail: message.detail };
          if (last) options.onFatal?.(problem);
          first.reject(new ProblemError(problem));
        }
        for (const listener of listeners) listener(message);
      });
      started.onExit((code, signal) => {
        if (child === started) child = null;
        if (!stopping.signal.aborted && verdict === 'again')
          log.warn({ process: name, pid: started.pid, code, signal }, 'process ended, starting it again');
        resolve(verdict);
      });
      void Promise.resolve(options.config(last)).then(
        (config) => started.send({ kind: 'start', config } satisfies ToChild<Config>),
        // What it waited for cannot start: whoever waits for that hears why.
        () => started.kill(),
      );
    });

  const done = (async () => {
    let attempt = 0;
    while (!stopping.signal.aborted) {
      restarts += 1;
      const startedAt = clock.monotonic();
      if ((await runOnce()) === 'never') return;
      attempt = clock.monotonic() - startedAt > stableMs ? 0 : attempt + 1;
      await clock.sleep(backoffMs(attempt - 1, { firstMs: 100, capMs: 2000 }), stopping.signal).catch(() => {});
    }
  })();

  return {
    firstReady: first.promise,
    get restarts() {
      return Math.max(0, restarts);
    },
    get pid() {
      return child?.pid;
    },
    send: (message) => child?.send(message),
    onMessage(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async stop(graceMs) {
      stopping.abort();
      child?.send({ kind: 'stop' } satisfies ToChild<never>);
      const enough = new AbortController();
      const killer = clock.sleep(graceMs, enough.signal).then(
        () => child?.kill('SIGKILL'),
        () => {},
      );
      await done;
      enough.abort();
      await killer;
    },
  };
}
