import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { recordCodec, recordFlag, recordType, type WallRecord } from '../../../streams/wire/wall-record.ts';
import { createMosaicHost, tickEveryMs, type MosaicHost } from './mosaic-host.ts';
import type { FromMosaic, TileFactsOnTheirWay, TilePlace, ToMosaic } from './mosaic-protocol.ts';
import { fakeDecoders } from './testdata/fake-decoders.ts';
import { FakePainter } from './testdata/fake-painter.ts';
import { fakeLinks, type FakeWallSocket } from './testdata/fake-wall-socket.ts';
import { configRecord, eventRecord, key, picture, small } from './testdata/wall-records.ts';

const timeOrigin = 1_800_000_000_000;

let now: number;
let host: MosaicHost;
let painter: FakePainter;
let decoders: ReturnType<typeof fakeDecoders>;
let sockets: FakeWallSocket[];
let said: FromMosaic[];

beforeEach(() => {
  vi.useFakeTimers();
  now = 0;
  painter = new FakePainter();
  decoders = fakeDecoders();
  said = [];
  const fake = fakeLinks();
  ({ sockets } = fake);
  host = createMosaicHost({
    links: fake.links,
    decoders,
    sound: {
      create: () => {
        throw new Error('no AAC here');
      },
      chunk: (init) => init as unknown as EncodedAudioChunk,
    },
    hardware: false,
    painter: { painter, reason: 'software-gpu: test' },
    now: () => now,
    timeOrigin,
    say: (message) => said.push(message),
  });
});
afterEach(() => {
  host.dispose();
  vi.useRealTimers();
});

const place = (tile: number, over: Partial<TilePlace> = {}): TilePlace => ({
  tile,
  x: 0,
  y: 0,
  width: 32,
  height: 18,
  view: null,
  dimmed: false,
  rank: tile,
  ...over,
});
const layOut = (...tiles: number[]) => host.take({ kind: 'place', id: 1, width: 100, height: 50, tiles: tiles.map((tile) => place(tile)) });
const play = (tile: number, over: Partial<Extract<ToMosaic, { kind: 'play' }>> = {}) =>
  host.take({ kind: 'play', tile, playback: tile * 10, socketUrl: 'wss://relay/socket', ticket: `t${tile}`, mode: 'full', ...over });
const socket = () => sockets[0]!;
/** Tiles placed and playing over an open line; subscription numbers are 1, 2, … */
function playing(...tiles: number[]) {
  layOut(...tiles);
  for (const tile of tiles) play(tile);
  socket().accept();
}
const facts = (tile: number): TileFactsOnTheirWay => {
  const last = said.findLast((message) => message.kind === 'facts');
  const found = last?.tiles.find((one) => one.tile === tile);
  if (!found) throw new Error(`nothing was told of tile ${tile}`);
  return found;
};
const figures = () => said.findLast((message) => message.kind === 'facts')!.figures;
const asked = (op: string) => socket().asked.filter((ask) => ask.op === op);
/** One picture all the way onto the canvas. */
function paint(sequence: number, subscription = 1) {
  const record = sequence === 1 ? key(1) : picture(sequence);
  socket().records({ ...record, subscription });
  decoders.made.at(-1)!.give();
  now += 34;
  host.frame();
}

