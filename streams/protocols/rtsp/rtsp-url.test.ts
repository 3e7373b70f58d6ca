import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRtspUrl, type RtspUrl } from './rtsp-url.ts';

const admin = (password: string) => ({ user: 'admin', password });

/** As manuals of cameras write them. */
const table: readonly (readonly [text: string, url: Partial<RtspUrl>])[] = [
  [
    'rtsp://10.1.2.3/Streaming/Channels/101',
    { host: '10.1.2.3', port: 554, login: null, requestUrl: 'rtsp://10.1.2.3/Streaming/Channels/101' },
  ],
  [
    'rtsp://admin:12345@10.1.2.3:8554/cam/realmonitor?channel=1&subtype=0',
    { port: 8554, login: admin('12345'), requestUrl: 'rtsp://10.1.2.3:8554/cam/realmonitor?channel=1&subtype=0' },
  ],
  ['rtsp://admin:p%40ss%2Fw%3Frd%23@cam/1', { login: admin('p@ss/w?rd#'), requestUrl: 'rtsp://cam/1' }],
  ['rtsp://admin:p@ss@cam:554/1', { host: 'cam', login: admin('p@ss') }],
  ['rtsp://admin:100%@cam/1', { login: admin('100%') }],
  ['rtsp://admin:%E4%B8%AD%zz@cam', { login: admin('中%zz') }],
  ['rtsp://admin@cam', { login: admin(''), requestUrl: 'rtsp://cam/' }],
  ['rtsp://cam?x=1', { requestUrl: 'rtsp://cam/?x=1' }],
  ['rtsp://[2001:db8::7]:554/live', { host: '2001:db8::7', port: 554, requestUrl: 'rtsp://[2001:db8::7]:554/live' }],
  ['rtsps://cam/live#part', { secure: true, port: 322, requestUrl: 'rtsps://cam/live' }],
  ['RTSP://Cam:/摄像 1', { host: 'Cam', port: 554, requestUrl: 'rtsp://Cam:/%E6%91%84%E5%83%8F%201' }],
  [
    'rtsp://10.0.0.1:554/user=admin_password=tlJwpbo6_channel=1_stream=0.sdp?real_stream',
    { login: null, requestUrl: 'rtsp://10.0.0.1:554/user=admin_password=tlJwpbo6_channel=1_stream=0.sdp?real_stream' },
  ],
];

describe('addresses of cameras', () => {
  it.each(table)('%s', (text, url) => {
    expect(parseRtspUrl(text)).toMatchObject({ ok: true, value: url });
  });

  it.each([
    ['http://cam/', 'scheme'],
    ['cam/1', 'scheme'],
    ['rtsp:///1', 'host'],
    ['rtsp://user:pass@/1', 'host'],
    ['rtsp://a b/1', 'host'],
    ['rtsp://[::1/1', 'host'],
    ['rtsp://摄像/1', 'host'],
    ['rtsp://a:b%0d%0ac@cam/1', 'login'],
    ['rtsp://a%00:b@cam/1', 'login'],
    ['rtsp://cam:0/1', 'port'],
    ['rtsp://cam:65536/1', 'port'],
    ['rtsp://cam:port/1', 'port'],
    [`rtsp://cam/${'x'.repeat(5000)}`, 'too-long'],
  ])('%s: %s', (text, error) => {
    expect(parseRtspUrl(text)).toEqual({ ok: false, error });
  });

  it('never throws, and what requests name is always safe to send and never holds a login', () => {
    const damaged = fc
      .tuple(fc.constantFrom(...table.map(([text]) => text)), fc.nat(40), fc.string({ maxLength: 3 }))
      .map(([text, at, more]) => text.slice(0, at) + more + text.slice(at + 1));
    fc.assert(
      fc.property(fc.oneof(fc.string(), damaged), (text) => {
        const url = parseRtspUrl(text);
        if (url.ok) expect(url.value.requestUrl).toMatch(/^rtsps?:\/\/[!-.0-?A-Z[-~]+\/[!-~]*$/);
        if (url.ok) expect(/^rtsps?:\/\/[^/]*@/.test(url.value.requestUrl)).toBe(false);
      }),
      { seed: 2326, numRuns: 3000 },
    );
  });
});
