import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** True when ffmpeg is here. In continuous integration its absence is a failure, not a reason to skip. */
export const hasFfmpeg = ((): boolean => {
  const found = spawnSync('ffmpeg', ['-version']).status === 0;
  if (!found && process.env['CI'] === 'true') throw new Error('ffmpeg is missing, and CI=true');
  return found;
})();

function withFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(path.join(tmpdir(), 'taodu-ffmpeg-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(command: string, args: readonly string[]): { out: string; messages: string } {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`);
  return { out: stdout, messages: stderr };
}

/** Encodes a test picture with libx264, or libx265 when `x265` is given, and answers the file's bytes; `name`'s ending chooses the format. */
export function encode(
  name: string,
  options: {
    readonly seconds: number;
    readonly fps?: number;
    readonly size?: string;
    readonly x264?: readonly string[];
    readonly x265?: readonly string[];
  },
): Buffer {
  const { seconds, fps = 15, size = '320x180', x264 = ['-bf', '0', '-g', '15'], x265 } = options;
  const input = ['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${fps}:duration=${seconds}`];
  const quick = ['-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-threads', '1'];
  const encoder = x265 ? ['-c:v', 'libx265', ...quick, ...x265] : ['-c:v', 'libx264', ...quick, ...x264];
  return withFolder((folder) => {
    const file = path.join(folder, name);
    run('ffmpeg', ['-v', 'error', ...input, ...encoder, '-y', file]);
    return readFileSync(file);
  });
}

/** The pictures of a file as a byte stream with start codes: `format` is ffmpeg's word, `h264` or `hevc`. */
export function annexBOf(bytes: Uint8Array, format: 'h264' | 'hevc'): Buffer {
  return withFolder((folder) => {
    const [from, to] = [path.join(folder, 'in.mp4'), path.join(folder, 'out')];
    writeFileSync(from, bytes);
    run('ffmpeg', ['-v', 'error', '-i', from, '-c', 'copy', '-f', format, '-y', to]);
    return readFileSync(to);
  });
}

export interface ProbedPacket {
  readonly pts: number;
  readonly dts: number;
  readonly size: number;
  readonly key: boolean;
}

/** What ffmpeg makes of a file: everything it complains about while decoding, and what it decodes. */
export function decode(bytes: Uint8Array): { messages: string; frames: number } {
  return withFolder((folder) => {
    const file = path.join(folder, 'file.mp4');
    writeFileSync(file, bytes);
    const { out, messages } = run('ffmpeg', ['-v', 'warning', '-i', file, '-f', 'framemd5', '-fps_mode', 'passthrough', '-']);
    return { messages, frames: out.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length };
  });
}

/** The pictures themselves, as checksums in the order they are shown. */
export function pictures(bytes: Uint8Array, name: string): string[] {
  return withFolder((folder) => {
    const file = path.join(folder, name);
    writeFileSync(file, bytes);
    const { out } = run('ffmpeg', ['-v', 'error', '-i', file, '-f', 'framemd5', '-fps_mode', 'passthrough', '-']);
    return out
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.split(',').at(-1)!.trim());
  });
}

/** Packets as ffprobe lists them. */
export function packets(bytes: Uint8Array, name = 'file.mp4'): ProbedPacket[] {
  return withFolder((folder) => {
    const file = path.join(folder, name);
    writeFileSync(file, bytes);
    const { out } = run('ffprobe', ['-v', 'error', '-select_streams', 'v', '-show_packets', '-of', 'json', file]);
    const list = (JSON.parse(out) as { packets: { pts_time: string; dts_time: string; size: string; flags: string }[] }).packets;
    return list.map((one) => ({
      pts: Number(one.pts_time),
      dts: Number(one.dts_time),
      size: Number(one.size),
      key: one.flags.startsWith('K'),
    }));
  });
}
