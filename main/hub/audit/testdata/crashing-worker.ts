import { parentPort } from 'node:worker_threads';

// A worker that crashes at the job that asks for it, and answers every other one with its text.
parentPort!.on('message', ({ id, job }: { id: number; job?: { filter: { text?: string } } }) => {
  if (job === undefined) parentPort!.postMessage({ id, cancelled: true });
  else if (job.filter.text === 'crash') throw new Error('a bug');
  else if (job.filter.text !== 'never') parentPort!.postMessage({ id, answer: { rows: [], next: 7 } });
});
