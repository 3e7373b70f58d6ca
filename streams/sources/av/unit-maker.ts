import type { AccessUnit, VideoCodec } from '../../contract.ts';
import { maxAdtsContent, writeAdtsFrame } from '../../protocols/aac/adts.ts';
import { parseAudioConfig, type AudioConfig } from '../../protocols/aac/audio-config.ts';
import { DecodeTimes } from '../../protocols/rtp/decode-times.ts';
import { CodedPictures } from './coded-pictures.ts';
import type { PacketTime } from './packet-clock.ts';

/** A packet of one track as FFmpeg reads it. */
export interface TrackPacket {
  readonly data: Uint8Array;
  readonly isKey: boolean;
  readonly isCorrupt: boolean;
  /** What is known beside the packets changes with this one. */
  readonly newExtradata: Uint8Array | null;
}

/** Makes access units of one track's packets; null for a packet that is none. */
export type UnitMaker = (packet: TrackPacket, time: PacketTime, receivedAtMs: number) => AccessUnit | null;

/** See `CodedPictures` for what happens to the bytes. Where only the times to show pictures are known, those to decode them are found. */
export function videoUnits(codec: VideoCodec, extradata: Uint8Array | null): UnitMaker {
  const pictures = new CodedPictures(codec, extradata);
  const times = new DecodeTimes();
  let lastUs = Number.NEGATIVE_INFINITY;
  return (packet, time, receivedAtMs) => {
    if (packet.newExtradata) pictures.configure(packet.newExtradata);
    const picture = pictures.take(packet.data, packet.isKey);
    if (!picture) return null;
    if (time.dtsUs === null) times.take(time.ptsUs, pictures.reorderDepth, time.jumped);
    const dtsUs = Math.max(time.dtsUs ?? times.dtsUs, lastUs + 1);
    const ptsUs = Math.max(time.dtsUs === null ? times.ptsUs : time.ptsUs, dtsUs);
    lastUs = dtsUs;
    return { codec, ...picture, ptsUs, dtsUs, receivedAtMs, discontinuity: time.jumped, corrupt: packet.isCorrupt };
  };
}

/** AAC gets an ADTS header where the container left it out; G.711 is taken as it is. */
export function audioUnits(codec: 'aac' | 'pcma' | 'pcmu', extradata: Uint8Array | null): UnitMaker {
  const read = extradata && codec === 'aac' ? parseAudioConfig(extradata) : null;
  const config = read?.ok ? read.value : null;
  let lastUs = Number.NEGATIVE_INFINITY;
  return (packet, time, receivedAtMs) => {
    const annexB = codec === 'aac' ? adtsOf(packet.data, config) : packet.data;
    if (!annexB || annexB.length === 0) return null;
    const dtsUs = Math.max(time.ptsUs, lastUs + 1);
    lastUs = dtsUs;
    return { codec, annexB, ptsUs: dtsUs, dtsUs, receivedAtMs, key: true, discontinuity: time.jumped, corrupt: packet.isCorrupt };
  };
}

function adtsOf(data: Uint8Array, config: AudioConfig | null): Uint8Array | null {
  // The sync word of ADTS (ISO/IEC 13818-7 clause 6.2.1); a raw frame that begins so would be an escape that nobody uses.
  if (data.length > 7 && data[0] === 0xff && (data[1]! & 0xf6) === 0xf0) return data;
  return config && data.length <= maxAdtsContent ? writeAdtsFrame(config, data) : null;
}