describe('from the line to the canvas', () => {
  test('a picture is decoded, shown, painted, and told of with its age', () => {
    playing(1);
    socket().records(configRecord(small), key(1));
    now = 40;
    const [given] = decoders.made[0]!.give();
    now = 50;
    host.frame();
    expect(given!.closed).toBe(1);
    host.tick();
    expect(facts(1)).toMatchObject({
      playback: 10,
      painted: 1,
      paintedAt: timeOrigin + 50,
      receivedAt: key(1).receivedAtUs / 1000,
      width: 320,
      height: 180,
      reason: null,
      skipped: 0,
      rebuilt: 0,
      look: { look: 'black', forMs: 0 },
    });
    expect(figures()).toMatchObject({ painter: '2d', painterReason: 'software-gpu: test', decoders: 1, sockets: 1, strays: 0 });
  });

  test('how far apart the camera’s pictures come is told by when the relay had them, whether they are painted or not', () => {
    playing(1);
    const interval = () => (host.tick(), facts(1).cameraIntervalMs);
    socket().records(configRecord(small), key(1));
    expect(interval()).toBeNull();
    socket().records(...Array.from({ length: 30 }, (_, index) => picture(index + 2)));
    expect(interval()).toBeCloseTo(66.7, 1);
    socket().records(picture(101), picture(171));
    expect(interval(), 'two gaps are no distance').toBeLessThan(100);
    for (const sequence of [241, 311, 381]) socket().records(picture(sequence));
    expect(interval()).toBeCloseTo(70 * 66.667, 0);
    socket().records(eventRecord({ event: 'thinned', code: 'line-too-slow' }));
    expect(interval(), 'what the relay leaves out is no measure').toBeNull();
    socket().records(key(400), picture(401));
    expect(interval()).toBeCloseTo(66.7, 1);
    host.take({ kind: 'mode', tile: 1, mode: 'key' });
    expect(interval(), 'nor is what is not asked for').toBeNull();
  });

  test('the decoder gets few at a time; what waits is not credited, so that the relay sees it', () => {
    playing(1);
    socket().records(configRecord(small), key(1), ...[2, 3, 4, 5, 6].map((sequence) => picture(sequence)));
    vi.advanceTimersByTime(50);
    expect(decoders.made[0]!.fed).toHaveLength(2);
    const config = 32 + Math.ceil(configRecord(small).payload.length / 4) * 4;
    expect(asked('credit')).toEqual([{ op: 'credit', bytes: config + 2 * 36 }]);
    decoders.made[0]!.give();
    vi.advanceTimersByTime(50);
    expect(decoders.made[0]!.fed).toHaveLength(4);
    expect(asked('credit').at(-1)).toEqual({ op: 'credit', bytes: config + 4 * 36 });
  });

  test('the latest picture of a tile without a place waits for it, and is on the canvas with the frame that brings it there', () => {
    layOut();
    play(1);
    socket().accept();
    socket().records(configRecord(small), key(1));
    const [first] = decoders.made[0]!.give();
    host.tick();
    expect(facts(1), 'known, and not painted').toMatchObject({ painted: 0, width: 320 });
    socket().records(picture(2));
    const [second] = decoders.made[0]!.give();
    expect([first!.closed, second!.closed]).toEqual([1, 0]);
    // Even though something was painted a moment ago.
    painter.show(2, { close() {} } as VideoFrame);
    host.frame();
    now += 1;
    layOut(1);
    host.frame();
    expect(second!.closed).toBe(1);
    host.tick();
    expect(facts(1)).toMatchObject({ painted: 1, receivedAt: picture(2).receivedAtUs / 1000 });
  });

  test('what is not seen is closed at once, and so is what waits for a place when nobody looks, when it is over and at the end', () => {
    playing(1);
    play(2);
    socket().records(configRecord(small), key(1));
    host.take({ kind: 'visible', visible: false });
    expect(decoders.made[0]!.give()[0]!.closed).toBe(1);
    host.take({ kind: 'visible', visible: true });
    const waits = (sequence: number) => {
      socket().records({ ...configRecord(small), subscription: 2 }, { ...key(sequence), subscription: 2 });
      const [given] = decoders.made.at(-1)!.give();
      expect(given!.closed).toBe(0);
      return given!;
    };
    const hidden = waits(1);
    host.take({ kind: 'visible', visible: false });
    expect(hidden.closed).toBe(1);
    host.take({ kind: 'visible', visible: true });
    const stopped = waits(2);
    host.take({ kind: 'stop', tile: 2 });
    expect(stopped.closed).toBe(1);
  });

  test('a decoder that breaks is made anew and waits for a key picture, with its reason', () => {
    playing(1);
    socket().records(configRecord(small));
    paint(1);
    decoders.made[0]!.fail();
    socket().records(picture(2), picture(3));
    host.tick();
    expect(facts(1)).toMatchObject({ reason: 'decoder-failed', rebuilt: 1, skipped: 2 });
    socket().records(key(4));
    decoders.made[1]!.give();
    now += 34;
    host.frame();
    host.tick();
    expect(facts(1)).toMatchObject({ reason: null, painted: 2 });
  });

  test('what no decoder here knows ends the playback', () => {
    playing(1);
    socket().records(configRecord({ ...small, video: 'hvc1.1.6.L93.90' }), { ...key(1), codec: recordCodec.h265 });
    decoders.made[0]!.fail('NotSupportedError');
    expect(said).toContainEqual({ kind: 'ended', tile: 1, playback: 10, code: 'source-codec-unsupported', ticketKept: false });
    expect(asked('unsub')).toEqual([{ op: 'unsub', id: 1 }]);
  });
});

