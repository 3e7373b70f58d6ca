import { Worker } from 'node:worker_threads';
import { problem, type Problem } from '../../../contract/errors.ts';
import { err, type Result } from '../../../contract/result.ts';
import type { BackupFacts, BackupOrder } from './write-backup.ts';

/** The worker as it is built, beside the hub or above the chunk that this is in; from the sources it is the file beside this one. */
function workerFile(): URL {
  const here = import.meta.url;
  if (here.endsWith('.ts')) return new URL('./backup-worker.ts', here);
  return new URL(here.includes('/chunks/') ? '../backup-worker.js' : './backup-worker.js', here);
}

/** Makes a backup in a worker thread. Fails with `backup-failed`; when the signal aborts, the thread ends there and then. */
export function runBackup(order: BackupOrder, signal: AbortSignal): Promise<Result<BackupFacts, Problem>> {
  return new Promise((resolve) => {
    const worker = new Worker(workerFile(), { workerData: order, name: 'backup' });
    const end = (answer: Result<BackupFacts, Problem>) => {
      signal.removeEventListener('abort', stop);
      resolve(answer);
      void worker.terminate();
    };
    const failed = (detail: string) => end(err(problem('backup-failed', { reason: 'worker' }, detail)));
    const stop = () => failed('the hub stopped while the backup was being made');
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    worker.once('message', (answer: Result<BackupFacts, Problem>) => end(answer));
    worker.once('error', (cause) => failed(`the backup thread failed: ${String(cause)}`));
    worker.once('exit', () => failed('the backup thread ended without an answer'));
  });
}
