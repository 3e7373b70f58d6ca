import type { EpochMs } from '../../../main/contract/time.ts';

export interface ListedPart {
  readonly seconds: number;
  /** Begins with a key picture. */
  readonly independent: boolean;
}

export interface ListedSegment {
  /** Media sequence number. */
  readonly msn: number;
  readonly parts: readonly ListedPart[];
  complete: boolean;
  /** When the relay received the segment's first picture. */
  readonly startsAtMs: EpochMs;
  readonly initName: string;
  /** Times or parameters jump before this segment. */
  readonly discontinuity: boolean;
}

export interface MediaPlaylist {
  readonly targetSeconds: number;
  readonly partTargetSeconds: number;
  readonly discontinuitySequence: number;
  readonly complete: readonly ListedSegment[];
  readonly open: ListedSegment | null;
  /** The part that will exist next. */
  readonly next: { readonly msn: number; readonly part: number };
}

/** Segments whose parts are still listed, the open one counted: enough for anyone who plays near the edge (clause 4.4.4.9). */
const segmentsWithParts = 3;

/** Decimal places of all durations: microseconds. */
const places = 6;

/** Writes a low-latency media playlist; clauses of draft-pantos-hls-rfc8216bis. URIs are relative. */
export function renderMediaPlaylist(list: MediaPlaylist): string {
  const { complete, open, next } = list;
  const segments = open && open.parts.length > 0 ? [...complete, open] : complete;
  const partTarget = Math.ceil(list.partTargetSeconds * 1000) / 1000;
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:6',
    `#EXT-X-TARGETDURATION:${list.targetSeconds}`,
    // 4.4.3.8: PART-HOLD-BACK must be at least twice and should be at least three times the part target.
    `#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=${(partTarget * 3).toFixed(3)}`,
    `#EXT-X-PART-INF:PART-TARGET=${partTarget.toFixed(3)}`,
    `#EXT-X-MEDIA-SEQUENCE:${segments[0]?.msn ?? next.msn}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${list.discontinuitySequence}`,
  ];
  if (segments.length > 0 && segments.every((segment) => segment.parts[0]?.independent)) lines.push('#EXT-X-INDEPENDENT-SEGMENTS');
  let init = '';
  for (const segment of segments) {
    if (segment.discontinuity) lines.push('#EXT-X-DISCONTINUITY');
    if (segment.initName !== init || segment.discontinuity) lines.push(`#EXT-X-MAP:URI="${segment.initName}"`);
    init = segment.initName;
    lines.push(`#EXT-X-PROGRAM-DATE-TIME:${new Date(segment.startsAtMs).toISOString()}`);
    // The hint alone counts as the open segment when that has no part yet.
    if (segment.msn > next.msn - segmentsWithParts) {
      segment.parts.forEach((part, number) => {
        const independent = part.independent ? ',INDEPENDENT=YES' : '';
        lines.push(`#EXT-X-PART:DURATION=${part.seconds.toFixed(places)},URI="p${segment.msn}.${number}.m4s"${independent}`);
      });
    }
    if (segment.complete)
      lines.push(`#EXTINF:${segment.parts.reduce((sum, part) => sum + part.seconds, 0).toFixed(places)},`, `s${segment.msn}.m4s`);
  }
  lines.push(`#EXT-X-PRELOAD-HINT:TYPE=PART,URI="p${next.msn}.${next.part}.m4s"`, '');
  return lines.join('\n');
}
