import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import Rtmp from 'node-media-server/src/protocol/rtmp.js';
import { describe, expect, it } from 'vitest';
import type { FlvMessage } from '../../protocols/flv/flv-stream.ts';
import { maxMediaBytes, RtmpEngine, RtmpError } from './nms-adapter.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

function engine() {
  const heard: string[] = [];
  const media: { type: string; timestampMs: number; body: string }[] = [];
  const sent: Buffer[] = [];
  const rtmp = new RtmpEngine({
    output: (bytes) => void sent.push(Buffer.from(bytes)),
    publish: (app, name) => void heard.push(`publish ${app} ${name}`),
    play: () => void heard.push('play'),
    deleteStream: () => void heard.push('deleteStream'),
    media: ({ type, timestampMs, body }: FlvMessage) => void media.push({ type, timestampMs, body: Buffer.from(body).toString('hex') }),
  });
  return { rtmp, heard, media, sent };
}

const handshake = Buffer.concat([Buffer.of(3), Buffer.alloc(2 * 1536)]);
/** An engine that has shaken hands. */
function greeted() {
  const made = engine();
  made.rtmp.receive(handshake);
  made.sent.length = 0;
  return made;
}
/** One message in one chunk with a full header on chunk stream 6. */
const message = (type: number, body: Buffer, { timestamp = 0, stream = 6 } = {}) => {
  const head = Buffer.alloc(12);
  head[0] = stream;
  head.writeUIntBE(timestamp, 1, 3);
  head.writeUIntBE(body.length, 4, 3);
  head[7] = type;
  head[8] = 1;
  return Buffer.concat([head, body]);
};
const chunkSize = (size: number) => {
  const body = Buffer.alloc(4);
  body.writeUInt32BE(size);
  return message(1, body, { stream: 2 });
};
const amf = (...parts: string[]) => hex(parts.join(''));
const text = (value: string) => `02${value.length.toString(16).padStart(4, '0')}${Buffer.from(value).toString('hex')}`;
const field = (name: string, value: string) =>
  `${name.length.toString(16).padStart(4, '0')}${Buffer.from(name).toString('hex')}${text(value)}`;
const one = '003ff0000000000000';
const connect = amf(text('connect'), one, '03', field('app', 'live'), field('tcUrl', 'rtmp://h/live'), '000009');
const publish = amf(text('publish'), one, '05', text('key?token=1'), text('live'));
const fault = (work: () => void): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof RtmpError) return error.fault;
    throw error;
  }
  return 'none';
};

describe('node-media-server as this product knows it', () => {
  it('is the version that was read', () => {
    const { version } = createRequire(import.meta.url)('node-media-server/package.json') as { version: string };
    expect(version, 'read its src/protocol/rtmp.js again before another version is taken').toBe('4.4.3');
    const wanted = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string> };
    expect(wanted.dependencies['node-media-server']).toBe('4.4.3');
  });

  it('has every part that is used or replaced', () => {
    for (const method of [
      'parserData',
      'packetParse',
      'packetAlloc',
      'controlHandler',
      'dataHandler',
      'onDeleteStream',
      'respondPublish',
    ] as const)
      expect(typeof Rtmp.prototype[method], method).toBe('function');
    for (const method of ['respondPlay', 'sendStatusMessage', 'sendACK'] as const)
      expect(typeof Rtmp.prototype[method], method).toBe('function');
    const rtmp = new Rtmp();
    expect(rtmp.inPackets).toBeInstanceOf(Map);
    expect(rtmp.inChunkSize).toBe(128);
    expect(rtmp.parserPacket).toMatchObject({ clock: 0, capacity: 0, bytes: 0, header: { fmt: 0, length: 0, type: 0, timestamp: 0 } });
    for (const hook of ['onConnectCallback', 'onPushCallback', 'onPlayCallback', 'onOutputCallback'] as const)
      expect(typeof rtmp[hook], hook).toBe('function');
  });
});

describe('the conversation', () => {
  it('shakes hands, connects, and says yes to a publisher only when told to', () => {
    const { rtmp, heard, sent } = engine();
    rtmp.receive(handshake);
    expect(sent.map(({ length }) => length)).toEqual([1 + 2 * 1536]);
    rtmp.receive(chunkSize(4096));
    rtmp.receive(message(20, connect, { stream: 3 }));
    expect(Buffer.concat(sent).includes('NetConnection.Connect.Success')).toBe(true);
    rtmp.receive(message(20, publish, { stream: 3 }));
    expect(heard).toEqual(['publish live key']);
    expect(Buffer.concat(sent).includes('NetStream.Publish')).toBe(false);
    rtmp.accept();
    expect(Buffer.concat(sent).includes('NetStream.Publish.Start')).toBe(true);
    rtmp.refuse('publish');
    expect(Buffer.concat(sent).includes('NetStream.Publish.BadName')).toBe(true);
  });

  it('comes in pieces of any size', () => {
    const { rtmp, heard, media } = engine();
    const all = Buffer.concat([
      handshake,
      chunkSize(4096),
      message(20, connect, { stream: 3 }),
      message(20, publish, { stream: 3 }),
      message(9, hex('17 01 ffffd8 00'), { timestamp: 40 }),
      message(8, hex('af 01 21'), { timestamp: 23, stream: 4 }),
    ]);
    for (const byte of all) rtmp.receive(Buffer.of(byte));
    expect(heard).toEqual(['publish live key']);
    expect(media).toEqual([
      { type: 'video', timestampMs: 40, body: '1701ffffd800' },
      { type: 'audio', timestampMs: 23, body: 'af0121' },
    ]);
  });

  it('gives each message its own bytes only, whatever was longer before', () => {
    const { rtmp, media } = greeted();
    rtmp.receive(message(9, hex('170100000011223344')));
    rtmp.receive(message(9, hex('2701')));
    rtmp.receive(message(9, Buffer.alloc(0)));
    // It looks at a message without content when the next one begins.
    rtmp.receive(message(9, hex('2702')));
    expect(media.map(({ body }) => body)).toEqual(['170100000011223344', '2701', '', '2702']);
  });

  it('acknowledges what it received when that was asked for', () => {
    const { rtmp, sent } = greeted();
    rtmp.receive(message(5, hex('00001000'), { stream: 2 }));
    sent.length = 0;
    rtmp.receive(chunkSize(65_536));
    rtmp.receive(message(9, Buffer.alloc(3000)));
    const acknowledgement = sent.at(-1)!;
    expect(acknowledgement[7]).toBe(3);
    expect(acknowledgement.readUInt32BE(12)).toBe(handshake.length + 16 + 16 + 12 + 3000);
  });

  it('keeps faults of ours apart from those of the peer', () => {
    const rtmp = new RtmpEngine({
      output() {},
      publish() {},
      play() {},
      deleteStream() {},
      media() {
        throw new TypeError('a bug');
      },
    });
    rtmp.receive(handshake);
    expect(() => rtmp.receive(message(9, hex('1701')))).toThrow(TypeError);
  });
});

