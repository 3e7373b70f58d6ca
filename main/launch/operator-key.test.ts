import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Log } from '../contract/log.ts';
import { operatorKeyFault } from '../contract/shell.ts';
import { ManualClock } from '../hub/readings/manual-clock.ts';
import { createOperatorLock, formatOperatorKey, operatorKeyFile, parseOperatorKey, writeOperatorKey } from './operator-key.ts';

/** As little work as there may be: these tests try many keys. */
const quick = { N: 2, r: 1, p: 1 };
const key = '470 113';

let folder: string;
let said: { readonly fields: object; readonly message: string }[];
let clock: ManualClock;
const note = (fields: object, message: string) => void said.push({ fields, message });
const log: Log = { debug: note, info: note, warn: note, error: note };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'taodu-operator-'));
  said = [];
  clock = new ManualClock();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = () => join(folder, operatorKeyFile);
const lock = () => createOperatorLock({ dataFolder: folder, clock, log });

test.each([
  ['12345', 'too-short'],
  ['123456', null],
  ['x'.repeat(64), null],
  ['x'.repeat(65), 'too-long'],
  ['', 'too-short'],
  [' 123456', 'characters'],
  ['123456 ', 'characters'],
  ['123 456', null],
  ['123\t456', 'characters'],
  ['操作员操作员', 'characters'],
  ['123456\n', 'characters'],
  ['\'$(rm)"\\`', null],
])('%j as an unlock key: %s', async (given, fault) => {
  expect(operatorKeyFault(given)).toBe(fault);
  const written = await writeOperatorKey(folder, given, quick);
  expect(written).toEqual(fault === null ? { ok: true, value: undefined } : { ok: false, error: fault });
  expect(readdirSync(folder)).toEqual(fault === null ? [operatorKeyFile] : []);
});

test('the file is its owner’s alone, holds the work of a guess, and not the key', async () => {
  await writeOperatorKey(join(folder, 'deep', 'data'), key);
  const path = join(folder, 'deep', 'data', operatorKeyFile);
  expect(readFileSync(path, 'utf8')).toMatch(/^scrypt\$32768\$8\$3\$[\w-]{22}\$[\w-]{43}\n$/);
  expect(readFileSync(path, 'utf8')).not.toContain(key);
  if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(await createOperatorLock({ dataFolder: join(folder, 'deep', 'data'), clock, log }).tryKey(key)).toEqual({ done: true });
});

test('the right key opens, any other does not, and another one that is set holds at once', async () => {
  await writeOperatorKey(folder, key, quick);
  const tried = lock();
  expect(await tried.tryKey(key)).toEqual({ done: true });
  expect(await tried.tryKey('470 114')).toEqual({ done: false, code: 'operator-key-wrong' });
  expect(await tried.tryKey('')).toEqual({ done: false, code: 'operator-key-wrong' });
  await writeOperatorKey(folder, 'another one', quick);
  expect(await tried.tryKey(key)).toEqual({ done: false, code: 'operator-key-wrong' });
  expect(await tried.tryKey('another one')).toEqual({ done: true });
});

test('the same key twice is not the same file', async () => {
  await writeOperatorKey(folder, key, quick);
  const before = readFileSync(file(), 'utf8');
  await writeOperatorKey(folder, key, quick);
  expect(readFileSync(file(), 'utf8')).not.toBe(before);
});

describe('wrong keys', () => {
  const wrong = { done: false, code: 'operator-key-wrong' };
  const out = (retryAfterMs: number) => ({ done: false, code: 'operator-locked-out', retryAfterMs });

  test('after five within a minute nobody is heard for a minute, who knows the key neither; then all begins anew', async () => {
    await writeOperatorKey(folder, key, quick);
    const tried = lock();
    for (let time = 0; time < 4; time += 1) {
      expect(await tried.tryKey('000000')).toEqual(wrong);
      await clock.advance(10_000);
    }
    expect(await tried.tryKey('000000')).toEqual(out(60_000));
    await clock.advance(20_000);
    expect(await tried.tryKey(key)).toEqual(out(40_000));
    // Whoever goes on meanwhile does not keep it locked.
    for (let time = 0; time < 20; time += 1) expect(await tried.tryKey('000000')).toEqual(out(40_000));
    await clock.advance(40_000);
    expect(await tried.tryKey(key)).toEqual({ done: true });
    expect(tried.lockOuts).toBe(1);
  });

  test('are forgotten after a minute, and by the right one', async () => {
    await writeOperatorKey(folder, key, quick);
    const tried = lock();
    for (let time = 0; time < 12; time += 1) {
      expect(await tried.tryKey('000000')).toEqual(wrong);
      await clock.advance(15_001);
    }
    await clock.advance(60_000);
    for (let time = 0; time < 3; time += 1) expect(await tried.tryKey('000000')).toEqual(wrong);
    await tried.tryKey(key);
    for (let time = 0; time < 4; time += 1) expect(await tried.tryKey('000000')).toEqual(wrong);
    expect(tried.lockOuts).toBe(0);
  });

  test('at the same time do not slip through together, and no more than four wait', async () => {
    await writeOperatorKey(folder, key, quick);
    const tried = lock();
    for (let time = 0; time < 3; time += 1) await tried.tryKey('000000');
    const answers = await Promise.all(['000000', '000000', key, key, key, key].map((each) => tried.tryKey(each)));
    expect(answers).toEqual([wrong, out(60_000), out(60_000), out(60_000), out(2000), out(2000)]);
    await clock.advance(60_000);
    expect(await tried.tryKey(key)).toEqual({ done: true });
  });

  test('are not in the log', async () => {
    await writeOperatorKey(folder, key, quick);
    const tried = lock();
    for (let time = 0; time < 6; time += 1) await tried.tryKey('secret-guess');
    expect(said.map(({ message }) => message)).toEqual(['too many wrong unlock keys, nobody is heard for a while']);
    expect(JSON.stringify(said)).not.toContain('secret-guess');
  });
});

