import { camerasOf, type DecodeCapacity, type PanelRef, type Rect, type Scene, type StillScene } from './contract.ts';
import { contrastRatio, leastContrast, worstGround } from './contrast.ts';
import { planDecoding } from './decode-plan.ts';
import { leastArcMin, legibilityOf, type Seating } from './legibility.ts';
import { panelFits, panelInfo, panelTexts, type PanelKind, type PanelText } from './panels.ts';
import { solveScene, type SolvedTile } from './solve.ts';
import { tileIdOf } from './templates.ts';

/** What a scene is judged by. */
export interface CheckAgainst {
  readonly screen: Rect;
  readonly wall: Seating;
  /** What the screen can decode; null while nobody knows. */
  readonly capacity: DecodeCapacity | null;
  /** Colours by token name, as `renderer/theme/tokens.css` has them behind `--c-`; what is not there is not judged. */
  readonly colours: ReadonlyMap<string, string>;
  /** Who is to watch it together; absent: one. */
  readonly operators?: number;
  cameraExists(cameraId: string): boolean;
}

/** What can be wrong with a scene, and where the rule comes from. */
export const checkSources = {
  'text-too-small': 'legibility',
  'contrast-low': 'contrast',
  'too-many-pictures': 'attention',
  'tiles-overlap': 'screen',
  'tile-outside': 'screen',
  'tile-cut': 'screen',
  'panel-too-small': 'panel',
  'camera-gone': 'directory',
  'pictures-thinned': 'decoding',
} as const;
export type CheckCode = keyof typeof checkSources;
export type CheckSource = (typeof checkSources)[CheckCode];

/** One finding. It forbids nothing: `warning` is worth a change, `note` is worth knowing. */
export interface CheckFinding {
  readonly severity: 'warning' | 'note';
  readonly code: CheckCode;
  /** The tour's step, from 1; null outside tours. */
  readonly step: number | null;
  /** Which tiles it is about; empty when it is about all of the scene. */
  readonly tileIds: readonly string[];
  readonly params: Readonly<Record<string, string | number>>;
}

/** Detection falls beyond it: see the source `attention`. */
export const maxWatchedPictures = 9;

/** The part of a screen's height that its bar takes from the scene. */
const barPart = 0.04;

/**
 * Looks at a scene as it will lie on a screen: can its texts be read from the farthest seat, can its pictures be watched and decoded, is everything
 * where it can be seen. The same scene on the same screen always has the same findings, the gravest first.
 */
export function layoutCheck(scene: Scene, against: CheckAgainst): CheckFinding[] {
  const found =
    scene.kind === 'tour'
      ? scene.steps.flatMap((step, index) => checkStill(step.scene, against).map((each) => ({ ...each, step: index + 1 })))
      : checkStill(scene, against).map((each) => ({ ...each, step: null }));
  return found.sort((a, b) => Number(a.severity === 'note') - Number(b.severity === 'note'));
}

type Finding = Omit<CheckFinding, 'step'>;

function checkStill(still: StillScene, against: CheckAgainst): Finding[] {
  const solved = solveScene(still, against.screen, 0);
  const tiles = solved.filter((tile): tile is FilledTile => tile.panel !== null);
  return [
    ...gone(still, tiles, against),
    ...outside(still, tiles, against.screen),
    ...overlaps(tiles),
    ...tooSmall(tiles),
    ...watched(still, against),
    ...thinned(tiles, against),
    ...texts(tiles, against),
  ];
}

type FilledTile = SolvedTile & { readonly panel: PanelRef };

const warning = (code: CheckCode, tileIds: readonly string[], params: CheckFinding['params'] = {}): Finding[] =>
  tileIds.length === 0 ? [] : [{ severity: 'warning', code, tileIds, params }];
const idsOf = (tiles: readonly SolvedTile[]) => tiles.map(({ tileId }) => tileId);

function gone(still: StillScene, tiles: readonly FilledTile[], { cameraExists }: CheckAgainst): Finding[] {
  const cameras = camerasOf(still).filter((id) => !cameraExists(id));
  if (cameras.length === 0) return [];
  const shows = tiles.filter(({ panel }) => panel.panel === 'video' && cameras.includes(panel.cameraId));
  return warning('camera-gone', idsOf(shows), { cameras: cameras.length });
}

function outside(still: StillScene, tiles: readonly FilledTile[], screen: Rect): Finding[] {
  if (still.kind !== 'free') return [];
  const seen = new Set(idsOf(tiles));
  const lost = still.tiles.map((_, index) => tileIdOf(still, index)).filter((tileId) => !seen.has(tileId));
  const cut = tiles.filter(({ rect: { x, y, width, height } }) => x < 0 || y < 0 || x + width > screen.width || y + height > screen.height);
  return [...warning('tile-outside', lost), ...warning('tile-cut', idsOf(cut))];
}

