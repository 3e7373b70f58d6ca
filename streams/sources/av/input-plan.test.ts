import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planInput } from './input-plan.ts';

const local = ['file', 'pipe', 'fd', 'concat', 'subfile', 'unix', 'data', 'async', 'cache', 'tee', 'md5', 'gopher', 'ftp', 'sftp', 'ipfs'];

describe('what FFmpeg may open', () => {
  test.each([
    ['rtsp://user:p%40ss@cam.example/ch1?x=1', 'cam.example', 554, 'rtsp://user:p%40ss@10.0.0.7/ch1?x=1'],
    ['rtsp://10.0.0.1:8554/a', '10.0.0.1', 8554, 'rtsp://10.0.0.7:8554/a'],
    ['rtmp://cam@cam:1936/live/cam', 'cam', 1936, 'rtmp://cam@10.0.0.7:1936/live/cam'],
    ['rtsp://[fd00::1]:554/a', 'fd00::1', 554, 'rtsp://10.0.0.7:554/a'],
    ['srt://cam:9000?mode=caller', 'cam', 9000, 'srt://10.0.0.7:9000?mode=caller'],
    // The proxy looks the name up, for each request.
    ['http://cam.example/live.flv', 'cam.example', 80, 'http://cam.example/live.flv'],
    ['https://cam.example/a/index.m3u8', 'cam.example', 443, 'https://cam.example/a/index.m3u8'],
  ])('%s', (url, host, port, openedAt) => {
    const plan = planInput(url);
    if (!plan.ok) throw new Error(plan.error.code);
    expect(plan.value).toMatchObject({ host, port, isHttp: url.startsWith('http') });
    expect(plan.value.urlAt('10.0.0.7', 4)).toBe(openedAt);
    const protocols = plan.value.options['protocol_whitelist']!.split(',');
    expect(protocols.filter((protocol) => local.includes(protocol))).toEqual([]);
  });

  test('an IPv6 address is put in brackets', () => {
    const plan = planInput('rtsp://cam/a');
    expect(plan.ok && plan.value.urlAt('fd00::7', 6)).toBe('rtsp://[fd00::7]/a');
  });

  test.each([
    ['/etc/passwd', 'unreadable'],
    ['', 'unreadable'],
    ['file:///etc/passwd', 'scheme'],
    ['concat:a|b', 'scheme'],
    ['concat://a|b', 'unreadable'],
    ['subfile,,start,1,end,2,,:/etc/passwd', 'unreadable'],
    ['pipe:0', 'scheme'],
    ['data:video/x-flv;base64,AAAA', 'scheme'],
    ['constructor://a', 'scheme'],
    ['rtsp:///a', 'host'],
    ['tcp://10.0.0.1', 'port'],
    ['srt://10.0.0.1:0', 'port'],
    ['srt://10.0.0.1:9000?mode=listener', 'listens'],
    ['tcp://10.0.0.1:9000?listen=1', 'listens'],
    // Read by browsers as a host named "a", by FFmpeg as one named "b".
    [String.raw`http://a\@b/`, 'unreadable'],
    ['rtsp://a\tb/', 'unreadable'],
    [' rtsp://a/', 'unreadable'],
  ])('%s is refused: %s', (url, reason) => {
    expect(planInput(url)).toEqual({ ok: false, error: { code: 'source-invalid', params: { field: 'url', reason } } });
  });

  test('whatever the address: it is opened at the address that was checked, and nowhere else', () => {
    const piece = fc.constantFrom('a', 'b.c', '@', ':', '/', '?', '#', '[', ']', '::1', '%40', '\\', ' ', '//', '554', '.', 'é', '1');
    const scheme = fc.constantFrom('rtsp://', 'rtmp://', 'srt://', 'tcp://', 'rtsp:');
    const urls = fc.tuple(scheme, fc.array(piece, { maxLength: 8 })).map(([first, rest]) => first + rest.join(''));
    const holds = fc.property(urls, (url) => {
      const plan = planInput(url);
      if (!plan.ok) return true;
      // As FFmpeg reads it (av_url_split): the authority ends at the first of / ? #, its host begins after the last @.
      const authority = /^[a-z]+:\/\/([^/?#]*)/.exec(plan.value.urlAt('10.0.0.7', 4))?.[1] ?? '';
      return /^10\.0\.0\.7(:\d*)?$/.test(authority.slice(authority.lastIndexOf('@') + 1));
    });
    expect(fc.check(holds, { seed: 28181, numRuns: 5000 }).counterexample).toBeNull();
  });
});
