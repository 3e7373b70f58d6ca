import { err, ok, type Result } from '../../../main/contract/result.ts';
import { printable, type FlvError, type TagForm } from './video-tag.ts';

export type FlvAudioCodec = 'aac' | 'pcma' | 'pcmu';

/** An audio tag that carries something; bytes are views into the body. */
export type FlvAudioContent =
  /** `record`: AudioSpecificConfig (ISO/IEC 14496-3 clause 1.6.2.1). */
  | { readonly kind: 'config'; readonly codec: 'aac'; readonly form: TagForm; readonly record: Uint8Array }
  | { readonly kind: 'frame'; readonly codec: FlvAudioCodec; readonly form: TagForm; readonly frame: Uint8Array };

export type FlvAudioTag =
  | FlvAudioContent
  | { readonly kind: 'ignored' }
  /** `codec`: its FourCC, or `flv-` and its SoundFormat. */
  | { readonly kind: 'unsupported'; readonly codec: string };

/** SoundFormat (FLV 10.1 clause E.4.2.1); 9 is the escape to a FourCC (Enhanced RTMP v2). */
const soundFormat = { pcma: 7, pcmu: 8, enhanced: 9, aac: 10 } as const;
/** What the low nibble says for AAC (always "44 kHz, 16 bit, stereo", whatever the truth) and for G.711 (8 kHz, 16 bit, mono). */
const lowNibble = { aac: 0x0f, pcma: 0x02, pcmu: 0x02 } as const;
const aacPacket = { config: 0, frame: 1 } as const;
/** AudioPacketType (Enhanced RTMP v2, "Extended AudioTagHeader"). */
const exPacket = { sequenceStart: 0, codedFrames: 1 } as const;
const aacFourCc = 'mp4a';

/** Decodes the body of an audio message (FLV 10.1 clause E.4.2; Enhanced RTMP v2). */
export function decodeAudioTag(body: Uint8Array): Result<FlvAudioTag, FlvError> {
  const first = body[0];
  if (first === undefined) return err('truncated');
  const form = 'legacy';
  switch (first >> 4) {
    case soundFormat.pcma:
      return ok({ kind: 'frame', codec: 'pcma', form, frame: body.subarray(1) });
    case soundFormat.pcmu:
      return ok({ kind: 'frame', codec: 'pcmu', form, frame: body.subarray(1) });
    case soundFormat.aac: {
      if (body.length < 2) return err('truncated');
      const content = body.subarray(2);
      if (body[1] === aacPacket.config) return ok({ kind: 'config', codec: 'aac', form, record: content });
      return ok(body[1] === aacPacket.frame ? { kind: 'frame', codec: 'aac', form, frame: content } : { kind: 'ignored' });
    }
    case soundFormat.enhanced:
      return decodeEnhanced(body, first & 0x0f);
    default:
      return ok({ kind: 'unsupported', codec: `flv-${first >> 4}` });
  }
}

function decodeEnhanced(body: Uint8Array, packet: number): Result<FlvAudioTag, FlvError> {
  if (packet !== exPacket.sequenceStart && packet !== exPacket.codedFrames) return ok({ kind: 'ignored' });
  if (body.length < 5) return err('truncated');
  const fourCc = printable(body, 1);
  if (fourCc !== aacFourCc) return ok({ kind: 'unsupported', codec: fourCc });
  const content = body.subarray(5);
  const form = 'enhanced';
  return ok(
    packet === exPacket.sequenceStart
      ? { kind: 'config', codec: 'aac', form, record: content }
      : { kind: 'frame', codec: 'aac', form, frame: content },
  );
}

/** Writes the body of an audio message. G.711 has no enhanced form. */
export function encodeAudioTag(tag: FlvAudioContent): Uint8Array {
  const content = tag.kind === 'config' ? tag.record : tag.frame;
  if (tag.form === 'enhanced') {
    const body = new Uint8Array(5 + content.length);
    body[0] = (soundFormat.enhanced << 4) | (tag.kind === 'config' ? exPacket.sequenceStart : exPacket.codedFrames);
    for (let i = 0; i < 4; i += 1) body[1 + i] = aacFourCc.charCodeAt(i);
    body.set(content, 5);
    return body;
  }
  const head = tag.codec === 'aac' ? 2 : 1;
  const body = new Uint8Array(head + content.length);
  body[0] = (soundFormat[tag.codec] << 4) | lowNibble[tag.codec];
  if (tag.codec === 'aac') body[1] = aacPacket[tag.kind];
  body.set(content, head);
  return body;
}
