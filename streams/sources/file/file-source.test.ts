import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProblemError, type Problem } from '../../../main/contract/errors.ts';
import type { Clock } from '../../../main/contract/time.ts';
import type { AccessUnit } from '../../contract.ts';
import { nalTypeOf, splitNalUnits } from '../../protocols/h264/annex-b.ts';
import { encode, hasFfmpeg, packets } from '../../media/fmp4/testdata/ffmpeg.ts';
import { createClipCache, createFileSource, type FileSourceOptions } from './file-source.ts';
import { readRawClip } from './read-raw-clip.ts';

const clipsFolder = path.join(import.meta.dirname, '../../demo-city/clips');
const start = Date.UTC(2026, 0, 1);

/** A clock that jumps to the end of every sleep; `late` adds to each. */
class JumpingClock implements Clock {
  time = 1000;
  sleeps = 0;
  late: (sleep: number) => number = () => 0;
  now = () => start + this.time;
  monotonic = () => this.time;
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.sleeps += 1;
    this.time += ms + this.late(this.sleeps);
  }
}

interface Received {
  readonly unit: AccessUnit;
  readonly at: number;
}

const optionsWith = (clock: Clock, more: Partial<FileSourceOptions> = {}): FileSourceOptions => ({
  clipsFolder,
  fileRoots: [],
  clock,
  cache: createClipCache({ maxBytes: 64 * 1024 * 1024 }),
  ...more,
});

/** Runs a source until `count` units came. */
async function play(
  spec: { url: string; subUrl?: string; phaseMs?: number },
  count: number,
  options: FileSourceOptions,
  profile: 'main' | 'sub' = 'main',
): Promise<Received[]> {
  const abort = new AbortController();
  const received: Received[] = [];
  const sink = {
    push(unit: AccessUnit) {
      received.push({ unit, at: options.clock.monotonic() });
      if (received.length === count) abort.abort();
    },
  };
  await createFileSource({ kind: 'file', ...spec }, options).run(profile, sink, abort.signal);
  return received;
}

