import { expect, test } from 'vitest';
import { problem, ProblemError } from '../../main/contract/errors.ts';
import { err, ok } from '../../main/contract/result.ts';
import { systemClock } from '../../main/supervision/system-clock.ts';
import type { Profile, SourceSpec } from '../contract.ts';
import { createOpenSource, hashOfKey } from './open-source.ts';
import type { MediaSource } from './source.ts';

function setUp() {
  const said: string[] = [];
  const openSource = createOpenSource({
    clipsFolder: '/nowhere',
    fileRoots: [],
    clock: systemClock,
    policy: {
      check: async (host, port) => {
        said.push(`check ${host} ${port}`);
        return host.startsWith('10.') ? ok({ address: host, family: 4 }) : err(problem('source-address-refused', { host }));
      },
    },
    workers: {
      pull: async (url) => void said.push(`pull ${url}`),
      tap: async (keyHash) => void said.push(`tap ${keyHash}`),
    },
    rtsp: ({ url }): MediaSource => ({ run: async (profile) => void said.push(`rtsp ${profile} ${url}`) }),
  });
  const run = async (spec: SourceSpec, profile: Profile = 'main', signal = new AbortController().signal) => {
    const report = { step: (step: string, params = {}) => said.push(`${step} ${JSON.stringify(params)}`), link: () => {} };
    try {
      await openSource(spec).run(profile, { push: () => {} }, signal, report);
    } catch (error) {
      said.push((error as ProblemError).problem.code);
    }
    return said;
  };
  return { run };
}

const key = 'k'.repeat(32);

test.each<[string, SourceSpec, Profile, string[]]>([
  ['RTSP', { kind: 'rtsp', url: 'rtsp://a/1', subUrl: 'rtsp://a/2' }, 'sub', ['rtsp sub rtsp://a/1']],
  [
    'FFmpeg',
    { kind: 'av', url: 'http://10.0.0.1:81/a.flv' },
    'sub',
    ['check 10.0.0.1 81', 'resolve {"host":"10.0.0.1","address":"10.0.0.1"}', 'pull http://10.0.0.1:81/a.flv'],
  ],
  [
    'its small picture',
    { kind: 'av', url: 'http://10.0.0.1/a', subUrl: 'srt://10.0.0.2:9' },
    'sub',
    ['check 10.0.0.2 9', 'resolve {"host":"10.0.0.2","address":"10.0.0.2"}', 'pull srt://10.0.0.2:9'],
  ],
  [
    'a refused address never gets there',
    { kind: 'av', url: 'http://169.254.169.254/' },
    'main',
    ['check 169.254.169.254 80', 'source-address-refused'],
  ],
  ['an address that is none', { kind: 'av', url: 'file:///etc/passwd' }, 'main', ['source-invalid']],
  [
    'RTMP that is pulled',
    { kind: 'rtmp', url: 'rtmp://10.0.0.1/live/a' },
    'main',
    ['check 10.0.0.1 1935', 'resolve {"host":"10.0.0.1","address":"10.0.0.1"}', 'pull rtmp://10.0.0.1/live/a'],
  ],
  ['RTMP that is pushed', { kind: 'rtmp', publishKey: key }, 'sub', [`tap ${hashOfKey(key)}`]],
  ['RTMP that cannot be pushed', { kind: 'rtmp' }, 'main', ['source-publisher-absent']],
  ['GB/T 28181', { kind: 'gb28181', deviceId: '1', channelId: '1' }, 'main', ['source-kind-unsupported']],
  ['a file', { kind: 'file', url: 'clip:x' }, 'main', ['source-file-missing']],
])('%s', async (_name, spec, profile, said) => {
  expect(await setUp().run(spec, profile)).toEqual(said);
});

test('one that was ended while its address was looked up is not ordered', async () => {
  const spec: SourceSpec = { kind: 'av', url: 'http://10.0.0.1/a' };
  expect(await setUp().run(spec, 'main', AbortSignal.abort())).toEqual(['check 10.0.0.1 80']);
});

test('a key is known by its hash', () => {
  expect(hashOfKey('abc')).toBe('ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0');
});
