import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ProblemError, type Problem } from '../../../main/contract/errors.ts';
import type { AccessUnit } from '../../contract.ts';
import { encode, pictures } from '../../media/fmp4/testdata/ffmpeg.ts';
import { createH264View } from '../../media/workers/h264-view.ts';
import { listener, runningDoor, until } from '../../media/workers/testdata/running-workers.ts';
import { ShiftedClock } from '../../media/testdata/shifted-clock.ts';
import { readMark } from '../../watermark/testdata/read-mark.ts';
import { killAv, startAv, webServer } from './testdata/running-av.ts';

const h265 = ['-x265-params', 'keyint=15:min-keyint=15:bframes=0:log-level=error'];
const clips = {
  flv: encode('clip.flv', { seconds: 2 }),
  ts: encode('clip.ts', { seconds: 2 }),
  reordered: encode('reordered.ts', { seconds: 2, x264: ['-bf', '2', '-g', '15'] }),
  h265: encode('clip.ts', { seconds: 2, x265: h265 }),
  wide: encode('wide.ts', { seconds: 1, size: '2560x1440', fps: 5, x265: h265 }),
};
const all = 30;
const mark = 'li.wei desk-12 2026-03-01 08:15:30 UTC+08:00 DS07-00123';
const never = new AbortController().signal;

let door: Awaited<ReturnType<typeof runningDoor>>;
let av: ChildProcess;
let web: Awaited<ReturnType<typeof webServer>>;
/** Answers that never come to an end. */
const held = new Set<object>();
const ends: (() => void | Promise<void>)[] = [];

beforeAll(async () => {
  door = await runningDoor();
  web = await webServer({
    '/clip.flv': clips.flv,
    '/clip.ts': clips.ts,
    '/reordered.ts': clips.reordered,
    '/h265.ts': clips.h265,
    '/wide.ts': clips.wide,
    '/moved': (_request, response) => void response.writeHead(302, { location: '/clip.flv' }).end(),
    '/away': (_request, response) => void response.writeHead(302, { location: 'http://203.0.113.7/clip.flv' }).end(),
    '/list.m3u8': Buffer.from('#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nclip.ts\n#EXT-X-ENDLIST\n'),
    '/away.m3u8': Buffer.from('#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nhttp://203.0.113.7/clip.ts\n#EXT-X-ENDLIST\n'),
    '/local.m3u8': Buffer.from(`#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nfile://${import.meta.filename}\n#EXT-X-ENDLIST\n`),
    '/list.txt': Buffer.from(`ffconcat version 1.0\nfile '${import.meta.filename}'\n`),
    '/garbage': Buffer.alloc(100_000, 'garbage '),
    '/locked': (_request, response) => void response.writeHead(401).end(),
    '/broken': (_request, response) => void response.writeHead(503).end(),
    '/stalls': (_request, response) => {
      held.add(response);
      response.on('close', () => held.delete(response));
      response.write(clips.flv.subarray(0, clips.flv.length / 2));
    },
    '/silent': (_request, response) => {
      held.add(response);
      response.on('close', () => held.delete(response));
    },
  });
  av = await startAv(door.url);
  await until(() => door.door.workers.state('av') !== null);
}, 60_000);

afterAll(async () => {
  await killAv(av);
  await web.stop();
  await door.stop();
});

// The pictures of a test are looked at by a program that this process waits for: on a busy machine for longer than the worker waits for a word from us. It comes back.
beforeEach(() => until(() => door.door.workers.state('av') !== null));
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

/** Pulls to the end: an end that a clip has and a camera has not. */
async function pulled(url: string) {
  const { got, steps, sink, report } = listener();
  const why = await problemOf(door.door.workers.pull(url, sink, never, report));
  return { why, steps, video: got.filter(({ codec }) => codec === 'h264' || codec === 'h265'), got };
}

const problemOf = (run: Promise<void>): Promise<Problem | 'resolved'> =>
  run.then(
    () => 'resolved' as const,
    (error: unknown) => (error instanceof ProblemError ? error.problem : Promise.reject(error as Error)),
  );

const bytesOf = (units: readonly AccessUnit[]) => Buffer.concat(units.map(({ annexB }) => annexB));