async function problemOf(url: string, options: FileSourceOptions = optionsWith(new JumpingClock())): Promise<Problem> {
  try {
    await play({ url }, 1, options);
  } catch (error) {
    if (error instanceof ProblemError) return error.problem;
    throw error;
  }
  throw new Error('it played');
}

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'taodu-file-source-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('playing a clip as a camera', () => {
  it('paces by the clip in real time and says when each unit came', async () => {
    const clock = new JumpingClock();
    const received = await play({ url: 'clip:crossing.sub' }, 60, optionsWith(clock));
    received.forEach(({ unit, at }, i) => {
      expect(unit.dtsUs).toBe(Math.round((i * 1e6) / 15));
      expect(at - 1000).toBeGreaterThan((i * 1000) / 15 - 1.1);
      expect(at - 1000).toBeLessThan((i * 1000) / 15 + 0.1);
      expect(unit.receivedAtMs).toBe(start + at);
      expect(unit.key).toBe(i % 15 === 0);
      expect(unit.discontinuity).toBe(i === 0);
    });
    // one sleep a unit: no polling
    expect(clock.sleeps).toBeLessThanOrEqual(60);
  });

  it('begins again without a seam: times go on, key pictures stay in step', async () => {
    const received = await play({ url: 'clip:tunnel.sub' }, 750, optionsWith(new JumpingClock()));
    for (let i = 1; i < received.length; i += 1) {
      const step = received[i]!.unit.dtsUs - received[i - 1]!.unit.dtsUs;
      expect(Math.abs(step - 1e6 / 15)).toBeLessThanOrEqual(1);
    }
    expect(received.filter(({ unit }) => unit.discontinuity)).toHaveLength(1);
    expect(received.every(({ unit }, i) => unit.key === (i % 15 === 0))).toBe(true);
    expect(received[240]!.unit.annexB).toBe(received[0]!.unit.annexB);
    expect(received[749]!.unit.dtsUs).toBe(49_933_333);
  });

  it.each([
    [0, 0],
    [1, 1],
    [4000, 60],
    [15_990, 0],
    [16_000, 0],
    [36_100, 62],
  ])('phase %i ms starts at picture %i', async (phaseMs, picture) => {
    const options = optionsWith(new JumpingClock());
    const whole = await play({ url: 'clip:bridge.sub' }, 240, options);
    const received = await play({ url: 'clip:bridge.sub', phaseMs }, 1, options);
    expect(received[0]!.unit.annexB).toBe(whole[picture]!.unit.annexB);
    expect(received[0]!.unit.discontinuity).toBe(true);
  });

  it('does not add up lateness', async () => {
    const clock = new JumpingClock();
    clock.late = (sleep) => (sleep % 3) * 20;
    const received = await play({ url: 'clip:tunnel.sub' }, 600, optionsWith(clock));
    const { unit, at } = received.at(-1)!;
    expect(at - 1000 - unit.dtsUs / 1000).toBeLessThan(45);
    expect(received.filter((one) => one.unit.discontinuity)).toHaveLength(1);
  });

  it('goes on from now after the machine was asleep, instead of a burst', async () => {
    const clock = new JumpingClock();
    clock.late = (sleep) => (sleep === 20 ? 3_600_000 : 0);
    const received = await play({ url: 'clip:tunnel.sub' }, 60, optionsWith(clock));
    const breaks = received.flatMap(({ unit }, i) => (unit.discontinuity ? [i] : []));
    expect(breaks).toEqual([0, 20]);
    expect(received[20]!.unit.dtsUs - received[19]!.unit.dtsUs).toBeLessThan(70_000);
    expect(received[21]!.at - received[20]!.at).toBeGreaterThan(60);
  });

  it('catches up after a short delay', async () => {
    const clock = new JumpingClock();
    clock.late = (sleep) => (sleep === 20 ? 700 : 0);
    const received = await play({ url: 'clip:tunnel.sub' }, 60, optionsWith(clock));
    expect(received.filter(({ unit }) => unit.discontinuity)).toHaveLength(1);
    expect(received.at(-1)!.at - 1000).toBeLessThan((59 * 1000) / 15 + 1);
  });

  it('plays the small picture where there is one', async () => {
    const options = optionsWith(new JumpingClock());
    const sizes = await Promise.all(
      (['main', 'sub'] as const).map(
        async (profile) =>
          (await play({ url: 'clip:crossing.main', subUrl: 'clip:crossing.sub' }, 1, options, profile))[0]!.unit.annexB.length,
      ),
    );
    expect(sizes[0]).toBeGreaterThan(sizes[1]!);
    expect(await play({ url: 'clip:crossing.sub' }, 1, options, 'sub')).toHaveLength(1);
  });

  it('ends at once when it is stopped, before, while it reads and while it waits', async () => {
    const clock = new JumpingClock();
    const sink = { push() {} };
    await createFileSource({ kind: 'file', url: 'clip:none' }, optionsWith(clock)).run('main', sink, AbortSignal.abort());
    const whileReading = new AbortController();
    const reading = createFileSource({ kind: 'file', url: 'clip:tunnel.sub' }, optionsWith(clock)).run('main', sink, whileReading.signal);
    whileReading.abort();
    await reading;
    const whileWaiting = new AbortController();
    const waits: Clock = {
      ...clock,
      now: clock.now,
      monotonic: clock.monotonic,
      sleep: (_ms, signal) =>
        new Promise((_resolve, reject) => {
          signal!.addEventListener('abort', () => reject(signal!.reason as Error), { once: true });
          whileWaiting.abort();
        }),
    };
    await createFileSource({ kind: 'file', url: 'clip:tunnel.sub' }, optionsWith(waits)).run('main', sink, whileWaiting.signal);
  });
});

