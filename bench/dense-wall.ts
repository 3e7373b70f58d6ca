import type { Browser, Page } from 'playwright-core';
import type { CommandResult } from '../main/contract/catalog.ts';
import type { CameraId } from '../main/contract/ids.ts';
import { startBareChromium } from './peers/bare-chromium.ts';
import { until } from '../e2e/start-hub.ts';
import { openWall } from '../e2e/wall-page.ts';
import { browserPids, measureCpu, pssMbOfAll } from './cpu-meter.ts';
import { gridClips } from './peers/grid-clips.ts';
import { startGridCity, type GridCity } from './peers/grid-city.ts';
import { openHlsWall } from './peers/hls-wall.ts';
import { beginReading, frameGapsMs, meterPage, readPage, type PageReading } from './peers/page-meter.ts';
import { pinned } from './peers/pinned.ts';
import type { WallPageFacts } from './peers/wall-page-facts.ts';
import { atLeast, atMost, percentile, printReport, type Goal } from './report.ts';

/**
 * Many live pictures on one screen: 320×180, 15 a second, a different camera in every tile, hub, relay and Chromium (1920×1080) as they are
 * used, for `--tiles 16,36,64,100,144`. Three walls in turn, `--rounds 2` of them, each in a browser of its own: `mosaic`, the product; `hls`, one hls.js player a tile
 * with plain HLS over HTTP/1.1; `ll-hls`, the product's own wall with hls.js set for low latency over one socket (`?engine=hls`). Each is measured over
 * `--seconds 12`. `--pin 0` holds browser, relay and hub together to that core. `--walls` measures only those named.
 *
 * First picture: the same scene was shown just before, so the cameras are open; from the command to the last tile's first picture, for `hls` from
 * the making of the players (what leases cost is left out). Frame age: the page's clock at painting minus the relay's clock at receiving; for `hls` by
 * the playlist's time of what is played.
 */
const option = (name: string, otherwise: string) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : (process.argv[at + 1] ?? otherwise);
};
type WallKind = 'mosaic' | 'hls' | 'll-hls';
const counts = option('tiles', '16,36,64,100,144').split(',').map(Number);
const kinds = option('walls', 'mosaic,hls,ll-hls').split(',') as WallKind[];
const seconds = Number(option('seconds', '12'));
const rounds = Number(option('rounds', '2'));
const pin = option('pin', '');
const core = pin === '' ? null : Number(pin);
const query = option('query', '');
const settleMs = 4000;
/** How long animation frames are looked at, after everything else. */
const smoothMs = 5000;
const patienceMs = 60_000;
/** Cameras stay open for the whole run, so that every wall finds them warm. */
const lingerMs = 600_000;

const note = (text: string) => process.stderr.write(`dense-wall bench: ${text}\n`);
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** One wall, measured once. */
interface Sample {
  readonly reading: PageReading;
  readonly frameGapsMs: readonly number[];
  /** Null when not every tile got a picture in time. */
  readonly firstPictureMs: number | null;
  readonly cpu: Readonly<Record<string, number>>;
  readonly pssMb: number;
  readonly painter: string | null;
}

/** How one kind of wall is brought to show cameras. */
interface Shown {
  readonly page: Page;
  show(ids: readonly CameraId[]): Promise<void>;
  blank(): Promise<void>;
}

async function openKind(kind: WallKind, browser: Browser, city: GridCity): Promise<Shown> {
  if (kind === 'hls') {
    const wall = await openHlsWall(browser, city.hub);
    let leases: string[] = [];
    const release = async () => {
      await Promise.all(leases.map((leaseId) => city.hub.command('stream.release', { leaseId }).catch(() => {})));
      leases = [];
    };
    await meterPage(wall.page, 'videos');
    return {
      page: wall.page,
      async show(ids) {
        const wants = ids.map((cameraId) => ({ cameraId, profile: 'sub' }));
        const made = await city.hub.command<CommandResult<'stream.lease-many'>>('stream.lease-many', { wants });
        const given = made.leases.map((answer) => {
          if ('error' in answer) throw new Error(`no lease: ${answer.error.code}`);
          return answer;
        });
        leases = given.map(({ leaseId }) => leaseId);
        await beginReading(wall.page);
        shownAt = Date.now();
        await wall.show(given.map(({ urls }) => urls.hls));
      },
      async blank() {
        await wall.show([]);
        await release();
      },
    };
  }
  const { page } = await openWall(browser, city.hub, '1');
  const asked = [kind === 'll-hls' ? 'engine=hls&cap=none' : '', query].filter((part) => part !== '').join('&');
  if (asked !== '') await page.goto(`${city.hub.listening}/wall/main/1?${asked}`);
  await meterPage(page, kind === 'mosaic' ? 'mosaic' : 'videos');
  return {
    page,
    async show(ids) {
      await beginReading(page);
      shownAt = Date.now();
      await city.show(city.grid(ids));
    },
    async blank() {
      await city.blank();
      await until('an empty wall', patienceMs, async () => (await readPage(page)).tiles.length === 0);
    },
  };
}

