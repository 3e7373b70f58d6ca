import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { ffmpegPath } from '../e2e/ffmpeg-publisher.ts';
import { startHub, until, type RunningHub } from '../e2e/start-hub.ts';
import { measureProcesses } from './cpu-meter.ts';
import { endChild, startChild } from './peers/child.ts';
import { startNginxRtmp } from './peers/nginx-rtmp.ts';
import { atMost, printReport } from './report.ts';

/**
 * What a pulled and a pushed camera cost. `--pulls 16,64,256`: RTSP over TCP from one farm of real-time cameras (another process), by
 * this relay, by FFmpeg in one process (node-av) and by one ffmpeg child for each camera, one after another in the same run; figures are
 * percent of one core and PSS. `--push 20x10`: RTMP publishers × viewers each, through ingest and relay (viewers on low-latency HLS over
 * WebSockets, as pages are) and through nginx-rtmp (viewers on RTMP).
 */
const option = (name: string, otherwise: string) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : (process.argv[at + 1] ?? otherwise);
};
const counts = option('pulls', '16,64,256').split(',').map(Number);
const [publishers, viewersEach] = option('push', '20x10').split('x').map(Number) as [number, number];
const windowMs = Number(option('window', '10000'));
const settleMs = 3000;
const root = resolve(import.meta.dirname, '..');

const note = (text: string) => process.stderr.write(`relay bench: ${text}\n`);
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
const round = (value: number, digits = 3) => Math.round(value * 10 ** digits) / 10 ** digits;

interface Sample {
  readonly cpuPercent: number;
  readonly pssMb: number;
}

const most = Math.max(...counts);
note(`starting a farm of ${most} cameras`);
const farm = await startChild([resolve(import.meta.dirname, 'peers', 'camera-farm.ts')]);
const { url: farmUrl, kbps } = JSON.parse(farm.line) as { url: string; kbps: number };
const urlOf = (index: number) => `${farmUrl}/farm/camera-${index}`;

const hub = await startHub({ demo: false });
const ids: string[] = [];
for (let index = 0; index < most; index += 1) {
  const { cameraId } = await hub.command<{ cameraId: string }>('camera.upsert', {
    number: `FARM-${index}`,
    name: `拉流 ${index}`,
    district: '329982001',
    simulated: true,
    source: { kind: 'rtsp', url: urlOf(index) },
  });
  ids.push(cameraId);
}

interface Link {
  readonly id: string;
  readonly link: { readonly fps: number } | null;
}
const relayPid = () => hub.child('relay.js');
const idle = await measureProcesses([await relayPid()], 3000);

/** Everything below is in percent of one core, what the process costs when idle taken off. */
async function ours(count: number): Promise<Sample> {
  const leases: string[] = [];
  for (const cameraId of ids.slice(0, count))
    leases.push((await hub.command<{ leaseId: string }>('stream.lease', { cameraId, profile: 'main' })).leaseId);
  await until(`${count} cameras to send`, 60_000, async () => {
    const { items } = await hub.collection<Link>('cameras', '?limit=1000');
    return items.filter(({ link }) => link !== null && link.fps > 10).length >= count;
  });
  await pause(settleMs);
  const sample = await measureProcesses([await relayPid()], windowMs);
  for (const leaseId of leases) await hub.command('stream.release', { leaseId });
  await until('the cameras to be left', 60_000, async () => {
    const { items } = await hub.collection<Link>('cameras', '?limit=1000');
    return items.every(({ link }) => link === null);
  });
  return { cpuPercent: sample.cpuPercent - idle.cpuPercent, pssMb: sample.pssMb };
}

async function nodeAv(count: number): Promise<Sample> {
  const urls = Array.from({ length: count }, (_, index) => urlOf(index));
  const { child } = await startChild([resolve(import.meta.dirname, 'peers', 'node-av-pulls.ts'), ...urls], {
    UV_THREADPOOL_SIZE: String(count + 8),
  });
  await pause(settleMs);
  const sample = await measureProcesses([child.pid!], windowMs);
  await endChild(child);
  return sample;
}