describe('which files may be played', () => {
  it('plays absolute paths, file URLs and clips', async () => {
    const options = optionsWith(new JumpingClock());
    const file = path.join(clipsFolder, 'tunnel.sub.h264');
    for (const url of [file, pathToFileURL(file).href, 'clip:tunnel.sub']) expect(await play({ url }, 1, options), url).toHaveLength(1);
    // all three are one file
    expect(options.cache.counters.made).toBe(1);
  });

  it.each([
    ['clip:nowhere', 'source-file-missing'],
    ['/nowhere/at/all.h264', 'source-file-missing'],
    ['clip:../clips/tunnel.sub', 'source-file-refused'],
    ['clip:', 'source-file-refused'],
    ['clip:a/b', 'source-file-refused'],
    ['tunnel.sub.h264', 'source-file-refused'],
    ['', 'source-file-refused'],
    ['http://127.0.0.1/x.mp4', 'source-file-refused'],
    ['file://host/x.mp4', 'source-file-refused'],
    ['/dev/zero', 'source-file-refused'],
    ['/tmp', 'source-file-refused'],
    ['/tmp/a\0b', 'source-file-refused'],
  ] as const)('%j: %s', async (url, code) => {
    expect((await problemOf(url)).code).toBe(code);
  });

  it('does not wait for a FIFO', async () => {
    const fifo = path.join(folder, 'fifo.h264');
    execFileSync('mkfifo', [fifo]);
    expect(await problemOf(fifo)).toMatchObject({ code: 'source-file-refused', params: { reason: 'not-a-regular-file' } });
  });

  it('keeps to the allowed folders, links resolved', async () => {
    const inside = path.join(folder, 'allowed');
    const beside = path.join(folder, 'allowed-not');
    await mkdir(inside);
    await mkdir(beside);
    const clip = await readClipBytes();
    for (const one of [inside, beside]) await writeFile(path.join(one, 'a.h264'), clip);
    await symlink(path.join(beside, 'a.h264'), path.join(inside, 'out.h264'));
    await symlink(inside, path.join(folder, 'in'));
    const options = optionsWith(new JumpingClock(), { fileRoots: [path.join(folder, 'missing'), path.join(folder, 'in')] });
    expect(await play({ url: path.join(inside, 'a.h264') }, 1, options)).toHaveLength(1);
    expect(await play({ url: path.join(folder, 'in', 'a.h264') }, 1, options)).toHaveLength(1);
    expect(await play({ url: 'clip:tunnel.sub' }, 1, options)).toHaveLength(1);
    for (const url of [path.join(beside, 'a.h264'), path.join(inside, 'out.h264'), path.join(inside, '..', 'allowed-not', 'a.h264')])
      expect(await problemOf(url, options), url).toMatchObject({
        code: 'source-file-refused',
        params: { reason: 'outside-allowed-folders' },
      });
  });

  it('does not follow a link out of the clips folder', async () => {
    const clips = path.join(folder, 'clips');
    await mkdir(clips);
    await symlink(path.join(clipsFolder, 'tunnel.sub.h264'), path.join(clips, 'a.h264'));
    expect((await problemOf('clip:a', optionsWith(new JumpingClock(), { clipsFolder: clips }))).code).toBe('source-file-refused');
  });

  it('names the file, never its folder', async () => {
    expect(await problemOf('/nowhere/secret/x.mp4')).toEqual({ code: 'source-file-missing', params: { file: 'x.mp4' } });
    expect((await problemOf('clip:nowhere')).params).toEqual({ file: 'clip:nowhere' });
  });
});

const readClipBytes = async () => (await import('node:fs/promises')).readFile(path.join(clipsFolder, 'tunnel.sub.h264'));

describe('the cache', () => {
  it('reads a file once for everybody, and again when it changed', async () => {
    const file = path.join(folder, 'shared.h264');
    await writeFile(file, await readClipBytes());
    const options = optionsWith(new JumpingClock());
    await Promise.all(Array.from({ length: 20 }, () => play({ url: file }, 2, options)));
    expect(options.cache.counters).toEqual({ hits: 19, made: 1, evicted: 0 });
    await utimes(file, 1, 1);
    await play({ url: file }, 1, options);
    expect(options.cache.counters.made).toBe(2);
  });

  it('holds no more than it may, and gives up what was used longest ago', async () => {
    const clip = (await readRawClip(await readClipBytes()))!;
    const cache = createClipCache({ maxBytes: clip.bytes * 2 + 1 });
    const make = async () => clip;
    for (const key of ['a', 'b', 'a', 'c']) await cache.get(key, make);
    expect(cache.heldBytes).toBe(clip.bytes * 2);
    expect(cache.counters).toEqual({ hits: 1, made: 3, evicted: 1 });
    await cache.get('a', make);
    expect(cache.counters.made).toBe(3);
    await cache.get('b', make);
    expect(cache.counters.made).toBe(4);
  });

  it('does not keep a failure, nor a clip larger than itself', async () => {
    const clip = (await readRawClip(await readClipBytes()))!;
    const cache = createClipCache({ maxBytes: clip.bytes - 1 });
    await expect(cache.get('a', () => Promise.reject(new Error('disk')))).rejects.toThrow('disk');
    expect(await cache.get('a', async () => clip)).toBe(clip);
    expect(cache.heldBytes).toBe(0);
  });
});

describe('damaged files', () => {
  it('are read as far as they go, or refused with a reason, wherever they are cut', async () => {
    const bytes = await readClipBytes();
    for (let i = 0; i < 60; i += 1) {
      const end = Math.floor((bytes.length * i) / 60);
      const clip = await readRawClip(bytes.subarray(0, end));
      if (clip) expect(clip.units.length).toBeLessThanOrEqual(240);
      else expect(end).toBeLessThan(20_000);
    }
  });

  it.each([
    ['empty.h264', new Uint8Array(), 'source-no-video'],
    ['zeros.h264', new Uint8Array(100_000), 'source-no-video'],
    ['no-parameter-sets.h264', Uint8Array.of(0, 0, 1, 0x65, 0x88, 0x84, 0, 0, 1, 0x41, 0x9a), 'source-no-video'],
    ['empty.mp4', new Uint8Array(), 'source-file-unreadable'],
    ['text.mp4', new TextEncoder().encode('not a film at all'.repeat(100)), 'source-file-unreadable'],
    [
      'giant-box.mp4',
      Uint8Array.of(0xff, 0xff, 0xff, 0xff, ...new TextEncoder().encode('moov'), 0xff, 0xff, 0xff, 0xff, 0x74, 0x72, 0x61, 0x6b),
      'source-file-unreadable',
    ],
  ] as const)('%s', async (name, bytes, code) => {
    const file = path.join(folder, name);
    await writeFile(file, bytes);
    expect((await problemOf(file)).code).toBe(code);
  });
});

