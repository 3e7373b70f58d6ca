import type { Alert } from '../../../alerts/contract.ts';
import type { Incident, IncidentLevel } from '../../../alerts/incident-contract.ts';
import { duplicatesOf as scored } from '../../../alerts/incidents/duplicates.ts';
import { nowhere } from '../../../main/contract/place.ts';
import type { EpochMs } from '../../../main/contract/time.ts';
import { hasText, text } from '../../i18n/index.ts';
import { argsOfCall, type CallDraft } from './call-draft.ts';

/** An incident that a call may be another record of, as the page knows it. */
export interface SeenDuplicate {
  readonly incident: Incident;
  /** 0 to 1. */
  readonly score: number;
  /** What each part adds to the score. */
  readonly parts: Readonly<Record<string, number>>;
}

/** What is shown beside a call. */
const shownAtMost = 3;

/**
 * The incidents that a call may be a duplicate of, by the same reckoning as the hub's; it says its own at the answer, with what only it knows (who called).
 * Empty while the call has neither type nor place.
 */
export function duplicatesOf(
  draft: CallDraft,
  context: {
    readonly level: IncidentLevel;
    readonly simulated: boolean;
    readonly now: EpochMs;
    readonly incidents: ReadonlyMap<string, Incident>;
    readonly alert: (id: string) => Alert | undefined;
  },
): readonly SeenDuplicate[] {
  const args = argsOfCall(draft, { level: context.level, title: draft.title.trim() || draft.placeText.trim() });
  if (!args || (draft.placeText.trim() === '' && draft.placed === null)) return [];
  const assetsOf = (ids: readonly string[]) =>
    ids.flatMap((id) => {
      const subject = context.alert(id)?.subject;
      return subject?.kind === 'asset' ? [subject.id] : [];
    });
  const found = scored(
    {
      id: null,
      type: args.type,
      place: { ...nowhere, ...draft.placed, text: draft.placeText.trim() || null },
      title: args.title,
      text: draft.text.trim() || null,
      drill: draft.drill,
      simulated: context.simulated,
      assets: assetsOf(draft.alertIds),
    },
    context.incidents.values(),
    context.now,
    { assetsOf: (incident) => assetsOf(incident.alerts) },
    shownAtMost,
  );
  return found.flatMap(({ incidentId, score, parts }) => {
    const incident = context.incidents.get(incidentId);
    return incident ? [{ incident, score, parts }] : [];
  });
}

/** A part of a score in words. */
export function partWords(part: string): string {
  const key = `dispatch.duplicates.part.${part}`;
  return hasText(key) ? text(key) : part;
}
