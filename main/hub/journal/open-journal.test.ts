import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLog } from '../../contract/log.ts';
import { systemClock } from '../../supervision/system-clock.ts';
import type { Journal } from '../../../streams/feeds/journal.ts';
import { openJournal } from './open-journal.ts';

const limits = { keepMs: 86_400_000, keepBytes: 100_000_000 };
const entry = (bytes: string) => ({ feedId: 'air', receivedAt: 1, contentType: null, parser: 'ngsi/1', bytes: Buffer.from(bytes) });

let folder: string;
let journal: Journal | null = null;
const open = (more: { entry?: string } = {}) =>
  (journal = openJournal({ dataFolder: folder, limits, clock: systemClock, log: silentLog, ...more }));
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'taodu-journal-'));
});
afterEach(async () => {
  await journal?.stop();
  journal = null;
  rmSync(folder, { recursive: true, force: true });
});

test('records that come together are numbered in their order, and are there when they are said to be', async () => {
  const opened = open();
  const ids = await Promise.all(['a', 'b', 'c'].map((text) => opened.append(entry(text))));
  expect(ids).toEqual([1, 2, 3]);
  expect((await opened.pending(0, 9)).map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(['a', 'b', 'c']);
  opened.settle(2, { outcome: 'taken', sourceAt: 5, facts: 1, problems: [] });
  await opened.append(entry('d'));
  expect((await opened.pending(0, 9)).map(({ id }) => id)).toEqual([1, 3, 4]);
});

test('whoever asks is told what was said just before, also while a group is being written', async () => {
  const opened = open();
  await Promise.all(['a', 'b'].map((text) => opened.append(entry(text))));
  const outcomes = async () => (await opened.search({ limit: 9 })).map(({ outcome }) => outcome);
  opened.settle(1, { outcome: 'taken', sourceAt: null, facts: 1, problems: [] });
  const first = outcomes();
  opened.settle(2, { outcome: 'ignored', sourceAt: null, facts: 0, problems: [] });
  expect(await Promise.all([first, outcomes()])).toEqual([
    ['pending', 'taken'],
    ['ignored', 'taken'],
  ]);
});

test('what is too old goes when somebody who believes his clock says so, and not before', async () => {
  const opened = open();
  const ids = await Promise.all(['a', 'b'].map((text) => opened.append(entry(text))));
  for (const id of ids) opened.settle(id, { outcome: 'taken', sourceAt: null, facts: 0, problems: [] });
  await opened.append({ ...entry('young'), receivedAt: 86_400_000 });
  // All of them are decades older than the clock of this machine.
  expect(await opened.search({ limit: 9 })).toHaveLength(3);
  expect([await opened.pruneOld(86_400_002), await opened.pruneOld(86_400_002)]).toEqual([2, 0]);
  expect(await opened.search({ limit: 9 })).toMatchObject([{ id: 3 }]);
});

test('an orderly end keeps what was said last', async () => {
  const opened = open();
  await opened.append(entry('a'));
  opened.settle(1, { outcome: 'ignored', sourceAt: null, facts: 0, problems: [] });
  await opened.stop();
  await expect(opened.append(entry('late'))).rejects.toMatchObject({ problem: { code: 'shutting-down' } });
  const again = open();
  expect(await again.search({ limit: 9 })).toMatchObject([{ id: 1, outcome: 'ignored' }]);
});

test('more than may wait is refused, and what was taken before is kept', async () => {
  const opened = open();
  const large = entry('x'.repeat(30 * 1024 * 1024));
  const answers = await Promise.allSettled([
    opened.append(large),
    opened.append(large),
    opened.append(large),
    opened.append(entry('small')),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  expect(answers[2]).toMatchObject({ reason: { problem: { code: 'journal-unavailable' } } });
});

test('a thread that dies takes nothing with it that was acknowledged, says so of the rest, and is started again', async () => {
  const dying = join(folder, 'dying.mjs');
  writeFileSync(
    dying,
    `import { existsSync, writeFileSync } from 'node:fs';
     import { parentPort } from 'node:worker_threads';
     const second = existsSync(${JSON.stringify(join(folder, 'once'))});
     writeFileSync(${JSON.stringify(join(folder, 'once'))}, '');
     parentPort.on('message', ({ id, close }) => second || close ? parentPort.postMessage({ id, answer: [7] }) : process.exit(1));`,
  );
  const opened = open({ entry: dying });
  await expect(opened.append(entry('a'))).rejects.toMatchObject({ problem: { code: 'journal-unavailable' } });
  for (;;) {
    const id = await opened.append(entry('b')).catch(() => null);
    if (id !== null) {
      expect(id).toBe(7);
      break;
    }
  }
});
