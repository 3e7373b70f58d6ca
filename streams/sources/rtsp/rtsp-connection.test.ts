import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProblemError, type Problem } from '../../../main/contract/errors.ts';
import { RtspConnection } from './rtsp-connection.ts';
import { createTlsTrust } from './tls-trust.ts';

let server: net.Server;
beforeEach(async () => {
  server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
});
const open: { destroy(): unknown }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.destroy();
  server.close();
});

/** A connection, the server's end of it, and what is heard on it. */
async function connect() {
  const { port } = server.address() as AddressInfo;
  const heard: string[] = [];
  const ended = Promise.withResolvers<Problem>();
  const arrived = once(server, 'connection') as Promise<[net.Socket]>;
  const listener = {
    interleaved: (channel: number, payload: Uint8Array) => heard.push(`${channel}:${Buffer.from(payload).toString()}`),
    request: ({ method }: { method: string }) => heard.push(method),
    ended: ended.resolve,
  };
  const to = { address: '127.0.0.1', family: 4 } as const;
  const peer = { host: 'camera', to, port, secure: false, trust: createTlsTrust([]) };
  const connection = await RtspConnection.open(peer, listener, new AbortController().signal);
  const [socket] = await arrived;
  open.push(socket, { destroy: () => connection.close() });
  socket.on('error', () => {});
  return { connection, socket, heard, ended: ended.promise };
}

const free = () => new AbortController().signal;
const ask = (connection: RtspConnection, method = 'OPTIONS', signal = free()) => connection.request(method, 'rtsp://camera/', [], signal);
const failure = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => (error instanceof ProblemError ? error.problem.params['reason'] : error),
  );

describe('questions and answers', () => {
  it('belong together by their numbers, in whatever order they come', async () => {
    const { connection, socket } = await connect();
    const [first, second] = [ask(connection), ask(connection, 'DESCRIBE')];
    socket.write(
      'RTSP/1.0 100 Continue\r\nCSeq: 1\r\n\r\nRTSP/1.0 200 stray\r\nCSeq: 9\r\n\r\nRTSP/1.0 404 two\r\nCSeq: 2\r\n\r\nRTSP/1.0 200 one\r\nCSeq: 1\r\n\r\n',
    );
    expect([(await first).reason, (await second).reason]).toEqual(['one', 'two']);
    expect(connection.strayAnswers).toBe(1);
  });

  it('without a number belong together when there is only one', async () => {
    const { connection, socket } = await connect();
    const only = ask(connection);
    socket.write('RTSP/1.0 200 OK\r\n\r\n');
    expect((await only).status).toBe(200);
    const two = [ask(connection), ask(connection)];
    socket.write('RTSP/1.0 200 OK\r\n\r\n');
    socket.end();
    expect(await Promise.all(two.map(failure))).toEqual(['closed', 'closed']);
  });

  it('can be given up one by one', async () => {
    const { connection, socket } = await connect();
    const abort = new AbortController();
    const given = ask(connection, 'OPTIONS', abort.signal);
    abort.abort('enough');
    expect(await failure(given)).toBe('enough');
    const next = ask(connection);
    socket.write('RTSP/1.0 200 late\r\nCSeq: 1\r\n\r\nRTSP/1.0 200 next\r\nCSeq: 2\r\n\r\n');
    expect((await next).reason).toBe('next');
  });

  it('are bounded: who never answers is not asked for ever', async () => {
    const { connection } = await connect();
    const asked = Array.from({ length: 9 }, () => failure(ask(connection)));
    expect(await asked[8]).toBe('does-not-answer');
    connection.close();
    expect(await Promise.all(asked.slice(0, 8))).toEqual(Array.from({ length: 8 }, () => 'closed'));
    expect(await failure(ask(connection))).toBe('closed');
  });
});

describe('what the server does', () => {
  it('asks: it is answered, with its own number', async () => {
    const { socket, heard } = await connect();
    let answers = '';
    const answered = new Promise<void>((resolve) => {
      socket.on('data', (chunk: Buffer) => {
        answers += chunk.toString();
        if (answers.includes('CSeq: 9')) resolve();
      });
    });
    socket.write('OPTIONS * RTSP/1.0\r\nCSeq: 7\r\n\r\nRECORD * RTSP/1.0\r\nCSeq: 8\r\n\r\nREDIRECT * RTSP/1.0\r\nCSeq: 9\r\n\r\n');
    await answered;
    expect(answers.match(/RTSP\/1\.0 \d+|CSeq: \d/g)).toEqual([
      'RTSP/1.0 200',
      'CSeq: 7',
      'RTSP/1.0 501',
      'CSeq: 8',
      'RTSP/1.0 200',
      'CSeq: 9',
    ]);
    expect(heard).toEqual(['OPTIONS', 'REDIRECT']);
  });

  it('sends packets in one piece with an answer: all are heard', async () => {
    const { connection, socket, heard } = await connect();
    const answer = ask(connection, 'PLAY');
    socket.write('RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n$\u0000\u0000\u0003one$\u0001\u0000\u0003two');
    await answer;
    expect(heard).toEqual(['0:one', '1:two']);
  });

  it('asks without end and reads nothing: it is cut off', async () => {
    const { connection, socket, ended } = await connect();
    socket.pause();
    const questions = 'OPTIONS * RTSP/1.0\r\nCSeq: 7\r\n\r\n'.repeat(2000);
    const flood = () => {
      while (!socket.destroyed && socket.write(questions));
    };
    socket.on('drain', flood);
    flood();
    expect(await ended).toEqual({ code: 'source-protocol', params: { reason: 'does-not-read' } });
    expect(connection.isOver).toBe(true);
    expect(connection.sendInterleaved(1, new Uint8Array(8))).toBe(false);
  });

  it.each([
    ['rubbish', 'x'.repeat(5000), { code: 'source-protocol', params: { reason: 'garbage' } }],
    ['a web page', 'HTTP/1.1 200 OK\r\n\r\n', { code: 'source-protocol', params: { reason: 'speaks-http' } }],
    ['nothing more', null, { code: 'source-unreachable', params: { host: 'camera', reason: 'closed' } }],
  ])('sends %s: it is over', async (_name, bytes, problem) => {
    const { connection, socket, ended } = await connect();
    const asked = failure(ask(connection));
    if (bytes === null) socket.end();
    else socket.write(bytes);
    expect(await ended).toMatchObject(problem);
    expect(await asked).toBe(problem.params.reason);
  });
});
