import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { problem, ProblemError } from '../../contract/errors.ts';
import type { Log } from '../../contract/log.ts';
import type { Clock } from '../../contract/time.ts';
import type { HistoryPoint, Journal, JournalEntry, JournalVerdict } from '../../../streams/feeds/journal.ts';
import { backoffMs } from '../../supervision/backoff.ts';
import type { FromJournal, JournalQuestion, JournalStart, ToJournal } from './journal-messages.ts';
import type { JournalGroup, JournalLimits } from './journal-store.ts';

/** A group is closed so long after its first entry; a waiting source hears of it a flush later. */
const groupMs = 20;
/** What may wait for the disk: beyond it records are refused, and their sources keep them. */
const waitingEntries = 20_000;
const waitingBytes = 64 * 1024 * 1024;
/** Verdicts and values that may wait; those that do not fit are lost and counted. A verdict is found again after a start. */
const waitingRows = 200_000;
/** How long an orderly end waits for the last group. */
const endMs = 3000;

/** Opens `journal.db` in a data folder, in a thread of its own. `entry`: the file that the thread runs; a test brings its own. */
export function openJournal(options: {
  readonly dataFolder: string;
  readonly limits: JournalLimits;
  readonly clock: Clock;
  readonly log: Log;
  readonly entry?: string;
}): Journal {
  const { clock, log, entry = workerEntry() } = options;
  const start: JournalStart = { path: join(options.dataFolder, 'journal.db'), limits: options.limits };
  const asked = new Map<number, PromiseWithResolvers<unknown>>();
  const ending = new AbortController();
  let worker: Worker | null = null;
  let attempt = 0;
  let nextId = 1;
  let stopping = false;

  let entries: { readonly entry: JournalEntry; readonly done: PromiseWithResolvers<number> }[] = [];
  let entryBytes = 0;
  let verdicts: (JournalVerdict & { readonly id: number })[] = [];
  let points: HistoryPoint[] = [];
  let timer: ReturnType<typeof setTimeout> | null = null;
  let writing = 0;
  const figures = { records: 0, bytes: 0, waiting: 0, dropped: 0, lastGroupMs: 0 };

  const unavailable = (detail: string) => new ProblemError(problem('journal-unavailable', {}, detail));

  const run = () => {
    const started = new Worker(entry, { workerData: start, name: 'journal', resourceLimits: { maxOldGenerationSizeMb: 256 } });
    worker = started;
    started.on('message', (message: FromJournal) => {
      if ('figures' in message) {
        Object.assign(figures, message.figures);
        return;
      }
      const waiting = asked.get(message.id);
      asked.delete(message.id);
      if ('answer' in message) {
        attempt = 0;
        waiting?.resolve(message.answer);
      } else waiting?.reject(unavailable(message.failed));
    });
    started.on('error', (cause) => log.error({ err: cause }, 'the journal failed'));
    started.on('exit', () => {
      if (worker === started) worker = null;
      for (const waiting of asked.values()) waiting.reject(unavailable('the journal ended'));
      asked.clear();
      if (stopping) return;
      attempt += 1;
      clock.sleep(backoffMs(attempt, { firstMs: 250, capMs: 5000 }), ending.signal).then(run, () => {});
    });
  };
  run();

  function ask<T>(message: { readonly group: JournalGroup } | JournalQuestion | { readonly close: true }): Promise<T> {
    if (!worker) return Promise.reject(unavailable('the journal is being opened again'));
    const id = nextId++;
    const answer = Promise.withResolvers<unknown>();
    asked.set(id, answer);
    worker.postMessage({ ...message, id } as ToJournal);
    return answer.promise as Promise<T>;
  }

  const gathered = () => entries.length > 0 || verdicts.length > 0 || points.length > 0;

  /** One group at a time: while the disk works on one, the next one gathers. */
  function flush(): void {
    timer = null;
    if (writing === 0 && gathered()) send();
  }
  function send(): void {
    writing += 1;
    const [mine, said, kept] = [entries, verdicts, points];
    [entries, entryBytes, verdicts, points] = [[], 0, [], []];
    const from = clock.monotonic();
    ask<number[]>({ group: { entries: mine.map((one) => one.entry), verdicts: said, points: kept } })
      .then(
        (ids) => mine.forEach(({ done }, index) => done.resolve(ids[index]!)),
        (cause: unknown) => {
          figures.dropped += said.length + kept.length;
          for (const { done } of mine) done.reject(cause as Error);
        },
      )
      .finally(() => {
        writing -= 1;
        figures.lastGroupMs = clock.monotonic() - from;
        figures.waiting = entries.length;
        if (gathered()) soon();
      });
  }
  /** Whoever asks is told what was said before: the worker answers in the order in which it is asked. */
  function askNow<T>(question: JournalQuestion): Promise<T> {
    if (gathered()) send();
    return ask(question);
  }
  const soon = () => (timer ??= setTimeout(flush, groupMs));

  return {
    figures,
    append(given) {
      if (stopping) return Promise.reject(new ProblemError(problem('shutting-down')));
      if (entries.length >= waitingEntries || entryBytes + given.bytes.length > waitingBytes)
        return Promise.reject(unavailable('too many records wait for the disk'));
      const done = Promise.withResolvers<number>();
      entries.push({ entry: given, done });
      entryBytes += given.bytes.length;
      figures.waiting = entries.length;
      soon();
      return done.promise;
    },
    settle(id, verdict) {
      if (verdicts.length >= waitingRows) figures.dropped += 1;
      else verdicts.push({ ...verdict, id });
      soon();
    },
    keep(more) {
      const room = waitingRows - points.length;
      figures.dropped += Math.max(0, more.length - room);
      for (const point of more.slice(0, room)) points.push(point);
      soon();
    },
    pending: (...args) => askNow({ ask: 'pending', args }),
    search: (...args) => askNow({ ask: 'search', args }),
    read: (...args) => askNow({ ask: 'read', args }),
    observations: (...args) => askNow({ ask: 'observations', args }),
    recent: (...args) => askNow({ ask: 'recent', args }),
    newest: (...args) => askNow({ ask: 'newest', args }),
    history: (...args) => askNow({ ask: 'history', args }),
    pruneOld: (...args) => ask({ ask: 'pruneOld', args }),
    async stop() {
      stopping = true;
      ending.abort();
      if (timer) clearTimeout(timer);
      const enough = new AbortController();
      const busy = () => writing > 0 || gathered();
      const orderly = async () => {
        while (busy()) {
          flush();
          await Promise.allSettled([...asked.values()].map(({ promise }) => promise));
          await Promise.resolve();
        }
        await ask({ close: true });
      };
      await Promise.race([orderly().catch(() => {}), clock.sleep(endMs, enough.signal).catch(() => {})]);
      enough.abort();
      await worker?.terminate();
    },
  };
}

/** The worker beside this file, as a source or as the build leaves it: there this file is part of a bundle, or of a chunk below it. */
function workerEntry(): string {
  const here = import.meta.dirname;
  const candidates = [join(here, 'journal-worker.ts'), join(here, 'journal-worker.js'), join(here, '..', 'journal-worker.js')];
  return candidates.find((file) => existsSync(file)) ?? candidates[1]!;
}
