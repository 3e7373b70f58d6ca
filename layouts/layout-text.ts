import { problem, type Problem } from '../main/contract/errors.ts';
import {
  coveragePromise,
  maxTiles,
  panelRef,
  recallNumber,
  rect as rectSchema,
  type CoveragePromise,
  type LayoutDoc,
  type PanelRef,
  type Rect,
  type Scene,
  type SeriesRef,
  type StillScene,
  type TourScene,
} from './contract.ts';
import { layoutFormat, readLayout } from './migrate.ts';
import { emptyScene } from './scene-edit.ts';
import { splitTemplates, tileCount, type SplitTemplate } from './templates.ts';

/** What a text is made of, before it is written in lines: nothing but words, lists and named things, in the order in which they are read. */
export type TextTree = string | readonly TextTree[] | { readonly [key: string]: TextTree };

/** A layout as a text holds it: no id, no revision, cameras by number. */
export type TextLayout = Pick<LayoutDoc, 'name' | 'number' | 'scene'>;

/** So many tiles, empty ones too, one text may hold, and so many layouts. */
export const maxTextTiles = 10_000;
export const maxTextLayouts = 200;
/** So many faults are named; the rest is counted. */
const maxFaults = 200;

/** The name of the first line, which says in which format the text is. */
const header = 'taodu-layouts';

// ---- from layouts to text

/** A text of layouts, with how many tiles show cameras that are no more: those are written as empty, in free scenes left out. */
export interface LayoutsText {
  readonly tree: TextTree;
  readonly gone: number;
}

/** Writes layouts so that people read them and their differences: one thing a line, always in the same order, cameras by number. */
export function layoutsText(layouts: readonly TextLayout[], numberOf: (cameraId: string) => string | undefined): LayoutsText {
  let gone = 0;
  const panelText = (panel: PanelRef): Readonly<Record<string, TextTree>> | null => {
    switch (panel.panel) {
      case 'video': {
        const number = numberOf(panel.cameraId);
        if (number === undefined) {
          gone += 1;
          return null;
        }
        return { camera: number, ...(panel.profile === 'auto' ? {} : { picture: panel.profile }) };
      }
      case 'note':
        return { note: panel.text };
      case 'camera-health':
        return { 'camera-health': panel.district ?? 'all' };
      case 'clock':
        return { clock: 'hub' };
      case 'alerts':
        return { alerts: panel.atLeast ?? 'all' };
      case 'incidents':
        return { incidents: 'open' };
      case 'tasks':
        return { tasks: 'open' };
      case 'plan':
        return { plan: panel.systems ?? 'all' };
      case 'trend':
        return { trend: `${panel.hours}h`, series: panel.series.map(seriesText), ...titleText(panel.title) };
      case 'gauge':
        return {
          gauge: seriesText(panel.of),
          ...(panel.min === undefined ? {} : { min: `${panel.min}` }),
          ...(panel.max === undefined ? {} : { max: `${panel.max}` }),
          ...titleText(panel.title),
        };
    }
  };
  const stillText = (scene: StillScene): Readonly<Record<string, TextTree>> => {
    switch (scene.kind) {
      case 'grid':
        return { grid: `${scene.rows}x${scene.cols}`, tiles: places(scene) };
      case 'split':
        return { split: scene.template, tiles: places(scene) };
      case 'free':
        return {
          free: scene.canvas ? `${scene.canvas.width}x${scene.canvas.height}` : 'wall',
          tiles: scene.tiles.flatMap(({ rect, panel, group }) => {
            const shows = panelText(panel);
            return shows ? [{ place: placeText(rect), ...shows, ...(group === undefined ? {} : { group }) }] : [];
          }),
        };
    }
  };
  const places = (scene: Exclude<StillScene, { kind: 'free' }>): TextTree[] =>
    Array.from({ length: tileCount(scene) }, (_, index) => {
      const panel = scene.tiles[index] ?? null;
      return (panel && panelText(panel)) ?? 'empty';
    });
  const sceneText = (scene: Scene): TextTree => {
    if (scene.kind !== 'tour') return stillText(scene);
    const loop = scene.loop === false ? { loop: 'no' } : {};
    if (scene.coverage) return { coverage: coverageText(scene.coverage), ...loop };
    return { ...loop, steps: scene.steps.map((step) => ({ dwell: dwellText(step.dwellMs), ...stillText(step.scene) })) };
  };
  const tree = {
    [header]: `${layoutFormat}`,
    layouts: layouts.map(({ name, number, scene }) => ({
      name,
      ...(number === null ? {} : { number: `${number}` }),
      scene: sceneText(scene),
    })),
  };
  return { tree, gone };
}

