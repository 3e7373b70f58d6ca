import type { HlsConfig, LoaderCallbacks, LoaderConfiguration, LoaderContext } from 'hls.js';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { decodeAsk, encodeRecord, type FetchAsk, type FetchRecord } from '../../streams/wire/fetch-record.ts';
import { createRelaySockets, type RelaySockets, type SocketLike } from './relay-socket.ts';
import { socketLoader } from './socket-loader.ts';

/** The relay's end of a WebSocket. */
class FakeSocket {
  readyState = 0;
  binaryType = 'blob' as BinaryType;
  readonly asked: FetchAsk[] = [];
  #listeners = new Map<string, ((event: { data?: unknown }) => void)[]>();

  addEventListener(type: string, listener: (event: { data?: unknown }) => void) {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }
  send(text: string) {
    if (this.readyState !== 1) throw new Error('not open');
    const ask = decodeAsk(text);
    if (ask.ok) this.asked.push(ask.value);
  }
  close() {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.#say('close');
  }
  accept() {
    this.readyState = 1;
    this.#say('open');
  }
  answer(id: number, over: Partial<FetchRecord> = {}) {
    const record = { id, status: 200, contentType: 'text/plain', problem: null, body: new TextEncoder().encode(`answer ${id}`), ...over };
    const bytes = encodeRecord(record);
    this.#say('message', { data: bytes.buffer });
  }
  garbage(data: unknown) {
    this.#say('message', { data });
  }
  #say(type: string, event: { data?: unknown } = {}) {
    for (const listener of this.#listeners.get(type) ?? []) listener(event);
  }
}

let opened: FakeSocket[];
let sockets: RelaySockets;
let problems: string[];

beforeEach(() => {
  vi.useFakeTimers();
  opened = [];
  problems = [];
  sockets = createRelaySockets(() => {
    const socket = new FakeSocket();
    opened.push(socket);
    return socket as unknown as SocketLike;
  });
});
afterEach(() => vi.useRealTimers());

const join = () => sockets.join('ws://relay/socket');

function load(over: Partial<LoaderConfiguration['loadPolicy']> = {}, context: Partial<LoaderContext> = {}) {
  const relay = join();
  const seen: unknown[] = [];
  const Loader = socketLoader(relay, (code) => problems.push(code));
  const loader = new Loader({} as HlsConfig);
  const another = () => new Loader({} as HlsConfig);
  const callbacks: LoaderCallbacks<LoaderContext> = {
    onSuccess: (response) => seen.push(['success', response.code, response.data]),
    onError: (error) => seen.push(['error', error.code, error.text]),
    onTimeout: () => seen.push(['timeout']),
    onAbort: () => seen.push(['abort']),
    onProgress: (_stats, _context, data) => seen.push(['progress', data]),
  };
  const start = (by = loader) =>
    by.load(
      { url: 'http://relay/hls/p/1/media.m3u8?_HLS_msn=4', responseType: 'text', type: 'level', ...context } as LoaderContext,
      {
        loadPolicy: { maxTimeToFirstByteMs: 1000, maxLoadTimeMs: 2000, timeoutRetry: null, errorRetry: null, ...over },
        maxRetry: 0,
        timeout: 2000,
        retryDelay: 0,
        maxRetryDelay: 0,
      },
      callbacks,
    );
  start();
  return { loader, another, seen, relay, start, socket: () => opened.at(-1)! };
}

test('asks for path and query once the socket opens, and hands over text', () => {
  const { seen, socket, loader } = load();
  expect(socket().asked).toEqual([]);
  socket().accept();
  expect(socket().asked).toEqual([{ op: 'get', id: 1, path: '/hls/p/1/media.m3u8?_HLS_msn=4' }]);
  socket().answer(1);
  expect(seen).toEqual([
    ['progress', 'answer 1'],
    ['success', 200, 'answer 1'],
  ]);
  expect(loader.stats).toMatchObject({ loaded: 8, total: 8, retry: 0, aborted: false });
  expect(loader.getResponseHeader?.('Content-Type')).toBe('text/plain');
});

test('hands over bytes as a buffer of exactly those bytes', () => {
  const { seen, socket } = load({}, { responseType: 'arraybuffer' });
  socket().accept();
  socket().answer(1, { body: Uint8Array.of(1, 2, 3) });
  const data = (seen.at(-1) as [string, number, ArrayBuffer])[2];
  expect(data).toBeInstanceOf(ArrayBuffer);
  expect([...new Uint8Array(data)]).toEqual([1, 2, 3]);
});

test('many loaders share one socket; answers may come in any order', () => {
  const first = load();
  const second = load();
  expect(opened).toHaveLength(1);
  opened[0]!.accept();
  opened[0]!.answer(2);
  opened[0]!.answer(1);
  expect(first.seen.at(-1)).toEqual(['success', 200, 'answer 1']);
  expect(second.seen.at(-1)).toEqual(['success', 200, 'answer 2']);
});

test('a loader is used once', () => {
  vi.advanceTimersByTime(5);
  const { start } = load();
  expect(() => start()).toThrow('only be used once');
});

