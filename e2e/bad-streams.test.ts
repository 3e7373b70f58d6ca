import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ShownReport } from '../layouts/contract.ts';
import type { WallFacts } from '../renderer/wall/wall-facts.ts';
import { createFakeCamera, type FakeCamera } from '../streams/sources/rtsp/fake-camera.ts';
import type { FakeFaults } from '../streams/sources/rtsp/fake-faults.ts';
import { readFakeStream, type FakeStream } from '../streams/sources/rtsp/fake-stream.ts';
import {
  chaotic,
  clipFps,
  makeClips,
  oneAfterAnother,
  seeded,
  shuffled,
  truncated,
  withGaps,
  withoutSetsUntil,
  withRandomSlices,
  withSetsOnce,
  withSilence,
} from './broken-clips.ts';
import { chromiumPath, startChromium } from './chromium.ts';
import { ffmpegPath } from './ffmpeg-publisher.ts';
import { pushRubbish } from './rubbish-publisher.ts';
import { startHub, until, type RunningHub } from './start-hub.ts';
import { openWall, seenPictures, shownTiles, wallFacts, type OpenPage } from './wall-page.ts';

const lacking = [...(chromiumPath === null ? ['Chromium'] : []), ...(ffmpegPath === null ? ['ffmpeg'] : [])];
const why = lacking.length > 0 ? ` (skipped: no ${lacking.join(', no ')} found)` : '';
const isFull = process.env['TAODU_TEST_FULL'] !== undefined;
/** So many streams with everything wrong at random, after those whose fault is known; and how many of them on the wall at once. */
const chaos = { seeds: isFull ? 48 : 4, atOnce: 16 };
const patienceMs = 60_000;
/** A picture that was painted so long before the report that calls it live, at the latest, is no live picture: all cameras here send fifteen a second. */
const liveWithinMs = 3000;
/**
 * What the relay may hold more than with two good streams: kept pictures of all others, one of them 3 MB large, and what Node takes for itself.
 * Measured: 75 at most, 62 after two and a half minutes and no longer growing.
 */
const maxGrowthMb = 128;

/** How a stream must end up on the wall. */
type Outcome =
  /** Its picture moves, and is called live. */
  | { readonly shows: 'live'; readonly sizes?: readonly string[] }
  /** It says this, is gone or stands still for a while, and moves again by itself. */
  | { readonly shows: 'live-again' }
  /** No picture, for one of these reasons. */
  | { readonly shows: 'offline'; readonly reasons: readonly string[] }
  /** Nobody can say: only that what it says is true. */
  | { readonly shows: 'anything' };

interface BadStream {
  readonly name: string;
  readonly outcome: Outcome;
}

const live: Outcome = { shows: 'live' };
const offline = (...reasons: string[]): Outcome => ({ shows: 'offline', reasons });
const table: readonly BadStream[] = [
  { name: 'random bytes in slices', outcome: live },
  { name: 'truncated pictures', outcome: live },
  { name: 'pictures in another order', outcome: live },
  { name: 'missing pictures', outcome: live },
  { name: 'B pictures', outcome: live },
  // As they are to be shown: the last has 352 × 288 pixels that are not square.
  { name: 'three sizes in turn', outcome: { shows: 'live', sizes: ['320x180', '512x288', '640x360'] } },
  { name: 'no parameter sets for a while', outcome: live },
  { name: 'parameter sets only once', outcome: live },
  { name: 'ten seconds of silence', outcome: { shows: 'live-again' } },
  { name: 'one huge key picture', outcome: live },
  { name: 'interlaced', outcome: live },
  { name: '4:2:2', outcome: live },
  { name: 'ten bits', outcome: live },
  { name: 'times that jump', outcome: live },
  { name: 'H.265', outcome: live },
  { name: 'JPEG', outcome: offline('source-codec-unsupported') },
  { name: 'VP8', outcome: offline('source-codec-unsupported') },
  { name: 'a file of rubbish', outcome: offline('source-no-video') },
  { name: 'half an MP4 file', outcome: offline('source-file-unreadable', 'source-no-video') },
  { name: 'pushed rubbish', outcome: { shows: 'anything' } },
];
const good = ['good by RTSP', 'good from a file'];

