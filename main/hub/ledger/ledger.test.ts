import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { Cause, Change, Commit, Ledger } from '../../contract/ledger.ts';
import { type Log, silentLog } from '../../contract/log.ts';
import { tailChanges, tailCommits } from './commit-tail.ts';
import { MemoryLedger } from './memory-ledger.ts';
import { openLedger, type SqliteLedger } from './open-ledger.ts';

const cause: Cause = { kind: 'command', id: 'k1', by: 'wang' };
const put = (collection: string, key: string, value: object): Change => ({ collection, op: 'put', key, value });
const del = (collection: string, key: string): Change => ({ collection, op: 'delete', key });

interface Kind {
  readonly name: string;
  open(log?: Log): Ledger;
  /** What is left after the process ended; a ledger that forgets has none. */
  reopen: ((ledger: Ledger) => Ledger) | null;
}

const folders: string[] = [];
const opened: SqliteLedger[] = [];
const clock = { now: () => 1_700_000_000_000 };

function openIn(folder: string, log = silentLog): SqliteLedger {
  const ledger = openLedger(folder, { changesKept: 100, clock, log });
  opened.push(ledger);
  return ledger;
}

const kinds: readonly Kind[] = [
  { name: 'in memory', open: (log = silentLog) => new MemoryLedger({ clock, log }), reopen: null },
  {
    name: 'in SQLite',
    open(log) {
      const folder = mkdtempSync(join(tmpdir(), 'taodu-ledger-'));
      folders.push(folder);
      return openIn(folder, log);
    },
    reopen(ledger) {
      (ledger as SqliteLedger).close();
      return openIn(join((ledger as SqliteLedger).database.name, '..'));
    },
  },
];

