import type { CoveragePromise, PanelRef, Rect, SeriesRef } from '../../../layouts/contract.ts';
import type { SceneDifference, SceneShape } from '../../../layouts/scene-diff.ts';
import { durationText } from '../../i18n/format.ts';
import { text } from '../../i18n/index.ts';

/** What people call what a scene only names by its id. */
export interface SceneNames {
  /** The number of a camera; undefined for one that is gone. */
  cameraNumber(id: string): string | undefined;
  /** The name of a place by its district code. */
  placeName(code: string): string;
}

/** One difference as a line. */
export interface DiffLine {
  readonly kind: 'added' | 'removed' | 'changed';
  /** The tour's step that it is in, from 1; null when it is about the whole. */
  readonly step: number | null;
  readonly words: string;
}

/** A difference in the page's language. */
export function diffLine(difference: SceneDifference, names: SceneNames): DiffLine {
  return { kind: kindOf(difference), step: 'step' in difference ? difference.step : null, words: wordsOf(difference, names) };
}

/** What a tile shows, in a word or two. */
export function panelWords(panel: PanelRef, names: SceneNames): string {
  switch (panel.panel) {
    case 'video': {
      const number = names.cameraNumber(panel.cameraId);
      return number === undefined ? text('editor.diff.gone') : text('editor.diff.camera', { number });
    }
    case 'note':
      return text('editor.diff.note', { text: panel.text });
    case 'camera-health': {
      const kind = text('editor.panel.camera-health');
      return panel.district === undefined ? kind : text('editor.diff.health', { panel: kind, place: names.placeName(panel.district) });
    }
    case 'alerts':
      return panel.atLeast === undefined
        ? kindWord(panel)
        : withNote(panel, text('panels.form.orWorse', { severity: text(`panels.severity.${panel.atLeast}`) }));
    case 'plan':
      return panel.systems === undefined
        ? kindWord(panel)
        : withNote(panel, text('panels.form.someSystems', { n: panel.systems.length }, panel.systems.length));
    case 'trend':
      return withNote(
        panel,
        [panel.title ?? panel.series.map(seriesWord).join(', '), text('panels.chart.hours', { n: panel.hours })].join(', '),
      );
    case 'gauge':
      return withNote(panel, [panel.title ?? seriesWord(panel.of), scaleWord(panel)].filter(Boolean).join(', '));
    default:
      return kindWord(panel);
  }
}

const kindWord = ({ panel }: PanelRef) => text(`editor.panel.${panel}`);
const withNote = (panel: PanelRef, place: string) => text('editor.diff.health', { panel: kindWord(panel), place });
const seriesWord = (of: SeriesRef) => ('indicator' in of ? of.indicator : `${of.asset} ${of.quantity}`);
const scaleWord = ({ min, max }: { readonly min?: number | undefined; readonly max?: number | undefined }) =>
  min === undefined && max === undefined ? '' : `${min ?? ''}–${max ?? ''}`;

function kindOf({ what }: SceneDifference): DiffLine['kind'] {
  if (what === 'tile-added' || what === 'step-added') return 'added';
  return what === 'tile-removed' || what === 'step-removed' ? 'removed' : 'changed';
}

function wordsOf(each: SceneDifference, names: SceneNames): string {
  const panel = (shown: PanelRef) => panelWords(shown, names);
  switch (each.what) {
    case 'shape':
      return text('editor.diff.shape', { before: shapeWords(each.before), after: shapeWords(each.after) });
    case 'tile-added':
      return text('editor.diff.added', { n: each.place.number, panel: panel(each.panel) });
    case 'tile-removed':
      return text('editor.diff.removed', { n: each.place.number, panel: panel(each.panel) });
    case 'tile-moved': {
      const [from, to] = [each.from.rect, each.to.rect];
      if (from && to) return text('editor.diff.placed', { panel: panel(each.panel), from: cornerWords(from), to: cornerWords(to) });
      return text('editor.diff.moved', { panel: panel(each.panel), from: each.from.number, to: each.to.number });
    }
    case 'tile-resized':
      return text('editor.diff.resized', { panel: panel(each.panel), from: sizeWords(each.from.rect), to: sizeWords(each.to.rect) });
    case 'tile-changed': {
      const { place, field, before, after } = each;
      if (field === 'profile' && before.panel === 'video' && after.panel === 'video')
        return text('editor.diff.profile', {
          n: place.number,
          panel: panel(after),
          before: text(`editor.inspect.profiles.${before.profile}`),
          after: text(`editor.inspect.profiles.${after.profile}`),
        });
      return text('editor.diff.changed', { n: place.number, before: panel(before), after: panel(after) });
    }
    case 'order':
      return text('editor.diff.order');
    case 'step-added':
      return text('editor.diff.stepAdded', { n: each.cameras }, each.cameras);
    case 'step-removed':
      return text('editor.diff.stepRemoved', { n: each.cameras }, each.cameras);
    case 'step-moved':
      return text('editor.diff.stepMoved', { from: each.from });
    case 'step-dwell':
      return text('editor.diff.dwell', { before: durationText(each.beforeMs), after: durationText(each.afterMs) });
    case 'loop':
      return text(each.loops ? 'editor.diff.loops' : 'editor.diff.once');
    case 'coverage':
      return promiseWords(each.before, each.after, names);
  }
}

function shapeWords(shape: SceneShape): string {
  switch (shape.kind) {
    case 'grid':
      return text('editor.diff.shapes.grid', { rows: shape.rows, cols: shape.cols });
    case 'split':
      return text('editor.diff.shapes.split', { name: shape.template });
    case 'free':
      return shape.canvas ? text('editor.diff.shapes.free', { ...shape.canvas }) : text('editor.diff.shapes.wall');
    case 'tour':
      return text('editor.diff.shapes.tour', { n: shape.steps }, shape.steps);
  }
}

const cornerWords = ({ x, y }: Rect) => `${x}, ${y}`;
const sizeWords = (rect: Rect | null) => (rect ? `${rect.width}×${rect.height}` : '');

function promiseWords(before: CoveragePromise | null, after: CoveragePromise | null, names: SceneNames): string {
  const said = (promise: CoveragePromise) =>
    text('editor.diff.coverage', {
      place: [promise.district === null ? text('editor.diff.city') : names.placeName(promise.district), ...promise.groups].join(' · '),
      hours: promise.everyHours,
      rows: promise.rows,
      cols: promise.cols,
      dwell: durationText(promise.dwellMs),
    });
  if (before && after) return text('editor.diff.promise', { before: said(before), after: said(after) });
  if (after) return text('editor.diff.promised', { after: said(after) });
  return text('editor.diff.unpromised', { before: before ? said(before) : '' });
}
