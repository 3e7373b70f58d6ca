import { expect, test } from 'vitest';
import { startCommand } from './start-setup.ts';

test.each([
  ['/var/lib/taodu', 'linux', 'npm run hub -- --data /var/lib/taodu'],
  ['/srv/城市 数据', 'linux', "npm run hub -- --data '/srv/城市 数据'"],
  ["/srv/o'hara; rm x", 'linux', String.raw`npm run hub -- --data '/srv/o'\''hara; rm x'`],
  ['D:\\taodu', 'win32', 'npm run hub -- --data D:\\taodu'],
  ['C:\\Program Files\\taodu', 'win32', 'npm run hub -- --data "C:\\Program Files\\taodu"'],
] as const)('%s on %s', (folder, platform, command) => {
  expect(startCommand(folder, platform)).toBe(command);
});