test('the same bytes are not fetched twice in a row at once, other things are', () => {
  const { seen, socket, start, another } = load({}, { responseType: 'arraybuffer' });
  socket().accept();
  socket().answer(1);
  start(another());
  expect(socket().asked).toHaveLength(1);
  vi.advanceTimersByTime(150);
  expect(socket().asked).toHaveLength(2);
  socket().answer(2);
  expect(seen.filter((call) => (call as unknown[])[0] === 'success')).toHaveLength(2);
});

test('an error status is an error with its code, and the relay’s own reason is heard', () => {
  const { seen, socket } = load({ errorRetry: { maxNumRetry: 3, retryDelayMs: 10, maxRetryDelayMs: 10 } });
  socket().accept();
  socket().answer(1, { status: 410, problem: 'playback-ended' });
  expect(seen).toEqual([['error', 410, 'playback-ended']]);
  expect(problems).toEqual(['playback-ended']);
});

test('a passing fault is tried again as often as the policy allows, then told', () => {
  const { seen, socket, loader } = load({ errorRetry: { maxNumRetry: 2, retryDelayMs: 100, maxRetryDelayMs: 150 } });
  socket().accept();
  socket().answer(1, { status: 503, problem: 'path-starting' });
  expect(socket().asked).toHaveLength(1);
  vi.advanceTimersByTime(100);
  socket().answer(2, { status: 503, problem: 'path-starting' });
  vi.advanceTimersByTime(149);
  expect(socket().asked).toHaveLength(2);
  vi.advanceTimersByTime(1);
  socket().answer(3, { status: 503, problem: 'path-starting' });
  expect(seen).toEqual([['error', 503, 'path-starting']]);
  expect(loader.stats.retry).toBe(2);
});

test('no answer in time is a time-out, and the relay is told not to bother', () => {
  const { seen, socket } = load();
  socket().accept();
  vi.advanceTimersByTime(1000);
  expect(seen).toEqual([['timeout']]);
  expect(socket().asked.at(-1)).toEqual({ op: 'cancel', id: 1 });
  socket().answer(1);
  expect(seen).toHaveLength(1);
  expect(sockets.strays).toBe(1);
});

test('a time-out is tried again when the policy says so', () => {
  const { seen, socket } = load({ timeoutRetry: { maxNumRetry: 1, retryDelayMs: 0, maxRetryDelayMs: 0 } });
  socket().accept();
  vi.advanceTimersByTime(1001);
  socket().answer(2);
  expect(seen.at(-1)).toEqual(['success', 200, 'answer 2']);
});

test('abort cancels and is told; destroy cancels and says nothing', () => {
  const one = load();
  const two = load();
  opened[0]!.accept();
  one.loader.abort();
  two.loader.destroy();
  expect(opened[0]!.asked.slice(2)).toEqual([
    { op: 'cancel', id: 1 },
    { op: 'cancel', id: 2 },
  ]);
  opened[0]!.answer(1);
  opened[0]!.answer(2);
  vi.advanceTimersByTime(10_000);
  expect(one.seen).toEqual([['abort']]);
  expect(one.loader.stats.aborted).toBe(true);
  expect(two.seen).toEqual([]);
});

test('a broken line fails what was asked; the next ask opens a new one', () => {
  const one = load();
  opened[0]!.accept();
  opened[0]!.close();
  expect(one.seen).toEqual([['error', 0, 'socket closed']]);
  const two = load();
  expect(opened).toHaveLength(2);
  opened[1]!.accept();
  opened[1]!.answer(2);
  expect(two.seen.at(-1)).toEqual(['success', 200, 'answer 2']);
});

test('a line that never opens fails within its time', () => {
  const { seen } = load({ maxTimeToFirstByteMs: Number.POSITIVE_INFINITY, maxLoadTimeMs: 60_000 });
  vi.advanceTimersByTime(5000);
  expect(seen).toEqual([['error', 0, 'socket closed']]);
});

test('garbage from the relay is counted and changes nothing', () => {
  const { seen, socket } = load();
  socket().accept();
  socket().garbage('text');
  socket().garbage(new ArrayBuffer(3));
  socket().answer(77);
  expect(seen).toEqual([]);
  expect(sockets.strays).toBe(3);
});

test('the socket closes when its last user has been gone for a while, not before', () => {
  const one = join();
  const two = join();
  one.fetch('/x', () => {});
  opened[0]!.accept();
  one.release();
  one.release();
  vi.advanceTimersByTime(60_000);
  expect(sockets.open).toBe(1);
  two.release();
  vi.advanceTimersByTime(9000);
  const three = join();
  three.fetch('/y', () => {});
  expect(opened).toHaveLength(1);
  three.release();
  vi.advanceTimersByTime(10_000);
  expect(sockets.open).toBe(0);
  expect(opened[0]!.readyState).toBe(3);
  expect(vi.getTimerCount()).toBe(0);
});

test('asks in flight are bounded', async () => {
  const relay = join();
  const answers: (FetchRecord | null)[] = [];
  for (let i = 0; i < 1030; i++) relay.fetch('/x', (record) => answers.push(record));
  await Promise.resolve();
  expect(answers).toEqual(Array.from({ length: 6 }, () => null));
});
