import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the fuses begin in an Electron binary (`@electron/fuses`): the sentinel, a version byte, a length byte, one character a fuse. */
const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const fuseCount = 9;

/**
 * Writes a folder that electron-builder takes for an Electron distribution of Linux, so that packing can be run and looked at without a binary. It
 * proves what is packed and which fuses are set, and nothing about whether the app starts.
 */
export function writeStandInDistribution(folder: string, electronVersion: string): void {
  mkdirSync(join(folder, 'resources'), { recursive: true });
  mkdirSync(join(folder, 'locales'), { recursive: true });
  const fuses = Buffer.concat([
    Buffer.from('#!/bin/sh\nexit 78\n'),
    Buffer.from(sentinel),
    Buffer.from([1, fuseCount]),
    // What Electron ships with: every fuse that opens something is on.
    Buffer.from('1'.repeat(fuseCount)),
  ]);
  writeFileSync(join(folder, 'electron'), fuses);
  writeFileSync(join(folder, 'chrome-sandbox'), '');
  for (const name of ['electron', 'chrome-sandbox']) chmodSync(join(folder, name), 0o755);
  writeFileSync(join(folder, 'version'), electronVersion);
  writeFileSync(join(folder, 'LICENSE'), 'stand-in');
  writeFileSync(join(folder, 'LICENSES.chromium.html'), 'stand-in');
  writeFileSync(join(folder, 'locales', 'zh-CN.pak'), '');
}