describe('when it is painted', () => {
  test('no oftener than a screen drawn by the processor bears, and never while hidden', () => {
    playing(1);
    for (now = 0; now < 1000; now += 16) {
      painter.show(1, { close() {} } as VideoFrame);
      host.frame();
    }
    expect(painter.passes).toBeGreaterThan(20);
    expect(painter.passes).toBeLessThanOrEqual(32);
    host.take({ kind: 'visible', visible: false });
    const { passes } = painter;
    now += 100;
    host.frame();
    expect(painter.passes).toBe(passes);
  });

  test('after a long pass everything else gets its turn', () => {
    playing(1);
    painter.onPaint = () => (now += 100);
    painter.show(1, { close() {} } as VideoFrame);
    host.frame();
    now += 24;
    host.frame();
    expect(painter.passes).toBe(1);
    now += 1;
    host.frame();
    expect(painter.passes).toBe(2);
  });
});

describe('an old picture', () => {
  test('of another tile is gone from a place when the page is told that the place is taken', () => {
    const placed = () => said.filter((message) => message.kind === 'placed').map(({ id }) => id);
    layOut(1);
    host.frame();
    expect(placed(), 'drawn, and not on the page yet').toEqual([]);
    host.take({ kind: 'place', id: 2, width: 100, height: 50, tiles: [place(2)] });
    host.frame();
    expect(placed()).toEqual([1]);
    for (let frames = 0; frames < 5; frames += 1) host.frame();
    expect(placed()).toEqual([1, 2]);
  });

  test("that waits to be painted when a tile plays anew is none of the new playback's", () => {
    playing(1);
    socket().records(configRecord(small), key(1));
    decoders.made[0]!.give();
    play(1, { playback: 11, ticket: 'again' });
    now += 34;
    host.frame();
    host.tick();
    expect(facts(1)).toMatchObject({ playback: 11, painted: 0, paintedAt: null });
  });

  test('that was not painted before the page was hidden is not painted, and not told of, when it is shown again', () => {
    playing(1);
    socket().records(configRecord(small));
    paint(1);
    socket().records(picture(2));
    const [old] = decoders.made[0]!.give();
    host.take({ kind: 'visible', visible: false });
    expect(old!.closed).toBe(1);
    now += 60_000;
    // What comes while nobody looks (its sound is heard) says nothing of what is on the canvas.
    socket().records(picture(3));
    decoders.made[0]!.give();
    host.take({ kind: 'visible', visible: true });
    now += 34;
    host.frame();
    host.tick();
    expect(facts(1)).toMatchObject({ painted: 1, paintedAt: timeOrigin + 34, receivedAt: key(1).receivedAtUs / 1000 });
  });
});

describe('what the pictures look like', () => {
  test('a picture that never changes, and one in which nothing can be seen', () => {
    playing(1);
    socket().records(configRecord(small));
    for (let sequence = 1; sequence < 200; sequence += 1) {
      paint(sequence);
      now += 33;
    }
    host.tick();
    const { unchangedMs, look } = facts(1);
    expect(unchangedMs).toBeGreaterThan(8_000);
    expect(look?.look).toBe('black');
    painter.shade = 128;
    for (let sequence = 200; sequence < 260; sequence += 1) {
      paint(sequence);
      now += 33;
    }
    host.tick();
    expect(facts(1).unchangedMs).toBeLessThan(4_000);
    expect(facts(1).look?.look).toBe('covered');
  });

  test('is looked at every two seconds, a few tiles at a time, and only when there is a new picture', () => {
    playing(1, 2, 3, 4, 5);
    const round = (sequence: number) => {
      for (let subscription = 1; subscription <= 5; subscription += 1) {
        const record = sequence === 1 ? key(1) : picture(sequence);
        socket().records({ ...configRecord(small), subscription }, { ...record, subscription });
      }
      for (const decoder of decoders.made) decoder.give();
      now += 67;
      host.frame();
    };
    round(1);
    expect(painter.samples).toBe(3);
    round(2);
    expect(painter.samples).toBe(5);
    for (let sequence = 3; sequence < 25; sequence += 1) round(sequence);
    expect(painter.samples).toBe(5);
    now += 60_000;
    host.frame();
    expect(painter.samples).toBe(5);
  });
});

