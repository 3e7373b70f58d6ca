import { expect, test } from 'vitest';
import { howToStartAgain, type StartAgain } from './start-again.ts';
import { judgeWindowing, switches, switchesToAppend, x11Switch } from './switches.ts';

const nothingGiven = () => null;

test('every switch says why it is there and where it is described', () => {
  for (const { name, why, source } of switches) {
    expect(name).toMatch(/^[a-z-]+$/);
    expect(why.length).toBeGreaterThan(8);
    expect(source).toMatch(/Chromium|Electron|electron#/);
  }
  // The platform of windows is chosen before a line of ours runs: it cannot be appended.
  expect(switches.map(({ name }) => name)).not.toContain('ozone-platform');
});

test.each<[NodeJS.Platform, string | null, string | null, boolean]>([
  ['linux', 'PlatformHEVCDecoderSupport,AcceleratedVideoDecodeLinuxGL', 'HardwareMediaKeyHandling', true],
  ['win32', 'PlatformHEVCDecoderSupport', 'CalculateNativeWinOcclusion,HardwareMediaKeyHandling', false],
  ['darwin', 'PlatformHEVCDecoderSupport', 'HardwareMediaKeyHandling', false],
])('on %s', (platform, enabled, disabled, keyRing) => {
  const wanted = switchesToAppend(platform, nothingGiven);
  expect(wanted.get('enable-features')).toBe(enabled);
  expect(wanted.get('disable-features')).toBe(disabled);
  expect(wanted.has('password-store')).toBe(keyRing);
  expect(wanted.get('autoplay-policy')).toBe('no-user-gesture-required');
  expect(wanted.get('disable-renderer-backgrounding')).toBeNull();
});

test('what the command line says stays: features are joined, anything else is left as it is', () => {
  const given: Record<string, string> = {
    'enable-features': 'VaapiOnNvidiaGPUs,PlatformHEVCDecoderSupport',
    'password-store': 'gnome-libsecret',
    'disable-pinch': '',
  };
  const wanted = switchesToAppend('linux', (name) => given[name] ?? null);
  expect(wanted.get('enable-features')).toBe('VaapiOnNvidiaGPUs,PlatformHEVCDecoderSupport,AcceleratedVideoDecodeLinuxGL');
  expect(wanted.has('password-store')).toBe(false);
  expect(wanted.has('disable-pinch')).toBe(false);
});

test.each<[string, NodeJS.Platform, NodeJS.ProcessEnv, string | null, string]>([
  ['an X11 session', 'linux', { XDG_SESSION_TYPE: 'x11', DISPLAY: ':0' }, null, 'fine'],
  ['an X server that somebody started by hand', 'linux', { DISPLAY: ':0' }, null, 'fine'],
  [
    'a Wayland session with an X server',
    'linux',
    { XDG_SESSION_TYPE: 'wayland', WAYLAND_DISPLAY: 'w', DISPLAY: ':0' },
    null,
    'start-again-under-x11',
  ],
  ['the same, started for X11', 'linux', { XDG_SESSION_TYPE: 'wayland', WAYLAND_DISPLAY: 'w', DISPLAY: ':0' }, 'x11', 'fine'],
  ['the same, started for Wayland', 'linux', { XDG_SESSION_TYPE: 'wayland', DISPLAY: ':0' }, 'wayland', 'wayland'],
  ['Wayland alone', 'linux', { XDG_SESSION_TYPE: 'wayland', WAYLAND_DISPLAY: 'w' }, null, 'wayland'],
  ['a compositor that tells no session type', 'linux', { WAYLAND_DISPLAY: 'w', DISPLAY: ':0' }, null, 'start-again-under-x11'],
  ['an X11 session with a nested compositor', 'linux', { XDG_SESSION_TYPE: 'x11', WAYLAND_DISPLAY: 'w', DISPLAY: ':0' }, null, 'fine'],
  ['Windows', 'win32', {}, null, 'fine'],
])('%s', (_, platform, env, ozone, expected) => {
  expect(judgeWindowing(platform, env, ozone)).toBe(expected);
});

const argv = ['/opt/taodu/taodu', '--data', '/d'];

test.each<[string, Parameters<typeof howToStartAgain>[0], string[], StartAgain]>([
  ['by Electron', { argv, env: {}, isPackaged: true }, [], { kind: 'relaunch', args: ['--data', '/d'] }],
  [
    'from the source tree, with its folder',
    { argv: ['/e/electron', '/app', '--port', '0'], env: { APPIMAGE: '/of/the/terminal' }, isPackaged: false },
    [],
    { kind: 'relaunch', args: ['/app', '--port', '0'] },
  ],
  [
    'by whoever watches over it',
    { argv, env: { TAODU_WATCHED_OVER: '1', APPIMAGE: '/a' }, isPackaged: true },
    [],
    { kind: 'exit', code: 75 },
  ],
  [
    'an AppImage by us',
    { argv, env: { APPIMAGE: '/home/w/Taodu.AppImage' }, isPackaged: true },
    [],
    { kind: 'spawn', file: '/home/w/Taodu.AppImage', args: ['--data', '/d'] },
  ],
  ['with a switch more', { argv, env: {}, isPackaged: true }, [x11Switch], { kind: 'relaunch', args: [x11Switch, '--data', '/d'] }],
  [
    'with a switch that it already has, once',
    { argv: ['/opt/taodu/taodu', x11Switch], env: {}, isPackaged: true },
    [x11Switch],
    { kind: 'relaunch', args: [x11Switch] },
  ],
])('started again %s', (_, from, more, expected) => {
  expect(howToStartAgain(from, more)).toEqual(expected);
});
