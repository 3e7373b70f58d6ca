import type { PageVitals, ShownReport } from '../../../layouts/contract.ts';
import type { LatestValues } from '../../contract/readings.ts';
import type { Clock, EpochMs } from '../../contract/time.ts';

/** A wall session that reported within this time is the screen; nobody else can speak for it. */
export const screenSpeaksMs = 5000;
/**
 * A screen reports every second. Without a report for so long it is silent, whatever became of it: its page or its computer stands still, sleeps or is
 * gone, or a cable is out while TCP still waits. With a look's delay and the flush to desks that is said within three seconds.
 */
export const silentAfterMs = 2500;
const lookEveryMs = 250;

/** A screen that has reported since the hub started. */
export interface HeardScreen {
  readonly wallId: string;
  readonly screenId: string;
  /** Since its last report, by a clock that nobody sets. */
  readonly reportAgeMs: number;
  readonly isSilent: boolean;
  /** What its page last said of itself; null when it did not. */
  readonly page: PageVitals | null;
}

/** What screens say they show, as the volatile field `shown` of their wall. */
export interface ShownReports {
  /**
   * `fromScreen`: it comes from the screen's own wall session, not from a person looking at the same page. Answers false for one that is left
   * aside.
   */
  accept(wallId: string, screenId: string, report: ShownReport, fromScreen: boolean): boolean;
  /** Forgets the reports of screens that are gone. */
  keepOnly(wallId: string, screenIds: ReadonlySet<string>): void;
  /** Reports of persons that were left aside because the screen itself was reporting. */
  readonly leftAside: number;
  /** One entry a screen at most: bounded by the topology. */
  heard(): HeardScreen[];
  /** Looks for silence no more. */
  stop(): void;
}

interface Heard {
  readonly wallId: string;
  readonly screenId: string;
  /** Of the last report; the first is monotonic. */
  readonly heardAt: number;
  readonly arrivedAt: EpochMs;
  readonly page: PageVitals | null;
  readonly isSilent: boolean;
}

/**
 * Keeps the last report of every screen. Of a screen that falls silent only that is kept, and since when: what its tiles showed then is not what they
 * show now. A report's time is never later than its arrival, so a page whose clock runs ahead cannot look fresh for ever.
 */
export function createShownReports({ latest, clock }: { latest: LatestValues; clock: Clock }): ShownReports {
  const spokeAt = new Map<string, number>();
  const heard = new Map<string, Heard>();
  const ending = new AbortController();
  let isLooking = false;
  let leftAside = 0;
  const shownOf = (wallId: string) => (latest.get('walls', wallId)?.['shown'] ?? {}) as Readonly<Record<string, ShownReport>>;
  const put = (wallId: string, screenId: string, report: ShownReport) =>
    latest.set({ collection: 'walls', key: wallId, fields: { shown: { ...shownOf(wallId), [screenId]: report } } });

  const fallSilent = (key: string, one: Heard) => {
    heard.set(key, { ...one, isSilent: true });
    const last = shownOf(one.wallId)[one.screenId];
    if (last) put(one.wallId, one.screenId, { ...last, tiles: [], silentSince: one.arrivedAt });
  };
  /** As long as there is a screen that may fall silent: a hub without any has no timer running. */
  const look = async () => {
    if (isLooking) return;
    isLooking = true;
    while ([...heard.values()].some(({ isSilent }) => !isSilent)) {
      await clock.sleep(lookEveryMs, ending.signal).catch(() => {});
      if (ending.signal.aborted) return;
      const now = clock.monotonic();
      for (const [key, one] of heard) if (!one.isSilent && now - one.heardAt >= silentAfterMs) fallSilent(key, one);
    }
    isLooking = false;
  };

  return {
    accept(wallId, screenId, report, fromScreen) {
      const key = `${wallId}/${screenId}`;
      const heardAt = clock.monotonic();
      if (fromScreen) spokeAt.set(key, heardAt);
      else if (heardAt - (spokeAt.get(key) ?? -Infinity) < screenSpeaksMs) {
        leftAside += 1;
        return false;
      }
      const arrivedAt = clock.now();
      // Whether it is silent is not for itself to say.
      const { silentSince: _said, ...said } = report;
      put(wallId, screenId, { ...said, at: Math.min(report.at, arrivedAt) });
      heard.set(key, { wallId, screenId, heardAt, arrivedAt, page: report.page ?? null, isSilent: false });
      void look();
      return true;
    },
    keepOnly(wallId, screenIds) {
      const shown = shownOf(wallId);
      const gone = Object.keys(shown).filter((screenId) => !screenIds.has(screenId));
      for (const known of [spokeAt, heard])
        for (const key of known.keys()) {
          const [wall, screen] = key.split('/') as [string, string];
          if (wall === wallId && !screenIds.has(screen)) known.delete(key);
        }
      if (gone.length === 0) return;
      const kept = Object.fromEntries(Object.entries(shown).filter(([screenId]) => screenIds.has(screenId)));
      latest.set({ collection: 'walls', key: wallId, fields: { shown: kept } });
    },
    get leftAside() {
      return leftAside;
    },
    heard() {
      const now = clock.monotonic();
      return Array.from(heard.values(), ({ wallId, screenId, heardAt, isSilent, page }) => ({
        wallId,
        screenId,
        reportAgeMs: now - heardAt,
        isSilent,
        page: isSilent ? null : page,
      }));
    },
    stop: () => ending.abort(),
  };
}