describe('load', () => {
  test('when pictures are long under way the lowest in rank give up the rest of their group', () => {
    playing(1, 2, 3, 4);
    for (let subscription = 1; subscription <= 4; subscription += 1) {
      socket().records({ ...configRecord(small), subscription }, { ...key(1), subscription }, { ...picture(2), subscription });
    }
    now += 900;
    host.tick();
    host.tick();
    const slow = [1, 2, 3, 4].filter((tile) => facts(tile).reason === 'viewer-too-slow');
    expect(slow).toEqual([3, 4]);
  });

  test('never more than a second waits', () => {
    playing(1);
    socket().records(configRecord(small), key(1));
    for (let sequence = 2; sequence < 60; sequence += 1) {
      now += 67;
      socket().records(picture(sequence));
    }
    const before = decoders.made[0]!.fed.length;
    decoders.made[0]!.give();
    expect(decoders.made[0]!.fed.length - before).toBe(0);
    host.tick();
    expect(facts(1)).toMatchObject({ reason: 'viewer-too-slow' });
    socket().records(key(60));
    expect(decoders.made[0]!.fed.at(-1)!.type).toBe('key');
  });
});

describe('the end', () => {
  test('of a playback by the relay, by its line, and by the page', () => {
    playing(1, 2, 3);
    socket().records(configRecord(small), key(1));
    host.take({ kind: 'stop', tile: 1 });
    expect(decoders.made[0]!.state).toBe('closed');
    socket().records(eventRecord({ event: 'ended', code: 'playback-ended', params: {}, ticketKept: false }, 2));
    socket().close();
    expect(said).toEqual([
      { kind: 'ended', tile: 2, playback: 20, code: 'playback-ended', ticketKept: false },
      { kind: 'ended', tile: 3, playback: 30, code: 'relay-unavailable', ticketKept: false },
    ]);
    host.tick();
    expect(figures()).toMatchObject({ decoders: 0, sockets: 0 });
  });

  test('a tile that plays anew gives up what it played', () => {
    playing(1);
    socket().records(configRecord(small), key(1));
    play(1, { playback: 11, ticket: 'again' });
    expect(decoders.made[0]!.state).toBe('closed');
    expect(asked('unsub')).toEqual([{ op: 'unsub', id: 1 }]);
    expect(asked('sub').at(-1)).toMatchObject({ id: 2, ticket: 'again' });
    host.tick();
    expect(facts(1)).toMatchObject({ playback: 11, painted: 0, paintedAt: null });
  });

  test('of everything: no decoder, no picture and no line stays', () => {
    playing(1, 2);
    for (const subscription of [1, 2]) socket().records({ ...configRecord(small), subscription }, { ...key(1), subscription });
    const given = decoders.made.flatMap((decoder) => decoder.give());
    host.dispose();
    expect(given.map(({ closed }) => closed)).toEqual([1, 1]);
    expect(decoders.made.map(({ state }) => state)).toEqual(['closed', 'closed']);
    expect([socket().readyState, painter.disposed]).toEqual([3, true]);
  });
});