afterEach(() => {
  for (const ledger of opened.splice(0)) ledger.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

describe.each(kinds)('a ledger $name', ({ open, reopen }) => {
  it('numbers commits from one and answers what was stored', () => {
    const ledger = open();
    expect([ledger.epoch, ledger.seq]).toEqual([1, 0]);
    const commit = ledger.commit([put('cameras', 'c1', { id: 'c1', name: '东门' })], cause);
    expect(commit).toEqual({ epoch: 1, seq: 1, at: clock.now(), cause, changes: [put('cameras', 'c1', { id: 'c1', name: '东门' })] });
    expect(ledger.get('cameras', 'c1')).toEqual({ id: 'c1', name: '东门' });
    expect(ledger.get('cameras', 'c2')).toBeUndefined();
    expect(ledger.get('walls', 'c1')).toBeUndefined();
    expect([ledger.seq, ledger.size('cameras'), ledger.size('walls')]).toEqual([1, 1, 0]);
    expect([...ledger.all('walls')]).toEqual([]);
  });

  it('lists in order of insertion: an update stays in place, delete and put goes to the end', () => {
    const ledger = open();
    ledger.commit([put('cameras', 'b', { n: 1 }), put('cameras', 'a', { n: 2 }), put('cameras', 'c', { n: 3 })], cause);
    ledger.commit([put('cameras', 'a', { n: 4 }), del('cameras', 'b')], cause);
    ledger.commit([put('cameras', 'b', { n: 5 }), del('cameras', 'never-there')], cause);
    expect([...ledger.all('cameras')]).toEqual([{ n: 4 }, { n: 3 }, { n: 5 }]);
  });

  it('keeps what JSON keeps, apart from the value it was given, and lets nobody alter it', () => {
    const ledger = open();
    const given = { id: 'c1', gone: undefined, list: [{ deep: 1 }] };
    ledger.commit([put('cameras', 'c1', given)], cause);
    given.list.push({ deep: 2 });
    const kept = ledger.get('cameras', 'c1') as { list: { deep: number }[] };
    expect(kept).toStrictEqual({ id: 'c1', list: [{ deep: 1 }] });
    expect(() => {
      kept.list[0]!.deep = 7;
    }).toThrow(TypeError);
  });

  it('refuses what is not an entity, and then stores none of the changes', () => {
    const ledger = open();
    for (const bad of [
      put('cameras', 'x', [] as object),
      put('', 'x', {}),
      put('cameras', '', {}),
      put('cameras', 'x', (() => 0) as object),
    ])
      expect(() => ledger.commit([put('cameras', 'good', {}), bad], cause)).toThrow(TypeError);
    expect([ledger.seq, ledger.size('cameras')]).toEqual([0, 0]);
  });

  it('tells every listener, in order, after the fact; one that throws is logged and costs the others nothing', () => {
    const errors: string[] = [];
    const ledger = open({ ...silentLog, error: (_fields, message) => void errors.push(message) });
    const heard: string[] = [];
    ledger.onCommit(() => {
      throw new Error('a bug in a listener');
    });
    const end = ledger.onCommit(({ seq, changes }) => {
      heard.push(`${seq}:${ledger.seq}:${ledger.size('cameras')}:${changes.length}`);
    });
    ledger.commit([put('cameras', 'c1', {})], cause);
    ledger.commit([put('cameras', 'c2', {}), put('cameras', 'c3', {})], cause);
    end();
    ledger.commit([put('cameras', 'c4', {})], cause);
    expect(heard).toEqual(['1:1:1:1', '2:2:3:2']);
    expect(errors).toEqual(Array.from({ length: 3 }, () => 'A listener of the ledger failed'));
  });

  it('lets a listener commit: everybody hears both commits in order', () => {
    const ledger = open();
    const heard: number[] = [];
    ledger.onCommit(({ seq }) => {
      if (seq === 1) ledger.commit([put('alerts', 'a1', {})], { kind: 'timer', id: 'rule', by: 'alerts' });
    });
    ledger.onCommit(({ seq }) => void heard.push(seq));
    ledger.commit([put('cameras', 'c1', {})], cause);
    expect(heard).toEqual([1, 2]);
  });

  it('stops listeners that answer each other for ever, and goes on', () => {
    const errors: string[] = [];
    const ledger = open({ ...silentLog, error: (fields) => void errors.push(String((fields as { err: unknown }).err)) });
    // Thousands of commits: what is tested is where they end, not that the disk has each.
    for (const { database } of opened.filter((one) => one === ledger)) database.pragma('synchronous = OFF');
    const end = ledger.onCommit(() => void ledger.commit([], cause));
    ledger.commit([], cause);
    expect(errors).toEqual(['Error: listeners answer commits with commits without end']);
    end();
    const { seq } = ledger;
    expect(ledger.commit([], cause).seq).toBe(seq + 1);
  });

  it('answers the commits since a position, or says that there is a gap', () => {
    const ledger = open();
    for (let index = 1; index <= 5; index += 1) ledger.commit([put('cameras', `c${index}`, { index })], cause);
    const since = (seq: number) => {
      const commits = ledger.since(seq);
      return commits === 'gap' ? 'gap' : commits.map((commit) => commit.seq);
    };
    expect(since(5)).toEqual([]);
    expect(since(3)).toEqual([4, 5]);
    expect(since(0)).toEqual([1, 2, 3, 4, 5]);
    for (const never of [6, -1, 2.5, Number.NaN, 2 ** 60]) expect(since(never)).toBe('gap');
    expect((ledger.since(4) as Commit[])[0]).toMatchObject({ cause, changes: [put('cameras', 'c5', { index: 5 })] });
  });

  it('bounds what it remembers of the past, in commits and in changes', () => {
    const ledger = open();
    ledger.commit(
      Array.from({ length: tailChanges }, (_, index) => put('cameras', `c${index}`, {})),
      cause,
    );
    expect(ledger.since(0)).toHaveLength(1);
    ledger.commit([put('cameras', 'one-more', {})], cause);
    expect(ledger.since(0)).toBe('gap');
    expect(ledger.since(1)).toHaveLength(1);
    for (let index = 0; index < tailCommits; index += 1) ledger.commit([], cause);
    expect(ledger.since(1)).toBe('gap');
    expect(ledger.since(2)).toHaveLength(tailCommits);
    expect(ledger.since(2 + 1990)).toHaveLength(10);
  }, 60_000);

  it('keeps and forgets secrets with the commit', () => {
    const ledger = open();
    ledger.commit([], cause, [{ key: 'source:c1', value: 'rtsp://user:pass@cam/1' }]);
    expect(ledger.secret('source:c1')).toBe('rtsp://user:pass@cam/1');
    expect(ledger.secret('source:c2')).toBeUndefined();
    ledger.commit([], cause, [
      { key: 'source:c1', value: null },
      { key: 'source:c2', value: '' },
    ]);
    expect(ledger.secret('source:c1')).toBeUndefined();
    expect(ledger.secret('source:c2')).toBe('');
  });

  it('behaves as a plain list of entities and commits, over any history', () => {
    const key = fc.constantFrom('a', 'b', '__proto__', '东');
    const collection = fc.constantFrom('cameras', 'walls');
    const change = fc.oneof(
      fc.record({
        collection,
        op: fc.constant('put' as const),
        key,
        value: fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 2 })),
      }),
      fc.record({ collection, op: fc.constant('delete' as const), key }),
    );
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.array(change, { maxLength: 4 }) },
      { weight: 1, arbitrary: fc.constant('reopen' as const) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        let ledger = open();
        let epoch = 1;
        const model = new Map<string, Map<string, string>>();
        const history: { epoch: number; changes: string }[] = [];
        for (const now of steps) {
          if (now === 'reopen') {
            if (reopen === null) continue;
            ledger = reopen(ledger);
            epoch += 1;
          } else {
            ledger.commit(now as Change[], cause);
            history.push({ epoch, changes: JSON.stringify(now) });
            for (const one of now) {
              const table = model.get(one.collection) ?? new Map<string, string>();
              model.set(one.collection, table);
              if (one.op === 'put') table.set(one.key, JSON.stringify(one.value));
              else table.delete(one.key);
            }
          }
          expect([ledger.epoch, ledger.seq]).toEqual([epoch, history.length]);
          for (const name of ['cameras', 'walls']) {
            const table = model.get(name) ?? new Map<string, string>();
            expect([...ledger.all(name)].map((value) => JSON.stringify(value))).toEqual([...table.values()]);
            expect(ledger.size(name)).toBe(table.size);
            for (const [k, body] of table) expect(JSON.stringify(ledger.get(name, k))).toBe(body);
          }
          for (const from of [0, history.length - 1, Math.floor(history.length / 2)]) {
            const commits = ledger.since(Math.max(0, from)) as Commit[];
            const got = commits.map((commit) => ({ epoch: commit.epoch, changes: JSON.stringify(commit.changes) }));
            // The order of a change's own names is not part of the promise.
            const expected = history.slice(Math.max(0, from));
            expect(got.map((one) => ({ ...one, changes: JSON.parse(one.changes) as unknown }))).toEqual(
              expected.map((one) => ({ ...one, changes: JSON.parse(one.changes) as unknown })),
            );
          }
        }
        if (reopen !== null) (ledger as SqliteLedger).close();
      }),
      { seed: 20261123, numRuns: 40 },
    );
  }, 60_000);
});
