import fc from 'fast-check';
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { decode, encode, hasFfmpeg, packets as probed, pictures } from '../../media/fmp4/testdata/ffmpeg.ts';
import { HlsStream } from '../../media/hls/hls-stream.ts';
import { readRawClip } from '../../sources/file/read-raw-clip.ts';
import { packetiseH264 } from './packetise-h264.ts';
import { encodeRtcp, parseRtcp, type SenderReport } from './rtcp.ts';
import { encodeRtpPacket } from './rtp-packet.ts';
import { RtpTrack } from './rtp-track.ts';
import { RtpSender } from './testdata/rtp-sender.ts';
import { formatOf, type TrackFormat } from './track-format.ts';
import type { TrackUnit } from './track-unit.ts';

function formatFor(encoding: string, fmtp: Record<string, string> = {}): TrackFormat {
  const format = formatOf({ payloadType: 96, encoding, clockRate: 0, channels: 1, fmtp });
  if (!format.ok) throw new Error(format.error);
  return format.value;
}

const clip = (await readRawClip(readFileSync(path.join(import.meta.dirname, '../../demo-city/clips/tunnel.sub.h264'))))!;
const ticksPerPicture = 6000;
const pictureMs = 1000 / 15;

interface Arrival {
  readonly packet: Uint8Array;
  readonly atMs: number;
}

/** The first pictures of a clip as packets, from a clock that is about to wrap. */
function sent(count: number, sender = new RtpSender({ sequence: 65_000 }), from = 0): Arrival[] {
  return clip.units.slice(from, from + count).flatMap((unit, i) => {
    const payloads = packetiseH264(unit.annexB, { aggregate: true, payloadBytes: 500 });
    const atMs = (from + i) * pictureMs;
    return sender.unit(payloads, 0xffff_0000 + (from + i) * ticksPerPicture).map((packet) => ({ packet, atMs }));
  });
}

function take(track: RtpTrack, arrivals: readonly Arrival[]): TrackUnit[] {
  return [...arrivals.flatMap(({ packet, atMs }) => track.push(packet, atMs)), ...track.flush()];
}

const indexOf = (unit: TrackUnit): number => clip.units.findIndex(({ annexB }) => Buffer.from(annexB).equals(unit.annexB));

/** What must hold of every track's units, whatever came in. */
function expectInOrder(units: readonly TrackUnit[]): void {
  let last = 0;
  for (const { dtsUs, ptsUs } of units) {
    expect(dtsUs).toBeGreaterThan(last);
    expect(ptsUs).toBeGreaterThanOrEqual(dtsUs);
    last = dtsUs;
  }
}

