import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { encodeRecords, recordBytes, type WallRecord } from '../../../streams/wire/wall-record.ts';
import { fakeLinks, type FakeWallSocket } from './testdata/fake-wall-socket.ts';
import { configRecord, eventRecord, key, picture, small } from './testdata/wall-records.ts';
import type { SubscriptionListener, SubscriptionWish, WallLinks, WallSubscription } from './wall-link.ts';

const url = 'wss://relay/socket';
const wish: SubscriptionWish = { ticket: 't1', mode: 'full', format: 'annexb', audio: false, rank: 3 };

let links: WallLinks;
let sockets: FakeWallSocket[];

beforeEach(() => {
  vi.useFakeTimers();
  ({ links, sockets } = fakeLinks());
});
afterEach(() => {
  links.close();
  vi.useRealTimers();
});

/** A subscription with everything that its listener heard. */
function join(over: Partial<SubscriptionWish & { url: string; worksOff: boolean }> = {}) {
  const heard: unknown[] = [];
  const records: WallRecord[] = [];
  const { url: to = url, worksOff = true, ...more } = over;
  const listener: SubscriptionListener = {
    record(record) {
      records.push(record);
      heard.push(record.sequence);
      if (worksOff) subscription.workedOff(record);
    },
    event: (event) => heard.push(event),
    ended: (code, ticketKept) => heard.push([code, ticketKept]),
  };
  const subscription: WallSubscription = links.subscribe(to, { ...wish, ...more }, listener);
  return { subscription, heard, records };
}
const credits = (socket: FakeWallSocket) => socket.asked.flatMap((ask) => (ask.op === 'credit' ? ask.bytes : []));

test('all subscriptions to a relay share one socket, and each hears its own', () => {
  const a = join();
  const b = join({ ticket: 't2', rank: 1 });
  join({ url: 'wss://other/socket' });
  expect(sockets.map((socket) => socket.url)).toEqual([url, 'wss://other/socket']);
  expect(links.open).toBe(2);
  const [socket] = sockets;
  socket!.accept();
  expect(socket!.asked).toEqual([
    { op: 'sub', id: 1, ...wish },
    { op: 'sub', id: 2, ...wish, ticket: 't2', rank: 1 },
  ]);
  socket!.records(configRecord(small, 2), { ...key(9), subscription: 2 }, key(4), picture(5));
  expect(a.heard).toEqual([4, 5]);
  expect(b.heard).toEqual([0, 9]);
});

test('what changes is said once; what is given back is heard of no more', () => {
  const a = join();
  const [socket] = sockets;
  a.subscription.set('key', false, 3);
  socket!.accept();
  a.subscription.set('key', false, 3);
  a.subscription.set('key', true, 2);
  a.subscription.end();
  a.subscription.end();
  a.subscription.set('full', true, 2);
  socket!.records(key(1), eventRecord({ event: 'ended', code: 'playback-ended', params: {}, ticketKept: false }));
  expect(socket!.asked).toEqual([
    { op: 'sub', id: 1, ...wish, mode: 'key' },
    { op: 'set', id: 1, mode: 'key', audio: true, rank: 2 },
    { op: 'unsub', id: 1 },
  ]);
  expect(a.heard).toEqual([]);
  expect(links.strays).toBe(0);
});

test('events: why there is nothing, why there is less, and the end', () => {
  const a = join();
  const [socket] = sockets;
  socket!.accept();
  const waiting = { event: 'waiting', code: 'source-queued', params: { place: 3 } } as const;
  const thinned = { event: 'thinned', code: 'line-too-slow' } as const;
  socket!.records(eventRecord(waiting), eventRecord(thinned));
  socket!.records(eventRecord({ event: 'ended', code: 'ticket-refused', params: {}, ticketKept: true }), key(1));
  expect(a.heard).toEqual([waiting, thinned, ['ticket-refused', true]]);
  expect(links.open).toBe(1);
});

test('credit: all bytes worked off since the socket was opened, at most every 50 ms, at once when it is much', () => {
  const a = join({ worksOff: false });
  const [socket] = sockets;
  socket!.accept();
  const big = picture(3, { payload: new Uint8Array(300_000) });
  socket!.records(key(1), picture(2), big, eventRecord({ event: 'thinned', code: null }));
  const ofEvent = recordBytes(eventRecord({ event: 'thinned', code: null }).payload.length);
  vi.advanceTimersByTime(50);
  expect(credits(socket!)).toEqual([ofEvent]);
  a.subscription.workedOff(a.records[0]!);
  a.subscription.workedOff(a.records[1]!);
  expect(credits(socket!)).toHaveLength(1);
  vi.advanceTimersByTime(50);
  expect(credits(socket!)).toEqual([ofEvent, ofEvent + 72]);
  a.subscription.workedOff(a.records[2]!);
  expect(credits(socket!).at(-1)).toBe(ofEvent + 72 + recordBytes(300_000));
  // Said twice is not worked off twice.
  a.subscription.workedOff(a.records[2]!);
  vi.advanceTimersByTime(1000);
  expect(credits(socket!)).toHaveLength(3);
});

test('what was not worked off when it ended counts as worked off, and so does what was under way', () => {
  const a = join({ worksOff: false });
  const b = join();
  const [socket] = sockets;
  socket!.accept();
  socket!.records(key(1), picture(2));
  a.subscription.end();
  socket!.records(picture(3), { ...key(1), subscription: b.records.length + 2 });
  vi.advanceTimersByTime(50);
  expect(credits(socket!)).toEqual([4 * 36]);
  expect(links.strays).toBe(0);
});

