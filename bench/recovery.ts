import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { startChromium } from '../e2e/chromium.ts';
import { startReconnectingPublisher } from '../e2e/ffmpeg-publisher.ts';
import { startHub, until } from '../e2e/start-hub.ts';
import { openWall } from '../e2e/wall-page.ts';
import { endChild, startChild } from './peers/child.ts';
import { atMost, percentile, printReport } from './report.ts';

/**
 * Kills relay and hub with SIGKILL under a wall of nine tiles, several times, and measures in the page: how long until every tile
 * says honestly that its picture is not live (relay) or the banner stands (hub) while the process stays dead, and how long until
 * all is back after it was started again. The same for the workers, av and ingest, with a camera that FFmpeg pulls and one that pushes, and
 * for an RTSP camera itself. Peer, in the same run: hls.js as it comes, one tile, the same relay killed under it.
 */
const rounds = 3;
const root = resolve(import.meta.dirname, '..');
let farm = await startChild([resolve(import.meta.dirname, 'peers', 'camera-farm.ts')]);
const { url: farmUrl } = JSON.parse(farm.line) as { url: string };
const hub = await startHub({ demo: true });
let publisher: { stop(): Promise<void> } | null = null;
const browser = await startChromium();
try {
  const wall = await openWall(browser, hub, '1');
  const { page } = wall;
  const tiles = (live: boolean) =>
    page.evaluate((wantLive) => {
      const all = [...document.querySelectorAll('[data-camera]')].map((tile) => tile.getAttribute('data-state'));
      return all.length === 9 && all.every((state) => (state === 'live') === wantLive);
    }, live);
  const connected = () => page.evaluate(() => document.querySelector('[data-connection]')?.getAttribute('data-connection') === 'live');
  const took = async (what: string, probe: () => Promise<boolean>): Promise<number> => {
    const from = performance.now();
    await until(what, 60_000, probe);
    return performance.now() - from;
  };
  /** Kills a process and keeps it dead while `look` looks: the launcher, which would start it again, is held. */
  const dead = async <T>(entry: 'hub.js' | 'relay.js' | 'av.js' | 'ingest.js', look: () => Promise<T>): Promise<T> => {
    process.kill(hub.pid, 'SIGSTOP');
    try {
      process.kill(await hub.child(entry), 'SIGKILL');
      return await look();
    } finally {
      process.kill(hub.pid, 'SIGCONT');
    }
  };
  await until('nine live tiles', 60_000, () => tiles(true));

  const lease = await hub.command<{ urls: { hls: string } }>('stream.lease', {
    cameraId: (await hub.collection<{ id: string }>('cameras', '?limit=1')).items[0]!.id,
    profile: 'sub',
  });
  const plainContext = await browser.newContext({ bypassCSP: true });
  const plain = await plainContext.newPage();
  const { url } = await hub.command<{ url: string }>('wall.link', { wallId: 'main', screenId: '2' });
  await hub.command('wall.show', { wallId: 'main', screenId: '2', scene: { kind: 'grid', rows: 1, cols: 1, tiles: [null] } });
  await plain.goto(url);
  await plain.addScriptTag({ content: await readFile(resolve(root, 'node_modules/hls.js/dist/hls.min.js'), 'utf8') });
  await plain.evaluate((source) => {
    const { Hls } = globalThis as unknown as { Hls: typeof import('hls.js').default };
    const video = document.createElement('video');
    video.id = 'peer';
    video.muted = true;
    document.body.append(video);
    const hls = new Hls();
    hls.loadSource(source);
    hls.attachMedia(video);
    void video.play().catch(() => {});
  }, lease.urls.hls);
  const peerFrames = () =>
    plain.evaluate(() => (document.querySelector('#peer') as HTMLVideoElement).getVideoPlaybackQuality().totalVideoFrames);
  await until('the peer to play', 30_000, async () => (await peerFrames()) > 10);

  const relayHonest: number[] = [];
  const relayBack: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await until('nine live tiles', 60_000, () => tiles(true));
    relayHonest.push(await dead('relay.js', () => took('no tile to claim to be live', () => tiles(false))));
    await until('the relay to run again', 20_000, () => hub.child('relay.js').then(() => true));
    relayBack.push(await took('nine live tiles', () => tiles(true)));
  }
  const peerBefore = await peerFrames();
  const peerBack = await until('the peer to play again', 15_000, async () => (await peerFrames()) > peerBefore + 5).then(
    () => 1,
    () => 0,
  );
  await plainContext.close();

  const hubHonest: number[] = [];
  const hubBack: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await until('connected and live', 60_000, async () => (await connected()) && (await tiles(true)));
    hubHonest.push(await dead('hub.js', () => took('the banner', async () => !(await connected()))));
    await until('the hub to answer', 20_000, async () => (await fetch(`${hub.listening}/healthz`)).ok);
    hubBack.push(await took('the page to be connected', async () => (await connected()) && (await tiles(true))));
  }
  const layouts = await hub.collection<unknown>('layouts');

  // Real cameras on the second screen: one pulled by FFmpeg, one that pushes, one of RTSP.
  const add = async (number: string, source: object) => {
    const args = { number, name: number, district: '329982001', simulated: true, source };
    return (await hub.command<{ cameraId: string }>('camera.upsert', args)).cameraId;
  };
  const cameras = {
    av: await add('REC-AV', { kind: 'av', url: `${farmUrl}/farm/1` }),
    ingest: await add('REC-PUSH', { kind: 'rtmp' }),
    camera: await add('REC-RTSP', { kind: 'rtsp', url: `${farmUrl}/farm/2` }),
  };
  const { url: pushUrl } = await until('the ingest', 30_000, () =>
    hub.command<{ url: string }>('camera.publish-address', { cameraId: cameras.ingest }),
  );
  publisher = startReconnectingPublisher(pushUrl);
  const second = await openWall(browser, hub, '2');
  await hub.command('wall.show', {
    wallId: 'main',
    screenId: '2',
    scene: {
      kind: 'grid',
      rows: 1,
      cols: 3,
      tiles: Object.values(cameras).map((cameraId) => ({ panel: 'video', cameraId, profile: 'sub' })),
    },
  });
  const isLive = (cameraId: string) =>
    second.page.evaluate((id) => document.querySelector(`[data-camera="${id}"]`)?.getAttribute('data-state') === 'live', cameraId);
  const allLive = async () => (await Promise.all(Object.values(cameras).map(isLive))).every(Boolean);
  await until('three real cameras', 60_000, allLive);
  const workers: Record<string, number[]> = {
    av_killed_honest: [],
    av_back: [],
    ingest_killed_honest: [],
    ingest_back: [],
    camera_killed_honest: [],
    camera_back: [],
  };
  for (let round = 0; round < rounds; round += 1) {
    for (const worker of ['av', 'ingest'] as const) {
      await until('three live tiles', 60_000, allLive);
      workers[`${worker}_killed_honest`]!.push(
        await dead(`${worker}.js`, () => took('the tile not to claim to be live', async () => !(await isLive(cameras[worker])))),
      );
      await until(`${worker} to run again`, 20_000, () => hub.child(`${worker}.js`).then(() => true));
      workers[`${worker}_back`]!.push(await took('the tile to be live', () => isLive(cameras[worker])));
    }
    await until('three live tiles', 60_000, allLive);
    await endChild(farm.child);
    workers['camera_killed_honest']!.push(await took('the tile not to claim to be live', async () => !(await isLive(cameras.camera))));
    farm = await startChild([resolve(import.meta.dirname, 'peers', 'camera-farm.ts'), new URL(farmUrl).port]);
    workers['camera_back']!.push(await took('the tile to be live', () => isLive(cameras.camera)));
  }

  const worst = (samples: readonly number[]) => percentile(samples, 1);
  printReport({
    bench: 'recovery',
    ours: {
      relay_killed_honest_max_ms: worst(relayHonest),
      relay_back_pictures_max_ms: worst(relayBack),
      hub_killed_honest_max_ms: worst(hubHonest),
      hub_back_data_max_ms: worst(hubBack),
      ...Object.fromEntries(Object.entries(workers).map(([name, samples]) => [`${name}_max_ms`, worst(samples)])),
      rounds,
      epoch_at_end: layouts.epoch,
    },
    peer: { name: 'hls.js defaults, relay killed', plays_again_within_15s: peerBack },
    ratio: { played_again: peerBack },
    goals: [
      atMost('relay_killed_honest_max_ms', 3000, worst(relayHonest)),
      atMost('relay_back_pictures_max_ms', 5000, worst(relayBack)),
      atMost('hub_killed_honest_max_ms', 3000, worst(hubHonest)),
      atMost('hub_back_data_max_ms', 5000, worst(hubBack)),
      ...Object.entries(workers).map(([name, samples]) => atMost(`${name}_max_ms`, name.endsWith('honest') ? 3000 : 5000, worst(samples))),
    ],
  });
} finally {
  await browser.close();
  await publisher?.stop();
  await hub.stop();
  await endChild(farm.child);
}
