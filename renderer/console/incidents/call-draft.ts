import type { CommandInput } from '../../../main/contract/catalog.ts';
import { nowhere, type Place } from '../../../main/contract/place.ts';
import type { EpochMs } from '../../../main/contract/time.ts';
import type { IncidentLevel } from '../../../alerts/incident-contract.ts';
import { coordinatesOf, type Coordinates } from '../city/coordinates.ts';

type OpenArgs = CommandInput<'incident.open'>;
/** How it was reported. */
export type ReportedBy = OpenArgs['report']['by'];

/** A call as it is being typed. */
export interface CallDraft {
  readonly id: string;
  /** In words, as it was said or chosen. */
  placeText: string;
  /** What the chosen camera, asset, earlier place or alert says of where it is; without words. */
  placed: Omit<Place, 'text'> | null;
  /** The name that brought it, as long as the words still hold it: other words are another place. */
  placedBy: string | null;
  type: string | null;
  /** Null: the one that the type proposes. */
  level: IncidentLevel | null;
  /** Empty: made of type and place. */
  title: string;
  text: string;
  reporter: string;
  phone: string;
  by: ReportedBy;
  alertIds: string[];
  cameraIds: string[];
  drill: boolean;
  /** By the hub's clock; when the call was answered. Null until the form was seen. */
  startedAt: EpochMs | null;
}

/** What another part of the desk knows of a call before a word was said. */
export interface CallPrefill {
  readonly by?: ReportedBy;
  readonly alertIds?: readonly string[];
  readonly cameraIds?: readonly string[];
  readonly place?: Place;
  readonly type?: string;
  readonly level?: IncidentLevel;
  readonly title?: string;
  readonly text?: string;
  readonly drill?: boolean;
}

/** A call of which nothing is known yet but the prefill. */
export function newCallDraft(id: string, prefill: CallPrefill = {}): CallDraft {
  const { place } = prefill;
  return {
    id,
    placeText: place?.text ?? '',
    placed: place ? placedOf(place) : null,
    placedBy: null,
    type: prefill.type ?? null,
    level: prefill.level ?? null,
    title: prefill.title ?? '',
    text: prefill.text ?? '',
    reporter: '',
    phone: '',
    by: prefill.by ?? (prefill.alertIds === undefined ? 'phone' : 'alert'),
    alertIds: [...(prefill.alertIds ?? [])],
    cameraIds: [...(prefill.cameraIds ?? [])],
    drill: prefill.drill ?? false,
    startedAt: null,
  };
}

/** Takes other words for the place: where it is stays known only while they still name what it was known by. */
export function rewordPlace(draft: CallDraft, typed: string): void {
  draft.placeText = typed;
  if (draft.placedBy !== null && !typed.includes(draft.placedBy)) {
    draft.placed = null;
    draft.placedBy = null;
  }
}

/** Takes a position that was typed as the words of the place. The district stays that a person chose; that of another place goes with it. */
export function spotPlace(draft: CallDraft, { lat, lon, datum }: Coordinates & Pick<Place, 'datum'>): void {
  const isChosen = draft.placedBy === null || coordinatesOf(draft.placedBy) !== null;
  draft.placed = { lat, lon, datum, district: isChosen ? (draft.placed?.district ?? null) : null };
  draft.placedBy = draft.placeText;
}

/** Where a place is, without its words; null when it says only words. */
export function placedOf({ lat, lon, datum, district }: Place): CallDraft['placed'] {
  return lat === null && district === null ? null : { lat, lon, datum, district };
}

/** True while nothing was typed or chosen: such a call need not be kept. */
export function isBlank(draft: CallDraft): boolean {
  const { placeText, placed, type, title, text, reporter, phone, alertIds, cameraIds } = draft;
  return (
    [placeText, title, text, reporter, phone].every((words) => words.trim() === '') &&
    placed === null &&
    type === null &&
    alertIds.length === 0 &&
    cameraIds.length === 0
  );
}

const words = (typed: string): string | null => (typed.trim() === '' ? null : typed.trim());

/** The command that a call becomes; null while it has no type. `proposed` is what the type proposes: its level, and a title for a call without one. */
export function argsOfCall(draft: CallDraft, proposed: { readonly level: IncidentLevel; readonly title: string }): OpenArgs | null {
  if (draft.type === null) return null;
  return {
    type: draft.type,
    level: draft.level ?? proposed.level,
    title: words(draft.title) ?? proposed.title,
    place: { ...(draft.placed ?? placedNowhere), text: words(draft.placeText) },
    report: { by: draft.by, text: words(draft.text), reporter: words(draft.reporter), phone: words(draft.phone) },
    alertIds: draft.alertIds as OpenArgs['alertIds'],
    cameraIds: draft.cameraIds as OpenArgs['cameraIds'],
    drill: draft.drill,
    // Somebody who calls is answered at once, and the matter is as old as the call; what an alert says has times of its own.
    ...(draft.startedAt !== null && spoken.has(draft.by) ? { reportedAt: draft.startedAt, answeredAt: draft.startedAt } : {}),
  };
}

const spoken: ReadonlySet<ReportedBy> = new Set<ReportedBy>(['phone', 'radio']);
const { text: _, ...placedNowhere } = nowhere;
