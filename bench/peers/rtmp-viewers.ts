import { createInterface } from 'node:readline';
import { connect } from 'node:net';

/**
 * Viewers of an RTMP server, many in one process and as cheap as can be, so that the machine's time is left to the server: handshake,
 * `connect`, `createStream`, `play` (Adobe's RTMP 1.0, clauses 5.2 and 7.2), and from then on every byte is counted and thrown away. Each line of
 * standard input is a URL, `rtmp://host:port/app/stream`, and opens one more viewer. Prints its totals twice a second: `{"moving","bytes"}`,
 * `moving` being those that have got more than the server's replies. Ends with its standard input.
 */
const handshakeBytes = 1536;
/** What the server says before the first picture stays below this. */
const repliesBytes = 4096;
const totals = { moving: 0, bytes: 0 };

function view(url: string): void {
  const { hostname, port, pathname } = new URL(url);
  const [app, stream] = pathname.slice(1).split('/') as [string, string];
  const socket = connect(Number(port || 1935), hostname);
  let received = 0;
  let asked = false;
  let moves = false;
  socket.write(Buffer.concat([Buffer.of(3), Buffer.alloc(handshakeBytes)]));
  socket.on('data', (chunk) => {
    received += chunk.length;
    totals.bytes += chunk.length;
    // S0, S1 and S2 are here: C2 and all that is asked go out together, for the server works it off in order.
    if (!asked && received >= 1 + 2 * handshakeBytes) {
      asked = true;
      socket.write(
        Buffer.concat([
          Buffer.alloc(handshakeBytes),
          command(3, 0, amf('connect'), amf(1), amfObject({ app, tcUrl: `rtmp://${hostname}:${port}/${app}` })),
          command(3, 0, amf('createStream'), amf(2), amfNull),
          command(8, 1, amf('play'), amf(0), amfNull, amf(stream)),
        ]),
      );
    }
    if (moves || received < 1 + 2 * handshakeBytes + repliesBytes) return;
    moves = true;
    totals.moving += 1;
  });
  socket.on('error', (error) => process.stderr.write(`${url}: ${error.message}\n`));
  socket.on('close', () => {
    process.stderr.write(`the server closed a viewer of ${url}\n`);
    process.exit(1);
  });
}

/** One AMF0 command as a message of type 20 in chunks of 128 bytes, the size that holds until somebody says otherwise (5.3.1). */
function command(chunkStream: number, messageStream: number, ...values: readonly Buffer[]): Buffer {
  const body = Buffer.concat(values);
  const head = Buffer.alloc(12);
  head[0] = chunkStream;
  head.writeUIntBE(body.length, 4, 3);
  head[7] = 20;
  head.writeUInt32LE(messageStream, 8);
  const pieces = [head];
  for (let at = 0; at < body.length; at += 128) {
    if (at > 0) pieces.push(Buffer.of(0xc0 | chunkStream));
    pieces.push(body.subarray(at, at + 128));
  }
  return Buffer.concat(pieces);
}

function amf(value: string | number): Buffer {
  if (typeof value === 'number') {
    const number = Buffer.alloc(9);
    number.writeDoubleBE(value, 1);
    return number;
  }
  return Buffer.concat([Buffer.of(2), amfName(value)]);
}

const amfNull = Buffer.of(5);

function amfName(name: string): Buffer {
  const text = Buffer.from(name);
  return Buffer.concat([Buffer.of(text.length >> 8, text.length & 0xff), text]);
}

const amfObject = (fields: Readonly<Record<string, string>>): Buffer =>
  Buffer.concat([Buffer.of(3), ...Object.entries(fields).flatMap(([name, value]) => [amfName(name), amf(value)]), Buffer.of(0, 0, 9)]);

createInterface({ input: process.stdin })
  .on('line', view)
  .on('close', () => process.exit(0));
setInterval(() => process.stdout.write(`${JSON.stringify(totals)}\n`), 500);
