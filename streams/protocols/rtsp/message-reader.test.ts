import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeMessage, type RtspMessage } from './message.ts';
import { RtspReader } from './message-reader.ts';

const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'));
const none = new Uint8Array(0);

/** One table, three uses: decoded, encoded, and the seed of the fuzz. */
const messages: readonly (readonly [name: string, wire: string, message: RtspMessage])[] = [
  [
    'an answer with a body',
    'RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n',
    {
      kind: 'response',
      status: 200,
      reason: 'OK',
      headers: [
        ['CSeq', '2'],
        ['Content-Type', 'application/sdp'],
        ['Content-Length', '5'],
      ],
      body: bytesOf('v=0\r\n'),
    },
  ],
  [
    'an answer without a reason',
    'RTSP/1.0 461\r\nCSeq: 3\r\n\r\n',
    { kind: 'response', status: 461, reason: '', headers: [['CSeq', '3']], body: none },
  ],
  [
    'a request of the server',
    'OPTIONS rtsp://10.1.2.3:554/a?b=c RTSP/1.0\r\nCSeq: 9\r\nSession: a;b\r\n\r\n',
    {
      kind: 'request',
      method: 'OPTIONS',
      url: 'rtsp://10.1.2.3:554/a?b=c',
      headers: [
        ['CSeq', '9'],
        ['Session', 'a;b'],
      ],
      body: none,
    },
  ],
  [
    'bytes of an unknown encoding',
    'RTSP/1.0 401 \xce\xde\xc8\xa8\r\nWWW-Authenticate: Digest realm="\xc9\xe3\xcf\xf1\xbb\xfa"\r\n\r\n',
    {
      kind: 'response',
      status: 401,
      reason: '\xce\xde\xc8\xa8',
      headers: [['WWW-Authenticate', 'Digest realm="\xc9\xe3\xcf\xf1\xbb\xfa"']],
      body: none,
    },
  ],
];

type Found = RtspMessage | { readonly channel: number; readonly payload: string };

/** What a reader finds in the chunks, copied at once, and its last word. */
function read(chunks: Iterable<Uint8Array>): { found: Found[]; error: string | null; reader: RtspReader } {
  const found: Found[] = [];
  const reader = new RtspReader({
    message: (message) => found.push(message),
    interleaved: (channel, payload) => found.push({ channel, payload: Buffer.from(payload).toString('latin1') }),
  });
  let error: string | null = null;
  for (const chunk of chunks) error = reader.push(chunk);
  return { found, error, reader };
}

const frame = (channel: number, payload: string) =>
  `$${String.fromCharCode(channel, payload.length >> 8, payload.length & 0xff)}${payload}`;
const withoutLength = (message: RtspMessage): RtspMessage => ({
  ...message,
  headers: message.headers.filter(([name]) => name !== 'Content-Length'),
});

describe('messages', () => {
  it.each(messages)('%s', (_name, wire, message) => {
    expect(read([bytesOf(wire)])).toMatchObject({ found: [message], error: null });
    expect(Buffer.from(encodeMessage(withoutLength(message))).toString('latin1')).toBe(wire);
  });

  it.each([
    ['lines that end in LF alone', 'RTSP/1.0 200 OK\nCSeq: 1\n\n', [['CSeq', '1']]],
    ['a value that goes on', 'RTSP/1.0 200 OK\r\nPublic: OPTIONS,\r\n  DESCRIBE\r\n\r\n', [['Public', 'OPTIONS, DESCRIBE']]],
    ['lines that are no header', 'RTSP/1.0 200 OK\r\nrubbish\r\n: x\r\nA B: c\r\nCSeq : 7\r\n\r\n', [['CSeq', '7']]],
    ['what cannot be sent back', 'RTSP/1.0 200 OK\r\nA: x\0y\r\nB: x\ry\r\nCSeq: 8\r\n\r\n', [['CSeq', '8']]],
    ['no space behind the colon', 'RTSP/1.0 200 OK\r\nCSeq:4\r\n\r\n', [['CSeq', '4']]],
    [
      'the same length twice',
      'RTSP/1.0 200 OK\r\nContent-Length: 0\r\nContent-length: 0\r\n\r\n',
      [
        ['Content-Length', '0'],
        ['Content-length', '0'],
      ],
    ],
  ])('tolerates %s', (_name, wire, headers) => {
    expect(read([bytesOf(wire)]).found).toMatchObject([{ status: 200, headers }]);
  });

  it('refuses to write what would break a message apart', () => {
    const request = messages[2]![2] as Extract<RtspMessage, { kind: 'request' }>;
    expect(() => encodeMessage({ ...request, url: 'rtsp://h/a b' })).toThrow(RangeError);
    expect(() => encodeMessage({ ...request, headers: [['Session', '1\r\nX: y']] })).toThrow(RangeError);
    expect(() => encodeMessage({ ...request, headers: [['Se ssion', '1']] })).toThrow(RangeError);
    expect(() => encodeMessage({ ...request, headers: [['Session', '视频']] })).toThrow(RangeError);
  });
});

