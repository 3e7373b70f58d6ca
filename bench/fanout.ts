import { spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import type { LeaseOrder } from '../streams/media/media-relay.ts';
import { ffmpegPath } from '../e2e/ffmpeg-publisher.ts';
import { measureProcesses, pssMbOf } from './cpu-meter.ts';
import { lineThrough } from './peers/line-through.ts';
import { endChild, startCounting } from './peers/child.ts';
import { clipSeconds, gridClips, type GridClips } from './peers/grid-clips.ts';
import { startNginxRtmp } from './peers/nginx-rtmp.ts';
import { benchOrigin, startRelayProcess, type RelayProcess } from './peers/relay-process.ts';
import { atLeast, atMost, printReport } from './report.ts';

/**
 * What one more tile costs the relay: `--screens 1,10,25,50` screens of 64 tiles each over wall sockets, every record read, checked and
 * credited by one load generator; the marginal cost is the slope of the relay's CPU over delivered tile streams, in percent of one core. Peer, in the
 * same run and of the same clips: nginx-rtmp with `--viewers 64,320,640,1280` RTMP viewers; its slope is over viewers. Then one screen of
 * 64 tiles that never reads for `--silence 20` seconds: what it makes the relay hold. `--window 8` seconds are measured at each step.
 */
const option = (name: string, otherwise: string) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : (process.argv[at + 1] ?? otherwise);
};
const screenCounts = option('screens', '1,10,25,50').split(',').map(Number);
const viewerCounts = option('viewers', '64,320,640,1280').split(',').map(Number);
const windowMs = Number(option('window', '8')) * 1000;
const silenceMs = Number(option('silence', '20')) * 1000;
const tiles = 64;
const fps = 15;
const settleMs = 2000;
const patienceMs = 60_000;
const peers = resolve(import.meta.dirname, 'peers');

const note = (text: string) => process.stderr.write(`fanout bench: ${text}\n`);
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
const rounded = (value: number, digits = 4) => Math.round(value * 10 ** digits) / 10 ** digits;

interface Step {
  /** Delivered tile streams, or viewers. */
  readonly streams: number;
  readonly cpuPercent: number;
  readonly loadCpuPercent: number;
  readonly pssMb: number;
  readonly mbps: number;
}

interface WallTotals {
  readonly screens: number;
  readonly moving: number;
  readonly records: number;
  readonly bytes: number;
  readonly messages: number;
  readonly gaps: number;
  readonly gapsBeforeKey: number;
  readonly harmlessGaps: number;
  readonly closed: number;
}

/** Every clip as a camera, each at another point of its loop, so that key pictures do not come all at once. */
const ordersOf = ({ files }: GridClips, screen: string): LeaseOrder[] =>
  files.map((url, index) => ({
    leaseId: `${screen}-${index}`,
    cameraId: `camera-${index}`,
    profile: 'sub',
    source: { kind: 'file', url, phaseMs: (index * 1370) % (clipSeconds * 1000) },
    decodes: ['h264'],
    holder: screen,
  }));

/** What two processes use over the window: the one measured, and the load generator. */
async function measure(server: readonly number[], load: number, streams: number, bytes: () => Promise<number>): Promise<Step> {
  const before = await bytes();
  const from = performance.now();
  const [own, other] = await Promise.all([measureProcesses(server, windowMs), measureProcesses([load], windowMs)]);
  const mbps = (((await bytes()) - before) * 8) / 1000 / (performance.now() - from);
  return { streams, cpuPercent: own.cpuPercent, loadCpuPercent: other.cpuPercent, pssMb: own.pssMb, mbps };
}

