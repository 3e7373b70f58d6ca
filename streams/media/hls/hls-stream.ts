import type { AccessUnit, VideoCodec } from '../../contract.ts';
import { pictureTypeOf, isSkippedLeading } from '../../protocols/h265/nal-unit.ts';
import { timescale, writeInitSegment } from '../fmp4/init-segment.ts';
import { writeMediaPart, type PartSample } from '../fmp4/media-part.ts';
import { hasPrefix, parameterPrefixOf } from '../fmp4/parameter-prefix.ts';
import { codecStringOf, copyTrack, isSameTrack, readVideoTrack, type VideoTrack } from '../fmp4/video-track.ts';
import { dateLine, partLine, renderMediaPlaylist, segmentTail, type ListedSegment } from './media-playlist.ts';

export interface HlsStreamOptions {
  /** Target length of a part. */
  readonly partMs: number;
  /** Complete segments kept. */
  readonly segments: number;
}

/** What was left out or cut, and why. */
export interface HlsCounters {
  /** Before the first key picture, or after a break until the next one; and pictures after it that refer to what was before it. */
  skippedUnits: number;
  /** Units that are not video, and units in whose bytes nothing could be found. */
  unusableUnits: number;
  /** Segments cut before a key picture came: the GOP was longer than a segment may be. */
  forcedCuts: number;
}

interface Part {
  bytes: Uint8Array;
  /** Where it begins on the stream's timeline. */
  readonly startTicks: number;
  readonly ticks: number;
  /** Begins with a key picture. */
  readonly key: boolean;
  /** When its first picture came. */
  readonly receivedAtMs: number;
}

interface Segment extends ListedSegment {
  readonly parts: Part[];
  ticks: number;
  longestPartTicks: number;
  bytes: number;
}

/** A part as whoever appends it to a media source wants it. */
export interface Fragment {
  readonly bytes: Uint8Array;
  /** Begins with a key picture. */
  readonly key: boolean;
  /** Where it begins on the stream's own timeline, microseconds. */
  readonly startUs: number;
  /** When its first picture came. */
  readonly receivedAtMs: number;
  /** The initialisation segment that it needs; another name when it is another one. */
  readonly init: { readonly name: string; readonly bytes: Uint8Array };
}

interface Init {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly track: VideoTrack;
}

/** A segment ends at the first key picture after this long. */
const minSegmentTicks = 1 * timescale;
/** What is promised as TARGETDURATION: at least the distance that most cameras' key pictures have, at most what players bear. */
const targetSeconds = { least: 4, most: 10 };
const maxSegmentBytes = 16 * 1024 * 1024;
/** A part ends early rather than hold more than this. */
const maxPartBytes = 4 * 1024 * 1024;
const maxPartSamples = 1024;
/** A hole in the times: longer than this, and than a few of the last picture's intervals. */
const holeTicks = 2 * timescale;
const nominalIntervalTicks = timescale / 25;

/**
 * One stream as low-latency HLS (draft-pantos-hls-rfc8216bis): parts and segments in memory, muxed once for all viewers.
 * Feed it from a key picture on. Segments begin at key pictures, with two exceptions: the very first one ends as soon as
 * there is a part and no more comes at once, because players want a whole segment before they start; and a GOP that is
 * longer than the target duration, or 16 MiB, is cut. The target duration may not change while the playlist lives (clause 4.4.3.1), so it is
 * settled when the first segment is complete: 4 s, or more when that segment, made of pictures that were kept, is longer already.
 * Audio is left out. Everything is bounded by the number of segments kept and those limits.
 */
