import { describe, expect, test } from 'vitest';
import { judgePackage, type PackedApp } from './judge-package.ts';

const native = 'node_modules/better-sqlite3/prebuilds/linux-x64.node';
const good: PackedApp = {
  packed: ['dist/node/hub.js', 'package.json', 'node_modules/better-sqlite3/lib/index.js', native],
  unpacked: [native],
  fuses: { runAsNode: false, onlyLoadAppFromAsar: true },
};
const wanted = {
  files: ['dist/node/hub.js', 'package.json'],
  platform: 'linux-x64',
  fuses: { runAsNode: false, onlyLoadAppFromAsar: true },
};
const faults = (app: PackedApp) => judgePackage(app, wanted).flatMap(({ holds, detail }) => (holds ? [] : [detail]));

describe('a packed app', () => {
  test('that is as it should be', () => {
    expect(faults(good)).toEqual([]);
  });

  test.each<[string, PackedApp, string[]]>([
    [
      'with what a hub that ran here has compiled',
      { ...good, packed: [...good.packed, 'dist/node/.compile-cache/v24/a'] },
      ['dist/node/.compile-cache/v24/a'],
    ],
    ['without the hub', { ...good, packed: good.packed.slice(1) }, ['dist/node/hub.js']],
    ['with its native module inside the archive', { ...good, unpacked: [] }, [native]],
    ['without its native module', { ...good, packed: good.packed.slice(0, 3) }, ['none']],
    [
      'with the native module of another platform',
      { ...good, packed: [...good.packed, 'a/win32-x64.node'], unpacked: [native, 'a/win32-x64.node'] },
      ['a/win32-x64.node'],
    ],
    [
      'with what is for developers',
      { ...good, packed: [...good.packed, 'main/x.test.ts', 'dist/node/hub.js.map', 'node_modules/vite/index.js'] },
      ['main/x.test.ts, dist/node/hub.js.map, node_modules/vite/index.js'],
    ],
    ['with a fuse left on', { ...good, fuses: { runAsNode: true, onlyLoadAppFromAsar: true } }, ['runAsNode is true']],
    ['without a fuse', { ...good, fuses: { runAsNode: false } }, ['onlyLoadAppFromAsar is undefined']],
  ])('%s', (_name, app, expected) => {
    expect(faults(app)).toEqual(expected);
  });

  test('with FFmpeg in it is named twice: it is a package too many, and under another licence', () => {
    expect(faults({ ...good, packed: [...good.packed, 'node_modules/node-av/index.js'] })).toEqual([
      'node_modules/node-av/index.js',
      'node_modules/node-av/index.js',
    ]);
  });
});