describe('what the page says', () => {
  test('mode and rank reach the relay; what nobody sees is not asked for, except for its sound', () => {
    playing(1, 2);
    host.take({ kind: 'mode', tile: 1, mode: 'key' });
    host.take({ kind: 'listen', tile: 2 });
    host.take({ kind: 'visible', visible: false });
    host.take({ kind: 'visible', visible: true });
    host.take({ kind: 'place', id: 2, width: 100, height: 50, tiles: [place(1, { rank: 9 }), place(2)] });
    expect(asked('set')).toEqual([
      { op: 'set', id: 1, mode: 'key', audio: false, rank: 1 },
      { op: 'set', id: 2, mode: 'full', audio: true, rank: 2 },
      { op: 'set', id: 1, mode: 'off', audio: false, rank: 1 },
      { op: 'set', id: 1, mode: 'key', audio: false, rank: 1 },
      { op: 'set', id: 1, mode: 'key', audio: false, rank: 9 },
    ]);
  });

  test('the sound of the one tile that is listened to, and of no other', () => {
    playing(1, 2);
    host.take({ kind: 'listen', tile: 2 });
    const sound = (subscription: number): WallRecord => ({
      ...picture(1),
      subscription,
      type: recordType.audio,
      codec: recordCodec.pcma,
      ptsUs: 5,
      payload: Uint8Array.of(0xd5, 0x55),
    });
    socket().records(sound(1), sound(2));
    const heard = said.filter((message) => message.kind === 'sound');
    expect(heard).toEqual([{ kind: 'sound', tile: 2, sampleRate: 8000, ptsUs: 5, channels: [Float32Array.of(8 / 32_768, -8 / 32_768)] }]);
    host.take({ kind: 'listen', tile: null });
    socket().records(sound(2));
    expect(said.filter((message) => message.kind === 'sound')).toHaveLength(1);
  });

  test('snapshots are answered, also when there is none', async () => {
    host.take({ kind: 'snapshot', id: 1, tile: 4, mark: 'li.wei' });
    host.take({ kind: 'snapshot', id: 2, tile: 13, mark: 'li.wei' });
    await Promise.resolve();
    await Promise.resolve();
    expect(said).toEqual([
      { kind: 'snapshot', id: 1, blob: expect.any(Blob) },
      { kind: 'snapshot', id: 2, blob: null },
    ]);
  });

  test('about tiles that are not there is no matter', () => {
    host.take({ kind: 'mode', tile: 5, mode: 'key' });
    host.take({ kind: 'stop', tile: 5 });
    host.take({ kind: 'listen', tile: 5 });
    host.tick();
    expect(said.at(-1)).toMatchObject({ kind: 'facts', tiles: [] });
  });
});

test('a canvas that comes back in time goes on; one that does not is told of, once', () => {
  const failures = () => said.filter((message) => message.kind === 'failed');
  const tickFor = (ms: number) => {
    for (const end = now + ms; now < end; now += tickEveryMs) host.tick();
  };
  painter.isLost = true;
  tickFor(4_000);
  painter.isLost = false;
  tickFor(4_000);
  painter.isLost = true;
  tickFor(4_000);
  host.take({ kind: 'visible', visible: false });
  tickFor(20_000);
  expect(failures(), 'who is not seen may wait for it').toEqual([]);
  host.take({ kind: 'visible', visible: true });
  tickFor(20_000);
  expect(failures()).toEqual([{ kind: 'failed', detail: expect.stringContaining('did not come back') }]);
});

test('contexts that were lost, and records that could not be read, are counted', () => {
  playing(1);
  painter.lost();
  socket().records({ ...configRecord(small), payload: Uint8Array.of(1) }, { ...picture(1), type: recordType.fmp4Init });
  host.tick();
  expect(figures()).toMatchObject({ contextsLost: 1, strays: 2 });
});

test('figures: how busy it is, and how much is painted', () => {
  playing(1);
  socket().records(configRecord(small));
  painter.onPaint = () => (now += 20);
  for (let sequence = 1; now < 1100; sequence += 1) paint(sequence);
  host.tick();
  expect(figures().paintedPerSecond).toBeGreaterThan(10);
  expect(figures().busy).toBeGreaterThan(0.3);
  expect(figures().busy).toBeLessThan(0.5);
  expect(tickEveryMs).toBeLessThanOrEqual(250);
});

test('bursts are decoded, and only the last of them is painted', () => {
  playing(1);
  socket().records(configRecord(small), key(1, recordFlag.catchUp), picture(2, { flags: recordFlag.catchUp | recordFlag.burstEnd }));
  decoders.made[0]!.give();
  host.frame();
  host.tick();
  expect(facts(1).painted).toBe(1);
});
