import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Problem, problem } from '../../contract/errors.ts';
import type { Log } from '../../contract/log.ts';
import { err, ok, type Result } from '../../contract/result.ts';
import type { AuditAnswer, AuditAnswers, AuditJob, FromAuditWorker, ToAuditWorker } from './audit-jobs.ts';

/** Jobs that the worker has at once; more are refused. */
export const mostAuditJobs = 8;

/** Long reads of the audit and of the watch register, in a worker thread. */
export interface AuditReader {
  /** Errors: `too-many-requests`, `deadline-exceeded` when the signal aborts first, `unavailable`, `shutting-down`. */
  run<K extends AuditJob['kind']>(
    job: Extract<AuditJob, { readonly kind: K }>,
    signal: AbortSignal,
  ): Promise<Result<AuditAnswers[K], Problem>>;
  stop(): Promise<void>;
}

/** `entry`: the file that the worker runs; a test brings its own. */
export function createAuditReader(options: { readonly ledgerPath: string; readonly log: Log; readonly entry?: string }): AuditReader {
  const { ledgerPath, log, entry = auditWorkerEntry() } = options;
  /** Jobs that the worker has not done with: one that nobody waits for any more keeps its place until it has really ended. */
  const jobs = new Map<number, (answer: Result<AuditAnswer, Problem>) => void>();
  let worker: Worker | null = null;
  let nextId = 1;
  let stopped = false;

  const settle = (id: number, answer: Result<AuditAnswer, Problem>) => {
    const done = jobs.get(id);
    jobs.delete(id);
    done?.(answer);
  };

  /** The first job starts it, and so does the first after a crash: one that crashes at once is not started in a loop. */
  const start = (): Worker => {
    const started = new Worker(entry, { workerData: { ledgerPath }, name: 'audit', resourceLimits: { maxOldGenerationSizeMb: 512 } });
    started.on('message', (message: FromAuditWorker) => {
      if ('answer' in message) settle(message.id, ok(message.answer));
      else if ('cancelled' in message) settle(message.id, err(problem('deadline-exceeded')));
      else {
        log.error({ reason: message.failed }, 'A long read of the audit failed');
        settle(message.id, err(problem('unavailable')));
      }
    });
    started.on('error', (cause) => log.error({ err: cause }, 'The worker that reads the audit crashed'));
    started.on('exit', () => {
      if (worker === started) worker = null;
      for (const id of jobs.keys()) settle(id, err(problem(stopped ? 'shutting-down' : 'unavailable')));
    });
    started.unref();
    return started;
  };

  return {
    async run<K extends AuditJob['kind']>(job: Extract<AuditJob, { readonly kind: K }>, signal: AbortSignal) {
      if (stopped) return err(problem('shutting-down'));
      if (signal.aborted) return err(problem('deadline-exceeded'));
      if (jobs.size >= mostAuditJobs) return err(problem('too-many-requests'));
      const reading = (worker ??= start());
      const say = (message: ToAuditWorker) => reading.postMessage(message);
      const id = nextId++;
      const answer = Promise.withResolvers<Result<AuditAnswer, Problem>>();
      const giveUp = () => {
        say({ id, cancel: true });
        answer.resolve(err(problem('deadline-exceeded')));
      };
      jobs.set(id, answer.resolve);
      signal.addEventListener('abort', giveUp, { once: true });
      say({ id, job });
      const answered = await answer.promise;
      signal.removeEventListener('abort', giveUp);
      return answered as Result<AuditAnswers[K], Problem>;
    },
    async stop() {
      stopped = true;
      await worker?.terminate();
    },
  };
}

/** The worker beside this file, as a source or as the build leaves it: there this file is part of a bundle, or of a chunk below it. */
function auditWorkerEntry(): string {
  const here = import.meta.dirname;
  const candidates = [join(here, 'audit-worker.ts'), join(here, 'audit-worker.js'), join(here, '..', 'audit-worker.js')];
  return candidates.find((file) => existsSync(file)) ?? candidates[1]!;
}
