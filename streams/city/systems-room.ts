import { setImmediate as immediate } from 'node:timers/promises';
import type { Change, Ledger } from '../../main/contract/ledger.ts';
import type { Log } from '../../main/contract/log.ts';
import type { LatestValues } from '../../main/contract/readings.ts';
import type { Clock, EpochMs } from '../../main/contract/time.ts';
import type { CitySystem, Feed, Indicator, IndicatorFact } from '../feed-contract.ts';
import type { HistoryPoint, Journal } from '../feeds/journal.ts';
import { reckonInSteps, type CityAtHand, type Figure } from '../systems/indicator-book.ts';
import type { IndicatorDefinition, SystemPack } from '../systems/system-pack.ts';
import { FigureHistory, figurePoint } from './figure-history.ts';
import { aheadMs, type FactSource } from './known-city.ts';

const reckonEveryMs = 2000;
/** Reckoning goes on so long in one turn of the loop; others come before it goes on. */
const turnMs = 4;

/** Digits of the code of a city at county level (GB/T 2260); its towns and villages have more. */
const cityDigits = 6;

/** A figure as a system sent it; of a part of the city, or of all of it. */
interface SentFigure extends Figure {
  readonly isPart: boolean;
}

const isFresh = ({ at }: Figure, { staleAfterSeconds }: IndicatorDefinition, now: EpochMs): boolean =>
  at !== null && now - at <= staleAfterSeconds * 1000;

/** What became of a figure that a system sent. */
export interface GivenFigure {
  readonly outcome: 'taken' | 'late' | 'duplicate';
  /** To be committed with whatever else its record says; then `told` shows it. */
  readonly changes: readonly Change[];
  told(): void;
}

/** The systems and their figures, as the collections `systems` and `indicators` show them. */
export interface SystemsRoom {
  /** A figure that a system sent; null when its pack has none of that name. */
  given(system: string, fact: IndicatorFact & { readonly at: EpochMs }, source: FactSource): GivenFigure | null;
  knows(system: string): boolean;
  knowsIndicator(system: string, indicator: string): boolean;
  start(): void;
  stop(): Promise<void>;
}

