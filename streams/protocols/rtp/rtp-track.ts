import { ArrivalJitter } from './arrival-jitter.ts';
import { DecodeTimes } from './decode-times.ts';
import { AacDepacketiser } from './depacketise-aac.ts';
import { G711Depacketiser } from './depacketise-g711.ts';
import { depacketiseH264 } from './depacketise-h264.ts';
import { depacketiseH265 } from './depacketise-h265.ts';
import type { Depacketiser, UnitSink } from './depacketiser.ts';
import { MediaClock } from './media-clock.ts';
import { ReceptionReport } from './reception-report.ts';
import { ReorderBuffer } from './reorder-buffer.ts';
import { encodeReceiverReport, parseRtcp } from './rtcp.ts';
import { parseRtpPacket, type RtpPacket } from './rtp-packet.ts';
import { SequenceTracker } from './sequence-tracker.ts';
import type { TrackFormat } from './track-format.ts';
import type { TrackUnit } from './track-unit.ts';

export interface RtpTrackOptions {
  /** The transport keeps the order of packets (TCP): a gap is a loss at once, and whoever has the connection is the sender. */
  readonly ordered: boolean;
}

/** How the packets of a track came in, since the beginning. */
export interface RtpTrackStats {
  /** That were this track's, duplicates and late ones counted too. */
  readonly packets: number;
  /** Gaps in the sequence numbers that nothing filled in time. */
  readonly lost: number;
  readonly reordered: number;
  readonly duplicated: number;
  readonly jitterMs: number | null;
  /** Packets, or parts of them, that made no sense. */
  readonly malformed: number;
  /** Packets of another sender or of another payload type. */
  readonly strangers: number;
}

/**
 * On an unordered transport anybody may send: another sender is believed when ours has been silent for so long. On an ordered one he is
 * believed at once, for only the camera has the connection.
 */
const silenceMs = 1000;
const none: readonly TrackUnit[] = [];

/**
 * One RTP stream in, access units out. It has no timers: all it knows of time is when packets arrived. The bytes given to it are only read
 * during the call. Bounded: a NAL unit has at most 4 MiB, a picture 8 MiB, and at most 64 packets wait for one that is late.
 */
export class RtpTrack {
  readonly #format: TrackFormat;
  readonly #isOrdered: boolean;
  readonly #depacketiser: Depacketiser;
  readonly #sequence = new SequenceTracker();
  readonly #reorder: ReorderBuffer;
  readonly #jitter: ArrivalJitter;
  readonly #clock: MediaClock;
  readonly #times = new DecodeTimes();
  readonly #report = new ReceptionReport();
  #ssrc = -1;
  #formerSsrc = -1;
  /** When the sender's latest packet arrived. */
  #heardMs = 0;
  #hasLeft = false;
  #isAfterGap = false;
  /** A packet that seemed to belong to another count; the next one tells. */
  #suspect: RtpPacket | null = null;
  #arrivalMs = 0;
  #units: TrackUnit[] = [];
  #packets = 0;
  #lost = 0;
  #reordered = 0;
  #duplicated = 0;
  #malformed = 0;
  #strangers = 0;

  constructor(format: TrackFormat, { ordered }: RtpTrackOptions) {
    this.#format = format;
    this.#isOrdered = ordered;
    this.#reorder = new ReorderBuffer((packet, isAfterGap, at) => this.#pass(packet, isAfterGap, at));
    this.#jitter = new ArrivalJitter(format.clockRate);
    this.#clock = new MediaClock(format.clockRate);
    const sink: UnitSink = {
      unit: (bytes, timestamp, key, corrupt, reorderDepth) => this.#give(bytes, timestamp, key, corrupt, reorderDepth),
      malformed: () => {
        this.#malformed += 1;
      },
    };
    this.#depacketiser = depacketiserFor(format, sink);
  }

  /** Takes the next RTP packet; answers the units that it completes, in decoding order. Whatever makes no sense is counted and left out. */
  push(packet: Uint8Array, arrivalMs: number): readonly TrackUnit[] {
    const read = parseRtpPacket(packet);
    if (!read.ok) {
      this.#malformed += 1;
      return none;
    }
    if (read.value.payloadType !== this.#format.payloadType) {
      this.#strangers += 1;
      return none;
    }
    if (read.value.ssrc !== this.#ssrc && !this.#takeSender(read.value.ssrc, arrivalMs)) {
      this.#strangers += 1;
      return this.#taken();
    }
    this.#heardMs = arrivalMs;
    this.#packets += 1;
    this.#jitter.take(read.value.timestamp, arrivalMs);
    this.#sort(read.value, arrivalMs);
    return this.#taken();
  }

