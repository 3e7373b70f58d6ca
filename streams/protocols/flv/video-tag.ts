import { err, ok, type Result } from '../../../main/contract/result.ts';

/** Why the body of a video or audio message could not be understood. */
export type FlvError = 'truncated';

/** Which of the two ways to name a codec was used: a number in a nibble (FLV 10.1 annex E), or a FourCC (Enhanced RTMP v2). */
export type TagForm = 'legacy' | 'enhanced';

export type FlvVideoCodec = 'h264' | 'h265';

/** A video tag that carries something: a configuration record, a picture, or the end of the sequence. Bytes are views into the body. */
export type FlvVideoContent =
  /** `record`: AVCDecoderConfigurationRecord or HEVCDecoderConfigurationRecord (ISO/IEC 14496-15). */
  | { readonly kind: 'config'; readonly codec: FlvVideoCodec; readonly form: TagForm; readonly record: Uint8Array }
  /** `sample`: NAL units with their lengths in front. `key` is what the tag claims. `compositionMs`: presentation minus decoding time, signed. */
  | {
      readonly kind: 'picture';
      readonly codec: FlvVideoCodec;
      readonly form: TagForm;
      readonly key: boolean;
      readonly compositionMs: number;
      readonly sample: Uint8Array;
    }
  | { readonly kind: 'end'; readonly codec: FlvVideoCodec; readonly form: TagForm };

export type FlvVideoTag =
  | FlvVideoContent
  /** Commands, colour metadata: nothing to show. */
  | { readonly kind: 'ignored' }
  /** A codec or packaging that nobody here reads; `codec` is its FourCC or `flv-` and its number. */
  | { readonly kind: 'unsupported'; readonly codec: string };

const frameType = { key: 1, inter: 2, command: 5 } as const;
/** CodecID: AVC (FLV 10.1 clause E.4.3.1), and the number that Chinese encoders use for HEVC, which never was in the standard. */
const codecIdOf = { h264: 7, h265: 12 } as const;
const codecOfId = new Map<number, FlvVideoCodec>([
  [codecIdOf.h264, 'h264'],
  [codecIdOf.h265, 'h265'],
]);
const fourCcOf = { h264: 'avc1', h265: 'hvc1' } as const;
const codecOfFourCc = new Map<string, FlvVideoCodec>([
  [fourCcOf.h264, 'h264'],
  [fourCcOf.h265, 'h265'],
]);
/** AVCPacketType (clause E.4.3.1). */
const avcPacket = { config: 0, picture: 1, end: 2 } as const;
/** VideoPacketType (Enhanced RTMP v2, "Extended VideoTagHeader"). */
const exPacket = { sequenceStart: 0, codedFrames: 1, sequenceEnd: 2, codedFramesX: 3, metadata: 4, multitrack: 6, modEx: 7 } as const;

/** Decodes the body of a video message (FLV 10.1 clause E.4.3; Enhanced RTMP v2). */
export function decodeVideoTag(body: Uint8Array): Result<FlvVideoTag, FlvError> {
  const first = body[0];
  if (first === undefined) return err('truncated');
  return (first & 0x80) === 0 ? decodeLegacy(body, first >> 4, first & 0x0f) : decodeEnhanced(body, (first >> 4) & 7, first & 0x0f);
}

function decodeLegacy(body: Uint8Array, type: number, codecId: number): Result<FlvVideoTag, FlvError> {
  if (type === frameType.command) return ok({ kind: 'ignored' });
  const codec = codecOfId.get(codecId);
  if (codec === undefined) return ok({ kind: 'unsupported', codec: `flv-${codecId}` });
  if (body.length < 5) return err('truncated');
  const form = 'legacy';
  switch (body[1]) {
    case avcPacket.config:
      return ok({ kind: 'config', codec, form, record: body.subarray(5) });
    case avcPacket.picture:
      return ok({ kind: 'picture', codec, form, key: type === frameType.key, compositionMs: signed24(body, 2), sample: body.subarray(5) });
    case avcPacket.end:
      return ok({ kind: 'end', codec, form });
    default:
      return ok({ kind: 'ignored' });
  }
}