describe('a track', () => {
  it.each([true, false])('gives a clip as it went in (ordered: %s)', (ordered) => {
    const track = new RtpTrack(formatFor('H264'), { ordered });
    const units = take(track, sent(240));
    expect(units).toHaveLength(240);
    units.forEach((unit, i) => expect(Buffer.from(unit.annexB).equals(clip.units[i]!.annexB), String(i)).toBe(true));
    expect(units.filter((unit) => unit.corrupt)).toEqual([]);
    expect(units.map((unit) => unit.key)).toEqual(clip.units.map((unit) => unit.key));
    expect(units.map((unit) => unit.discontinuity)).toEqual(units.map((_, i) => i === 0));
    units.forEach((unit, i) => expect(unit.ptsUs).toBe(1_000_000 + Math.round((i * 1_000_000) / 15)));
    expectInOrder(units);
    expect(track.stats).toMatchObject({ lost: 0, reordered: 0, duplicated: 0, malformed: 0, strangers: 0 });
    expect(track.stats.jitterMs).toBeLessThan(0.1);
  });

  it('gives a picture with its last packet, not with the next one', () => {
    const track = new RtpTrack(formatFor('H264'), { ordered: true });
    const first = sent(1);
    const counts = first.map(({ packet, atMs }) => track.push(packet, atMs).length);
    expect(counts).toEqual([...first.slice(1).map(() => 0), 1]);
  });

  it('only reads the bytes while it is called', () => {
    const track = new RtpTrack(formatFor('H264'), { ordered: false });
    const arrivals = sent(30);
    // every pair but the first swapped, so that some have to wait
    const swapped = arrivals.map((one, i) => (i < 2 ? one : (arrivals[i ^ 1] ?? one)));
    const borrowed = new Uint8Array(2000);
    const units = swapped.flatMap(({ packet, atMs }) => {
      borrowed.set(packet);
      const given = track.push(borrowed.subarray(0, packet.length), atMs);
      borrowed.fill(0xff);
      return given;
    });
    expect([...units, ...track.flush()].map(indexOf)).toEqual(Array.from({ length: 30 }, (_, i) => i));
    expect(track.stats.reordered).toBeGreaterThan(10);
    expect(track.stats.lost).toBe(0);
  });

  it('takes sound', () => {
    const format = formatOf({ payloadType: 8, encoding: '', clockRate: 0, channels: 1, fmtp: {} });
    if (!format.ok) throw new Error(format.error);
    const track = new RtpTrack(format.value, { ordered: true });
    const sender = new RtpSender({ payloadType: 8 });
    const units = [0, 160, 320].flatMap((timestamp) => track.push(sender.packet(new Uint8Array(160).fill(0xd5), timestamp), timestamp / 8));
    expect(units.map(({ codec, ptsUs, dtsUs, annexB }) => [codec, ptsUs, dtsUs, annexB.length])).toEqual([
      ['pcma', 1_000_000, 1_000_000, 160],
      ['pcma', 1_020_000, 1_020_000, 160],
      ['pcma', 1_040_000, 1_040_000, 160],
    ]);
  });

  it('counts what makes no sense and what is somebody else’s, and goes on', () => {
    const track = new RtpTrack(formatFor('H264'), { ordered: false });
    const arrivals = sent(3);
    track.push(arrivals[0]!.packet, 0);
    track.push(new Uint8Array(5), 0);
    track.push(Uint8Array.of(0x80, 0x60, 0, 1, 0, 0, 0, 0, 0, 0, 0, 99, 0x65), 0);
    track.push(Uint8Array.of(0x80, 0x61, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7, 0x65), 0);
    const units = take(track, arrivals.slice(1));
    expect(units.map(indexOf)).toEqual([0, 1, 2]);
    expect(track.stats).toMatchObject({ malformed: 1, strangers: 2, lost: 0 });
  });
});

