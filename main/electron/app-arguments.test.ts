import { expect, test } from 'vitest';
import { appArguments } from './app-arguments.ts';
import { isOwnPage } from './own-page.ts';

test.each<[string, string[], boolean, string[]]>([
  ['from the start script', ['/e/electron', '--ozone-platform=x11', '/app', '--port', '0'], false, ['--port', '0']],
  ['packaged', ['/opt/taodu', '--ozone-platform=x11', '--data', '/d'], true, ['--data', '/d']],
  ['packaged, bare', ['/opt/taodu'], true, []],
  ['unpackaged, bare', ['/e/electron', '.'], false, []],
  ['with a debugger', ['/e/electron', '--inspect=0', '--remote-debugging-port=0', '--no-sandbox', '/app', '--demo'], false, ['--demo']],
  [
    'with what an installer gives a graphics driver',
    ['/opt/taodu', '--use-angle=gl', '--ignore-gpu-blocklist', '--gtk-version=3', '--disable-gpu-sandbox', '--demo'],
    true,
    ['--demo'],
  ],
  ['with what is not known to anybody', ['/opt/taodu', '--lang=zh-CN', '--language'], true, ['--language']],
])('%s', (_, argv, isPackaged, expected) => {
  expect(appArguments(argv, isPackaged)).toEqual(expected);
});

const hub = 'http://127.0.0.1:8600';

test.each([
  ['http://127.0.0.1:8600/wall/main/1?ticket=t', true],
  ['http://127.0.0.1:8601/wall/main/1', false],
  ['https://127.0.0.1:8600/', false],
  ['http://127.0.0.1:8600.example.org/', false],
  ['http://127.0.0.1:8600@example.org/', false],
  ['http://someone@127.0.0.1:8600/', false],
  ['file:///etc/passwd', false],
  ['data:text/html,x', false],
  ['about:blank', false],
  ['', false],
])('%s is ours: %s', (url, ours) => {
  expect(isOwnPage(url, hub)).toBe(ours);
});