async function ours(
  process_: RelayProcess,
  clips: GridClips,
): Promise<{ steps: Step[]; gaps: number; gapsBeforeKey: number; harmlessGaps: number; recordsShare: number; perMessage: number }> {
  const viewers = startCounting<WallTotals>(resolve(peers, 'wall-viewers.ts'));
  const steps: Step[] = [];
  let recordsShare = 1;
  let perMessage = 0;
  try {
    let open = 0;
    for (const count of screenCounts) {
      note(`${count} screens of ${tiles} tiles`);
      for (; open < count; open += 1) {
        const tickets = await process_.tickets(ordersOf(clips, `screen-${open}`));
        viewers.order(JSON.stringify({ url: process_.socketUrl, origin: benchOrigin, tickets, reads: true }));
      }
      await viewers.totals(({ moving }) => moving >= count * tiles, patienceMs);
      await pause(settleMs);
      const before = await viewers.totals(() => true, patienceMs);
      const from = performance.now();
      const bytes = async () => (await viewers.totals(() => true, patienceMs)).bytes;
      steps.push(await measure([process_.pid], viewers.child.pid!, count * tiles, bytes));
      const after = await viewers.totals(() => true, patienceMs);
      const seconds = (performance.now() - from) / 1000;
      recordsShare = Math.min(recordsShare, (after.records - before.records) / (seconds * fps * count * tiles));
      perMessage = (after.records - before.records) / Math.max(1, after.messages - before.messages);
    }
    const { gaps, gapsBeforeKey, harmlessGaps } = await viewers.totals(() => true, patienceMs);
    return { steps, gaps, gapsBeforeKey, harmlessGaps, recordsShare, perMessage };
  } finally {
    await endChild(viewers.child);
  }
}

/** A screen that opens its tiles and never reads: how much more the relay holds at most, in MB, and whether it was let go. */
async function silentScreen(process_: RelayProcess, clips: GridClips): Promise<{ growthMb: number; closed: boolean }> {
  const readers = startCounting<WallTotals>(resolve(peers, 'wall-viewers.ts'));
  const silent = startCounting<WallTotals>(resolve(peers, 'wall-viewers.ts'));
  try {
    // Somebody else watches the same cameras all the time: what they cost by themselves is not the silent one's.
    const tickets = await process_.tickets(ordersOf(clips, 'reader'));
    readers.order(JSON.stringify({ url: process_.socketUrl, origin: benchOrigin, tickets, reads: true }));
    await readers.totals(({ moving }) => moving >= tiles, patienceMs);
    const calm = await highestPss(process_.pid, silenceMs / 2);
    const more = await process_.tickets(ordersOf(clips, 'silent'));
    silent.order(JSON.stringify({ url: process_.socketUrl, origin: benchOrigin, tickets: more, reads: false }));
    await silent.totals(({ screens }) => screens === 1, patienceMs);
    const loaded = await highestPss(process_.pid, silenceMs);
    const { closed } = await silent.totals(() => true, patienceMs);
    return { growthMb: Math.max(0, loaded - calm), closed: closed > 0 };
  } finally {
    await endChild(silent.child);
    await endChild(readers.child);
  }
}

async function highestPss(pid: number, ms: number): Promise<number> {
  let highest = 0;
  for (const end = performance.now() + ms; performance.now() < end; await pause(250)) highest = Math.max(highest, pssMbOf(String(pid)));
  return highest;
}

/** The clips, pushed for ever; a few ffmpegs that copy. */
function publish(clips: GridClips, url: string): ChildProcess[] {
  const each = 16;
  return Array.from({ length: Math.ceil(tiles / each) }, (_, batch) => {
    const members = clips.files.map((file, index) => ({ file, index })).slice(batch * each, (batch + 1) * each);
    const inputs = members.flatMap(({ file }) => ['-re', '-stream_loop', '-1', '-i', file]);
    const outputs = members.flatMap(({ index }, n) => ['-map', `${n}:v`, '-c', 'copy', '-f', 'flv', `${url}/${index}`]);
    return spawn(ffmpegPath!, ['-nostdin', '-v', 'error', ...inputs, ...outputs], { stdio: 'ignore' });
  });
}

