import { randomBytes } from 'node:crypto';
import { encodeRtcp } from '../../protocols/rtp/rtcp.ts';
import { packetiseH264 } from '../../protocols/rtp/packetise-h264.ts';
import { packetiseH265 } from '../../protocols/rtp/packetise-h265.ts';
import type { FakeFaults } from './fake-faults.ts';
import type { FakeStream } from './fake-stream.ts';

/** Packets of one moment: `frames` are all of them as interleaved frames on the channels of the track, ready to be written at once. */
export interface FakeBurst {
  readonly track: 'video' | 'audio';
  readonly frames: Buffer;
  /** RTP packets: views into `frames`. */
  readonly packets: readonly Buffer[];
  /** A sender report, now and then. */
  readonly senderReport: Buffer | null;
}

/** Takes everything that is sent, in its order. */
export interface FakeReceiver {
  burst(burst: FakeBurst): void;
}

const frameHeadBytes = 4;
const rtpHeadBytes = 12;
export const videoPayloadType = 96;
export const audioPayloadType = 8;
const soundFrameUs = 20_000;
const soundSamples = 160;
const senderReportUs = 5_000_000;
/** So far behind, the machine was asleep: the stream goes on from now. */
const reanchorMs = 1000;

/** One RTP stream: numbers, time stamps and the like. */
interface Sender {
  readonly ssrc: number;
  readonly payloadType: number;
  readonly ticksPerMs: number;
  readonly timestampBase: number;
  sequence: number;
  packets: number;
  octets: number;
  reportedUs: number;
}

const newSender = (payloadType: number, ticksPerMs: number): Sender => ({
  ssrc: randomBytes(4).readUInt32BE(),
  payloadType,
  ticksPerMs,
  timestampBase: randomBytes(4).readUInt32BE(),
  sequence: randomBytes(2).readUInt16BE(),
  packets: 0,
  octets: 0,
  reportedUs: Number.NEGATIVE_INFINITY,
});

/**
 * Sends a stream in real time to everybody who receives it, all in the same numbers: every picture is made into packets once, however many
 * receive it. Begins with a key picture when the first one comes, and stops when the last one leaves.
 */
export class FakeBroadcast {
  readonly #stream: FakeStream;
  readonly #faults: FakeFaults;
  readonly #receivers = new Set<FakeReceiver>();
  readonly #payloads = new Map<Uint8Array, readonly Uint8Array[]>();
  readonly video = newSender(videoPayloadType, 90);
  readonly audio = newSender(audioPayloadType, 8);
  #timer: NodeJS.Timeout | null = null;
  #index = 0;
  #loopUs = 0;
  #soundUs = 0;
  #anchorAt = 0;
  #anchorUs = 0;
  #sent = 0;

  constructor(stream: FakeStream, faults: FakeFaults) {
    this.#stream = stream;
    this.#faults = faults;
  }

