import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { recordType, type WallRecord } from '../../streams/wire/wall-record.ts';
import type { SubscriptionListener, SubscriptionWish } from './mosaic/wall-link.ts';
import { createMseEngine } from './mse-engine.ts';
import type { PlayerSession } from './player-engine.ts';

class FakeBuffer extends EventTarget {
  updating = false;
  readonly appended: number[] = [];
  readonly types: string[] = [];
  readonly removed: number[] = [];
  refuses = false;
  appendBuffer(bytes: Uint8Array): void {
    if (this.refuses) throw new DOMException('full', 'QuotaExceededError');
    this.updating = true;
    this.appended.push(bytes[0]!);
  }
  changeType(type: string): void {
    this.types.push(type);
  }
  remove(_from: number, to: number): void {
    this.removed.push(to);
  }
  done(): void {
    this.updating = false;
    this.dispatchEvent(new Event('updateend'));
  }
}
class FakeSource extends EventTarget {
  readyState = 'closed';
  readonly buffer = new FakeBuffer();
  supports = true;
  addSourceBuffer(type: string): FakeBuffer {
    if (!this.supports) throw new DOMException('no', 'NotSupportedError');
    this.buffer.types.push(type);
    return this.buffer;
  }
  open(): void {
    this.readyState = 'open';
    this.dispatchEvent(new Event('sourceopen'));
  }
}

let source: FakeSource;
let listener: SubscriptionListener;
let wish: SubscriptionWish;
let workedOff: number[];
let unsubscribed: number;
let video: HTMLVideoElement;
let life: AbortController;
let session: PlayerSession;
let buffered: [number, number][];

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:media');
  vi.spyOn(URL, 'revokeObjectURL').mockImplementation(() => {});
  source = new FakeSource();
  workedOff = [];
  unsubscribed = 0;
  buffered = [];
  video = document.createElement('video');
  Object.defineProperty(video, 'buffered', {
    get: () => ({ length: buffered.length, start: (nth: number) => buffered[nth]![0], end: (nth: number) => buffered[nth]![1] }),
  });
  video.play = () => Promise.resolve();
  life = new AbortController();
  const links = {
    subscribe(_url: string, wanted: SubscriptionWish, heard: SubscriptionListener) {
      [listener, wish] = [heard, wanted];
      return { set() {}, workedOff: ({ payload }: WallRecord) => void workedOff.push(payload[0]!), end: () => (unsubscribed += 1) };
    },
  };
  const offer = { ticket: 't', urls: { hls: '', socket: 'ws://relay/socket' } };
  session = createMseEngine({ links, createSource: () => source as unknown as MediaSource }).attach(video, offer, life.signal);
});
afterEach(() => {
  life.abort();
  if (vi.getTimerCount() !== 0) throw new Error('a timer is left');
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const record = (type: WallRecord['type'], payload: Uint8Array, more: Partial<WallRecord> = {}): WallRecord => ({
  subscription: 1,
  type,
  flags: 0,
  codec: 0,
  sequence: 0,
  ptsUs: 0,
  receivedAtUs: 0,
  payload,
  ...more,
});
const config = (videoCodec = 'avc1.4d401e') =>
  listener.record(
    record(
      recordType.config,
      new TextEncoder().encode(JSON.stringify({ video: videoCodec, width: 640, height: 360, audio: null, transcoded: false })),
    ),
  );
const init = (mark: number) => listener.record(record(recordType.fmp4Init, new Uint8Array([mark])));
const fragment = (mark: number, more: Partial<WallRecord> = {}) =>
  listener.record(record(recordType.fmp4Fragment, new Uint8Array([mark]), more));

test('asks for fMP4, and appends beginning and fragments in their order, one at a time', () => {
  expect(wish).toMatchObject({ ticket: 't', format: 'fmp4', mode: 'full' });
  config();
  init(1);
  fragment(2);
  fragment(3);
  expect(source.buffer.appended, 'not before the media source is open').toEqual([]);
  source.open();
  expect(source.buffer.types).toEqual(['video/mp4; codecs="avc1.4d401e"']);
  expect(source.buffer.appended).toEqual([1]);
  source.buffer.done();
  source.buffer.done();
  source.buffer.done();
  expect(source.buffer.appended).toEqual([1, 2, 3]);
  expect(workedOff.slice(1), 'credited when it was taken').toEqual([1, 2, 3]);
});

test('another codec changes the type of the same buffer', () => {
  source.open();
  config();
  init(1);
  source.buffer.done();
  config('hvc1.1.6.L120.90');
  init(4);
  expect(source.buffer.types).toEqual(['video/mp4; codecs="avc1.4d401e"', 'video/mp4; codecs="hvc1.1.6.L120.90"']);
  expect(source.buffer.appended).toEqual([1, 4]);
});

test('follows the live edge, and trims what is past', () => {
  source.open();
  config();
  init(1);
  source.buffer.done();
  buffered = [[100, 101]];
  vi.advanceTimersByTime(200);
  expect(video.currentTime).toBeCloseTo(100.4, 6);
  buffered = [[90, 101.3]];
  vi.advanceTimersByTime(200);
  expect(video.playbackRate).toBe(1.05);
  expect(source.buffer.removed[0]).toBeCloseTo(96.4, 6);
});

test('knows when the relay received what is shown', () => {
  fragment(2, { ptsUs: 5_000_000, receivedAtUs: 1_800_000_000_000_000 });
  expect(session.receivedAt(5.1)).toBe(1_800_000_000_100);
});

test('says why nothing comes, until something does', () => {
  listener.event({ event: 'waiting', code: 'path-starting', params: {} });
  expect(session.reason).toBe('path-starting');
  fragment(2);
  expect(session.reason).toBeNull();
  listener.event({ event: 'thinned', code: 'line-too-slow' });
  fragment(3);
  expect(session.reason).toBe('line-too-slow');
  listener.event({ event: 'thinned', code: null });
  expect(session.reason).toBeNull();
});

test.each(['playback-ended', 'relay-unavailable'] as const)('ends with the relay’s reason: %s', async (code) => {
  video.src = 'blob:media';
  listener.ended(code, false);
  expect(await session.ended).toBe(code);
  expect(video.getAttribute('src')).toBeNull();
  expect(unsubscribed).toBe(1);
});

test('ends with null when it is told to', async () => {
  life.abort();
  expect(await session.ended).toBeNull();
  expect(unsubscribed).toBe(1);
  expect(URL.revokeObjectURL).toHaveBeenCalledOnce();
});

test('a codec that the browser does not play is said', async () => {
  source.supports = false;
  source.open();
  config('av01.0.04M.08');
  init(1);
  expect(await session.ended).toBe('source-codec-unsupported');
});

test.each([
  ['the element', () => video.dispatchEvent(new Event('error'))],
  ['the buffer', () => source.buffer.dispatchEvent(new Event('error'))],
  ['a buffer that takes no more', () => ((source.buffer.refuses = true), fragment(2))],
])('a decoder that gives up ends it: %s', async (_name, fail) => {
  source.open();
  config();
  init(1);
  source.buffer.done();
  fail();
  expect(await session.ended).toBe('decoder-failed');
});

test('what is never taken is not kept without bound', async () => {
  for (let nth = 0; nth < 1000; nth += 1) fragment(2);
  expect(await session.ended).toBe('viewer-too-slow');
});
