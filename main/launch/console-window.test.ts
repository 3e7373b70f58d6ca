import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ManualClock } from '../hub/readings/manual-clock.ts';
import { createConsoleWindow, type ConsoleWindow } from './console-window.ts';

/** A folder that the system does not let go of: Windows does so while a process of the browser is still ending. */
const disk = vi.hoisted(() => ({ holds: '' }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  return {
    ...fs,
    rmSync(...[path, options]: Parameters<typeof fs.rmSync>) {
      if (path === disk.holds) throw new Error('EBUSY: resource busy or locked');
      fs.rmSync(path, options);
    },
  };
});

let root = '';
let profile = '';
let started: readonly string[][] = [];
let close = () => {};
let window: ConsoleWindow;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'taodu-console-'));
  profile = join(root, 'chromium', 'console');
  started = [];
  window = createConsoleWindow({
    url: 'http://127.0.0.1:8600/console',
    profile,
    display: { x: 1920, y: 0, width: 1000, height: 500 },
    knownKeys: () => ['key'],
    asRoot: false,
    clock: new ManualClock(),
    spawn(args) {
      started = [...started, [...args]];
      const browser = new EventEmitter();
      queueMicrotask(() => browser.emit('spawn'));
      return Object.assign(browser, { stdio: [null, null, null, new PassThrough(), new PassThrough()] }) as unknown as ChildProcess;
    },
    untilGone: (_browser, ended) =>
      new Promise<void>((resolve) => {
        close = resolve;
        ended.addEventListener('abort', () => resolve());
      }),
  });
});
afterEach(async () => {
  await window.stop();
  rmSync(root, { recursive: true, force: true });
});

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('an ordinary window in the middle of its display, with a profile that goes with it', async () => {
  await window.open();
  expect(started[0]).toEqual(
    expect.arrayContaining([
      '--window-position=1980,30',
      '--window-size=880,440',
      `--user-data-dir=${profile}`,
      '--ignore-certificate-errors-spki-list=key',
      'http://127.0.0.1:8600/console',
    ]),
  );
  expect(started[0]!.some((argument) => /kiosk|--app/.test(argument))).toBe(false);
  writeFileSync(join(profile, 'Cookies'), 'of a person');
  close();
  await settled();
  expect(existsSync(profile)).toBe(false);
  await window.open();
  expect(started).toHaveLength(2);
});

test('a profile that cannot be removed takes nothing with it, and the next window says so', async () => {
  await window.open();
  disk.holds = profile;
  // An error that nobody catches would end the launcher with every wall window, and fails this test.
  close();
  await settled();
  await expect(window.open()).rejects.toThrow('EBUSY');
  disk.holds = '';
  await window.open();
  expect(started).toHaveLength(2);
});