describe.skipIf(lacking.length > 0)(`bad streams beside good ones${why}`, () => {
  let folder: string;
  let hub: RunningHub;
  let browser: Browser;
  let wall: OpenPage;
  let stopPushing = async () => {};
  /** While it serves good streams only. */
  let relay: { readonly pid: number; readonly mb: number };
  const cameras: FakeCamera[] = [];
  const ids: Record<string, string> = {};

  const add = async (name: string, source: object): Promise<void> => {
    const number = `BAD-${Object.keys(ids).length + 1}`;
    const { cameraId } = await hub.command<{ cameraId: string }>('camera.upsert', { number, name, district: '329982001', source });
    ids[name] = cameraId;
  };
  const serve = async (streams: Readonly<Record<string, FakeStream>>, faults?: FakeFaults): Promise<void> => {
    const paths = Object.entries(streams).map(([name, stream], index) => ({ name, path: `/${index + 1}`, stream }));
    const camera = await createFakeCamera({
      streams: Object.fromEntries(paths.map(({ path, stream }) => [path, stream])),
      ...(faults ? { faults } : {}),
    });
    cameras.push(camera);
    for (const { name, path } of paths) await add(name, { kind: 'rtsp', url: camera.url(path) });
  };
  const show = (names: readonly string[]) => {
    const cols = Math.ceil(Math.sqrt(names.length));
    const tiles = names.map((name) => ({ panel: 'video', cameraId: ids[name], profile: 'sub' }));
    return hub.command('wall.show', {
      wallId: 'main',
      screenId: '1',
      scene: { kind: 'grid', rows: Math.ceil(names.length / cols), cols, tiles },
    });
  };
  const tileOf = async (name: string) => (await shownTiles(hub, '1'))?.tiles.find(({ cameraId }) => cameraId === ids[name]);
  const isLive = async (name: string) => {
    const tile = await tileOf(name);
    return tile?.state === 'live' && (tile.fps ?? 0) > 0;
  };
  const told = async (name: string) => (await readDiary(wall.page)).said[ids[name]!] ?? [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'taodu-bad-streams-'));
    const config = join(folder, 'taodu.yaml');
    // JSON is YAML.
    writeFileSync(config, JSON.stringify({ relay: { fileRoots: [folder] } }));
    const [running, chromium, at] = await Promise.all([
      startHub({ demo: false, args: ['--config', config] }),
      startChromium(),
      makeClips(folder),
    ]);
    [hub, browser] = [running, chromium];
    const [plain, wider, squarer, reordered, interlaced, high422, high10, hugeKey, h265] = await Promise.all(
      (
        [
          'plain.h264',
          'wider.h264',
          'squarer.h264',
          'reordered.h264',
          'interlaced.h264',
          'high422.h264',
          'high10.h264',
          'huge-key.h264',
          'plain.h265',
        ] as const
      ).map((name) => readFakeStream(at(name))),
    );
    await serve({
      'good by RTSP': plain!,
      'random bytes in slices': withRandomSlices(plain!, seeded(1)),
      'truncated pictures': truncated(plain!),
      'pictures in another order': shuffled(plain!),
      'missing pictures': withGaps(plain!),
      'B pictures': reordered!,
      'three sizes in turn': oneAfterAnother([plain!, wider!, squarer!]),
      'no parameter sets for a while': withoutSetsUntil(plain!, 2 * clipFps),
      'parameter sets only once': withSetsOnce(plain!),
      'ten seconds of silence': withSilence(plain!, 10_000),
      'one huge key picture': hugeKey!,
      interlaced: interlaced!,
      '4:2:2': high422!,
      'ten bits': high10!,
      'H.265': h265!,
      ...Object.fromEntries(Array.from({ length: chaos.seeds }, (_, seed) => [`chaos ${seed + 1}`, chaotic(plain!, seeded(seed + 1))])),
    });
    await serve({ 'times that jump': plain! }, { absurdTimestamps: true });
    await serve({ JPEG: plain! }, { describe: 'jpeg' });
    await serve({ VP8: plain! }, { describe: 'vp8' });
    const random = seeded(7);
    writeFileSync(
      join(folder, 'rubbish.h264'),
      Uint8Array.from({ length: 200_000 }, () => Math.floor(random() * 256)),
    );
    const mp4 = readFileSync(at('plain.mp4'));
    writeFileSync(join(folder, 'half.mp4'), mp4.subarray(0, mp4.length >> 1));
    await add('good from a file', { kind: 'file', url: at('plain.mp4') });
    await add('a file of rubbish', { kind: 'file', url: join(folder, 'rubbish.h264') });
    await add('half an MP4 file', { kind: 'file', url: join(folder, 'half.mp4') });
    await add('pushed rubbish', { kind: 'rtmp' });
    const { url } = await until('the ingest to listen', patienceMs, () =>
      hub.command<{ url: string }>('camera.publish-address', { cameraId: ids['pushed rubbish'] }),
    );
    stopPushing = pushRubbish(url, plain!, seeded(9));
    await show(good);
    wall = await openWall(browser, hub, '1');
    for (const name of good) await until(`${name} to be live`, patienceMs, () => isLive(name));
    await keepDiary(wall.page, liveWithinMs);
    const pid = await hub.child('relay.js');
    relay = { pid, mb: rssMb(pid) };
  });
  afterAll(async () => {
    await stopPushing();
    await browser?.close();
    await hub?.stop();
    await Promise.all(cameras.map((camera) => camera.stop()));
    rmSync(folder, { recursive: true, force: true });
  });

  describe('one fault each', () => {
    beforeAll(() => show([...good, ...table.map(({ name }) => name)]));

    test.each(table)('$name: $outcome.shows', async ({ name, outcome }) => {
      switch (outcome.shows) {
        case 'live': {
          await until(`${name} to be live`, patienceMs, () => isLive(name));
          const seen = new Set<string>();
          await until(`${name} in all its sizes`, patienceMs, async () => {
            const { tileId } = (await tileOf(name))!;
            const facts = (await wallFacts(wall.page)).tiles[tileId];
            if (facts && facts.painted > 0) seen.add(`${facts.width}x${facts.height}`);
            return (outcome.sizes ?? []).every((size) => seen.has(size));
          });
          return;
        }
        case 'live-again':
          await until(`${name} to be live, then not, then live`, patienceMs, async () =>
            /live\S* (?:\S+ )*(?:stalled|offline)\S* (?:\S+ )*live/.test((await told(name)).join(' ')),
          );
          return;
        case 'offline':
          await until(`${name} to be offline for ${outcome.reasons.join(' or ')}`, patienceMs, async () => {
            const tile = await tileOf(name);
            return tile?.state === 'offline' && outcome.reasons.includes(tile.reason ?? '');
          });
          return;
        case 'anything':
          await until(`${name} to say something`, patienceMs, async () => (await told(name)).some((word) => !word.startsWith('starting')));
      }
    });

    test('what is called live moves before the eyes of who looks', async () => {
      const names = [...good, ...table.filter(({ outcome }) => outcome.shows === 'live').map(({ name }) => name)];
      const marks = async () => new Map((await seenPictures(wall.page)).map(({ cameraId, mark }) => [cameraId, mark]));
      const first = await marks();
      const still = new Set(names);
      await until('all of them to have moved', patienceMs, async () => {
        const now = await marks();
        for (const name of still) if (now.get(ids[name]!) !== first.get(ids[name]!)) still.delete(name);
        return still.size === 0;
      }).catch(() => {});
      expect([...still]).toEqual([]);
    });
  });

  const seeds = Array.from({ length: chaos.seeds }, (_, seed) => `chaos ${seed + 1}`);
  const scenes = Array.from({ length: Math.ceil(seeds.length / chaos.atOnce) }, (_, at) =>
    seeds.slice(at * chaos.atOnce, (at + 1) * chaos.atOnce),
  );
  test.each(scenes.map((names) => ({ first: names[0], names })))(
    'everything wrong at random, from $first on: every tile shows something, or says why not',
    async ({ names }) => {
      await show([...good, ...names]);
      const open = new Set(names);
      await until('each of them to show or to say something', patienceMs, async () => {
        for (const name of open) {
          const tile = await tileOf(name);
          if (tile && (tile.state === 'live' || tile.state === 'delayed' || tile.reason !== null)) open.delete(name);
        }
        return open.size === 0;
      });
      const begin = await paintedBy('good by RTSP');
      await until('five seconds of good pictures', patienceMs, async () => (await paintedBy('good by RTSP')) > begin + 5 * clipFps);
    },
  );

  test('the relay lives on, and holds no more than it may', async () => {
    expect(await hub.child('relay.js')).toBe(relay.pid);
    expect(rssMb(relay.pid) - relay.mb).toBeLessThan(maxGrowthMb);
  });

  test('no picture that stood still was ever called live, and the good ones moved all the time', async () => {
    const { lies, said } = await readDiary(wall.page);
    const nameOf = (cameraId: string) => Object.entries(ids).find(([, id]) => id === cameraId)![0];
    expect(lies.map(({ cameraId, text }) => `${nameOf(cameraId)}: ${text}`)).toEqual([]);
    for (const name of good) {
      const worst = said[ids[name]!]!.filter((word) => !/^(live|delayed)/.test(word));
      expect([name, worst]).toEqual([name, []]);
    }
  });

  test('the page did not complain', () => {
    expect(wall.problems).toEqual([]);
  });

  async function paintedBy(name: string): Promise<number> {
    const tile = await tileOf(name);
    return (tile && (await wallFacts(wall.page)).tiles[tile.tileId]?.painted) ?? 0;
  }
});

