import { mount, type VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { nextTick, shallowRef } from 'vue';
import type { PanelRef, Scene, ShownReport } from '../../layouts/contract.ts';
import { problem, ProblemError, type ErrorCode } from '../../main/contract/errors.ts';
import { createFakeHub, type FakeHub } from '../hub-client/fake-hub.ts';
import { i18n, setLocale } from '../i18n/index.ts';
import type { Mosaic, MosaicOptions, MosaicTile } from '../player/mosaic/mosaic.ts';
import type { TileFacts, TilePlace } from '../player/mosaic/mosaic-protocol.ts';
import { playerWishes } from '../player/player-choice.ts';
import type { PlayerEngine, PlayerTarget } from '../player/player-engine.ts';
import { hubKey } from '../stores/hub.ts';
import type { WallPlayers } from './wall-players.ts';
import WallScreen from './WallScreen.vue';

interface Playing<T extends PlayerTarget = HTMLVideoElement> {
  readonly engine: PlayerEngine['name'];
  readonly target: T;
  readonly ticket: string;
  readonly signal: AbortSignal;
  fail(reason: ErrorCode): void;
}

let hub: FakeHub;
let page: VueWrapper | null;
let playing: Playing[];
/** Paints a frame into a video element, received by the relay `ageMs` ago. */
let paint: (video: HTMLVideoElement, ageMs?: number) => void;
let ages: Map<HTMLVideoElement, number>;

const elementEngine = (name: 'hls' | 'mse', nominalDelayMs: number): PlayerEngine<HTMLVideoElement> => ({
  name,
  nominalDelayMs,
  cannotPlay: () => null,
  attach(target, { ticket }, signal) {
    const { promise, resolve } = Promise.withResolvers<ErrorCode | null>();
    signal.addEventListener('abort', () => resolve(null));
    playing.push({ engine: name, target, ticket, signal, fail: resolve });
    return { ended: promise, receivedAt: () => Date.now() - (ages.get(target) ?? 0) };
  },
});

/** A tile of a mosaic that paints only what the test says. */
class FakeTile implements MosaicTile {
  readonly kind = 'mosaic-tile';
  at: Omit<TilePlace, 'tile'> | null = null;
  facts: TileFacts | null = null;
  mode: string | null = null;
  closed = false;
  placed: (isThere: boolean) => void = () => {};
  readonly #listeners = new Set<(facts: TileFacts) => void>();
  place(place: Omit<TilePlace, 'tile'> | null): void {
    this.at = place;
  }
  onPlaced(listener: (isThere: boolean) => void): () => void {
    this.placed = listener;
    return () => (this.placed = () => {});
  }
  play(): () => void {
    throw new Error('engines of these tests play by themselves');
  }
  setMode(mode: string): void {
    this.mode = mode;
  }
  onFacts(listener: (facts: TileFacts) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  snapshot(mark: string): Promise<Blob | null> {
    return Promise.resolve(new Blob([`png ${mark}`]));
  }
  close(): void {
    this.closed = true;
  }
  told(more: Partial<TileFacts>): void {
    this.facts = { ...noFacts, ...this.facts, ...more };
    for (const listener of this.#listeners) listener(this.facts);
  }
  /** Paints one more picture, received by the relay `ageMs` ago. */
  paint(ageMs = 60): void {
    this.told({ painted: (this.facts?.painted ?? 0) + 1, paintedAt: Date.now(), receivedAt: Date.now() - ageMs, width: 640, height: 360 });
  }
}
const noFacts: TileFacts = {
  tile: 1,
  playback: 1,
  painted: 0,
  firstPaintedAt: null,
  paintedAt: null,
  paintedAgoMs: null,
  receivedAt: null,
  cameraIntervalMs: null,
  unchangedMs: 0,
  look: null,
  width: 0,
  height: 0,
  reason: null,
  skipped: 0,
  rebuilt: 0,
  megapixelsPerSecond: 0,
  audio: null,
};

let mosaics: (MosaicOptions & { tiles: FakeTile[]; listened: MosaicTile | null; disposed: boolean })[];
let streams: Map<MosaicTile, string>;
let onMosaic: Playing<MosaicTile>[];
let mosaicLacks: ErrorCode | null;

const mosaicEngine: PlayerEngine<MosaicTile> = {
  name: 'mosaic',
  nominalDelayMs: 150,
  cannotPlay: () => mosaicLacks,
  attach(target, { ticket }, signal, stream = 'sub') {
    const { promise, resolve } = Promise.withResolvers<ErrorCode | null>();
    signal.addEventListener('abort', () => resolve(null));
    onMosaic.push({ engine: 'mosaic', target, ticket, signal, fail: resolve });
    streams.set(target, stream);
    return { ended: promise, receivedAt: () => null, setStream: (next) => void streams.set(target, next) };
  },
};
const playersFor = (query: string): WallPlayers => ({
  wishes: playerWishes(query),
  mosaic: mosaicEngine,
  mse: elementEngine('mse', 700),
  hls: elementEngine('hls', 1500),
  createMosaic(_canvas, options): Mosaic {
    const made = { ...options, tiles: [] as FakeTile[], listened: null as MosaicTile | null, disposed: false };
    mosaics.push(made);
    return {
      open() {
        const tile = new FakeTile();
        made.tiles.push(tile);
        return tile;
      },
      figures: null,
      listen(tile, on) {
        if (on) made.listened = tile;
        else if (made.listened === tile) made.listened = null;
      },
      resize() {},
      dispose: () => (made.disposed = true),
    };
  },
});

const video = (cameraId: string): PanelRef => ({ panel: 'video', cameraId, profile: 'auto' }) as PanelRef;
const camera = (id: string, name: string) => ({
  id,
  number: `N-${id}`,
  name,
  district: '3302',
  status: { state: 'online', at: 0, by: null, reason: null },
  simulated: false,
});
const wall = (scene: Scene, revision = 1) => ({
  id: 'main',
  name: '指挥大厅',
  pixelPitchMm: 0.634,
  farthestSeatM: 6,
  revision: 1,
  simulated: false,
  drill: false,
  spanning: [],
  screens: [
    {
      id: '1',
      name: '左屏',
      rect: { x: 0, y: 0, width: 1920, height: 1080 },
      scene,
      revision,
      changedBy: null,
      changedAt: null,
      shown: null,
    },
  ],
});
const grid = (cols: number, ...tiles: (PanelRef | null)[]): Scene => ({
  kind: 'grid',
  rows: Math.ceil(tiles.length / cols),
  cols,
  tiles,
});

const step = (id: string) => ({ scene: grid(1, video(id)) as Exclude<Scene, { kind: 'tour' }>, dwellMs: 5000 });

beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000 });
  vi.stubGlobal('innerWidth', 1920);
  vi.stubGlobal('innerHeight', 1080);
  localStorage.clear();
  playing = [];
  onMosaic = [];
  mosaics = [];
  streams = new Map();
  mosaicLacks = null;
  ages = new Map();
  const callbacks = new Map<HTMLVideoElement, VideoFrameRequestCallback>();
  const counts = new Map<HTMLVideoElement, number>();
  HTMLVideoElement.prototype.requestVideoFrameCallback = function (callback) {
    callbacks.set(this, callback);
    return 1;
  };
  HTMLVideoElement.prototype.cancelVideoFrameCallback = function () {
    callbacks.delete(this);
  };
  paint = (target, ageMs = 1200) => {
    ages.set(target, ageMs);
    const presentedFrames = (counts.get(target) ?? 0) + 1;
    counts.set(target, presentedFrames);
    callbacks.get(target)?.(performance.now(), { presentedFrames, mediaTime: presentedFrames / 15 } as VideoFrameCallbackMetadata);
  };
  hub = createFakeHub();
  let leases = 0;
  const lease = ({ cameraId, profile }: { cameraId: string; profile: string }) => ({
    leaseId: `l${++leases}`,
    ticket: `${cameraId}:${profile}`,
    expiresAt: 0,
    urls: { hls: '', socket: '' },
  });
  hub.answers.set('stream.lease', lease);
  hub.answers.set('stream.lease-many', ({ wants }: { wants: { cameraId: string; profile: string }[] }) => ({ leases: wants.map(lease) }));
  hub.answers.set('stream.release', () => ({}));
  hub.answers.set('wall.report', () => ({}));
  hub.answers.set('session.who', () => ({ name: 'wall:main:1', workstation: '10.1.2.3', screen: { wallId: 'main', screenId: '1' } }));
  page = null;
});
afterEach(() => {
  page?.unmount();
  setLocale('zh-CN');
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** Without the mosaic unless the query says otherwise. */
async function show(query = '?engine=hls', more: object = {}): Promise<VueWrapper> {
  page = mount(WallScreen, {
    props: { wallId: 'main', screenId: '1', players: playersFor(query), shell: { kind: 'browser', heartbeat() {} }, ...more },
    global: { plugins: [i18n], provide: { [hubKey as symbol]: hub } },
    attachTo: document.body,
  });
  await vi.advanceTimersByTimeAsync(0);
  return page;
}
/** Lets `ms` pass while every tile of the mosaic in `moving` paints 20 frames a second. */
async function paintFor(ms: number, ...moving: FakeTile[]): Promise<void> {
  for (let past = 0; past < ms; past += 50) {
    for (const tile of moving) tile.paint();
    await vi.advanceTimersByTimeAsync(50);
  }
}
/** Lets `ms` pass while every element in `moving` paints 20 frames a second. */
async function pass(ms: number, ...moving: HTMLVideoElement[]): Promise<void> {
  for (let past = 0; past < ms; past += 50) {
    for (const target of moving) paint(target);
    await vi.advanceTimersByTimeAsync(50);
  }
}
const lastReport = () => (hub.commands.findLast(({ name }) => name === 'wall.report')!.args as { shown: ShownReport }).shown;
const states = () => lastReport().tiles.map((tile) => tile.state);

test('shows names, plays, counts what is live, and reports what it really shows', async () => {
  hub.put('walls', 'main', wall(grid(2, video('a'), video('b'), { panel: 'note', text: '值班电话 8888' } as PanelRef, null), 7));
  hub.put('cameras', 'a', camera('a', '人民广场'));
  hub.put('cameras', 'b', camera('b', '火车站'));
  const shown = await show();
  expect(hub.held('cameras')).toEqual([{ ids: ['a', 'b'], fields: ['id', 'number', 'name', 'status', 'link', 'simulated'] }]);
  expect(shown.text()).toContain('人民广场');
  expect(shown.text()).toContain('值班电话 8888');
  expect(playing).toHaveLength(2);
  await pass(2000, playing[0]!.target);
  const report = lastReport();
  expect(report.revision).toBe(7);
  expect(report.tiles.map(({ cameraId, state, engine: by }) => [cameraId, state, by])).toEqual([
    ['a', 'live', 'hls'],
    ['b', 'starting', 'hls'],
    [null, 'empty', 'none'],
    [null, 'empty', 'none'],
  ]);
  expect(report.tiles[0]!.frameAgeMs).toBeGreaterThanOrEqual(1200);
  expect(report.tiles[0]!.fps).toBeCloseTo(20, 0);
  expect(shown.find('.count').text()).toBe('1 / 2 路实时');
});

test('a picture that stops is never shown as live, and says since when', async () => {
  hub.put('walls', 'main', wall(grid(1, video('a'))));
  const shown = await show();
  const { target } = playing[0]!;
  Object.defineProperty(target, 'paused', { value: false });
  await pass(2000, target);
  expect(states()).toEqual(['live']);
  expect(shown.find('.video-panel').classes()).not.toContain('dimmed');
  await pass(3500);
  expect(states()).toEqual(['stalled']);
  expect(shown.find('.video-panel').classes()).toContain('dimmed');
  expect(shown.find('.headline').text()).toBe('画面停滞');
  expect(shown.find('.since').text()).toMatch(/^自 \d\d:\d\d:\d\d$/);
  expect(lastReport().tiles[0]!.frameAgeMs).toBeGreaterThan(3000);
});

test('a picture in which nothing can be seen is suspect, says why, and is told so to the hub', async () => {
  const pixels = new Uint8ClampedArray(32 * 18 * 4).fill(3);
  const surface = { drawImage() {}, getImageData: () => ({ data: pixels }) };
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(surface as never);
  hub.put('walls', 'main', wall(grid(1, video('a'))));
  const shown = await show();
  const { target } = playing[0]!;
  Object.defineProperties(target, { readyState: { value: 4 }, videoWidth: { value: 1280 } });
  const flicker = async (ms: number, light: number) => {
    for (let left = ms; left > 0; left -= 500) {
      pixels.fill(light + (left % 1000 ? 1 : 0));
      await pass(500, target);
    }
  };
  await flicker(5000, 3);
  expect(states()).toEqual(['live']);
  await flicker(5000, 3);
  expect(lastReport().tiles[0]).toMatchObject({ state: 'suspect', reason: 'picture-black' });
  expect(shown.find('.word').text()).toBe('画面全黑');
  await flicker(10_000, 120);
  expect(lastReport().tiles[0]).toMatchObject({ state: 'suspect', reason: 'picture-covered' });
  expect(shown.find('.word').text()).toBe('镜头疑被遮挡');
});

test('a picture that is transcoded says so, quietly', async () => {
  const link = { at: 0, profile: 'sub', codec: 'h265', fps: 25, kbps: 900, gopMs: 2000, transcoding: true, quality: null };
  hub.put('walls', 'main', wall(grid(1, video('a'))));
  hub.put('cameras', 'a', { ...camera('a', '人民广场'), link });
  const shown = await show();
  expect(shown.find('.transcoded').exists()).toBe(false);
  await pass(1000, playing[0]!.target);
  expect(shown.find('.transcoded').text()).toBe('转码');
});

test('a late picture is called delayed', async () => {
  hub.put('walls', 'main', wall(grid(1, video('a'))));
  await show();
  for (let i = 0; i < 40; i++) {
    paint(playing[0]!.target, 2600);
    await vi.advanceTimersByTimeAsync(50);
  }
  expect(states()).toEqual(['delayed']);
});

test('a source that failed is offline with its reason, and comes back by itself', async () => {
  hub.put('walls', 'main', wall(grid(1, video('a'))));
  const shown = await show();
  playing[0]!.fail('source-file-missing');
  await pass(1200);
  expect(lastReport().tiles[0]).toMatchObject({ state: 'offline', reason: 'source-file-missing' });
  expect(shown.find('.why').text()).not.toBe('');
  expect(shown.find('.mark .is-offline').exists()).toBe(true);
  await pass(3000);
  const again = playing.at(-1)!.target;
  await pass(2000, again);
  expect(states()).toEqual(['live']);
});

test('when the scene changes, a camera that stays keeps its player and element; the others are freed', async () => {
  hub.put('walls', 'main', wall(grid(3, video('a'), video('b'), video('c'), null)));
  const shown = await show();
  await pass(1000, ...playing.map(({ target }) => target));
  const kept = playing[1]!;
  hub.put('walls', 'main', wall(grid(3, video('d'), null, video('b')), 2));
  await pass(1200, kept.target);
  expect(kept.signal.aborted).toBe(false);
  expect(shown.find('[data-camera="b"] video').element).toBe(kept.target);
  expect(
    playing.filter(({ signal }) => !signal.aborted).map(({ target }) => target.closest('[data-camera]')?.getAttribute('data-camera')),
  ).toEqual(['b', 'd']);
  expect(hub.commands.filter(({ name }) => name === 'stream.release')).toHaveLength(2);
  expect(lastReport()).toMatchObject({ revision: 2, tiles: [{ cameraId: 'd' }, { state: 'empty' }, { cameraId: 'b', state: 'live' }] });
});

test('beyond its budget a screen decodes nothing and says so', async () => {
  hub.put('walls', 'main', wall(grid(4, ...Array.from({ length: 12 }, (_, index) => video(`c${index}`)))));
  const shown = await show();
  await pass(1200);
  expect(playing).toHaveLength(9);
  expect(lastReport().tiles.filter((tile) => tile.reason === 'decode-budget')).toHaveLength(3);
  expect(shown.text()).toContain('超出本屏解码预算');
  expect(shown.findAll('.mark')).toHaveLength(0);
  // As soon as there is room, it plays.
  hub.put('walls', 'main', wall(grid(2, video('c11'), video('c0')), 2));
  await pass(100);
  expect(
    playing.filter(({ signal }) => !signal.aborted).map(({ target }) => target.closest('[data-camera]')?.getAttribute('data-camera')),
  ).toEqual(['c0', 'c11']);
});

test('without the hub it goes on with the last layout and says so', async () => {
  hub.put('walls', 'main', wall(grid(1, video('a'))));
  const shown = await show();
  await pass(1000, playing[0]!.target);
  const reports = hub.commands.length;
  hub.setConnection({ kind: 'stale', since: Date.now() });
  await pass(1500, playing[0]!.target);
  expect(shown.find('[data-connection="stale"] .banner').text()).toContain('与中心失去联系');
  expect(playing[0]!.signal.aborted).toBe(false);
  expect(hub.commands.length).toBe(reports);
  hub.setConnection({ kind: 'live' });
  await nextTick();
  expect(shown.find('.banner').exists()).toBe(false);
});

test('loaded while the hub is away, it shows the cached layout', async () => {
  hub.put('walls', 'main', wall(grid(1, video('a'))));
  await show();
  hub.put('walls', 'main', wall(grid(1, { panel: 'note', text: '明日演练' } as PanelRef), 2));
  await nextTick();
  page!.unmount();
  hub = createFakeHub();
  hub.setConnection({ kind: 'connecting' });
  const shown = await show();
  expect(shown.text()).toContain('明日演练');
  expect(shown.find('.banner').text()).toContain('显示上次布局');
});

test('what is cached of a wall that is gone is not shown as one', async () => {
  localStorage.setItem('taodu.wall.main', JSON.stringify(wall(grid(1, null))));
  hub.put('walls', 'other', { id: 'other' });
  expect((await show()).find('.nothing').text()).toContain('main');
});

test('a tour moves on by the hub’s clock', async () => {
  hub.put('walls', 'main', wall({ kind: 'tour', steps: [step('a'), step('b')], startedAt: Date.now() - 3000 }));
  const shown = await show();
  expect(shown.find('[data-camera]').attributes('data-camera')).toBe('a');
  await vi.advanceTimersByTimeAsync(2100);
  expect(shown.find('[data-camera]').attributes('data-camera')).toBe('b');
  await vi.advanceTimersByTimeAsync(5000);
  expect(shown.find('[data-camera]').attributes('data-camera')).toBe('a');
});

test('what a tour shows next plays before it is seen, and begins with its picture', async () => {
  hub.put('walls', 'main', wall({ kind: 'tour', steps: [step('a'), step('b')], startedAt: Date.now() }));
  hub.put('cameras', 'b', camera('b', '火车站'));
  const shown = await show('');
  const cameras = () => mosaics[0]!.tiles.filter(({ closed }) => !closed).length;
  expect(cameras()).toBe(1);
  await vi.advanceTimersByTimeAsync(2600);
  expect(onMosaic.map(({ ticket }) => ticket)).toEqual(['a:main', 'b:main']);
  const next = onMosaic[1]!.target as FakeTile;
  expect(next.at, 'nobody sees it').toBeNull();
  expect(shown.findAll('[data-camera]')).toHaveLength(1);
  next.told({ width: 640, height: 360 });
  await vi.advanceTimersByTimeAsync(2500);
  expect(shown.find('[data-camera]').attributes('data-camera')).toBe('b');
  expect(onMosaic, 'it goes on').toHaveLength(2);
  expect(onMosaic.map(({ signal }) => signal.aborted)).toEqual([true, false]);
  expect(next.at).toMatchObject({ x: 0, width: 1920 });
  expect(shown.find('.starting').exists(), 'it has a picture').toBe(false);
  const marks = () => ['data-unnamed', 'data-covered'].filter((name) => shown.find('.video-panel').attributes(name) !== undefined);
  next.placed(false);
  expect(marks(), 'its name comes with its picture').toEqual(['data-unnamed']);
  next.placed(true);
  expect(marks()).toEqual([]);
  expect(shown.text()).toContain('火车站');
  await vi.advanceTimersByTimeAsync(2000);
  expect(shown.find('.starting').exists(), 'but if none is painted it says so').toBe(true);
  expect(cameras()).toBe(1);
  await paintFor(1000, next);
  expect(states()).toEqual(['live']);
  expect((page!.vm as unknown as { begun(): object }).begun()).toEqual({ begun: 2, preloaded: 1, withPicture: 1 });
});

test('what was made ready is given back when another scene comes', async () => {
  hub.put('walls', 'main', wall({ kind: 'tour', steps: [step('a'), step('b')], startedAt: Date.now() }));
  await show('');
  await vi.advanceTimersByTimeAsync(2600);
  hub.put('walls', 'main', wall(grid(1, video('a')), 2));
  await vi.advanceTimersByTimeAsync(0);
  expect(onMosaic.map(({ ticket, signal }) => [ticket, signal.aborted])).toEqual([
    ['a:main', false],
    ['b:main', true],
  ]);
  expect((onMosaic[1]!.target as FakeTile).closed).toBe(true);
  expect(hub.commands.filter(({ name }) => name === 'stream.release')).toHaveLength(1);
});

test('a tour that is paused stands, and says so by a shape', async () => {
  const at = Date.now();
  hub.put('walls', 'main', wall({ kind: 'tour', steps: [step('a'), step('b')], startedAt: at - 1000, pausedAt: at }));
  const shown = await show('');
  expect(shown.find('.tour .sign').exists()).toBe(true);
  await vi.advanceTimersByTimeAsync(15_000);
  expect(shown.find('[data-camera]').attributes('data-camera')).toBe('a');
  expect(onMosaic).toHaveLength(1);
  hub.put('walls', 'main', wall(grid(1, video('a')), 2));
  await vi.advanceTimersByTimeAsync(0);
  expect(shown.find('.tour').exists()).toBe(false);
});

test('a refusal is shown in words', async () => {
  hub.setConnection({ kind: 'refused', reason: problem('login-required') });
  const shown = await show();
  expect(shown.find('.banner').text()).not.toBe('');
});

test('simulated cameras are marked', async () => {
  hub.put('cameras', 'a', { ...camera('a', '人民广场'), simulated: true });
  hub.put('walls', 'main', wall(grid(1, video('a'))));
  expect((await show()).find('.simulated').text()).toBe('模拟数据');
});

test('L changes the language, the mouse pointer hides after three seconds', async () => {
  hub.put('walls', 'main', wall(grid(1, video('a'))));
  const shown = await show();
  dispatchEvent(new KeyboardEvent('keydown', { key: 'l' }));
  await nextTick();
  expect(shown.text()).toContain('0 / 1 live');
  expect(shown.classes()).not.toContain('idle');
  await vi.advanceTimersByTimeAsync(3000);
  expect(shown.classes()).toContain('idle');
  dispatchEvent(new MouseEvent('mousemove'));
  await nextTick();
  expect(shown.classes()).not.toContain('idle');
});

test('leaving frees every player, subscription and timer', async () => {
  hub.put('walls', 'main', wall(grid(2, video('a'), { panel: 'camera-health' } as PanelRef, { panel: 'clock' } as PanelRef, video('b'))));
  const shown = await show();
  hub.put('cameras', 'a', camera('a', '人民广场'));
  await pass(1000);
  shown.unmount();
  page = null;
  await vi.advanceTimersByTimeAsync(100);
  expect(playing.every(({ signal }) => signal.aborted)).toBe(true);
  expect([...hub.held('walls'), ...hub.held('cameras'), ...hub.held('districts')]).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});

test('a hub that refuses the picture gives its reason', async () => {
  hub.answers.set('stream.lease', () => {
    throw new ProblemError(problem('camera-unknown'));
  });
  hub.put('walls', 'main', wall(grid(1, video('gone'))));
  await show();
  await pass(1200);
  expect(lastReport().tiles[0]).toMatchObject({ state: 'offline', reason: 'camera-unknown' });
});

// ---- the mosaic

const tileOf = (cameraId: string) =>
  onMosaic.findLast(({ ticket, signal }) => ticket.startsWith(`${cameraId}:`) && !signal.aborted)!.target as FakeTile;
const key = (name: string) => dispatchEvent(new KeyboardEvent('keydown', { key: name }));

test('a hundred tiles are one canvas, a place each, one lease command, and no video element', async () => {
  hub.put('walls', 'main', wall(grid(10, ...Array.from({ length: 100 }, (_, index) => video(`c${index}`)))));
  const shown = await show('');
  await vi.advanceTimersByTimeAsync(20);
  expect(shown.findAll('canvas.mosaic')).toHaveLength(1);
  expect(shown.findAll('video')).toHaveLength(0);
  expect(hub.commands.filter(({ name }) => name.startsWith('stream.lease')).map(({ name }) => name)).toEqual(['stream.lease-many']);
  expect(onMosaic).toHaveLength(100);
  expect(tileOf('c0').at).toMatchObject({ x: 0, y: 43, width: 192, dimmed: false, view: null });
  await paintFor(2000, ...(onMosaic.map(({ target }) => target) as FakeTile[]));
  const { tiles } = lastReport();
  expect(new Set(tiles.map((tile) => `${tile.engine} ${tile.stream} ${tile.state}`))).toEqual(new Set(['mosaic sub live']));
  expect(tiles[0]!.fps).toBeCloseTo(20, 0);
  expect(tiles[0]!.frameAgeMs).toBe(60);
});

test('live tiles of a dense wall change nothing in the document', async () => {
  hub.put('walls', 'main', wall(grid(8, ...Array.from({ length: 64 }, (_, index) => video(`c${index}`)))));
  const shown = await show('');
  const all = onMosaic.map(({ target }) => target) as FakeTile[];
  await paintFor(2000, ...all);
  const changes: MutationRecord[] = [];
  const observer = new MutationObserver((seen) => changes.push(...seen));
  for (const panel of shown.findAll('.video-panel'))
    observer.observe(panel.element, { subtree: true, childList: true, attributes: true, characterData: true });
  for (const age of [20, 140, 700, 60]) {
    for (const tile of all) tile.paint(age);
    await vi.advanceTimersByTimeAsync(500);
  }
  expect(changes).toEqual([]);
  observer.disconnect();
});

test('a tile that leaves pictures out says why, and one that stops is dimmed on the canvas and stalled', async () => {
  hub.put('walls', 'main', wall(grid(4, ...Array.from({ length: 16 }, (_, index) => video(`c${index}`)))));
  const shown = await show('');
  const tile = tileOf('c0');
  await paintFor(2000, tile);
  tile.told({ reason: 'viewer-too-slow' });
  await paintFor(1000, tile);
  expect(lastReport().tiles[0]).toMatchObject({ state: 'live', reason: 'viewer-too-slow' });
  expect(shown.find('[data-camera="c0"] .word').text()).toBe('本屏过载');
  tile.told({ reason: null });
  await paintFor(1000, tile);
  expect(shown.find('[data-camera="c0"] .word').exists()).toBe(false);
  await vi.advanceTimersByTimeAsync(3500);
  expect(lastReport().tiles[0]).toMatchObject({ state: 'stalled' });
  expect(tile.at!.dimmed).toBe(true);
});

test('a camera that fails while its playback goes on is offline with the relay’s reason, and no player is begun anew', async () => {
  hub.put('walls', 'main', wall(grid(1, video('a'))));
  await show('');
  tileOf('a').told({ reason: 'path-starting' });
  await vi.advanceTimersByTimeAsync(1200);
  expect(lastReport().tiles[0]).toMatchObject({ state: 'starting', reason: 'path-starting' });
  tileOf('a').told({ reason: 'source-unreachable' });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(lastReport().tiles[0]).toMatchObject({ state: 'offline', reason: 'source-unreachable' });
  expect(onMosaic).toHaveLength(1);
  await paintFor(1500, tileOf('a'));
  tileOf('a').told({ reason: null });
  await paintFor(1000, tileOf('a'));
  expect(states()).toEqual(['live']);
});

test('a small tile, too, has the reason why there is no picture, in few words', async () => {
  hub.put('walls', 'main', wall(grid(8, ...Array.from({ length: 64 }, (_, index) => video(`c${index}`)))));
  const shown = await show('');
  tileOf('c0').told({ reason: 'source-unreachable' });
  tileOf('c1').told({ reason: 'source-queued' });
  tileOf('c2').told({ reason: 'path-starting' });
  await vi.advanceTimersByTimeAsync(1200);
  expect(shown.find('[data-camera="c0"]').classes()).toContain('dense');
  expect(shown.find('[data-camera="c0"] .trouble').text()).toBe('无画面摄像机连不上');
  expect(shown.find('[data-camera="c1"] .starting').text()).toBe('排队等待连接');
  expect(shown.find('[data-camera="c2"] .starting').text()).toBe('连接中');
});

test('more than the screen can decode: key pictures only, said quietly, and never called live or stalled', async () => {
  vi.stubGlobal('navigator', { ...navigator, userAgent: 'test', hardwareConcurrency: 2 });
  localStorage.setItem(
    'taodu.decode-capacity',
    JSON.stringify({ cores: 2, userAgent: 'test', megapixelsPerSecond: 20, measuredAt: Date.now() }),
  );
  hub.put('walls', 'main', wall(grid(5, ...Array.from({ length: 25 }, (_, index) => video(`c${index}`)))));
  const shown = await show('');
  const thinned = onMosaic.filter(({ target }) => streams.get(target) === 'key-only');
  expect(thinned.length).toBeGreaterThan(5);
  expect(thinned.length).toBeLessThan(25);
  for (let second = 0; second < 12; second += 2) {
    for (const { target } of thinned) (target as FakeTile).paint(100);
    await vi.advanceTimersByTimeAsync(2000);
  }
  const { tiles, capacity } = lastReport();
  const keyOnly = tiles.filter(({ stream }) => stream === 'key-only');
  expect(keyOnly).toHaveLength(thinned.length);
  for (const tile of keyOnly) expect(tile).toMatchObject({ state: 'delayed', reason: 'decode-budget', engine: 'mosaic' });
  expect(capacity).toMatchObject({ megapixelsPerSecond: 20 });
  expect(shown.find('.word').text()).toBe('超预算 · 仅关键帧');
  expect(shown.find('.is-delayed .mark').exists()).toBe(false);
});

test('until the canvas has a tile where it lies, whatever is still seen there is covered', async () => {
  const shown = await dense();
  const covered = () => shown.findAll('[data-covered]').map((found) => found.attributes('data-camera'));
  tileOf('b').placed(false);
  expect(covered()).toEqual(['b']);
  tileOf('b').told({ reason: 'viewer-too-slow' });
  await vi.advanceTimersByTimeAsync(500);
  expect(covered(), 'whatever else is rendered').toEqual(['b']);
  tileOf('b').placed(true);
  expect(covered()).toEqual([]);
});

test('a tile that moves within the scene keeps its player and its place on the canvas follows', async () => {
  hub.put('walls', 'main', wall(grid(2, video('a'), video('b'), video('c'), null)));
  await show('');
  const kept = tileOf('b');
  hub.put('walls', 'main', wall(grid(3, video('d'), null, video('b')), 2));
  await paintFor(1200, kept);
  expect(tileOf('b')).toBe(kept);
  expect(kept.at).toMatchObject({ x: 1280, width: 640 });
  expect(onMosaic.filter(({ signal }) => !signal.aborted)).toHaveLength(2);
  expect(mosaics[0]!.tiles.filter(({ closed }) => closed)).toHaveLength(2);
  expect(lastReport()).toMatchObject({ revision: 2, wallRevision: 1, tiles: [{ cameraId: 'd' }, { state: 'empty' }, { state: 'live' }] });
});

test('a video that lies over others has an element of its own', async () => {
  const over = {
    ...wall(grid(2, video('a'), video('b'))),
    spanning: [{ tileId: 'x', rect: { x: 200, y: 200, width: 800, height: 450 }, panel: video('c') }],
  };
  hub.put('walls', 'main', over);
  await show('');
  await vi.advanceTimersByTimeAsync(1100);
  expect(lastReport().tiles.map(({ tileId, engine: by }) => [tileId, by])).toEqual([
    ['g-0-0', 'mosaic'],
    ['g-0-1', 'mosaic'],
    ['w-x', 'mse'],
  ]);
});

test('a mosaic that dies is made anew; after the second time hls.js plays what it can, and the page says why', async () => {
  hub.put('walls', 'main', wall(grid(4, ...Array.from({ length: 12 }, (_, index) => video(`c${index}`)))));
  const shown = await show('');
  const told: Error[] = [];
  vi.stubGlobal('reportError', (error: Error) => told.push(error));
  const first = shown.find('canvas').element;
  mosaics[0]!.onDead!('test');
  await vi.advanceTimersByTimeAsync(1100);
  expect(shown.find('canvas').element).not.toBe(first);
  expect(mosaics).toHaveLength(2);
  expect(onMosaic.filter(({ signal }) => !signal.aborted)).toHaveLength(12);
  expect(shown.find('.lacking').exists()).toBe(false);
  mosaics[1]!.onDead!('test');
  await vi.advanceTimersByTimeAsync(1100);
  expect(told.map(({ message }) => message)).toEqual([expect.stringContaining('test'), expect.stringContaining('test')]);
  expect(mosaics.every(({ disposed }) => disposed)).toBe(true);
  expect(shown.find('canvas').exists()).toBe(false);
  expect(playing.filter(({ signal }) => !signal.aborted)).toHaveLength(9);
  expect(shown.find('.lacking').text()).not.toBe('');
  expect(lastReport().tiles.filter(({ engine: by }) => by === 'none')).toHaveLength(3);
});

test('a mosaic that dies now and then, weeks apart, is always made anew', async () => {
  hub.put('walls', 'main', wall(grid(1, video('a'))));
  const shown = await show('');
  vi.stubGlobal('reportError', () => {});
  for (let died = 0; died < 4; died += 1) {
    // The page's clock, not its timers: nothing else happens in a week.
    vi.spyOn(performance, 'now').mockReturnValue((died + 1) * 7 * 86_400_000);
    mosaics.at(-1)!.onDead!('test');
    await vi.advanceTimersByTimeAsync(0);
  }
  expect(mosaics).toHaveLength(5);
  expect(shown.find('.lacking').exists()).toBe(false);
});

test('without a secure context the page says so and plays with hls.js', async () => {
  mosaicLacks = 'insecure-context';
  hub.put('walls', 'main', wall(grid(1, video('a'))));
  const shown = await show('');
  expect(playing).toHaveLength(1);
  expect(shown.find('.lacking').text()).toContain('TLS');
  setLocale('en');
  await nextTick();
  expect(shown.find('.lacking').text()).toContain('without TLS');
});

// ---- a person before the screen

const dense = async () => {
  hub.put('walls', 'main', wall(grid(2, video('a'), video('b'), video('c'), video('d'))));
  for (const id of ['a', 'b', 'c', 'd']) hub.put('cameras', id, camera(id, `路口 ${id}`));
  const shown = await show('');
  await paintFor(1000, ...(onMosaic.map(({ target }) => target) as FakeTile[]));
  return shown;
};

test('arrows select, Enter shows the tile alone on the large picture, Escape comes back', async () => {
  const shown = await dense();
  key('ArrowRight');
  await nextTick();
  expect(shown.find('.tile.selected').attributes('data-tile')).toBe('g-0-0');
  key('ArrowRight');
  key('Enter');
  await vi.advanceTimersByTimeAsync(50);
  expect(playing.map(({ engine: by, ticket }) => [by, ticket])).toEqual([['mse', 'b:main']]);
  expect(shown.find('.tile.focus .number').text()).toBe('N-b');
  await pass(1500, playing[0]!.target);
  expect(lastReport()).toMatchObject({ focus: 'g-0-1' });
  expect(lastReport().tiles[1]).toMatchObject({ cameraId: 'b', engine: 'mse', stream: 'main', state: 'live' });
  key('Escape');
  await vi.advanceTimersByTimeAsync(1100);
  expect(shown.find('.tile.focus').exists()).toBe(false);
  expect(playing[0]!.signal.aborted).toBe(true);
  expect(lastReport()).toMatchObject({ focus: null });
  expect(lastReport().tiles[1]).toMatchObject({ engine: 'mosaic' });
});

test('a double click shows the tile under the mouse alone; a new scene ends that', async () => {
  const shown = await dense();
  await shown.find('.stage').trigger('dblclick', { clientX: 1500, clientY: 900 });
  expect(shown.find('.tile.focus').attributes('data-focus')).toBe('g-1-1');
  hub.put('walls', 'main', wall(grid(2, video('a'), video('b'), video('c'), video('d')), 2));
  await vi.advanceTimersByTimeAsync(50);
  expect(shown.find('.tile.focus').exists()).toBe(false);
});

test('the wheel looks closer at what is under the mouse, far in with the large picture; 0 shows the whole with the small one', async () => {
  hub.put('walls', 'main', wall(grid(3, video('a'), video('b'), video('c'))));
  const shown = await show('');
  const tile = tileOf('a');
  const playingNow = () => onMosaic.filter(({ signal }) => !signal.aborted).map(({ ticket }) => ticket);
  const nearer = () => shown.find('.stage').trigger('wheel', { clientX: 0, clientY: 50, deltaY: -100 });
  await nearer();
  expect(tile.at!.view).toMatchObject({ x: 0 });
  expect(tile.at!.view!.width).toBeCloseTo(1 / 1.2, 6);
  await nearer();
  await vi.advanceTimersByTimeAsync(50);
  expect(playingNow()).toEqual(['a:sub', 'b:sub', 'c:sub']);
  await nearer();
  await vi.advanceTimersByTimeAsync(50);
  expect(playingNow().toSorted()).toEqual(['a:main', 'b:sub', 'c:sub']);
  expect(tileOf('a')).toBe(tile);
  key('0');
  await vi.advanceTimersByTimeAsync(50);
  expect(tile.at!.view).toBeNull();
  expect(playingNow().toSorted()).toEqual(['a:sub', 'b:sub', 'c:sub']);
});

test('A lets one tile be heard at a time, and its tile says so', async () => {
  const shown = await dense();
  tileOf('a').told({ audio: 'aac' });
  key('ArrowRight');
  key('a');
  await nextTick();
  expect(mosaics[0]!.listened).toBe(tileOf('a'));
  expect(shown.find('[data-camera="a"] .sound').exists()).toBe(true);
  expect(shown.find('.note').text()).toContain('N-a');
  key('ArrowRight');
  key('a');
  await nextTick();
  expect(mosaics[0]!.listened).toBe(tileOf('b'));
  expect(shown.findAll('.sound')).toHaveLength(1);
  expect(shown.find('.note').text()).toContain('没有声音');
  key('a');
  await nextTick();
  expect(mosaics[0]!.listened).toBeNull();
});

test('the sound goes from any tile to any other', async () => {
  await dense();
  for (const [from, to] of [
    ['ArrowRight', 'a'],
    ['ArrowRight', 'b'],
    ['ArrowLeft', 'a'],
  ] as const) {
    key(from);
    key('a');
    await nextTick();
    expect(mosaics[0]!.listened).toBe(tileOf(to));
  }
});

test('on a hidden page signs of life do not pile up', async () => {
  hub.put('walls', 'main', wall(grid(1, video('a'))));
  const asked = vi.spyOn(globalThis, 'requestAnimationFrame').mockReturnValue(1);
  const taken = vi.spyOn(globalThis, 'cancelAnimationFrame');
  await show('');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked.mock.calls.length - taken.mock.calls.length).toBeLessThan(5);
});

test('S saves what the tile shows, with a watermark', async () => {
  const saved: string[] = [];
  const made = vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:picture');
  vi.spyOn(URL, 'revokeObjectURL').mockImplementation(() => {});
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    saved.push(this.download);
  });
  const shown = await dense();
  key('s');
  await vi.advanceTimersByTimeAsync(0);
  expect(saved, 'nothing is selected').toEqual([]);
  key('ArrowRight');
  key('s');
  await vi.advanceTimersByTimeAsync(0);
  expect(saved[0]).toMatch(/^N-a_\d{8}-\d{6}\.png$/);
  expect(await (made.mock.calls[0]![0] as Blob).text()).toMatch(/^png wall:main:1 10\.1\.2\.3 \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\S+ N-a$/);
  expect(shown.find('.note').text()).toContain(saved[0]!);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(URL.revokeObjectURL).toHaveBeenCalledWith('blob:picture');
  expect(shown.find('.note').exists()).toBe(false);
});

