import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ManualClock } from '../hub/readings/manual-clock.ts';
import { startAppLife } from './app-life.ts';
import { fake } from './testdata/fake-electron.ts';

vi.mock('electron', async () => (await import('./testdata/fake-electron.ts')).fakeModule);
const spawned = vi.hoisted(() => [] as unknown[][]);
vi.mock('node:child_process', () => ({
  spawn: (...args: unknown[]) => {
    spawned.push(args);
    return { unref() {} };
  },
}));

const names = ['SIGINT', 'SIGTERM', 'SIGHUP', 'uncaughtException', 'unhandledRejection'] as const;
const before = new Set<unknown>(names.flatMap((name) => process.listeners(name as 'SIGINT')));
let clock: ManualClock;
let said: string[];

beforeEach(() => {
  fake.reset();
  clock = new ManualClock();
  said = [];
  spawned.length = 0;
});
afterEach(() => {
  for (const name of names)
    for (const listener of process.listeners(name as 'SIGINT').filter((one) => !before.has(one))) process.off(name, listener);
});

const start = () => startAppLife({ clock, say: (line) => said.push(line) });

test('what began last ends first; what fails to end is said and holds up nobody', async () => {
  const life = start();
  const order: string[] = [];
  life.atEnd(() => void order.push('hub'));
  life.atEnd(() => Promise.reject(new Error('stuck')));
  life.atEnd(async () => void order.push('windows'));
  life.end();
  expect(life.isEnding).toBe(true);
  await clock.advance(0);
  expect(order).toEqual(['windows', 'hub']);
  expect(said).toEqual(['taodu: Error: stuck']);
  expect(fake.app.exits).toEqual([0]);
  expect(clock.sleeping).toBe(0);
});

test('what never ends is not waited for longer than fifteen seconds', async () => {
  const life = start();
  life.atEnd(() => new Promise(() => {}));
  fake.app.quit();
  await clock.advance(14_000);
  expect(fake.app.exits).toEqual([]);
  await clock.advance(1000);
  expect([fake.app.exits, said]).toEqual([[0], ['taodu: not everything ended in time']]);
});

test('the first who asks decides how; Electron’s own end is refused each time', async () => {
  const life = start();
  life.end({ code: 78 });
  life.end({ code: 0 });
  fake.app.quit();
  await clock.advance(0);
  expect(fake.app.exits).toEqual([78]);
});

test('the last window that closes does not end the app', () => {
  start();
  fake.app.emit('window-all-closed');
  expect(fake.app.exits).toEqual([]);
  expect(fake.app.listenerCount('window-all-closed')).toBe(1);
});

test('an AppImage is started by us, with the lock given back, after everything has ended', async () => {
  const life = start();
  life.atEnd(() => void fake.app.events.push('ended'));
  life.end({ again: { kind: 'spawn', file: '/home/w/Taodu.AppImage', args: ['--data', '/d'] } });
  await clock.advance(0);
  expect(fake.app.events).toEqual(['ended', 'lock released', 'exit 0']);
  expect(spawned).toEqual([['/home/w/Taodu.AppImage', ['--data', '/d'], { detached: true, stdio: 'ignore' }]]);
});

test('a promise that nobody caught is a bug like any other', async () => {
  start();
  (process.listeners('unhandledRejection').at(-1) as (reason: unknown) => void)('no reason');
  await clock.advance(0);
  expect([fake.app.exits, said]).toEqual([[70], ['taodu: no reason']]);
});

test('what begins while everything ends, ends at once', async () => {
  const life = start();
  const order: string[] = [];
  life.end();
  await clock.advance(0);
  life.atEnd(() => void order.push('late'));
  expect(order).toEqual(['late']);
});
