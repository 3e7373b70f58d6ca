import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLog } from '../../main/contract/log.ts';
import { problem } from '../../main/contract/errors.ts';
import { err, ok } from '../../main/contract/result.ts';
import { ManualClock } from '../../main/hub/readings/manual-clock.ts';
import type { KnownCity } from '../city/known-city.ts';
import type { Fact } from '../feed-contract.ts';
import type { RecordReader } from './feed-connector.ts';
import { createIngest, feedBudget, recordBytesAtMost, waitingAtMost, type Ingest, type IngestFeed } from './ingest.ts';
import { MemoryJournal } from './testdata/memory-journal.ts';

const none = { taken: 0, late: 0, duplicate: 0, problems: [], points: [] };
/** Its records say what is to become of them. */
const reader: RecordReader = {
  name: 'plain/1',
  read({ bytes }) {
    const text = Buffer.from(bytes).toString();
    if (text === 'throw') throw new Error('a bug');
    if (text === 'malformed') return err(problem('record-malformed', { at: '0' }));
    if (text === 'impossible') {
      const fact: Fact = { kind: 'observation', entity: 'x', quantity: 'ph', value: 20, quality: 'good', flag: null, at: null };
      return ok({ facts: [fact], problems: [], sourceAt: null, ignored: false });
    }
    if (text === 'heartbeat') return ok({ facts: [], problems: [], sourceAt: null, ignored: true });
    return ok({
      facts: [text as never as Fact],
      problems: text === 'partly' ? [problem('field-missing', {})] : [],
      sourceAt: 7,
      ignored: false,
    });
  },
};
const feed = (id = 'a'): IngestFeed => ({ id: id as never, system: 'traffic' as never, reader, simulated: false, drill: false });

let journal: MemoryJournal;
let clock: ManualClock;
let ingest: Ingest;
let known: string[];
let committed: string[];
let refuses: boolean;
beforeEach(() => {
  journal = new MemoryJournal();
  clock = new ManualClock();
  [known, committed, refuses] = [[], [], false];
  const city = {
    take(facts: readonly Fact[]) {
      const [word] = facts as never as [string];
      known.push(word);
      if (word === 'late') return { ...none, late: 1 };
      if (word === 'duplicate') return { ...none, duplicate: 1 };
      if (word === 'refused') return { ...none, problems: [problem('time-future', {})] };
      return { ...none, taken: 1 };
    },
    flush() {
      if (refuses) throw new Error('the disk is full');
      committed = [...known];
    },
  } as never as KnownCity;
  ingest = createIngest({ journal, city, clock, log: silentLog });
});
// What a test leaves to be read must not be known to the next one.
afterEach(() => ingest.idle());
const send = (text: string, id = 'a') => ingest.take(feed(id), { bytes: Buffer.from(text), contentType: null, receivedAt: 5, from: null });

test.each([
  ['good', 'taken'],
  ['partly', 'partly'],
  ['late', 'late'],
  ['duplicate', 'duplicate'],
  ['refused', 'quarantined'],
  ['malformed', 'quarantined'],
  ['throw', 'quarantined'],
  ['heartbeat', 'ignored'],
])('a record that is %s is %s', async (text, outcome) => {
  await send(text);
  await ingest.idle();
  expect(journal.outcomes).toEqual([outcome]);
});

test('what cannot be is doubted, whoever reads it', async () => {
  await send('impossible');
  await ingest.idle();
  expect(known).toMatchObject([{ quantity: 'ph', value: 20, quality: 'suspect' }]);
});

test('the answer waits for the journal, and what it cannot keep nobody has', async () => {
  journal.isFull = true;
  await expect(send('good')).rejects.toMatchObject({ problem: { code: 'journal-unavailable' } });
  await ingest.idle();
  expect([journal.records, known]).toEqual([[], []]);
});

test('records are read in the order of the journal, and one that fails keeps none of the others', async () => {
  await Promise.all(['1', 'throw', '2', 'malformed', '3'].map((text) => send(text)));
  await ingest.idle();
  expect(known).toEqual(['1', '2', '3']);
  expect(journal.outcomes).toEqual(['taken', 'quarantined', 'taken', 'quarantined', 'taken']);
});

test('what could not be committed has no verdict, and is read again after a start', async () => {
  refuses = true;
  await send('good');
  await ingest.idle();
  expect([journal.outcomes, committed]).toEqual([['pending'], []]);
  refuses = false;
  expect(await ingest.resume(() => feed())).toBe(1);
  expect([journal.outcomes, committed]).toEqual([['taken'], ['good', 'good']]);
});

test('while what was read cannot be committed nothing more is taken, and everything is once it can', async () => {
  refuses = true;
  await send('first');
  await ingest.idle();
  await expect(send('second')).rejects.toMatchObject({ problem: { code: 'journal-unavailable' } });
  expect(journal.records).toHaveLength(1);
  refuses = false;
  await send('third');
  await ingest.idle();
  expect(committed).toEqual(['first', 'third']);
});

test('no more waits to be read than may, of all feeds together, and what was taken is read', async () => {
  const per = feedBudget.recordsAtOnce;
  const feeds = Array.from({ length: waitingAtMost.records / per }, (_, index) => `feed-${index}`);
  // Nothing is read between: each lies in the queue when the next one is asked for.
  for (const id of feeds) await Promise.all(Array.from({ length: per }, () => send('good', id)));
  await expect(send('good', 'one-more')).rejects.toMatchObject({ problem: { code: 'feed-throttled' } });
  await ingest.idle();
  expect(known).toHaveLength(waitingAtMost.records);
  await send('good', 'afterwards');
});