test('no picture is saved before it is known who saves it', async () => {
  hub.answers.delete('session.who');
  const made = vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:picture');
  const shown = await dense();
  key('ArrowRight');
  key('s');
  await vi.advanceTimersByTimeAsync(0);
  expect(made).not.toHaveBeenCalled();
  expect(shown.find('.watermark').text()).toContain('unknown');
});

test.each(['', '?engine=hls', '?engine=mse', '?watermark=off&mark=0', '?painter=2d'])(
  'over the pictures of a person lies his watermark, over those of a display none, whatever the address says: %j',
  async (query) => {
    hub.put('walls', 'main', wall(grid(1, video('a'))));
    expect((await show(query)).find('.watermark').exists()).toBe(false);
    page!.unmount();
    hub.answers.set('session.who', () => ({ name: 'li.wei', workstation: 'desk-12', screen: null }));
    const shown = await show(query);
    expect(shown.find('.watermark').text()).toMatch(/^li\.wei desk-12 \d{4}-\d\d-\d\d \d\d:\d\d UTC/);
    // The browser's own menu makes files of pictures, too.
    const menu = new MouseEvent('contextmenu', { bubbles: true, cancelable: true });
    shown.find('.tile').element.dispatchEvent(menu);
    expect(menu.defaultPrevented).toBe(true);
  },
);

