/**
 * Paints the demo city's clips and encodes them: `node streams/demo-city/clips/make-clips.ts [sub|main|still] [name…]`.
 * Needs ffmpeg with libx264 on the path. The results are kept in the repository; this runs only when a scene changes.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cityScenes, loopSeconds, type CityScene } from './city-scenes.ts';
import { textWidth, writeText } from './on-screen-marks.ts';
import { RayPainter } from './ray-painter.ts';

const fps = 15;
const folder = import.meta.dirname;

/** Small enough that a wall of a hundred is easy on an office machine. */
const profiles = {
  sub: { width: 640, height: 360, crf: 29, kbps: 420 },
  main: { width: 1280, height: 720, crf: 31, kbps: 1200 },
} as const;
type ProfileName = keyof typeof profiles;

function paintFrame(painter: RayPainter, scene: CityScene, frame: number, width: number, height: number): Uint8Array {
  const rgb = painter.paint(frame / fps, loopSeconds, frame);
  const size = Math.max(1, Math.round(height / 180));
  writeText(rgb, width, size * 8, size * 7, `${scene.mark} DEMO`, size);
  const counter = String(frame).padStart(4, '0');
  writeText(rgb, width, width - size * 8 - textWidth(counter, size), height - size * 14, counter, size);
  return rgb;
}

async function ffmpeg(args: readonly string[], frames: Iterable<Uint8Array>): Promise<void> {
  const child = spawn('ffmpeg', ['-hide_banner', '-loglevel', 'error', '-y', ...args], { stdio: ['pipe', 'ignore', 'inherit'] });
  const ended = once(child, 'exit');
  for (const frame of frames) if (!child.stdin.write(frame)) await once(child.stdin, 'drain');
  child.stdin.end();
  const [code] = (await ended) as [number];
  if (code !== 0) throw new Error(`ffmpeg ended with ${code}`);
}

/** One loop, its GOP exactly one second long, closed and without B-frames, so that joining is quick and the loop has no seam. */
async function makeClip(scene: CityScene, profile: ProfileName): Promise<void> {
  const { width, height, crf, kbps } = profiles[profile];
  const painter = new RayPainter(scene.scene(), width, height);
  const frames = function* () {
    for (let frame = 0; frame < loopSeconds * fps; frame += 1) yield paintFrame(painter, scene, frame, width, height);
  };
  const file = path.join(folder, `${scene.name}.${profile}.h264`);
  const input = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${width}x${height}`, '-r', String(fps), '-i', '-'];
  const color = ['-vf', 'scale=out_color_matrix=bt709:out_range=tv,format=yuv420p'];
  const colorMarks = ['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709'];
  const rate = ['-preset', 'slower', '-crf', String(crf), '-maxrate', `${kbps}k`, '-bufsize', `${kbps}k`];
  // One reference picture, as cameras do: a wall of a hundred decoders keeps every one of them in memory.
  const references = ['-refs', '1', '-x264-params', 'weightp=0'];
  const gop = ['-g', String(fps), '-keyint_min', String(fps), '-sc_threshold', '0', '-bf', '0', '-flags', '+cgop+bitexact'];
  const codec = ['-c:v', 'libx264', '-profile:v', 'main', ...rate, ...references, ...gop, '-fflags', '+bitexact'];
  // Under its own name only when it is whole: somebody may be playing the one before.
  await ffmpeg([...input, ...color, ...colorMarks, ...codec, '-f', 'h264', `${file}.part`], frames());
  await rename(`${file}.part`, file);
}

async function makeStill(scene: CityScene): Promise<void> {
  const { width, height } = profiles.sub;
  const painter = new RayPainter(scene.scene(), width, height);
  const out = path.join(process.env['TMPDIR'] ?? '/tmp', `${scene.mark}.png`);
  await ffmpeg(
    ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${width}x${height}`, '-i', '-', '-frames:v', '1', out],
    [paintFrame(painter, scene, 60, width, height)],
  );
}

async function writeList(): Promise<void> {
  const list = cityScenes.map((scene) => {
    const sub = `${scene.name}.sub.h264`;
    const main = `${scene.name}.main.h264`;
    return { name: scene.name, title: scene.title, sub, main: existsSync(path.join(folder, main)) ? main : null, seconds: loopSeconds };
  });
  await writeFile(path.join(folder, 'clips.json'), `${JSON.stringify(list, null, 2)}\n`);
}

const [what = 'sub', ...names] = process.argv.slice(2);
for (const scene of cityScenes) {
  if (names.length > 0 && !names.includes(scene.name)) continue;
  if (what === 'still') await makeStill(scene);
  else await makeClip(scene, what === 'main' ? 'main' : 'sub');
}
if (what !== 'still') await writeList();
