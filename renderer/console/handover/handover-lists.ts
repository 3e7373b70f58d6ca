import type { Handover } from '../../../main/contract/desk.ts';

/** What is kept on the page of every hand-over; the whole of one is asked for when it is read. */
export const summaryFields = ['id', 'state', 'from', 'to', 'offeredAt', 'signedAt', 'withdrawnAt', 'desk'] as const;
export type HandoverSummary = Pick<Handover, (typeof summaryFields)[number]>;

const newestFirst = (a: HandoverSummary, b: HandoverSummary) => b.offeredAt - a.offeredAt || (a.id < b.id ? -1 : 1);

/** What others have signed and nobody has taken over, the newest first. */
export function waitingFor(all: Iterable<HandoverSummary>, userId: string): HandoverSummary[] {
  return [...all].filter(({ state, from }) => state === 'offered' && from.userId !== userId).sort(newestFirst);
}

/** What this person has signed and nobody has taken over yet, or null. */
export function ownOffer(all: Iterable<HandoverSummary>, userId: string): HandoverSummary | null {
  return [...all].find(({ state, from }) => state === 'offered' && from.userId === userId) ?? null;
}

/** What is over, the newest first. */
export function endedOnes(all: Iterable<HandoverSummary>): HandoverSummary[] {
  return [...all].filter(({ state }) => state !== 'offered').sort(newestFirst);
}

/** Where a new hand-over begins: with what he has written already (`own`), or with what he took over and has not handed on (`taken`). */
export interface DraftSource {
  readonly kind: 'own' | 'taken';
  readonly id: Handover['id'];
}

/** Null when there is nothing to begin with. */
export function draftSource(all: Iterable<HandoverSummary>, userId: string): DraftSource | null {
  const handovers = [...all].sort(newestFirst);
  const own = ownOffer(handovers, userId);
  if (own) return { kind: 'own', id: own.id };
  const handedOnAt = handovers.find(({ state, from }) => state === 'signed' && from.userId === userId)?.offeredAt ?? 0;
  const taken = handovers
    .filter(({ state, to }) => state === 'signed' && to?.userId === userId)
    .sort((a, b) => b.signedAt! - a.signedAt!)[0];
  return taken && taken.signedAt! > handedOnAt ? { kind: 'taken', id: taken.id } : null;
}
