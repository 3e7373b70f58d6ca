import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRtpInfo, encodeRtpInfo, type RtpInfo } from './rtp-info-header.ts';

/** One table, three uses: decoded, encoded, and the seed of the fuzz. */
const table: readonly (readonly [wire: string, entries: readonly RtpInfo[]])[] = [
  ['url=rtsp://h/a/trackID=1;seq=45102;rtptime=12345678', [{ url: 'rtsp://h/a/trackID=1', seq: 45_102, rtptime: 12_345_678 }]],
  [
    'url=rtsp://h/a?x=1,2;b/1;seq=0,url=rtsp://h/a/2;rtptime=4294967295',
    [
      { url: 'rtsp://h/a?x=1,2;b/1', seq: 0, rtptime: null },
      { url: 'rtsp://h/a/2', seq: null, rtptime: 0xffff_ffff },
    ],
  ],
  ['url=trackID=2', [{ url: 'trackID=2', seq: null, rtptime: null }]],
];

describe('RTP-Info', () => {
  it.each(table)('%s', (wire, entries) => {
    expect(decodeRtpInfo(wire)).toEqual({ ok: true, value: entries });
    expect(encodeRtpInfo(entries)).toBe(wire);
  });

  it.each([
    ['nothing', '', []],
    ['no url', 'seq=1;rtptime=2', []],
    [
      'spaces and quotes',
      ' url = "rtsp://h/1" ; seq = 7 , URL=2',
      [
        { url: 'rtsp://h/1', seq: 7, rtptime: null },
        { url: '2', seq: null, rtptime: null },
      ],
    ],
    ['numbers that are none', 'url=1;seq=65536;rtptime=-1', [{ url: '1', seq: null, rtptime: null }]],
  ])('tolerates %s', (_name, wire, entries) => {
    expect(decodeRtpInfo(wire)).toEqual({ ok: true, value: entries });
  });

  it('is bounded, and never throws or takes long', () => {
    expect(decodeRtpInfo('url=1,'.repeat(40))).toEqual({ ok: false, error: 'too-many' });
    const started = performance.now();
    decodeRtpInfo(`url=${' ;seq'.repeat(3000)}`);
    expect(performance.now() - started).toBeLessThan(500);
    const damaged = fc
      .tuple(fc.constantFrom(...table.map(([wire]) => wire)), fc.nat(60), fc.string({ maxLength: 4 }))
      .map(([wire, at, text]) => wire.slice(0, at) + text + wire.slice(at + 1));
    fc.assert(
      fc.property(fc.oneof(fc.string(), damaged), (wire) => {
        decodeRtpInfo(wire);
      }),
      { seed: 1233, numRuns: 2000 },
    );
  });
});
