import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseMonitors, readX11Displays } from './x11-displays.ts';

const told = (text: string) =>
  parseMonitors(text).map(({ label, bounds: { x, y, width, height } }) => `${label} ${width}x${height} at ${x},${y}`);

test.each<[string, string, string[]]>([
  [
    'six of a wall',
    'Monitors: 2\n 0: +*DUMMY0 1920/508x1080/286+0+0  DUMMY0\n 1: +DUMMY1 1920/508x1080/286+1920+0  DUMMY1\n',
    ['DUMMY0 1920x1080 at 0,0', 'DUMMY1 1920x1080 at 1920,0'],
  ],
  ['one that somebody has named, of two outputs', 'Monitors: 1\n 0: 大屏 3840/1016x1080/286+0+0  DP-1 DP-2\n', ['大屏 3840x1080 at 0,0']],
  ['left of the first', 'Monitors: 1\n 0: +HDMI-1 1280/0x720/0-1280+0  HDMI-1\n', ['HDMI-1 1280x720 at -1280,0']],
  ['mirrored', 'Monitors: 2\n 0: +A 1/1x1/1+0+0  A\n 1: +B 1/1x1/1+0+0  B\n', ['A 1x1 at 0,0', 'B 1x1 at 0,0']],
  ['of no area', 'Monitors: 1\n 0: +A 0/0x0/0+0+0  A\n', ['A 0x0 at 0,0']],
  ['without an output', 'Monitors: 1\n 0: A 1/1x1/1+0+0', ['A 1x1 at 0,0']],
  ['none', 'Monitors: 0\n', []],
  ['nothing', '', []],
  ['the other listing', 'DUMMY0 connected primary 1920x1080+0+0 (normal left) 508mm x 286mm\n', []],
  ['numbers without end', ` 0: +A ${'9'.repeat(400)}/1x1/1+0+0  A\n`, []],
])('%s', (_, text, expected) => expect(told(text)).toEqual(expected));

test('whatever it says, what is read are numbers, and not too many', () => {
  const piece = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.constantFrom(' 0: +*DP-1 1920/508x1080/286+0+0  DP-1', '\n', ' 1: ', '+', '/', 'x', '-', '99999999'),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      const displays = parseMonitors(pieces.join(''));
      expect(displays.length).toBeLessThanOrEqual(64);
      for (const { bounds } of displays) expect(Object.values(bounds).every(Number.isInteger)).toBe(true);
    }),
    { seed: 20_261_127, numRuns: 200 },
  );
  expect(parseMonitors(' 0: +A 1/1x1/1+0+0  A\n'.repeat(1000))).toHaveLength(64);
});

describe.skipIf(process.platform !== 'linux')('the program', () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'taodu-xrandr-'))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const says = (script: string) => {
    writeFileSync(join(folder, 'xrandr'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, 'xrandr'), 0o700);
  };
  const read = (env = {}) => readX11Displays({ PATH: folder, DISPLAY: ':7', ...env });

  test('is asked', async () => {
    says(`echo "Monitors: 1"; echo " 0: +A 800/1x600/1+0+0  A"`);
    expect(await read()).toEqual([{ id: 'A', label: 'A', bounds: { x: 0, y: 0, width: 800, height: 600 }, scaleFactor: 1 }]);
    expect(await read({ WAYLAND_DISPLAY: 'wayland-0' })).toBeNull();
    expect(await read({ DISPLAY: '' })).toBeNull();
  });

  test.each([
    ['that fails', `echo "Can't open display" >&2; exit 1`],
    ['that says something else', 'echo hello'],
    ['that says too much', 'while echo "Monitors: 1234567890123456789012345678901234567890"; do :; done'],
  ])('one %s tells nothing', async (_, script) => {
    says(script);
    expect(await read()).toBeNull();
  });

  test('one that is not there tells nothing', async () => expect(await read()).toBeNull());
});