function overlaps(tiles: readonly FilledTile[]): Finding[] {
  const involved = new Set<string>();
  let pairs = 0;
  for (const [index, { rect, tileId }] of tiles.entries())
    for (const below of tiles.slice(0, index)) {
      if (!overlap(rect, below.rect)) continue;
      pairs += 1;
      involved.add(below.tileId).add(tileId);
    }
  return warning('tiles-overlap', [...involved], { pairs });
}

const overlap = (a: Rect, b: Rect) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

function tooSmall(tiles: readonly FilledTile[]): Finding[] {
  return kindsOf(tiles).flatMap(([kind, ofKind]) => {
    const { minWidth, minHeight } = panelInfo(kind);
    return warning('panel-too-small', idsOf(ofKind.filter(({ rect }) => !panelFits(kind, rect))), { panel: kind, minWidth, minHeight });
  });
}

function watched(still: StillScene, { operators = 1 }: CheckAgainst): Finding[] {
  const panels = still.kind === 'free' ? still.tiles.map(({ panel }) => panel) : still.tiles;
  const pictures = panels.filter((panel) => panel?.panel === 'video').length;
  const most = maxWatchedPictures * operators;
  return pictures > most ? [{ severity: 'warning', code: 'too-many-pictures', tileIds: [], params: { pictures, max: most } }] : [];
}

function thinned(tiles: readonly FilledTile[], { capacity }: CheckAgainst): Finding[] {
  if (!capacity) return [];
  // Wall pixels stand for those of the display, which only the screen knows.
  const planned = planDecoding(
    tiles.flatMap(({ tileId, rect, panel }) =>
      panel.panel === 'video'
        ? [{ tileId, width: rect.width, height: rect.height, profile: panel.profile, focus: false, alarm: false }]
        : [],
    ),
    capacity,
  );
  const less = planned.filter(({ reason }) => reason !== null).map(({ tileId }) => tileId);
  return warning('pictures-thinned', less, { pictures: less.length, of: planned.length });
}

/** One finding for each text of a panel kind, with its worst tile: nine tiles of one size are one thing to mend. */
function texts(tiles: readonly FilledTile[], { wall, screen, colours }: CheckAgainst): Finding[] {
  const below = 1 - Math.round(screen.height * barPart) / screen.height;
  return kindsOf(tiles).flatMap(([kind, ofKind]) => {
    const judged = ofKind.map(({ tileId, panel, rect }) => ({
      tileId,
      texts: panelTexts(panel),
      room: { width: rect.width, height: rect.height * below, wall },
    }));
    const names = [...new Set(judged.flatMap(({ texts: written }) => written.map(({ name }) => name)))];
    return names.flatMap((name) => {
      const each = judged.flatMap(({ tileId, texts: written, room }) =>
        written.filter((text) => text.name === name).map((text) => ({ tileId, text, fontPx: text.fontPx(room) })),
      );
      return [...legible(kind, name, each, wall), ...contrasts(kind, name, each, colours)];
    });
  });
}

interface JudgedText {
  readonly tileId: string;
  readonly text: PanelText;
  readonly fontPx: number;
}

function legible(kind: PanelKind, name: string, each: readonly JudgedText[], wall: Seating): Finding[] {
  const short = each.flatMap(({ tileId, text, fontPx }) => {
    if (text.meantFor !== 'room') return [];
    const script = text.script === 'shape' ? 'latin' : text.script;
    const judged = legibilityOf(fontPx, script, wall);
    return judged.legible ? [] : [{ tileId, fontPx, leastArcMin: leastArcMin[script], ...judged }];
  });
  const [worst] = short.toSorted((a, b) => a.arcMin / a.leastArcMin - b.arcMin / b.leastArcMin);
  if (!worst) return [];
  return warning(
    'text-too-small',
    short.map(({ tileId }) => tileId),
    {
      panel: kind,
      text: name,
      arcMin: rounded(worst.arcMin),
      leastArcMin: worst.leastArcMin,
      fontPx: Math.floor(worst.fontPx),
      neededPx: Math.ceil(worst.neededPx),
      readableWithinM: Math.floor(worst.readableWithinM * 10) / 10,
      timesLarger: Math.ceil((worst.neededPx / worst.fontPx) * 10) / 10,
    },
  );
}

/** Never rounded up to what would have been enough. */
const rounded = (value: number) => Math.floor(value * 10) / 10;

function contrasts(kind: PanelKind, name: string, each: readonly JudgedText[], colours: ReadonlyMap<string, string>): Finding[] {
  const text = each[0]?.text;
  const ink = text && colours.get(text.ink);
  const ground = text && worstGround(colours.get(text.ground) ?? '');
  const ratio = ink && ground ? contrastRatio(ink, ground) : null;
  if (!text || ratio === null) return [];
  const least = text.script === 'shape' ? leastContrast.shape : leastContrast[text.meantFor];
  if (ratio >= least) return [];
  return warning(
    'contrast-low',
    each.map(({ tileId }) => tileId),
    { panel: kind, text: name, ratio: rounded(ratio), least },
  );
}

function kindsOf(tiles: readonly FilledTile[]): [PanelKind, readonly FilledTile[]][] {
  return [...Map.groupBy(tiles, ({ panel }) => panel.panel)];
}
