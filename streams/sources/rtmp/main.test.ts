import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { silentLog } from '../../../main/contract/log.ts';
import type { FromChild } from '../../../main/contract/processes.ts';
import { systemClock } from '../../../main/supervision/system-clock.ts';
import type { AccessUnit, SourceStep } from '../../contract.ts';
import { Publishers } from '../../media/publishers.ts';
import { createWorkerDoor } from '../../media/workers/worker-door.ts';
import type { IngestStart } from '../../media/workers/worker-protocol.ts';
import { joinNalUnits, splitNalUnits } from '../../protocols/h264/annex-b.ts';
import { encodeHevcConfig } from '../../protocols/h265/hvcc.ts';
import { parseSps } from '../../protocols/h265/sps.ts';
import { FakePublisher } from './fake-publisher.ts';
import { hashOf, key } from './testdata/running-ingest.ts';

const ffmpeg = ['/usr/bin/ffmpeg', '/usr/local/bin/ffmpeg', '/opt/homebrew/bin/ffmpeg'].find(existsSync);
const secret = Buffer.alloc(32, 9);
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0).toReversed()) end();
});

/** The ingest process, told to start. */
function start(change: Partial<IngestStart>) {
  const child = fork(join(import.meta.dirname, 'main.ts'), { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  ends.push(() => child.kill('SIGKILL'));
  const said = { out: '', errors: '' };
  child.stdout!.on('data', (bytes: Buffer) => (said.out += bytes.toString()));
  child.stderr!.on('data', (bytes: Buffer) => (said.errors += bytes.toString()));
  const ready = once(child, 'message').then(([message]) => (message as Extract<FromChild, { kind: 'ready' }>).port);
  const config: IngestStart = {
    relay: { url: 'http://127.0.0.1:9', key: secret.toString('base64') },
    host: '127.0.0.1',
    port: 0,
    maxPublishers: 8,
    logLevel: 'info',
    ...change,
  };
  child.send({ kind: 'start', config });
  return { child, said, ready };
}

describe('the ingest process', () => {
  it.each<[string, (child: ChildProcess) => void]>([
    ['is told to stop', (child) => child.send({ kind: 'stop' })],
    ['has lost its parent', (child) => child.disconnect()],
  ])('listens without any relay, and ends when it %s', async (_name, end) => {
    const { child, ready, said } = start({});
    const camera = await FakePublisher.connect(await ready);
    end(child);
    expect(await once(child, 'exit')).toEqual([0, null]);
    await camera.closed;
    expect(said.out).toBe('');
  });

  it('waits for a port that somebody else has, and says so once', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const { child, ready, said } = start({ port });
    await vi.waitFor(() => expect(said.errors).toContain('cannot push'), { timeout: 15_000 });
    expect(said.errors).toContain('EADDRINUSE');
    taken.close();
    expect(await ready).toBe(port);
    expect(said.errors.match(/cannot push/g)).toHaveLength(1);
    expect(child.exitCode).toBeNull();
  });
});

/** The relay's door for workers, with an ingest process behind it that lets one camera push. */
async function relayWithIngest() {
  const publishers = new Publishers(systemClock);
  const events: (string | null)[] = [];
  publishers.listen({
    publishing: (cameraId, since) => void events.push(`${cameraId} ${since === null ? 'ended' : 'began'}`),
    ingest: (url) => void events.push(url),
  });
  publishers.allow([{ cameraId: 'camera-1', keyHash: hashOf(key) }]);
  const door = createWorkerDoor({ key: secret, publishers, clock: systemClock, log: silentLog });
  const server = createHttpServer().listen(0, '127.0.0.1');
  server.on('upgrade', (request, socket, head) => door.accept(request, socket, head));
  await once(server, 'listening');
  const ticking = setInterval(() => door.tick(), 100);
  ends.push(() => {
    clearInterval(ticking);
    door.close();
    server.close();
  });
  const ingest = start({ relay: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, key: secret.toString('base64') } });
  const port = await ingest.ready;
  const url = `rtmp://127.0.0.1:${port}/live`;
  await vi.waitFor(() => expect(events).toEqual([url]), { timeout: 15_000, interval: 10 });
  const heard = (event: string | null) => vi.waitFor(() => expect(events).toContain(event), { timeout: 15_000, interval: 10 });
  return { ...ingest, door, events, heard, port, url };
}

/** Watches until `enough`, and answers what came and how it ended. */
async function watch({ door }: Awaited<ReturnType<typeof relayWithIngest>>, enough: (units: readonly AccessUnit[]) => boolean) {
  const units: AccessUnit[] = [];
  const steps: SourceStep[] = [];
  const ending = new AbortController();
  const push = (unit: AccessUnit) => {
    units.push(unit);
    if (enough(units)) ending.abort();
  };
  const failure = await door.workers
    .tap(hashOf(key), { push }, ending.signal, { step: (step) => void steps.push(step), link() {} })
    .catch((error: unknown) => error);
  return { units, steps, failure };
}