test('? shows the keys; a wall that is left alone is quiet again', async () => {
  const shown = await dense();
  key('?');
  await nextTick();
  expect(shown.find('.key-help').text()).toContain('截图');
  key('Escape');
  key('ArrowRight');
  await nextTick();
  expect(shown.find('.key-help').exists()).toBe(false);
  expect(shown.find('.selected').exists()).toBe(true);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(shown.find('.selected').exists()).toBe(false);
});

test('a successor that nobody sees plays and knows what it shows, but says nothing and keeps nothing until it is seen', async () => {
  const pageTurn = { speaks: shallowRef(false), isAlone: shallowRef(false) };
  hub.put('walls', 'main', wall(grid(1, video('a'))));
  const shown = await show('?engine=hls', { pageTurn });
  await pass(3000, shown.find('video').element as HTMLVideoElement);
  expect((shown.emitted('report')!.at(-1) as [ShownReport])[0].tiles).toMatchObject([{ cameraId: 'a', state: 'live' }]);
  expect(hub.commands.map(({ name }) => name)).not.toContain('wall.report');
  expect(localStorage.length).toBe(0);
  pageTurn.speaks.value = true;
  await pass(1000, shown.find('video').element as HTMLVideoElement);
  expect(states()).toEqual(['live']);
  expect(localStorage.getItem('taodu.wall.main')).toContain('指挥大厅');
});