describe('loss', () => {
  it('is counted at once on an ordered transport, and the pictures it hurts are marked', () => {
    const track = new RtpTrack(formatFor('H264'), { ordered: true });
    const arrivals = sent(40);
    const at = arrivals.findIndex(({ atMs }) => atMs >= 20 * pictureMs - 1);
    const units = take(track, [...arrivals.slice(0, at), ...arrivals.slice(at + 1)]);
    expect(track.stats.lost).toBe(1);
    expect(units.flatMap((unit, i) => (unit.corrupt ? [i] : []))).toHaveLength(1);
    expectInOrder(units);
  });

  it('does not hurt twice: duplicates and late packets are counted and left out', () => {
    const track = new RtpTrack(formatFor('H264'), { ordered: true });
    const arrivals = sent(20).flatMap((one) => [one, one]);
    expect(take(track, arrivals).map(indexOf)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(track.stats.duplicated).toBe(arrivals.length / 2);
  });

  it('whatever is lost, doubled, swapped or foreign: no damaged picture passes for a whole one', () => {
    const fate = fc.constantFrom('ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'lost', 'twice', 'late', 'changed', 'stranger');
    const runs = fc.tuple(fc.array(fate, { minLength: 30, maxLength: 160 }), fc.boolean(), fc.nat(90));
    fc.assert(
      fc.property(runs, ([fates, ordered, from]) => {
        const track = new RtpTrack(formatFor('H264'), { ordered });
        const arrivals = sent(60, new RtpSender({ sequence: 65_500 }), from);
        const delayed: (Arrival & { readonly due: number })[] = [];
        let changed = 0;
        const line: Arrival[] = [];
        arrivals.forEach((arrival, i) => {
          const what = fates[i] ?? 'ok';
          const { packet } = arrival;
          if (what === 'late') delayed.push({ ...arrival, due: i + 1 + (i % 20) });
          else if (what === 'changed') {
            changed += 1;
            line.push({ ...arrival, packet: packet.map((byte, at) => (at === 12 + (i % 3) ? byte ^ (1 << (i % 8)) : byte)) });
          } else if (what === 'stranger') {
            line.push({ ...arrival, packet: packet.map((byte, at) => (at === 9 ? byte ^ 0x55 : byte)) }, arrival);
          } else if (what !== 'lost') line.push(arrival, ...(what === 'twice' ? [arrival] : []));
          for (const one of delayed.filter(({ due }) => due === i)) line.push({ packet: one.packet, atMs: arrival.atMs });
        });
        const units = take(track, line);
        expectInOrder(units);
        expect(units.length).toBeLessThanOrEqual(3 * clip.units.length);
        if (changed > 0 || (ordered && fates.includes('stranger'))) return;
        // A unit that is not marked is the clip's of that time, whole, and follows the one before it unless it is a key picture.
        const placeOf = (unit: TrackUnit) => Math.round(((unit.ptsUs - 1_000_000) * 15) / 1_000_000);
        const whole = units.filter(({ corrupt }) => !corrupt);
        const [first] = whole;
        const origin = first ? indexOf(first) - placeOf(first) : 0;
        for (const unit of whole) expect(indexOf(unit)).toBe(origin + placeOf(unit));
        units.forEach((unit, i) => {
          if (!unit.corrupt && !unit.key) expect(placeOf(unit)).toBe(placeOf(units[i - 1]!) + 1);
        });
        const { packets, lost, duplicated } = track.stats;
        expect(packets - duplicated + lost).toBeLessThanOrEqual(arrivals.length + line.length);
      }),
      { seed: 51, numRuns: 150 },
    );
  });
});

describe('senders', () => {
  it('on one connection another sender takes over at once: a new timeline behind the old one', () => {
    const track = new RtpTrack(formatFor('H264'), { ordered: true });
    const before = take(track, sent(20));
    const after = take(track, sent(20, new RtpSender({ sequence: 9, ssrc: 1234 })));
    expect(after.map(({ discontinuity }) => discontinuity)).toEqual(after.map((_, i) => i === 0));
    expect(after.map(indexOf)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(after.some(({ corrupt }) => corrupt)).toBe(false);
    expectInOrder([...before, ...after]);
    expect(track.stats).toMatchObject({ lost: 0, strangers: 0 });
  });

  it('two who send in turns on one connection: the newer one stays', () => {
    const track = new RtpTrack(formatFor('H264'), { ordered: true });
    const [older, newer] = [sent(20), sent(20, new RtpSender({ sequence: 9, ssrc: 1234 }))];
    const inTurns = newer.flatMap((one, i) => [one, { packet: older[20 + i]?.packet ?? one.packet, atMs: one.atMs }]);
    const units = take(track, [...older.slice(0, 20), ...inTurns]);
    expectInOrder(units);
    expect(units.filter(({ discontinuity }) => discontinuity)).toHaveLength(2);
    const begun = units.findLastIndex(({ discontinuity }) => discontinuity);
    expect(units.slice(begun).map(indexOf)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(track.stats.strangers).toBe(Math.min(newer.length, older.length - 20));
  });

  it('otherwise a stranger is not believed until ours has been silent for a second', () => {
    const track = new RtpTrack(formatFor('H264'), { ordered: false });
    const stranger = new RtpSender({ ssrc: 1234, sequence: 30_000 });
    take(track, sent(20));
    const lastMs = 19 * pictureMs;
    const early = take(
      track,
      sent(3, stranger).map(({ packet }) => ({ packet, atMs: lastMs + 999 })),
    );
    expect(early).toEqual([]);
    expect(track.stats.strangers).toBeGreaterThan(2);
    const late = take(
      track,
      sent(3, stranger).map(({ packet, atMs }) => ({ packet, atMs: lastMs + 1000 + atMs })),
    );
    expect(late.map(indexOf)).toEqual([0, 1, 2]);
    expect(late[0]!.discontinuity).toBe(true);
  });

  it('or has said goodbye', () => {
    const track = new RtpTrack(formatFor('H264'), { ordered: false });
    take(track, sent(5));
    const stranger = new RtpSender({ ssrc: 1234 });
    track.control(encodeRtcp([{ kind: 'goodbye', ssrcs: [55] }]), 0);
    expect(take(track, sent(1, stranger))).toEqual([]);
    track.control(encodeRtcp([{ kind: 'goodbye', ssrcs: [7] }]), 0);
    expect(take(track, sent(1, stranger)).map(indexOf)).toEqual([0]);
  });

  it.each([true, false])('a sender that counts anew begins a new timeline; nothing of the old one is mixed in (ordered: %s)', (ordered) => {
    const track = new RtpTrack(formatFor('H264'), { ordered });
    const before = take(track, sent(20));
    const after = take(track, sent(40, new RtpSender({ sequence: 20_000 })));
    expectInOrder([...before, ...after]);
    // Its first packet seemed to be a stray, but is not lost.
    expect(after[0]).toMatchObject({ discontinuity: true, corrupt: false });
    expect(after.map(indexOf)).toEqual(Array.from({ length: 40 }, (_, i) => i));
  });

  it('time stamps that jump hours begin a new timeline', () => {
    const track = new RtpTrack(formatFor('H264'), { ordered: true });
    const sender = new RtpSender();
    const units = clip.units.slice(0, 30).flatMap((unit, i) => {
      const timestamp = i * ticksPerPicture + (i >= 15 ? 90_000 * 7200 : 0);
      return sender.unit(packetiseH264(unit.annexB), timestamp).flatMap((packet) => track.push(packet, i * pictureMs));
    });
    expectInOrder(units);
    expect(units.flatMap(({ discontinuity }, i) => (discontinuity ? [i] : []))).toEqual([0, 15]);
    expect(units[29]!.ptsUs - units[0]!.ptsUs).toBeCloseTo(29 * pictureMs * 1000, -3);
  });
});

describe('reports', () => {
  const report: SenderReport = {
    kind: 'sender-report',
    ssrc: 7,
    ntpSeconds: 0xe000_0001,
    ntpFraction: 0,
    timestamp: 0,
    packets: 0,
    octets: 0,
    blocks: [],
  };

  it('are made once there is somebody to report on', () => {
    const track = new RtpTrack(formatFor('H264'), { ordered: false });
    expect(track.receiverReport(42, 0)).toBeNull();
    const arrivals = sent(15);
    take(
      track,
      arrivals.filter((_, i) => i !== 5),
    );
    track.control(encodeRtcp([report]), 1000);
    track.control(encodeRtcp([{ ...report, ssrc: 9, ntpSeconds: 5 }]), 1500);
    const made = parseRtcp(track.receiverReport(42, 2000)!);
    expect(made).toMatchObject({
      ok: true,
      value: [
        {
          kind: 'receiver-report',
          ssrc: 42,
          blocks: [{ ssrc: 7, lost: 1, highestSequence: 65_000 + arrivals.length - 1, lastReport: 0x0001_0000, sinceLastReport: 65_536 }],
        },
        { kind: 'description', names: [{ ssrc: 42, cname: '0000002a' }] },
      ],
    });
  });

  it('and goodbyes that make no sense are counted', () => {
    const track = new RtpTrack(formatFor('H264'), { ordered: false });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        track.control(bytes, 0);
      }),
      { seed: 52, numRuns: 500 },
    );
    expect(track.stats.malformed).toBeGreaterThan(0);
  });
});

describe('a picture that never ends', () => {
  it('is cut at its bounds, and the next one is clean', () => {
    const track = new RtpTrack(formatFor('H264'), { ordered: true });
    const sender = new RtpSender();
    const begun = sender.unit(packetiseH264(clip.units[0]!.annexB), 0).flatMap((packet) => track.push(packet, 0));
    // 48 MB of slices of one picture, none of them its first
    const slice = new Uint8Array(60_000).fill(0x55);
    slice[0] = 0x41;
    for (let i = 0; i < 800; i += 1) expect(track.push(sender.packet(slice, 6000), i)).toEqual([]);
    const rest = sender.unit(packetiseH264(clip.units[0]!.annexB), 12_000).flatMap((packet) => track.push(packet, 900));
    expect([...begun, ...rest].map(({ corrupt, key }) => [corrupt, key])).toEqual([
      [false, true],
      [true, false],
      [false, true],
    ]);
    expect(rest[0]!.annexB.length).toBeLessThan(8.1 * 1024 * 1024);
  });
});

describe('garbage', () => {
  it.each(['H264', 'H265'])('%s: random payloads of one sender neither throw nor pile up', (encoding) => {
    const payload = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc
        .tuple(fc.constantFrom(0x65, 0x67, 0x68, 0x78, 0x7c, 0x41, 0x40, 0x42, 0x44, 0x26, 0x60, 0x62), fc.uint8Array({ maxLength: 60 }))
        .map(([head, rest]) => Uint8Array.of(head, ...rest)),
    );
    const packet = fc.tuple(payload, fc.nat(70), fc.oneof(fc.nat(20_000), fc.nat(0xffff_ffff)), fc.boolean(), fc.nat(300));
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 80 }), fc.boolean(), (given, ordered) => {
        const track = new RtpTrack(formatFor(encoding), { ordered });
        let atMs = 0;
        let bytes = 0;
        const units = given.flatMap(([one, sequence, timestamp, marker, waitMs]) => {
          atMs += waitMs;
          bytes += one.length;
          const wire = encodeRtpPacket({ payloadType: 96, ssrc: 7, csrcs: [], extension: null, marker, sequence, timestamp, payload: one });
          return track.push(wire, atMs);
        });
        units.push(...track.flush());
        expectInOrder(units);
        const out = units.reduce((sum, { annexB }) => sum + annexB.length, 0);
        // Start codes, and parameter sets repeated before key pictures.
        expect(out).toBeLessThanOrEqual(5 * bytes * (1 + units.length));
      }),
      { seed: 53, numRuns: 300 },
    );
  });
});