export function createSystemsRoom(deps: {
  readonly systems: readonly SystemPack[];
  readonly ledger: Ledger;
  readonly latest: LatestValues;
  readonly journal: Pick<Journal, 'keep'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly city: () => CityAtHand;
}): SystemsRoom {
  const { systems, ledger, latest, journal, clock } = deps;
  const ending = new AbortController();
  const indicators = new Map<string, { readonly pack: SystemPack; readonly indicator: IndicatorDefinition }>(
    systems.flatMap((pack) => pack.indicators.map((indicator) => [`${pack.id}/${indicator.id}`, { pack, indicator }])),
  );
  const shown = new Map<string, Figure>();
  /** What systems sent, the last of each figure; also of one that could be reckoned here. */
  const sent = new Map<string, SentFigure>();
  const history = new FigureHistory();
  let reckoning: Promise<void> = Promise.resolve();

  /** What the packs say, into the ledger: once, and whenever a pack has changed. */
  function describe(): void {
    const changes: Change[] = [];
    const put = (collection: string, key: string, value: object) => {
      if (JSON.stringify(ledger.get(collection, key)) !== JSON.stringify(value)) changes.push({ collection, op: 'put', key, value });
    };
    for (const { id, number, name, department, feeds, indicators: figures } of systems) {
      const system: CitySystem = {
        id: id as CitySystem['id'],
        number,
        name,
        department,
        feeds: [...feeds],
        indicators: figures.map((figure) => `${id}/${figure.id}`),
        simulated: false,
        drill: false,
      };
      put('systems', id, system);
      for (const { id: figure, name: words, unit, target, staleAfterSeconds } of figures) {
        const indicator: Indicator = {
          key: `${id}/${figure}`,
          systemId: system.id,
          id: figure,
          name: words,
          unit,
          target,
          staleAfterSeconds,
          value: null,
          at: null,
          source: null,
          sourceName: null,
          ofSimulated: false,
          simulated: false,
          drill: false,
        };
        put('indicators', indicator.key, indicator);
      }
    }
    const known = { systems: new Set(systems.map(({ id }) => id)), indicators: new Set(indicators.keys()) };
    for (const { id } of ledger.all('systems') as IterableIterator<CitySystem>)
      if (!known.systems.has(id)) changes.push({ collection: 'systems', op: 'delete', key: id });
    for (const { key } of ledger.all('indicators') as IterableIterator<Indicator>)
      if (!known.indicators.has(key)) changes.push({ collection: 'indicators', op: 'delete', key });
    if (changes.length > 0) ledger.commit(changes, { kind: 'start', id: 'systems', by: 'systems' });
    // A figure that was sent is what it was before the hub was started again; one that is reckoned comes by itself.
    for (const { key, isPart = false, ...figure } of ledger.all('given-indicators') as IterableIterator<{ key: string } & SentFigure>) {
      if (!indicators.has(key)) continue;
      sent.set(key, { ...figure, isPart });
      show(key, figure);
    }
  }

  function show(key: string, figure: Figure): void {
    const before = shown.get(key);
    if (before && before.value === figure.value && before.at === figure.at && before.source === figure.source) return;
    shown.set(key, figure);
    const feed = figure.source === null ? undefined : (ledger.get('feeds', figure.source) as Feed | undefined);
    latest.set({ collection: 'indicators', key, fields: { ...figure, sourceName: feed?.name ?? null } });
  }

  /** What was sent stands while it is fresh; and it stands stale rather than give way to nothing. */
  function standsAsSent(key: string, indicator: IndicatorDefinition, reckoned: Figure, now: EpochMs): boolean {
    const last = sent.get(key);
    if (last === undefined || reckoned.value === null) return last !== undefined;
    return last.value !== null && isFresh(last, indicator, now);
  }

  async function reckon(): Promise<void> {
    const now = clock.now();
    const steps = reckonInSteps(systems, deps.city(), now);
    let until = clock.monotonic() + turnMs;
    let step = steps.next();
    for (; !step.done; step = steps.next()) {
      if (clock.monotonic() < until) continue;
      await immediate();
      if (ending.signal.aborted) return;
      until = clock.monotonic() + turnMs;
    }
    const points: HistoryPoint[] = [];
    for (const [key, figure] of step.value) {
      const { pack, indicator } = indicators.get(key)!;
      if (standsAsSent(key, indicator, figure, now)) continue;
      show(key, figure);
      if (history.isDue(key, figure.value, now))
        points.push(figurePoint({ ...figure, systemId: pack.id, indicator: indicator.id, unit: indicator.unit }, now, now));
    }
    if (points.length > 0) journal.keep(points);
  }

  return {
    knowsIndicator: (system, indicator) => indicators.has(`${system}/${indicator}`),
    knows: (system) => systems.some(({ id }) => id === system),
    given(system, { indicator, value, at, district }, source) {
      const key = `${system}/${indicator}`;
      const found = indicators.get(key);
      if (!found) return null;
      const only = (outcome: GivenFigure['outcome']): GivenFigure => ({ outcome, changes: [], told() {} });
      // A figure of a drill is none of the city.
      if (source.drill) return only('taken');
      const figure: Figure = { value, at, source: source.feedId, ofSimulated: source.simulated };
      const before = sent.get(key);
      // A figure of one district is none of the city, unless nobody tells another.
      const isPart = district !== null && district.length > cityDigits;
      const isOverruled = isPart && before?.isPart === false && isFresh(before, found.indicator, source.receivedAt);
      const systemId = isOverruled ? `${system}/${district}` : system;
      const isSame = before?.at === at && before.value === value && before.source === figure.source && before.isPart === isPart;
      if (isSame) return only('duplicate');
      // What is older than what is known belongs to the history and moves nothing back.
      journal.keep([figurePoint({ ...figure, systemId, indicator, unit: found.indicator.unit }, at, source.receivedAt)]);
      if (isOverruled) return only('taken');
      // What is known of a time to come was told while our own clock was ahead: it keeps nothing out.
      const known = before?.at ?? 0;
      if (at < known && known <= source.receivedAt + aheadMs && !(before?.isPart === true && !isPart)) return only('late');
      const last: SentFigure = { ...figure, isPart };
      sent.set(key, last);
      // With its record: a figure that comes once a day would be unknown for a day, were it lost with the hub.
      const kept: Change = { collection: 'given-indicators', op: 'put', key, value: { key, ...last } };
      return { outcome: 'taken', changes: [kept], told: () => show(key, figure) };
    },
    start() {
      describe();
      reckoning = (async () => {
        while (!ending.signal.aborted) {
          await reckon();
          await clock.sleep(reckonEveryMs, ending.signal).catch(() => {});
        }
      })();
    },
    async stop() {
      ending.abort();
      await reckoning;
    },
  };
}
