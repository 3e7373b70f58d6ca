import { err, ok, type Result } from '../../../main/contract/result.ts';

/** Why bytes are no RTCP packet. */
export type RtcpError = 'truncated' | 'wrong-version' | 'bad-padding' | 'too-many';

/** What a receiver saw of one sender (RFC 3550 clause 6.4.1). */
export interface ReportBlock {
  /** Whom it is about. */
  readonly ssrc: number;
  /** Lost since the report before, in 256ths. */
  readonly fractionLost: number;
  /** Lost in all; negative when more came than were sent (duplicates). 24 bits. */
  readonly lost: number;
  /** The highest sequence number, its wraps in the upper half. */
  readonly highestSequence: number;
  /** In ticks of the format's clock. */
  readonly jitter: number;
  /** The middle 32 bits of the latest sender report's NTP time; 0 when there was none. */
  readonly lastReport: number;
  /** How long ago that was, in 65536ths of a second. */
  readonly sinceLastReport: number;
}

export interface SenderReport {
  readonly kind: 'sender-report';
  readonly ssrc: number;
  /** The sender's wall clock: seconds since 1900 and their fraction in 2^-32. */
  readonly ntpSeconds: number;
  readonly ntpFraction: number;
  /** The same moment on the clock of the RTP time stamps. */
  readonly timestamp: number;
  readonly packets: number;
  readonly octets: number;
  readonly blocks: readonly ReportBlock[];
}

export interface ReceiverReport {
  readonly kind: 'receiver-report';
  readonly ssrc: number;
  readonly blocks: readonly ReportBlock[];
}

/** Only the canonical names of a source description (clause 6.5.1); the rest of it concerns nobody here. */
export interface SourceDescription {
  readonly kind: 'description';
  readonly names: readonly { readonly ssrc: number; readonly cname: string }[];
}

export interface Goodbye {
  readonly kind: 'goodbye';
  readonly ssrcs: readonly number[];
}

/** An application's own packet, feedback, extended reports: skipped. */
export interface OtherRtcp {
  readonly kind: 'other';
  readonly type: number;
}

export type RtcpPart = SenderReport | ReceiverReport | SourceDescription | Goodbye | OtherRtcp;

const packetType = { senderReport: 200, receiverReport: 201, description: 202, goodbye: 203 } as const;
const cnameItem = 1;
const headBytes = 4;
const blockBytes = 24;
const maxParts = 32;

/** Decodes a compound packet (clauses 6.1 and 6.4 to 6.6). One that does not begin with a report is taken too: cameras send bare goodbyes. */
export function parseRtcp(bytes: Uint8Array): Result<readonly RtcpPart[], RtcpError> {
  const parts: RtcpPart[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length || at === 0;) {
    if (at + headBytes > bytes.length) return err('truncated');
    if (parts.length === maxParts) return err('too-many');
    const first = view.getUint8(at);
    if (first >> 6 !== 2) return err('wrong-version');
    let end = at + headBytes + view.getUint16(at + 2) * 4;
    if (end > bytes.length) return err('truncated');
    const next = end;
    if ((first & 0x20) !== 0) {
      const padding = view.getUint8(end - 1);
      if (padding === 0 || padding % 4 !== 0 || padding > end - at - headBytes) return err('bad-padding');
      end -= padding;
    }
    const part = parsePart(view, view.getUint8(at + 1), first & 0x1f, at + headBytes, end);
    if (!part) return err('truncated');
    parts.push(part);
    at = next;
  }
  return ok(parts);
}

function parsePart(view: DataView, type: number, count: number, at: number, end: number): RtcpPart | null {
  switch (type) {
    case packetType.senderReport:
      if (at + 24 + count * blockBytes > end) return null;
      return {
        kind: 'sender-report',
        ssrc: view.getUint32(at),
        ntpSeconds: view.getUint32(at + 4),
        ntpFraction: view.getUint32(at + 8),
        timestamp: view.getUint32(at + 12),
        packets: view.getUint32(at + 16),
        octets: view.getUint32(at + 20),
        blocks: readBlocks(view, at + 24, count),
      };
    case packetType.receiverReport:
      if (at + 4 + count * blockBytes > end) return null;
      return { kind: 'receiver-report', ssrc: view.getUint32(at), blocks: readBlocks(view, at + 4, count) };
    case packetType.goodbye:
      if (at + count * 4 > end) return null;
      return { kind: 'goodbye', ssrcs: Array.from({ length: count }, (_, i) => view.getUint32(at + i * 4)) };
    case packetType.description:
      return parseDescription(view, count, at, end);
    default:
      return { kind: 'other', type };
  }
}

