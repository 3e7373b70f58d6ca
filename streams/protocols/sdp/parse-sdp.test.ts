import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSdp } from './parse-sdp.ts';
import type { MediaDescription, MediaFormat, SessionDescription } from './session-description.ts';
import { writeSdp } from './write-sdp.ts';

const bytesOf = (lines: readonly string[], end = '\r\n') => new TextEncoder().encode(lines.map((line) => line + end).join(''));
const emptySession: SessionDescription = {
  name: null,
  control: null,
  address: null,
  bandwidthKbps: null,
  direction: null,
  range: null,
  media: [],
};
const video: MediaDescription = {
  kind: 'video',
  port: 0,
  protocol: 'RTP/AVP',
  formats: [],
  control: null,
  address: null,
  bandwidthKbps: null,
  direction: null,
};
const format = (payloadType: number, encoding = '', clockRate = 0, fmtp: MediaFormat['fmtp'] = {}, channels = 1): MediaFormat => ({
  payloadType,
  encoding,
  clockRate,
  channels,
  fmtp,
});

/** One table, three uses: decoded, encoded, and the seed of the fuzz. */
const table: readonly (readonly [name: string, lines: readonly string[], session: SessionDescription])[] = [
  ['the least that there is', ['v=0', 'o=- 0 0 IN IP4 0.0.0.0', 't=0 0'], emptySession],
  [
    'a camera with sound',
    [
      'v=0',
      'o=- 0 0 IN IP4 0.0.0.0',
      's=Media Presentation',
      'c=IN IP4 0.0.0.0',
      'b=AS:5100',
      't=0 0',
      'a=range:npt=now-',
      'a=control:rtsp://10.1.2.3/Streaming/Channels/101/',
      'm=video 0 RTP/AVP 96',
      'b=AS:5000',
      'a=rtpmap:96 H264/90000',
      'a=fmtp:96 packetization-mode=1;profile-level-id=4d0029;sprop-parameter-sets=Z00AKZpmA8ARPyzUBAQFAAADA+gAAMNQBA==,aO48gA==',
      'a=control:trackID=1',
      'a=recvonly',
      'm=audio 0 RTP/AVP 8',
      'a=control:trackID=2',
    ],
    {
      ...emptySession,
      name: 'Media Presentation',
      address: '0.0.0.0',
      bandwidthKbps: 5100,
      range: 'npt=now-',
      control: 'rtsp://10.1.2.3/Streaming/Channels/101/',
      media: [
        {
          ...video,
          bandwidthKbps: 5000,
          formats: [
            format(96, 'H264', 90_000, {
              'packetization-mode': '1',
              'profile-level-id': '4d0029',
              'sprop-parameter-sets': 'Z00AKZpmA8ARPyzUBAQFAAADA+gAAMNQBA==,aO48gA==',
            }),
          ],
          control: 'trackID=1',
          direction: 'recvonly',
        },
        { ...video, kind: 'audio', formats: [format(8)], control: 'trackID=2' },
      ],
    },
  ],
  [
    'several formats, IPv6, stereo',
    [
      'v=0',
      'o=- 0 0 IN IP4 0.0.0.0',
      's=',
      't=0 0',
      'a=sendonly',
      'm=audio 5004 RTP/AVP 0 97 98',
      'c=IN IP6 ff15::101',
      'a=rtpmap:97 MPEG4-GENERIC/48000/2',
      'a=fmtp:97 streamtype=5;config=1190',
      'a=rtpmap:98 opus/48000/2',
      'm=application 0 RTP/AVP 107',
      'a=rtpmap:107 vnd.onvif.metadata/90000',
    ],
    {
      ...emptySession,
      name: '',
      direction: 'sendonly',
      media: [
        {
          ...video,
          kind: 'audio',
          port: 5004,
          address: 'ff15::101',
          formats: [
            format(0),
            format(97, 'MPEG4-GENERIC', 48_000, { streamtype: '5', config: '1190' }, 2),
            format(98, 'opus', 48_000, {}, 2),
          ],
        },
        { ...video, kind: 'application', formats: [format(107, 'vnd.onvif.metadata', 90_000)] },
      ],
    },
  ],
];

