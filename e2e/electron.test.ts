import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import type { BrowserWindow } from 'electron';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { OperatorAnswer } from '../main/contract/shell.ts';
import { writeOperatorKey } from '../main/launch/operator-key.ts';
import { displaysLack, placeOf, startDummyDisplays, type DummyDisplays } from './dummy-displays.ts';
import { until } from './start-hub.ts';

const root = resolve(import.meta.dirname, '..');

/** Looks with the file system alone: asking the package would make it try a download. */
function electronBinary(): string | null {
  const folder = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(root, 'node_modules', 'electron', 'dist');
  const named = join(root, 'node_modules', 'electron', 'path.txt');
  const usual = process.platform === 'win32' ? 'electron.exe' : 'electron';
  const binary = join(folder, existsSync(named) ? readFileSync(named, 'utf8').trim() : usual);
  return existsSync(binary) ? binary : null;
}

const binary = electronBinary();
const isRequired = process.env['REQUIRE_ELECTRON'] === '1';
const needsDisplays = process.platform === 'linux';
const lacks = binary === null ? 'Electron binary' : needsDisplays && displaysLack !== null ? displaysLack : null;
const why = lacks === null ? '' : ` (skipped: no ${lacks} found)`;

const key = 'kiln-4711';

/** The product's own desktop app from the source tree, on two displays that nobody sees. */
describe.skipIf(lacks !== null && !isRequired)(`the desktop app${why}`, () => {
  const scratch = mkdtempSync(join(tmpdir(), 'taodu-electron-'));
  const data = join(scratch, 'data');
  const args = [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), ...(needsDisplays ? ['--ozone-platform=x11'] : []), root];
  const own = ['--port', '0', '--relay-port', '0', '--rtmp-port', '0', '--data', data];
  let displays: DummyDisplays | null = null;
  let app: ElectronApplication;
  let env: Record<string, string>;
  let origin: string;

  beforeAll(async () => {
    if (lacks !== null) throw new Error(`REQUIRE_ELECTRON=1, and there is no ${lacks}`);
    if (needsDisplays) displays = await startDummyDisplays(2);
    // Settings and the single instance are this test's own.
    env = {
      ...(process.env as Record<string, string>),
      XDG_CONFIG_HOME: join(scratch, 'settings'),
      ...(displays && { DISPLAY: displays.name, XDG_SESSION_TYPE: 'x11' }),
    };
    await writeOperatorKey(data, key, { N: 1024, r: 8, p: 1 });
    app = await _electron.launch({ executablePath: binary!, args: [...args, ...own], env });
    origin = new URL((await screen('1')).url()).origin;
    await screen('2');
  });
  afterAll(async () => {
    await app?.close();
    await displays?.stop();
    rmSync(scratch, { recursive: true, force: true });
  });

  /** The page of a wall screen. */
  const screen = (screenId: string): Promise<Page> =>
    until(`the page of screen ${screenId}`, 60_000, async () =>
      app.windows().find((page) => new URL(page.url(), 'http://none').pathname === `/wall/main/${screenId}`),
    );
  const windowOf = async (screenId: string) => app.browserWindow(await screen(screenId));
  const rendererOf = async (screenId: string) =>
    (await windowOf(screenId)).evaluate((window: BrowserWindow) => window.webContents.getOSProcessId());
  const processId = (name: string) =>
    app.evaluate(({ app: electron }, wanted) => electron.getAppMetrics().find((metric) => metric.name === wanted)?.pid ?? null, name);

  test('opens a window on each display, full screen', async () => {
    for (const [index, screenId] of ['1', '2'].entries()) {
      const window = await windowOf(screenId);
      await until(`screen ${screenId} in its place`, 20_000, async () => {
        const bounds = await window.evaluate((shown: BrowserWindow) => ({ ...shown.getBounds(), kiosk: shown.isKiosk() }));
        return JSON.stringify(bounds) === JSON.stringify({ ...placeOf(index), kiosk: true });
      });
    }
  });

  test('its pages are sandboxed, know no Node, and have the bridge alone', async () => {
    const page = await screen('1');
    expect(
      await page.evaluate(() => {
        const world = globalThis as { require?: unknown; process?: unknown; module?: unknown; taoduShell?: object };
        return [typeof world.require, typeof world.process, typeof world.module, Object.keys(world.taoduShell ?? {}).toSorted()];
      }),
    ).toEqual(['undefined', 'undefined', 'undefined', ['heartbeat', 'kind', 'onIdentify', 'operate', 'version']]);
    const preferences = await (
      await windowOf('1')
    ).evaluate((window: BrowserWindow) => (window.webContents as unknown as { getLastWebPreferences(): object }).getLastWebPreferences());
    expect(preferences).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false, webviewTag: false });
  });

  test('a page goes nowhere else, opens nothing, and gets no permission', async () => {
    const page = await screen('1');
    expect(await page.evaluate(() => window.open('about:blank'))).toBeNull();
    await page.evaluate(() => window.location.assign('https://example.org/'));
    expect(
      await page.evaluate(async () => [
        (await navigator.permissions.query({ name: 'geolocation' })).state,
        await navigator.mediaDevices.getUserMedia({ audio: true }).then(
          () => 'granted',
          () => 'denied',
        ),
        await Notification.requestPermission(),
      ]),
    ).toEqual(['denied', 'denied', 'denied']);
    expect(new URL(page.url()).origin).toBe(origin);
    expect(app.windows().every((open) => new URL(open.url()).origin === origin)).toBe(true);
  });

  test('a renderer that crashes comes back on its display; the other one stays', async () => {
    const [crashed, stayed] = [await rendererOf('1'), await rendererOf('2')];
    await (await windowOf('1')).evaluate((window: BrowserWindow) => window.webContents.forcefullyCrashRenderer());
    await until('another renderer', 30_000, async () => (await rendererOf('1')) !== crashed);
    expect(await (await screen('1')).evaluate(() => document.readyState)).toMatch(/interactive|complete/);
    expect(await rendererOf('2')).toBe(stayed);
  });

  test('a hub that is killed comes back; no page is lost over it', async () => {
    const [before, renderer] = [await processId('taodu-hub'), await rendererOf('2')];
    process.kill(before!, 'SIGKILL');
    await until('another hub', 30_000, async () => {
      const now = await processId('taodu-hub');
      return now !== null && now !== before && (await fetch(`${origin}/healthz`)).ok;
    });
    expect(await rendererOf('2')).toBe(renderer);
  });

  test('the operator’s key opens the menu’s actions, and nothing else does', async () => {
    const page = await screen('2');
    const operate = (tried: string, action: string) =>
      page.evaluate(
        ([given, wanted]) =>
          (globalThis as unknown as { taoduShell: { operate(key: string, action: string): Promise<unknown> } }).taoduShell.operate(
            given!,
            wanted!,
          ),
        [tried, action],
      ) as Promise<OperatorAnswer>;
    expect(await operate('wrong-4711', 'quit')).toMatchObject({ done: false, code: 'operator-key-wrong' });
    expect(await operate(key, 'unlock')).toEqual({ done: true });
    expect(await operate(key, 'format-disk')).toEqual({ done: false, code: 'shell-does-not-answer' });
    await page.evaluate(() => Object.assign(globalThis, { isOld: true }));
    expect(await operate(key, 'reload')).toEqual({ done: true });
    await until('the page anew', 30_000, async () =>
      (await screen('2')).evaluate(() => !('isOld' in globalThis) && 'taoduShell' in globalThis),
    );
  });

  test('a second start says so in one line and ends', async () => {
    const second = spawn(binary!, [...args, ...own], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    second.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    const code = await new Promise((done) => second.once('exit', done));
    expect(code).toBe(0);
    expect(said.split('\n').filter((line) => line.startsWith('taodu:'))).toEqual([
      'taodu: Taodu runs already on this computer; its windows are brought to the front',
    ]);
  });

  test.runIf(needsDisplays)('a display that is unplugged takes its window along and brings it back', async () => {
    await displays!.plug(1, false);
    await until('one window', 30_000, async () => app.windows().every((page) => !page.url().includes('/wall/main/2')));
    await displays!.plug(1, true);
    await screen('2');
  });

  test('ends in order: hub and relay with it', async () => {
    const children = await Promise.all(['taodu-hub', 'taodu-relay'].map(processId));
    const gone = new Promise((done) => app.process().once('exit', done));
    await app.evaluate(({ app: electron }) => electron.quit());
    expect(await gone).toBe(0);
    for (const pid of children) await until(`the end of ${pid}`, 10_000, async () => !isRunning(pid!));
  });
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const packed = process.env['TAODU_PACKED_APP'];

/** `TAODU_PACKED_APP` names the program of a packed app: Playwright cannot drive one, for its fuses leave no door open. */
test.skipIf(packed === undefined)(
  `the packed app has its fuses${packed ? '' : ' (skipped: no packed Electron binary in TAODU_PACKED_APP)'}`,
  async () => {
    const { electronFuses } = parse(readFileSync(join(root, 'electron-builder.yml'), 'utf8')) as { electronFuses: Record<string, boolean> };
    const wire = (await getCurrentFuseWire(packed!)) as unknown as Record<number, number>;
    const names: Readonly<Record<string, FuseV1Options>> = {
      runAsNode: FuseV1Options.RunAsNode,
      enableCookieEncryption: FuseV1Options.EnableCookieEncryption,
      enableNodeOptionsEnvironmentVariable: FuseV1Options.EnableNodeOptionsEnvironmentVariable,
      enableNodeCliInspectArguments: FuseV1Options.EnableNodeCliInspectArguments,
      enableEmbeddedAsarIntegrityValidation: FuseV1Options.EnableEmbeddedAsarIntegrityValidation,
      onlyLoadAppFromAsar: FuseV1Options.OnlyLoadAppFromAsar,
      grantFileProtocolExtraPrivileges: FuseV1Options.GrantFileProtocolExtraPrivileges,
    };
    // As it stands in the binary: the character 1.
    const found = Object.fromEntries(Object.entries(names).map(([name, index]) => [name, wire[index] === 0x31]));
    expect(found).toEqual(Object.fromEntries(Object.keys(names).map((name) => [name, electronFuses[name]])));
  },
);
