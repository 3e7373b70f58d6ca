import { err, ok, type Result } from '../../../main/contract/result.ts';

/** Why bytes are no RTP packet. */
export type RtpError = 'truncated' | 'wrong-version' | 'bad-padding';

/** One RTP packet (RFC 3550 clause 5.1). `payload` and the extension's data are views into the packet's bytes. */
export interface RtpPacket {
  readonly marker: boolean;
  /** 7 bits. */
  readonly payloadType: number;
  /** 16 bits. */
  readonly sequence: number;
  /** 32 bits, in ticks of the format's clock. */
  readonly timestamp: number;
  readonly ssrc: number;
  readonly csrcs: readonly number[];
  /** Null when there is none. */
  readonly extension: RtpExtension | null;
  /** Without header, extension and padding; may be empty. */
  readonly payload: Uint8Array;
}

/** The header extension (clause 5.3.1); its data are whole 32-bit words. */
export interface RtpExtension {
  readonly profile: number;
  readonly data: Uint8Array;
}

const version = 2;
const fixedBytes = 12;
const noCsrcs: readonly number[] = [];

/** Decodes one packet. Called for every packet of every camera: without CSRC and extension it makes the packet and one view. */
export function parseRtpPacket(bytes: Uint8Array): Result<RtpPacket, RtpError> {
  if (bytes.length < fixedBytes) return err('truncated');
  const first = bytes[0]!;
  if (first >> 6 !== version) return err('wrong-version');
  const second = bytes[1]!;
  let at = fixedBytes;
  let csrcs = noCsrcs;
  const csrcCount = first & 0x0f;
  if (csrcCount > 0) {
    if (at + csrcCount * 4 > bytes.length) return err('truncated');
    const start = at;
    csrcs = Array.from({ length: csrcCount }, (_, i) => u32(bytes, start + i * 4));
    at += csrcCount * 4;
  }
  let extension: RtpExtension | null = null;
  if ((first & 0x10) !== 0) {
    if (at + 4 > bytes.length) return err('truncated');
    const end = at + 4 + u16(bytes, at + 2) * 4;
    if (end > bytes.length) return err('truncated');
    extension = { profile: u16(bytes, at), data: bytes.subarray(at + 4, end) };
    at = end;
  }
  let end = bytes.length;
  if ((first & 0x20) !== 0) {
    // The last byte counts itself: nothing at all cannot be padding, and more than there is neither.
    const padding = bytes[end - 1]!;
    if (padding === 0 || padding > end - at) return err('bad-padding');
    end -= padding;
  }
  return ok({
    marker: (second & 0x80) !== 0,
    payloadType: second & 0x7f,
    sequence: u16(bytes, 2),
    timestamp: u32(bytes, 4),
    ssrc: u32(bytes, 8),
    csrcs,
    extension,
    payload: bytes.subarray(at, end),
  });
}

/** Writes one packet, without padding. Throws when it has more than 15 CSRCs or an extension that is no whole number of words. */
export function encodeRtpPacket(packet: RtpPacket): Uint8Array {
  const { csrcs, extension, payload } = packet;
  const words = extension ? extension.data.length / 4 : 0;
  if (csrcs.length > 15 || !Number.isInteger(words) || words > 0xffff) throw new RangeError('does not fit into an RTP header');
  const headBytes = fixedBytes + csrcs.length * 4 + (extension ? 4 + extension.data.length : 0);
  const bytes = new Uint8Array(headBytes + payload.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = (version << 6) | (extension ? 0x10 : 0) | csrcs.length;
  bytes[1] = (packet.marker ? 0x80 : 0) | packet.payloadType;
  view.setUint16(2, packet.sequence);
  view.setUint32(4, packet.timestamp);
  view.setUint32(8, packet.ssrc);
  let at = fixedBytes;
  for (const csrc of csrcs) {
    view.setUint32(at, csrc);
    at += 4;
  }
  if (extension) {
    view.setUint16(at, extension.profile);
    view.setUint16(at + 2, words);
    bytes.set(extension.data, at + 4);
  }
  bytes.set(payload, headBytes);
  return bytes;
}

const u16 = (bytes: Uint8Array, at: number): number => (bytes[at]! << 8) | bytes[at + 1]!;
const u32 = (bytes: Uint8Array, at: number): number => u16(bytes, at) * 0x10000 + u16(bytes, at + 2);
