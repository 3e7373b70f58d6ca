import { EventEmitter } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '../contract/log.ts';
import { ManualClock } from '../hub/readings/manual-clock.ts';
import { createOperatorLock } from '../launch/operator-key.ts';
import { operatorKeyTool } from './operator-key.ts';
import { readSecret, type SecretSource } from './read-secret.ts';
import { runTool } from './run-tool.ts';

let folder: string;
let said: string[];
let asked: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'taodu-operator-tool-'));
  [said, asked] = [[], []];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = (given: readonly (string | null)[], { typed = true, args = [] as string[] } = {}) => {
  const answers = [...given];
  const ask = async (prompt: string) => {
    asked.push(prompt);
    return answers.shift() ?? null;
  };
  const io = { out: (line: string) => said.push(line), err: (line: string) => said.push(line), cwd: folder, env: {} };
  return runTool([operatorKeyTool(ask, () => typed)], ['operator-key', ...args], io);
};
const opens = (key: string, data = 'data') =>
  createOperatorLock({ dataFolder: join(folder, data), clock: new ManualClock(), log: silentLog }).tryKey(key);

test('what is typed twice is the key, and stands nowhere', async () => {
  expect(await run(['470113', '470113'])).toBe(0);
  expect(asked).toEqual(['Unlock key: ', 'Once more: ']);
  expect(await opens('470113')).toEqual({ done: true });
  expect(said.join() + readFileSync(join(folder, 'data', 'operator-key'), 'utf8')).not.toContain('470113');
});

test('what is piped in is asked for once', async () => {
  expect(await run(['door 4711'], { typed: false, args: ['--data', 'other'] })).toBe(0);
  expect(await opens('door 4711', 'other')).toEqual({ done: true });
});

test.each<[string, (string | null)[], boolean]>([
  ['not the same twice', ['470113', '470114'], true],
  ['given up', [null], true],
  ['given up at the second', ['470113', null], true],
  ['nothing piped in', [null], false],
  ['too short', ['12345'], false],
  ['too long', ['x'.repeat(65)], false],
  ['not of a keyboard', ['操作员的口令'], false],
])('%s: nothing is changed', async (_name, given, typed) => {
  expect(await run(given, { typed })).toBe(1);
  expect(said).toHaveLength(1);
  expect(existsSync(join(folder, 'data', 'operator-key'))).toBe(false);
});

test('a key on the command line is not even looked at', async () => {
  expect(await run(['470113', '470113'], { args: ['470113'] })).toBe(64);
  expect(await run(['470113', '470113'], { args: ['--key=470113'] })).toBe(64);
  expect([asked, existsSync(join(folder, 'data'))]).toEqual([[], false]);
});

test('a folder that cannot be made', async () => {
  writeFileSync(join(folder, 'data'), '');
  expect(await run(['470113', '470113'])).toBe(78);
});

test('--help says what it does', async () => {
  expect(await run([], { args: ['--help'] })).toBe(0);
  expect(said[0]).toContain('operator-key --data DIR');
});

describe('a line that nobody sees', () => {
  const source = (isTTY: boolean) => {
    const raw: boolean[] = [];
    const made = Object.assign(new EventEmitter(), {
      isTTY,
      setRawMode: (on: boolean) => raw.push(on),
      setEncoding() {},
      resume() {},
      pause() {},
    });
    return { made, raw };
  };
  const read = async (chunks: readonly (string | null)[], isTTY: boolean) => {
    const { made, raw } = source(isTTY);
    const shown: string[] = [];
    const line = readSecret('Key: ', made as unknown as SecretSource, (text) => shown.push(text));
    for (const chunk of chunks) {
      if (chunk === null) made.emit('end');
      else made.emit('data', chunk);
    }
    return { line: await line, raw, shown: shown.join(''), listeners: made.listenerCount('data') + made.listenerCount('end') };
  };

  test.each<[string, readonly (string | null)[], string | null]>([
    ['typed', ['4', '7', '0', '\r'], '470'],
    ['in one go', ['470\r\nrest'], '470'],
    ['with a mistake', ['479', '\u007f', '0\r'], '470'],
    ['begun anew', ['xyz\u0015470\r'], '470'],
    ['erased beyond its beginning', ['\b\b4\r'], '4'],
    ['given up', ['47\u0003'], null],
    ['the terminal went', ['47', null], '47'],
    ['endless', ['x'.repeat(5000)], null],
  ])('at a terminal: %s', async (_name, chunks, line) => {
    const done = await read(chunks, true);
    expect(done).toEqual({ line, raw: [true, false], shown: 'Key: \n', listeners: 0 });
  });

  test.each<[string, readonly (string | null)[], string | null]>([
    ['a line', ['470113\n'], '470113'],
    ['without an end', ['470', '113', null], '470113'],
    ['nothing', [null], null],
    ['a line of Windows', ['470113\r\n'], '470113'],
  ])('from a pipe: %s', async (_name, chunks, line) => {
    expect(await read(chunks, false)).toEqual({ line, raw: [], shown: '', listeners: 0 });
  });
});