async function ffmpegChildren(count: number): Promise<Sample> {
  const children: ChildProcess[] = [];
  let sending = 0;
  for (let index = 0; index < count; index += 1) {
    const args = [
      '-nostdin',
      '-v',
      'error',
      '-rtsp_transport',
      'tcp',
      '-analyzeduration',
      '500000',
      '-probesize',
      '200000',
      '-fpsprobesize',
      '0',
    ];
    const child = spawn(ffmpegPath!, [...args, '-i', urlOf(index), '-c', 'copy', '-an', '-f', 'flv', 'pipe:1'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    child.stdout!.once('data', () => (sending += 1));
    child.stdout!.resume();
    children.push(child);
    // All at once they would starve one another while they start.
    if (index % 4 === 3) await pause(250);
  }
  await until(`${count} ffmpegs to send`, 120_000, () => Promise.resolve(sending >= count));
  await pause(settleMs);
  const sample = await measureProcesses(
    children.map((child) => child.pid!),
    windowMs,
  );
  await Promise.all(
    children.map((child) => {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      return gone;
    }),
  );
  return sample;
}

/** A bundled clip in a container, for ffmpeg cannot go round in a raw one. */
const folder = mkdtempSync(join(tmpdir(), 'taodu-relay-bench-'));
const loop = join(folder, 'loop.mp4');

/** Cameras that push a bundled clip; ffmpeg copies, so that it costs little. */
function push(url: string): ChildProcess {
  return spawn(ffmpegPath!, ['-nostdin', '-v', 'error', '-re', '-stream_loop', '-1', '-i', loop, '-c', 'copy', '-f', 'flv', url], {
    stdio: 'ignore',
  });
}

interface Pushed {
  readonly withoutViewers: Sample;
  readonly withViewers: Sample;
}

async function oursPushed(running: RunningHub): Promise<Pushed> {
  const pids = async () => [await running.child('relay.js'), await running.child('ingest.js')];
  const before = await measureProcesses(await pids(), 3000);
  const pushedIds: string[] = [];
  const pushing: ChildProcess[] = [];
  for (let index = 0; index < publishers; index += 1) {
    const { cameraId } = await running.command<{ cameraId: string }>('camera.upsert', {
      number: `PUSH-${index}`,
      name: `推流 ${index}`,
      district: '329982001',
      simulated: true,
      source: { kind: 'rtmp' },
    });
    pushedIds.push(cameraId);
    const { url } = await until('the ingest', 30_000, () => running.command<{ url: string }>('camera.publish-address', { cameraId }));
    pushing.push(push(url));
  }
  await until('every publisher to be on line', 60_000, async () => {
    const { items } = await running.collection<{ id: string; status: { state: string } }>('cameras', '?limit=1000');
    return items.filter(({ id, status }) => pushedIds.includes(id) && status.state === 'online').length === publishers;
  });
  await pause(settleMs);
  const unwatched = await measureProcesses(await pids(), windowMs);
  const withoutViewers = { ...unwatched, cpuPercent: unwatched.cpuPercent - before.cpuPercent };
  const offers: { hls: string; socket: string }[] = [];
  const leases: string[] = [];
  for (const cameraId of pushedIds) {
    for (let viewer = 0; viewer < viewersEach; viewer += 1) {
      const lease = await running.command<{ leaseId: string; urls: { hls: string; socket: string } }>('stream.lease', {
        cameraId,
        profile: 'main',
      });
      offers.push(lease.urls);
      leases.push(lease.leaseId);
    }
  }
  const viewers = spawn(process.execPath, [resolve(import.meta.dirname, 'peers', 'socket-viewers.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  viewers.stdin!.write(`${JSON.stringify({ origin: running.listening, viewers: offers })}\n`);
  await Promise.race([
    once(createInterface({ input: viewers.stdout! }), 'line'),
    once(viewers, 'exit').then(() => Promise.reject(new Error('the viewers ended'))),
  ]);
  await pause(settleMs);
  const watched = await measureProcesses(await pids(), windowMs);
  const withViewers = { ...watched, cpuPercent: watched.cpuPercent - before.cpuPercent };
  await endChild(viewers);
  for (const child of pushing) child.kill('SIGKILL');
  for (const leaseId of leases) await running.command('stream.release', { leaseId }).catch(() => {});
  return { withoutViewers, withViewers };
}

async function nginxPushed(): Promise<Pushed | null> {
  const nginx = await startNginxRtmp();
  if (!nginx) return null;
  const pushing = Array.from({ length: publishers }, (_, index) => push(`${nginx.url}/${index}`));
  await pause(settleMs + 2000);
  const withoutViewers = await measureProcesses(nginx.pids(), windowMs);
  const urls = Array.from({ length: publishers * viewersEach }, (_, index) => `${nginx.url}/${index % publishers}`);
  const { child } = await startChild([resolve(import.meta.dirname, 'peers', 'node-av-pulls.ts'), ...urls], {
    UV_THREADPOOL_SIZE: String(urls.length + 8),
  });
  await pause(settleMs);
  const withViewers = await measureProcesses(nginx.pids(), windowMs);
  await endChild(child);
  for (const one of pushing) one.kill('SIGKILL');
  await nginx.stop();
  return { withoutViewers, withViewers };
}

try {
  const own: Record<string, number> = { camera_kbps: kbps, idle_relay_pss_mb: round(idle.pssMb, 1) };
  const av: Record<string, number> = {};
  const children: Record<string, number> = {};
  const ratio: Record<string, number | null> = {};
  let perPull: number | null = null;
  let perPullMb: number | null = null;
  for (const count of counts) {
    note(`${count} pulls: this relay`);
    const mine = await ours(count);
    note(`${count} pulls: node-av`);
    const theirs = await nodeAv(count);
    note(`${count} pulls: one ffmpeg each`);
    const each = ffmpegPath === null ? null : await ffmpegChildren(count);
    perPull = mine.cpuPercent / count;
    perPullMb = (mine.pssMb - idle.pssMb) / count;
    own[`cpu_percent_per_pull_at_${count}`] = round(perPull);
    own[`pss_mb_per_pull_at_${count}`] = round(perPullMb, 2);
    av[`node_av_cpu_percent_per_pull_at_${count}`] = round(theirs.cpuPercent / count);
    av[`node_av_pss_mb_at_${count}`] = round(theirs.pssMb, 1);
    ratio[`cpu_to_node_av_at_${count}`] = round(mine.cpuPercent / theirs.cpuPercent);
    ratio[`pss_to_node_av_at_${count}`] = round(mine.pssMb / theirs.pssMb);
    if (each) {
      children[`ffmpeg_cpu_percent_per_pull_at_${count}`] = round(each.cpuPercent / count);
      children[`ffmpeg_pss_mb_at_${count}`] = round(each.pssMb, 1);
      ratio[`cpu_to_ffmpeg_at_${count}`] = round(mine.cpuPercent / each.cpuPercent);
      ratio[`pss_to_ffmpeg_at_${count}`] = round(mine.pssMb / each.pssMb);
    }
  }
  const pushed: Record<string, number> = {};
  const nginxFigures: Record<string, number> = {};
  if (publishers > 0 && ffmpegPath !== null) {
    const clip = resolve(root, 'streams/demo-city/clips/square.sub.h264');
    spawnSync(ffmpegPath, ['-nostdin', '-v', 'error', '-framerate', '15', '-i', clip, '-c', 'copy', loop]);
    note(`${publishers} publishers × ${viewersEach} viewers: this relay`);
    const mine = await oursPushed(hub);
    note(`${publishers} publishers × ${viewersEach} viewers: nginx-rtmp`);
    const theirs = await nginxPushed();
    const perViewer = (of: Pushed) => (of.withViewers.cpuPercent - of.withoutViewers.cpuPercent) / (publishers * viewersEach);
    pushed['rtmp_in_cpu_percent_per_publisher'] = round(mine.withoutViewers.cpuPercent / publishers);
    pushed['rtmp_in_hls_out_cpu_percent_per_viewer'] = round(perViewer(mine), 4);
    pushed['rtmp_pss_mb'] = round(mine.withViewers.pssMb, 1);
    if (theirs) {
      nginxFigures['nginx_rtmp_cpu_percent_per_publisher'] = round(theirs.withoutViewers.cpuPercent / publishers);
      nginxFigures['nginx_rtmp_cpu_percent_per_viewer'] = round(perViewer(theirs), 4);
      nginxFigures['nginx_rtmp_pss_mb'] = round(theirs.withViewers.pssMb, 1);
      ratio['rtmp_in_to_nginx_rtmp'] = round(mine.withoutViewers.cpuPercent / theirs.withoutViewers.cpuPercent);
      ratio['viewer_to_nginx_rtmp'] = round(perViewer(mine) / perViewer(theirs));
    }
  }
  printReport({
    bench: 'relay',
    ours: { ...own, ...pushed },
    peer: { name: 'node-av in one process; one ffmpeg child for each camera; nginx-rtmp', ...av, ...children, ...nginxFigures },
    ratio,
    goals: [
      atMost(`cpu_percent_per_pull_at_${counts.at(-1)}`, 0.12, perPull),
      atMost(`relay_pss_mb_per_pull_at_${counts.at(-1)}`, 3, perPullMb),
    ],
  });
} finally {
  await hub.stop();
  await endChild(farm.child);
  rmSync(folder, { recursive: true, force: true });
}
