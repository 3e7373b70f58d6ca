import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ffmpegPath } from '../../e2e/ffmpeg-publisher.ts';

/** Clips that look like the small pictures of as many different cameras. */
export interface GridClips {
  readonly folder: string;
  /** Absolute paths of MP4 files, each different; 320×180, 15 a second, 16 s, H.264 Main, a key picture every 2 s, no B pictures. */
  readonly files: readonly string[];
  readonly kbps: number;
}

export const clipSeconds = 16;
/** Made together, whatever a run needs of them, so that all runs share them. */
const clipsMade = 144;
const kbps = 220;
const fps = 15;
const demoClips = resolve(import.meta.dirname, '..', '..', 'streams', 'demo-city', 'clips');
const streets = [
  'bridge',
  'car-park',
  'crossing',
  'expressway',
  'harbour',
  'night-avenue',
  'river-rain',
  'school-gate',
  'square',
  'tunnel',
];
const made = [
  'testsrc2=s=320x180:r=15',
  'gradients=s=320x180:r=15:seed=7:speed=0.05',
  'life=s=320x180:r=15:seed=7:mold=10:life_color=white',
];
const inputs = [
  ...streets.map((name) => ['-framerate', String(fps), '-i', join(demoClips, `${name}.sub.h264`)]),
  ...made.map((source) => ['-f', 'lavfi', '-i', source]),
];

/**
 * Clip `index`: another picture, another tint, mirrored or not, and its number and a running counter burnt in, so that a tile that shows the
 * wrong camera or stands still is seen.
 */
function chainOf(index: number): string {
  const turn = Math.floor(index / inputs.length);
  const mirrored = turn % 2 === 1 ? ',hflip' : '';
  const text = `drawtext=text='${String(index + 1).padStart(3, '0')} %{frame_num}':fontsize=26:fontcolor=white:box=1:boxcolor=black@0.6:x=8:y=146`;
  return `scale=320:180:flags=bilinear${mirrored},hue=h=${turn * 27},${text},format=yuv420p`;
}

const coding = (
  `-c:v libx264 -preset veryfast -profile:v main -threads 1 -bf 0 -g 30 -keyint_min 30 -sc_threshold 0 ` +
  `-b:v ${kbps}k -maxrate ${kbps}k -bufsize ${kbps}k -t ${clipSeconds} -an`
).split(' ');

/** The first `count` (at most 144) of them: made with ffmpeg, two processes at a time, or by an earlier run with the same recipe. Rejects when ffmpeg fails. */
export async function gridClips(count: number): Promise<GridClips> {
  if (ffmpegPath === null) throw new Error('no ffmpeg found');
  const chains = Array.from({ length: clipsMade }, (_, index) => chainOf(index));
  const recipe = createHash('sha256')
    .update(JSON.stringify([chains, inputs, coding]))
    .digest('hex')
    .slice(0, 16);
  const folder = join(tmpdir(), `taodu-grid-clips-${recipe}`);
  const nameOf = (index: number) => `camera-${String(index + 1).padStart(3, '0')}.mp4`;
  if (!existsSync(folder)) {
    mkdirSync(tmpdir(), { recursive: true });
    const making = mkdtempSync(join(tmpdir(), 'taodu-making-clips-'));
    // One process for each input: it is decoded once for all clips made of it.
    const batches = inputs.map((input, at) => {
      const members = chains.flatMap((chain, index) => (index % inputs.length === at ? [{ chain, index }] : []));
      const split = `[0:v]split=${members.length}${members.map((_, n) => `[s${n}]`).join('')}`;
      const graph = [split, ...members.map(({ chain }, n) => `[s${n}]${chain}[v${n}]`)].join(';');
      const outputs = members.flatMap(({ index }, n) => ['-map', `[v${n}]`, ...coding, join(making, nameOf(index))]);
      return members.length === 0 ? null : ['-nostdin', '-v', 'error', ...input, '-filter_complex', graph, ...outputs];
    });
    try {
      const waiting = batches.filter((batch) => batch !== null);
      const worker = async () => {
        for (let batch = waiting.shift(); batch; batch = waiting.shift()) await run(batch);
      };
      await Promise.all([worker(), worker()]);
      renameSync(making, folder);
    } catch (error) {
      rmSync(making, { recursive: true, force: true });
      throw error;
    }
  }
  return { folder, files: Array.from({ length: Math.min(count, clipsMade) }, (_, index) => join(folder, nameOf(index))), kbps };
}

async function run(args: readonly string[]): Promise<void> {
  const child = spawn(ffmpegPath!, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4000)));
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`ffmpeg ended with ${code}: ${said}`);
}