describe('pulling', () => {
  test.each([
    ['H.264 in FLV', '/clip.flv', 'clip.h264', () => clips.flv, 'clip.flv'],
    ['H.264 in MPEG-TS', '/clip.ts', 'clip.h264', () => clips.ts, 'clip.ts'],
    ['H.264 that is reordered', '/reordered.ts', 'clip.h264', () => clips.reordered, 'clip.ts'],
    ['H.265 in MPEG-TS', '/h265.ts', 'clip.h265', () => clips.h265, 'clip.ts'],
    ['a playlist', '/list.m3u8', 'clip.h264', () => clips.ts, 'clip.ts'],
    ['a redirect', '/moved', 'clip.h264', () => clips.flv, 'clip.flv'],
  ])('%s: every picture, exactly, with parameter sets before each key picture', async (_name, path, name, clip, clipName) => {
    const { why, steps, video } = await pulled(web.url(path));
    expect(why).toEqual({ code: 'source-ended', params: {} });
    expect(steps.filter((step) => !step.startsWith('link'))).toEqual(['connect', 'describe', 'codec', 'first-packet', 'key-picture']);
    expect(video).toHaveLength(all);
    expect(video.filter(({ key }) => key)).toHaveLength(2);
    expect(video.every(({ dtsUs, ptsUs }, index) => ptsUs >= dtsUs && (index === 0 || dtsUs > video[index - 1]!.dtsUs))).toBe(true);
    expect(pictures(bytesOf(video), name)).toEqual(pictures(clip(), clipName));
    // Whoever comes in the middle begins with the second key picture.
    const later = video.slice(video.findLastIndex(({ key }) => key));
    expect(pictures(bytesOf(later), name)).toHaveLength(later.length);
  });

  test.each<[string, () => string, Problem | { code: string; params: object }]>([
    [
      'nobody there',
      () => 'http://127.0.0.1:1/x',
      { code: 'source-unreachable', params: { host: '127.0.0.1', port: 1, reason: 'ECONNREFUSED' } },
    ],
    ['not found', () => web.url('/nothing'), { code: 'source-not-found', params: { status: 404 } }],
    ['a password wanted', () => web.url('/locked'), { code: 'source-login-refused', params: { status: 401, reason: 'refused' } }],
    ['a server in trouble', () => web.url('/broken'), { code: 'source-refused', params: { status: 500 } }],
    [
      'a network that is not allowed',
      () => 'rtsp://203.0.113.7/x',
      { code: 'source-address-refused', params: expect.anything() as object },
    ],
    ['a redirect to there', () => web.url('/away'), { code: 'source-address-refused', params: expect.anything() as object }],
    ['a playlist that leads there', () => web.url('/away.m3u8'), { code: 'source-address-refused', params: expect.anything() as object }],
    ['a playlist of local files', () => web.url('/local.m3u8'), { code: 'source-protocol', params: expect.anything() as object }],
    ['a list of local files', () => web.url('/list.txt'), { code: 'source-protocol', params: expect.anything() as object }],
    ['a local file', () => `file://${import.meta.filename}`, { code: 'source-invalid', params: { field: 'url', reason: 'scheme' } }],
    ['nothing that makes sense', () => web.url('/garbage'), { code: 'source-protocol', params: expect.anything() as object }],
  ])('%s has its reason', async (_name, url, reason) => {
    const { why, got } = await pulled(url());
    expect(why).toMatchObject(reason);
    expect(got).toEqual([]);
  });

  test.each(['/stalls', '/silent'])('%s ends within a second when nobody wants it any more', async (path) => {
    const abort = new AbortController();
    const { got, sink } = listener();
    const run = door.door.workers.pull(web.url(path), sink, abort.signal);
    await until(() => held.size === 1 && (path === '/silent' || got.length > 5));
    const began = performance.now();
    abort.abort();
    await run;
    await until(() => held.size === 0);
    expect(performance.now() - began).toBeLessThan(1000);
  });

  test('a camera that redirects RTSP leads nowhere', async () => {
    let reached = 0;
    const inside = await rtspServer(() => {
      reached += 1;
      return 'RTSP/1.0 404 Not Found';
    });
    const camera = await rtspServer((method) =>
      method === 'OPTIONS' ? 'RTSP/1.0 200 OK\r\nPublic: DESCRIBE' : `RTSP/1.0 302 Found\r\nLocation: rtsp://127.0.0.1:${inside}/x`,
    );
    expect((await pulled(`rtsp://127.0.0.1:${inside}/x`)).why).toEqual({ code: 'source-not-found', params: { status: 404 } });
    expect(reached).toBeGreaterThan(0);
    reached = 0;
    expect((await pulled(`rtsp://127.0.0.1:${camera}/x`)).why).toMatchObject({ code: 'source-protocol' });
    expect(reached).toBe(0);
  });

  test('RTMP, live, and beside it one that fails', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'taodu-av-'));
    ends.push(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, 'clip.flv'), clips.flv);
    const port = await freePort();
    const url = `rtmp://127.0.0.1:${port}/live/cam`;
    // As a server for one player.
    const server = spawn(
      'ffmpeg',
      ['-v', 'error', '-re', '-stream_loop', '-1', '-i', join(folder, 'clip.flv'), '-c', 'copy', '-f', 'flv', '-listen', '1', url],
      { stdio: 'ignore' },
    );
    ends.push(async () => {
      const exited = once(server, 'exit');
      if (server.exitCode === null && server.kill('SIGKILL')) await exited;
    });
    const abort = new AbortController();
    const { got, sink } = listener();
    let run = Promise.resolve<Problem | 'resolved'>('resolved');
    await until(async () => {
      // Nobody listens there at first: pulled again until pictures come instead of a refusal.
      run = problemOf(door.door.workers.pull(url, sink, abort.signal));
      const isRefused = run.then(() => true);
      const isThere = until(() => got.length > 0).then(() => false);
      return !(await Promise.race([isRefused, isThere]));
    });
    await until(() => got.filter(({ key }) => key).length >= 2);
    expect((await pulled(web.url('/garbage'))).why).toMatchObject({ code: 'source-protocol' });
    const before = got.length;
    await until(() => got.length > before + 5);
    abort.abort();
    expect(await run).toBe('resolved');
  });
});