const isVideo = ({ codec }: AccessUnit) => codec === 'h264' || codec === 'h265';

/** Runs FFmpeg on bytes; answers its output. */
async function run(args: readonly string[], input: Uint8Array = new Uint8Array()): Promise<Buffer> {
  const child = spawn(ffmpeg!, ['-v', 'error', '-nostdin', ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  ends.push(() => child.kill('SIGKILL'));
  const out: Buffer[] = [];
  let errors = '';
  child.stdout.on('data', (bytes: Buffer) => out.push(bytes));
  child.stderr.on('data', (bytes: Buffer) => (errors += bytes.toString()));
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  await once(child, 'close');
  expect(errors).toBe('');
  return Buffer.concat(out);
}

/** How many pictures FFmpeg decodes of a byte stream: one line each. */
const decoded = async (format: string, bytes: Uint8Array) =>
  (await run(['-f', format, '-i', 'pipe:0', '-f', 'framemd5', 'pipe:1'], bytes))
    .toString()
    .split('\n')
    .filter((line) => line.startsWith('0,')).length;

const testPicture = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=10'];

describe('whoever comes', () => {
  it('with whatever bytes, the process stays up, small, and open to cameras', async () => {
    const relay = await relayWithIngest();
    const random = seededBytes(7);
    const header = (length: number, stream = 6) => {
      const bytes = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 9, 1, 0, 0, 0]);
      bytes.writeUIntBE(length, 4, 3);
      return bytes;
    };
    const afterHello: readonly ((visitor: FakePublisher) => void)[] = [
      (visitor) => visitor.write(random(4000)),
      // A chunk size of 4 GB, and a message of 16 MB.
      (visitor) => visitor.send(1, 0, Buffer.alloc(4, 0xff)),
      (visitor) => visitor.write(Buffer.concat([header(0xff_ffff), random(100)])),
      // As many messages of 4 MB begun as chunk streams there are.
      (visitor) => {
        for (let stream = 3; stream < 64; stream += 1) visitor.write(Buffer.concat([header(4 * 1024 * 1024, stream), Buffer.alloc(4096)]));
      },
      (visitor) => visitor.command('publish', null),
      (visitor) => visitor.command('connect', { tcUrl: 'nowhere', app: 'live' }),
      (visitor) => visitor.send(20, 0, Buffer.alloc(60_000, 3)),
      (visitor) => visitor.send(1, 0, Buffer.alloc(0)),
      (visitor) => void visitor.play(key),
    ];
    for (let round = 0; round < 3; round += 1) {
      const visitors = await Promise.all(
        afterHello.map(async (act) => {
          const visitor = await FakePublisher.connect(relay.port);
          act(visitor);
          // What it said makes no difference to what came after it.
          visitor.send(20, 0, Buffer.alloc(0));
          return visitor;
        }),
      );
      const before = await FakePublisher.open(relay.port);
      before.write(random(5000));
      await Promise.all([...visitors, before].map(async (visitor) => visitor.closed));
    }
    // A camera that lies about its pictures is a camera all the same.
    const camera = await FakePublisher.connect(relay.port);
    expect(await camera.publish(key)).toBe('NetStream.Publish.Start');
    for (let i = 0; i < 200; i += 1) camera.send(i % 2 === 0 ? 9 : 8, i * 40, random(300));
    await camera.settled();
    expect(relay.child.exitCode).toBeNull();
    expect(relay.events).toEqual([relay.url, 'camera-1 began']);
    const status = `/proc/${relay.child.pid}/status`;
    if (existsSync(status)) expect(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(status, 'utf8'))?.[1])).toBeLessThan(300 * 1024);
  }, 60_000);
});

/** Bytes that are the same in every run. */
function seededBytes(seed: number): (length: number) => Buffer {
  let state = seed;
  return (length) =>
    Buffer.from(
      Array.from({ length }, () => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        return state >>> 24;
      }),
    );
}