  /** Takes an RTCP packet (RFC 3550 clause 6): the sender's report is remembered for ours, and its goodbye makes room for another. */
  control(packet: Uint8Array, arrivalMs: number): void {
    const read = parseRtcp(packet);
    if (!read.ok) {
      this.#malformed += 1;
      return;
    }
    for (const part of read.value) {
      if (part.kind === 'sender-report' && part.ssrc === this.#ssrc) this.#report.heard(part, arrivalMs);
      else if (part.kind === 'goodbye' && part.ssrcs.includes(this.#ssrc)) this.#hasLeft = true;
    }
  }

  /** Nothing more comes for now: answers what is still held, be it incomplete. */
  flush(): readonly TrackUnit[] {
    this.#reorder.flush();
    this.#depacketiser.flush();
    return this.#taken();
  }

  /** A compound packet with our receiver report and SDES (RFC 3550 clauses 6.4.2 and 6.5); null before the first packet. */
  receiverReport(ownSsrc: number, nowMs: number): Uint8Array | null {
    if (this.#ssrc < 0) return null;
    return encodeReceiverReport(ownSsrc, this.#report.make(this.#ssrc, this.#sequence, this.#jitter.ticks, nowMs));
  }

  get stats(): RtpTrackStats {
    return {
      packets: this.#packets,
      lost: this.#lost + this.#reorder.lost,
      reordered: this.#reordered,
      duplicated: this.#duplicated,
      jitterMs: this.#jitter.ms,
      malformed: this.#malformed,
      strangers: this.#strangers,
    };
  }

  /** A packet whose turn it is. */
  #pass(packet: RtpPacket, isAfterGap: boolean, arrivalMs: number): void {
    this.#arrivalMs = arrivalMs;
    const afterGap = isAfterGap || this.#isAfterGap;
    this.#isAfterGap = false;
    this.#depacketiser.packet(packet, afterGap);
  }

  /** A unit is complete. */
  #give(bytes: Uint8Array, timestamp: number, key: boolean, corrupt: boolean, reorderDepth: number | null): void {
    const ptsUs = this.#clock.timeOf(timestamp, this.#arrivalMs);
    const discontinuity = this.#clock.isBreak;
    this.#times.take(ptsUs, reorderDepth, discontinuity);
    const { codec } = this.#format;
    this.#units.push({ codec, annexB: bytes, ptsUs: this.#times.ptsUs, dtsUs: this.#times.dtsUs, key, discontinuity, corrupt });
  }

  #sort(packet: RtpPacket, arrivalMs: number): void {
    const verdict = this.#sequence.take(packet.sequence);
    if (verdict === 'duplicate') this.#duplicated += 1;
    if (verdict === 'behind') this.#reordered += 1;
    if (verdict === 'suspect') this.#suspect = { ...packet, payload: packet.payload.slice() };
    if (verdict === 'duplicate' || verdict === 'suspect') return;
    const suspect = this.#suspect;
    this.#suspect = null;
    if (verdict === 'restart') {
      this.#beginAnew();
      if (suspect && this.#isOrdered) this.#pass(suspect, false, arrivalMs);
      else if (suspect) this.#reorder.push(this.#sequence.extended - 1, suspect, arrivalMs);
    }
    if (!this.#isOrdered) {
      this.#reorder.push(this.#sequence.extended, packet, arrivalMs);
      return;
    }
    // What comes too late has been counted as lost and done without.
    if (verdict === 'behind') return;
    if (verdict === 'ahead') this.#lost += this.#sequence.skipped;
    this.#pass(packet, verdict === 'ahead', arrivalMs);
  }

  /** False for a stranger. */
  #takeSender(ssrc: number, arrivalMs: number): boolean {
    if (this.#ssrc >= 0) {
      const isAlive = !this.#hasLeft && arrivalMs - this.#heardMs < silenceMs;
      // Two who send in turns on one connection: the newer one stays.
      if (isAlive && (!this.#isOrdered || ssrc === this.#formerSsrc)) return false;
      this.#formerSsrc = this.#ssrc;
      this.#beginAnew();
      this.#sequence.reset();
      this.#report.reset();
    }
    this.#ssrc = ssrc;
    this.#hasLeft = false;
    return true;
  }

  /** What comes next does not go on from what came before. */
  #beginAnew(): void {
    this.#reorder.restart();
    this.#depacketiser.flush();
    this.#jitter.restart();
    this.#clock.restart();
    this.#isAfterGap = true;
  }

  #taken(): readonly TrackUnit[] {
    if (this.#units.length === 0) return none;
    const units = this.#units;
    this.#units = [];
    return units;
  }
}

function depacketiserFor(format: TrackFormat, sink: UnitSink): Depacketiser {
  switch (format.codec) {
    case 'h264':
      return depacketiseH264(format, sink);
    case 'h265':
      return depacketiseH265(format, sink);
    case 'aac':
      return new AacDepacketiser(format, sink);
    default:
      return new G711Depacketiser(sink);
  }
}
