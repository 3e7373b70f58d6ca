import type { ErrorCode } from '../../../main/contract/errors.ts';
import type { EpochMs } from '../../../main/contract/time.ts';
import type { SubscriptionMode } from '../../../streams/wire/wall-ask.ts';
import { recordFlag, recordType, type WallRecord } from '../../../streams/wire/wall-record.ts';
import { ChangeWatch, FrameCounter } from '../frame-watch.ts';
import { LookWatch } from '../picture-look.ts';
import type { TileFactsOnTheirWay } from './mosaic-protocol.ts';
import { LineLateness } from './line-lateness.ts';
import type { LoadedTile } from './overload.ts';
import { TileDecoder, type DecoderPorts } from './tile-decoder.ts';
import { TileStream } from './tile-stream.ts';
import type { SubscriptionEvent, SubscriptionListener, WallSubscription } from './wall-link.ts';
import { readStreamConfig } from './wall-payload.ts';

export interface TilePlaybackOptions {
  readonly tile: number;
  readonly playback: number;
  readonly mode: SubscriptionMode;
  readonly rank: number;
  readonly decoders: DecoderPorts;
  readonly hardware: boolean;
  /** The line that all tiles share. */
  readonly line: LineLateness;
  /** Milliseconds, monotonic. */
  now(): number;
  subscribe(listener: SubscriptionListener): WallSubscription;
  /** Takes the picture over; answers whether it is to be painted. */
  show(picture: VideoFrame): boolean;
  sound(record: WallRecord): void;
  /** So many milliseconds were spent on its pictures. */
  worked(ms: number): void;
  /** It is over by itself, for this reason. */
  ended(code: ErrorCode, ticketKept: boolean): void;
}

/** Pictures of before this are no measure of how things go now. */
const delayCountsForMs = 1_000;
/** Without a picture for so long, what it looked like before counts no more. */
const forgetLookAfterMs = 5_000;
const rateWindowMs = 2_000;

/** One playback of one tile, from the subscription to the picture that is handed to the painter. */
export class TilePlayback implements SubscriptionListener, LoadedTile {
  readonly tile: number;
  readonly playback: number;
  rank: number;
  /** When its picture was last looked at. */
  sampledAt = Number.NEGATIVE_INFINITY;
  /** Records that could not be read. */
  strays = 0;
  readonly #options: TilePlaybackOptions;
  readonly #subscription: WallSubscription;
  readonly #stream: TileStream;
  readonly #decoder: TileDecoder;
  readonly #line = new LineLateness();
  /** Pictures as they came to the relay, by its clock. */
  readonly #camera = new FrameCounter();
  #came = 0;
  readonly #change = new ChangeWatch();
  readonly #look = new LookWatch();
  #isOver = false;
  #lag = 0;
  /** Shown, and not painted yet. */
  #isShown = false;
  #shownReceivedAtUs: number | null = null;
  #painted = 0;
  #firstPaintedAt: number | null = null;
  #paintedAt: number | null = null;
  #paintedReceivedAtUs: number | null = null;
  #paintedAtSample = 0;
  #delayMs = 0;
  #delayAt = Number.NEGATIVE_INFINITY;
  #width = 0;
  #height = 0;
  #rateFrom: { readonly at: number; readonly megapixels: number };
  #megapixelsPerSecond = 0;

