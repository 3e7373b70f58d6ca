import fc from 'fast-check';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { ProblemError } from '../../../main/contract/errors.ts';
import { systemClock } from '../../../main/supervision/system-clock.ts';
import { createAddressPolicy } from '../address-policy.ts';
import { createRtspSource } from './rtsp-source.ts';

const sdp = 'v=0\r\ns=x\r\na=control:*\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:trackID=1\r\n';
const packet = `$\u0000\u0000\u0010\u0080\u00e0\u0000\u0001\u0000\u0000\u0000\u0001\u0000\u0000\u0000\u0007\u0065\u0088\u0080\u0000`;

/** What an honest server would answer. */
const honest: Readonly<Record<string, string>> = {
  OPTIONS: 'Public: OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER\r\n\r\n',
  DESCRIBE: `Content-Base: rtsp://127.0.0.1/live/\r\nContent-Length: ${sdp.length}\r\n\r\n${sdp}`,
  SETUP: 'Session: 12345678;timeout=60\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=00000007\r\n\r\n',
  PLAY: `RTP-Info: url=rtsp://127.0.0.1/live/trackID=1;seq=1\r\n\r\n${packet.repeat(3)}`,
};

/** Changes to the bytes of an answer: where, how many are taken out, and what is put there. */
const lie = fc.record({
  method: fc.constantFrom(...Object.keys(honest)),
  at: fc.nat(250),
  out: fc.nat(12),
  put: fc.oneof(
    fc.string({ unit: 'binary-ascii', maxLength: 6 }),
    fc.constantFrom(
      '\r\n',
      '\r\n\r\n',
      '$',
      '\0',
      '4294967295',
      '-1',
      'RTSP/1.0 401 x\r\nWWW-Authenticate: Digest nonce=',
      'RTSP/1.0 302 x\r\nLocation: /x\r\n\r\n',
    ),
  ),
});
type Lie = typeof lie extends fc.Arbitrary<infer T> ? T : never;

function serve(socket: net.Socket, lies: readonly Lie[]): void {
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => {
    for (const [, method, cseq] of chunk.toString('latin1').matchAll(/^([A-Z_]+) \S+ RTSP\/1\.0\r\nCSeq: (\d+)/gm)) {
      let answer = `RTSP/1.0 200 OK\r\nCSeq: ${cseq}\r\n${honest[method!] ?? '\r\n'}`;
      for (const one of lies) if (one.method === method) answer = answer.slice(0, one.at) + one.put + answer.slice(one.at + one.out);
      if (!socket.destroyed) socket.write(answer, 'latin1');
    }
  });
}

/** A sample; all of it in the full run. */
const isFull = process.env['TAODU_TEST_FULL'] !== undefined;

it('whatever a server says, the source ends with a problem that has a name', { timeout: isFull ? 600_000 : 60_000 }, async () => {
  const stories = fc.sample(fc.array(lie, { minLength: 1, maxLength: 3 }), { seed: 8554, numRuns: isFull ? 2000 : 120 });
  const policy = createAddressPolicy({ networks: ['127.0.0.0/8'] });
  const limits = { connectMs: 1000, openMs: 800, stalledMs: 100, noKeyPictureMs: 200, tickMs: 20, teardownMs: 50 };
  const codes = new Map<string, number>();
  const playOne = async (lies: readonly Lie[]) => {
    const server = net.createServer((socket) => serve(socket, lies)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const url = `rtsp://u:p@127.0.0.1:${(server.address() as AddressInfo).port}/live`;
      await createRtspSource({ kind: 'rtsp', url }, { clock: systemClock, policy, limits }).run(
        'main',
        { push() {} },
        new AbortController().signal,
      );
      expect.unreachable('it ended by itself');
    } catch (error) {
      if (!(error instanceof ProblemError)) throw new Error(JSON.stringify(lies), { cause: error });
      codes.set(error.problem.code, (codes.get(error.problem.code) ?? 0) + 1);
    } finally {
      server.close();
    }
  };
  for (let at = 0; at < stories.length; at += 40) await Promise.all(stories.slice(at, at + 40).map(playOne));
  // The lies are told well enough to find many ways to fail.
  expect([...codes.keys()].toSorted()).toEqual(
    expect.arrayContaining(['source-no-video', 'source-protocol', 'source-stalled', 'source-unreachable']),
  );
});
