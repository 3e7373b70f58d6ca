import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRawClip } from '../../sources/file/read-raw-clip.ts';
import { packetiseH264 } from './packetise-h264.ts';
import { encodeRtpPacket } from './rtp-packet.ts';
import { RtpTrack } from './rtp-track.ts';
import { formatOf, type TrackFormat } from './track-format.ts';

function formatFor(encoding: string, fmtp: Record<string, string> = {}): TrackFormat {
  const format = formatOf({ payloadType: 96, encoding, clockRate: 90_000, channels: 1, fmtp });
  if (!format.ok) throw new Error(format.error);
  return format.value;
}

describe('a real clip', () => {
  it('comes out as it went in', async () => {
    const clip = (await readRawClip(readFileSync(path.join(import.meta.dirname, '../../demo-city/clips/tunnel.sub.h264'))))!;
    const track = new RtpTrack(formatFor('H264'), { ordered: true });
    let sequence = 65_000;
    const units = clip.units.flatMap((unit, i) => {
      const payloads = packetiseH264(unit.annexB, { aggregate: true });
      return payloads.flatMap((payload, at) =>
        track.push(
          encodeRtpPacket({
            marker: at === payloads.length - 1,
            payloadType: 96,
            sequence: sequence++ & 0xffff,
            timestamp: (0xffff_0000 + i * 6000) >>> 0,
            ssrc: 7,
            csrcs: [],
            extension: null,
            payload,
          }),
          i * 66,
        ),
      );
    });
    expect(units).toHaveLength(240);
    units.forEach((unit, i) => expect(Buffer.from(unit.annexB).equals(Buffer.from(clip.units[i]!.annexB)), String(i)).toBe(true));
    expect(units.filter((unit) => unit.corrupt)).toEqual([]);
    expect(units.map((unit) => unit.key)).toEqual(clip.units.map((unit) => unit.key));
    expect(units.map((unit) => unit.discontinuity)).toEqual(units.map((_, i) => i === 0));
    units.forEach((unit, i) => expect(unit.dtsUs).toBe(1_000_000 + Math.round((i * 1_000_000) / 15)));
  });
});
