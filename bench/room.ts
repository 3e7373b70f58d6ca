import type { ShownReport } from '../layouts/contract.ts';
import { startDummyDisplays } from '../e2e/dummy-displays.ts';
import { startHub, until } from '../e2e/start-hub.ts';
import { isAllLive, startRoom } from '../e2e/start-room.ts';
import { browserPids, pssMbOfAll } from './cpu-meter.ts';
import { startBareChromium } from './peers/bare-chromium.ts';
import { openHlsWall } from './peers/hls-wall.ts';
import { atLeast, atMost, percentile, printReport } from './report.ts';

/**
 * A room of six displays of 1920×1080 with nine cameras on each: from the start of the product to all pictures, how they move, what the six browsers
 * weigh, and how long it takes from the death of a window to its pictures. The displays are those of an X server that nobody sees.
 * Peer, in the same run: nine of the same cameras in one window with hls.js as it comes.
 */
const count = 6;
const side = 3;
const watchMs = 30_000;
const kills = 3;

const note = (text: string) => process.stderr.write(`room bench: ${text}\n`);
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
const rounded = (value: number | null, digits = 1) => (value === null ? null : Math.round(value * 10 ** digits) / 10 ** digits);

const displays = await startDummyDisplays(count);
let ours: Record<string, unknown>;
let fpsMean: number;
let startMs: number;
const killMs: number[] = [];
try {
  const room = await startRoom(displays, count, side);
  try {
    note('waiting for all pictures');
    await until('all pictures', 180_000, async () => (await room.shown()).every((report) => isAllLive(report, 0)));
    startMs = Date.now() - room.startedAt;
    note('watching');
    const reports: ShownReport[] = [];
    for (const until_ = Date.now() + watchMs; Date.now() < until_; await pause(1000))
      reports.push(...(await room.shown()).filter((report) => report !== null));
    const fps = reports.flatMap(({ tiles }) => tiles.flatMap((tile) => tile.fps ?? []));
    const ages = reports.flatMap(({ tiles }) => tiles.flatMap((tile) => tile.frameAgeMs ?? []));
    fpsMean = fps.reduce((sum, one) => sum + one, 0) / fps.length;
    const memory = room.screenIds.map((id) => pssMbOfAll(room.processesOf(id)));
    for (let kill = 0; kill < kills; kill += 1) {
      const screenId = room.screenIds[kill * 2]!;
      const before = room.browserOf(screenId)!;
      const from = Date.now();
      process.kill(before, 'SIGKILL');
      await until('its pictures', 60_000, async () => {
        const now = room.browserOf(screenId);
        return now !== undefined && now !== before && isAllLive((await room.shown())[kill * 2], from + 500);
      });
      killMs.push(Date.now() - from);
    }
    ours = {
      windows: count,
      tiles: count * side * side,
      start_to_all_pictures_ms: startMs,
      fps_mean: rounded(fpsMean),
      fps_p05: rounded(percentile(fps, 0.05)),
      frame_age_p95_ms: rounded(percentile(ages, 0.95), 0),
      browsers_pss_mb: rounded(memory.reduce((sum, one) => sum + one, 0)),
      one_browser_pss_mb_most: rounded(Math.max(...memory)),
      window_killed_to_pictures_ms: killMs,
      states_reported: Object.fromEntries(
        Object.entries(
          Object.groupBy(
            reports.flatMap(({ tiles }) => tiles),
            ({ state }) => state,
          ),
        ).map(([state, all]) => [state, all?.length ?? 0]),
      ),
    };
  } finally {
    await room.stop();
  }
} finally {
  await displays.stop();
}

note('the peer');
const hub = await startHub({ demo: true });
const browser = await startBareChromium();
let peerPssMb: number;
let peerStartMs: number;
try {
  const cameras = await until('nine cameras', 60_000, async () => {
    const { items } = await hub.collection<{ id: string }>('cameras', '?limit=9');
    return items.length === 9 ? items : null;
  });
  const from = Date.now();
  const wall = await openHlsWall(browser, hub);
  const leases = await Promise.all(
    cameras.map(({ id }) => hub.command<{ urls: { hls: string } }>('stream.lease', { cameraId: id, profile: 'sub' })),
  );
  await wall.show(leases.map(({ urls }) => urls.hls));
  peerStartMs = Date.now() - from;
  peerPssMb = pssMbOfAll(browserPids());
} finally {
  await browser.close();
  await hub.stop();
}
printReport({
  bench: 'room',
  ours,
  peer: { name: 'hls.js, nine players in one window', open_to_all_pictures_ms: peerStartMs, browser_pss_mb: rounded(peerPssMb) },
  ratio: { one_browser_pss: rounded(Number(ours['one_browser_pss_mb_most']) / peerPssMb, 2) },
  goals: [
    atLeast('fps_mean', 14, fpsMean),
    atMost('window_killed_to_pictures_worst_ms', 5000, Math.max(...killMs)),
    atMost('one_browser_pss_mb_most', 900, Number(ours['one_browser_pss_mb_most'])),
  ],
});
