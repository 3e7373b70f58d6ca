/**
 * CPU time to turn H.264 pictures into fragmented MP4: our HLS stream (parts, segments and a playlist for every part) beside
 * mediabunny's fragmented MP4 output (which makes its fragments at key pictures only, and no playlists). Same pictures, same
 * process, rounds by turns, medians.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { EncodedPacket, EncodedVideoPacketSource, Mp4OutputFormat, NullTarget, Output } from 'mediabunny';
import type { AccessUnit } from '../streams/contract.ts';
import { HlsStream } from '../streams/media/hls/hls-stream.ts';
import { codecStringOf, parseSps } from '../streams/protocols/h264/sps.ts';
import { nalType, nalTypeOf, splitNalUnits } from '../streams/protocols/h264/annex-b.ts';
import { readRawClip } from '../streams/sources/file/read-raw-clip.ts';
import { atMost, percentile, printReport } from './report.ts';

const loops = 4;
const warmUpRounds = 2;
const rounds = 9;
const clipsFolder = path.join(import.meta.dirname, '../streams/demo-city/clips');

interface Stream {
  readonly units: readonly AccessUnit[];
  readonly config: VideoDecoderConfig;
}

async function readStream(file: string): Promise<Stream> {
  const clip = await readRawClip(readFileSync(file));
  if (!clip) throw new Error(`nothing to play in ${file}`);
  const units = Array.from({ length: loops }, (_, loop) =>
    clip.units.map((unit, index): AccessUnit => {
      const shiftUs = loop * clip.durationUs;
      const dtsUs = unit.dtsUs + shiftUs;
      return {
        ...unit,
        codec: 'h264',
        dtsUs,
        ptsUs: unit.ptsUs + shiftUs,
        receivedAtMs: Math.round(dtsUs / 1000),
        discontinuity: loop + index === 0,
      };
    }),
  ).flat();
  const sps = parseSps(splitNalUnits(units[0]!.annexB).find((nal) => nalTypeOf(nal) === nalType.sps)!);
  if (!sps.ok) throw new Error(`no usable parameter set in ${file}`);
  return { units, config: { codec: codecStringOf(sps.value), codedWidth: sps.value.width, codedHeight: sps.value.height } };
}

interface Made {
  packets: number;
  fragments: number;
  bytes: number;
}

function muxOurs(streams: readonly Stream[]): Made {
  const made: Made = { packets: 0, fragments: 0, bytes: 0 };
  for (const { units } of streams) {
    const stream = new HlsStream({ partMs: 334, segments: 6 });
    stream.onAdvance(() => {
      made.fragments += 1;
      made.bytes += stream.media().length;
    });
    for (const unit of units) stream.push(unit);
    made.packets += units.length;
  }
  return made;
}

async function muxPeer(streams: readonly Stream[]): Promise<Made> {
  const made: Made = { packets: 0, fragments: 0, bytes: 0 };
  for (const { units, config } of streams) {
    const format = new Mp4OutputFormat({
      fastStart: 'fragmented',
      minimumFragmentDuration: 0.334,
      onMoof: (data) => {
        made.fragments += 1;
        made.bytes += data.length;
      },
    });
    const output = new Output({ format, target: new NullTarget() });
    const source = new EncodedVideoPacketSource('avc');
    output.addVideoTrack(source);
    await output.start();
    let first = true;
    for (const unit of units) {
      const packet = new EncodedPacket(unit.annexB, unit.key ? 'key' : 'delta', unit.ptsUs / 1e6, 1 / 15);
      await source.add(packet, first ? { decoderConfig: config } : undefined);
      first = false;
    }
    await output.finalize();
    made.packets += units.length;
  }
  return made;
}

interface Measured {
  readonly cpuUsPerPacket: number;
  readonly fragments: number;
}

async function measure(work: () => Made | Promise<Made>): Promise<Measured> {
  const before = process.cpuUsage();
  const made = await work();
  const { user, system } = process.cpuUsage(before);
  return { cpuUsPerPacket: (user + system) / made.packets, fragments: made.fragments };
}

const files = readdirSync(clipsFolder)
  .filter((name) => name.endsWith('.sub.h264'))
  .map((name) => path.join(clipsFolder, name));
const streams = await Promise.all(files.map(readStream));
const results: { ours: Measured[]; peer: Measured[] } = { ours: [], peer: [] };
for (let round = 0; round < warmUpRounds + rounds; round += 1) {
  const ours = await measure(() => muxOurs(streams));
  const peer = await measure(() => muxPeer(streams));
  if (round < warmUpRounds) continue;
  results.ours.push(ours);
  results.peer.push(peer);
}

const summary = (measured: readonly Measured[]) => {
  const cpuUsPerPacket = percentile(
    measured.map((one) => one.cpuUsPerPacket),
    0.5,
  );
  return { cpuUsPerPacket: Math.round((cpuUsPerPacket ?? 0) * 100) / 100, fragmentsPerRound: measured[0]?.fragments ?? 0 };
};
const ours = summary(results.ours);
const peer = summary(results.peer);
const ratio = Math.round((ours.cpuUsPerPacket / peer.cpuUsPerPacket) * 1000) / 1000;
printReport({
  bench: 'muxer',
  ours: { ...ours, packetsPerRound: streams.reduce((sum, one) => sum + one.units.length, 0), rounds },
  peer: { name: 'mediabunny', ...peer },
  ratio: { cpuPerPacket: ratio },
  goals: [atMost('muxer CPU per packet / mediabunny', 0.5, ratio)],
});
