import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

/** The installed ffmpeg, or null. */
export const ffmpegPath: string | null = ['/usr/bin/ffmpeg', '/usr/local/bin/ffmpeg', '/opt/homebrew/bin/ffmpeg'].find(existsSync) ?? null;

/** A camera that pushes: live H.264 with the wall clock burnt in, and AAC, over RTMP. */
export function startFfmpegPublisher(url: string): { readonly exited: Promise<void>; kill(): Promise<void> } {
  const child = spawn(
    ffmpegPath!,
    [
      `-nostdin -v error -re -f lavfi -i testsrc2=size=640x360:rate=15 -f lavfi -i sine=frequency=440`.split(' '),
      ['-vf', "drawtext=text='%{localtime}':fontsize=36:x=20:y=300:box=1"],
      `-c:v libx264 -preset ultrafast -tune zerolatency -pix_fmt yuv420p -g 30 -b:v 600k -c:a aac -ar 44100 -f flv`.split(' '),
      [url],
    ].flat(),
    { stdio: 'ignore' },
  );
  const exited = new Promise<void>((done) => child.on('exit', () => done()));
  return {
    exited,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** The same, and as a camera does, it connects again whenever its connection is lost. */
export function startReconnectingPublisher(url: string): { stop(): Promise<void> } {
  let current: ReturnType<typeof startFfmpegPublisher> | null = null;
  const stopping = new AbortController();
  const done = (async () => {
    while (!stopping.signal.aborted) {
      current = startFfmpegPublisher(url);
      await current.exited;
      await new Promise((again) => setTimeout(again, 200));
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await current?.kill();
      await done;
    },
  };
}
