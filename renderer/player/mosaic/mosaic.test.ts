import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createMosaic, type Mosaic, type MosaicWorker } from './mosaic.ts';
import type { FromMosaic, MosaicFigures, TileFactsOnTheirWay, ToMosaic } from './mosaic-protocol.ts';
import type { SoundPlayer } from './sound-player.ts';

const offscreen = {} as OffscreenCanvas;
const figures: MosaicFigures = {
  painter: '2d',
  painterReason: null,
  decoders: 1,
  sockets: 1,
  busy: 0.1,
  paintedPerSecond: 15,
  strays: 0,
  contextsLost: 0,
};
const factsOf = (tile: number, playback: number, painted = 1): TileFactsOnTheirWay => ({
  tile,
  playback,
  painted,
  firstPaintedAt: 1,
  paintedAt: 1,
  receivedAt: 1,
  cameraIntervalMs: null,
  unchangedMs: 0,
  look: null,
  width: 320,
  height: 180,
  reason: null,
  skipped: 0,
  rebuilt: 0,
  megapixelsPerSecond: 1,
  audio: null,
});

let told: ToMosaic[];
let heard: string[];
let worker: { say(message: FromMosaic): void; happen(type: string, event: object): void; terminated: boolean };
let mosaic: Mosaic;
let dead: string[];
let clock: { now: number; known: boolean };

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('devicePixelRatio', 1.5);
  told = [];
  heard = [];
  dead = [];
  clock = { now: 0, known: true };
  const listeners = new Map<string, (event: object) => void>();
  worker = {
    say: (data) => listeners.get('message')!({ data }),
    happen: (type, event) => listeners.get(type)!(event),
    terminated: false,
  };
  const sound: SoundPlayer = {
    allow: () => heard.push('allow'),
    push: (sampleRate) => heard.push(`sound ${sampleRate}`),
    mute: () => heard.push('mute'),
    close: () => heard.push('close'),
  };
  const canvas = { transferControlToOffscreen: () => offscreen } as HTMLCanvasElement;
  mosaic = createMosaic(canvas, {
    painter: 'auto',
    hubNow: () => performance.timeOrigin + performance.now() + clock.now,
    clockKnown: () => clock.known,
    onDead: (detail) => dead.push(detail),
    sound,
    worker: () =>
      ({
        postMessage: (message: ToMosaic) => told.push(message),
        terminate: () => (worker.terminated = true),
        addEventListener: (type: string, listener: (event: object) => void) => listeners.set(type, listener),
      }) as unknown as MosaicWorker,
  });
});
afterEach(() => {
  mosaic.dispose();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const toldOf = <K extends ToMosaic['kind']>(kind: K) =>
  told.filter((message): message is Extract<ToMosaic, { kind: K }> => message.kind === kind);
const at = (x: number, width = 100) => ({ x, y: 10, width, height: 50, view: null, dimmed: false, rank: 0 });
const frame = () => vi.advanceTimersByTime(20);

test('the canvas goes to the worker first', () => {
  expect(told).toEqual([{ kind: 'start', canvas: offscreen, painter: 'auto' }]);
});

test('places are told once a frame, in pixels of the screen, without gaps between neighbours', () => {
  mosaic.resize(201, 80);
  const [a, b] = [mosaic.open(), mosaic.open()];
  a.place(at(0, 101));
  b.place(at(5));
  b.place(at(101, 100));
  expect(toldOf('place')).toEqual([]);
  frame();
  expect(toldOf('place')).toEqual([
    {
      kind: 'place',
      id: 1,
      width: 302,
      height: 120,
      tiles: [
        { tile: 1, ...at(0), y: 15, width: 152, height: 75 },
        { tile: 2, ...at(152), y: 15, width: 150, height: 75 },
      ],
    },
  ]);
  a.place(null);
  frame();
  expect(
    toldOf('place')
      .at(-1)!
      .tiles.map(({ tile }) => tile),
  ).toEqual([2]);
  b.close();
  a.place(at(0));
  frame();
  const c = mosaic.open();
  c.place(at(0));
  frame();
  // Numbers are never used again.
  expect(
    toldOf('place')
      .at(-1)!
      .tiles.map(({ tile }) => tile),
  ).toEqual([1, 3]);
  frame();
  expect(toldOf('place')).toHaveLength(4);
});

test('a tile is told when its place on the canvas is its own, for as long as it does not move', () => {
  const tile = mosaic.open();
  const there: boolean[] = [];
  tile.onPlaced((isThere) => there.push(isThere));
  tile.place(at(0));
  expect(there).toEqual([false]);
  frame();
  tile.place(at(100));
  worker.say({ kind: 'placed', id: 1 });
  expect(there, 'it has moved since').toEqual([false, false]);
  frame();
  worker.say({ kind: 'placed', id: 2 });
  worker.say({ kind: 'placed', id: 2 });
  expect(there).toEqual([false, false, true]);
  tile.place({ ...at(100), dimmed: true, rank: 3, view: { x: 0, y: 0, width: 0.5, height: 0.5 } });
  frame();
  expect(there).toHaveLength(3);
});

describe('playbacks', () => {
  const play = () => {
    const tile = mosaic.open();
    const ended: unknown[] = [];
    const stop = tile.play('wss://relay/socket', 't', 'full', (code, ticketKept) => ended.push([code, ticketKept]));
    return { tile, ended, stop };
  };

  test('begin, change their mode, and are ended by the page', () => {
    const { tile, ended, stop } = play();
    tile.setMode('key');
    stop();
    stop();
    tile.setMode('full');
    worker.say({ kind: 'ended', tile: 1, playback: 1, code: 'source-failed', ticketKept: false });
    expect(told.slice(1)).toEqual([
      { kind: 'play', tile: 1, playback: 1, socketUrl: 'wss://relay/socket', ticket: 't', mode: 'full' },
      { kind: 'mode', tile: 1, mode: 'key' },
      { kind: 'stop', tile: 1 },
    ]);
    expect(ended).toEqual([]);
  });

  test('a mode that it has already is not told again', () => {
    const { tile, stop } = play();
    for (const mode of ['full', 'key', 'key', 'off', 'off', 'key'] as const) tile.setMode(mode);
    expect(toldOf('mode').map(({ mode }) => mode)).toEqual(['key', 'off', 'key']);
    stop();
    tile.play('wss://relay/socket', 't2', 'full', () => {});
    tile.setMode('key');
    expect(toldOf('mode')).toHaveLength(4);
  });

  test('end by themselves once', () => {
    const { ended, stop } = play();
    worker.say({ kind: 'ended', tile: 1, playback: 1, code: 'source-failed', ticketKept: true });
    worker.say({ kind: 'ended', tile: 1, playback: 1, code: 'source-failed', ticketKept: true });
    stop();
    expect(ended).toEqual([['source-failed', true]]);
    expect(toldOf('stop')).toEqual([]);
  });

  test("what is told of an earlier one is not taken for the next one's", () => {
    const { tile, ended, stop } = play();
    worker.say({ kind: 'facts', tiles: [factsOf(1, 1, 7)], figures });
    expect(tile.facts?.painted).toBe(7);
    stop();
    const again: unknown[] = [];
    tile.play('wss://relay/socket', 't2', 'full', (code) => again.push(code));
    expect(tile.facts).toBeNull();
    worker.say({ kind: 'facts', tiles: [factsOf(1, 1, 8)], figures });
    worker.say({ kind: 'ended', tile: 1, playback: 1, code: 'playback-ended', ticketKept: false });
    expect([tile.facts, ended, again]).toEqual([null, [], []]);
    worker.say({ kind: 'facts', tiles: [factsOf(1, 2, 1), factsOf(9, 9)], figures });
    expect(tile.facts?.painted).toBe(1);
    expect(mosaic.figures).toEqual(figures);
  });

  test('facts are told to whoever listens, until he stops', () => {
    const { tile } = play();
    const seen: number[] = [];
    const stop = tile.onFacts(({ painted }) => seen.push(painted));
    worker.say({ kind: 'facts', tiles: [factsOf(1, 1, 3)], figures });
    stop();
    worker.say({ kind: 'facts', tiles: [factsOf(1, 1, 4)], figures });
    expect(seen).toEqual([3]);
  });

  test('a tile that is closed stops, and hears nothing more', () => {
    const { tile, ended } = play();
    tile.close();
    tile.close();
    worker.say({ kind: 'facts', tiles: [factsOf(1, 1)], figures });
    worker.say({ kind: 'ended', tile: 1, playback: 1, code: 'source-failed', ticketKept: false });
    expect(toldOf('stop')).toHaveLength(1);
    expect([ended, tile.facts]).toEqual([[], null]);
  });
});

describe('a worker that dies', () => {
  test.each<[string, () => void, string]>([
    ['says so itself', () => worker.say({ kind: 'failed', detail: 'no canvas' }), 'no canvas'],
    ['throws', () => worker.happen('error', { message: 'oops' }), 'oops'],
    ['is not there', () => worker.happen('error', {}), 'the worker could not be started'],
    ['cannot be read', () => worker.happen('messageerror', {}), 'a message of the worker could not be read'],
    ['has gone silent', () => vi.advanceTimersByTime(12_000), 'the worker has gone silent'],
  ])('%s', async (_name, dies, detail) => {
    const tile = mosaic.open();
    const ended: unknown[] = [];
    tile.play('wss://relay/socket', 't', 'full', (code, ticketKept) => ended.push([code, ticketKept]));
    const picture = tile.snapshot('li.wei');
    dies();
    dies();
    expect([dead, ended, worker.terminated]).toEqual([[detail], [['decoder-failed', false]], true]);
    expect(await picture).toBeNull();
    expect(await tile.snapshot('li.wei')).toBeNull();
    tile.play('wss://relay/socket', 't', 'full', (code, ticketKept) => ended.push([code, ticketKept]));
    mosaic.open().play('wss://relay/socket', 't', 'full', (code, ticketKept) => ended.push([code, ticketKept]));
    await Promise.resolve();
    expect(ended.slice(1)).toEqual([
      ['decoder-failed', true],
      ['decoder-failed', true],
    ]);
    mosaic.dispose();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('a page that was stopped as a whole for a while takes no notice of the silence', () => {
    worker.say({ kind: 'facts', tiles: [], figures });
    // The machine slept, or was held: its clock went on, nothing else did.
    vi.setSystemTime(Date.now() + 60_000);
    vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 60_000);
    vi.advanceTimersByTime(2_000);
    expect(dead).toEqual([]);
    vi.restoreAllMocks();
    vi.advanceTimersByTime(12_000);
    expect(dead).toEqual(['the worker has gone silent']);
  });

  test('one that tells its facts lives', () => {
    for (let s = 0; s < 60; s += 1) {
      vi.advanceTimersByTime(1000);
      worker.say({ kind: 'facts', tiles: [], figures });
    }
    expect(dead).toEqual([]);
  });
});

describe('times that the worker tells', () => {
  const painted = (agoMs: number, receivedAt: number) => {
    const at = performance.timeOrigin + performance.now() - agoMs;
    worker.say({ kind: 'facts', tiles: [{ ...factsOf(1, 1), firstPaintedAt: at, paintedAt: at, receivedAt }], figures });
  };
  const hubNow = () => performance.timeOrigin + performance.now() + clock.now;

  test("are the hub's when they are read", () => {
    clock.now = 3_600_000;
    const tile = mosaic.open();
    tile.play('wss://relay/socket', 't', 'full', () => {});
    painted(20, hubNow() - 80);
    expect(tile.facts!.paintedAt! - tile.facts!.receivedAt!).toBeCloseTo(60, 3);
    expect(hubNow() - tile.facts!.firstPaintedAt!).toBeCloseTo(20, 3);
    expect(tile.facts!.paintedAgoMs).toBeCloseTo(20, 3);
    clock.now = 0;
    painted(20, hubNow() - 80);
    expect(tile.facts!.paintedAt! - tile.facts!.receivedAt!, 'a clock that was set meanwhile').toBeCloseTo(60, 3);
  });

  test("give no age while the hub's clock is unknown", () => {
    const tile = mosaic.open();
    tile.play('wss://relay/socket', 't', 'full', () => {});
    clock.known = false;
    painted(20, hubNow() - 80);
    expect(tile.facts).toMatchObject({ receivedAt: null, paintedAt: expect.closeTo(hubNow() - 20, 3) as number });
  });
});

test('snapshots: each has its own answer, a late one is none, and not too many at a time', async () => {
  const tile = mosaic.open();
  const [first, second] = [tile.snapshot('li.wei'), tile.snapshot('li.wei')];
  const blob = new Blob(['x']);
  worker.say({ kind: 'snapshot', id: 2, blob });
  expect(await second).toBe(blob);
  worker.say({ kind: 'facts', tiles: [], figures });
  vi.advanceTimersByTime(5_000);
  expect(await first).toBeNull();
  worker.say({ kind: 'snapshot', id: 1, blob });
  const many = Array.from({ length: 9 }, () => tile.snapshot('li.wei'));
  expect(await many[8]).toBeNull();
  expect(toldOf('snapshot')).toHaveLength(10);
});

test('sound: of the tile that is listened to, silent at once', () => {
  const [a, b] = [mosaic.open(), mosaic.open()];
  const sound = (tile: number, sampleRate: number) => worker.say({ kind: 'sound', tile, sampleRate, channels: [], ptsUs: 0 });
  sound(1, 1);
  mosaic.listen(a, true);
  sound(1, 2);
  mosaic.listen(b, true);
  mosaic.listen(a, false);
  sound(1, 3);
  sound(2, 4);
  b.close();
  sound(2, 5);
  expect(heard).toEqual(['allow', 'mute', 'sound 2', 'allow', 'mute', 'sound 4', 'mute']);
  expect(toldOf('listen').map(({ tile }) => tile)).toEqual([1, 2, null]);
});

test('a hidden page is told to the worker, and its silence is no death', () => {
  const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
  document.dispatchEvent(new Event('visibilitychange'));
  vi.advanceTimersByTime(60_000);
  hidden.mockReturnValue(false);
  document.dispatchEvent(new Event('visibilitychange'));
  expect(toldOf('visible').map(({ visible }) => visible)).toEqual([false, true]);
  expect(dead).toEqual([]);
  hidden.mockRestore();
});
