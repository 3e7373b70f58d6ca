import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { gridOfScreens } from '../../../layouts/planned-wall.ts';
import { problem } from '../../contract/errors.ts';
import { ManualClock } from '../../hub/readings/manual-clock.ts';
import type { SetupPlan } from './contract.ts';
import { faultOf, makeCity } from './make-city.ts';
import type { SetupOptions } from './start-setup.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'taodu-make-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const screens = gridOfScreens({ rows: 1, cols: 2, width: 1920, height: 1080 }, String);
const city = {
  kind: 'new',
  password: 'Kiln-and-glaze-9',
  wall: { name: 'Wall', pixelPitchMm: 0.6, farthestSeatM: 6, screens },
  operatorKey: null,
} as const satisfies SetupPlan['city'];
const never = new AbortController().signal;
const options = (): SetupOptions => ({
  root,
  host: {
    spawn() {
      throw new Error('nothing may be started');
    },
  },
  version: '0',
  suggestedDataFolder: root,
  rememberAt: null,
  overrides: {},
  clock: new ManualClock(),
  log: { debug() {}, info() {}, warn() {}, error() {}, fatal() {} } as never,
  onFatal() {},
});

describe('what cannot be begun starts nothing and writes nothing', () => {
  test.each<[string, Partial<SetupPlan>, string, readonly string[]]>([
    ['a city is there', { city }, 'folder-holds-city', ['ledger.db']],
    ['no city is there', { city: { kind: 'open' } }, 'folder-holds-none', []],
    ['something else is there', { city }, 'folder-not-empty', ['photo']],
    ['a weak password', { city: { ...city, password: 'password' } }, 'password-too-weak', []],
    ['a key that nobody could type', { city: { ...city, operatorKey: '口令口令口令' } }, 'operator-key-refused', []],
    [
      'a wall whose screens overlap',
      { city: { ...city, wall: { ...city.wall, screens: [screens[0]!, screens[0]!] } } },
      'wall-refused',
      [],
    ],
  ])('%s', async (_what, plan, code, names) => {
    const dataFolder = join(root, 'data');
    mkdirSync(dataFolder);
    for (const name of names) writeFileSync(join(dataFolder, name), '');
    const made = await makeCity({ locale: 'en', dataFolder, port: null, city, ...plan }, options(), never);
    expect(made).toMatchObject({ ok: false, error: { code } });
    expect(readdirSync(dataFolder)).toEqual(names);
  });

  test('a path that is not whole', async () => {
    const made = await makeCity({ locale: 'en', dataFolder: 'data', port: null, city }, options(), never);
    expect(made).toMatchObject({ ok: false, error: { code: 'folder-not-absolute' } });
  });
});

test('begun anew without an unlock key: the one of the try before opens nothing', async () => {
  const dataFolder = join(root, 'data');
  const stopped = { ...options(), overrides: { hub: { port: -1 } } };
  const begin = (operatorKey: string | null) =>
    makeCity({ locale: 'en', dataFolder, port: null, city: { ...city, operatorKey } }, stopped, never);
  await begin('470113');
  expect(existsSync(join(dataFolder, 'operator-key'))).toBe(true);
  expect(await begin(null)).toMatchObject({ ok: false, error: { code: 'port-not-allowed' } });
  expect(existsSync(join(dataFolder, 'operator-key'))).toBe(false);
});

test('a hub that keeps ending before it is ready is a fault, after two minutes or as soon as somebody stops', async () => {
  const clock = new ManualClock();
  let starts = 0;
  const host: SetupOptions['host'] = {
    spawn() {
      starts += 1;
      return {
        pid: undefined,
        send() {},
        onMessage: () => () => {},
        onExit(listener) {
          queueMicrotask(() => listener(1, null));
          return () => {};
        },
        kill() {},
      };
    },
  };
  const over = new AbortController();
  const begin = (dataFolder: string) =>
    makeCity({ locale: 'en', dataFolder, port: null, city }, { ...options(), host, clock }, over.signal);
  const begun = (before: number) => vi.waitFor(() => expect(starts).toBeGreaterThan(before));
  const late = begin(join(root, 'late'));
  await begun(0);
  for (let second = 0; second < 125; second += 1) await clock.advance(1000);
  expect(await late).toMatchObject({ ok: false, error: { code: 'hub-does-not-start', detail: 'not ready within 120 s' } });
  const before = starts;
  const stopped = begin(join(root, 'stopped'));
  await begun(before);
  over.abort(new Error('the setup was stopped'));
  await clock.advance(0);
  expect(await stopped).toMatchObject({ ok: false, error: { code: 'hub-does-not-start', detail: 'the setup was stopped' } });
  expect(clock.sleeping).toBe(0);
});

test.each([
  [problem('data-folder-in-use', {}), 'folder-in-use', null],
  [problem('data-folder-unusable', { reason: 'no-space' }), 'folder-no-space', null],
  [problem('data-folder-unusable', { reason: 'holds-a-city' }), 'folder-holds-city', null],
  [problem('data-folder-unusable', { reason: 'never heard of' }), 'folder-not-writable', null],
  [problem('config-invalid', { key: 'hub.port', message: 'cannot listen on 127.0.0.1:8600 (EADDRINUSE)' }), 'port-taken', 8600],
  [problem('config-invalid', { key: 'hub.port', message: 'cannot listen on 127.0.0.1:80 (EACCES)' }), 'port-not-allowed', 8600],
  [problem('config-invalid', { key: 'hub.host', message: 'no' }), 'config-invalid', null],
  [problem('internal-error'), 'hub-does-not-start', null],
])('%j is worded', (found, code, port) => {
  expect(faultOf(found, 8600)).toMatchObject({ code, port });
});
