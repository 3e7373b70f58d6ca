import { iterateNalUnits, joinNalUnits, nalTypeOf as h264TypeOf } from '../../protocols/h264/annex-b.ts';
import { isSkippedLeading, pictureTypeOf } from '../../protocols/h265/nal-unit.ts';
import type { AccessUnit, VideoCodec } from '../../contract.ts';
import type { StreamConfig } from '../../wire/wall-ask.ts';
import { maxPayloadBytes, recordCodec, recordFlag, recordType } from '../../wire/wall-record.ts';
import { hasPrefix, parameterPrefixOf } from '../fmp4/parameter-prefix.ts';
import { codecStringOf, copyTrack, isSameTrack, parameterSetsOf, readVideoTrack, type VideoTrack } from '../fmp4/video-track.ts';
import type { UnitFeed } from '../hls-output.ts';
import { sealRecord, type WallUnit } from './wall-unit.ts';

/** Who is handed a feed's units. */
export interface WallViewer {
  take(unit: WallUnit): void;
}

/** A GOP that is longer is not handed out from its beginning: it would take too long to catch up. */
const gopLimits = { maxBytes: 4 * 1024 * 1024, maxMs: 8000 };

/**
 * One path's units (or those of a view of it) as records of the wall socket, made once for all viewers, with the GOP that is going on kept
 * for those who come. What is handed out can be decoded: it begins with a key picture that has its parameter sets; after a damaged picture
 * or a break nothing comes before the next one. The sequence counts what is left out too.
 */
export class WallFeed {
  /** How many play it now. */
  playbacks = 0;
  /** When the last playback ended, on the monotonic clock. */
  unplayedSince = 0;
  /** Pictures that were not handed out because they could not be decoded. */
  skipped = 0;
  readonly #isTranscoding: () => boolean;
  readonly #leave: () => void;
  #viewers: readonly WallViewer[] = [];
  #gop: WallUnit[] = [];
  #gopBytes = 0;
  #gopSinceUs = 0;
  #waitsForKey = true;
  /** Viewers are told of a break with the next picture. */
  #isBroken = false;
  #isUnusable = false;
  #sequence = 0;
  #audioSequence = 0;
  #track: VideoTrack | null = null;
  /** What the latest key picture began with: parameter sets are read again only when that changes. */
  #prefix: Uint8Array | null = null;
  #audio: StreamConfig['audio'] = null;
  #config: Uint8Array | null = null;
  #configText = '';

  /** `isTranscoding`: whether the units that come now are transcoded. */
  constructor(feed: UnitFeed, isTranscoding: () => boolean) {
    this.#isTranscoding = isTranscoding;
    this.#leave = feed.subscribe(this);
  }

  /** The GOP that is going on, from its key picture; another array with each key picture. Empty: wait for the next one. */
  get gop(): readonly WallUnit[] {
    return this.#gop;
  }

  get gopBytes(): number {
    return this.#gopBytes;
  }

  /** The config record that goes before the pictures that come now; another one when it changes; null before the first. */
  get config(): Uint8Array | null {
    return this.#config;
  }

  /** The latest key picture came without parameter sets that could be used. */
  get isUnusable(): boolean {
    return this.#isUnusable;
  }

  /** From now on `viewer` gets every unit; the kept GOP is for it to take. */
  attach(viewer: WallViewer): () => void {
    this.#viewers = [...this.#viewers, viewer];
    return () => {
      this.#viewers = this.#viewers.filter((one) => one !== viewer);
    };
  }

  /** The source has gone: what is kept of it is of no use to anybody who comes now. */
  forget(): void {
    this.#waitsForKey = true;
    this.#isUnusable = false;
    this.#track = this.#prefix = null;
    this.#dropGop();
  }

  /** Takes the next access unit in decoding order. */
  push(unit: AccessUnit): void {
    const { codec } = unit;
    if (codec === 'h264' || codec === 'h265') this.#pushVideo(unit, codec);
    else this.#pushAudio(unit, codec);
  }

  dispose(): void {
    this.#leave();
    this.#viewers = [];
    this.#dropGop();
  }

