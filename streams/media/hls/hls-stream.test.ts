import { parse, setOptions, types } from 'hls-parser';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AccessUnit } from '../../contract.ts';
import { joinNalUnits, nalType, nalTypeOf, splitNalUnits } from '../../protocols/h264/annex-b.ts';
import type { Clip } from '../../sources/file/clip.ts';
import { readContainerClip } from '../../sources/file/read-container-clip.ts';
import { readRawClip } from '../../sources/file/read-raw-clip.ts';
import { decode, encode, hasFfmpeg, packets, pictures } from '../fmp4/testdata/ffmpeg.ts';
import { encodeH265, type H265Clip } from '../fmp4/testdata/h265-clip.ts';
import { HlsStream } from './hls-stream.ts';

// Whatever the reader would complain about is an error.
setOptions({ strictMode: true, silent: false });

const clipsFolder = path.join(import.meta.dirname, '../../demo-city/clips');
const epoch = Date.UTC(2026, 0, 1);

const clipOf = async (bytes: Uint8Array): Promise<Clip> => (await readRawClip(bytes))!;
const bundled = async (name: string) => clipOf(await readFile(path.join(clipsFolder, `${name}.h264`)));

/** The clip as a relay would receive it from `skip` units into its loop, for so many units. */
function unitsOf(clip: Clip, count = clip.units.length, skip = 0): AccessUnit[] {
  return Array.from({ length: count }, (_, i) => {
    const at = (skip + i) % clip.units.length;
    const loop = Math.floor((skip + i) / clip.units.length) * clip.durationUs;
    const unit = clip.units[at]!;
    const dtsUs = loop + unit.dtsUs;
    return {
      ...unit,
      codec: 'h264',
      ptsUs: loop + unit.ptsUs,
      dtsUs,
      receivedAtMs: epoch + Math.round(dtsUs / 1000),
      discontinuity: i === 0,
    };
  });
}

interface Collected {
  readonly init: Uint8Array;
  readonly parts: Map<string, Uint8Array>;
  readonly segments: Map<string, Uint8Array>;
}

