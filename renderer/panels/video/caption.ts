import type { ErrorCode } from '../../../main/contract/errors.ts';
import type { TileState } from '../../../layouts/contract.ts';
import type { PictureReading } from '../../player/frame-watch.ts';
import type { TilePlay } from '../../player/player-choice.ts';
import { hasText, type MessageKey } from '../../i18n/index.ts';

/** What a tile writes on its picture. All that is here is seen: two captions that are equal need no rendering. */
export interface Caption {
  readonly state: TileState;
  /** Seconds, rounded as they are shown; null where the age is not told. */
  readonly age: string | null;
  /** What is amiss with a picture that comes, in a word or two. */
  readonly word: MessageKey | null;
  /** Why no picture comes, in a sentence; null: nothing is known of it. */
  readonly why: ErrorCode | null;
  /** Hub time since when there has been no good picture. */
  readonly since: number | null;
  /** The shape that says so from afar. What is held back by plan is said, not cried. */
  readonly mark: boolean;
}

/** A tile from this width on, in CSS pixels, tells the age of its live picture, too: somebody sits near it and looks. */
const agesFromPx = 480;

/** What is written on a tile of `width` CSS pixels. */
export function captionOf(reading: PictureReading, play: Pick<TilePlay, 'engine' | 'stream' | 'reason'>, width: number): Caption {
  const { state, reason, frameAgeMs } = reading;
  const heldBack = play.engine === 'mosaic' && (play.stream === 'key-only' || play.stream === 'still') ? play.stream : null;
  const comes = state === 'live' || state === 'delayed' || state === 'suspect';
  const late = state === 'delayed' && heldBack === null;
  const tellsAge = frameAgeMs !== null && (state === 'stalled' || late || (comes && width >= agesFromPx));
  return {
    state,
    age: tellsAge ? ageWords(frameAgeMs, width >= agesFromPx) : null,
    word: comes ? wordOf(reading, play, heldBack, width) : null,
    why: comes || state === 'empty' ? null : reason,
    since: state === 'stalled' || state === 'offline' ? reading.since : null,
    mark: state !== 'live' && state !== 'starting' && (state !== 'delayed' || late),
  };
}

/** Tenths where somebody may look at them, whole seconds elsewhere: they change less often. */
function ageWords(frameAgeMs: number, near: boolean): string {
  return near && frameAgeMs < 10_000 ? (frameAgeMs / 1000).toFixed(1) : Math.round(frameAgeMs / 1000).toString();
}

function wordOf(
  { state, reason }: PictureReading,
  play: Pick<TilePlay, 'engine' | 'stream' | 'reason'>,
  heldBack: 'key-only' | 'still' | null,
  width: number,
): MessageKey | null {
  if (state === 'suspect') return textAt(`wall.tile.fault.${reason}`) ?? 'wall.tile.suspect';
  const thinned = reason === null ? null : textAt(`wall.tile.thinned.${reason}`);
  if (thinned !== null) return thinned;
  if (state === 'delayed' && heldBack === null) return 'wall.tile.delayed';
  const planned = play.reason === null ? null : textAt(`${plannedWords}${play.reason}.${width < plannedFromPx ? 'short' : play.stream}`);
  return planned ?? (heldBack === null ? null : heldBack === 'still' ? 'wall.tile.still' : 'wall.tile.keyOnly');
}

const plannedWords = 'wall.tile.planned.';
/** On a narrower tile the reason alone has room beside the number; two lines would hide a third of the picture. */
const plannedFromPx = 200;

/** Whether a word tells of what the plan holds back: that is said, not cried. */
export const isByPlan = (word: MessageKey | null): boolean =>
  word !== null && (word.startsWith(plannedWords) || word === 'wall.tile.keyOnly' || word === 'wall.tile.still');

/** Why no picture comes in as few words as a tile of a dense wall has room for; null where there are none. */
export const whyWord = (code: ErrorCode): MessageKey | null => textAt(`wall.tile.why.${code}`) ?? textAt(`wall.tile.thinned.${code}`);

const textAt = (key: string): MessageKey | null => (hasText(key) ? key : null);

/** Whether two captions look the same. */
export function sameCaption(a: Caption, b: Caption): boolean {
  return a.state === b.state && a.age === b.age && a.word === b.word && a.why === b.why && a.since === b.since && a.mark === b.mark;
}