/** What a process holds in memory, in megabytes (Linux). */
const rssMb = (pid: number): number => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024;

/** What a wall page has said of its tiles, each time that it said something else; and where it was not true. */
interface Diary {
  readonly said: Record<string, string[]>;
  readonly lies: { readonly cameraId: string; readonly text: string }[];
}

/** Begins to write it down in the page, where nothing is missed. */
async function keepDiary(page: Page, withinMs: number): Promise<void> {
  await page.evaluate((longestMs) => {
    const diary: Diary = { said: {}, lies: [] };
    const { taoduWall } = globalThis as unknown as { taoduWall: WallFacts };
    let last: ShownReport | null = null;
    // By camera. A playback that has just begun anew knows nothing of the picture that is still seen.
    const painted: Record<string, number> = {};
    setInterval(() => {
      const { report, tiles } = taoduWall;
      if (report === null) return;
      for (const { tileId, cameraId } of report.tiles) {
        const at = tiles[tileId]?.paintedAt ?? null;
        if (cameraId !== null && at !== null) painted[cameraId] = at;
      }
      if (report === last) return;
      last = report;
      for (const { cameraId, tileId, state, reason } of report.tiles) {
        if (cameraId === null) continue;
        const words = (diary.said[cameraId] ??= []);
        const word = reason === null ? state : `${state}:${reason}`;
        if (words.at(-1) !== word && words.length < 1000) words.push(word);
        const paintedAt = painted[cameraId] ?? null;
        if (state === 'live' && (paintedAt === null || report.at - paintedAt > longestMs))
          diary.lies.push({
            cameraId,
            text: `painted ${paintedAt === null ? 'never' : `${Math.round(report.at - paintedAt)} ms before`}, ${JSON.stringify(tiles[tileId])}`,
          });
      }
    }, 100);
    Object.assign(globalThis, { diary });
  }, withinMs);
}

const readDiary = (page: Page): Promise<Diary> => page.evaluate(() => (globalThis as unknown as { diary: Diary }).diary);