  constructor(options: TilePlaybackOptions) {
    const { now, decoders, hardware } = options;
    this.#options = options;
    this.tile = options.tile;
    this.playback = options.playback;
    this.rank = options.rank;
    this.#rateFrom = { at: now(), megapixels: 0 };
    this.#stream = new TileStream(options.mode, (record) => this.#subscription.workedOff(record));
    this.#decoder = new TileDecoder({
      ports: decoders,
      hardware,
      now,
      onPicture: (picture, receivedAtUs, arrivedAt) => this.#shown(picture, receivedAtUs, arrivedAt),
      onRoom: () => {
        const from = now();
        this.#feed();
        options.worked(now() - from);
      },
      onAnew: () => this.#stream.needKey('decoder-failed'),
      onUnsupported: () => this.#giveUp('source-codec-unsupported'),
    });
    this.#subscription = options.subscribe(this);
  }

  get hasDecoder(): boolean {
    return this.#decoder.isOpen;
  }

  /** What is asked of the relay: pictures as the plan has it, or none while nobody looks. */
  set(mode: SubscriptionMode, audio: boolean, rank: number): void {
    this.rank = rank;
    if (mode !== this.#stream.mode) this.#camera.reset();
    this.#stream.setMode(mode);
    this.#subscription.set(mode, audio, rank);
  }

  record(record: WallRecord): void {
    if (record.type === recordType.video) {
      const now = this.#options.now();
      this.#camera.count(record.receivedAtUs / 1000, (this.#came += 1));
      this.#stream.push(record, now - this.#lateness(record, now));
      this.#feed();
      this.#options.worked(this.#options.now() - now);
      return;
    }
    if (record.type === recordType.config) {
      const config = readStreamConfig(record.payload);
      if (config === null) this.strays += 1;
      else this.#stream.pushConfig(config, this.#options.now());
      this.#feed();
    } else if (record.type === recordType.audio) this.#options.sound(record);
    else this.strays += 1;
    this.#subscription.workedOff(record);
  }

  /** What was late on the line has waited for that long already. What the relay had kept is old, not late. */
  #lateness({ receivedAtUs, flags }: WallRecord, now: number): number {
    if ((flags & recordFlag.catchUp) !== 0) return 0;
    const { line } = this.#options;
    const own = this.#line.of(receivedAtUs / 1000, now);
    // Transcoding takes its time, which is no lateness of the line; so only those that are not transcoded measure it for each other.
    return this.#stream.config?.transcoded === true ? own : Math.max(own, line.of(receivedAtUs / 1000, now));
  }

  event(event: SubscriptionEvent): void {
    if (event.event === 'thinned') {
      this.#camera.reset();
      this.#stream.thinned(event.code);
    } else this.#stream.relayWaits(event.code);
  }

  ended(code: ErrorCode, ticketKept: boolean): void {
    if (this.#isOver) return;
    this.#finish();
    this.#options.ended(code, ticketKept);
  }

  /** Gives everything back at once; nothing is heard of it after this. */
  end(): void {
    if (this.#isOver) return;
    this.#finish();
    this.#subscription.end();
  }

  /** Looks after it, several times a second. What waits in the line is not seen here: the relay sees that it is not worked off. */
  tick(now: number): void {
    this.#decoder.tick();
    if (this.#isOver) return;
    this.#feed();
    const delay = now - this.#delayAt < delayCountsForMs ? this.#delayMs : 0;
    const lag = Math.max(this.#stream.waitedMs(now), this.#decoder.lagMs(now), delay);
    this.#lag = this.#stream.isCatchingUp(now) ? 0 : lag;
    const { at, megapixels } = this.#rateFrom;
    if (now - at < rateWindowMs) return;
    this.#megapixelsPerSecond = ((this.#decoder.megapixels - megapixels) * 1000) / (now - at);
    this.#rateFrom = { at: now, megapixels: this.#decoder.megapixels };
  }

  get lagMs(): number {
    return this.#lag;
  }

  get leftOutAt(): number {
    return this.#stream.leftOutAt;
  }

  get waitsForKey(): boolean {
    return this.#stream.waitsForKey;
  }

  /** Leaves out the rest of the current group of pictures. */
  thin(now: number): void {
    this.#stream.skipToKey(now);
  }

  /** The tile's latest picture is on the canvas; that of an earlier playback is none of this one's. */
  painted(now: number): void {
    if (!this.#isShown) return;
    this.#isShown = false;
    if (this.#paintedAt !== null && now - this.#paintedAt > forgetLookAfterMs) {
      this.#change.reset();
      this.#look.reset();
    }
    this.#painted += 1;
    this.#firstPaintedAt ??= now;
    this.#paintedAt = now;
    this.#paintedReceivedAtUs = this.#shownReceivedAtUs;
  }

  /** Whether there is a picture that was not looked at yet, and the last look was `everyMs` ago. */
  isToBeSampled(now: number, everyMs: number): boolean {
    return this.#painted > this.#paintedAtSample && now - this.sampledAt >= everyMs;
  }

  /** Its picture in small. */
  sample(now: number, rgba: Uint8ClampedArray): void {
    this.sampledAt = now;
    this.#paintedAtSample = this.#painted;
    this.#change.sample(now, rgba);
    this.#look.sample(now, rgba);
  }

  /** `pageTime`: from the monotonic clock of this thread to that of all of the page's. */
  facts(now: number, pageTime: (at: number) => EpochMs): TileFactsOnTheirWay {
    const { config } = this.#stream;
    return {
      tile: this.tile,
      playback: this.playback,
      painted: this.#painted,
      firstPaintedAt: this.#firstPaintedAt === null ? null : pageTime(this.#firstPaintedAt),
      paintedAt: this.#paintedAt === null ? null : pageTime(this.#paintedAt),
      receivedAt: this.#paintedReceivedAtUs !== null ? this.#paintedReceivedAtUs / 1000 : null,
      cameraIntervalMs: this.#camera.intervalMs,
      // As of the last look: where no pictures come, none of them is unchanged.
      unchangedMs: this.#change.unchangedMs(this.sampledAt),
      look: this.#look.lasting(this.sampledAt),
      width: this.#width,
      height: this.#height,
      reason: this.#stream.reason(now),
      skipped: this.#stream.skipped,
      rebuilt: this.#decoder.rebuilt,
      megapixelsPerSecond: this.#megapixelsPerSecond,
      audio: config?.audio ?? null,
    };
  }

  #feed(): void {
    const now = this.#options.now();
    if (this.#stream.isTooSlow(now)) this.#stream.leaveOut(now);
    while (!this.#isOver && (this.#decoder.isWaiting || this.#decoder.hasRoom)) {
      const step = this.#stream.take();
      if (step === null) return;
      if (step.kind === 'config') this.#decoder.configure(step.config);
      else if (this.#decoder.isWaiting) this.#stream.giveUp(step.record);
      else {
        this.#decoder.decode(step.record, step.arrivedAt);
        this.#subscription.workedOff(step.record);
      }
    }
  }

  #shown(picture: VideoFrame, receivedAtUs: number | null, arrivedAt: number | null): void {
    this.#width = picture.displayWidth;
    this.#height = picture.displayHeight;
    if (arrivedAt !== null) {
      this.#delayAt = this.#options.now();
      this.#delayMs = this.#delayAt - arrivedAt;
    }
    if (!this.#options.show(picture)) return;
    this.#isShown = true;
    this.#shownReceivedAtUs = receivedAtUs;
  }

  #giveUp(code: ErrorCode): void {
    if (this.#isOver) return;
    this.end();
    this.#options.ended(code, false);
  }

  #finish(): void {
    this.#isOver = true;
    this.#decoder.close();
    this.#stream.clear();
  }
}