describe('what makes no sense', () => {
  const faults: readonly (readonly [string, readonly Buffer[], string])[] = [
    ['a message longer than any picture', [hex('06 000000 ffffff 09 01000000 17')], 'message-too-long'],
    ['a command longer than any command', [hex('03 000000 100000 14 00000000 02')], 'message-too-long'],
    ['a chunk size of zero', [chunkSize(0)], 'malformed'],
    ['a chunk size of 4 GB', [chunkSize(0xffff_ffff)], 'malformed'],
    ['a chunk size without a size', [message(1, Buffer.alloc(0), { stream: 2 }), Buffer.of(2)], 'malformed'],
    ['an acknowledgement size of two bytes', [message(5, hex('0000'), { stream: 2 })], 'malformed'],
    ['AMF that is cut short', [message(20, connect.subarray(0, 40), { stream: 3 })], 'malformed'],
    ['AMF of a type that does not exist', [message(20, amf(text('connect'), one, 'ff'), { stream: 3 })], 'malformed'],
    [
      'AMF nested without end',
      [chunkSize(65_536), message(20, Buffer.concat([amf(text('connect'), one), Buffer.alloc(60_000, hex('03000161'))]), { stream: 3 })],
      'malformed',
    ],
    ['a command without its text', [message(20, amf(text('publish'), one, '05'), { stream: 3 })], 'malformed'],
    ['a tcUrl that is none', [message(20, amf(text('connect'), one, '03', field('tcUrl', 'here'), '000009'), { stream: 3 })], 'malformed'],
    [
      'a header amid a message that changes its length',
      [hex('06 000000 000200 09 01000000'), Buffer.alloc(128), hex('06 000000 000010 09 01000000')],
      'malformed',
    ],
  ];
  it.each(faults)('%s', (_name, parts, expected) => {
    const { rtmp } = greeted();
    expect(
      fault(() => {
        for (const part of parts) rtmp.receive(part);
      }),
    ).toBe(expected);
  });

  it('another version', () => {
    expect(fault(() => engine().rtmp.receive(Buffer.from('GET /')))).toBe('not-rtmp');
  });

  it('many chunk streams, each with a message under way, take bounded memory', () => {
    const { rtmp } = greeted();
    let begun = 0;
    const ended = fault(() => {
      for (let stream = 3; stream < 64; stream += 1) {
        const head = hex('00 000000 000000 09 01000000');
        head[0] = stream;
        head.writeUIntBE(maxMediaBytes, 4, 3);
        rtmp.receive(Buffer.concat([head, Buffer.alloc(128)]));
        begun += 1;
      }
    });
    expect(ended).toBe('message-too-long');
    expect(begun).toBe(2);
    const small = greeted();
    expect(
      fault(() => {
        for (let stream = 3; stream < 64; stream += 1) {
          const head = hex('00 000000 000100 09 01000000');
          head[0] = stream;
          small.rtmp.receive(Buffer.concat([head, Buffer.alloc(128)]));
        }
      }),
    ).toBe('too-many-chunk-streams');
  });

  it('never does more than end the connection', () => {
    const parts = [
      chunkSize(64),
      chunkSize(1),
      message(20, connect, { stream: 3 }),
      message(20, publish, { stream: 3 }),
      message(9, hex('1701000000000000016588')),
      message(18, amf(text('@setDataFrame'), text('onMetaData'))),
      hex('46 000028 000004 09 27010000'),
      hex('86 000028'),
      hex('c6'),
      hex('06 ffffff 000004 09 01000000 00000010 17010000'),
    ] as const;
    const damaged = fc
      .tuple(fc.constantFrom(...parts), fc.nat(60), fc.uint8Array({ maxLength: 12 }))
      .map(([part, cut, rest]) => Buffer.concat([part.subarray(0, cut), rest]));
    const noise = fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...parts), damaged, noise), { maxLength: 30 }), (stream) => {
        const { rtmp, media } = greeted();
        fault(() => {
          for (const part of stream) rtmp.receive(part);
        });
        const given = stream.reduce((sum, part) => sum + part.length, 0);
        expect(media.reduce((sum, { body }) => sum + body.length / 2, 0)).toBeLessThanOrEqual(given);
        expect(media.every(({ timestampMs }) => timestampMs >= 0 && timestampMs < 2 ** 32)).toBe(true);
      }),
      { seed: 36, numRuns: 1500 },
    );
  });
});
