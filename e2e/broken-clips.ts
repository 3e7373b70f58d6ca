import { join } from 'node:path';
import { joinNalUnits, nalType, nalTypeOf, splitNalUnits } from '../streams/protocols/h264/annex-b.ts';
import type { ClipUnit } from '../streams/sources/file/clip.ts';
import type { FakeStream } from '../streams/sources/rtsp/fake-stream.ts';
import { runFfmpeg } from './run-ffmpeg.ts';

export const clipFps = 15;
const common = '-an -c:v libx264 -threads 1 -bf 0 -pix_fmt yuv420p'.split(' ');
const simple = '-preset ultrafast -tune zerolatency -g 15 -profile:v baseline'.split(' ');

/** What is encoded, all from one moving test picture; a name that ends in `.h265` is H.265. */
const recipes = {
  'plain.h264': ['-t', '4', '-s', '320x180', ...common, ...simple],
  'plain.mp4': ['-t', '4', '-s', '320x180', ...common, ...simple],
  'wider.h264': ['-t', '2', '-s', '640x360', ...common, ...simple],
  'squarer.h264': ['-t', '2', '-s', '352x288', ...common, ...simple],
  'reordered.h264': ['-t', '4', '-s', '320x180', ...common, ...'-preset veryfast -g 30 -bf 3 -x264-params b-adapt=0:scenecut=0'.split(' ')],
  'interlaced.h264': ['-t', '4', '-s', '320x192', ...common, ...'-preset veryfast -g 15 -flags +ilme+ildct -x264-params tff=1'.split(' ')],
  'high422.h264': ['-t', '4', '-s', '320x180', ...common, ...'-pix_fmt yuv422p -preset veryfast -profile:v high422 -g 15'.split(' ')],
  'high10.h264': ['-t', '4', '-s', '320x180', ...common, ...'-pix_fmt yuv420p10le -preset veryfast -profile:v high10 -g 15'.split(' ')],
  'huge-key.h264': [
    '-t',
    '4',
    '-vf',
    'scale=1920:1080,noise=alls=70',
    ...common,
    ...'-preset ultrafast -tune zerolatency -g 60 -qp 32 -x264-params ipratio=8'.split(' '),
  ],
  'plain.h265': [
    ...'-t 4 -s 320x180 -an -c:v libx265 -preset ultrafast -pix_fmt yuv420p'.split(' '),
    '-x265-params',
    'log-level=none:pools=1:keyint=15:min-keyint=15:bframes=0:repeat-headers=1',
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;
export type ClipName = keyof typeof recipes;

/** Makes all of them in `folder`, with one run of ffmpeg; rejects when it fails. */
export async function makeClips(folder: string): Promise<(name: ClipName) => string> {
  const input = `-f lavfi -i testsrc2=size=640x360:rate=${clipFps}`.split(' ');
  await runFfmpeg([...input, ...Object.entries(recipes).flatMap(([name, recipe]) => [...recipe, join(folder, name)])]);
  return (name) => join(folder, name);
}

/** Numbers from 0 to 1 that are the same in every run (xorshift32). */
export function seeded(seed: number): () => number {
  let state = (seed * 0x9e3779b1) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 0x1_0000_0000;
  };
}

const intervalUs = 1_000_000 / clipFps;

/** The same stream with other units: one every fifteenth of a second, unless they keep their own times. */
function timed(stream: FakeStream, units: readonly Pick<ClipUnit, 'annexB' | 'key'>[]): FakeStream {
  return {
    ...stream,
    units: units.map(({ annexB, key }, index) => {
      const timeUs = Math.round(index * intervalUs);
      return { annexB, key, corrupt: false, dtsUs: timeUs, ptsUs: timeUs };
    }),
    durationUs: Math.round(units.length * intervalUs),
  };
}

const isSet = (nal: Uint8Array) => nalTypeOf(nal) === nalType.sps || nalTypeOf(nal) === nalType.pps;
const isSlice = (nal: Uint8Array) => nalTypeOf(nal) === nalType.idr || nalTypeOf(nal) === nalType.slice;
const withNals = (unit: ClipUnit, of: (nal: Uint8Array) => Uint8Array[]): ClipUnit => ({
  ...unit,
  annexB: joinNalUnits(splitNalUnits(unit.annexB).flatMap(of)),
});

/** One stream after the other, in a loop. */
export const oneAfterAnother = (streams: readonly FakeStream[]): FakeStream =>
  timed(
    streams[0]!,
    streams.flatMap(({ units }) => units),
  );

/** Rubbish where the picture is, behind whole heads of slices; every third key picture stays good. */
export function withRandomSlices(stream: FakeStream, random: () => number): FakeStream {
  let keys = 0;
  const spoil = (nal: Uint8Array) => {
    if (!isSlice(nal)) return [nal];
    const bytes = Uint8Array.from(nal);
    // Never zero, so that no start code comes about.
    for (let at = 12; at < bytes.length; at += 1) bytes[at] = 1 + Math.floor(random() * 255);
    return [bytes];
  };
  return {
    ...stream,
    units: stream.units.map((unit) => {
      if (unit.key) keys += 1;
      return unit.key && keys % 3 === 1 ? unit : withNals(unit, spoil);
    }),
  };
}

/** Every third picture ends in its middle. */
export const truncated = (stream: FakeStream): FakeStream => ({
  ...stream,
  units: stream.units.map((unit, index) =>
    index % 3 === 2 ? withNals(unit, (nal) => [isSlice(nal) ? nal.subarray(0, Math.max(2, nal.length >> 1)) : nal]) : unit,
  ),
});

/** Pictures between key pictures change places with their neighbours. */
export function shuffled(stream: FakeStream): FakeStream {
  const units = [...stream.units];
  for (let at = 1; at + 1 < units.length; at += 3)
    if (!units[at]!.key && !units[at + 1]!.key) [units[at], units[at + 1]] = [units[at + 1]!, units[at]!];
  return timed(stream, units);
}

/** Every fourth picture between key pictures is missing. */
export const withGaps = (stream: FakeStream): FakeStream => ({
  ...stream,
  units: stream.units.filter(({ key }, index) => key || index % 4 !== 3),
});

/** No parameter sets for so many pictures at the beginning of every round, nor in the description. */
export const withoutSetsUntil = (stream: FakeStream, pictures: number): FakeStream => ({
  ...stream,
  units: stream.units.map((unit, index) => (index < pictures ? withNals(unit, (nal) => (isSet(nal) ? [] : [nal])) : unit)),
});

/** Parameter sets with the first picture only. */
export const withSetsOnce = (stream: FakeStream): FakeStream => ({
  ...stream,
  units: stream.units.map((unit, index) => (index > 0 ? withNals(unit, (nal) => (isSet(nal) ? [] : [nal])) : unit)),
});

/** Nothing for so long at the end of every round. */
export const withSilence = (stream: FakeStream, silenceMs: number): FakeStream => ({
  ...stream,
  durationUs: stream.durationUs + silenceMs * 1000,
});

/** Everything that can happen to a stream, at random: pictures are lost, doubled, moved, cut, spoiled and robbed of their parameter sets. */
export function chaotic(stream: FakeStream, random: () => number): FakeStream {
  const units = stream.units.flatMap((unit): ClipUnit[] => {
    const luck = random();
    if (luck < 0.06) return [];
    if (luck < 0.1) return [unit, unit];
    if (luck < 0.16) return [withNals(unit, (nal) => [nal.subarray(0, 1 + Math.floor(random() * nal.length))])];
    if (luck < 0.2) return [withNals(unit, (nal) => (isSet(nal) ? [] : [nal]))];
    if (luck > 0.26) return [unit];
    return [
      withNals(unit, (nal) => {
        const bytes = Uint8Array.from(nal);
        bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
        return [bytes];
      }),
    ];
  });
  for (let at = 1; at + 1 < units.length; at += 1) if (random() < 0.05) [units[at], units[at + 1]] = [units[at + 1]!, units[at]!];
  // A source begins with something that can be played, or there is nothing to try.
  return timed(stream, [stream.units[0]!, ...units]);
}
