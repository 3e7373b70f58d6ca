import { readFileSync, rmSync } from 'node:fs';
import { beforeEach, expect, test, vi } from 'vitest';
import { cityCertificates } from '../tls/testdata/city-certificates.ts';
import type { TlsFiles } from '../tls/tls-files.ts';
import { isOwnPage } from './own-page.ts';
import { denyByDefault, type Allowance } from './security.ts';
import { fake, FakeBrowserWindow, FakeEvent, FakeSession } from './testdata/fake-electron.ts';

vi.mock('electron', async () => (await import('./testdata/fake-electron.ts')).fakeModule);

const hub = 'http://127.0.0.1:8600';
const atTheDesk: Allowance = { permissions: ['clipboard-sanitized-write'], downloads: true };

beforeEach(() => {
  fake.reset();
  denyByDefault({
    isOurs: (url) => isOwnPage(url, hub),
    tls: () => null,
    allow: (of) => ((of as unknown) === FakeSession.of('persist:console') ? atTheDesk : null),
  });
});

function open(partition: string, path: string): FakeBrowserWindow {
  const window = new FakeBrowserWindow({ webPreferences: { partition } });
  void window.loadURL(`${hub}${path}`);
  return window;
}

test('a wall is denied everything; the console may write to the clipboard and keep files of the hub', () => {
  const wall = open('persist:wall-main-1', '/wall/main/1').webContents;
  const desk = open('persist:console', '/console').webContents;
  for (const permission of [
    'media',
    'geolocation',
    'notifications',
    'fullscreen',
    'clipboard-read',
    'display-capture',
    'openExternal',
    'usb',
    'hid',
    'serial',
    'unknown',
  ]) {
    expect([permission, wall.session.asks(wall, permission), desk.session.asks(desk, permission)]).toEqual([permission, false, false]);
  }
  expect(wall.session.asks(wall, 'clipboard-sanitized-write')).toBe(false);
  expect(desk.session.asks(desk, 'clipboard-sanitized-write')).toBe(true);
  // Not for a frame, and not for somebody else who got into the window.
  expect(desk.session.asks(desk, 'clipboard-sanitized-write', `${hub}/console`, false)).toBe(false);
  expect(desk.session.asks(desk, 'clipboard-sanitized-write', 'http://evil.example/')).toBe(false);

  const checks = (session: FakeSession, origin: string) =>
    session.permissionCheck?.(null, 'clipboard-sanitized-write', origin, {} as Electron.PermissionCheckHandlerHandlerDetails);
  expect([
    checks(wall.session, hub),
    checks(desk.session, `${hub}/`),
    checks(desk.session, ''),
    checks(desk.session, 'http://evil.example'),
  ]).toEqual([false, true, false, false]);

  expect(wall.session.keeps(`${hub}/files/a.csv`)).toBe(false);
  expect(desk.session.keeps(`${hub}/files/a.csv`)).toBe(true);
  expect(desk.session.keeps(`blob:${hub}/0f3`)).toBe(true);
  expect(desk.session.keeps(`${hub}/files/a.csv`, 'http://evil.example/a.exe')).toBe(false);
  expect(desk.session.keeps('data:text/plain,x')).toBe(false);
  expect(desk.session.keeps()).toBe(false);
});

test('devices, screens and files of the computer are nobody’s', () => {
  const { session } = open('persist:console', '/console').webContents;
  expect(session.devicePermission?.({} as Electron.DevicePermissionHandlerHandlerDetails)).toBe(false);
  const shared: unknown[] = [];
  void session.displayMedia?.({} as Electron.DisplayMediaRequestHandlerHandlerRequest, (streams) => shared.push(streams));
  // An empty object is no refusal: Electron throws at it.
  expect(shared).toEqual([null]);
  const answers: string[] = [];
  session.emit('file-system-access-restricted', new FakeEvent(), {}, (answer: string) => answers.push(answer));
  expect(answers).toEqual(['deny']);
  const chosen: unknown[][] = [];
  const event = new FakeEvent();
  fake.app.emit('select-client-certificate', event, null, hub, [{}], (...given: unknown[]) => chosen.push(given));
  expect([event.defaultPrevented, chosen]).toEqual([true, [[]]]);
});

test.each<[string, boolean]>([
  [`${hub}/console`, true],
  ['http://127.0.0.1:8601/', false],
  ['https://example.org/', false],
  ['file:///etc/passwd', false],
  ['javascript:alert(1)', false],
  ['data:text/html,x', false],
])('a page goes to %s: %s', (url, goes) => {
  const { webContents } = open('persist:wall-main-1', '/wall/main/1');
  for (const kind of ['will-navigate', 'will-redirect', 'will-frame-navigate'] as const)
    expect([kind, webContents.goesTo(kind, url)]).toEqual([kind, goes]);
});

test('no page opens a window, holds a webview, or keeps its window open', () => {
  const { webContents } = open('persist:console', '/console');
  expect(webContents.windowOpenHandler?.({ url: `${hub}/wall/main/1` })).toEqual({ action: 'deny' });
  for (const name of ['will-attach-webview', 'will-prevent-unload']) {
    const event = new FakeEvent();
    webContents.emit(name, event);
    expect([name, event.defaultPrevented]).toEqual([name, true]);
  }
});

test('with TLS pages talk to the holder of our key and to nobody else, and to nobody while our certificate cannot be read', async () => {
  const city = await cityCertificates();
  const stranger = await cityCertificates();
  try {
    fake.reset();
    let tls: TlsFiles | null = null;
    denyByDefault({ isOurs: (url) => isOwnPage(url, hub), tls: () => tls, allow: () => null });
    const { session } = open('persist:wall-main-1', '/wall/main/1').webContents;
    const verdict = (data: string) =>
      new Promise<number>(
        (resolve) => void session.verify?.({ certificate: { data }, hostname: '127.0.0.1' } as Electron.Request, resolve),
      );
    const shown = readFileSync(city.files.certificate, 'utf8');
    expect(await verdict(shown)).toBe(-3);
    tls = city.files;
    expect(await verdict(shown)).toBe(0);
    expect(await verdict(readFileSync(stranger.files.certificate, 'utf8'))).toBe(-2);
    expect(await verdict('rubbish')).toBe(-2);
    rmSync(city.files.certificate);
    expect(await verdict(shown)).toBe(-2);
  } finally {
    city.dispose();
    stranger.dispose();
  }
});
