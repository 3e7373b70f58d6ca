import type { CDPSession, Page } from 'playwright-core';
import type { Camera } from '../streams/contract.ts';
import { startBareChromium } from './peers/bare-chromium.ts';
import { until } from '../e2e/start-hub.ts';
import { openWall } from '../e2e/wall-page.ts';
import { browserPids, ownMbOf, pssMbOf, pssMbOfAll } from './cpu-meter.ts';
import { gridClips } from './peers/grid-clips.ts';
import { collectGarbage } from './peers/collect-garbage.ts';
import { startGridCity } from './peers/grid-city.ts';
import { openHlsWall } from './peers/hls-wall.ts';
import { lineThrough } from './peers/line-through.ts';
import type { WallPageFacts } from './peers/wall-page-facts.ts';
import { atMost, printReport, type Goal } from './report.ts';

/**
 * One wall screen for `--minutes 5` (the acceptance is 30) whose scene changes every five seconds: 64 tiles, 36, one large and five small, 100, a tour. Memory
 * of the browser (PSS) is taken at the end of every scene, one value is the mean over one round of scenes; that of relay and hub (what is theirs alone: they
 * share their program with every other Node process) at the end of every round, after they have collected their garbage, which V8 puts off for many
 * minutes: the most that was seen before that is told too. The slope of what comes after the warm-up is to be within twice its standard error of zero, or
 * below half a megabyte a minute. At the end the scene is blank, and
 * everything must have been given back: players, tiles, decoders, sockets, leases, and the cameras at the relay. Peer, in the same run:
 * a wall of hls.js players, 16, 9 and 4 in turn, for `--peer-minutes 4`.
 */
const option = (name: string, otherwise: string) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : (process.argv[at + 1] ?? otherwise);
};
const minutes = Number(option('minutes', '5'));
const peerMinutes = Number(option('peer-minutes', '4'));
const everyMs = 5000;
/** A fifth of the time, and at least two minutes: so long the relay's memory was seen to grow before it stayed level. */
const warmUpMs = (forMs: number) => Math.max(0.2 * forMs, 120_000);
/** Short, so that what is left open at the end is somebody's fault. */
const lingerMs = 2000;

const note = (text: string) => process.stderr.write(`soak bench: ${text}\n`);
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
const rounded = (value: number | null, digits = 3) => (value === null ? null : Math.round(value * 10 ** digits) / 10 ** digits);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

interface Memory {
  readonly minute: number;
  readonly mb: Readonly<Record<string, number>>;
}

interface Slope {
  readonly mbPerMinute: number;
  readonly stderr: number | null;
}

/** Changes the scene every five seconds for so long; one value a round of scenes. */
async function soak(
  forMs: number,
  scenes: readonly (() => Promise<void>)[],
  sample: () => Promise<Record<string, number>>,
  endRound: () => Promise<Record<string, number>> = async () => ({}),
): Promise<Memory[]> {
  const from = performance.now();
  const rounds: Memory[] = [];
  for (let round = 0; performance.now() - from < forMs; round += 1) {
    const taken: Record<string, number>[] = [];
    for (const [index, show] of scenes.entries()) {
      const due = from + (round * scenes.length + index + 1) * everyMs;
      await show();
      await pause(Math.max(0, due - performance.now()));
      taken.push(await sample());
    }
    const names = Object.keys(taken[0]!);
    const mb = { ...Object.fromEntries(names.map((name) => [name, mean(taken.map((one) => one[name]!))])), ...(await endRound()) };
    rounds.push({ minute: (performance.now() - from) / 60_000, mb });
    note(
      `${rounds.at(-1)!.minute.toFixed(1)} min: ${Object.entries(mb)
        .map(([name, value]) => `${name} ${value.toFixed(0)}`)
        .join(', ')}`,
    );
  }
  return rounds;
}

