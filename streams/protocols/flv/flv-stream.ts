import { err, ok, type Result } from '../../../main/contract/result.ts';
import { maxAdtsContent, writeAdtsFrame } from '../aac/adts.ts';
import { parseAudioConfig, type AudioConfig } from '../aac/audio-config.ts';
import { parseAvcConfig } from '../h264/avcc.ts';
import { sameBytes } from '../same-bytes.ts';
import { decodeAudioTag, type FlvAudioCodec, type FlvAudioContent } from './audio-tag.ts';
import { parseHevcConfig } from './hevc-config.ts';
import { annexBOf, eachNal } from '../length-prefixed.ts';
import { MessageClock, type MessageTime } from './message-clock.ts';
import { decodeVideoTag, type FlvVideoCodec, type FlvVideoContent } from './video-tag.ts';

/** One message of a publisher: `timestampMs` is its 32-bit time stamp. */
export interface FlvMessage {
  readonly type: 'video' | 'audio';
  readonly timestampMs: number;
  readonly body: Uint8Array;
}

/**
 * One picture or audio frame: the fields mean what they mean in `AccessUnit` (streams/contract.ts), which lacks only the time of arrival.
 * `annexB` is made for this unit and shared with nobody.
 */
export interface FlvUnit {
  readonly codec: FlvVideoCodec | FlvAudioCodec;
  readonly annexB: Uint8Array;
  /** Microseconds on the stream's own clock. `dtsUs` rises strictly within video and within audio and is never after `ptsUs`. */
  readonly ptsUs: number;
  readonly dtsUs: number;
  readonly key: boolean;
  readonly discontinuity: boolean;
  /** A picture before it could not be read. */
  readonly corrupt: boolean;
}

/** Why a message made no unit. `nothing-to-show` is normal life: configuration, commands, parameter sets on their own. */
export type NoUnit = 'nothing-to-show' | 'malformed' | 'unsupported';

/** What is different between the two codecs (ITU-T H.264 table 7-1, H.265 table 7-1). */
interface CodecRules {
  typeOf(header: number): number;
  isPicture(type: number): boolean;
  /** IDR; in H.265 any picture that decoding can begin with (IRAP). */
  isKey(type: number): boolean;
  /** The types of parameter sets that a key picture needs. */
  readonly sets: readonly number[];
  /** Access unit delimiters and filler. */
  isDropped(type: number): boolean;
}

const rules: Readonly<Record<FlvVideoCodec, CodecRules>> = {
  h264: {
    typeOf: (header) => header & 0x1f,
    isPicture: (type) => type >= 1 && type <= 5,
    isKey: (type) => type === 5,
    sets: [7, 8],
    isDropped: (type) => type === 9 || type === 12,
  },
  h265: {
    typeOf: (header) => (header >> 1) & 0x3f,
    isPicture: (type) => type < 32,
    isKey: (type) => type >= 16 && type <= 21,
    sets: [32, 33, 34],
    isDropped: (type) => type === 35 || type === 38,
  },
};

const maxSets = 32;
const maxSetBytes = 4096;
/** Lengths of one byte each can make a message grow on the way; nobody takes longer units. */
const maxUnitBytes = 8 * 1024 * 1024;
/** A composition time beyond this is nonsense, and taken for none. */
const maxCompositionMs = 10_000;

/**
 * Makes access units of the messages of one publisher: H.264 and H.265 from length-prefixed samples with their parameter sets in front of
 * every key picture, AAC with ADTS headers, G.711 as it is. A new sequence header takes effect with the next picture, which is then
 * marked as a discontinuity. Copies each picture once; keeps nothing but parameter sets.
 */
export class FlvStream {
  readonly #clock = new MessageClock();
  readonly #videoTime = this.#clock.track();
  readonly #audioTime = this.#clock.track();
  #video: FlvVideoCodec | null = null;
  #lengthSize: 1 | 2 | 4 = 4;
  #record: Uint8Array | null = null;
  #sets: readonly Uint8Array[] = [];
  #audio: AudioConfig | null = null;
  #videoBroken = false;
  #audioBroken = false;
  #corrupt = false;
  /** Negative composition times move everything later, so that no picture is shown before it is decoded. */
  #leadMs = 0;
  #videoDtsUs = 0;
  #audioDtsUs = 0;
  #unsupportedVideo: string | null = null;
  /** Messages that could not be read. */
  malformed = 0;

