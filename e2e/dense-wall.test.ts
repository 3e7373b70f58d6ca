import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StillScene } from '../layouts/contract.ts';
import type { CameraId } from '../main/contract/ids.ts';
import { readMark } from '../streams/watermark/testdata/read-mark.ts';
import { chromiumPath, startChromium } from './chromium.ts';
import { makeColouredClips, nearestClip, type ColouredClip } from './coloured-clips.ts';
import { ffmpegPath } from './ffmpeg-publisher.ts';
import { startFaultyLine, type FaultyLine } from './faulty-line.ts';
import { hasGstCameras, startGstCameras } from './gst-cameras.ts';
import { runFfmpeg } from './run-ffmpeg.ts';
import { adminPassword, startHub, until, type RunningHub } from './start-hub.ts';
import {
  everyPictureMoves,
  openPage,
  seenPictures,
  shownTiles,
  wallFacts,
  type OpenPage,
  type PageOptions,
  type SeenPicture,
  type ShownTile,
} from './wall-page.ts';

const lacking = [...(chromiumPath === null ? ['Chromium'] : []), ...(ffmpegPath === null ? ['ffmpeg'] : [])];
const why = lacking.length > 0 ? ` (skipped: no ${lacking.join(', no ')} found)` : '';
const whySilent = hasGstCameras ? '' : " (skipped: no GStreamer's RTSP server found)";

/** A name of this machine that browsers do not take for this machine: what a wall PC in the next room has. */
const farName = 'wall.example';
const side = 6;
const count = side * side;
/** The machine may be busy: what is waited for is a state, and this is only when to give up. */
const patienceMs = 60_000;

