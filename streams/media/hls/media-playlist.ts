import type { EpochMs } from '../../../main/contract/time.ts';

export interface ListedSegment {
  /** Media sequence number. */
  readonly msn: number;
  readonly initName: string;
  /** Times or parameters jump before this segment. */
  readonly discontinuity: boolean;
  /** The lines above the parts, the lines of the parts, and the lines below, which only a complete segment has. */
  readonly head: string;
  partLines: string;
  tail: string;
  /** Begins with a key picture. */
  readonly independent: boolean;
}

export interface MediaPlaylist {
  readonly targetSeconds: number;
  readonly partTargetSeconds: number;
  readonly discontinuitySequence: number;
  readonly complete: readonly ListedSegment[];
  /** The segment under way, when it has a part. */
  readonly open: ListedSegment | null;
  /** The part that will exist next. */
  readonly next: { readonly msn: number; readonly part: number };
}

/** Segments whose parts are still listed, the open one counted: enough for anyone who plays near the edge (clause 4.4.4.9). */
const segmentsWithParts = 3;

/** Decimal places of all durations: microseconds. */
const places = 6;

/** When the relay received the segment's first picture. */
export const dateLine = (startsAtMs: EpochMs): string => `#EXT-X-PROGRAM-DATE-TIME:${new Date(startsAtMs).toISOString()}\n`;

/** The line of one part. */
export const partLine = (msn: number, part: number, seconds: number, independent: boolean): string =>
  `#EXT-X-PART:DURATION=${seconds.toFixed(places)},URI="p${msn}.${part}.m4s"${independent ? ',INDEPENDENT=YES' : ''}\n`;

/** The lines after a complete segment's parts. */
export const segmentTail = (msn: number, seconds: number): string => `#EXTINF:${seconds.toFixed(places)},\ns${msn}.m4s\n`;

/** Writes a low-latency media playlist; clauses of draft-pantos-hls-rfc8216bis. URIs are relative. */
export function renderMediaPlaylist(list: MediaPlaylist): string {
  const { complete, open, next } = list;
  const segments = open ? [...complete, open] : complete;
  const partTarget = Math.ceil(list.partTargetSeconds * 1000) / 1000;
  // 4.4.3.8: PART-HOLD-BACK must be at least twice and should be at least three times the part target.
  let text = `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:${list.targetSeconds}
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=${(partTarget * 3).toFixed(3)}
#EXT-X-PART-INF:PART-TARGET=${partTarget.toFixed(3)}
#EXT-X-MEDIA-SEQUENCE:${segments[0]?.msn ?? next.msn}
#EXT-X-DISCONTINUITY-SEQUENCE:${list.discontinuitySequence}
`;
  if (segments.length > 0 && segments.every((segment) => segment.independent)) text += '#EXT-X-INDEPENDENT-SEGMENTS\n';
  let init = '';
  for (const segment of segments) {
    if (segment.discontinuity) text += '#EXT-X-DISCONTINUITY\n';
    // Not named again while it stays the same: players fetch and append it every time it is named.
    if (segment.initName !== init) text += `#EXT-X-MAP:URI="${segment.initName}"\n`;
    init = segment.initName;
    text += segment.head;
    // The hint alone counts as the open segment when that has no part yet.
    if (segment.msn > next.msn - segmentsWithParts) text += segment.partLines;
    text += segment.tail;
  }
  return `${text}#EXT-X-PRELOAD-HINT:TYPE=PART,URI="p${next.msn}.${next.part}.m4s"\n`;
}