test('a request to make the page anew comes with the answer to a report', async () => {
  hub.put('walls', 'main', wall(grid(1, video('a'))));
  const shown = await show();
  await vi.advanceTimersByTimeAsync(1000);
  expect(shown.emitted('refreshAsked')).toBeUndefined();
  hub.answers.set('wall.report', () => ({ previewWanted: false, refreshAskedMsAgo: 700 }));
  await vi.advanceTimersByTimeAsync(1000);
  expect(shown.emitted('refreshAsked')).toEqual([[700]]);
});

test('an answer that was long under way does not make a request younger than it is', async () => {
  hub.put('walls', 'main', wall(grid(1, video('a'))));
  const shown = await show();
  let answer: (told: { previewWanted: boolean; refreshAskedMsAgo: number }) => void = () => {};
  hub.answers.set('wall.report', () => new Promise((resolve) => (answer = resolve)));
  await vi.advanceTimersByTimeAsync(1000);
  const answerFirst = answer;
  hub.answers.set('wall.report', () => ({ previewWanted: false }));
  await vi.advanceTimersByTimeAsync(2500);
  answerFirst({ previewWanted: false, refreshAskedMsAgo: 700 });
  await vi.advanceTimersByTimeAsync(0);
  expect(shown.emitted('refreshAsked')).toEqual([[3200]]);
});