function decodeEnhanced(body: Uint8Array, type: number, packetType: number): Result<FlvVideoTag, FlvError> {
  let packet = packetType;
  let at = 1;
  // Modifiers (e.g. nanoseconds) come before the packet type proper; nothing here needs them.
  while (packet === exPacket.modEx) {
    const size = body[at];
    if (size === undefined) return err('truncated');
    at += 1;
    if (size < 255) at += size + 1;
    else at += 2 + (((body[at] ?? 0) << 8) | (body[at + 1] ?? 0)) + 1;
    const next = body[at];
    if (next === undefined) return err('truncated');
    packet = next & 0x0f;
    at += 1;
  }
  if (packet === exPacket.metadata || type === frameType.command) return ok({ kind: 'ignored' });
  if (packet === exPacket.multitrack) return ok({ kind: 'unsupported', codec: 'multitrack' });
  if (body.length < at + 4) return err('truncated');
  const fourCc = printable(body, at);
  const codec = codecOfFourCc.get(fourCc);
  if (codec === undefined) return ok({ kind: 'unsupported', codec: fourCc });
  at += 4;
  const form = 'enhanced';
  const key = type === frameType.key;
  switch (packet) {
    case exPacket.sequenceStart:
      return ok({ kind: 'config', codec, form, record: body.subarray(at) });
    case exPacket.codedFrames:
      if (body.length < at + 3) return err('truncated');
      return ok({ kind: 'picture', codec, form, key, compositionMs: signed24(body, at), sample: body.subarray(at + 3) });
    case exPacket.codedFramesX:
      return ok({ kind: 'picture', codec, form, key, compositionMs: 0, sample: body.subarray(at) });
    case exPacket.sequenceEnd:
      return ok({ kind: 'end', codec, form });
    default:
      return ok({ kind: 'ignored' });
  }
}

/** Writes the body of a video message. Without a composition time the enhanced form takes the shorter packet type. */
export function encodeVideoTag(tag: FlvVideoContent): Uint8Array {
  const type = tag.kind !== 'picture' || tag.key ? frameType.key : frameType.inter;
  const content = tag.kind === 'picture' ? tag.sample : tag.kind === 'config' ? tag.record : new Uint8Array();
  if (tag.form === 'legacy') {
    const body = new Uint8Array(5 + content.length);
    body[0] = (type << 4) | codecIdOf[tag.codec];
    body[1] = avcPacket[tag.kind];
    if (tag.kind === 'picture') putSigned24(body, 2, tag.compositionMs);
    body.set(content, 5);
    return body;
  }
  const isTimed = tag.kind === 'picture' && tag.compositionMs !== 0;
  const packet =
    tag.kind === 'config'
      ? exPacket.sequenceStart
      : tag.kind === 'end'
        ? exPacket.sequenceEnd
        : isTimed
          ? exPacket.codedFrames
          : exPacket.codedFramesX;
  const head = isTimed ? 8 : 5;
  const body = new Uint8Array(head + content.length);
  body[0] = 0x80 | (type << 4) | packet;
  for (let i = 0; i < 4; i += 1) body[1 + i] = fourCcOf[tag.codec].charCodeAt(i);
  if (isTimed) putSigned24(body, 5, tag.compositionMs);
  body.set(content, head);
  return body;
}

/** CompositionTime is SI24: pictures may be shown before the time stamp of their message. */
const signed24 = (bytes: Uint8Array, at: number): number => ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8)) >> 8;

function putSigned24(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >> 16;
  bytes[at + 1] = value >> 8;
  bytes[at + 2] = value;
}

/** A FourCC as text; what is not printable ASCII becomes a question mark, for it is shown and logged. */
export function printable(bytes: Uint8Array, at: number): string {
  let text = '';
  for (let i = at; i < at + 4; i += 1) {
    const code = bytes[i] ?? 0;
    text += code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : '?';
  }
  return text;
}