/** What a player gets of these units: init and parts in one file. */
function fileOf(units: readonly TrackUnit[]): Buffer {
  const stream = new HlsStream({ partMs: 334, segments: 100 });
  const pieces: Uint8Array[] = [];
  let { msn, part } = stream.position();
  stream.onAdvance(() => {
    for (const next = stream.position(); msn < next.msn || part < next.part;) {
      const found = stream.resource(`p${msn}.${part}.m4s`);
      if (found) [part, pieces[pieces.length]] = [part + 1, found.bytes];
      else [msn, part] = [msn + 1, 0];
    }
  });
  for (const unit of units) stream.push({ ...unit, receivedAtMs: 0 });
  stream.push({ ...units.at(-1)!, receivedAtMs: 0, discontinuity: true });
  return Buffer.concat([stream.resource('init-1.mp4')!.bytes, ...pieces]);
}

/** What ffmpeg sends over UDP with these arguments, and how it describes that. */
async function packetsOf(args: readonly string[], input: Uint8Array): Promise<{ packets: Arrival[]; description: string }> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  socket.setRecvBufferSize(4 * 1024 * 1024);
  const { port } = socket.address() as AddressInfo;
  const packets: Arrival[] = [];
  const { promise: read, resolve } = Promise.withResolvers<void>();
  socket.on('message', (packet) => (packet.length === 1 ? resolve() : packets.push({ packet, atMs: performance.now() })));
  const camera = spawn('ffmpeg', ['-v', 'error', ...args, '-payload_type', '96', '-f', 'rtp', `rtp://127.0.0.1:${port}`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let description = '';
  camera.stdout.on('data', (text: Buffer) => (description += text.toString()));
  camera.stdin.end(input);
  try {
    await once(camera, 'exit');
    // A packet of our own behind the last one says that all of them were read.
    socket.send(Uint8Array.of(0), port, '127.0.0.1');
    await read;
  } finally {
    socket.close();
  }
  return { packets, description };
}

describe.skipIf(!hasFfmpeg)('ffmpeg as the camera', () => {
  it('AAC over UDP: frames that decode without one message', async () => {
    const sound = ['-f', 'lavfi', '-i', 'sine=frequency=440:duration=2:sample_rate=16000', '-c:a', 'aac', '-b:a', '32k'];
    const { packets, description } = await packetsOf(sound, new Uint8Array());
    const parameters = /a=fmtp:96 (.*)/
      .exec(description)![1]!
      .split(';')
      .map((one) => one.trim().split('='));
    const fmtp = Object.fromEntries(parameters.map(([name, value]) => [name!.toLowerCase(), value ?? '']));
    const format = formatOf({ payloadType: 96, encoding: 'MPEG4-GENERIC', clockRate: 16_000, channels: 1, fmtp });
    if (!format.ok) throw new Error(format.error);
    const track = new RtpTrack(format.value, { ordered: false });
    const units = take(track, packets);
    expect(track.stats).toMatchObject({ lost: 0, malformed: 0 });
    // 2 s in frames of 1024 samples, several a packet; ffmpeg never sends the packet that it was still filling.
    expect(units.length).toBeGreaterThan(24);
    expect(units.length).toBeGreaterThan(packets.length);
    units.forEach((unit, i) => expect(unit.ptsUs).toBe(1_000_000 + i * 64_000));
    const decoded = decode(Buffer.concat(units.map(({ annexB }) => annexB)));
    expect(decoded.messages.replaceAll(/.*Estimating duration from bitrate.*\n/g, '')).toBe('');
    expect(decoded.frames).toBe(units.length);
  });

  const h264 = [
    '-movflags',
    '+faststart',
    '-profile:v',
    'high',
    '-preset',
    'veryfast',
    '-bf',
    '3',
    '-g',
    '25',
    '-x264-params',
    'b-pyramid=normal:slices=2',
  ];
  const h265 = ['-movflags', '+faststart', '-x265-params', 'log-level=none:keyint=25:scenecut=0:bframes=3'];
  it.each([
    ['H264', { x264: h264 }],
    ['H265', { x265: h265 }],
  ] as const)('%s with B pictures over UDP: the same pictures with the same distances', async (encoding, how) => {
    const mp4 = encode('camera.mp4', { seconds: 2, fps: 25, size: '352x288', ...how });
    const bitstream = ['-bsf:v', `${encoding === 'H264' ? 'h264' : 'hevc'}_mp4toannexb`];
    const { packets } = await packetsOf(['-re', '-i', 'pipe:0', '-c', 'copy', ...bitstream], mp4);
    const track = new RtpTrack(formatFor(encoding), { ordered: false });
    const units = take(track, packets);
    expect(track.stats).toMatchObject({ lost: 0, strangers: 0, malformed: 0 });
    expect(units).toHaveLength(50);
    expectInOrder(units);
    expect(units.filter(({ corrupt }) => corrupt)).toEqual([]);
    const theirs = probed(mp4);
    units.forEach((unit, i) => {
      expect(unit.ptsUs - units[0]!.ptsUs, `pts of ${i}`).toBeCloseTo((theirs[i]!.pts - theirs[0]!.pts) * 1e6, -2);
      expect(unit.dtsUs - units[0]!.dtsUs, `dts of ${i}`).toBeCloseTo((theirs[i]!.dts - theirs[0]!.dts) * 1e6, -2);
      expect(unit.key).toBe(theirs[i]!.key);
    });
    const ours = fileOf(units);
    expect(decode(ours)).toEqual({ messages: '', frames: 50 });
    expect(pictures(ours, 'ours.mp4')).toEqual(pictures(mp4, 'theirs.mp4'));
  });
});