  add(receiver: FakeReceiver): void {
    this.#receivers.add(receiver);
    if (this.#timer) return;
    if (this.#index > 0) this.#loopUs += this.#stream.durationUs;
    this.#index = 0;
    this.#anchor();
    this.#timer = setTimeout(() => this.#work(), 0);
  }

  /** Sends what is due at once, in the same turn. */
  pump(): void {
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#receivers.size > 0) this.#work();
  }

  remove(receiver: FakeReceiver): void {
    this.#receivers.delete(receiver);
    if (this.#receivers.size > 0 || !this.#timer) return;
    clearTimeout(this.#timer);
    this.#timer = null;
  }

  #anchor(): void {
    this.#anchorAt = performance.now();
    this.#anchorUs = this.#dueUs();
    this.#soundUs = Math.max(this.#soundUs, this.#anchorUs);
  }

  #dueUs(): number {
    return this.#loopUs + this.#stream.units[this.#index]!.dtsUs;
  }

  #waitMs(): number {
    return this.#anchorAt + (this.#dueUs() - this.#anchorUs) / 1000 - performance.now();
  }

  #work(): void {
    if (this.#waitMs() < -reanchorMs) this.#anchor();
    while (this.#waitMs() < 1) {
      this.#sendPicture();
      this.#index += 1;
      if (this.#index < this.#stream.units.length) continue;
      this.#index = 0;
      this.#loopUs += this.#stream.durationUs;
    }
    this.#timer = this.#receivers.size > 0 ? setTimeout(() => this.#work(), Math.max(0, this.#waitMs())) : null;
  }

  #sendPicture(): void {
    const { changesTo, noKeyPictures, absurdTimestamps } = this.#faults;
    this.#sent += 1;
    const hasChanged = changesTo !== undefined && this.#sent > changesTo.after;
    const { codec, units } = hasChanged ? changesTo.stream : this.#stream;
    const unit = units[this.#index % units.length]!;
    if (noKeyPictures && unit.key) return;
    const absurdUs = absurdTimestamps ? (this.#sent % 7) * 3_600_000_000 * (this.#sent % 2 === 0 ? 1 : -1) : 0;
    const timeUs = this.#loopUs + this.#stream.units[this.#index]!.ptsUs;
    let payloads = this.#payloads.get(unit.annexB);
    if (!payloads) {
      payloads = (codec === 'h264' ? packetiseH264 : packetiseH265)(unit.annexB, { aggregate: true });
      this.#payloads.set(unit.annexB, payloads);
    }
    this.#send('video', payloads, timeUs + absurdUs);
    if (!this.#stream.hasSound) return;
    for (const dueUs = this.#dueUs(); this.#soundUs <= dueUs; this.#soundUs += soundFrameUs) this.#send('audio', [silence], this.#soundUs);
  }

  #send(track: 'video' | 'audio', payloads: readonly Uint8Array[], timeUs: number): void {
    const sender = this[track];
    const timestamp = (sender.timestampBase + Math.round((timeUs / 1000) * sender.ticksPerMs)) % 2 ** 32;
    const size = payloads.reduce((sum, payload) => sum + frameHeadBytes + rtpHeadBytes + payload.length + 2, 0);
    const frames = Buffer.allocUnsafe(size);
    const packets: Buffer[] = [];
    let at = 0;
    payloads.forEach((payload, i) => {
      sender.sequence = (sender.sequence + 1) & 0xffff;
      sender.packets += 1;
      sender.octets += payload.length;
      if (track === 'video' && this.#faults.losesEvery && sender.packets % this.#faults.losesEvery === 0) return;
      const length = rtpHeadBytes + payload.length;
      frames[at] = 0x24;
      frames[at + 1] = track === 'video' ? 0 : 2;
      frames.writeUInt16BE(length, at + 2);
      const begin = at + frameHeadBytes;
      frames[begin] = 0x80;
      frames[begin + 1] = sender.payloadType | (i === payloads.length - 1 ? 0x80 : 0);
      frames.writeUInt16BE(sender.sequence, begin + 2);
      frames.writeUInt32BE(timestamp < 0 ? timestamp + 2 ** 32 : timestamp, begin + 4);
      frames.writeUInt32BE(sender.ssrc, begin + 8);
      frames.set(payload, begin + rtpHeadBytes);
      at = begin + length;
      packets.push(frames.subarray(begin, at));
      if (!this.#faults.strayLineEnds) return;
      frames[at] = 0x0d;
      frames[at + 1] = 0x0a;
      at += 2;
    });
    const burst: FakeBurst = {
      track,
      frames: frames.subarray(0, at),
      packets,
      senderReport: this.#senderReport(sender, timeUs, timestamp),
    };
    for (const receiver of this.#receivers) receiver.burst(burst);
  }

  #senderReport(sender: Sender, timeUs: number, timestamp: number): Buffer | null {
    if (timeUs - sender.reportedUs < senderReportUs) return null;
    sender.reportedUs = timeUs;
    const now = Date.now();
    // RFC 3550 clause 4: seconds since 1900.
    const ntpSeconds = Math.floor(now / 1000) + 2_208_988_800;
    const ntpFraction = Math.floor(((now % 1000) / 1000) * 2 ** 32);
    const { ssrc, packets, octets } = sender;
    const report = {
      kind: 'sender-report',
      ssrc,
      ntpSeconds,
      ntpFraction,
      timestamp: timestamp >>> 0,
      packets,
      octets: octets >>> 0,
      blocks: [],
    } as const;
    return Buffer.from(encodeRtcp([report, { kind: 'description', names: [{ ssrc, cname: 'fake-camera' }] }]));
  }
}

/** What A-law calls zero. */
const silence = new Uint8Array(soundSamples).fill(0xd5);