async function nginxRtmp(clips: GridClips): Promise<Step[] | null> {
  const nginx = await startNginxRtmp();
  if (!nginx) return null;
  const pushing = publish(clips, nginx.url);
  const viewers = startCounting<{ moving: number; bytes: number }>(resolve(peers, 'rtmp-viewers.ts'));
  try {
    await pause(settleMs * 2);
    const steps: Step[] = [];
    let open = 0;
    for (const count of viewerCounts) {
      note(`${count} viewers of nginx-rtmp`);
      for (; open < count; open += 1) {
        viewers.order(`${nginx.url}/${open % tiles}`);
        if (open % 64 === 63) await pause(100);
      }
      await viewers.totals(({ moving }) => moving >= count, patienceMs);
      await pause(settleMs);
      steps.push(await measure(nginx.pids(), viewers.child.pid!, count, async () => (await viewers.totals(() => true, patienceMs)).bytes));
    }
    return steps;
  } finally {
    await endChild(viewers.child);
    for (const one of pushing) one.kill('SIGKILL');
    await nginx.stop();
  }
}

const figuresOf = (steps: readonly Step[], what: string): Record<string, number> =>
  Object.fromEntries(
    steps.flatMap(({ streams, cpuPercent, loadCpuPercent, pssMb, mbps }) => [
      [`cpu_percent_at_${streams}_${what}`, rounded(cpuPercent, 2)],
      [`load_generator_cpu_percent_at_${streams}_${what}`, rounded(loadCpuPercent, 1)],
      [`pss_mb_at_${streams}_${what}`, rounded(pssMb, 1)],
      [`kbps_each_at_${streams}_${what}`, rounded((mbps * 1000) / streams, 1)],
    ]),
  );
const orNull = (value: number | null | undefined) => (value === null || value === undefined ? null : rounded(value, 5));
const slopeOf = (steps: readonly Step[]) => lineThrough(steps.map(({ streams, cpuPercent }) => [streams, cpuPercent]));

note('making clips');
const clips = await gridClips(tiles);
const relayProcess = await startRelayProcess({ fileRoots: [clips.folder] });
try {
  const mine = await ours(relayProcess, clips);
  note('a screen that never reads');
  const silent = await silentScreen(relayProcess, clips);
  const theirs = await nginxRtmp(clips);
  const line = slopeOf(mine.steps);
  const peerLine = theirs && slopeOf(theirs);
  const ratio = line && peerLine ? line.slope / peerLine.slope : null;
  printReport({
    bench: 'fanout',
    ours: {
      ...figuresOf(mine.steps, 'tiles'),
      cpu_percent_per_tile_stream: orNull(line?.slope),
      cpu_percent_per_tile_stream_stderr: orNull(line?.stderr),
      records_a_message: rounded(mine.perMessage, 1),
      records_delivered_share: rounded(mine.recordsShare, 3),
      gaps: mine.gaps,
      gaps_before_a_key_picture: mine.gapsBeforeKey,
      harmless_gaps: mine.harmlessGaps,
      silent_screen_pss_growth_mb: rounded(silent.growthMb, 1),
      silent_screen_closed: silent.closed,
    },
    peer: {
      name: 'nginx-rtmp',
      ...(theirs ? figuresOf(theirs, 'viewers') : {}),
      cpu_percent_per_viewer: orNull(peerLine?.slope),
      cpu_percent_per_viewer_stderr: orNull(peerLine?.stderr),
    },
    ratio: { cpu_per_tile_stream_to_nginx_rtmp: ratio === null ? null : rounded(ratio, 3) },
    goals: [
      atMost('cpu_per_tile_stream_to_nginx_rtmp', 0.5, ratio),
      atMost('silent_screen_pss_growth_mb', 16, silent.growthMb),
      atLeast('records_delivered_share', 0.99, mine.recordsShare),
    ],
  });
} finally {
  await relayProcess.stop();
}
