import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { configSchema } from '../config/config.ts';
import { silentLog, type Log } from '../contract/log.ts';
import type { Clock } from '../contract/time.ts';
import { createHub, type Hub } from '../hub/hub.ts';
import { systemClock } from '../supervision/system-clock.ts';
import { cityCertificates } from '../tls/testdata/city-certificates.ts';
import type { TlsFiles } from '../tls/tls-files.ts';
import { kioskArguments, openChromiumWalls, type ChromiumWalls } from './chromium-shell.ts';
import { findChromium } from './find-chromium.ts';
import { readWallScreens } from './wall-screens.ts';

const asked = vi.hoisted(() => [] as { readonly headers?: Readonly<Record<string, string>> }[]);
vi.mock('./ask-hub.ts', async (original) => {
  const { askHub } = await original<typeof import('./ask-hub.ts')>();
  return {
    askHub: (...given: Parameters<typeof askHub>) => {
      asked.push(given[2]);
      return askHub(...given);
    },
  };
});

let folder: string;
let hub: Hub;
let city: { listening: string; tls: TlsFiles | null; wallLink(wallId: string, screenId: string): Promise<string> };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'taodu-shell-'));
  const made = await createHub({
    config: configSchema.parse({ hub: { port: 0 } }),
    dataFolder: join(folder, 'data'),
    demo: false,
    relay: null,
    rendererFolder: folder,
    clipsFolder: folder,
    adminPassword: 'Kiln-4711-bench',
    log: silentLog,
    version: '0',
  });
  if (!made.ok) throw new Error(made.error.code);
  hub = made.value;
  city = { listening: hub.origin, tls: null, wallLink: async (wallId, screenId) => hub.wallLink(wallId, screenId) };
}, 60_000);

afterAll(async () => {
  await hub.stop();
  rmSync(folder, { recursive: true });
});

describe('what the hub says of a wall', () => {
  test('its screens and where they are', async () => {
    expect(await readWallScreens(city, 'main')).toEqual([
      { id: '1', name: '左屏', rect: { x: 0, y: 0, width: 1920, height: 1080 } },
      { id: '2', name: '右屏', rect: { x: 1920, y: 0, width: 1920, height: 1080 } },
    ]);
  });

  test('the session that asked has ended', async () => {
    asked.length = 0;
    await readWallScreens(city, 'main');
    const authorization = asked.map(({ headers }) => headers?.['authorization']).find((header) => header !== undefined)!;
    expect(authorization).toMatch(/^Bearer \S+$/);
    const again = await fetch(`${city.listening}/api/collections/walls`, { headers: { authorization } });
    expect(again.status).toBe(401);
  });

  test('a wall that is not there', async () => {
    await expect(readWallScreens(city, 'cellar')).rejects.toThrow('no wall cellar');
  });

  test('a link that is no longer good', async () => {
    const used = await city.wallLink('main', 'launcher');
    await fetch(used, { redirect: 'manual' });
    await expect(readWallScreens({ ...city, wallLink: async () => used }, 'main')).rejects.toThrow('no session');
  });
});

/** Writes its arguments and environment down and stays until it is ended, unless `end` tells it to go at once. */
const fakeBrowser = (record: string) => `#!${process.execPath}
  const fs = require('node:fs');
  const screen = process.argv.find((a) => a.startsWith('--user-data-dir=')).slice(-1);
  const n = fs.readdirSync(${JSON.stringify(record)}).length;
  const path = ${JSON.stringify(record)} + '/' + screen + '-' + n + '-' + process.pid;
  process.on('SIGTERM', () => fs.writeFileSync(path + '.ended', '') || process.exit(0));
  fs.writeFileSync(path + '.part', JSON.stringify({ args: process.argv.slice(2), env: process.env, pid: process.pid }));
  fs.renameSync(path + '.part', path + '.json');
  setInterval(() => {}, 1000);
`;
const until = (check: () => void) => vi.waitFor(check, { timeout: 15_000, interval: 20 });

