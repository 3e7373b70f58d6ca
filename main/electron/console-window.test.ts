import { beforeEach, expect, test, vi } from 'vitest';
import { silentLog } from '../contract/log.ts';
import { ManualClock } from '../hub/readings/manual-clock.ts';
import { createConsoleWindow } from './console-window.ts';
import { fake, FakeBrowserWindow, FakeSession } from './testdata/fake-electron.ts';

vi.mock('electron', async () => (await import('./testdata/fake-electron.ts')).fakeModule);

beforeEach(() => fake.reset());

const shell = { preload: '/p.cjs', version: '1', devTools: false };
const url = 'http://127.0.0.1:8600/console';
const settled = () => new Promise((resolve) => setImmediate(resolve));
const windowFor = (forgetsLogin: boolean) =>
  createConsoleWindow({ shell, forgetsLogin, clock: new ManualClock(), log: silentLog, onClosed() {} });
const cleared = () => FakeSession.of('persist:console').cleared;

test('at a wall nobody finds the login of whoever was there before: not in an open window’s stead, nor after a power cut', async () => {
  const console = windowFor(true);
  console.open(url);
  const [first] = FakeBrowserWindow.open;
  expect(first!.webContents.loaded).toEqual([]);
  await settled();
  expect(first!.webContents.loaded).toEqual([url]);
  expect(cleared()).toBe(1);
  console.open(url);
  await settled();
  expect(cleared()).toBe(1);
  first!.close();
  await settled();
  expect(cleared()).toBe(2);
});

test('a window that is closed at once loads nothing', async () => {
  const console = windowFor(true);
  console.open(url);
  const [first] = FakeBrowserWindow.open;
  console.close();
  await settled();
  expect(first!.webContents.loaded).toEqual([]);
});

test('at a desk its person stays logged in', async () => {
  const console = windowFor(false);
  console.open(url);
  FakeBrowserWindow.open[0]!.close();
  await settled();
  expect(cleared()).toBe(0);
});