/** A view of clips that a camera with H.265 sends. */
function view(units: readonly AccessUnit[]) {
  const made = createH264View(
    {
      subscribe(sink) {
        units.forEach((unit) => sink.push(unit));
        return () => {};
      },
    },
    { workers: door.door.workers, clock: new ShiftedClock() },
  );
  ends.push(() => made.dispose());
  return made;
}

describe('transcoding', () => {
  test('H.265 becomes H.264: picture by picture, at its times, with a key picture at the start and every two seconds', async () => {
    const { video } = await pulled(web.url('/h265.ts'));
    const made = view(video);
    const { got, sink } = listener();
    made.subscribe(sink);
    await until(() => got.length === all);
    expect(made).toMatchObject({ transcoding: true, problem: null });
    expect(got.map(({ ptsUs, receivedAtMs }) => [ptsUs, receivedAtMs])).toEqual(
      video.map(({ ptsUs, receivedAtMs }) => [ptsUs, receivedAtMs]),
    );
    expect(got.filter(({ key }) => key)).toHaveLength(1);
    expect(got[0]).toMatchObject({ codec: 'h264', key: true, discontinuity: false });
    expect(pictures(bytesOf(got), 'made.h264')).toHaveLength(all);
  });

  test('no more at once than configured; the place is free again when one ends', async () => {
    const { video } = await pulled(web.url('/h265.ts'));
    const [first, second] = [view(video), view(video)];
    first.subscribe(listener().sink);
    const leave = second.subscribe(listener().sink);
    expect(second.problem).toEqual({ code: 'transcode-budget', params: { max: 1 } });
    first.dispose();
    leave();
    const { got, sink } = listener();
    second.subscribe(sink);
    await until(() => got.length === all);
  });

  test('pictures larger than 1080 lines are made smaller', async () => {
    const { video } = await pulled(web.url('/wide.ts'));
    const { got, sink } = listener();
    view(video).subscribe(sink);
    await until(() => got.length === video.length);
    const sizes = await door.door.workers.snapshot(got[0]!, mark);
    expect(sizes).toMatchObject({ ok: true, value: { width: 1920, height: 1080 } });
  });

  test('what cannot be decoded ends with its reason', async () => {
    const { video } = await pulled(web.url('/h265.ts'));
    const made = view(
      Array.from({ length: 300 }, (_, index) => ({
        ...video[0]!,
        annexB: video[0]!.annexB.subarray(0, 60),
        ptsUs: index * 1000,
        dtsUs: index * 1000,
      })),
    );
    made.subscribe(listener().sink);
    await until(() => made.problem !== null);
    expect(made.problem).toEqual({ code: 'source-failed', params: { reason: 'undecodable' } });
  });
});