function readBlocks(view: DataView, at: number, count: number): ReportBlock[] {
  return Array.from({ length: count }, (_, i) => {
    const block = at + i * blockBytes;
    return {
      ssrc: view.getUint32(block),
      fractionLost: view.getUint8(block + 4),
      lost: (view.getUint32(block + 4) << 8) >> 8,
      highestSequence: view.getUint32(block + 8),
      jitter: view.getUint32(block + 12),
      lastReport: view.getUint32(block + 16),
      sinceLastReport: view.getUint32(block + 20),
    };
  });
}

/** Chunks of items, each chunk filled up to a whole word (clause 6.5). */
function parseDescription(view: DataView, count: number, begin: number, end: number): SourceDescription | null {
  const names: { ssrc: number; cname: string }[] = [];
  let at = begin;
  for (let i = 0; i < count; i += 1) {
    if (at + 4 > end) return null;
    const ssrc = view.getUint32(at);
    at += 4;
    while (at < end && view.getUint8(at) !== 0) {
      if (at + 2 > end) return null;
      const length = view.getUint8(at + 1);
      if (at + 2 + length > end) return null;
      if (view.getUint8(at) === cnameItem)
        names.push({ ssrc, cname: decoder.decode(new Uint8Array(view.buffer, view.byteOffset + at + 2, length)) });
      at += 2 + length;
    }
    // The zero that ends the list, up to the next word.
    at = begin + Math.floor((at - begin) / 4 + 1) * 4;
  }
  return { kind: 'description', names };
}

/** Writes a compound packet. Throws when a part has more than 31 entries or a name more than 255 bytes: that is a bug, not input. */
export function encodeRtcp(parts: readonly Exclude<RtcpPart, OtherRtcp>[]): Uint8Array {
  const bodies = parts.map(encodePart);
  const bytes = new Uint8Array(bodies.reduce((sum, { body }) => sum + headBytes + body.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const { type, count, body } of bodies) {
    if (count > 31) throw new RangeError('more than 31 entries');
    view.setUint8(at, 0x80 | count);
    view.setUint8(at + 1, type);
    view.setUint16(at + 2, body.length / 4);
    bytes.set(body, at + headBytes);
    at += headBytes + body.length;
  }
  return bytes;
}

/** What a receiver sends: its report and its name (clause 6.1). The name says nothing about us or the machine. */
export function encodeReceiverReport(ownSsrc: number, block: ReportBlock): Uint8Array {
  const cname = ownSsrc.toString(16).padStart(8, '0');
  return encodeRtcp([
    { kind: 'receiver-report', ssrc: ownSsrc, blocks: [block] },
    { kind: 'description', names: [{ ssrc: ownSsrc, cname }] },
  ]);
}

interface EncodedPart {
  readonly type: number;
  readonly count: number;
  /** Whole words. */
  readonly body: Uint8Array;
}

function encodePart(part: Exclude<RtcpPart, OtherRtcp>): EncodedPart {
  switch (part.kind) {
    case 'sender-report': {
      const { ssrc, ntpSeconds, ntpFraction, timestamp, packets, octets, blocks } = part;
      const body = words([ssrc, ntpSeconds, ntpFraction, timestamp, packets, octets, ...blocks.flatMap(blockWords)]);
      return { type: packetType.senderReport, count: blocks.length, body };
    }
    case 'receiver-report':
      return { type: packetType.receiverReport, count: part.blocks.length, body: words([part.ssrc, ...part.blocks.flatMap(blockWords)]) };
    case 'goodbye':
      return { type: packetType.goodbye, count: part.ssrcs.length, body: words(part.ssrcs) };
    case 'description': {
      const body = part.names.flatMap(({ ssrc, cname }) => {
        const text = encoder.encode(cname);
        if (text.length > 255) throw new RangeError('a name longer than 255 bytes');
        const chunk = [...words([ssrc]), cnameItem, text.length, ...text, 0];
        while (chunk.length % 4 !== 0) chunk.push(0);
        return chunk;
      });
      return { type: packetType.description, count: part.names.length, body: Uint8Array.from(body) };
    }
  }
}

const blockWords = (block: ReportBlock): number[] => [
  block.ssrc,
  block.fractionLost * 0x1000000 + (block.lost & 0xff_ffff),
  block.highestSequence,
  block.jitter,
  block.lastReport,
  block.sinceLastReport,
];

function words(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => view.setUint32(i * 4, value));
  return bytes;
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();