test.each<[string, (socket: FakeWallSocket) => void, number]>([
  ['bytes that are no records', (socket) => socket.message(new Uint8Array(40).buffer), 1],
  ['half a record', (socket) => socket.message(encodeRecords([key(1)]).slice(0, 33).buffer), 1],
  ['text', (socket) => socket.message('hello'), 1],
  ['the relay hangs up', (socket) => socket.close(), 0],
])('%s: the line is given up and all of it ends', (_name, happens, strays) => {
  const a = join();
  const b = join();
  const [socket] = sockets;
  socket!.accept();
  happens(socket!);
  expect(a.heard).toEqual([['relay-unavailable', false]]);
  expect(b.heard).toEqual([['relay-unavailable', false]]);
  expect([links.open, links.strays, socket!.readyState]).toEqual([0, strays, 3]);
  const c = join();
  sockets[1]!.accept();
  expect(sockets[1]!.asked).toMatchObject([{ op: 'sub', id: 1 }]);
  expect(c.heard).toEqual([]);
});

test('records of nobody and unreadable events are counted, and disturb nobody', () => {
  const a = join();
  const [socket] = sockets;
  socket!.accept();
  socket!.records({ ...key(1), subscription: 77 }, { ...eventRecord({ event: 'thinned', code: null }), payload: Uint8Array.of(1) }, key(2));
  expect(links.strays).toBe(2);
  expect(a.heard).toEqual([2]);
});

test('a line that does not open is given up, and the ticket was not used', () => {
  const a = join();
  vi.advanceTimersByTime(5_000);
  expect(a.heard).toEqual([['relay-unavailable', true]]);
  expect(sockets[0]!.readyState).toBe(3);
});

test('a line on which nothing comes after a subscription is dead; a quiet one is not', () => {
  const a = join();
  const [socket] = sockets;
  socket!.accept();
  socket!.records(eventRecord({ event: 'waiting', code: 'source-queued', params: {} }));
  vi.advanceTimersByTime(120_000);
  expect(a.heard).toHaveLength(1);
  const b = join();
  vi.advanceTimersByTime(12_000);
  expect(b.heard).toEqual([['relay-unavailable', false]]);
});

describe('after a standstill of the page', () => {
  /** The computer slept: of both clocks only the wall's has counted it. */
  const sleep = (ms: number) => vi.setSystemTime(Date.now() + ms);

  test.each([
    ['on which nothing comes is given up soon', 0, [['relay-unavailable', false]]],
    ['on which only that comes which was on its way is, too', 300, [2, ['relay-unavailable', false]]],
    ['on which more comes is alive', 900, [2]],
  ])('a line %s', (_, comesAfterMs, expected) => {
    const a = join();
    const [socket] = sockets;
    socket!.accept();
    socket!.records(configRecord(small), key(1));
    vi.advanceTimersByTime(2000);
    sleep(20_000);
    // Found out at the next look.
    vi.advanceTimersByTime(1000 + comesAfterMs);
    if (comesAfterMs > 0) socket!.records(picture(2));
    vi.advanceTimersByTime(4000 - comesAfterMs);
    expect(a.heard.slice(2)).toEqual(expected);
  });

  test('of a moment nothing is doubted, and what was asked before one has its time anew', () => {
    const a = join();
    const [socket] = sockets;
    socket!.accept();
    socket!.records(configRecord(small), key(1));
    sleep(1500);
    vi.advanceTimersByTime(20_000);
    expect(a.heard).toHaveLength(2);
    const b = join();
    sleep(20_000);
    vi.advanceTimersByTime(1500);
    expect(b.heard).toEqual([]);
  });
});

test('a socket that nobody uses stays for a little while', () => {
  const a = join();
  const [socket] = sockets;
  socket!.accept();
  a.subscription.end();
  vi.advanceTimersByTime(9_000);
  const b = join();
  vi.advanceTimersByTime(9_000);
  expect(sockets).toHaveLength(1);
  b.subscription.end();
  vi.advanceTimersByTime(10_000);
  expect([links.open, socket!.readyState]).toEqual([0, 3]);
  expect(vi.getTimerCount()).toBe(0);
});

test('an address that is none, and more than anybody has, are refused', async () => {
  const none = join({ url: 'nonsense' });
  const many = Array.from({ length: 1025 }, () => join());
  const relays = Array.from({ length: 16 }, (_, index) => join({ url: `wss://relay-${index}/` }));
  const taken = join({ url: 'nonsense' });
  taken.subscription.end();
  await Promise.resolve();
  expect(none.heard).toEqual([['relay-unavailable', true]]);
  expect(many.flatMap(({ heard }) => heard)).toEqual([['too-many-requests', true]]);
  expect(relays.flatMap(({ heard }) => heard)).toEqual([['too-many-requests', true]]);
  expect(taken.heard).toEqual([]);
});

test('any bytes, and any damage to good ones: never throws, and either all records count or the line is over', () => {
  const good = encodeRecords([configRecord(small), key(1), picture(2), eventRecord({ event: 'thinned', code: null })]);
  const damaged = fc.tuple(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length)).map(([at, value, cut]) => {
    const bytes = good.slice(0, good.length - cut);
    if (at < bytes.length) bytes[at] = value;
    return bytes;
  });
  const holds = fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), damaged), (bytes) => {
    const fake = fakeLinks();
    const ended: string[] = [];
    fake.links.subscribe(url, wish, { record() {}, event() {}, ended: (code) => ended.push(code) });
    const [socket] = fake.sockets;
    socket!.accept();
    socket!.message(Uint8Array.from(bytes).buffer);
    const isOver = socket!.readyState === 3;
    fake.links.close();
    return isOver === ended.includes('relay-unavailable');
  });
  expect(fc.check(holds, { seed: 28181, numRuns: 1500 }).counterexample).toBeNull();
});