/** Null when there were too few rounds after the warm-up to tell. */
function slopeOf(rounds: readonly Memory[], name: string, forMs: number): Slope | null {
  const warm = rounds.filter(({ minute }) => minute * 60_000 >= warmUpMs(forMs));
  const line = lineThrough(warm.map(({ minute, mb }) => [minute, mb[name]!]));
  return line && warm.length > 2 ? { mbPerMinute: line.slope, stderr: line.stderr } : null;
}

const slopeFigures = (name: string, slope: Slope | null) => ({
  [`${name}_slope_mb_per_min`]: rounded(slope?.mbPerMinute ?? null),
  [`${name}_slope_stderr`]: rounded(slope?.stderr ?? null),
});

/** What the page itself says that it holds. */
interface Held {
  readonly players: number;
  readonly tiles: number;
  readonly decoders: number;
  readonly sockets: number;
}

/** In the page. */
function heldByPage(): Held {
  const { taoduWall } = globalThis as unknown as WallPageFacts;
  const { players, openSockets, tiles, figures } = taoduWall;
  return { players, tiles: Object.keys(tiles).length, decoders: figures?.decoders ?? 0, sockets: openSockets };
}

/** What V8 and the document hold after a collection. */
async function domCounters(cdp: CDPSession): Promise<{ nodes: number; listeners: number; heapMb: number }> {
  await cdp.send('HeapProfiler.collectGarbage');
  const { nodes, jsEventListeners } = await cdp.send('Memory.getDOMCounters');
  const { usedSize } = await cdp.send('Runtime.getHeapUsage');
  return { nodes, listeners: jsEventListeners, heapMb: usedSize / 2 ** 20 };
}