  /** Codec of the video that comes; null before its first message. */
  get video(): FlvVideoCodec | null {
    return this.#video;
  }

  /** What the publisher sends instead of a video codec that is understood here; null while it sends one, or none. */
  get unsupportedVideo(): string | null {
    return this.#unsupportedVideo;
  }

  /** The unit that a message carries, or why it carries none. */
  push(message: FlvMessage): Result<FlvUnit, NoUnit> {
    const made = message.type === 'video' ? this.#pushVideo(message) : this.#pushAudio(message);
    if (!made.ok && made.error === 'malformed') this.malformed += 1;
    return made;
  }

  #pushVideo({ body, timestampMs }: FlvMessage): Result<FlvUnit, NoUnit> {
    const tag = decodeVideoTag(body);
    // Some encoders send an empty message now and then.
    if (!tag.ok) return err(body.length === 0 ? 'nothing-to-show' : 'malformed');
    switch (tag.value.kind) {
      case 'unsupported':
        this.#unsupportedVideo = tag.value.codec;
        return err('unsupported');
      case 'config':
        return this.#configure(tag.value.codec, tag.value.record);
      case 'picture':
        return this.#picture(tag.value, timestampMs);
      default:
        return err('nothing-to-show');
    }
  }

  #configure(codec: FlvVideoCodec, record: Uint8Array): Result<never, NoUnit> {
    if (codec === this.#video && this.#record !== null && sameBytes(record, this.#record)) return err('nothing-to-show');
    const read = readRecord(codec, record);
    if (read === null) return err('malformed');
    this.#use(codec);
    this.#videoBroken ||= this.#record !== null;
    this.#record = copyOf(record);
    this.#lengthSize = read.lengthSize;
    this.#sets = read.sets
      .filter((set) => set.length <= maxSetBytes)
      .slice(0, maxSets)
      .map(copyOf);
    return err('nothing-to-show');
  }

  #picture(tag: Extract<FlvVideoContent, { kind: 'picture' }>, timestampMs: number): Result<FlvUnit, NoUnit> {
    this.#use(tag.codec);
    const rule = rules[tag.codec];
    const sample = { bytes: tag.sample, lengthSize: this.#lengthSize };
    let hasPicture = false;
    let hasKey = false;
    let size = 0;
    const brought = new Set<number>();
    const isWhole = eachNal(sample, (from, to) => {
      size += 4 + to - from;
      const type = rule.typeOf(tag.sample[from]!);
      hasPicture ||= rule.isPicture(type);
      hasKey ||= rule.isKey(type);
      if (rule.sets.includes(type)) brought.add(type);
    });
    if (!isWhole || size > maxUnitBytes - maxSets * (4 + maxSetBytes)) {
      this.#corrupt = true;
      return err('malformed');
    }
    // Every picture moves the clock on, even one that is not passed on.
    const time = this.#videoTime(timestampMs);
    this.#videoBroken ||= time.jumped;
    if (brought.size > 0) this.#replaceSets(rule, tag.sample, brought);
    if (!hasPicture) return err('nothing-to-show');
    const known = new Set(this.#sets.map((set) => rule.typeOf(set[0]!)));
    const key = hasKey && rule.sets.every((type) => known.has(type));
    const isComplete = rule.sets.every((type) => brought.has(type));
    const annexB = annexBOf(key && !isComplete ? this.#sets : [], sample, (header) => {
      const type = rule.typeOf(header);
      return !rule.isDropped(type) && (isComplete || !key || !rule.sets.includes(type));
    });
    const unit = { codec: tag.codec, annexB, ...this.#videoTimes(time, tag.compositionMs), key };
    const [discontinuity, corrupt] = [this.#videoBroken, this.#corrupt && !key];
    this.#videoBroken = this.#corrupt = false;
    return ok({ ...unit, discontinuity, corrupt });
  }

  #videoTimes({ ms }: MessageTime, compositionMs: number): { ptsUs: number; dtsUs: number } {
    const composition = Math.abs(compositionMs) > maxCompositionMs ? 0 : compositionMs;
    this.#leadMs = Math.max(this.#leadMs, -composition);
    const dtsUs = Math.max(ms * 1000, this.#videoDtsUs + 1);
    this.#videoDtsUs = dtsUs;
    return { ptsUs: Math.max(dtsUs, (ms + composition + this.#leadMs) * 1000), dtsUs };
  }

  /** Another codec than before: nothing of the old one holds. */
  #use(codec: FlvVideoCodec): void {
    this.#unsupportedVideo = null;
    if (this.#video === codec) return;
    this.#videoBroken ||= this.#video !== null;
    this.#video = codec;
    this.#record = null;
    this.#sets = [];
    this.#lengthSize = 4;
    this.#leadMs = 0;
  }

  /** Parameter sets that come among the pictures replace those of their type. */
  #replaceSets(rule: CodecRules, bytes: Uint8Array, brought: ReadonlySet<number>): void {
    const sets = this.#sets.filter((set) => !brought.has(rule.typeOf(set[0]!)));
    eachNal({ bytes, lengthSize: this.#lengthSize }, (from, to) => {
      if (!brought.has(rule.typeOf(bytes[from]!)) || to - from > maxSetBytes || sets.length >= maxSets) return;
      sets.push(copyOf(bytes.subarray(from, to)));
    });
    this.#sets = sets.sort((a, b) => rule.typeOf(a[0]!) - rule.typeOf(b[0]!));
  }

  #pushAudio({ body, timestampMs }: FlvMessage): Result<FlvUnit, NoUnit> {
    const tag = decodeAudioTag(body);
    if (!tag.ok) return err(body.length === 0 ? 'nothing-to-show' : 'malformed');
    switch (tag.value.kind) {
      case 'unsupported':
        return err('unsupported');
      case 'config': {
        const config = parseAudioConfig(tag.value.record);
        if (!config.ok) return err(config.error === 'not-in-adts' ? 'unsupported' : 'malformed');
        this.#audioBroken ||= this.#audio !== null && JSON.stringify(this.#audio) !== JSON.stringify(config.value);
        this.#audio = config.value;
        return err('nothing-to-show');
      }
      case 'frame':
        return this.#frame(tag.value, timestampMs);
      default:
        return err('nothing-to-show');
    }
  }

  #frame({ codec, frame }: Extract<FlvAudioContent, { kind: 'frame' }>, timestampMs: number): Result<FlvUnit, NoUnit> {
    const time = this.#audioTime(timestampMs);
    this.#audioBroken ||= time.jumped;
    if (frame.length === 0) return err('nothing-to-show');
    if (codec === 'aac' && (this.#audio === null || frame.length > maxAdtsContent)) return err('malformed');
    const annexB = codec === 'aac' ? writeAdtsFrame(this.#audio!, frame) : copyOf(frame);
    const dtsUs = Math.max(time.ms * 1000, this.#audioDtsUs + 1);
    this.#audioDtsUs = dtsUs;
    const discontinuity = this.#audioBroken;
    this.#audioBroken = false;
    return ok({ codec, annexB, ptsUs: dtsUs, dtsUs, key: true, discontinuity, corrupt: false });
  }
}

/** Length size and parameter sets of a configuration record; null when it cannot be read, or holds no set. */
function readRecord(codec: FlvVideoCodec, record: Uint8Array): { lengthSize: 1 | 2 | 4; sets: readonly Uint8Array[] } | null {
  if (codec === 'h264') {
    const config = parseAvcConfig(record);
    return config.ok ? { lengthSize: config.value.lengthSize, sets: [...config.value.sps, ...config.value.pps] } : null;
  }
  const config = parseHevcConfig(record);
  return config.ok ? { lengthSize: config.value.lengthSize, sets: config.value.parameterSets } : null;
}

/** `slice` would not do: what comes may be of a class whose `slice` is a view, as Node's is. */
const copyOf = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes);