describe('session descriptions', () => {
  it.each(table)('%s', (_name, lines, session) => {
    expect(parseSdp(bytesOf(lines))).toEqual({ ok: true, value: session });
    expect(new TextDecoder().decode(writeSdp(session))).toBe(lines.map((line) => `${line}\r\n`).join(''));
  });

  it.each([
    ['LF alone', bytesOf(table[1]![1], '\n')],
    ['CR alone', bytesOf(table[1]![1], '\r')],
    ['no version and empty lines', bytesOf(['', ...table[1]![1].slice(1), ''])],
    [
      'spaces',
      bytesOf(table[1]![1].map((line) => (line.startsWith('s') ? line : line.replace(/^(a=\w+):/, '$1: ').replaceAll(';', ' ; ')))),
    ],
    [
      'rubbish between the lines',
      bytesOf(table[1]![1].flatMap((line) => [line, '\u0000\u0001binary', 'x', 'i=\u0007', 'a=:', 'a=rtpmap:zz H264'])),
    ],
  ])('tolerates %s', (_name, bytes) => {
    expect(parseSdp(bytes)).toEqual({ ok: true, value: table[1]![2] });
  });

  it('takes rubbish in a text for what it is', () => {
    const read = parseSdp(
      Uint8Array.from([...bytesOf(['v=0']), ...Buffer.from('s=\xff\xfe\x00\n', 'latin1'), ...bytesOf(['m=video 0 RTP/AVP 96'])]),
    );
    expect(read).toMatchObject({ ok: true, value: { media: [{ kind: 'video', formats: [{ payloadType: 96 }] }] } });
  });

  it.each([
    ['a payload type of another medium', 'a=rtpmap:97 H265/90000'],
    ['what is said twice', 'a=rtpmap:96 JPEG/90000'],
    ['a name from the prototype', 'a=fmtp:97 __proto__=1'],
  ])('leaves out %s', (_name, line) => {
    const read = parseSdp(bytesOf(['m=video 0 RTP/AVP 96', 'a=rtpmap:96 H264/90000', line]));
    expect(read).toMatchObject({ ok: true, value: { media: [{ formats: [format(96, 'H264', 90_000)] }] } });
  });

  it.each([
    ['nothing', new Uint8Array(0), 'not-sdp'],
    ['a web page', bytesOf(['<html>', '<body a="b">']), 'not-sdp'],
    ['too much', new Uint8Array(300_000), 'too-long'],
    ['too many lines', bytesOf(Array.from({ length: 5000 }, () => 'a=x')), 'too-many-lines'],
    ['too many media', bytesOf(Array.from({ length: 33 }, () => 'm=video 0 RTP/AVP 96')), 'too-many-media'],
    ['too many formats', bytesOf([`m=video 0 RTP/AVP ${Array.from({ length: 80 }, (_, i) => i).join(' ')}`]), 'too-many-formats'],
  ])('%s is refused: %s', (_name, bytes, error) => {
    expect(parseSdp(bytes)).toEqual({ ok: false, error });
  });

  it('does not write a line that it was not asked for', () => {
    expect(() => writeSdp({ ...emptySession, name: 'a\r\na=control:x' })).toThrow(RangeError);
  });

  it('never throws, and what it reads it can write and read again', () => {
    const seeds = table.map(([, lines]) => lines.join('\r\n'));
    const damaged = fc
      .tuple(fc.constantFrom(...seeds), fc.array(fc.tuple(fc.nat(600), fc.string({ maxLength: 3 })), { maxLength: 4 }))
      .map(([text, edits]) => edits.reduce((old, [at, more]) => old.slice(0, at) + more + old.slice(at + 1), text));
    fc.assert(
      fc.property(fc.oneof(fc.string(), damaged), (text) => {
        const read = parseSdp(new TextEncoder().encode(text));
        if (!read.ok) return;
        expect(parseSdp(writeSdp(read.value))).toEqual(read);
      }),
      { seed: 8866, numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        parseSdp(bytes);
      }),
      { seed: 8866, numRuns: 1000 },
    );
  });
});