test('who stands before the screen, a step of a tour that is due, a lost hub and stills put off that the page is made anew', async () => {
  const putOff = (of: VueWrapper) => (of.vm as unknown as { putsOffRefresh(): string | null }).putsOffRefresh();
  hub.put('walls', 'main', wall(grid(1, video('a'))));
  const shown = await dense();
  await vi.advanceTimersByTimeAsync(31_000);
  expect(putOff(shown)).toBeNull();
  dispatchEvent(new MouseEvent('mousemove'));
  expect(putOff(shown)).toBe('person');
  await vi.advanceTimersByTimeAsync(3000);
  expect(putOff(shown)).toBeNull();
  key('?');
  await vi.advanceTimersByTimeAsync(3000);
  expect(putOff(shown)).toBe('person');
  key('Escape');
  key('ArrowRight');
  key('Enter');
  await vi.advanceTimersByTimeAsync(31_000);
  expect(putOff(shown)).toBe('person');
  key('Escape');
  await vi.advanceTimersByTimeAsync(31_000);
  expect(putOff(shown)).toBeNull();
  hub.setConnection({ kind: 'stale', since: 0 });
  expect(putOff(shown)).toBe('no-hub');
  hub.setConnection({ kind: 'live' });
  hub.put('walls', 'main', wall({ kind: 'tour', steps: [step('a'), step('b')], startedAt: hub.hubNow() }, 2));
  await vi.advanceTimersByTimeAsync(4000);
  expect(putOff(shown)).toBe('scene-changes');
  page!.unmount();
  expect(putOff(await show('?safe=1'))).toBe('safe');
});