describe('kiosk windows', () => {
  interface Started {
    readonly args: string[];
    readonly env: Record<string, string>;
    readonly pid: number;
  }

  let record: string;
  let program: string;
  let walls: ChromiumWalls | null;
  const env = () => ({ CHROMIUM_PATH: program, DISPLAY: ':7', HOME: folder, TAODU_ADMIN_PASSWORD: 'Kiln-4711-bench' });
  const started = (): Started[] =>
    readdirSync(record)
      .filter((name) => name.endsWith('.json'))
      .map((name) => JSON.parse(readFileSync(join(record, name), 'utf8')) as Started);
  const ofScreen = (id: string) => started().filter(({ args }) => args.some((arg) => arg.includes(`/wall/main/${id}?`)));
  const open = async (log: Log = silentLog) => {
    walls = await openChromiumWalls({ city, wallId: 'main', dataFolder: folder, version: '0', quit() {}, log, env: env() });
    return walls;
  };

  beforeEach(() => {
    record = mkdtempSync(join(folder, 'record-'));
    program = join(record, '..', `browser-${Math.random().toString(36).slice(2)}.cjs`);
    writeFileSync(program, fakeBrowser(record));
    chmodSync(program, 0o700);
    walls = null;
  });
  afterEach(() => walls?.stop());

  test('one for each screen, each in its place and with a profile and a link of its own', async () => {
    await open();
    await until(() => expect(started()).toHaveLength(2));
    for (const [id, position] of [
      ['1', '0,0'],
      ['2', '1920,0'],
    ] as const) {
      const [window] = ofScreen(id);
      expect(window!.args).toEqual(
        expect.arrayContaining([
          '--kiosk',
          `--window-position=${position}`,
          '--window-size=1920,1080',
          `--user-data-dir=${join(folder, 'chromium', `main-${id}`)}`,
        ]),
      );
      expect(JSON.parse(readFileSync(join(folder, 'chromium', `main-${id}`, 'Default', 'Preferences'), 'utf8'))).toEqual({
        translate: { enabled: false },
      });
      expect(window!.env['TAODU_ADMIN_PASSWORD']).toBeUndefined();
      expect(window!.env['DISPLAY']).toBe(':7');
    }
  });

  test('a window that goes away is opened again, with a new link; the other one is left alone', async () => {
    await open();
    await until(() => expect(started()).toHaveLength(2));
    const [first] = ofScreen('1');
    process.kill(first!.pid, 'SIGKILL');
    await until(() => expect(ofScreen('1')).toHaveLength(2));
    const links = ofScreen('1').map(({ args }) => args.find((arg) => arg.startsWith('--app='))!);
    expect(new Set(links).size).toBe(2);
    expect(ofScreen('2')).toHaveLength(1);
  });

  test('with TLS they know the key of the hub; when it gets another one they are opened anew, with both', async () => {
    const certificates = await cityCertificates();
    const plain = city;
    try {
      // The hub of this test speaks plain HTTP: what is asked of it is, too.
      city = { ...plain, tls: certificates.files };
      await open();
      await until(() => expect(started()).toHaveLength(2));
      const keysOf = ({ args }: Started) =>
        args
          .find((arg) => arg.includes('spki-list='))!
          .split('spki-list=')[1]!
          .split(',');
      const [first] = keysOf(ofScreen('1')[0]!);
      await certificates.renew({ key: certificates.server.key, days: 20 });
      await certificates.renew();
      await until(() => expect(started()).toHaveLength(4));
      const [second, ...before] = keysOf(ofScreen('1').find((window) => keysOf(window).length === 2)!);
      expect(second).not.toBe(first);
      expect(before).toEqual([first]);
    } finally {
      city = plain;
      certificates.dispose();
    }
  });

  test('stop ends them all, and none comes back', async () => {
    await open();
    await until(() => expect(started()).toHaveLength(2));
    await walls!.stop();
    expect(readdirSync(record).filter((name) => name.endsWith('.ended'))).toHaveLength(2);
    for (const { pid } of started()) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect(started()).toHaveLength(2);
  });

  test('a program that cannot be started is tried again until stop', async () => {
    writeFileSync(program, '#!/nowhere/at/all\n');
    const warned: string[] = [];
    // A watch of a window looks every five seconds.
    let watching = 0;
    const clock: Clock = {
      ...systemClock,
      async sleep(ms, signal) {
        if (ms === 5000) watching += 1;
        await systemClock.sleep(ms, signal).finally(() => {
          if (ms === 5000) watching -= 1;
        });
      },
    };
    const log: Log = { ...silentLog, warn: (_, message) => void warned.push(message) };
    walls = await openChromiumWalls({ city, wallId: 'main', dataFolder: folder, version: '0', quit() {}, log, env: env(), clock });
    await until(() => expect(warned.length).toBeGreaterThanOrEqual(5));
    expect(watching).toBeLessThanOrEqual(2);
    await walls!.stop();
    expect(warned[0]).toContain('could not be opened');
  });

  test('without a Chromium, a display or a wall there is nothing to open', async () => {
    const at = { city, wallId: 'main', dataFolder: folder, version: '0', quit() {}, log: silentLog };
    expect(await openChromiumWalls({ ...at, env: { ...env(), CHROMIUM_PATH: join(folder, 'none') } })).toBeNull();
    expect(await openChromiumWalls({ ...at, wallId: 'cellar', env: env() })).toBeNull();
    if (process.platform === 'linux') expect(await openChromiumWalls({ ...at, env: { CHROMIUM_PATH: program } })).toBeNull();
    expect(started()).toEqual([]);
  });

  test('the sandbox is given up only as root', () => {
    const window = { url: 'u', profile: 'p', rect: { x: 0, y: 0, width: 10, height: 10 }, knownKeys: [] };
    expect(kioskArguments({ ...window, asRoot: true })).toContain('--no-sandbox');
    expect(kioskArguments({ ...window, asRoot: false })).not.toContain('--no-sandbox');
  });

  test('with TLS a window knows the key of its own hub, and without it nothing is waved through', () => {
    const window = { url: 'u', profile: 'p', rect: { x: 0, y: 0, width: 10, height: 10 }, asRoot: false };
    expect(kioskArguments({ ...window, knownKeys: ['aGFzaA==', 'b2xk'] })).toContain('--ignore-certificate-errors-spki-list=aGFzaA==,b2xk');
    expect(kioskArguments({ ...window, knownKeys: [] }).join(' ')).not.toContain('certificate');
  });

  test('the program is the chosen one or none, else the first on the PATH', () => {
    const at = join(record, 'google-chrome');
    expect(findChromium({ PATH: record }, 'linux')).toBeNull();
    writeFileSync(at, '');
    expect(findChromium({ PATH: record }, 'linux')).toBeNull();
    chmodSync(at, 0o700);
    expect(findChromium({ PATH: `relative:${record}` }, 'linux')).toBe(at);
    expect(findChromium({ PATH: record, CHROMIUM_PATH: join(record, 'gone') }, 'linux')).toBeNull();
  });
});