test('after a start what nobody feeds any more goes to quarantine, however much it is', async () => {
  for (let count = 0; count < 450; count += 1)
    await journal.append({ feedId: count % 2 ? 'a' : 'gone', receivedAt: 1, contentType: null, parser: 'x', bytes: Buffer.from('x') });
  expect(await ingest.resume((id) => (id === 'a' ? feed() : undefined))).toBe(450);
  expect(journal.outcomes.filter((outcome) => outcome === 'taken')).toHaveLength(225);
  expect(journal.outcomes.filter((outcome) => outcome === 'quarantined')).toHaveLength(225);
});

test('a feed gone mad is throttled and named; another one goes on', async () => {
  const answers = await Promise.allSettled(Array.from({ length: feedBudget.recordsAtOnce + 500 }, () => send('good', 'mad')));
  expect(answers.filter(({ status }) => status === 'rejected')).toHaveLength(500);
  await send('good', 'calm');
  await ingest.idle();
  expect(ingest.counts('mad')).toMatchObject({ throttled: 500, records: feedBudget.recordsAtOnce });
  expect(ingest.counts('calm')).toMatchObject({ throttled: 0, records: 1 });
  clock.advance(1000);
  await send('good', 'mad');
  expect(ingest.counts('mad')).toMatchObject({ throttled: 500 });
});

/** A record is a number of rows, each of them a fact; it is read a row at a time. */
const rowByRow: RecordReader = {
  name: 'rows/1',
  read: () => err(problem('record-empty')),
  *readInSteps({ bytes }) {
    const [name, rows] = Buffer.from(bytes).toString().split(' ');
    const facts: Fact[] = [];
    for (let row = 0; row < Number(rows); row += 1) {
      facts.push(`${name}${row}` as never as Fact);
      yield;
    }
    return ok({ facts, problems: [], sourceAt: null, ignored: false });
  },
};
const sendRows = (text: string, id: string) =>
  ingest.take({ ...feed(id), reader: rowByRow }, { bytes: Buffer.from(text), contentType: null, receivedAt: 5, from: null });

test('a record of very many rows keeps no other feed waiting, its own order stays, and its verdict waits for the last of them', async () => {
  await Promise.all([sendRows('big 1000', 'mad'), sendRows('next 1', 'mad'), sendRows('calm 1', 'calm'), send('plain', 'other')]);
  await ingest.idle();
  // Of a part of a record the test's city notes the first fact.
  expect(known).toEqual(['plain', 'calm0', 'big0', 'big256', 'big512', 'big768', 'next0']);
  expect(journal.outcomes).toEqual(['taken', 'taken', 'taken', 'taken']);
  expect(journal.records[0]!.verdict).toMatchObject({ outcome: 'taken', facts: 4 });
});

test('the facts of a record are paid for by what its feed sends after it', async () => {
  await sendRows(`big ${feedBudget.factsAtOnce + feedBudget.factsPerSecond}`, 'mad');
  await ingest.idle();
  await expect(sendRows('next 1', 'mad')).rejects.toMatchObject({ problem: { code: 'feed-throttled' } });
  await sendRows('calm 1', 'calm');
  expect([ingest.counts('mad'), ingest.counts('calm')]).toMatchObject([{ throttled: 1 }, { throttled: 0 }]);
  clock.advance(1000);
  await sendRows('next 1', 'mad');
});

test('a record that a crash left half known is read again from its begin', async () => {
  const halfway = createIngest({
    journal,
    city: {
      take: (facts: readonly Fact[]) => {
        known.push(String(facts[0]));
        halfway.stop();
        return { ...none, taken: 1 };
      },
      flush: () => {},
    } as never as KnownCity,
    clock: {
      ...clock,
      now: () => 0,
      // Each look at it is a turn later.
      monotonic: (() => {
        let at = 0;
        return () => (at += 100);
      })(),
    } as never,
    log: silentLog,
  });
  const bytes = Buffer.from('big 600');
  await halfway.take({ ...feed(), reader: rowByRow }, { bytes, contentType: null, receivedAt: 5, from: null });
  await halfway.idle();
  while (known.length === 0) await new Promise((resolve) => setImmediate(resolve));
  expect([known, journal.outcomes]).toEqual([['big0'], ['pending']]);
  expect(await ingest.resume(() => ({ ...feed(), reader: rowByRow }))).toBe(1);
  expect([known, journal.outcomes]).toEqual([['big0', 'big0', 'big256', 'big512'], ['taken']]);
});

test('a record that is too large is refused before it is kept', async () => {
  const bytes = { length: recordBytesAtMost + 1 } as Uint8Array;
  await expect(ingest.take(feed(), { bytes, contentType: null, receivedAt: 5, from: null })).rejects.toMatchObject({
    problem: { code: 'record-too-large' },
  });
  expect(journal.records).toEqual([]);
});

test('a record of quarantine can be read once more', async () => {
  await send('malformed');
  await ingest.idle();
  const mended: IngestFeed = {
    ...feed(),
    reader: { name: 'plain/2', read: () => ok({ facts: ['mended' as never], problems: [], sourceAt: null, ignored: false }) },
  };
  expect(await ingest.again(mended, 1)).toBe('taken');
  expect([await ingest.again(feed('b'), 1), await ingest.again(feed(), 9)]).toEqual([null, null]);
  expect(journal.outcomes).toEqual(['taken']);
});