describe('a connection', () => {
  const conversation =
    messages.map(([, wire]) => wire).join('') +
    frame(0, 'picture') +
    frame(1, '') +
    '\r\n' +
    messages[1]![1] +
    frame(254, 'RTSP/1.0 $$') +
    messages[0]![1];
  const whole = read([bytesOf(conversation)]);

  it('may glue everything together', () => {
    expect(whole.error).toBeNull();
    expect(whole.found).toHaveLength(messages.length + 5);
    expect(whole.found.slice(4, 6)).toEqual([
      { channel: 0, payload: 'picture' },
      { channel: 1, payload: '' },
    ]);
    expect(whole.reader.strayBytes).toBe(2);
  });

  it('may split it at every byte, and into single bytes', () => {
    const bytes = bytesOf(conversation);
    for (let at = 0; at <= bytes.length; at += 1) expect(read([bytes.subarray(0, at), bytes.subarray(at)]).found).toEqual(whole.found);
    expect(read(Array.from(bytes, (byte) => Uint8Array.of(byte))).found).toEqual(whole.found);
  });

  it('hands out a frame that lies whole in a chunk without copying it', () => {
    const chunk = bytesOf(frame(2, 'one') + frame(3, 'two'));
    const seen: ArrayBufferLike[] = [];
    new RtspReader({ message() {}, interleaved: (_channel, payload) => seen.push(payload.buffer) }).push(chunk);
    expect(seen).toEqual([chunk.buffer, chunk.buffer]);
  });

  it('finds its place again behind a body that was longer than it said', () => {
    const wire = `RTSP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nv=0\r\na=SETUP\r\n$lost$${messages[1]![1]}`;
    expect(read([bytesOf(wire)]).found).toMatchObject([{ status: 200 }, { status: 461 }]);
    const media = `RTSP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nv=0\r\n$price${frame(0, 'picture')}`;
    expect(read([bytesOf(media)]).found).toMatchObject([{ status: 200 }, { payload: 'picture' }]);
  });

  it('says that a message is under way', () => {
    expect(read([bytesOf('RTSP/1.0 200 OK\r\n')]).reader.isInMessage).toBe(true);
    expect(read([bytesOf('RTSP/1.0 200 OK\r\nContent-Length: 9\r\n\r\n1')]).reader.isInMessage).toBe(true);
    expect(read([bytesOf(conversation)]).reader.isInMessage).toBe(false);
  });
});

describe('bad input', () => {
  const head = 'RTSP/1.0 200 OK\r\n';
  it.each([
    ['an endless line', head + 'A: '.padEnd(20_000, 'x'), 'head-too-long'],
    ['endless headers', head + 'A: b\r\n'.repeat(4000), 'head-too-long'],
    ['too many headers', `${head}${'A: b\r\n'.repeat(101)}\r\n`, 'too-many-headers'],
    ['a length that is no number', `${head}Content-Length: -1\r\n\r\n`, 'content-length-malformed'],
    ['a length in words', `${head}Content-Length: 12 bytes\r\n\r\n`, 'content-length-malformed'],
    ['two lengths', `${head}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`, 'content-length-malformed'],
    ['4 GB', `${head}Content-Length: 4294967296\r\n\r\n`, 'body-too-long'],
    ['a length beyond all numbers', `${head}Content-Length: ${'9'.repeat(40)}\r\n\r\n`, 'content-length-malformed'],
    ['a broken first line', 'RTSP/1.0 OK 200\r\n\r\n', 'start-line-malformed'],
    ['a web server', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'speaks-http'],
    ['an SSH server', 'SSH-2.0-OpenSSH\r\n'.repeat(200), 'garbage'],
    ['zeros', '\0'.repeat(5000), 'garbage'],
  ])('%s', (_name, wire, error) => {
    expect(read([bytesOf(wire)])).toMatchObject({ error, found: [] });
    // In single bytes it is the same, and it stays so.
    const slow = read([...Array.from(bytesOf(wire), (byte) => Uint8Array.of(byte)), bytesOf(messages[1]![1])]);
    expect(slow).toMatchObject({ error, found: [] });
  });

  it('never throws, and finds the same however it is cut', () => {
    const seeds = [...messages.map(([, wire]) => wire), frame(0, 'picture'), '\r\n', '$', 'RTSP/1.0 200 OK\r\n\r\n'];
    const piece = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...seeds).map(bytesOf) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 20 }) },
      {
        weight: 2,
        arbitrary: fc.tuple(fc.constantFrom(...seeds), fc.nat(60), fc.nat(255)).map(([wire, at, value]) => {
          const bytes = bytesOf(wire);
          if (at < bytes.length) bytes[at] = value;
          return bytes;
        }),
      },
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 10 }),
        (pieces, cuts) => {
          const bytes = Uint8Array.from(pieces.flatMap((one) => [...one]));
          const chunks: Uint8Array[] = [];
          for (let at = 0, i = 0; at < bytes.length; i += 1) {
            const size = cuts[i % cuts.length]!;
            chunks.push(bytes.subarray(at, at + size));
            at += size;
          }
          const once = read([bytes]);
          const cut = read(chunks);
          expect(cut.found).toEqual(once.found);
          expect(cut.error).toBe(once.error);
        },
      ),
      { seed: 554, numRuns: 2000 },
    );
  });
});