/** The light of every pixel, as FFmpeg's own program decodes it. */
function greyOf(jpeg: Uint8Array): Buffer {
  const args = ['-v', 'error', '-i', 'pipe:0', '-f', 'rawvideo', '-pix_fmt', 'gray', 'pipe:1'];
  const { status, stdout, stderr } = spawnSync('ffmpeg', args, { input: jpeg, maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0) throw new Error(stderr.toString());
  return stdout;
}

test('a snapshot of H.264 and of H.265, at most 1920 wide, has its watermark in the pixels; of nothing there is none', async () => {
  for (const [path, size] of [
    ['/clip.ts', { width: 320, height: 180 }],
    ['/wide.ts', { width: 1920, height: 1080 }],
  ] as const) {
    const { video } = await pulled(web.url(path));
    const made = await door.door.workers.snapshot(video[0]!, mark);
    if (!made.ok) throw new Error(made.error.code);
    expect(made.value).toMatchObject({ ...size, at: video[0]!.receivedAtMs });
    expect(pictures(made.value.jpeg, 'made.jpg')).toHaveLength(1);
    const grey = greyOf(made.value.jpeg);
    expect(readMark((x, y) => grey[y * size.width + x]!, size.width, size.height, mark)).toBe(mark.replaceAll(' ', ''));
    const undecodable = await door.door.workers.snapshot({ ...video[0]!, annexB: video[0]!.annexB.subarray(0, 50) }, mark);
    expect(undecodable).toMatchObject({ ok: false, error: { code: 'snapshot-failed', params: { reason: 'undecodable' } } });
  }
});

test('killed, it takes its pulls with it, and nobody else; started again, it works again', async () => {
  const run = problemOf(door.door.workers.pull(web.url('/stalls'), listener().sink, never));
  await until(() => door.door.workers.state('av')?.pulls === 1);
  await killAv(av);
  expect(await run).toEqual({ code: 'worker-unavailable', params: { worker: 'av' } });
  expect((await pulled(web.url('/clip.ts'))).why).toEqual({ code: 'worker-unavailable', params: { worker: 'av' } });
  av = await startAv(door.url);
  await until(() => door.door.workers.state('av') !== null);
  expect((await pulled(web.url('/clip.ts'))).video).toHaveLength(all);
});

test.each<[string, (child: ChildProcess) => void]>([
  ['is told to stop', (child) => child.send({ kind: 'stop' })],
  ['has lost its parent', (child) => child.disconnect()],
])('ends when it %s, whatever it is doing', async (_name, end) => {
  const other = await runningDoor();
  ends.push(() => other.stop());
  const child = await startAv(other.url);
  ends.push(() => killAv(child));
  await until(() => other.door.workers.state('av') !== null);
  const { got, sink } = listener();
  const run = problemOf(other.door.workers.pull(web.url('/stalls'), sink, never));
  await until(() => got.length > 0);
  const exited = once(child, 'exit');
  end(child);
  expect(await exited).toEqual([0, null]);
  expect(await run).toMatchObject({ code: 'worker-unavailable' });
});

/** A server that has one answer for each method; resolves to its port. */
async function rtspServer(answer: (method: string) => string): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (data) => {
      const [, method = ''] = /^(\w+) /.exec(data.toString()) ?? [];
      const [, number = ''] = /CSeq: (\d+)/.exec(data.toString()) ?? [];
      socket.write(`${answer(method)}\r\nCSeq: ${number}\r\n\r\n`);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  const server = createServer((socket: Socket) => socket.destroy()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}