describe.skipIf(lacking.length > 0)(`the dense wall${why}`, () => {
  let folder: string;
  let hub: RunningHub;
  let hubPort: number;
  let relayPort: number;
  let browser: Browser;
  let line: FaultyLine;
  let wall: OpenPage;
  let clips: readonly ColouredClip[];
  let cameraIds: readonly CameraId[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'taodu-dense-wall-'));
    hubPort = await freePort();
    const config = join(folder, 'taodu.yaml');
    // JSON is YAML.
    writeFileSync(
      config,
      JSON.stringify({
        hub: { hosts: [`${farName}:${hubPort}`] },
        relay: { lingerMs: 1000 },
        av: { enabled: false },
        ingest: { enabled: false },
      }),
    );
    [hub, browser, line, clips] = await Promise.all([
      startHub({ demo: false, args: ['--config', config, '--port', String(hubPort)] }),
      startChromium(),
      startFaultyLine(),
      makeColouredClips(folder, count),
    ]);
    const rect = { y: 0, width: 1920, height: 1080 };
    await hub.command('wall.upsert', {
      wallId: 'main',
      name: '密集墙',
      screens: [
        { id: '1', rect: { ...rect, x: 0 } },
        { id: '2', rect: { ...rect, x: 1920 } },
      ],
    });
    cameraIds = await Promise.all(
      clips.map(({ file }, index) =>
        hub
          .command<{ cameraId: CameraId }>('camera.upsert', {
            number: `COLOUR-${index + 1}`,
            name: `色块 ${index + 1}`,
            district: '329982001',
            // Each at another point of its loop: key pictures of different cameras do not come all at once.
            source: { kind: 'file', url: file, phaseMs: (index * 370) % 4000 },
          })
          .then(({ cameraId }) => cameraId),
      ),
    );
    const { urls, leaseId } = await hub.command<{ leaseId: string; urls: { socket: string } }>('stream.lease', {
      cameraId: cameraIds[0],
      profile: 'sub',
    });
    relayPort = Number(new URL(urls.socket).port);
    await hub.command('stream.release', { leaseId });
    await show('1', grid([]));
    await show('2', grid([]));
    wall = await open('1', { proxy: { server: line.address }, prepare: (context) => context.addInitScript(countSounds) });
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
    await line?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Opens a screen at the hub's own address, or as if from another machine. */
  const open = async (screenId: string, options: PageOptions = {}, query = '', origin = hub.listening): Promise<OpenPage> => {
    const { url } = await hub.command<{ url: string }>('wall.link', { wallId: 'main', screenId });
    const opened = await openPage(browser, origin + url.slice(new URL(url).origin.length), undefined, options);
    if (query !== '') await opened.page.goto(`${origin}/wall/main/${screenId}?${query}`);
    return opened;
  };
  const show = (screenId: string, scene: StillScene) =>
    hub.command<{ revision: number }>('wall.show', { wallId: 'main', screenId, scene }).then(({ revision }) => revision);
  const tilesOf = async (screenId: string): Promise<readonly ShownTile[]> => (await shownTiles(hub, screenId))?.tiles ?? [];

  const isOwnPicture = ({ cameraId, colour }: SeenPicture) => nearestClip(clips, colour) === cameraIds.indexOf(cameraId as CameraId);
  /** Where a camera's tile is: its middle. */
  const middleOf = async (cameraId: CameraId) => {
    const { x, y, width, height } = (await wall.page.locator(`.tile:not(.focus) > [data-camera="${cameraId}"]`).boundingBox())!;
    return [x + width / 2, y + height / 2] as const;
  };

  /** Every tile live, if not all in the same second, and none of them anything worse than late. */
  const allLive = (screenId: string, tiles: number) => {
    const seen = new Set<string>();
    const since = Date.now();
    return until(`${tiles} live tiles on screen ${screenId}`, patienceMs, async () => {
      const shown = await shownTiles(hub, screenId);
      // What another page said of this screen before is not meant.
      if (!shown || shown.at < since) return null;
      for (const tile of shown.tiles) if (tile.state === 'live' && (tile.fps ?? 0) > 2) seen.add(tile.tileId);
      const fine = shown.tiles.filter((tile) => seen.has(tile.tileId) && (tile.state === 'live' || tile.state === 'delayed'));
      return fine.length === tiles && shown;
    });
  };
  const noneLive = (what: string, isHonest: (tile: ShownTile) => boolean) =>
    until(what, patienceMs, async () => {
      const tiles = await tilesOf('1');
      return tiles.length === count && tiles.every((tile) => isHonest(tile)) && tiles;
    });
  const isOffline = (tile: ShownTile) => tile.state === 'offline' && tile.reason === 'relay-unavailable';

  test('36 cameras on one canvas over one socket: all live, all painted by the mosaic, and the hub knows by what', async () => {
    const revision = await show('1', grid(cameraIds));
    const shown = await allLive('1', count);
    expect(shown).toMatchObject({ revision, focus: null });
    expect(shown.painter).toMatch(/^(wasm|2d|webgl2)$/);
    expect(new Set(shown.tiles.map((tile) => tile.engine))).toEqual(new Set(['mosaic']));
    expect(new Set(shown.tiles.map((tile) => tile.cameraId))).toEqual(new Set(cameraIds));
    const { players, openSockets, figures } = await wallFacts(wall.page);
    expect({ players, openSockets, decoders: figures!.decoders }).toEqual({ players: count, openSockets: 1, decoders: count });
    expect(await wall.page.locator('canvas.mosaic').count()).toBe(1);
    expect(await wall.page.locator('video').count()).toBe(0);
  });

  test('a person sees 36 pictures, each that of its camera, and every one of them moves', async () => {
    const seen = await everyPictureMoves(wall.page, patienceMs);
    expect(seen).toHaveLength(count);
    expect(seen.filter((one) => !isOwnPicture(one))).toEqual([]);
  });

  test('the desk reads that the wall confirmed it', async () => {
    const desk = await openPage(browser, `${hub.listening}/console`, { width: 1366, height: 768 });
    try {
      await desk.page.locator('input[autocomplete="username"]').fill('admin');
      await desk.page.locator('input[type="password"]').first().fill(adminPassword);
      await desk.page.keyboard.press('Enter');
      await desk.page.locator('[data-screen-card="1"]', { hasText: '已在大屏确认' }).waitFor({ timeout: patienceMs });
      expect(desk.problems).toEqual([]);
    } finally {
      await desk.close();
    }
  });

  test('a double click brings one camera on its large picture over the whole screen, and Escape brings all back', async () => {
    await wall.page.mouse.dblclick(...(await middleOf(cameraIds[8]!)));
    const shown = await until('the tile in focus to be live', patienceMs, async () => {
      const now = await shownTiles(hub, '1');
      return now?.tiles.find(({ tileId }) => tileId === now.focus)?.state === 'live' && now;
    });
    const inFocus = shown.tiles.find(({ tileId }) => tileId === shown.focus);
    expect(inFocus).toMatchObject({ cameraId: cameraIds[8], engine: 'mse', stream: 'main' });
    const stage = (await wall.page.locator('.stage').boundingBox())!;
    expect((await wall.page.locator('.tile.focus').boundingBox())!.width).toBe(stage.width);
    await wall.page.keyboard.press('Escape');
    await until('the focus to be over', patienceMs, async () => (await shownTiles(hub, '1'))?.focus === null);
    await until('its player to be gone', patienceMs, async () => (await wall.page.locator('video').count()) === 0);
    await allLive('1', count);
  });

  test('a key makes a picture file of the selected tile, with its watermark', async () => {
    await wall.page.mouse.click(...(await middleOf(cameraIds[2]!)));
    const saved = wall.page.waitForEvent('download', { timeout: patienceMs });
    await wall.page.keyboard.press('s');
    const file = join(folder, 'snapshot.png');
    await (await saved).saveAs(file);
    const bytes = readFileSync(file);
    expect(bytes.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
    // Its width and height (PNG clause 11.2.1): the camera's, not the tile's.
    expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([320, 180]);
    const raw = join(folder, 'snapshot.gray');
    await runFfmpeg(['-i', file, '-f', 'rawvideo', '-pix_fmt', 'gray', '-y', raw]);
    const grey = readFileSync(raw);
    const { items } = await hub.collection<{ id: string; number: string }>('cameras');
    const { number } = items.find(({ id }) => id === cameraIds[2])!;
    const written = readMark((x, y) => grey[y * 320 + x]!, 320, 180, `wall:main:1 127.0.0.1 2026-01-01 00:00:00 UTC+00:00 ${number}`);
    expect(written).toMatch(/^wall:main:1127\.0\.0\.1\d{4}-\d\d-\d\d\d\d:\d\d:\d\dUTC[+-]\d\d:\d\d/);
    expect(written.endsWith(number)).toBe(true);
  });

  test('a line that holds everything back: no tile goes on claiming to be live, and all come back without being asked', async () => {
    line.narrow(relayPort, 0);
    await noneLive('every tile to say that it stands still', (tile) => tile.state === 'stalled' || tile.state === 'offline');
    line.restore();
    await allLive('1', count);
  });

  test('a line that is too narrow: pictures are left out and tiles say why; none of them grows older and older', async () => {
    const before = line.received(relayPort);
    const begin = performance.now();
    await until('what two seconds take', patienceMs, async () => performance.now() - begin > 2000);
    const perSecond = ((line.received(relayPort) - before) * 1000) / (performance.now() - begin);
    line.narrow(relayPort, Math.round(perSecond * 0.4));
    const told = new Set(['viewer-too-slow', 'line-too-slow']);
    const thinned = await until('tiles to say that pictures are left out', patienceMs, async () => {
      const held = (await tilesOf('1')).filter((tile) => told.has(tile.reason ?? ''));
      return held.length > 0 && held;
    });
    for (const tile of thinned) if (tile.state === 'live') expect(tile.frameAgeMs).toBeLessThan(2500);
    line.restore();
    await until('nobody to be held back any more', patienceMs, async () => {
      const tiles = await tilesOf('1');
      return tiles.length === count && tiles.every(({ reason }) => !told.has(reason ?? ''));
    });
    await allLive('1', count);
  });

  test('a line that is cut: every tile says so, and all come back over a new one', async () => {
    line.cut(relayPort);
    await noneLive('every tile to be offline', isOffline);
    expect(line.open(relayPort)).toBe(0);
    line.restore();
    await allLive('1', count);
    const { openSockets } = await wallFacts(wall.page);
    expect(openSockets).toBe(1);
  });

  test('a killed relay: every tile says so, and all come back by themselves', async () => {
    // The launcher is held so that the relay stays dead long enough to be looked at.
    process.kill(hub.pid, 'SIGSTOP');
    try {
      process.kill(await hub.child('relay.js'), 'SIGKILL');
      await noneLive('every tile to be offline', isOffline);
    } finally {
      process.kill(hub.pid, 'SIGCONT');
    }
    await allLive('1', count);
  });

  test('a killed hub: the wall says so and plays on, with all its tiles, until the hub is back', async () => {
    process.kill(hub.pid, 'SIGSTOP');
    try {
      process.kill(await hub.child('hub.js'), 'SIGKILL');
      await wall.page.locator('.wall:not([data-connection="live"])').waitFor({ timeout: patienceMs });
      await wall.page.locator('.banner').waitFor({ timeout: patienceMs });
      const before = (await wallFacts(wall.page)).tiles;
      await until('every tile to have painted more', patienceMs, async () => {
        const now = Object.entries((await wallFacts(wall.page)).tiles);
        return now.length === count && now.every(([tileId, facts]) => facts!.painted > before[tileId]!.painted + 10);
      });
      const playbacks = Object.values((await wallFacts(wall.page)).tiles).map((facts) => facts!.playback);
      expect(playbacks).toEqual(Object.values(before).map((facts) => facts!.playback));
    } finally {
      process.kill(hub.pid, 'SIGCONT');
    }
    await wall.page.locator('.wall[data-connection="live"]').waitFor({ timeout: patienceMs });
    await wall.page.locator('.banner').waitFor({ state: 'detached', timeout: patienceMs });
    await allLive('1', count);
  });

  test.skipIf(!hasGstCameras)(`the sound of one tile at a time, AAC and G.711${whySilent}`, async () => {
    const gst = await startGstCameras();
    try {
      const heard = await Promise.all(
        ['aac', 'main'].map((mount) =>
          hub
            .command<{ cameraId: CameraId }>('camera.upsert', {
              number: `SOUND-${mount}`,
              name: mount,
              district: '329982001',
              source: { kind: 'rtsp', url: gst.url(mount) },
            })
            .then(({ cameraId }) => cameraId),
        ),
      );
      await show('1', grid(heard));
      await allLive('1', heard.length);
      for (const [index, codec] of (['aac', 'pcma'] as const).entries()) {
        await wall.page.mouse.click(...(await middleOf(heard[index]!)));
        await until(`the page to know of the ${codec}`, patienceMs, async () =>
          Object.values((await wallFacts(wall.page)).tiles).some((facts) => facts?.audio === codec),
        );
        const before = await soundsScheduled(wall);
        await wall.page.keyboard.press('a');
        await until(`${codec} to be scheduled`, patienceMs, async () => (await soundsScheduled(wall)).count > before.count + 20);
        expect((await soundsScheduled(wall)).loudest).toBeGreaterThan(0.01);
        expect(await wall.page.locator('.video-panel .sound').count()).toBe(1);
        await wall.page.keyboard.press('a');
        await until('the mark to be gone', patienceMs, async () => (await wall.page.locator('.video-panel .sound').count()) === 0);
      }
    } finally {
      await gst.stop();
    }
  });

  test('a changed scene leaves nothing of the one before: no player, no decoder, no socket, no lease', async () => {
    await show('1', grid(cameraIds.slice(0, 4)));
    await allLive('1', 4);
    const four = await wallFacts(wall.page);
    expect({ players: four.players, decoders: four.figures!.decoders, sockets: four.openSockets }).toEqual({
      players: 4,
      decoders: 4,
      sockets: 1,
    });
    await show('1', grid([]));
    await until('nothing to be left in the page', patienceMs, async () => {
      const { players, openSockets, figures, tiles } = await wallFacts(wall.page);
      return players === 0 && openSockets === 0 && figures!.decoders === 0 && Object.keys(tiles).length === 0;
    });
    await until('nothing to be left in the relay', patienceMs, async () => line.open(relayPort) === 0);
    await until('no lease to be left', patienceMs, async () => (await hub.metrics())['taodu_leases'] === 0);
  });

  describe('other ways to play', () => {
    beforeAll(() => show('2', grid(cameraIds.slice(0, 4))));

    test('hls.js, when it is asked for', async () => {
      const hls = await open('2', {}, 'engine=hls');
      const shown = await allLive('2', 4);
      expect(new Set(shown.tiles.map((tile) => tile.engine))).toEqual(new Set(['hls']));
      expect(shown).toMatchObject({ painter: null, capacity: null });
      expect(await hls.page.locator('.lacking').count()).toBe(0);
      expect(hls.problems).toEqual([]);
      await hls.close();
    });

    test('a page from another machine without TLS says what it lacks, and plays all the same', async () => {
      const far = await open('2', { proxy: { server: line.address } }, '', `http://${farName}:${hubPort}`);
      expect(await far.page.evaluate(() => isSecureContext)).toBe(false);
      await far.page.locator('.lacking', { hasText: 'TLS' }).waitFor({ timeout: patienceMs });
      const shown = await allLive('2', 4);
      expect(new Set(shown.tiles.map((tile) => tile.engine))).toEqual(new Set(['hls']));
      await far.close();
    });

    test('a WebGL context that is lost: all tiles go on when it is given back, and on another canvas when it never is', async () => {
      const glass = await open('2', { prepare: (context) => context.addInitScript(holdWorkers) }, 'painter=webgl2');
      // Only from within the worker can its context be lost on purpose.
      const worker = await until('the worker', patienceMs, async () => glass.page.workers()[0]);
      await worker.evaluate(keepContexts);
      await glass.page.evaluate(() => (globalThis as unknown as { releaseWorkers(): void }).releaseWorkers());
      const told = () => wallFacts(glass.page).then(({ figures }) => ({ painter: figures?.painter, contextsLost: figures?.contextsLost }));
      const loseIt = async () => {
        await worker.evaluate(() => (globalThis as unknown as KeptContexts).lose());
        await until('tiles to say that they stand still', patienceMs, async () =>
          (await tilesOf('2')).every((tile) => tile.state === 'stalled' || tile.state === 'offline'),
        );
      };
      await allLive('2', 4);
      expect(await told()).toEqual({ painter: 'webgl2', contextsLost: 0 });

      await loseIt();
      await worker.evaluate(() => (globalThis as unknown as KeptContexts).giveBack());
      await allLive('2', 4);
      expect(await told()).toEqual({ painter: 'webgl2', contextsLost: 1 });

      await loseIt();
      await allLive('2', 4);
      expect(glass.page.workers()).not.toContain(worker);
      expect(await told()).toEqual({ painter: 'webgl2', contextsLost: 0 });
      const seen = await seenPictures(glass.page);
      expect([seen.length, seen.filter((one) => !isOwnPicture(one))]).toEqual([4, []]);
      await glass.close();
    });
  });

  test('the page did not complain', () => {
    // A refused connection while hub, relay or line are down is the fault that the tests made.
    const expected = /net::ERR_|WebSocket connection|ERR_CONNECTION|Failed to load resource/;
    expect(wall.problems.filter((text) => !expected.test(text))).toEqual([]);
  });
});