/** A quantity has no space in it, an indicator neither: the last space divides a thing from its quantity. */
const seriesText = (of: SeriesRef) => ('indicator' in of ? of.indicator : `${of.asset} ${of.quantity}`);
const titleText = (title: string | undefined) => (title === undefined ? {} : { title });
const placeText = ({ x, y, width, height }: Rect) => `${width}x${height}+${x}+${y}`;
const dwellText = (ms: number) => (ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`);
const coverageText = ({ district, groups, everyHours, rows, cols, dwellMs }: CoveragePromise): TextTree => ({
  district: district ?? 'all',
  ...(groups.length === 0 ? {} : { groups }),
  'every-hours': `${everyHours}`,
  grid: `${rows}x${cols}`,
  dwell: dwellText(dwellMs),
});

// ---- from text to layouts

/** Where something is in a text: keys and places in lists, from the outside in. */
export type TextPath = readonly (string | number)[];

/** One thing that is wrong. */
export interface TextFault {
  /** From 1; 0 when nobody knows. */
  readonly line: number;
  readonly problem: Problem;
  /** Which layout of the text, from 0; null for the text as a whole. */
  readonly layout: number | null;
  /** True: the layout is not read at all. False: one tile is left empty, or out. */
  readonly refuses: boolean;
}

/** A layout that was read, with its place among those of the text and its line. */
export interface ReadTextLayout extends TextLayout {
  readonly index: number;
  readonly line: number;
}

/** What a text holds, and everything that is wrong with it: layouts without a fault that refuses them can be taken, and the others are named. */
export interface LayoutsRead {
  readonly layouts: readonly ReadTextLayout[];
  /** How many the text holds, those that are refused with them. */
  readonly total: number;
  readonly faults: readonly TextFault[];
  readonly faultsLeftOut: number;
}

/**
 * Reads a text of layouts. `lineOf` answers the line of a place in it, `cameraIdOf` the camera of a number. A newer format is refused and so is
 * what is not whole: a grid has an entry for each of its places. A camera that nobody knows leaves its tile empty, and is named.
 */
export function readLayoutsText(
  input: unknown,
  lineOf: (path: TextPath) => number,
  cameraIdOf: (number: string) => string | undefined,
): LayoutsRead {
  const reading = new Reading(lineOf, cameraIdOf);
  const layouts = readAll(input, reading);
  const total = isRecord(input) && Array.isArray(input['layouts']) ? input['layouts'].length : 0;
  return { layouts, total, faults: reading.faults, faultsLeftOut: reading.faultsLeftOut };
}

/** One passage through a text; keeps what it finds wrong. */
class Reading {
  readonly faults: TextFault[] = [];
  faultsLeftOut = 0;
  /** The layout that is being read. */
  layout: number | null = null;
  /** A fault that refuses the layout was found in it. */
  refused = false;
  readonly lineOf: (path: TextPath) => number;
  readonly cameraIdOf: (number: string) => string | undefined;

  constructor(lineOf: (path: TextPath) => number, cameraIdOf: (number: string) => string | undefined) {
    this.lineOf = lineOf;
    this.cameraIdOf = cameraIdOf;
  }

  /** Notes a fault that refuses the layout; answers null, to be handed on. */
  refuse(path: TextPath, fault: Problem): null {
    this.refused = true;
    this.#add(path, fault, true);
    return null;
  }
  leaveOut(path: TextPath, fault: Problem): null {
    this.#add(path, fault, false);
    return null;
  }
  #add(path: TextPath, fault: Problem, refuses: boolean): void {
    if (this.faults.length >= maxFaults) this.faultsLeftOut += 1;
    else this.faults.push({ line: this.lineOf(path), problem: fault, layout: this.layout, refuses });
  }

  /** Named things, and none but these. */
  record(
    value: unknown,
    path: TextPath,
    allowed: readonly string[],
    required: readonly string[],
  ): Readonly<Record<string, unknown>> | null {
    if (!isRecord(value)) return this.refuse(path, invalid(path));
    for (const key of Object.keys(value)) if (!allowed.includes(key)) return this.refuse([...path, key], invalid([key]));
    for (const key of required) if (!Object.hasOwn(value, key)) return this.refuse(path, problem('field-missing', { field: key }));
    return value;
  }
  list(value: unknown, path: TextPath): readonly unknown[] | null {
    return Array.isArray(value) ? value : this.refuse(path, invalid(path));
  }
  /** The whole numbers that a word holds. */
  numbers(value: unknown, pattern: RegExp, path: TextPath): readonly number[] | null {
    const match = typeof value === 'string' ? pattern.exec(value) : null;
    const numbers = match?.slice(1).map(Number);
    return numbers?.every(Number.isSafeInteger) ? numbers : this.refuse(path, invalid(path));
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const shortened = (value: unknown) => String(typeof value === 'string' ? value : typeof value).slice(0, 64);
const invalid = (path: TextPath) =>
  problem('field-invalid', { field: shortened(path.findLast((part) => typeof part === 'string') ?? header) });
const sizeWord = /^(\d{1,6})x(\d{1,6})$/;
const placeWord = /^(\d{1,6})x(\d{1,6})\+(-?\d{1,6})\+(-?\d{1,6})$/;
const numberWord = /^(\d{1,6})$/;

function readAll(input: unknown, reading: Reading): ReadTextLayout[] {
  if (!isRecord(input) || !Object.hasOwn(input, header)) {
    reading.refuse([], problem('scene-invalid', { reason: 'header-missing' }));
    return [];
  }
  const version = reading.numbers(input[header], numberWord, [header])?.[0];
  if (version === undefined) return [];
  if (version > layoutFormat) {
    reading.refuse([header], problem('scene-invalid', { reason: 'format-newer', formatVersion: version, known: layoutFormat }));
    return [];
  }
  const book = reading.record(input, [], [header, 'layouts'], ['layouts']);
  const layouts = book && reading.list(book['layouts'], ['layouts']);
  if (!layouts) return [];
  if (layouts.length > maxTextLayouts) {
    reading.refuse(['layouts'], problem('payload-too-large'));
    return [];
  }
  if (tilesIn(layouts) > maxTextTiles) {
    reading.refuse(['layouts'], problem('too-many-tiles', { max: maxTextTiles }));
    return [];
  }
  return layouts.flatMap((layout, index) => {
    reading.layout = index;
    reading.refused = false;
    const read = readOne(layout, ['layouts', index], reading);
    return read && !reading.refused ? [{ ...read, index, line: reading.lineOf(['layouts', index]) }] : [];
  });
}

/** Entries of every list of tiles, before any of them is looked at. */
function tilesIn(layouts: readonly unknown[]): number {
  const tilesOf = (scene: unknown): number => (isRecord(scene) && Array.isArray(scene['tiles']) ? scene['tiles'].length : 0);
  let tiles = 0;
  for (const layout of layouts) {
    const scene = isRecord(layout) ? layout['scene'] : null;
    tiles += tilesOf(scene);
    if (isRecord(scene) && Array.isArray(scene['steps'])) for (const step of scene['steps'] as unknown[]) tiles += tilesOf(step);
  }
  return tiles;
}

function readOne(input: unknown, path: TextPath, reading: Reading): TextLayout | null {
  const layout = reading.record(input, path, ['name', 'number', 'scene'], ['name', 'scene']);
  if (!layout) return null;
  const scene = readScene(layout['scene'], [...path, 'scene'], reading);
  let number: number | null = null;
  if (Object.hasOwn(layout, 'number')) {
    const said = reading.numbers(layout['number'], numberWord, [...path, 'number']);
    if (!said) return null;
    const parsed = recallNumber.safeParse(said[0]);
    if (!parsed.success) return reading.refuse([...path, 'number'], invalid(['number']));
    number = parsed.data;
  }
  if (!scene) return null;
  // The last word has the reader that every layout from outside passes.
  const whole = readLayout({ id: 'text', name: layout['name'], scene, formatVersion: layoutFormat });
  if (!whole.ok) return reading.refuse(path, whole.error.params['at'] === 'name' ? invalid(['name']) : whole.error);
  return { name: whole.value.name, number, scene: whole.value.scene };
}

const shapes = ['grid', 'split', 'free'] as const;

function readScene(input: unknown, path: TextPath, reading: Reading): Scene | null {
  if (!isRecord(input)) return reading.refuse(path, invalid(path));
  if (Object.hasOwn(input, 'coverage')) return readCoverage(input, path, reading);
  if (!Object.hasOwn(input, 'steps')) return readStill(input, path, [], reading);
  const tour = reading.record(input, path, ['loop', 'steps'], []);
  const steps = tour && reading.list(tour['steps'], [...path, 'steps']);
  if (!tour || !steps) return null;
  if (steps.length === 0 || steps.length > 100) return reading.refuse([...path, 'steps'], invalid(['steps']));
  const read = steps.map((step, index) => {
    const at = [...path, 'steps', index];
    const dwellMs = isRecord(step) ? readDwell(step['dwell'], [...at, 'dwell'], reading) : null;
    const scene = readStill(step, at, ['dwell'], reading);
    return scene && dwellMs !== null ? { scene, dwellMs } : null;
  });
  const loop = readLoop(tour, path, reading);
  const whole = read.filter((step) => step !== null);
  return loop && whole.length === read.length ? { kind: 'tour', steps: whole, ...loop } : null;
}

function readLoop(tour: Readonly<Record<string, unknown>>, path: TextPath, reading: Reading): Pick<TourScene, 'loop'> | null {
  if (!Object.hasOwn(tour, 'loop') || tour['loop'] === 'yes') return {};
  return tour['loop'] === 'no' ? { loop: false } : reading.refuse([...path, 'loop'], invalid(['loop']));
}

function readDwell(value: unknown, path: TextPath, reading: Reading): number | null {
  const match = typeof value === 'string' ? /^(\d{1,8})(ms|s)$/.exec(value) : null;
  return match ? Number(match[1]) * (match[2] === 's' ? 1000 : 1) : reading.refuse(path, invalid(['dwell']));
}

/** The hub plans the steps of such a tour: what stands for them is one empty scene of its shape. */
function readCoverage(input: Readonly<Record<string, unknown>>, path: TextPath, reading: Reading): TourScene | null {
  const tour = reading.record(input, path, ['loop', 'coverage'], []);
  const at = [...path, 'coverage'];
  const said =
    tour &&
    reading.record(
      tour['coverage'],
      at,
      ['district', 'groups', 'every-hours', 'grid', 'dwell'],
      ['district', 'every-hours', 'grid', 'dwell'],
    );
  const loop = tour && readLoop(tour, path, reading);
  const size = said && reading.numbers(said['grid'], sizeWord, [...at, 'grid']);
  const hours = said && reading.numbers(said['every-hours'], numberWord, [...at, 'every-hours']);
  const dwellMs = said && readDwell(said['dwell'], [...at, 'dwell'], reading);
  if (!said || !loop || !size || !hours || dwellMs === null) return null;
  const [rows, cols] = size as [number, number];
  const promise = coveragePromise.safeParse({
    district: said['district'] === 'all' ? null : said['district'],
    groups: said['groups'] ?? [],
    everyHours: hours[0],
    rows,
    cols,
    dwellMs,
  });
  if (!promise.success) return reading.refuse(at, invalid([shortened(promise.error.issues[0]?.path[0] ?? 'coverage')]));
  return { kind: 'tour', steps: [{ scene: emptyScene({ kind: 'grid', rows, cols }), dwellMs }], coverage: promise.data, ...loop };
}

function readStill(input: unknown, path: TextPath, beside: readonly string[], reading: Reading): StillScene | null {
  const still = reading.record(input, path, [...shapes, 'tiles', ...beside], ['tiles']);
  const tiles = still && reading.list(still['tiles'], [...path, 'tiles']);
  if (!still || !tiles) return null;
  const [shape, ...more] = shapes.filter((name) => Object.hasOwn(still, name));
  if (!shape || more.length > 0) return reading.refuse(path, problem('field-missing', { field: shapes.join(' / ') }));
  if (tiles.length > maxTiles) return reading.refuse([...path, 'tiles'], problem('too-many-tiles', { max: maxTiles }));
  if (shape === 'free') return readFree(still['free'], tiles, path, reading);
  const empty =
    shape === 'grid' ? readGrid(still['grid'], [...path, 'grid'], reading) : readSplit(still['split'], [...path, 'split'], reading);
  if (!empty) return null;
  const places = tileCount(empty);
  if (tiles.length !== places)
    return reading.refuse([...path, 'tiles'], problem('scene-invalid', { reason: 'tiles-missing', tiles: tiles.length, places }));
  return {
    ...empty,
    tiles: tiles.map((tile, index) => (tile === 'empty' ? null : readPanel(tile, [...path, 'tiles', index], [], reading))),
  };
}

type TiledScene = Extract<StillScene, { kind: 'grid' | 'split' }>;

function readGrid(value: unknown, path: TextPath, reading: Reading): TiledScene | null {
  const size = reading.numbers(value, sizeWord, path);
  if (!size) return null;
  const [rows, cols] = size as [number, number];
  if (rows < 1 || rows > 20 || cols < 1 || cols > 20) return reading.refuse(path, invalid(['grid']));
  return { kind: 'grid', rows, cols, tiles: [] };
}

function readSplit(value: unknown, path: TextPath, reading: Reading): TiledScene | null {
  const template = (Object.keys(splitTemplates) as SplitTemplate[]).find((name) => name === value);
  return template ? { kind: 'split', template, tiles: [] } : reading.refuse(path, invalid(['split']));
}

function readFree(value: unknown, tiles: readonly unknown[], path: TextPath, reading: Reading): StillScene | null {
  const size = value === 'wall' ? null : reading.numbers(value, sizeWord, [...path, 'free']);
  if (value !== 'wall' && !size) return null;
  const read = tiles.flatMap((tile, index) => {
    const at = [...path, 'tiles', index];
    const place = isRecord(tile) ? reading.numbers(tile['place'], placeWord, [...at, 'place']) : null;
    const panel = readPanel(tile, at, ['place', 'group'], reading);
    if (!place || !panel) return [];
    const [width, height, x, y] = place as [number, number, number, number];
    const rect = rectSchema.safeParse({ x, y, width, height });
    if (!rect.success) {
      reading.refuse([...at, 'place'], invalid(['place']));
      return [];
    }
    const group = (tile as Readonly<Record<string, unknown>>)['group'];
    if (group !== undefined && typeof group !== 'string') reading.refuse([...at, 'group'], invalid(['group']));
    return [{ rect: rect.data, panel, ...(typeof group === 'string' ? { group } : {}) }];
  });
  return { kind: 'free', ...(size ? { canvas: { width: size[0]!, height: size[1]! } } : {}), tiles: read };
}

/** What each kind of panel may say beside its own name. */
const panelWords: Readonly<Record<string, readonly string[]>> = {
  camera: ['picture'],
  note: [],
  clock: [],
  'camera-health': [],
  alerts: [],
  incidents: [],
  tasks: [],
  plan: [],
  trend: ['series', 'title'],
  gauge: ['min', 'max', 'title'],
};

function readPanel(input: unknown, path: TextPath, beside: readonly string[], reading: Reading): PanelRef | null {
  if (!isRecord(input)) return reading.refuse(path, problem('panel-unknown', { panel: shortened(input) }));
  const kinds = Object.keys(panelWords).filter((name) => Object.hasOwn(input, name));
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1) {
    const strange = Object.keys(input).find((key) => !beside.includes(key)) ?? '';
    return reading.refuse(path, problem('panel-unknown', { panel: shortened(strange) }));
  }
  const said = reading.record(input, path, [kind, ...panelWords[kind]!, ...beside], [kind]);
  if (!said) return null;
  const word = said[kind];
  const taken = (panel: unknown): PanelRef | null => {
    const parsed = panelRef.safeParse(panel);
    return parsed.success ? parsed.data : reading.refuse([...path, kind], invalid([kind]));
  };
  if (kind === 'plan' && Array.isArray(word)) return taken({ panel: 'plan', systems: word as unknown[] });
  if (typeof word !== 'string') return reading.refuse([...path, kind], invalid([kind]));
  switch (kind) {
    case 'camera': {
      const cameraId = reading.cameraIdOf(word);
      // What is said beside it is looked at all the same: a text is wrong wherever it is read.
      if (said['picture'] !== undefined && said['picture'] !== 'main' && said['picture'] !== 'sub')
        return reading.refuse([...path, 'picture'], invalid(['picture']));
      if (cameraId === undefined) return reading.leaveOut([...path, kind], problem('camera-unknown', { number: shortened(word) }));
      return taken({ panel: 'video', cameraId, profile: said['picture'] ?? 'auto' });
    }
    case 'note':
      return taken({ panel: 'note', text: word });
    case 'clock':
      return taken({ panel: 'clock' });
    case 'alerts':
      return taken(word === 'all' ? { panel: 'alerts' } : { panel: 'alerts', atLeast: word });
    case 'incidents':
    case 'tasks':
      return word === 'open' ? taken({ panel: kind }) : reading.refuse([...path, kind], invalid([kind]));
    case 'plan':
      return word === 'all' ? taken({ panel: 'plan' }) : reading.refuse([...path, kind], invalid([kind]));
    case 'trend': {
      const hours = /^(\d{1,2})h$/.exec(word)?.[1];
      const series = reading.list(said['series'], [...path, 'series']);
      if (!series) return null;
      return taken({ panel: 'trend', hours: Number(hours), series: series.map(readSeries), ...given(said, 'title') });
    }
    case 'gauge': {
      const ends = { ...given(said, 'min'), ...given(said, 'max') };
      const read = Object.fromEntries(Object.entries(ends).map(([end, value]) => [end, decimal(value)]));
      return taken({ panel: 'gauge', of: readSeries(word), ...read, ...given(said, 'title') });
    }
    default:
      return taken(word === 'all' ? { panel: 'camera-health' } : { panel: 'camera-health', district: word });
  }
}

const given = (said: Readonly<Record<string, unknown>>, key: string) => (Object.hasOwn(said, key) ? { [key]: said[key] } : {});
/** What is no plain decimal number stays as it is, and is refused by the schema. */
const decimal = (value: unknown) =>
  typeof value === 'string' && /^-?\d{1,13}(?:\.\d{1,17})?(?:e[+-]?\d{1,3})?$/.test(value) ? Number(value) : value;

function readSeries(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const space = value.lastIndexOf(' ');
  return space < 0 ? { indicator: value } : { asset: value.slice(0, space), quantity: value.slice(space + 1) };
}
