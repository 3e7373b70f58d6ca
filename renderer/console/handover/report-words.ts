import type { ErrorCode } from '../../../main/contract/errors.ts';
import type { ShiftReport } from '../../../main/contract/desk.ts';
import { numberText } from '../../i18n/format.ts';
import { hasText, text } from '../../i18n/index.ts';
import { problemText } from '../../i18n/problem-text.ts';
import { momentText } from './moment-text.ts';

export type ReportedScreen = ShiftReport['screens'][number];
export type ReportedHold = ShiftReport['holds'][number];

/** One line about a screen: what is said of it, part by part, and whether all is as it should be. */
export interface ScreenWords {
  readonly mark: 'live' | 'suspect' | 'unknown' | 'empty';
  readonly parts: readonly string[];
  /** Who changed it when. */
  readonly changed: string;
}

/** What the shape of a scene is called; one that this page does not know keeps its name. */
export function shapeWords(shape: string): string {
  const [kind, of = ''] = shape.split(' ');
  switch (kind) {
    case 'grid':
    case 'split':
      return text('handover.report.shape.tiled', { shape: of.replace('x', '×') });
    case 'free':
    case 'tour':
      return text(`handover.report.shape.${kind}`, { n: of });
    case 'coverage':
      return text('handover.report.shape.coverage');
    default:
      return shape;
  }
}

/** What is said of a screen, as of the moment of the report. */
export function screenWords(screen: ReportedScreen, reportedAt: number): ScreenWords {
  const { layout, shape, cameras, live, notLive, followsRevision, paused, changedBy, changedAt } = screen;
  const parts = [
    ...(layout === null ? [] : [text('handover.report.layout', { name: layout })]),
    shapeWords(shape),
    cameras === 0 ? text('handover.report.noCameras') : text('handover.report.cameras', { n: numberText(cameras) }, cameras),
    ...pictureWords(live, notLive),
    ...(followsRevision === false ? [text('handover.report.behind')] : []),
    ...(paused ? [text('handover.report.paused')] : []),
  ];
  const changed =
    changedBy === null || changedAt === null
      ? text('handover.report.unchanged')
      : text('handover.report.changed', { by: changedBy, time: momentText(changedAt, reportedAt) });
  const mark = live === null ? 'unknown' : notLive! > 0 || followsRevision === false ? 'suspect' : live > 0 ? 'live' : 'empty';
  return { mark, parts, changed };
}

function pictureWords(live: number | null, notLive: number | null): string[] {
  if (live === null || notLive === null) return [text('handover.report.silent')];
  if (live + notLive === 0) return [];
  if (notLive === 0) return [text('handover.report.allLive', { n: live })];
  if (live === 0) return [text('handover.report.noneLive', { n: notLive })];
  return [text('handover.report.partLive', { live, notLive })];
}

/** What is held, by whom until when: the place and the rest apart. */
export function holdWords(hold: ReportedHold, reportedAt: number, wallsNamed: boolean): { readonly place: string; readonly held: string } {
  const { wall, screen, tiles, by, expiresAt } = hold;
  const place = wallsNamed ? `${wall} ${screen}` : screen;
  return {
    place: tiles === null ? text('handover.report.wholeScreen', { place }) : text('handover.report.someTiles', { place, n: tiles }, tiles),
    held: text('handover.report.heldBy', { by, time: momentText(expiresAt, reportedAt) }),
  };
}

/** Why a camera is offline, in words; empty when nobody knows. */
export function reasonWords(reason: string | null): string {
  return reason !== null && hasText(`errors.${reason}`) ? problemText({ code: reason as ErrorCode }) : '';
}

/** What is wrong with a part of the system. */
export function healthWords({ id, code, params }: NonNullable<ShiftReport['health']>[number]): string {
  return code !== null && hasText(`errors.${code}`) ? problemText({ code: code as ErrorCode, params }) : (code ?? id);
}

/** The screens of a report by their walls, in its order. */
export function screensByWall(
  screens: readonly ReportedScreen[],
): { readonly wallId: string; readonly wall: string; readonly screens: readonly ReportedScreen[] }[] {
  const walls = new Map<string, ReportedScreen[]>();
  for (const screen of screens) walls.set(screen.wallId, [...(walls.get(screen.wallId) ?? []), screen]);
  return [...walls].map(([wallId, ofWall]) => ({ wallId, wall: ofWall[0]!.wall, screens: ofWall }));
}
