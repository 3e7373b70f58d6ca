import type { PanelRef } from './contract.ts';
import { capPerEm, fontPx, leastArcMin, type Script, type Seating } from './legibility.ts';
import { noteFontPx } from './note-font.ts';
import { axisFontPx, chartTitlePx, gaugeFigurePx, legendFontPx, metaFontPx, rowFontPx, type FontRoom } from './panel-fonts.ts';

export type PanelKind = PanelRef['panel'];

/** A tile as a panel fills it, in wall pixels, below the screen's bar. */
export interface PanelRoom {
  readonly width: number;
  readonly height: number;
  readonly wall: Seating;
}

/** Something that a panel writes or draws to be read. */
export interface PanelText {
  /** Stable; the editor has a word for it. */
  readonly name:
    | 'sign'
    | 'headline'
    | 'caption'
    | 'time'
    | 'date'
    | 'source'
    | 'note'
    | 'label'
    | 'figure'
    | 'parts'
    | 'read-at'
    | 'title'
    | 'meta'
    | 'legend'
    | 'axis';
  /** Whom it is for: everybody in the room, or whoever sits near it. The other half is said in another way, or is no matter for the room. */
  readonly meantFor: 'room' | 'desk';
  /** `shape` is seen like a Latin letter, and needs less contrast. */
  readonly script: Script | 'shape';
  /** Colour tokens, as `renderer/theme/tokens.css` names them behind `--c-`. */
  readonly ink: string;
  readonly ground: string;
  /** The font size in wall pixels, as the panel's style sheet sets it. A shape has that of a letter as high as itself. */
  fontPx(room: PanelRoom): number;
}

/** What the console and the wall know of a panel kind before they show one. */
export interface PanelInfo {
  readonly kind: PanelKind;
  /** Message key of its name. */
  readonly titleKey: string;
  /** It shows one camera, so it needs somebody to choose it. */
  readonly needsCamera: boolean;
  /** Below this many wall pixels it says nothing useful; the editor warns. */
  readonly minWidth: number;
  readonly minHeight: number;
}

const known: Readonly<Record<PanelKind, PanelInfo>> = {
  video: { kind: 'video', titleKey: 'panel.video', needsCamera: true, minWidth: 160, minHeight: 90 },
  clock: { kind: 'clock', titleKey: 'panel.clock', needsCamera: false, minWidth: 240, minHeight: 90 },
  note: { kind: 'note', titleKey: 'panel.note', needsCamera: false, minWidth: 240, minHeight: 90 },
  'camera-health': { kind: 'camera-health', titleKey: 'panel.camera-health', needsCamera: false, minWidth: 320, minHeight: 180 },
  alerts: { kind: 'alerts', titleKey: 'panel.alerts', needsCamera: false, minWidth: 480, minHeight: 240 },
  incidents: { kind: 'incidents', titleKey: 'panel.incidents', needsCamera: false, minWidth: 480, minHeight: 240 },
  tasks: { kind: 'tasks', titleKey: 'panel.tasks', needsCamera: false, minWidth: 480, minHeight: 240 },
  plan: { kind: 'plan', titleKey: 'panel.plan', needsCamera: false, minWidth: 480, minHeight: 300 },
  trend: { kind: 'trend', titleKey: 'panel.trend', needsCamera: false, minWidth: 400, minHeight: 240 },
  gauge: { kind: 'gauge', titleKey: 'panel.gauge', needsCamera: false, minWidth: 240, minHeight: 200 },
};

/** Every panel kind there is. */
export const panels: readonly PanelInfo[] = Object.values(known);

/** What is known of a panel kind. */
export const panelInfo = (kind: PanelKind): PanelInfo => known[kind];

/** True when the panel can say what it has to say in a tile of this size. */
export function panelFits(kind: PanelKind, size: { readonly width: number; readonly height: number }): boolean {
  const info = known[kind];
  return size.width >= info.minWidth && size.height >= info.minHeight;
}

/** A font size as the style sheets of panels have it: so many per cent of the tile's width, or of its height if that is less. */
const ofTile =
  (widthPercent: number, heightPercent: number, least = 0) =>
  ({ width, height }: PanelRoom) =>
    Math.max(least, Math.min((width * widthPercent) / 100, (height * heightPercent) / 100));
/** A camera's picture is 16 : 9: what it takes of a tile. */
const pictureWidth = ({ width, height }: PanelRoom) => Math.min(width, height * (16 / 9));

/** In a mosaic the sign alone is for the room; number, name and reasons are for whoever sits near. */
const videoTexts: readonly PanelText[] = [
  {
    name: 'sign',
    meantFor: 'room',
    script: 'shape',
    ink: 'critical',
    ground: 'shade',
    fontPx: (room) => Math.min(fontPx(leastArcMin.latin, room.wall), (pictureWidth(room) * 0.27) / capPerEm),
  },
  {
    name: 'headline',
    meantFor: 'desk',
    script: 'han',
    ink: 'text',
    ground: 'sunken',
    fontPx: (room) => Math.max(12, Math.min(fontPx(leastArcMin.han, room.wall), pictureWidth(room) * 0.085)),
  },
  {
    name: 'caption',
    meantFor: 'desk',
    script: 'han',
    ink: 'text-dim',
    ground: 'shade',
    fontPx: (room) => Math.max(11, Math.min(19, 10 + pictureWidth(room) * 0.014)),
  },
];

