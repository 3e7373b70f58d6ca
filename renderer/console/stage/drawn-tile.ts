import type { TileState } from '../../../layouts/contract.ts';
import type { SolvedTile } from '../../../layouts/solve.ts';
import type { ErrorCode } from '../../../main/contract/errors.ts';
import { text } from '../../i18n/index.ts';
import { problemText } from '../../i18n/problem-text.ts';
import { isAbnormal, isThinned } from '../screen-truth.ts';
import { tileNumber, type ScreenView } from '../wall-view.ts';

/** A tile as it is written on the stage. */
export interface DrawnTile {
  readonly tile: SolvedTile;
  /** Of its screen; 0 for one across screens. */
  readonly number: number;
  readonly title: string;
  readonly name: string;
  readonly state: TileState | 'unknown';
  readonly differs: boolean;
  readonly age: string | null;
  /** What it gets instead of more, and why; null when nothing is held back. */
  readonly stream: string | null;
  readonly thinned: boolean;
  readonly reason: string | null;
  /** `tiny`: there is room for its number on the screen, and for no name. */
  readonly size: 'tiny' | 'small' | 'middle' | 'large';
}

/** What is known of a camera that a tile shows: undefined while the directory is not there, null when it is not in it. */
export type CameraOf = (cameraId: string) => { readonly number: string; readonly name: string } | null | undefined;

/** Puts one tile into words. `scale`: CSS pixels on the stage a wall pixel. */
export function drawnTile(view: ScreenView, tile: SolvedTile, scale: number, cameraOf: CameraOf): DrawnTile {
  const { panel, rect } = tile;
  const { state, shown, differs } = view.truth.tiles.get(tile.tileId) ?? { state: 'unknown' as const, shown: null, differs: false };
  const words = { title: '', name: '' };
  if (panel?.panel === 'video') {
    const camera = cameraOf(panel.cameraId);
    words.title = camera?.number ?? '—';
    words.name = camera?.name ?? (camera === null ? text('console.wall.tileUnknown') : '');
  } else if (panel?.panel === 'clock') words.title = text('console.wall.clock');
  else if (panel?.panel === 'note') Object.assign(words, { title: text('console.wall.note'), name: panel.text });
  else if (panel?.panel === 'camera-health') words.title = text('console.wall.health');
  else if (panel?.panel === 'trend' || panel?.panel === 'gauge')
    Object.assign(words, { title: text(`editor.panel.${panel.panel}`), name: panel.title ?? '' });
  else if (panel) words.title = text(`editor.panel.${panel.panel}`);
  const width = rect.width * scale;
  const tall = rect.height * scale;
  const hasAge = shown?.frameAgeMs !== null && shown?.frameAgeMs !== undefined && !differs && state !== 'offline' && state !== 'empty';
  const mark = view.streams.get(tile.tileId);
  const stream = mark ? text(`console.wall.stream.${mark.stream}`) : null;
  const why =
    mark &&
    text(mark.by === 'screen' ? 'console.wall.streamWhy' : 'console.wall.streamPlan', {
      stream,
      why: problemText({ code: mark.reason as ErrorCode }),
    });
  const bad = (state === 'offline' || state === 'suspect') && shown?.reason ? problemText({ code: shown.reason as ErrorCode }) : null;
  return {
    tile,
    number: tileNumber(view, tile.tileId),
    ...words,
    state,
    differs,
    age: hasAge ? `${(shown.frameAgeMs! / 1000).toFixed(1)} s` : null,
    stream,
    thinned: !differs && isThinned(shown),
    reason: bad ?? why ?? null,
    size: width < 76 ? 'tiny' : width < 105 || tall < 58 ? 'small' : width < 230 ? 'middle' : 'large',
  };
}

/** True when there is room for more than a line. */
export const hasRoom = ({ size }: Pick<DrawnTile, 'size'>): boolean => size === 'middle' || size === 'large';

/** What is to be said of its picture in a word; empty when it is as it should be. */
export function tileWord({ differs, stream, thinned, state }: DrawnTile): string {
  if (differs) return text('console.wall.different');
  if (stream !== null && (thinned || state === 'unknown' || state === 'live')) return stream;
  return isAbnormal(state) || state === 'starting' ? text(`common.tile.${state as TileState}`) : '';
}

/** What the tile has no room to say. */
export const tileHint = (tile: DrawnTile, held: string): string =>
  [tile.size === 'tiny' ? `${tile.title} ${tile.name}`.trim() : '', tile.reason ?? '', held].filter(Boolean).join('\n');

/** All of it in one line, for whoever hears it. */
export function tileLabel(view: ScreenView, tile: DrawnTile, held: string): string {
  const word = tileWord(tile);
  const state =
    tile.state === 'unknown' ? (tile.differs ? '' : text('console.wall.unreported')) : text(`common.tile.${tile.state as TileState}`);
  return [
    view.screen.name,
    tile.number > 0 ? text('console.wall.tile', { n: tile.number }) : text('console.wall.spanning'),
    tile.title || text('console.wall.tileEmpty'),
    tile.name,
    word,
    state === word ? '' : state,
    held,
  ]
    .filter(Boolean)
    .join(' · ');
}
