import { randomBytes } from 'node:crypto';
import { problem, type Problem } from '../../../main/contract/errors.ts';
import type { Clock } from '../../../main/contract/time.ts';
import type { LinkQuality } from '../../contract.ts';
import type { SourceReport } from '../../media/source.ts';
import { RtpTrack } from '../../protocols/rtp/rtp-track.ts';
import type { TrackFormat } from '../../protocols/rtp/track-format.ts';
import type { Pair } from '../../protocols/rtsp/transport-header.ts';
import { MediaWatch, type MediaWatchLimits } from './media-watch.ts';
import { pictureSize } from './picture-size.ts';
import type { UdpListener, UdpPorts } from './udp-ports.ts';
import type { UnitTimeline } from './unit-timeline.ts';

export interface LiveTracksOptions {
  readonly clock: Clock;
  readonly limits: MediaWatchLimits;
  readonly timeline: UnitTimeline;
  readonly report: SourceReport;
  /** Called before the first packet of the video is reported. */
  readonly onFirstPacket: () => void;
}

interface LiveTrack {
  readonly track: RtpTrack;
  readonly isVideo: boolean;
  readonly sendRtcp: (packet: Uint8Array) => void;
  readonly ports: UdpPorts | null;
  /**
   * How much later than the first track's its first packet came; not a number before. Every track's clock begins at the same time, so
   * this keeps sound and picture together as well as they arrive.
   */
  laterUs: number;
}

/**
 * The tracks of a session while they come: packets in, units out on the timeline. Nothing queues here: a packet is taken apart and its
 * units are handed on before the next one is read.
 */
export class LiveTracks {
  readonly #options: LiveTracksOptions;
  readonly #clock: Clock;
  readonly #ownSsrc = randomBytes(4).readUInt32BE();
  readonly #tracks: LiveTrack[] = [];
  readonly #channels: (((packet: Uint8Array) => void) | undefined)[] = [];
  #watch: MediaWatch;
  /** When the first packet of any track came. */
  #beganAt = Number.NaN;
  #isExpected = false;
  #isOver = false;

  constructor(options: LiveTracksOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#watch = new MediaWatch(options.limits, options.clock.monotonic());
  }

  /** How many there are. */
  get count(): number {
    return this.#tracks.length;
  }

  /** Whether a track has this channel already. */
  hasChannel(channel: number): boolean {
    return this.#channels[channel] !== undefined;
  }

  /** Adds a track on two channels of the RTSP connection. */
  addInterleaved(format: TrackFormat, [rtp, rtcp]: Pair, send: (channel: number, packet: Uint8Array) => void): void {
    const listener = this.#add(format, true, (packet) => send(rtcp, packet), null);
    this.#channels[rtcp] = listener.rtcp;
    this.#channels[rtp] = listener.rtp;
  }

  /** Adds a track that comes over UDP: `listener` gets its packets; they are closed with everything else. */
  addUdp(format: TrackFormat, ports: UdpPorts): UdpListener {
    // The session may have ended while the server thought about it.
    if (this.#isOver) ports.close();
    return this.#add(format, false, (packet) => ports.sendRtcp(packet), this.#isOver ? null : ports);
  }

  /** Takes a frame of the RTSP connection. Channels that belong to no track are passed over. */
  interleaved(channel: number, payload: Uint8Array): void {
    this.#channels[channel]?.(payload);
  }

  /** The server is told to play: from now on pictures are waited for. What came before that was not asked for and is passed over. */
  expect(): void {
    this.#isExpected = true;
    this.#watch = new MediaWatch(this.#options.limits, this.#clock.monotonic());
  }

  /** What is wrong with what comes; null as long as nothing is. */
  verdict(): Problem | null {
    const failure = this.#watch.verdict(this.#clock.monotonic());
    return failure && problem(failure.code, { ...failure.params, ...this.#refused() });
  }

  /** Tells the server what we got of each track. */
  sendReceiverReports(): void {
    const now = this.#clock.monotonic();
    for (const { track, sendRtcp } of this.#tracks) {
      const report = track.receiverReport(this.#ownSsrc, now);
      if (report) sendRtcp(report);
    }
  }

  /** How the packets of all tracks come; jitter is the video's. */
  link(): Omit<LinkQuality, 'transport'> {
    const sum = { packets: 0, lost: 0, reordered: 0, duplicated: 0 };
    let jitterMs: number | null = null;
    for (const { track, isVideo } of this.#tracks) {
      const { stats } = track;
      sum.packets += stats.packets;
      sum.lost += stats.lost;
      sum.reordered += stats.reordered;
      sum.duplicated += stats.duplicated;
      if (isVideo) ({ jitterMs } = stats);
    }
    return { ...sum, jitterMs };
  }

  /** Nothing is heard any more. */
  close(): void {
    this.#isOver = true;
    for (const { ports } of this.#tracks) ports?.close();
  }

  /** What came and was not taken: it may be why there is no picture. */
  #refused(): { readonly strangers: number; readonly malformed: number } {
    const sum = { strangers: 0, malformed: 0 };
    for (const { track, ports } of this.#tracks) {
      sum.strangers += track.stats.strangers + (ports?.strangers ?? 0);
      sum.malformed += track.stats.malformed;
    }
    return sum;
  }

  #add(format: TrackFormat, ordered: boolean, sendRtcp: (packet: Uint8Array) => void, ports: UdpPorts | null): UdpListener {
    const isVideo = format.codec === 'h264' || format.codec === 'h265';
    const track = new RtpTrack(format, { ordered });
    const live: LiveTrack = { track, isVideo, sendRtcp, ports, laterUs: Number.NaN };
    this.#tracks.push(live);
    return {
      rtp: (packet) => {
        if (this.#isExpected && !this.#isOver) this.#take(live, packet);
      },
      rtcp: (packet) => {
        if (!this.#isOver) track.control(packet, this.#clock.monotonic());
      },
    };
  }

  /** Called for every packet. */
  #take(live: LiveTrack, packet: Uint8Array): void {
    const { track, isVideo } = live;
    const now = this.#clock.monotonic();
    if (Number.isNaN(this.#beganAt)) this.#beganAt = now;
    if (Number.isNaN(live.laterUs)) live.laterUs = Math.round((now - this.#beganAt) * 1000);
    if (isVideo && this.#watch.packet(now)) {
      this.#options.onFirstPacket();
      this.#options.report.step('first-packet', { bytes: packet.length });
    }
    for (const unit of track.push(packet, now)) {
      if (isVideo && unit.key && this.#watch.keyPicture()) {
        const codec = unit.codec === 'h265' ? 'h265' : 'h264';
        this.#options.report.step('key-picture', { codec, size: pictureSize(codec, unit.annexB), bytes: unit.annexB.length });
      }
      this.#options.timeline.push(unit, live.laterUs);
    }
  }
}