/** Pushes units and fetches everything the playlist names, as soon as it does. */
function collect(stream: HlsStream, units: readonly AccessUnit[], check: (playlist: string) => void = () => {}): Collected {
  const parts = new Map<string, Uint8Array>();
  const segments = new Map<string, Uint8Array>();
  const stop = stream.onAdvance(() => {
    const playlist = stream.media();
    check(playlist);
    for (const [, name] of playlist.matchAll(/#EXT-X-PART:.*URI="([^"]+)"/g)) {
      const found = stream.resource(name!);
      expect(found, name).toBeDefined();
      parts.set(name!, found!.bytes);
    }
    for (const [name] of playlist.matchAll(/^s\d+\.m4s$/gm)) segments.set(name, stream.resource(name)!.bytes);
  });
  for (const unit of units) stream.push(unit);
  stop();
  return { init: stream.resource('init-1.mp4')!.bytes, parts, segments };
}

const parsed = (playlist: string): types.MediaPlaylist => parse(playlist) as types.MediaPlaylist;

/** The parts that are there: the reader lists the hinted one too. */
const partsOf = (segment: types.Segment) => segment.parts.filter((part) => !part.hint);

describe('the segmenter', () => {
  it('cuts a clip into parts of the target length and segments at key pictures', async () => {
    const clip = await bundled('crossing.sub');
    const stream = new HlsStream({ partMs: 334, segments: 6 });
    const { parts, segments } = collect(stream, unitsOf(clip));
    // 16 s of one-second GOPs of 15 pictures; the last one is still under way
    expect([...parts.keys()].slice(0, 7)).toEqual(['p0.0.m4s', 'p0.1.m4s', 'p0.2.m4s', 'p1.0.m4s', 'p1.1.m4s', 'p1.2.m4s', 'p2.0.m4s']);
    const list = parsed(stream.media());
    expect(segments.size).toBe(15);
    for (const segment of list.segments.slice(0, 6)) expect(segment.duration).toBeCloseTo(1, 5);
    expect(partsOf(list.segments.at(-1)!).map((part) => part.independent ?? false)).toEqual([true, false]);
    expect(stream.codec).toMatch(/^avc1\.4d[0-9a-f]{4}$/);
    expect(stream.counters).toEqual({ skippedUnits: 0, unusableUnits: 0, forcedCuts: 0 });
  });

  it('is ready as soon as there is a part, long before the next key picture', async () => {
    const clip = await bundled('tunnel.sub');
    const stream = new HlsStream({ partMs: 334, segments: 6 });
    const units = unitsOf(clip);
    let told = 0;
    stream.onAdvance(() => (told += 1));
    for (const unit of units.slice(0, 5)) stream.push(unit);
    await Promise.resolve();
    expect(stream.ready).toBe(false);
    expect(stream.position()).toEqual({ msn: 0, part: 0 });
    stream.push(units[5]!);
    await Promise.resolve();
    expect(stream.ready).toBe(true);
    expect(told).toBe(2);
    expect(stream.position()).toEqual({ msn: 1, part: 0 });
    expect(parsed(stream.media()).segments[0]).toMatchObject({ uri: 's0.m4s', duration: 0.333333 });
  });

  it('gives parts one by one, each with the initialisation segment that it needs and its place in time', async () => {
    const stream = new HlsStream({ partMs: 334, segments: 3 });
    expect([stream.lastIndependent(), stream.fragment(0, 0), stream.described()]).toEqual([null, undefined, null]);
    const { parts, init } = collect(stream, unitsOf(await bundled('crossing.sub')));
    expect(stream.fragment(0, 0)).toBeUndefined();
    const { msn, part } = stream.position();
    expect(stream.fragment(msn, part)).toBeUndefined();
    const last = stream.lastIndependent()!;
    expect(last.part).toBe(0);
    const fragment = stream.fragment(last.msn, 0)!;
    expect(fragment).toMatchObject({ key: true, startUs: last.msn * 1_000_000, receivedAtMs: epoch + last.msn * 1000 });
    expect(fragment.init).toEqual(expect.objectContaining({ name: 'init-1.mp4', bytes: init }));
    expect(fragment.bytes).toEqual(parts.get(`p${last.msn}.0.m4s`));
    expect(stream.fragment(last.msn - 1, 1)).toMatchObject({ key: false, startUs: (last.msn - 1) * 1_000_000 + 333_333 });
    expect(stream.described()).toEqual({ video: stream.codec, width: 640, height: 360 });
  });

  it('gives the first viewer all the pictures that were kept for him in the first segment', async () => {
    const clip = await bundled('tunnel.sub');
    const stream = new HlsStream({ partMs: 334, segments: 6 });
    const units = unitsOf(clip, 240);
    for (const unit of units.slice(0, 13)) stream.push(unit);
    await Promise.resolve();
    expect(stream.position()).toEqual({ msn: 1, part: 0 });
    expect(stream.resource('s0.m4s')!.bytes.length).toBeGreaterThan(stream.resource('p0.0.m4s')!.bytes.length);
    for (const unit of units.slice(13)) {
      stream.push(unit);
      await Promise.resolve();
    }
    // the rest of the first GOP is one short segment, then everything is regular
    const list = parsed(stream.media());
    expect(list.segments.filter((segment) => segment.uri).map((segment) => Math.round(segment.duration * 15))).toEqual(
      Array.from({ length: 6 }, () => 15),
    );
    expect(stream.position()).toEqual({ msn: 16, part: 2 });
    expect(stream.media()).toContain('#EXT-X-INDEPENDENT-SEGMENTS');
  });

  it('says what a player must know before it chooses', async () => {
    const clip = await bundled('crossing.sub');
    const stream = new HlsStream({ partMs: 334, segments: 6 });
    for (const unit of unitsOf(clip)) stream.push(unit);
    const master = parse(stream.master('/hls/p/x/media.m3u8')) as types.MasterPlaylist;
    expect(master.variants).toHaveLength(1);
    expect(master.variants[0]).toMatchObject({
      uri: '/hls/p/x/media.m3u8',
      codecs: stream.codec,
      resolution: { width: 640, height: 360 },
      frameRate: 15,
    });
    expect(master.variants[0]!.bandwidth).toBeGreaterThan((clip.bytes * 8) / 16);
    expect(master.variants[0]!.bandwidth).toBeLessThan(((clip.bytes * 8) / 16) * 2);
  });

  it('waits for a key picture, ignores audio, and says so', async () => {
    const clip = await bundled('tunnel.sub');
    const stream = new HlsStream({ partMs: 334, segments: 6 });
    for (const unit of unitsOf(clip, 10, 7)) stream.push(unit);
    expect(stream.counters.skippedUnits).toBe(8);
    stream.push({ ...unitsOf(clip)[0]!, codec: 'aac' });
    expect(stream.counters.unusableUnits).toBe(1);
  });

  it('makes a playlist that a strict reader accepts, at every part', async () => {
    const clip = await bundled('river-rain.sub');
    const stream = new HlsStream({ partMs: 334, segments: 4 });
    let seen = 0;
    let lastMsn = -1;
    collect(stream, unitsOf(clip), (playlist) => {
      seen += 1;
      const list = parsed(playlist);
      const { partTargetDuration, lowLatencyCompatibility } = list;
      expect(list.isMasterPlaylist).toBe(false);
      expect(lowLatencyCompatibility!.canBlockReload).toBe(true);
      expect(lowLatencyCompatibility!.partHoldBack).toBeGreaterThanOrEqual(3 * partTargetDuration! - 1e-9);
      expect(list.segments.filter((segment) => segment.uri).length).toBeLessThanOrEqual(4);
      for (const segment of list.segments) {
        if (segment.uri) expect(Math.round(segment.duration)).toBeLessThanOrEqual(list.targetDuration);
        for (const part of partsOf(segment)) expect(part.duration!).toBeLessThanOrEqual(partTargetDuration!);
        if (segment.uri) expect(segment.programDateTime).toBeInstanceOf(Date);
      }
      const first = list.mediaSequenceBase!;
      expect(first).toBeGreaterThanOrEqual(lastMsn);
      lastMsn = first;
      const { msn, part } = stream.position();
      expect(playlist).toContain(`#EXT-X-PRELOAD-HINT:TYPE=PART,URI="p${msn}.${part}.m4s"`);
      // every part but a segment's last is nearly as long as promised (4.4.4.9)
      for (const segment of list.segments.filter((one) => one.uri)) {
        for (const one of partsOf(segment).slice(0, -1)) expect(one.duration!).toBeGreaterThanOrEqual(0.85 * partTargetDuration!);
      }
    });
    expect(seen).toBeGreaterThan(40);
  });

  it('dates every segment by the arrival of its first picture, however late the viewer came', async () => {
    const clip = await bundled('harbour.sub');
    const stream = new HlsStream({ partMs: 334, segments: 6 });
    const units = unitsOf(clip, 100, 0).map((unit, i) => ({ ...unit, receivedAtMs: epoch + 10_000 + i * 70 + (i % 3) * 11 }));
    for (const unit of units) stream.push(unit);
    const list = parsed(stream.media());
    const firsts = list.segments.filter((segment) => segment.parts[0]?.independent && segment.mediaSequenceNumber > 1);
    expect(firsts.length).toBeGreaterThan(2);
    for (const segment of firsts) expect(segment.programDateTime!.getTime()).toBe(units[segment.mediaSequenceNumber * 15]!.receivedAtMs);
  });

  it('answers whether a part has been reached', async () => {
    const clip = await bundled('tunnel.sub');
    const stream = new HlsStream({ partMs: 334, segments: 3 });
    for (const unit of unitsOf(clip, 132)) stream.push(unit);
    expect(stream.position()).toEqual({ msn: 8, part: 2 });
    const cases: [number, number | null, boolean][] = [
      [0, null, true],
      [2, 7, true],
      [7, null, true],
      [7, 2, true],
      [7, 3, false],
      [8, null, false],
      [8, 1, true],
      [8, 2, false],
      [9, 0, false],
    ];
    for (const [msn, part, expected] of cases) expect(stream.has(msn, part), `${msn}.${part}`).toBe(expected);
  });

  it('keeps the segments it was told to and counts their bytes exactly', async () => {
    const clip = await bundled('square.sub');
    const stream = new HlsStream({ partMs: 334, segments: 3 });
    let most = 0;
    for (const unit of unitsOf(clip, 1500)) {
      stream.push(unit);
      most = Math.max(most, stream.heldBytes);
    }
    const names = [...stream.media().matchAll(/^s(\d+)\.m4s/gm)].map((match) => Number(match[1]));
    expect(names).toHaveLength(3);
    expect(stream.resource(`s${names[0]! - 1}.m4s`)).toBeUndefined();
    expect(stream.resource(`p${names[0]! - 1}.0.m4s`)).toBeUndefined();
    const segments = names.reduce((sum, msn) => sum + stream.resource(`s${msn}.m4s`)!.bytes.length, 0);
    expect(stream.heldBytes).toBeGreaterThan(segments);
    // five of the clip's seconds at the very most
    expect(most).toBeLessThan(5 * (clip.bytes / 16) * 1.6);
  });

  it('gives a segment as exactly its parts, before and after it was asked for', async () => {
    const clip = await bundled('bridge.sub');
    const stream = new HlsStream({ partMs: 334, segments: 6 });
    for (const unit of unitsOf(clip, 60)) stream.push(unit);
    const before = [0, 1, 2].map((part) => Buffer.from(stream.resource(`p2.${part}.m4s`)!.bytes));
    const held = stream.heldBytes;
    expect(Buffer.concat(before).equals(stream.resource('s2.m4s')!.bytes)).toBe(true);
    expect([0, 1, 2].every((part) => before[part]!.equals(stream.resource(`p2.${part}.m4s`)!.bytes))).toBe(true);
    expect(stream.resource('s2.m4s')!.bytes).toHaveLength(Buffer.concat(before).length);
    expect(stream.heldBytes).toBe(held);
    for (const name of ['s99.m4s', 'p2.3.m4s', 'p2.m4s', 's2.0.m4s', 'init-2.mp4', '../s2.m4s', 's2.m4s/', ''])
      expect(stream.resource(name), name).toBeUndefined();
  });

  it('makes the playlist once a part', async () => {
    const clip = await bundled('tunnel.sub');
    const stream = new HlsStream({ partMs: 334, segments: 6 });
    const units = unitsOf(clip, 43);
    for (const unit of units.slice(0, 41)) stream.push(unit);
    const before = stream.media();
    stream.push(units[41]!);
    expect(stream.media()).toBe(before);
  });

  it('stops telling who does not listen any more', async () => {
    const clip = await bundled('tunnel.sub');
    const stream = new HlsStream({ partMs: 334, segments: 6 });
    let told = 0;
    const stop = stream.onAdvance(() => (told += 1));
    for (const unit of unitsOf(clip, 15)) stream.push(unit);
    expect(told).toBe(2);
    stop();
    for (const unit of unitsOf(clip, 30)) stream.push(unit);
    expect(told).toBe(2);
  });
});

describe('breaks', () => {
  it('begins a new timeline with a new initialisation segment at the key picture after a discontinuity', async () => {
    const clip = await bundled('crossing.sub');
    const stream = new HlsStream({ partMs: 334, segments: 6 });
    for (const unit of unitsOf(clip, 40)) stream.push(unit);
    const other = unitsOf(clip, 40, 52).map((unit) => ({ ...unit, dtsUs: unit.dtsUs + 3.6e9, ptsUs: unit.ptsUs + 3.6e9 }));
    for (const unit of other) stream.push(unit);
    expect(stream.counters.skippedUnits).toBe(8);
    const list = parsed(stream.media());
    const breaks = list.segments.filter((segment) => segment.discontinuity);
    expect(breaks).toHaveLength(1);
    expect(breaks[0]!.map!.uri).toBe('init-2.mp4');
    expect(stream.resource('init-1.mp4')).toBeDefined();
    // the times go on where they ended: 40 pictures and then the next
    const bytes = Buffer.concat([stream.resource('init-2.mp4')!.bytes, stream.resource(`p${breaks[0]!.mediaSequenceNumber}.0.m4s`)!.bytes]);
    expect(timeOfFirst(bytes)).toBe(40 * 6000);
  });

  it('counts the discontinuities that left the playlist, and forgets initialisation segments with their segments', async () => {
    const clip = await bundled('tunnel.sub');
    const stream = new HlsStream({ partMs: 334, segments: 3 });
    for (let i = 0; i < 5; i += 1) for (const unit of unitsOf(clip, 31)) stream.push(unit);
    for (const unit of unitsOf(clip, 200, 31)) stream.push({ ...unit, discontinuity: false });
    expect(stream.media()).toContain('#EXT-X-DISCONTINUITY-SEQUENCE:4');
    expect(stream.resource('init-1.mp4')).toBeUndefined();
    expect(stream.media()).toContain('#EXT-X-MAP:URI="init-5.mp4"');
    expect(stream.resource('init-5.mp4')).toBeDefined();
  });

  it.each([
    ['corrupt', { corrupt: true }, 6],
    ['a hole in the times', { shiftUs: 5_000_000 }, 6],
    ['times that step back', { shiftUs: -20_000_000 }, 6],
  ] as const)('treats %s as a break', async (_name, how, skipped) => {
    const clip = await bundled('tunnel.sub');
    const stream = new HlsStream({ partMs: 334, segments: 6 });
    const shift = 'shiftUs' in how ? how.shiftUs : 0;
    for (const unit of unitsOf(clip, 39)) stream.push(unit);
    for (const unit of unitsOf(clip, 30, 39))
      stream.push({
        ...unit,
        dtsUs: unit.dtsUs + shift,
        ptsUs: unit.ptsUs + shift,
        discontinuity: false,
        corrupt: 'corrupt' in how && unit.dtsUs < 2_620_000,
      });
    expect(stream.counters.skippedUnits).toBe(skipped);
    expect(parsed(stream.media()).segments.filter((segment) => segment.discontinuity)).toHaveLength(1);
    for (const segment of parsed(stream.media()).segments)
      for (const part of partsOf(segment)) expect(part.duration!).toBeLessThanOrEqual(0.334);
  });

  it('leaves out a key picture with unusable parameter sets and all that refer to it', async () => {
    const clip = await bundled('tunnel.sub');
    const stream = new HlsStream({ partMs: 334, segments: 6 });
    const bad = Uint8Array.of(0, 0, 1, 0x67, 0x4d, 0, 0, 1, 0x68, 0xee, 0, 0, 1, 0x65, 0x88);
    for (const [i, unit] of unitsOf(clip, 60).entries()) stream.push(i === 15 ? { ...unit, annexB: bad } : unit);
    expect(stream.counters).toMatchObject({ unusableUnits: 1, skippedUnits: 14 });
    expect(parsed(stream.media()).segments.filter((segment) => segment.discontinuity)).toHaveLength(1);
  });

  it('goes on with known parameter sets when key pictures come without', async () => {
    const clip = await bundled('tunnel.sub');
    const stream = new HlsStream({ partMs: 334, segments: 6 });
    for (const [i, unit] of unitsOf(clip, 60).entries()) {
      const nals = splitNalUnits(unit.annexB).filter((nal) => nalTypeOf(nal) !== nalType.sps && nalTypeOf(nal) !== nalType.pps);
      stream.push(i === 0 ? unit : { ...unit, annexB: joinNalUnits(nals) });
    }
    expect(stream.counters).toEqual({ skippedUnits: 0, unusableUnits: 0, forcedCuts: 0 });
    expect(stream.resource('init-2.mp4')).toBeUndefined();
  });

  it('makes a new initialisation segment when the picture size changes', async () => {
    const [small, large] = [await bundled('crossing.sub'), await bundled('crossing.main')];
    const stream = new HlsStream({ partMs: 334, segments: 6 });
    for (const unit of unitsOf(small, 30)) stream.push(unit);
    const codecBefore = stream.codec;
    for (const unit of unitsOf(large, 30, 30)) stream.push({ ...unit, discontinuity: false });
    expect(stream.codec).not.toBe(codecBefore);
    const changed = parsed(stream.media()).segments.find((segment) => segment.discontinuity)!;
    expect(changed.map!.uri).toBe('init-2.mp4');
    expect(stream.counters.skippedUnits).toBe(0);
  });

  it('cuts an endless GOP, counts it, and stays bounded', async () => {
    const clip = await bundled('tunnel.sub');
    const stream = new HlsStream({ partMs: 334, segments: 3 });
    const units = unitsOf(clip, 15 * 70).map((unit, i) =>
      i === 0 ? unit : { ...unitsOf(clip)[1]!, dtsUs: unit.dtsUs, ptsUs: unit.dtsUs, discontinuity: false },
    );
    for (const unit of units) stream.push(unit);
    expect(stream.counters.forcedCuts).toBe(6);
    const list = parsed(stream.media());
    for (const segment of list.segments) if (segment.uri) expect(Math.round(segment.duration)).toBeLessThanOrEqual(10);
    expect(list.targetDuration).toBe(10);
    expect(stream.media()).not.toContain('INDEPENDENT=YES');
  });

  it.each([
    ['one second, seen from its beginning', 15, 0, 4],
    ['four seconds, seen from its beginning', 60, 0, 4],
    ['four seconds, kept pictures of a whole one', 60, 70, 4],
    ['eight seconds, seen from its beginning', 120, 0, 4],
    ['eight seconds, kept pictures of a whole one', 120, 130, 8],
    ['longer than a segment may be, kept pictures of 6 s', 400, 90, 6],
    ['irregular', null, 0, 4],
  ] as const)('never changes the target duration: key pictures every %s', async (_name, gop, kept, target) => {
    const clip = await bundled('tunnel.sub');
    const [key, delta] = unitsOf(clip, 2);
    const stream = new HlsStream({ partMs: 334, segments: 6 });
    const seen = new Set<number>();
    let nextKey = 0;
    for (let i = 0; i < 15 * 60; i += 1) {
      const isKey = gop === null ? i === nextKey : i % gop === 0;
      if (isKey) nextKey = i + 3 + ((i * 37) % 150);
      const at = Math.round((i * 1e6) / 15);
      stream.push({ ...(isKey ? key! : delta!), dtsUs: at, ptsUs: at, receivedAtMs: epoch + at / 1000, discontinuity: i === 0 });
      // What was kept comes in one go, the rest picture by picture.
      if (i >= kept) await Promise.resolve();
      if (!stream.ready) continue;
      const list = parsed(stream.media());
      seen.add(list.targetDuration);
      for (const segment of list.segments) if (segment.uri) expect(Math.round(segment.duration)).toBeLessThanOrEqual(target);
    }
    expect([...seen]).toEqual([target]);
    expect(stream.counters.forcedCuts > 0).toBe(gop === null || gop > target * 15);
  });

  it('breaks where a picture is shown for longer than any segment may be', async () => {
    const clip = await bundled('tunnel.sub');
    const stream = new HlsStream({ partMs: 334, segments: 6 });
    const units = unitsOf(clip, 40);
    for (const unit of units.slice(0, 20)) stream.push(unit);
    await Promise.resolve();
    for (const unit of units.slice(20)) stream.push({ ...unit, dtsUs: unit.dtsUs + 4_600_000, ptsUs: unit.ptsUs + 4_600_000 });
    const list = parsed(stream.media());
    expect(list.segments.filter((segment) => segment.discontinuity)).toHaveLength(1);
    expect(list.targetDuration).toBe(4);
  });

  it('takes a camera of one picture in two seconds', async () => {
    const clip = await bundled('tunnel.sub');
    const stream = new HlsStream({ partMs: 334, segments: 3 });
    unitsOf(clip, 20).forEach((unit, i) =>
      stream.push({
        ...unitsOf(clip)[(i % 4) * 15]!,
        dtsUs: i * 2e6,
        ptsUs: i * 2e6,
        discontinuity: false,
        receivedAtMs: unit.receivedAtMs,
      }),
    );
    const list = parsed(stream.media());
    expect(list.partTargetDuration).toBe(2);
    expect(list.segments.filter((segment) => segment.uri).every((segment) => segment.duration === 2)).toBe(true);
  });
});

/** baseMediaDecodeTime of the first fragment. */
function timeOfFirst(bytes: Buffer): number {
  const at = bytes.indexOf('tfdt');
  return Number(bytes.readBigUInt64BE(at + 8));
}

describe.skipIf(!hasFfmpeg)('what ffmpeg makes of it', () => {
  it('decodes segments and parts of bundled clips without one message, all packets there', async () => {
    for (const name of ['crossing.sub', 'night-avenue.sub']) {
      const clip = await bundled(name);
      const stream = new HlsStream({ partMs: 334, segments: 20 });
      const { init, parts, segments } = collect(
        stream,
        [...unitsOf(clip), unitsOf(clip, 1, 240)[0]!].map((unit, i) => ({ ...unit, discontinuity: i === 0 })),
      );
      for (const pieces of [parts, segments]) {
        const whole = Buffer.concat([init, ...pieces.values()]);
        expect(decode(whole)).toEqual({ messages: '', frames: 240 });
        const list = packets(whole);
        expect(list).toHaveLength(240);
        expect(list.filter((packet) => packet.key)).toHaveLength(16);
        expect(list.at(-1)!.dts).toBeCloseTo(239 / 15, 4);
      }
    }
  });

  it('shows the same pictures in the same order, B-frames included', async () => {
    const mp4 = encode('b-frames.mp4', {
      seconds: 6,
      fps: 25,
      x264: ['-profile:v', 'high', '-preset', 'veryfast', '-bf', '3', '-g', '50', '-x264-params', 'b-pyramid=normal'],
    });
    const clip = (await readContainerClip({ size: mp4.length, read: async (start, end) => mp4.subarray(start, end) }, 'b.mp4'))!;
    expect(clip.units.some((unit) => unit.ptsUs > unit.dtsUs)).toBe(true);
    const stream = new HlsStream({ partMs: 334, segments: 20 });
    const units = unitsOf(clip, 151);
    const { init, parts } = collect(stream, units);
    const whole = Buffer.concat([init, ...parts.values()]);
    expect(decode(whole)).toEqual({ messages: '', frames: 150 });
    expect(pictures(whole, 'ours.mp4')).toEqual(pictures(mp4, 'theirs.mp4'));
    const ours = packets(whole).map((packet) => packet.pts - packet.dts);
    const theirs = packets(mp4).map((packet) => packet.pts - packet.dts);
    ours.forEach((offset, i) => expect(offset).toBeCloseTo(theirs[i]!, 3));
  });
});

describe.skipIf(!hasFfmpeg)('H.265', () => {
  const accessUnits = (clip: H265Clip, shiftUs = 0): AccessUnit[] =>
    clip.units.map((unit) => ({
      ...unit,
      codec: 'h265',
      ptsUs: unit.ptsUs + shiftUs,
      dtsUs: unit.dtsUs + shiftUs,
      receivedAtMs: epoch + Math.round((unit.dtsUs + shiftUs) / 1000),
      discontinuity: false,
      corrupt: false,
    }));
  /** One more, which ends the last part. */
  const ending = (clip: H265Clip): AccessUnit => ({ ...accessUnits(clip, 4_000_000)[0]!, discontinuity: true });
  const closedGops = ['-x265-params', 'log-level=none:keyint=25:min-keyint=25:scenecut=0:bframes=3:open-gop=0:repeat-headers=1'];
  const openGops = ['-x265-params', 'log-level=none:keyint=26:min-keyint=26:scenecut=0:bframes=3:open-gop=1:repeat-headers=0'];

  it.each([
    ['closed GOPs, parameter sets before each', closedGops, 25],
    ['open GOPs, parameter sets once', openGops, 26],
  ])('%s: ffmpeg shows the same pictures without one message', (_name, x265, gop) => {
    const clip = encodeH265({ seconds: 4, fps: 25, size: '352x288', x265 });
    expect(clip.units.filter((unit) => unit.key)).toHaveLength(4);
    const stream = new HlsStream({ partMs: 334, segments: 20 });
    const units = accessUnits(clip);
    const { init, parts } = collect(stream, [...units, ending(clip)]);
    expect(stream.codec).toMatch(/^hvc1\.1\.6\.L\d+\.90$/);
    expect(stream.counters).toEqual({ skippedUnits: 0, unusableUnits: 0, forcedCuts: 0 });
    const whole = Buffer.concat([init, ...parts.values()]);
    expect(decode(whole)).toEqual({ messages: '', frames: 100 });
    expect(pictures(whole, 'ours.mp4')).toEqual(pictures(clip.mp4, 'theirs.mp4'));
    expect(whole.indexOf('hvc1')).toBeGreaterThan(0);
    const list = parsed(stream.media());
    for (const segment of list.segments.filter((one) => one.uri))
      expect(segment.duration).toBeCloseTo(segment.uri === 's3.m4s' ? (100 - 3 * gop) / 25 : gop / 25, 1);
    const master = parse(stream.master('/m.m3u8')) as types.MasterPlaylist;
    expect(master.variants[0]).toMatchObject({ codecs: stream.codec, resolution: { width: 352, height: 288 } });
  });

  it('leaves out pictures that refer to what was before the beginning', () => {
    const clip = encodeH265({ seconds: 4, fps: 25, x265: openGops });
    const stream = new HlsStream({ partMs: 334, segments: 20 });
    const second = clip.units.findIndex((unit, i) => unit.key && i > 0);
    const { init, parts } = collect(stream, [...accessUnits(clip).slice(second), ending(clip)]);
    expect(stream.counters.skippedUnits).toBeGreaterThan(0);
    const whole = Buffer.concat([init, ...parts.values()]);
    expect(decode(whole)).toEqual({ messages: '', frames: 100 - second - stream.counters.skippedUnits });
  });

  it('goes from H.264 to H.265 and back with a discontinuity and a new initialisation segment each', async () => {
    const h265 = encodeH265({ seconds: 2, x265: closedGops });
    const h264 = unitsOf(await bundled('tunnel.sub'), 30);
    const stream = new HlsStream({ partMs: 334, segments: 20 });
    for (const unit of h264) stream.push(unit);
    expect(stream.codec).toMatch(/^avc1/);
    for (const unit of accessUnits(h265, 2_000_000)) stream.push(unit);
    expect(stream.codec).toMatch(/^hvc1/);
    for (const unit of h264) stream.push({ ...unit, dtsUs: unit.dtsUs + 4_000_000, ptsUs: unit.ptsUs + 4_000_000, discontinuity: false });
    expect(stream.codec).toMatch(/^avc1/);
    const list = parsed(stream.media());
    expect(list.segments.filter((segment) => segment.discontinuity).map((segment) => segment.map!.uri)).toEqual([
      'init-2.mp4',
      'init-3.mp4',
    ]);
    const found = ['init-1.mp4', 'init-2.mp4', 'init-3.mp4'].map((name) => Buffer.from(stream.resource(name)!.bytes));
    expect(found.map((bytes) => [bytes.includes('avc1'), bytes.includes('hvc1')])).toEqual([
      [true, false],
      [false, true],
      [true, false],
    ]);
    expect(stream.counters.unusableUnits).toBe(0);
  });

  it('ends the stream where a delta picture of another codec comes', async () => {
    const h265 = encodeH265({ seconds: 1, x265: closedGops });
    const stream = new HlsStream({ partMs: 334, segments: 20 });
    for (const unit of unitsOf(await bundled('tunnel.sub'), 20)) stream.push(unit);
    for (const unit of accessUnits(h265, 1_334_000).slice(1, 4)) stream.push(unit);
    expect(stream.counters.skippedUnits).toBe(3);
  });
});
