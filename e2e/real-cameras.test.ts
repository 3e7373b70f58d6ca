import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CameraStatus } from '../streams/contract.ts';
import { chromiumPath, startChromium } from './chromium.ts';
import { ffmpegPath, startFfmpegPublisher } from './ffmpeg-publisher.ts';
import { hasGstCameras, startGstCameras, type GstCameras } from './gst-cameras.ts';
import { startHub, until, type RunningHub } from './start-hub.ts';
import { everyPictureMoves, openWall, shownTiles, type OpenPage } from './wall-page.ts';

const lacking = [
  ...(chromiumPath === null ? ['Chromium'] : []),
  ...(ffmpegPath === null ? ['ffmpeg'] : []),
  ...(hasGstCameras ? [] : ["GStreamer's RTSP server"]),
];
const why = lacking.length > 0 ? ` (skipped: no ${lacking.join(', no ')} found)` : '';

interface Diagnosis {
  readonly failed: string | null;
  readonly steps: readonly {
    readonly step: string;
    readonly outcome: string;
    readonly ms: number | null;
    readonly reason: string | null;
  }[];
}

describe.skipIf(lacking.length > 0)(`real cameras on the wall${why}`, () => {
  let hub: RunningHub;
  let browser: Browser;
  let wall: OpenPage;
  let gst: GstCameras;
  let publisher: { kill(): Promise<void> };
  let pushUrl: string;
  const ids: Record<string, string> = {};

  const add = async (number: string, source: object): Promise<string> => {
    const { cameraId } = await hub.command<{ cameraId: string }>('camera.upsert', {
      number,
      name: `真实摄像机 ${number}`,
      district: '329982001',
      source,
    });
    ids[number] = cameraId;
    return cameraId;
  };
  const statusOf = async (cameraId: string): Promise<CameraStatus> =>
    (await hub.collection<{ id: string; status: CameraStatus }>('cameras')).items.find(({ id }) => id === cameraId)!.status;
  const show = (numbers: readonly string[], rows: number, cols: number) =>
    hub.command('wall.show', {
      wallId: 'main',
      screenId: '1',
      scene: {
        kind: 'grid',
        rows,
        cols,
        tiles: numbers.map((number) => ({ panel: 'video', cameraId: ids[number], profile: 'sub' })),
      },
    });
  const tileOf = async (number: string) => (await shownTiles(hub, '1'))?.tiles.find(({ cameraId }) => cameraId === ids[number]);
  const live = (numbers: readonly string[]) =>
    until(`${numbers.join(', ')} to be live`, 60_000, async () => {
      const tiles = await Promise.all(numbers.map(tileOf));
      return tiles.every((tile) => tile?.state === 'live' && (tile.fps ?? 0) > 5 && (tile.frameAgeMs ?? Infinity) <= 2500);
    });
  const offline = (number: string, reasons: readonly string[]) =>
    until(`${number} to be offline for ${reasons.join(' or ')}`, 60_000, async () => {
      const tile = await tileOf(number);
      return tile?.state === 'offline' && reasons.includes(tile.reason ?? '');
    });
  const diagnose = (number: string) => hub.command<Diagnosis>('camera.diagnose', { cameraId: ids[number], profile: 'sub' });

  const pulled = ['main', 'sub', 'aac', 'reordered', 'h265', 'udp', 'locked'];

  beforeAll(async () => {
    gst = await startGstCameras();
    hub = await startHub({ demo: false });
    browser = await startChromium();
    for (const mount of pulled) {
      const url = mount === 'locked' ? gst.url(mount).replace('//', '//camera:Qu1et%3Aharb%40ur@') : gst.url(mount);
      await add(mount, { kind: 'rtsp', url });
    }
    const pushed = await add('pushed', { kind: 'rtmp' });
    pushUrl = await until('the ingest to listen', 30_000, async () => {
      const { url } = await hub.command<{ url: string }>('camera.publish-address', { cameraId: pushed });
      return url;
    });
    publisher = startFfmpegPublisher(pushUrl);
    await add('pulled-by-av', { kind: 'av', url: gst.url('sub') });
    wall = await openWall(browser, hub, '1');
  });
  afterAll(async () => {
    await browser?.close();
    await hub?.stop();
    await publisher?.kill();
    await gst?.stop();
  });

  test('RTSP over TCP and UDP, with a login, reordered pictures, H.265, AAC; RTMP push; FFmpeg: all live, all moving', async () => {
    const all = [...pulled, 'pushed', 'pulled-by-av'];
    await show(all, 3, 3);
    await live(all);
    expect(await everyPictureMoves(wall.page, 60_000)).toHaveLength(9);
  });

  test('what collections show holds no credentials', async () => {
    const text = JSON.stringify(await hub.collection('cameras')) + JSON.stringify(await hub.collection('audit')) + hub.stderr();
    expect(text).not.toContain('Qu1et');
    expect(text).not.toContain(pushUrl.split('/').at(-1)!);
  });

  test('ten viewers, one connection to the camera', async () => {
    await show(['sub'], 1, 1);
    await live(['sub']);
    await until('the cameras that nobody watches to be left', 60_000, () => Promise.resolve(gst.connections.now === 1));
    const { all } = gst.connections;
    const leases = await Promise.all(
      Array.from({ length: 10 }, () =>
        hub.command<{ leaseId: string; urls: { hls: string } }>('stream.lease', { cameraId: ids['sub'], profile: 'sub' }),
      ),
    );
    const answers = await Promise.all(leases.map(({ urls }) => fetch(urls.hls)));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(gst.connections).toEqual({ now: 1, all });
    for (const { leaseId } of leases) await hub.command('stream.release', { leaseId });
  });

  test('why is this tile black: every step with its time, and where it stopped', async () => {
    await add('wrong-password', { kind: 'rtsp', url: gst.url('locked').replace('//', '//camera:wrong@') });
    await add('no-such-stream', { kind: 'rtsp', url: gst.url('nothing-here') });
    await add('nobody-there', { kind: 'rtsp', url: 'rtsp://127.0.0.1:9/live' });
    await add('elsewhere', { kind: 'rtsp', url: 'rtsp://198.51.100.7/live' });
    const good = await diagnose('locked');
    expect(good.failed).toBeNull();
    const steps = Object.fromEntries(good.steps.map((step) => [step.step, step]));
    for (const name of [
      'directory',
      'permission',
      'lease',
      'resolve',
      'connect',
      'login',
      'describe',
      'codec',
      'setup',
      'play',
      'key-picture',
    ])
      expect([name, steps[name]?.outcome]).toEqual([name, 'ok']);
    expect(steps['connect']!.ms).not.toBeNull();
    for (const [number, step, reason] of [
      ['wrong-password', 'login', 'source-login-refused'],
      ['no-such-stream', 'describe', 'source-not-found'],
      ['nobody-there', 'connect', 'source-unreachable'],
      ['elsewhere', 'resolve', 'source-address-refused'],
    ] as const) {
      const bad = await diagnose(number);
      expect([number, bad.failed, bad.steps.find((one) => one.step === step)?.reason]).toEqual([number, step, reason]);
    }
  });

  test('a snapshot is a JPEG of the picture', async () => {
    const { jpeg, width, height } = await hub.command<{ jpeg: string; width: number; height: number }>('camera.snapshot', {
      cameraId: ids['main'],
    });
    expect([...Buffer.from(jpeg, 'base64').subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
    expect([width, height]).toEqual([1280, 720]);
  });

  test('a camera that loses its power: honestly offline, and back by itself; its neighbour never notices', async () => {
    await show(['sub', 'pushed'], 1, 2);
    await live(['sub', 'pushed']);
    const { port } = gst;
    await gst.kill();
    await offline('sub', ['source-unreachable', 'source-ended', 'source-failed', 'source-quarantined']);
    expect((await statusOf(ids['sub']!)).state).toBe('offline');
    expect((await tileOf('pushed'))?.state).toBe('live');
    gst = await startGstCameras(port);
    await live(['sub', 'pushed']);
  });

  test('a publisher that is gone is seen, and back when it pushes again', async () => {
    await publisher.kill();
    await offline('pushed', ['source-publisher-absent', 'source-ended']);
    await until('the directory to say so', 20_000, async () => (await statusOf(ids['pushed']!)).reason === 'source-publisher-absent');
    publisher = startFfmpegPublisher(pushUrl);
    await live(['pushed', 'sub']);
  });

  test.each(['relay.js', 'ingest.js', 'av.js'] as const)('%s killed: back to live pictures of real cameras', async (entry) => {
    await show(['sub', 'pushed', 'h265', 'pulled-by-av'], 2, 2);
    await live(['sub', 'pushed', 'h265', 'pulled-by-av']);
    // The launcher is held so that the process stays dead long enough to be looked at.
    process.kill(hub.pid, 'SIGSTOP');
    try {
      process.kill(await hub.child(entry), 'SIGKILL');
      const watched = { 'relay.js': 'sub', 'ingest.js': 'pushed', 'av.js': 'pulled-by-av' }[entry];
      await offline(watched, ['relay-unavailable', 'worker-unavailable']);
    } finally {
      process.kill(hub.pid, 'SIGCONT');
    }
    if (entry === 'ingest.js') {
      // A camera connects again by itself; ffmpeg does not.
      await publisher.kill();
      await until('the ingest to listen', 30_000, () => hub.child('ingest.js').then(() => true));
      const { url } = await until('the ingest to be known', 30_000, () =>
        hub.command<{ url: string }>('camera.publish-address', { cameraId: ids['pushed'] }),
      );
      publisher = startFfmpegPublisher(url);
    }
    await live(['sub', 'pushed', 'h265', 'pulled-by-av']);
  });
});
