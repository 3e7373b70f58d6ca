import { parentPort, workerData } from 'node:worker_threads';
import type { FromJournal, JournalStart, ToJournal } from './journal-messages.ts';
import { JournalStore } from './journal-store.ts';

// The journal's thread: groups arrive as the hub makes them, reads between them. It waits for the disk so that the hub need not.
const port = parentPort!;
const { path, limits } = workerData as JournalStart;
const store = new JournalStore(path, limits);
const say = (message: FromJournal) => port.postMessage(message);

/** Between two looks at what is too much; what is too old the hub asks for, by a clock that is believed. */
const pruneEveryMs = 10_000;
/** Between two passes while there is something to do: groups come first. */
const pruneAgainMs = 50;

function answer(message: ToJournal): unknown {
  if ('group' in message) return store.write(message.group);
  if ('close' in message) return store.close();
  switch (message.ask) {
    case 'pending':
      return store.pending(...message.args);
    case 'search':
      return store.search(...message.args);
    case 'read':
      return store.read(...message.args);
    case 'observations':
      return store.observations(...message.args);
    case 'recent':
      return store.recent(...message.args);
    case 'newest':
      return store.newest(...message.args);
    case 'history':
      return store.history(...message.args);
    case 'pruneOld':
      return store.pruneOld(...message.args);
  }
}

function prune(): void {
  let gone = 0;
  try {
    gone = store.pruneMuch();
    say({ figures: { records: store.records, bytes: store.bytes } });
  } catch {
    // A full disk is told by the writes; the next pass tries again.
  }
  pruning = setTimeout(prune, gone > 0 ? pruneAgainMs : pruneEveryMs);
}
let pruning = setTimeout(prune, pruneEveryMs);

port.on('message', (message: ToJournal) => {
  try {
    say({ id: message.id, answer: answer(message) });
  } catch (cause) {
    say({ id: message.id, failed: String(cause) });
  }
  if ('close' in message) {
    clearTimeout(pruning);
    port.close();
  }
});