describe.skipIf(!hasFfmpeg)('files of other makers', () => {
  const read = async (name: string, bytes: Uint8Array) => {
    const file = path.join(folder, name);
    await writeFile(file, bytes);
    return file;
  };

  it.each(['plain.mp4', 'plain.mov', 'plain.mkv', 'plain.ts', 'fragmented.mp4'])('%s', async (name) => {
    const options =
      name === 'fragmented.mp4' ? ['-bf', '0', '-g', '15', '-movflags', '+frag_keyframe+empty_moov'] : ['-bf', '0', '-g', '15'];
    const bytes = encode(name, { seconds: 2, x264: options });
    const received = await play({ url: await read(name, bytes) }, 45, optionsWith(new JumpingClock()));
    received.forEach(({ unit }, i) => {
      expect(Math.abs(unit.dtsUs - (i * 1e6) / 15)).toBeLessThan(1500);
      expect(unit.key).toBe(i % 15 === 0);
      const types = splitNalUnits(unit.annexB).map(nalTypeOf);
      if (unit.key) expect(types.slice(0, 2)).toEqual([7, 8]);
      expect(types.includes(9)).toBe(false);
    });
  });

  it('finds decoding and presentation times of B-frames, in containers and in raw streams', async () => {
    const x264 = ['-preset', 'veryfast', '-bf', '3', '-g', '50', '-x264-params', 'b-pyramid=normal:scenecut=0'];
    const mp4 = encode('b.mp4', { seconds: 4, fps: 25, x264 });
    const raw = encode('b.h264', { seconds: 4, fps: 25, x264 });
    const truth = packets(mp4);
    for (const url of [await read('b.mp4', mp4), await read('b.h264', raw)]) {
      const received = await play({ url }, 100, optionsWith(new JumpingClock()));
      const delay = received[0]!.unit.ptsUs / 1e6 - truth[0]!.pts;
      received.forEach(({ unit }, i) => {
        expect(unit.ptsUs).toBeGreaterThanOrEqual(unit.dtsUs);
        expect(unit.ptsUs / 1e6 - delay).toBeCloseTo(truth[i]!.pts, 3);
      });
    }
  });

  it('says which codec it cannot play, and that there is no picture', async () => {
    const vp9 = path.join(folder, 'vp9.webm');
    const sound = path.join(folder, 'sound.mp4');
    execFileSync('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', 'testsrc2=size=64x64:rate=5:duration=1', '-c:v', 'libvpx-vp9', vp9]);
    execFileSync('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', 'sine=duration=1', '-c:a', 'aac', sound]);
    expect(await problemOf(vp9)).toEqual({ code: 'source-codec-unsupported', params: { file: 'vp9.webm', codec: 'vp9' } });
    expect(await problemOf(sound)).toEqual({ code: 'source-no-video', params: { file: 'sound.mp4' } });
  });

  it('survives containers that are cut or scrambled', async () => {
    const mp4 = encode('cut.mp4', { seconds: 1, x264: ['-bf', '0', '-g', '15', '-movflags', '+faststart'] });
    let random = 7;
    const next = () => (random = (Math.imul(random, 1664525) + 1013904223) >>> 0);
    for (let i = 0; i < 60; i += 1) {
      const bytes = Buffer.from(i % 2 === 0 ? mp4.subarray(0, Math.floor((mp4.length * i) / 60)) : mp4);
      if (i % 2 === 1) for (let k = 0; k < 8; k += 1) bytes[next() % 1500] = next() & 0xff;
      const url = await read(`cut-${i}.mp4`, bytes);
      const outcome = await play({ url }, 1, optionsWith(new JumpingClock())).then(
        () => 'played',
        (error: unknown) => (error instanceof ProblemError ? error.problem.code : String(error)),
      );
      expect(['played', 'source-file-unreadable', 'source-no-video', 'source-codec-unsupported'], `variant ${i}`).toContain(outcome);
    }
  });
});