describe.skipIf(!ffmpeg)('a real encoder', { timeout: 60_000 }, () => {
  it('pushes H.264 and AAC, of which every picture can be decoded; killed, it is gone at once, and back when it comes back', async () => {
    const relay = await relayWithIngest();
    const push = () => {
      const inputs = ['-re', ...testPicture, '-f', 'lavfi', '-i', 'sine=frequency=440'];
      const video = ['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '2', '-g', '10', '-pix_fmt', 'yuv420p'];
      const output = ['-c:a', 'aac', '-f', 'flv', `${relay.url}/${key}`];
      const child = spawn(ffmpeg!, ['-v', 'error', '-nostdin', ...inputs, ...video, ...output], { stdio: 'ignore' });
      ends.push(() => child.kill('SIGKILL'));
      return child;
    };
    const first = push();
    await relay.heard('camera-1 began');
    const { units, steps } = await watch(relay, (all) => all.filter(isVideo).length >= 25 && all.some(({ codec }) => codec === 'aac'));
    expect(steps).toEqual(['connect', 'codec', 'first-packet', 'key-picture']);
    const pictures = units.filter(isVideo);
    expect(pictures[0]).toMatchObject({ codec: 'h264', key: true });
    expect(pictures.some(({ ptsUs, dtsUs }) => ptsUs > dtsUs)).toBe(true);
    expect(pictures.every((unit, i) => i === 0 || unit.dtsUs > pictures[i - 1]!.dtsUs)).toBe(true);
    expect(units.some(({ discontinuity, corrupt }) => discontinuity || corrupt)).toBe(false);
    expect(await decoded('h264', Buffer.concat(pictures.map(({ annexB }) => annexB)))).toBe(pictures.length);
    const sounds = units.filter(({ codec }) => codec === 'aac');
    expect(await decoded('aac', Buffer.concat(sounds.map(({ annexB }) => annexB)))).toBe(sounds.length);

    const watching = watch(relay, () => false);
    first.kill('SIGKILL');
    expect((await watching).failure).toMatchObject({ problem: { code: 'source-publisher-absent' } });
    await relay.heard('camera-1 ended');
    relay.events.length = 0;
    push();
    await relay.heard('camera-1 began');
    expect((await watch(relay, (all) => all.some(({ key: isKey }) => isKey))).units[0]).toMatchObject({ key: true });
    expect(relay.said.out).toBe('');
    expect(relay.said.errors).not.toContain(key);
  });

  it('with a wrong key gives up, and nobody hears of a camera', async () => {
    const relay = await relayWithIngest();
    const child = spawn(ffmpeg!, [
      '-v',
      'error',
      '-nostdin',
      '-re',
      ...testPicture,
      '-c:v',
      'libx264',
      '-f',
      'flv',
      `${relay.url}/not-the-key-0123456789`,
    ]);
    ends.push(() => child.kill('SIGKILL'));
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).not.toBe(0);
    expect(relay.events).toEqual([relay.url]);
    expect(relay.said.errors).not.toContain('not-the-key');
  });

  it.each(['enhanced', 'legacy'] as const)('made H.265 that comes in the %s form, of which every picture can be decoded', async (form) => {
    const stream = await run([
      ...testPicture,
      '-frames:v',
      '20',
      '-c:v',
      'libx265',
      '-x265-params',
      'log-level=none:keyint=10:bframes=0',
      '-f',
      'hevc',
      'pipe:1',
    ]);
    const nals = splitNalUnits(stream);
    const typeOf = (nal: Uint8Array) => (nal[0]! >> 1) & 0x3f;
    const [vps, sps, pps] = [32, 33, 34].map((type) => [nals.find((nal) => typeOf(nal) === type)!]) as [
      Uint8Array[],
      Uint8Array[],
      Uint8Array[],
    ];
    const info = parseSps(sps[0]!);
    if (!info.ok) throw new Error(info.error);
    // One slice a picture: FFmpeg was not asked for more.
    const slices = nals.filter((nal) => typeOf(nal) < 32);
    const sampleOf = (nal: Uint8Array) => {
      const sample = joinNalUnits([nal]);
      new DataView(sample.buffer).setUint32(0, nal.length);
      return sample;
    };
    const relay = await relayWithIngest();
    const camera = await FakePublisher.connect(relay.port);
    expect(await camera.publish(key)).toBe('NetStream.Publish.Start');
    const codec = 'h265';
    camera.video(0, { kind: 'config', codec, form, record: encodeHevcConfig({ info: info.value, vps, sps, pps }) });
    const push = (from: number, to: number) =>
      slices.slice(from, to).forEach((nal, i) => {
        camera.video((from + i) * 100, { kind: 'picture', codec, form, key: i === 0, compositionMs: 0, sample: sampleOf(nal) });
      });
    push(0, 10);
    await camera.settled();
    const { units } = await watch(relay, (all) => {
      // What was there already comes first; the rest only now.
      if (all.length === 10) push(10, 20);
      return all.length === 20;
    });
    expect(units.map((unit) => unit.key)).toEqual(Array.from({ length: 20 }, (_, i) => i % 10 === 0));
    expect(units.every((unit) => unit.codec === codec)).toBe(true);
    expect(await decoded('hevc', Buffer.concat(units.map(({ annexB }) => annexB)))).toBe(units.length);
  });
});