export class HlsStream {
  readonly counters: HlsCounters = { skippedUnits: 0, unusableUnits: 0, forcedCuts: 0 };
  readonly #keep: number;
  readonly #partTicks: number;
  /** TARGETDURATION; null until it is settled. */
  #targetSeconds: number | null = null;
  readonly #complete: Segment[] = [];
  #open: Segment | null = null;
  #nextMsn = 0;
  #discontinuitySequence = 0;
  #sequence = 0;
  #init: Init | null = null;
  #inits = new Map<string, Init>();
  #initCount = 0;
  #pending: PartSample[] = [];
  #pendingBytes = 0;
  /** The first unit of the part under way. */
  #first: { readonly unit: AccessUnit; readonly discontinuity: boolean } | null = null;
  #waitsForKey = true;
  #breakPending = false;
  #originUs: number | null = null;
  #lastInterval = 0;
  #endTicks = 0;
  #heldBytes = 0;
  #playlist: string | null = null;
  #parameterSets: Uint8Array | null = null;
  /** Decoding began at this key picture: of H.265, pictures may follow that refer to what was before it. */
  #skipsLeading = false;
  readonly #listeners = new Set<() => void>();

  constructor(options: HlsStreamOptions) {
    this.#keep = Math.max(1, options.segments);
    this.#partTicks = Math.round((options.partMs / 1000) * timescale);
  }