let shownAt = 0;

/** When the last tile has its first picture; null when that takes too long. */
async function allPictures(page: Page, count: number): Promise<number | null> {
  return until('every picture', patienceMs, async () => {
    const { tiles } = await readPage(page);
    const firsts = tiles.flatMap(({ firstAt }) => (firstAt === null ? [] : [firstAt]));
    return firsts.length >= count ? Math.max(...firsts) : null;
  }).catch(() => null);
}

async function measure(kind: WallKind, count: number, city: GridCity): Promise<Sample> {
  const browser = await pinned(core, () => startBareChromium());
  try {
    await city.blank();
    const wall = await openKind(kind, browser, city);
    const ids = city.cameraIds.slice(0, count);
    await wall.show(ids);
    await allPictures(wall.page, count);
    await wall.blank();
    await wall.show(ids);
    const last = await allPictures(wall.page, count);
    const firstPictureMs = last === null ? null : last - shownAt;
    await pause(settleMs);
    const cpuSince = await measureCpu(city.hub);
    await beginReading(wall.page);
    await pause(seconds * 1000);
    const reading = await readPage(wall.page);
    const cpu = await cpuSince();
    const painter = kind === 'mosaic' ? await wall.page.evaluate(painterOf) : null;
    const pssMb = pssMbOfAll(browserPids());
    return { reading, frameGapsMs: await frameGapsMs(wall.page, smoothMs), firstPictureMs, cpu, pssMb, painter };
  } finally {
    await browser.close();
  }
}

/** In the page. */
function painterOf(): string | null {
  return (globalThis as unknown as WallPageFacts).taoduWall.figures?.painter ?? null;
}

const mean = (values: readonly number[]) => (values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length);
const rounded = (value: number | null, digits = 0) => (value === null ? null : Math.round(value * 10 ** digits) / 10 ** digits);

/** What the rounds came to together. Worst values are the worst of all rounds. */
function summary(samples: readonly Sample[], count: number) {
  const fps = samples.flatMap(({ reading }) => reading.tiles.map((tile) => tile.fps));
  // A tile that is not there at all shows nothing.
  const all = [...fps, ...Array<number>(Math.max(0, count * samples.length - fps.length)).fill(0)];
  const ages = samples.flatMap(({ reading }) => reading.agesMs);
  const firsts = samples.map(({ firstPictureMs }) => firstPictureMs);
  const reasons: Record<string, number> = {};
  for (const { reading } of samples)
    for (const [reason, times] of Object.entries(reading.reasons)) reasons[reason] = (reasons[reason] ?? 0) + times;
  const cpuNames = Object.keys(samples[0]?.cpu ?? {});
  return {
    fps_mean: rounded(mean(all), 2),
    fps_worst: rounded(Math.min(...all), 2),
    age_p50_ms: rounded(percentile(ages, 0.5)),
    age_p95_ms: rounded(percentile(ages, 0.95)),
    first_picture_all_ms: firsts.some((ms) => ms === null) ? null : rounded(mean(firsts.flatMap((ms) => (ms === null ? [] : [ms])))),
    raf_p99_ms: rounded(
      percentile(
        samples.flatMap((sample) => sample.frameGapsMs),
        0.99,
      ),
      1,
    ),
    // The browser tells of tasks from 50 ms on.
    longest_task_ms: rounded(Math.max(0, ...samples.flatMap(({ reading }) => reading.longTasksMs))),
    ...Object.fromEntries(cpuNames.map((name) => [name, rounded(mean(samples.map(({ cpu }) => cpu[name] ?? 0)), 3)])),
    pss_mb: rounded(Math.max(...samples.map(({ pssMb }) => pssMb))),
    painter: samples[0]?.painter ?? null,
    reasons_reported: reasons,
  };
}

