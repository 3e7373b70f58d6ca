import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { prepareProfile, setAside } from './browser-profile.ts';

const ours = { translate: { enabled: false } };
const now = new Date('2026-11-27T03:04:05Z');

let folder: string;
let profile: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'taodu-profile-'));
  profile = join(folder, 'main-1');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const put = (path: string, text: string) => {
  mkdirSync(join(profile, 'Default'), { recursive: true });
  writeFileSync(join(profile, path), text);
};
const preferences = () => JSON.parse(readFileSync(join(profile, 'Default', 'Preferences'), 'utf8')) as unknown;

test('a new one offers no translation; one that is well is left as it is', () => {
  prepareProfile(profile, now);
  expect(preferences()).toEqual(ours);
  put('Default/Preferences', '{"kept":1}');
  put('Local State', '{"kept":2}');
  prepareProfile(profile, now);
  expect(preferences()).toEqual({ kept: 1 });
  expect(readFileSync(join(profile, 'Local State'), 'utf8')).toBe('{"kept":2}');
  expect(readdirSync(folder)).toEqual(['main-1']);
});

test.each<[string, () => void]>([
  ['garbage in Preferences', () => put('Default/Preferences', '\0\0\0')],
  ['a folder where Preferences should be', () => mkdirSync(join(profile, 'Default', 'Preferences'), { recursive: true })],
  ['garbage in Local State', () => put('Local State', '{')],
  ['a folder where Local State should be', () => mkdirSync(join(profile, 'Local State'), { recursive: true })],
  ['nothing that is an object', () => put('Default/Preferences', '[]')],
])('%s is mended in its place', (_, spoil) => {
  spoil();
  prepareProfile(profile, now);
  expect(preferences()).toEqual(ours);
  if (existsSync(join(profile, 'Local State'))) JSON.parse(readFileSync(join(profile, 'Local State'), 'utf8'));
  expect(readdirSync(folder)).toEqual(['main-1']);
});

test.each<[string, () => void]>([
  ['a file where the profile should be', () => writeFileSync(profile, 'x')],
  ['a file where its folder should be', () => (mkdirSync(profile), writeFileSync(join(profile, 'Default'), 'x'))],
  ['a link that leads nowhere', () => symlinkSync(join(folder, 'nowhere', 'at', 'all'), profile)],
])('%s is moved aside with the time in its name', (_, spoil) => {
  spoil();
  prepareProfile(profile, now);
  expect(preferences()).toEqual(ours);
  expect(readdirSync(folder).toSorted()).toEqual(['main-1', 'main-1.aside-2026-11-27T03-04-05.000Z']);
});

test('one that was moved aside is kept, and no second one beside it', () => {
  put('first', '1');
  setAside(profile, now);
  for (const second of [6, 7, 8]) {
    put('later', '2');
    setAside(profile, new Date(now.getTime() + second * 1000));
  }
  expect(existsSync(profile)).toBe(false);
  expect(readdirSync(folder)).toEqual(['main-1.aside-2026-11-27T03-04-05.000Z']);
  expect(existsSync(join(folder, 'main-1.aside-2026-11-27T03-04-05.000Z', 'first'))).toBe(true);
  setAside(profile, now);
});

test.each([
  ['of a process that has gone', `${hostname()}-999999999`],
  ['of another computer', 'other-wall-1'],
  ['of a process that is no browser', `${hostname()}-${process.pid}`],
  ['of no known form', 'x'],
])('a lock %s is taken away', (_, target) => {
  put('x', '');
  symlinkSync(target, join(profile, 'SingletonLock'));
  writeFileSync(join(profile, 'SingletonSocket'), '');
  prepareProfile(profile, now);
  expect(readdirSync(profile).filter((name) => name.startsWith('Singleton'))).toEqual([]);
});

test.skipIf(process.platform !== 'linux')('a browser that was left behind with this profile is ended', async () => {
  put('x', '');
  const left = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', '--', `--user-data-dir=${profile}`], { stdio: 'ignore' });
  const gone = new Promise((done) => left.once('exit', (_code, signal) => done(signal)));
  await new Promise((done) => left.once('spawn', done));
  symlinkSync(`${hostname()}-${left.pid}`, join(profile, 'SingletonLock'));
  prepareProfile(profile, now);
  expect(await gone).toBe('SIGKILL');
});
