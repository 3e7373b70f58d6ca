import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { type AuditAnswer, auditSteps, type FromAuditWorker, type ToAuditWorker } from './audit-jobs.ts';

// The hub's long reads, in a thread of their own: on a connection that can write nothing, so that whatever goes wrong here harms no fact.
const port = parentPort!;
const { ledgerPath } = workerData as { readonly ledgerPath: string };
const database = new Database(ledgerPath, { readonly: true, fileMustExist: true, timeout: 2000 });
database.pragma('trusted_schema = OFF');

const running = new Map<number, Generator<number, AuditAnswer>>();
const say = (message: FromAuditWorker) => port.postMessage(message);

/** One step of every job: a search does not wait for a check of millions of rows. */
function turn(): void {
  for (const [id, steps] of running) {
    try {
      const step = steps.next();
      if (step.done !== true) continue;
      running.delete(id);
      say({ id, answer: step.value });
    } catch (cause) {
      running.delete(id);
      say({ id, failed: String(cause) });
    }
  }
  if (running.size > 0) setImmediate(turn);
}

port.on('message', (message: ToAuditWorker) => {
  const { id } = message;
  if ('job' in message) {
    if (running.size === 0) setImmediate(turn);
    running.set(id, auditSteps(database, message.job));
    return;
  }
  const steps = running.get(id);
  if (steps === undefined) return;
  running.delete(id);
  // What it has open is closed.
  steps.return(null as never);
  say({ id, cancelled: true });
});