  /** Takes the next access unit in decoding order. */
  push(unit: AccessUnit): void {
    if (unit.codec !== 'h264' && unit.codec !== 'h265') {
      this.counters.unusableUnits += 1;
      return;
    }
    // A damaged picture spoils all that refer to it, and decoders may give up on it: begin anew with the next key picture.
    const isOther = this.#init !== null && !unit.key && unit.codec !== this.#init.track.codec;
    if (this.#init && (unit.discontinuity || unit.corrupt || isOther || this.#isHole(unit))) this.#break();
    if (this.#waitsForKey && (!unit.key || unit.corrupt)) {
      this.counters.skippedUnits += 1;
      return;
    }
    if (unit.key && !this.#takeParameterSets(unit, unit.codec)) {
      this.counters.unusableUnits += 1;
      // What follows refers to it.
      if (this.#init) this.#break();
      return;
    }
    if (unit.key) this.#skipsLeading = this.#waitsForKey && unit.codec === 'h265';
    else if (this.#skipsLeading && isSkippedLeading(pictureTypeOf(unit.annexB))) {
      this.counters.skippedUnits += 1;
      return;
    }
    this.#waitsForKey = false;
    this.#take(unit);
  }

  /** `avc1.…` or `hvc1.…` once known. */
  get codec(): string | null {
    return this.#init ? codecStringOf(this.#init.track) : null;
  }

  /** Codec and size of the pictures that come now; null before the first. */
  described(): { video: string; width: number; height: number } | null {
    const track = this.#init?.track;
    return track ? { video: codecStringOf(track), width: track.info.width, height: track.info.height } : null;
  }

  /** A player can start: there is a complete segment that begins with a key picture. */
  get ready(): boolean {
    return this.#complete.some((segment) => segment.independent);
  }

  /** Bytes of media kept, including the part under way. */
  get heldBytes(): number {
    return this.#heldBytes + this.#pendingBytes;
  }

  /** The part that will exist next. */
  position(): { msn: number; part: number } {
    return { msn: this.#open?.msn ?? this.#nextMsn, part: this.#open?.parts.length ?? 0 };
  }

  /** True once the stream has reached this segment (whole), or this part of it; what has been and gone counts as reached. */
  has(msn: number, part: number | null): boolean {
    const next = this.position();
    if (msn !== next.msn) {
      if (msn > next.msn) return false;
      const segment = this.#complete.find((one) => one.msn === msn);
      return part === null || !segment || part < segment.parts.length;
    }
    return part !== null && part < next.part;
  }

  /** A new part exists. */
  onAdvance(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The multivariant playlist (clause 4.4.6.2). */
  master(mediaUri: string): string {
    const segments = [...this.#complete, ...(this.#open ? [this.#open] : [])].filter((segment) => segment.ticks > 0);
    const rates = segments.map((segment) => (segment.bytes * 8 * timescale) / segment.ticks);
    const track = this.#init?.track;
    const attributes = [
      `BANDWIDTH=${Math.ceil(Math.max(64_000, ...rates))}`,
      ...(track ? [`CODECS="${codecStringOf(track)}"`, `RESOLUTION=${track.info.width}x${track.info.height}`] : []),
      ...(this.#lastInterval > 0 ? [`FRAME-RATE=${(timescale / this.#lastInterval).toFixed(3)}`] : []),
    ];
    return `#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-STREAM-INF:${attributes.join(',')}\n${mediaUri}\n`;
  }

  /** The media playlist; made once for each part. */
  media(): string {
    this.#playlist ??= renderMediaPlaylist({
      targetSeconds: this.#targetSeconds ?? targetSeconds.least,
      partTargetSeconds: this.#partTargetTicks() / timescale,
      discontinuitySequence: this.#discontinuitySequence,
      complete: this.#complete,
      open: this.#open,
      next: this.position(),
    });
    return this.#playlist;
  }

  /** `init-<n>.mp4`, `s<msn>.m4s` or `p<msn>.<part>.m4s`; undefined when there is none such, or no longer. */
  resource(name: string): { bytes: Uint8Array; contentType: string } | undefined {
    const init = this.#inits.get(name);
    if (init) return { bytes: init.bytes, contentType: 'video/mp4' };
    const match = /^([sp])(\d{1,15})(?:\.(\d{1,9}))?\.m4s$/.exec(name);
    if (!match || (match[1] === 'p') !== (match[3] !== undefined)) return undefined;
    const msn = Number(match[2]);
    const segment = this.#complete.find((one) => one.msn === msn);
    const bytes =
      match[3] === undefined
        ? segment && wholeOf(segment)
        : (segment ?? (this.#open?.msn === msn ? this.#open : undefined))?.parts[Number(match[3])]?.bytes;
    return bytes && { bytes, contentType: 'video/iso.segment' };
  }

  /** One part; undefined when there is none such, or no longer. */
  fragment(msn: number, index: number): Fragment | undefined {
    const segment = this.#open?.msn === msn ? this.#open : this.#complete.find((one) => one.msn === msn);
    const part = segment?.parts[index];
    if (!segment || !part) return undefined;
    const startUs = Math.round((part.startTicks * 1_000_000) / timescale);
    return { bytes: part.bytes, key: part.key, startUs, receivedAtMs: part.receivedAtMs, init: this.#inits.get(segment.initName)! };
  }

  /** The latest part that begins with a key picture; null while there is none. */
  lastIndependent(): { msn: number; part: number } | null {
    for (const segment of [this.#open, ...this.#complete.toReversed()]) {
      const part = segment?.parts.findLastIndex(({ key }) => key) ?? -1;
      if (segment && part >= 0) return { msn: segment.msn, part };
    }
    return null;
  }

  #isHole(unit: AccessUnit): boolean {
    const last = this.#pending.at(-1);
    if (!last || this.#originUs === null) return false;
    const gap = this.#ticks(unit.dtsUs) - last.dts;
    // No segment could hold a picture that is shown for longer than the target duration.
    return gap < 0 || gap > Math.min(this.#maxSegmentTicks(), Math.max(holeTicks, 4 * (this.#lastInterval || Number.POSITIVE_INFINITY)));
  }

  /** Rounded to whole seconds, a segment may be as long as the target duration (clause 4.4.3.1). */
  #maxSegmentTicks(): number {
    return ((this.#targetSeconds ?? targetSeconds.most) + 0.49) * timescale;
  }

  #ticks(us: number): number {
    return Math.round(((us - (this.#originUs ?? us)) * timescale) / 1_000_000);
  }

  /** The times or the pictures do not go on: close what is there; the next key picture begins a new timeline. */
  #break(): void {
    const last = this.#pending.at(-1);
    if (last) this.#closePart(last.dts + (this.#lastInterval || nominalIntervalTicks));
    this.#closeSegment();
    this.#waitsForKey = true;
    this.#breakPending = true;
    if (last) this.#announce();
  }

  /** Makes a new initialisation segment when codec or parameter sets changed; false when the unit has none that can be used. */
  #takeParameterSets(unit: AccessUnit, codec: VideoCodec): boolean {
    const old = this.#init?.track.codec === codec ? this.#init.track : null;
    // Nearly always the same bytes as before: comparing is cheaper than parsing.
    if (old && !this.#breakPending && this.#parameterSets && hasPrefix(unit.annexB, this.#parameterSets)) return true;
    const track = readVideoTrack(codec, unit.annexB);
    if (track === 'none' && old) {
      if (this.#breakPending) this.#useTrack(old);
      return true;
    }
    if (track === null || track === 'none') return false;
    const isSame = old !== null && isSameTrack(old, track);
    this.#parameterSets = parameterPrefixOf(unit.annexB, track);
    if (isSame && !this.#breakPending) return true;
    if (this.#init && !isSame && !this.#breakPending) this.#break();
    this.#useTrack(copyTrack(track));
    return true;
  }

  #useTrack(track: VideoTrack): void {
    this.#initCount += 1;
    this.#init = { name: `init-${this.#initCount}.mp4`, bytes: writeInitSegment(track), track };
    this.#inits.set(this.#init.name, this.#init);
    this.#heldBytes += this.#init.bytes.length;
  }

  #take(unit: AccessUnit): void {
    if (this.#breakPending || this.#originUs === null) {
      // The new timeline goes on where the old one ended, whatever the source's clock says.
      this.#originUs = unit.dtsUs - (this.#endTicks * 1_000_000) / timescale;
    }
    const lastDts = this.#pending.at(-1)?.dts;
    const dts = Math.max(this.#ticks(unit.dtsUs), (lastDts ?? this.#endTicks - 1) + 1);
    if (lastDts !== undefined) {
      this.#lastInterval = dts - lastDts;
      if (this.#partEndsBefore(dts, unit)) {
        this.#closePart(dts);
        if (this.#cutBefore(unit)) this.#closeSegment();
        this.#addPending(unit, dts);
        this.#announce();
        return;
      }
    }
    this.#addPending(unit, dts);
  }

  #addPending(unit: AccessUnit, dts: number): void {
    this.#first ??= { unit, discontinuity: this.#breakPending };
    this.#breakPending = false;
    this.#pending.push({ annexB: unit.annexB, dts, pts: Math.max(this.#ticks(unit.ptsUs), 0), key: unit.key });
    this.#pendingBytes += unit.annexB.length;
  }

  #newSegment(first: Part, discontinuity: boolean): Segment {
    return {
      msn: this.#nextMsn,
      head: dateLine(first.receivedAtMs),
      partLines: '',
      tail: '',
      independent: first.key,
      parts: [],
      initName: this.#init!.name,
      discontinuity: discontinuity && this.#nextMsn > 0,
      ticks: 0,
      longestPartTicks: 0,
      bytes: 0,
    };
  }

  /** A part ends before a key picture that begins a segment, and before the picture that would make it longer than the target. */
  #partEndsBefore(dts: number, unit: AccessUnit): boolean {
    const first = this.#pending[0]!;
    if (unit.key && this.#isSegmentDue((this.#open?.ticks ?? 0) + dts - first.dts)) return true;
    if (this.#pendingBytes + unit.annexB.length > maxPartBytes || this.#pending.length >= maxPartSamples) return true;
    // One more picture would last until about here; a millisecond of grace for times that were rounded.
    return dts + this.#lastInterval - first.dts > this.#partTicks + timescale / 1000;
  }

  /** The segment under way is long enough to end at a key picture; the first two are in a hurry. */
  #isSegmentDue(ticks: number): boolean {
    return ticks >= minSegmentTicks - timescale / 20 || (this.#open?.msn ?? this.#nextMsn) <= 1;
  }

  #cutBefore(unit: AccessUnit): boolean {
    const segment = this.#open!;
    if (unit.key) return this.#isSegmentDue(segment.ticks);
    if (segment.ticks + this.#partTargetTicks() <= this.#maxSegmentTicks() && segment.bytes + maxPartBytes <= maxSegmentBytes) return false;
    this.counters.forcedCuts += 1;
    return true;
  }

  /**
   * Ends the very first segment when all that came at once is in it, be it in the middle of a GOP. Its parts are not listed:
   * it is there to be taken whole. Beside an INDEPENDENT part, hls.js would take it in parts and then whole once more, because
   * the next segment has no part that it could begin with.
   */
  #endStarter(): void {
    if (this.#open?.msn !== 0) return;
    this.#open.partLines = '';
    this.#closeSegment();
    this.#announce();
  }

  /** PART-TARGET: what was asked for, or the longest part that is listed when a slow camera's pictures last longer. */
  #partTargetTicks(): number {
    let longest = this.#partTicks;
    for (const segment of this.#complete) longest = Math.max(longest, segment.longestPartTicks);
    return Math.max(longest, this.#open?.longestPartTicks ?? 0);
  }

  #closePart(end: number): void {
    const { unit, discontinuity } = this.#first!;
    const startTicks = this.#pending[0]!.dts;
    const ticks = end - startTicks;
    // Longer than could be foreseen.
    if (this.#open && this.#open.ticks + ticks > this.#maxSegmentTicks()) {
      this.counters.forcedCuts += 1;
      this.#closeSegment();
    }
    this.#sequence += 1;
    const bytes = writeMediaPart(this.#init!.track.codec, this.#sequence, this.#pending, end);
    const part: Part = { bytes, startTicks, ticks, key: unit.key, receivedAtMs: unit.receivedAtMs };
    this.#open ??= this.#newSegment(part, discontinuity);
    append(this.#open, part);
    this.#heldBytes += bytes.length;
    this.#endTicks = end;
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#first = null;
    // After whatever is being pushed in one go: a viewer begins with all the pictures that were kept for him.
    if (this.#sequence === 1) queueMicrotask(() => this.#endStarter());
  }

  #closeSegment(): void {
    const segment = this.#open;
    if (!segment) return;
    this.#open = null;
    segment.tail = segmentTail(segment.msn, segment.ticks / timescale);
    this.#complete.push(segment);
    this.#nextMsn = segment.msn + 1;
    this.#targetSeconds ??= Math.max(targetSeconds.least, Math.round(segment.ticks / timescale));
    while (this.#complete.length > this.#keep) this.#evict(this.#complete.shift()!);
  }

  #evict(segment: Segment): void {
    this.#heldBytes -= segment.bytes;
    if (segment.discontinuity) this.#discontinuitySequence += 1;
    const inUse = new Set([this.#init!.name, ...this.#complete.map((one) => one.initName)]);
    for (const [name, init] of this.#inits) {
      if (inUse.has(name)) continue;
      this.#inits.delete(name);
      this.#heldBytes -= init.bytes.length;
    }
  }

  #announce(): void {
    this.#playlist = null;
    for (const listener of this.#listeners) listener();
  }
}

function append(segment: Segment, part: Part): void {
  segment.partLines += partLine(segment.msn, segment.parts.length, part.ticks / timescale, part.key);
  segment.parts.push(part);
  segment.ticks += part.ticks;
  segment.longestPartTicks = Math.max(segment.longestPartTicks, part.ticks);
  segment.bytes += part.bytes.length;
}

/** The segment in one piece. Made when somebody asks; from then on the parts are views into it. */
function wholeOf(segment: Segment): Uint8Array {
  const { parts } = segment;
  const first = parts[0]!.bytes;
  if (first.buffer.byteLength === segment.bytes) return new Uint8Array(first.buffer);
  const whole = new Uint8Array(segment.bytes);
  let at = 0;
  for (const part of parts) {
    whole.set(part.bytes, at);
    part.bytes = whole.subarray(at, at + part.bytes.length);
    at += part.bytes.length;
  }
  return whole;
}