const clips = await gridClips(100);
const city = await startGridCity(clips, lingerMs);
const { hub, cameraIds } = city;
const openCameras = async () => (await hub.collection<Camera>('cameras', '?limit=1000')).items.filter(({ link }) => link !== null).length;
const leases = async () => (await hub.metrics())['taodu_leases'] ?? Number.NaN;
try {
  const browser = await startBareChromium();
  const soakMs = minutes * 60_000;
  let page: Page;
  let rounds: Memory[];
  let dom: { readonly before: Awaited<ReturnType<typeof domCounters>>; readonly after: Awaited<ReturnType<typeof domCounters>> };
  let held: Held;
  let relayPssMb: number;
  let relayMostMb: number;
  let hubMostMb: number;
  let leftLeases: number;
  let leftCameras: number;
  try {
    ({ page } = await openWall(browser, hub, '1'));
    const cdp = await page.context().newCDPSession(page);
    const some = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => cameraIds[(from + index) % cameraIds.length]!);
    const split = {
      kind: 'split',
      template: '1+5',
      tiles: some(50, 6).map((cameraId) => ({ panel: 'video', cameraId, profile: 'sub' })),
    };
    const tour = { kind: 'tour', steps: [0, 20].map((from) => ({ scene: city.grid(some(from, 25)), dwellMs: 3000 })) };
    const scenes = [city.grid(some(0, 64)), city.grid(some(30, 36)), split, city.grid(some(0, 100)), tour];
    // What is made once stays: everything is shown once before anything is counted.
    for (const scene of scenes) {
      await city.show(scene);
      await pause(everyMs);
    }
    const calm = async () => {
      await city.blank();
      // Whoever does not give everything back within this time keeps it.
      return until('a page that holds nothing', 20_000, async () => {
        const now = await page.evaluate(heldByPage);
        return Object.values(now).every((count) => count === 0) ? now : null;
      }).catch(() => page.evaluate(heldByPage));
    };
    await calm();
    const before = await domCounters(cdp);
    const [relayPid, hubPid] = [await hub.child('relay.js'), await hub.child('hub.js')];
    const most = { relay: 0, hub: 0 };
    rounds = await soak(
      soakMs,
      scenes.map((scene) => () => city.show(scene)),
      async () => ({ browser: pssMbOfAll(browserPids()) }),
      async () => {
        most.relay = Math.max(most.relay, ownMbOf(String(relayPid)));
        most.hub = Math.max(most.hub, ownMbOf(String(hubPid)));
        await collectGarbage(relayPid);
        await collectGarbage(hubPid);
        return { relay: ownMbOf(String(relayPid)), hub: ownMbOf(String(hubPid)) };
      },
    );
    ({ relay: relayMostMb, hub: hubMostMb } = most);
    relayPssMb = pssMbOf(String(relayPid));
    held = await calm();
    dom = { before, after: await domCounters(cdp) };
    leftLeases = await until('no lease', 20_000, async () => (await leases()) === 0).then(() => 0, leases);
    leftCameras = await until('no open camera', 20_000, async () => (await openCameras()) === 0).then(() => 0, openCameras);
  } finally {
    await browser.close();
  }

  note('the peer');
  const peerBrowser = await startBareChromium();
  let peerRounds: Memory[];
  try {
    const wall = await openHlsWall(peerBrowser, hub);
    let held: string[] = [];
    const show = async (count: number) => {
      const before = held;
      const made = await Promise.all(
        cameraIds
          .slice(0, count)
          .map((cameraId) => hub.command<{ leaseId: string; urls: { hls: string } }>('stream.lease', { cameraId, profile: 'sub' })),
      );
      held = made.map(({ leaseId }) => leaseId);
      await wall.show(made.map(({ urls }) => urls.hls));
      await Promise.all(before.map((leaseId) => hub.command('stream.release', { leaseId }).catch(() => {})));
    };
    const shows = [16, 9, 4].map((count) => () => show(count));
    peerRounds = await soak(peerMinutes * 60_000, shows, async () => ({ browser: pssMbOfAll(browserPids()) }));
  } finally {
    await peerBrowser.close();
  }

  const slopes = Object.fromEntries(['browser', 'relay', 'hub'].map((name) => [name, slopeOf(rounds, name, soakMs)]));
  const peerSlope = slopeOf(peerRounds, 'browser', peerMinutes * 60_000);
  const last = rounds.at(-1)!.mb;
  /** What the slope is above zero beyond its error, in MB a minute: nothing, when it is within. */
  const beyondError = (slope: Slope | null): number | null => {
    if (!slope) return null;
    return Math.abs(slope.mbPerMinute) <= 2 * (slope.stderr ?? 0) ? 0 : slope.mbPerMinute;
  };
  const goals: Goal[] = [
    ...Object.entries(slopes).map(([name, slope]) => atMost(`${name}_slope_beyond_error_mb_per_min`, 0.5, beyondError(slope))),
    ...Object.entries(held).map(([name, count]) => atMost(`leaked_${name}`, 0, count)),
    atMost('leaked_leases', 0, leftLeases),
    atMost('leaked_cameras_open', 0, leftCameras),
  ];
  printReport({
    bench: 'soak',
    ours: {
      minutes,
      scene_changes: rounds.length * 5,
      ...Object.entries(slopes).reduce((all, [name, slope]) => ({ ...all, ...slopeFigures(name, slope) }), {}),
      browser_pss_mb_at_end: rounded(last['browser']!, 1),
      relay_own_mb_at_end: rounded(last['relay']!, 1),
      relay_own_mb_most_uncollected: rounded(relayMostMb, 1),
      relay_pss_mb_at_end: rounded(relayPssMb, 1),
      hub_own_mb_at_end: rounded(last['hub']!, 1),
      hub_own_mb_most_uncollected: rounded(hubMostMb, 1),
      dom_nodes_gained: dom.after.nodes - dom.before.nodes,
      dom_listeners_gained: dom.after.listeners - dom.before.listeners,
      js_heap_gained_mb: rounded(dom.after.heapMb - dom.before.heapMb, 2),
    },
    peer: {
      name: 'hls.js wall of 16, 9 and 4 tiles in turn',
      minutes: peerMinutes,
      ...slopeFigures('browser', peerSlope),
      browser_pss_mb_at_end: rounded(peerRounds.at(-1)?.mb['browser'] ?? null, 1),
    },
    ratio: {},
    goals,
  });
} finally {
  await city.stop();
}
