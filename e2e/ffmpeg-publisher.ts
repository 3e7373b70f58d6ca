import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

/** The installed ffmpeg, or null. */
export const ffmpegPath: string | null = ['/usr/bin/ffmpeg', '/usr/local/bin/ffmpeg', '/opt/homebrew/bin/ffmpeg'].find(existsSync) ?? null;

/** A camera that pushes: live H.264 with the wall clock burnt in, and AAC, over RTMP. */
export function startFfmpegPublisher(url: string): { kill(): Promise<void> } {
  const child = spawn(
    ffmpegPath!,
    [
      ...[
        '-nostdin',
        '-v',
        'error',
        '-re',
        '-f',
        'lavfi',
        '-i',
        'testsrc2=size=640x360:rate=15',
        '-f',
        'lavfi',
        '-i',
        'sine=frequency=440',
      ],
      ...['-vf', "drawtext=text='%{localtime}':fontsize=36:x=20:y=300:box=1"],
      ...['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-pix_fmt', 'yuv420p', '-g', '30', '-b:v', '600k'],
      ...['-c:a', 'aac', '-ar', '44100', '-f', 'flv', url],
    ],
    { stdio: 'ignore' },
  );
  const exited = new Promise<void>((done) => child.on('exit', () => done()));
  return {
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