describe('an alert over the screen', () => {
  const alarm = (more: object = {}) => ({
    id: 'main.x',
    wallId: 'main',
    screenId: '1',
    alertId: 'x',
    severity: 'critical',
    title: { zh: '城东泵站停机', en: 'East pump stopped' },
    place: { text: '东仓大道' },
    since: Date.now() - 60_000,
    cameras: ['b', 'c'],
    cell: 3,
    rect: { x: 960, y: 540, width: 960, height: 540 },
    shownAt: 0,
    over: null,
    givenBack: null,
    more: 3,
    simulated: false,
    drill: false,
    ...more,
  });

  test('lies over it with players of its own, is planned and reported, and leaves nothing behind', async () => {
    hub.put('walls', 'main', wall(grid(2, video('a'), video('b'), null, null), 4));
    const shown = await show('');
    await vi.advanceTimersByTimeAsync(1000);
    const before = lastReport().tiles;
    const below = shown.findAll('.tile').map((tile) => tile.attributes('style'));
    const players = onMosaic.length;

    hub.put('wall-alarms', 'main.x', alarm());
    await vi.advanceTimersByTimeAsync(1100);
    const frame = shown.get('[data-alarm="x"]');
    expect(frame.text()).toMatch(/城东泵站停机.*紧急.*东仓大道.*起.*另 3 条/s);
    expect(frame.attributes('style')).toMatch(/left: 960px/);
    expect(
      lastReport()
        .tiles.filter(({ tileId }) => tileId.startsWith('a-'))
        .map(({ tileId, cameraId, engine }) => [tileId, cameraId, engine]),
    ).toEqual([
      ['a-x-1', 'b', 'mse'],
      ['a-x-2', 'c', 'mse'],
    ]);
    expect(lastReport().revision).toBe(4);
    // What lies below goes on with the players that it had.
    expect(onMosaic.length).toBe(players);
    expect(onMosaic.some(({ signal }) => signal.aborted)).toBe(false);

    hub.setConnection({ kind: 'stale', since: Date.now() - 5000 });
    await vi.advanceTimersByTimeAsync(100);
    expect(shown.get('[data-alarm="x"]').text()).toMatch(/截至 .*前/);
    hub.setConnection({ kind: 'live' });

    hub.put('wall-alarms', 'main.x', alarm({ over: { why: 'acknowledged', by: '王班长', until: Date.now() + 5000 } }));
    await vi.advanceTimersByTimeAsync(100);
    expect(shown.get('[data-alarm-state="acknowledged"]').text()).toContain('王班长 已确认');
    hub.put('wall-alarms', 'main.x', null);
    await vi.advanceTimersByTimeAsync(1100);
    expect(shown.find('[data-alarm]').exists()).toBe(false);
    expect(lastReport().tiles).toEqual(before);
    expect(shown.findAll('.tile').map((tile) => tile.attributes('style'))).toEqual(below);
    expect(onMosaic.length).toBe(players);
    expect(playing.every(({ signal }) => signal.aborted)).toBe(true);
  });

  test('that lies on another screen, or was given back, is not seen', async () => {
    hub.put('walls', 'main', wall(grid(1, video('a'))));
    hub.put('wall-alarms', 'main.x', alarm({ screenId: '2' }));
    hub.put('wall-alarms', 'main.y', alarm({ id: 'main.y', alertId: 'y', givenBack: { by: '王', at: 1 } }));
    const shown = await show('');
    expect(shown.find('[data-alarm]').exists()).toBe(false);
  });
});
