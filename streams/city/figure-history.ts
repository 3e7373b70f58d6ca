import type { EpochMs } from '../../main/contract/time.ts';
import type { HistoryPoint } from '../feeds/journal.ts';
import type { Figure } from '../systems/indicator-book.ts';

/** A figure that moves is kept so often, and one that stands still: a chart has a point wherever it looks, and a hundred figures are some ten thousand points a day. */
const movingEveryMs = 60_000;
const standingEveryMs = 300_000;

/** Under what the figures of a system stand in the journal's history. No feed begins like this, so no thing is called so. */
export const figuresOf = (systemId: string): string => `@indicator/${systemId}`;

/** A figure as a point of the history. `at` and `receivedAt`: of which time it is, and since when it is known here. */
export function figurePoint(
  figure: Pick<Figure, 'value' | 'source' | 'ofSimulated'> & {
    readonly systemId: string;
    readonly indicator: string;
    readonly unit: string;
  },
  at: EpochMs,
  receivedAt: EpochMs,
): HistoryPoint {
  return {
    feedId: (figure.source ?? 'indicator') as HistoryPoint['feedId'],
    assetId: figuresOf(figure.systemId),
    quantity: figure.indicator,
    value: figure.value,
    unit: figure.unit,
    quality: figure.value === null ? 'no-data' : 'good',
    flag: null,
    at,
    receivedAt,
    district: null,
    simulated: figure.ofSimulated,
    drill: false,
  };
}

/**
 * Says when a figure that is reckoned here, again and again, is worth a point of the history: when it has changed, at once after a rest and else once a minute, and now and
 * then while it stands. One that turns unknown is kept once.
 */
export class FigureHistory {
  readonly #kept = new Map<string, { readonly value: number | null; readonly at: EpochMs }>();

  isDue(key: string, value: number | null, now: EpochMs): boolean {
    const last = this.#kept.get(key);
    const isDue =
      last === undefined
        ? value !== null
        : value !== last.value
          ? now - last.at >= movingEveryMs || now < last.at
          : value !== null && (now - last.at >= standingEveryMs || now < last.at);
    if (isDue) this.#kept.set(key, { value, at: now });
    return isDue;
  }
}
