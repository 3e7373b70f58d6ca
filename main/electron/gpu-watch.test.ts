import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { silentLog } from '../contract/log.ts';
import { ManualClock } from '../hub/readings/manual-clock.ts';
import { prepareGpu, watchGpu } from './gpu-watch.ts';
import { fake } from './testdata/fake-electron.ts';

vi.mock('electron', async () => (await import('./testdata/fake-electron.ts')).fakeModule);

const day = 24 * 3_600_000;
let folder: string;
let file: string;
let clock: ManualClock;
let restarts: number;
let end = () => {};

beforeEach(() => {
  fake.reset();
  folder = mkdtempSync(join(tmpdir(), 'taodu-gpu-'));
  file = join(folder, 'gpu-losses.json');
  clock = new ManualClock(Date.UTC(2026, 10, 1));
  restarts = 0;
});
afterEach(() => {
  end();
  rmSync(folder, { recursive: true, force: true });
});

/** A start of the app. Answers whether it goes without the GPU. */
function start(version = '1'): boolean {
  end();
  fake.app.events.length = 0;
  const options = { file, version, clock };
  const state = prepareGpu(options);
  end = watchGpu(state, { ...options, log: silentLog, startAgain: () => (restarts += 1) });
  expect(fake.app.events.includes('no gpu')).toBe(state.isLeftOut);
  return state.isLeftOut;
}

async function dieThrice(): Promise<void> {
  for (let count = 0; count < 3; count += 1) {
    fake.gpuDies();
    await clock.advance(5000);
  }
}

test('three ends within half a minute: the app starts again, once, and goes without the GPU for a day', async () => {
  expect(start()).toBe(false);
  await dieThrice();
  fake.gpuDies();
  expect(restarts).toBe(1);
  expect(start()).toBe(true);
  await clock.advance(day);
  expect(start()).toBe(false);
});

test('three ends over some minutes, other processes and an orderly end are none of it', async () => {
  start();
  for (let count = 0; count < 6; count += 1) {
    fake.gpuDies();
    fake.gpuDies('clean-exit');
    fake.app.emit('child-process-gone', {}, { type: 'Utility', reason: 'crashed', exitCode: 1 });
    await clock.advance(20_000);
  }
  expect(restarts).toBe(0);
  expect(existsSync(file)).toBe(false);
});

test('a driver that does not get better is left out longer each time', async () => {
  start();
  await dieThrice();
  await clock.advance(day);
  expect(start()).toBe(false);
  await dieThrice();
  expect(restarts).toBe(2);
  await clock.advance(day);
  expect(start()).toBe(true);
  await clock.advance(day);
  expect(start()).toBe(false);
});

test('without the GPU nothing more is tried', async () => {
  start();
  await dieThrice();
  start();
  await dieThrice();
  expect(restarts).toBe(1);
});

test('the next version tries again; a driver that holds for a day is forgiven', async () => {
  start();
  await dieThrice();
  expect(start('2')).toBe(false);
  expect(existsSync(file)).toBe(true);
  await clock.advance(day);
  expect(existsSync(file)).toBe(false);
});

test('a person gets the GPU back by removing the file; rubbish in it counts for nothing', async () => {
  start();
  await dieThrice();
  rmSync(file);
  expect(start()).toBe(false);
  writeFileSync(file, 'rubbish');
  expect(start()).toBe(false);
});

test('what cannot be written down is not acted upon: it would go on like this for ever', async () => {
  rmSync(file, { force: true });
  mkdirSync(file);
  start();
  await dieThrice();
  expect(restarts).toBe(0);
});

test('what is written is what is read', async () => {
  start();
  await dieThrice();
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ count: 1, version: '1' });
});

test('a driver that held is forgiven, also where that cannot be written down', async () => {
  start();
  await dieThrice();
  await clock.advance(day);
  expect(start()).toBe(false);
  rmSync(folder, { recursive: true });
  writeFileSync(folder, '');
  // An error that nobody catches would end the app, and fails this test.
  await clock.advance(day);
  expect(restarts).toBe(1);
});