const clockTexts: readonly PanelText[] = [
  { name: 'time', meantFor: 'room', script: 'latin', ink: 'text', ground: 'surface', fontPx: ofTile(20, 44) },
  { name: 'date', meantFor: 'room', script: 'han', ink: 'text-dim', ground: 'surface', fontPx: ofTile(7, 14) },
  { name: 'source', meantFor: 'desk', script: 'han', ink: 'text-faint', ground: 'surface', fontPx: ofTile(3.4, 6.5) },
];

const healthTexts: readonly PanelText[] = [
  { name: 'figure', meantFor: 'room', script: 'latin', ink: 'critical', ground: 'surface', fontPx: ofTile(9.4, 15) },
  { name: 'label', meantFor: 'room', script: 'han', ink: 'text-dim', ground: 'surface', fontPx: ofTile(3.1, 5.2, 11) },
  { name: 'headline', meantFor: 'desk', script: 'han', ink: 'text', ground: 'surface', fontPx: ofTile(4, 6.2, 12) },
  { name: 'parts', meantFor: 'desk', script: 'han', ink: 'text-dim', ground: 'surface', fontPx: ofTile(2.9, 4.1, 11) },
  { name: 'read-at', meantFor: 'desk', script: 'latin', ink: 'text-faint', ground: 'surface', fontPx: ofTile(2.2, 3.2, 10) },
];

/** A font size that is made for the farthest seat of the wall. */
const forRoom =
  (font: (room: FontRoom) => number) =>
  ({ width, height, wall }: PanelRoom) =>
    font({ width, height, hanPx: fontPx(leastArcMin.han, wall) });

/** Lists of what goes on: how bad, what and how many are for the room, the line below each is for whoever sits near. */
const boardTexts: readonly PanelText[] = [
  { name: 'sign', meantFor: 'room', script: 'shape', ink: 'critical', ground: 'surface', fontPx: forRoom(rowFontPx) },
  { name: 'title', meantFor: 'room', script: 'han', ink: 'text', ground: 'surface', fontPx: forRoom(rowFontPx) },
  { name: 'figure', meantFor: 'room', script: 'latin', ink: 'text', ground: 'surface', fontPx: forRoom(rowFontPx) },
  { name: 'meta', meantFor: 'desk', script: 'han', ink: 'text-dim', ground: 'surface', fontPx: forRoom(metaFontPx) },
];

const planTexts: readonly PanelText[] = [
  { name: 'headline', meantFor: 'room', script: 'han', ink: 'text-dim', ground: 'surface', fontPx: forRoom(rowFontPx) },
  { name: 'label', meantFor: 'room', script: 'han', ink: 'text', ground: 'surface', fontPx: forRoom(rowFontPx) },
  { name: 'figure', meantFor: 'room', script: 'latin', ink: 'text', ground: 'surface', fontPx: forRoom(rowFontPx) },
  { name: 'sign', meantFor: 'room', script: 'shape', ink: 'high', ground: 'surface', fontPx: forRoom(rowFontPx) },
  { name: 'meta', meantFor: 'desk', script: 'han', ink: 'text-dim', ground: 'surface', fontPx: forRoom(metaFontPx) },
];

const chartTitle: PanelText = {
  name: 'title',
  meantFor: 'room',
  script: 'han',
  ink: 'text',
  ground: 'surface',
  fontPx: forRoom(chartTitlePx),
};

/** Of several lines what they are together is for the desk: their names are in the legend. */
const trendTexts = (lines: number): readonly PanelText[] => [
  ...(lines < 2 ? [chartTitle] : []),
  {
    name: 'axis',
    meantFor: 'room',
    script: 'latin',
    ink: 'text-dim',
    ground: 'surface',
    fontPx: forRoom((room) => axisFontPx(room, lines)),
  },
  ...(lines < 2
    ? []
    : [
        {
          name: 'legend',
          meantFor: 'room',
          script: 'han',
          ink: 'text',
          ground: 'surface',
          fontPx: forRoom((room) => legendFontPx(room, lines)),
        } as const,
      ]),
];

const gaugeTexts: readonly PanelText[] = [
  chartTitle,
  { name: 'figure', meantFor: 'room', script: 'latin', ink: 'text', ground: 'surface', fontPx: forRoom(gaugeFigurePx) },
  { name: 'meta', meantFor: 'desk', script: 'han', ink: 'text-dim', ground: 'surface', fontPx: forRoom(metaFontPx) },
];

/** What a panel writes, with its size in a tile; of a note, as its text is written. */
export function panelTexts(panel: PanelRef): readonly PanelText[] {
  switch (panel.panel) {
    case 'video':
      return videoTexts;
    case 'clock':
      return clockTexts;
    case 'camera-health':
      return healthTexts;
    case 'alerts':
    case 'incidents':
    case 'tasks':
      return boardTexts;
    case 'plan':
      return planTexts;
    case 'trend':
      return trendTexts(panel.series.length);
    case 'gauge':
      return gaugeTexts;
    case 'note': {
      const script = /\p{Script=Han}/u.test(panel.text) ? 'han' : 'latin';
      return [{ name: 'note', meantFor: 'room', script, ink: 'text', ground: 'surface', fontPx: (room) => noteFontPx(panel.text, room) }];
    }
  }
}
