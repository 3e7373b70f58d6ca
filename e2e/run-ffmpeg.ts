import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ffmpegPath } from './ffmpeg-publisher.ts';

/** Runs ffmpeg to its end; rejects with what it said when it fails. */
export async function runFfmpeg(args: readonly string[]): Promise<void> {
  const child = spawn(ffmpegPath!, ['-nostdin', '-v', 'error', ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4000)));
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`ffmpeg ended with ${code}: ${said}`);
}
