import { mount, type VueWrapper } from '@vue/test-utils';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { nextTick } from 'vue';
import type { PanelRef, Scene, ShownReport } from '../../layouts/contract.ts';
import { problem, ProblemError, type ErrorCode } from '../../main/contract/errors.ts';
import { createFakeHub, type FakeHub } from '../hub-client/fake-hub.ts';
import { i18n, setLocale } from '../i18n/index.ts';
import type { PlayerEngine } from '../player/player-engine.ts';
import { hubKey } from '../stores/hub.ts';
import WallScreen from './WallScreen.vue';

interface Playing {
  readonly target: HTMLVideoElement;
  readonly signal: AbortSignal;
  fail(reason: ErrorCode): void;
}

let hub: FakeHub;
let page: VueWrapper | null;
let playing: Playing[];
/** Paints a frame into a video element, received by the relay `ageMs` ago. */
let paint: (video: HTMLVideoElement, ageMs?: number) => void;
let ages: Map<HTMLVideoElement, number>;

const engine: PlayerEngine<HTMLVideoElement> = {
  name: 'hls',
  nominalDelayMs: 1500,
  cannotPlay: () => null,
  attach(target, _offer, signal) {
    const { promise, resolve } = Promise.withResolvers<ErrorCode | null>();
    signal.addEventListener('abort', () => resolve(null));
    playing.push({ target, signal, fail: resolve });
    return { ended: promise, receivedAt: () => Date.now() - (ages.get(target) ?? 0) };
  },
};

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
  const lease = () => ({ leaseId: `l${++leases}`, ticket: 't', expiresAt: 0, urls: { hls: '', socket: '' } });
  hub.answers.set('stream.lease', lease);
  hub.answers.set('stream.lease-many', ({ wants }: { wants: object[] }) => ({ leases: wants.map(lease) }));
  hub.answers.set('stream.release', () => ({}));
  hub.answers.set('wall.report', () => ({}));
  page = null;
});
afterEach(() => {
  page?.unmount();
  setLocale('zh-CN');
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

async function show(): Promise<VueWrapper> {
  page = mount(WallScreen, {
    props: { wallId: 'main', screenId: '1', engine, shell: { kind: 'browser', heartbeat() {} } },
    global: { plugins: [i18n], provide: { [hubKey as symbol]: hub } },
    attachTo: document.body,
  });
  await vi.advanceTimersByTimeAsync(0);
  return page;
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
  hub.put('walls', 'main', wall(grid(2, video('a'), video('b'), video('c'), null)));
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
