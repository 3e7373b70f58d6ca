import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { problem, ProblemError, type Problem } from '../../../main/contract/errors.ts';
import { ManualClock } from '../../../main/hub/readings/manual-clock.ts';
import type { RawRecord } from '../feed-connector.ts';
import { pollHttp } from './poll-http.ts';

let server: Server;
let origin: string;
let asked: IncomingMessage[];
let answers: Record<string, (request: IncomingMessage, response: ServerResponse) => void>;
let clock: ManualClock;
let end: AbortController;
let taken: RawRecord[];
let states: (Problem | undefined)[];
let refuses: 'journal-unavailable' | null;
let polling: Promise<void>;

beforeEach(async () => {
  [asked, taken, states, refuses, answers] = [[], [], [], null, {}];
  clock = new ManualClock();
  end = new AbortController();
  server = createServer((request, response) => {
    asked.push(request);
    const answer = answers[request.url!];
    if (answer) answer(request, response);
    else response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  end.abort();
  await polling;
  server.closeAllConnections();
  server.close();
});

const says =
  (text: string, headers: Record<string, string> = {}) =>
  (_request: unknown, response: ServerResponse) =>
    response.writeHead(200, headers).end(text);
const start = (path = '/data', more: object = {}, linksOf?: (bytes: Uint8Array) => readonly string[]) => {
  polling = pollHttp(
    {
      poll: { url: `${origin}${path}`, everySeconds: 60, ...more },
      clock,
      signal: end.signal,
      async take(record) {
        await Promise.resolve();
        if (refuses) throw new ProblemError(problem(refuses));
        taken.push(record);
      },
      connected: (_count, why) => states.push(why),
    },
    linksOf,
  );
};
/** Resolves after so many rounds, counted from the start. */
const rounds = async (count: number) => {
  for (let turns = 0; states.length < count || clock.sleeping === 0; turns += 1) {
    if (states.length < count && clock.sleeping > 0) clock.advance(60_000);
    await new Promise((resolve) => setImmediate(resolve));
    if (turns > 200_000) throw new Error(`only ${states.length} rounds`);
  }
};
const texts = () => taken.map(({ bytes }) => Buffer.from(bytes).toString());

test('what has changed is handed over, the same is not', async () => {
  answers['/data'] = says('one', { 'content-type': 'application/json' });
  start();
  await rounds(2);
  answers['/data'] = says('two');
  await rounds(3);
  expect(texts()).toEqual(['one', 'two']);
  expect(taken[0]).toMatchObject({ contentType: 'application/json', from: `${origin}/data` });
  expect(states).toEqual([undefined, undefined, undefined]);
});

test('a source with validators is asked with them, and says nothing when nothing is new', async () => {
  answers['/data'] = (request, response) => {
    if (request.headers['if-none-match'] === '"v1"') response.writeHead(304).end();
    else response.writeHead(200, { etag: '"v1"' }).end('one');
  };
  start();
  await rounds(3);
  expect(texts()).toEqual(['one']);
  expect(asked.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"v1"', '"v1"']);
});

test.each([
  ['an error', (_: unknown, response: ServerResponse) => response.writeHead(503).end(), 'feed-refused'],
  ['a redirect', (_: unknown, response: ServerResponse) => response.writeHead(302, { location: '/other' }).end(), 'feed-refused'],
  ['a line that breaks', (request: IncomingMessage) => request.socket.destroy(), 'feed-unreachable'],
  [
    'an answer without an end',
    (_: unknown, response: ServerResponse) => void response.writeHead(200).write('x'.repeat(33 * 1024 * 1024)),
    'record-too-large',
  ],
  [
    'a small answer that unpacks to a large one',
    (_: unknown, response: ServerResponse) =>
      void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(40 * 1024 * 1024))),
    'record-too-large',
  ],
])('%s is said, nothing is taken, and it is asked again', async (_what, answer, code) => {
  answers['/data'] = answer;
  answers['/other'] = says('elsewhere');
  start();
  await rounds(1);
  expect(states).toMatchObject([{ code }]);
  answers['/data'] = says('well again');
  await rounds(2);
  expect([texts(), states[1]]).toEqual([['well again'], undefined]);
});

test('what the journal did not take is asked for once more, although the source says that it is the same', async () => {
  answers['/data'] = (request, response) => {
    if (request.headers['if-none-match']) response.writeHead(304).end();
    else response.writeHead(200, { etag: '"v1"' }).end('one');
  };
  refuses = 'journal-unavailable';
  start();
  await rounds(1);
  expect(states).toMatchObject([{ code: 'journal-unavailable' }]);
  refuses = null;
  await rounds(2);
  expect(texts()).toEqual(['one']);
});

test('a password of the address goes as a header, to its own origin alone', async () => {
  const other = createServer((request, response) => {
    asked.push(request);
    response.end('linked');
  }).listen(0, '127.0.0.1');
  await once(other, 'listening');
  const link = `http://127.0.0.1:${(other.address() as AddressInfo).port}/a`;
  answers['/data'] = says('index');
  const url = new URL(`${origin}/data`);
  [url.username, url.password] = ['me', 'secret'];
  start('', { url: url.href, headers: { 'x-key': 'k' } }, () => [link, 'file:///etc/passwd', 'http://[nonsense', 'ftp://x.example/1']);
  await rounds(1);
  other.close();
  expect(asked.map(({ headers }) => [headers.authorization, headers['x-key']])).toEqual([
    [`Basic ${Buffer.from('me:secret').toString('base64')}`, 'k'],
    [undefined, undefined],
  ]);
  expect(texts()).toEqual(['index', 'linked']);
});

test('links of an index may be told from its own address', async () => {
  answers['/feeds/index'] = says('index');
  answers['/feeds/1.cap'] = says('first');
  answers['/2.cap'] = says('second');
  start('/feeds/index', {}, () => ['1.cap', '/2.cap', './1.cap']);
  await rounds(1);
  expect(texts().sort()).toEqual(['first', 'index', 'second']);
});

test('what an index links to is fetched once; one that cannot be had keeps none of the others and is asked for again', async () => {
  answers['/data'] = says('index');
  answers['/1'] = says('first');
  start('/data', {}, () => ['/1', '/2'].map((path) => `${origin}${path}`));
  await rounds(1);
  expect([texts(), states[0]?.code]).toEqual([['index', 'first'], 'feed-refused']);
  answers['/2'] = says('second');
  await rounds(3);
  expect([texts(), states[1]]).toEqual([['index', 'first', 'second'], undefined]);
});
