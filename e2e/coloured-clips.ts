import { join } from 'node:path';
import { runFfmpeg } from './run-ffmpeg.ts';

/** A recording of one colour, which tells it from all others, with something white that moves. */
export interface ColouredClip {
  readonly file: string;
  /** Red, green, blue, 0 to 255. */
  readonly colour: readonly [number, number, number];
}

const levels = [40, 95, 150, 205];
const hex = (value: number) => value.toString(16).padStart(2, '0');

/** At most 64 of them, 320×180, 15 a second, 4 s, a key picture every second; made in `folder` by one run of ffmpeg. */
export async function makeColouredClips(folder: string, count: number): Promise<ColouredClip[]> {
  const clips = Array.from({ length: count }, (_, index): ColouredClip => ({
    file: join(folder, `colour-${index + 1}.mp4`),
    colour: [levels[index % 4]!, levels[(index >> 2) % 4]!, levels[(index >> 4) % 4]!],
  }));
  const graph = clips.map(({ colour }, index) => {
    const ground = `color=c=0x${colour.map(hex).join('')}:s=320x180:r=15[c${index}]`;
    const moving = `color=c=white:s=30x30:r=15[w${index}]`;
    return `${ground};${moving};[c${index}][w${index}]overlay=x='80+mod(t*40\\,130)':y=75,format=yuv420p[v${index}]`;
  });
  const coding = '-t 4 -c:v libx264 -threads 1 -preset ultrafast -tune zerolatency -g 15'.split(' ');
  await runFfmpeg(['-filter_complex', graph.join(';'), ...clips.flatMap(({ file }, index) => ['-map', `[v${index}]`, ...coding, file])]);
  return clips;
}

/** Which of the clips a colour is nearest to, counted from 0. */
export function nearestClip(clips: readonly ColouredClip[], [r, g, b]: ColouredClip['colour']): number {
  const off = clips.map(({ colour }) => (colour[0] - r) ** 2 + (colour[1] - g) ** 2 + (colour[2] - b) ** 2);
  return off.indexOf(Math.min(...off));
}