type Summary = ReturnType<typeof summary> & { readonly cpu_browser_cores?: number | null };

const over = (ours: number | null | undefined, theirs: number | null | undefined) =>
  ours === null || ours === undefined || theirs === null || theirs === undefined || theirs === 0 ? null : rounded(ours / theirs, 3);

note('making clips');
const clips = await gridClips(Math.max(...counts));
const city = await pinned(core, () => startGridCity(clips, lingerMs));
try {
  const figures: Partial<Record<WallKind, Record<string, Summary>>> = {};
  for (const count of counts) {
    const samples = new Map<WallKind, Sample[]>(kinds.map((kind) => [kind, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const kind of kinds) {
        note(`${count} tiles, round ${round + 1}: ${kind}`);
        samples.get(kind)!.push(await measure(kind, count, city));
      }
    }
    for (const kind of kinds) {
      const figure = summary(samples.get(kind)!, count);
      note(`${count} tiles: ${kind}: ${JSON.stringify(figure)}`);
      (figures[kind] ??= {})[count] = figure;
    }
  }

  const mosaic = (count: number): Summary | undefined => figures.mosaic?.[count];
  const hls = (count: number): Summary | undefined => figures.hls?.[count];
  const ratio: Record<string, number | null> = {};
  for (const count of counts) {
    const [own, theirs] = [mosaic(count), hls(count)];
    if (!own || !theirs) continue;
    ratio[`fps_to_hls_at_${count}`] = over(own.fps_mean, theirs.fps_mean);
    ratio[`age_p50_to_hls_at_${count}`] = over(own.age_p50_ms, theirs.age_p50_ms);
    ratio[`first_picture_to_hls_at_${count}`] = over(own.first_picture_all_ms, theirs.first_picture_all_ms);
    ratio[`cpu_browser_to_hls_at_${count}`] = over(own.cpu_browser_cores, theirs.cpu_browser_cores);
  }
  /** The goals of what was measured here; what was not is left out. */
  const goals: Goal[] = [];
  const dense = mosaic(64);
  if (core === null) {
    for (const [count, limit] of [
      [64, 14.5],
      [100, 14.5],
      [144, 12],
    ] as const) {
      const own = mosaic(count);
      if (own) goals.push(atLeast(`fps_worst_at_${count}`, limit, own.fps_worst));
    }
    if (dense) {
      goals.push(
        atMost('age_p95_ms_at_64', 150, dense.age_p95_ms),
        atMost('first_picture_all_ms_at_64', 1000, dense.first_picture_all_ms),
        atMost('raf_p99_ms_at_64', 20, dense.raf_p99_ms),
        atMost('longest_task_ms_at_64', 50, dense.longest_task_ms),
      );
      if (hls(64)) goals.push(atMost('cpu_browser_to_hls_at_64', 0.75, ratio['cpu_browser_to_hls_at_64'] ?? null));
    }
    const hundred = mosaic(100);
    if (hundred) goals.push(atMost('pss_mb_at_100', 900, hundred.pss_mb));
  } else if (dense && hls(64)) goals.push(atLeast('fps_to_hls_at_64', 3, ratio['fps_to_hls_at_64'] ?? null));
  // Overload bounds the delay instead of letting it grow.
  for (const count of counts) {
    const own = mosaic(count);
    if (own && !(core === null && count === 64)) goals.push(atMost(`age_p95_ms_at_${count}`, 1000, own.age_p95_ms));
  }
  printReport({
    bench: 'dense-wall',
    ours: { pinned_to_core: core, seconds, rounds, mosaic: figures.mosaic ?? null },
    peer: {
      name: 'hls.js, one player a tile: plain HLS over HTTP/1.1; the own wall with low-latency HLS over one socket',
      hls: figures.hls ?? null,
      ll_hls: figures['ll-hls'] ?? null,
    },
    ratio,
    goals,
  });
} finally {
  await city.stop();
}