/** These cameras in a grid; an empty one without any. */
function grid(cameraIds: readonly CameraId[]): StillScene {
  const edge = Math.max(1, Math.ceil(Math.sqrt(cameraIds.length)));
  const tiles = cameraIds.map((cameraId) => ({ panel: 'video' as const, cameraId, profile: 'sub' as const }));
  return { kind: 'grid', rows: edge, cols: edge, tiles: tiles.length === 0 ? [null] : tiles };
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

interface Sounds {
  count: number;
  loudest: number;
}

/** In the page, before anything else: what is scheduled to be heard. */
function countSounds(): void {
  const sounds: Sounds = { count: 0, loudest: 0 };
  Object.assign(globalThis, { sounds });
  const { start } = AudioBufferSourceNode.prototype;
  AudioBufferSourceNode.prototype.start = function (this: AudioBufferSourceNode, ...when) {
    sounds.count += 1;
    for (const sample of this.buffer!.getChannelData(0)) sounds.loudest = Math.max(sounds.loudest, Math.abs(sample));
    start.apply(this, when);
  };
}

const soundsScheduled = ({ page }: OpenPage): Promise<Sounds> =>
  page.evaluate(() => ({ ...(globalThis as unknown as { sounds: Sounds }).sounds }));

/** In the page, before anything else: workers hear nothing until they are released. */
function holdWorkers(): void {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { postMessage } = Worker.prototype;
  Worker.prototype.postMessage = function (this: Worker, ...message: Parameters<typeof postMessage>) {
    void promise.then(() => postMessage.apply(this, message));
  } as typeof postMessage;
  Object.assign(globalThis, { releaseWorkers: resolve });
}

/** In the worker, before it hears anything: its WebGL contexts, to be lost on demand. */
function keepContexts(): void {
  const contexts: WebGL2RenderingContext[] = [];
  const { getContext } = OffscreenCanvas.prototype;
  OffscreenCanvas.prototype.getContext = function (this: OffscreenCanvas, ...args: Parameters<typeof getContext>) {
    const context = getContext.apply(this, args);
    if (context instanceof WebGL2RenderingContext) contexts.push(context);
    return context;
  } as typeof getContext;
  const ways = () => contexts.map((context) => context.getExtension('WEBGL_lose_context') ?? null);
  let lost: (WEBGL_lose_context | null)[] = [];
  const kept: KeptContexts = {
    lose() {
      // Asked for before: a lost context has no extensions.
      lost = ways();
      for (const way of lost) way?.loseContext();
    },
    giveBack() {
      for (const way of lost) way?.restoreContext();
    },
  };
  Object.assign(globalThis, kept);
}

interface KeptContexts {
  lose(): void;
  giveBack(): void;
}