  #pushVideo(unit: AccessUnit, codec: VideoCodec): void {
    this.#sequence = (this.#sequence + 1) >>> 0;
    if (unit.discontinuity) this.#isBroken = true;
    const isOther = this.#track !== null && codec !== this.#track.codec;
    if (unit.corrupt || unit.discontinuity || isOther) this.#waitsForKey = true;
    if (this.#waitsForKey && (!unit.key || unit.corrupt)) return this.#skip();
    const payload = unit.key ? this.#withParameterSets(unit, codec) : unit.annexB;
    if (payload === null || payload.length > maxPayloadBytes) return this.#skip();
    this.#waitsForKey = false;
    const disposable = !unit.key && codec === 'h264' && isDisposable(unit.annexB);
    const leading = !unit.key && codec === 'h265' && isSkippedLeading(pictureTypeOf(unit.annexB));
    let flags = unit.key ? recordFlag.key : 0;
    if (disposable) flags |= recordFlag.disposable;
    if (this.#isBroken) flags |= recordFlag.discontinuity;
    this.#isBroken = false;
    const record = sealRecord({
      type: recordType.video,
      flags,
      codec: recordCodec[codec],
      sequence: this.#sequence,
      ptsUs: unit.ptsUs,
      receivedAtUs: unit.receivedAtMs * 1000,
      payload,
    });
    const made: WallUnit = { record, isAudio: false, flags, key: unit.key, disposable, leading };
    this.#keep(made, unit.dtsUs);
    for (const viewer of this.#viewers) viewer.take(made);
  }

  #pushAudio(unit: AccessUnit, codec: NonNullable<StreamConfig['audio']>): void {
    if (this.#audio !== codec) {
      this.#audio = codec;
      this.#describe();
    }
    this.#audioSequence = (this.#audioSequence + 1) >>> 0;
    if (unit.annexB.length > maxPayloadBytes) return;
    const flags = unit.discontinuity ? recordFlag.discontinuity : 0;
    const record = sealRecord({
      type: recordType.audio,
      flags,
      codec: recordCodec[codec],
      sequence: this.#audioSequence,
      ptsUs: unit.ptsUs,
      receivedAtUs: unit.receivedAtMs * 1000,
      payload: unit.annexB,
    });
    const made: WallUnit = { record, isAudio: true, flags, key: false, disposable: false, leading: false };
    for (const viewer of this.#viewers) viewer.take(made);
  }

  /** What follows refers to it: nothing is handed out before the next key picture. */
  #skip(): void {
    this.skipped += 1;
    this.#waitsForKey = true;
    this.#dropGop();
  }

  #keep(unit: WallUnit, dtsUs: number): void {
    if (unit.key) {
      this.#dropGop();
      this.#gopSinceUs = dtsUs;
    } else if (this.#gop.length === 0) return;
    this.#gop.push(unit);
    this.#gopBytes += unit.record.length;
    if (this.#gopBytes > gopLimits.maxBytes || dtsUs - this.#gopSinceUs > gopLimits.maxMs * 1000) this.#dropGop();
  }

  #dropGop(): void {
    this.#gop = [];
    this.#gopBytes = 0;
  }

  /** The key picture with its parameter sets before it; null when there are none that could be used. */
  #withParameterSets(unit: AccessUnit, codec: VideoCodec): Uint8Array | null {
    const { annexB } = unit;
    const known = this.#track?.codec === codec ? this.#track : null;
    // Nearly always the same bytes as before: comparing is cheaper than parsing.
    if (known && this.#prefix && hasPrefix(annexB, this.#prefix)) {
      this.#describe();
      return annexB;
    }
    const track = readVideoTrack(codec, annexB);
    this.#isUnusable = track === null || (track === 'none' && known === null);
    if (track === null || (track === 'none' && known === null)) return null;
    if (track === 'none') {
      const sets = joinNalUnits(parameterSetsOf(known!));
      const whole = new Uint8Array(sets.length + annexB.length);
      whole.set(sets);
      whole.set(annexB, sets.length);
      this.#describe();
      return whole;
    }
    this.#prefix = parameterPrefixOf(annexB, track);
    if (!known || !isSameTrack(known, track)) this.#track = copyTrack(track);
    this.#describe();
    return annexB;
  }

  #describe(): void {
    const track = this.#track;
    if (!track) return;
    const config: StreamConfig = {
      video: inBandCodecString(track),
      width: track.info.width,
      height: track.info.height,
      audio: this.#audio,
      transcoded: this.#isTranscoding(),
    };
    const text = JSON.stringify(config);
    if (text === this.#configText) return;
    this.#configText = text;
    this.#config = sealRecord({
      type: recordType.config,
      flags: 0,
      codec: recordCodec[track.codec],
      sequence: 0,
      ptsUs: 0,
      receivedAtUs: 0,
      payload: Buffer.from(text),
    });
  }
}

/** ISO/IEC 14496-15 clause 8.3.3.1: `hev1` is the name when parameter sets come in band. */
const inBandCodecString = (track: VideoTrack): string => codecStringOf(track).replace(/^hvc1/, 'hev1');

/** ITU-T H.264 clause 7.4.1: nal_ref_idc is 0 for all slices of a picture or for none, so the first slice tells. */
function isDisposable(annexB: Uint8Array): boolean {
  for (const nal of iterateNalUnits(annexB)) {
    const type = h264TypeOf(nal);
    if (type >= 1 && type <= 5) return (nal[0]! & 0x60) === 0;
  }
  return false;
}