describe('a file that cannot be used opens nothing, and the log says why', () => {
  const good = 'scrypt$2$1$1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n';
  const write = (text: string) => writeFileSync(file(), text, { mode: 0o600 });
  const unix = process.platform !== 'win32';
  test.each<[string, boolean, string, () => void]>([
    ['none', true, 'missing', () => {}],
    ['empty', true, 'malformed', () => write('')],
    ['rubbish', true, 'malformed', () => write('470 113\n')],
    ['no end of line', true, 'malformed', () => write(good.trimEnd())],
    ['something behind it', true, 'malformed', () => write(`${good}\n`)],
    ['longer than any', true, 'malformed', () => write(good + 'x'.repeat(100_000))],
    ['a folder', unix, 'no file', () => mkdirSync(file())],
    ['a device', unix, 'no file', () => symlinkSync('/dev/zero', file())],
    ['a link to nowhere', unix, 'missing', () => symlinkSync(join(folder, 'nowhere'), file())],
    ['readable by others', unix, 'open to others', () => (write(good), chmodSync(file(), 0o644))],
    ['readable by its group', unix, 'open to others', () => (write(good), chmodSync(file(), 0o640))],
    ['not readable by us', unix && process.getuid?.() !== 0, 'unreadable', () => (write(good), chmodSync(file(), 0o000))],
  ])('%s', async (_name, here, reason, make) => {
    if (!here) return;
    make();
    expect(await lock().tryKey(key)).toEqual({ done: false, code: 'operator-key-unset' });
    expect(said).toEqual([expect.objectContaining({ fields: { path: file(), reason } })]);
  });

  test('what is damaged does not count as a wrong key', async () => {
    write('rubbish');
    const tried = lock();
    for (let time = 0; time < 10; time += 1) await tried.tryKey(key);
    await writeOperatorKey(folder, key, quick);
    expect(await tried.tryKey(key)).toEqual({ done: true });
  });
});

describe('the text of a key file', () => {
  const stored = { N: 16_384, r: 8, p: 1, salt: Buffer.alloc(16, 1), key: Buffer.alloc(32, 2) };
  const text = formatOperatorKey(stored);
  test.each<[string, boolean]>([
    [text, true],
    [text.replace('$16384$', '$131072$'), true],
    // 512 MiB
    [text.replace('$16384$', '$524288$'), false],
    [text.replace('$16384$8$', '$16384$99$'), true],
    [text.replace('$16384$8$', '$131072$99$'), false],
    [text.replace('$16384$', '$16385$'), false],
    [text.replace('$16384$', '$016384$'), false],
    [text.replace('$16384$', '$1$'), false],
    [text.replace('$8$', '$0$'), false],
    [text.replace('$1$', '$0$'), false],
    [text.replace('scrypt', 'Scrypt'), false],
    [text.replace('\n', '\r\n'), false],
    [` ${text}`, false],
    // The last character of 32 bytes in base64url holds two bits that mean nothing.
    [text.replace(/I\n$/, 'J\n'), false],
  ])('%j: %s', (given, taken) => {
    expect(parseOperatorKey(given) !== null).toBe(taken);
  });

  test('any text never throws, and what is taken is written the same way and costs no more than it may', () => {
    const changed = fc.tuple(fc.nat(text.length), fc.nat(4), fc.string({ maxLength: 4 })).map(([at, cut, by]) => {
      return text.slice(0, at) + by + text.slice(at + cut);
    });
    const made = fc
      .tuple(
        fc.nat(9_999_999),
        fc.nat(99),
        fc.nat(9),
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
      )
      .map(([N, r, p, salt, hash]) => formatOperatorKey({ N, r, p, salt: Buffer.from(salt), key: Buffer.from(hash) }));
    let taken = 0;
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), changed, made), (given) => {
        const read = parseOperatorKey(given);
        if (read === null) return;
        taken += 1;
        expect(formatOperatorKey(read)).toBe(given);
        expect(128 * read.N * read.r).toBeLessThanOrEqual(256 * 1024 * 1024);
      }),
      { seed: 7741, numRuns: 1000 },
    );
    expect(taken).toBeGreaterThan(0);
  });
});
