import type { ShownReport } from '../../../layouts/contract.ts';
import type { LatestValues } from '../../contract/readings.ts';
import type { Clock } from '../../contract/time.ts';

/** A wall session that reported within this time is the screen; nobody else can speak for it. */
export const screenSpeaksMs = 5000;

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
}

/**
 * Keeps the last report of every screen. A screen that falls silent stays as it last reported, with its old time: its age is
 * shown, nothing is made up. A report's time is never later than its arrival, so a page whose clock runs ahead cannot look fresh
 * for ever.
 */
export function createShownReports({ latest, clock }: { latest: LatestValues; clock: Clock }): ShownReports {
  const spokeAt = new Map<string, number>();
  let leftAside = 0;
  const shownOf = (wallId: string) => (latest.get('walls', wallId)?.['shown'] ?? {}) as Readonly<Record<string, ShownReport>>;

  return {
    accept(wallId, screenId, report, fromScreen) {
      const key = `${wallId}/${screenId}`;
      if (fromScreen) spokeAt.set(key, clock.monotonic());
      else if (clock.monotonic() - (spokeAt.get(key) ?? -Infinity) < screenSpeaksMs) {
        leftAside += 1;
        return false;
      }
      const honest = { ...report, at: Math.min(report.at, clock.now()) };
      latest.set({ collection: 'walls', key: wallId, fields: { shown: { ...shownOf(wallId), [screenId]: honest } } });
      return true;
    },
    keepOnly(wallId, screenIds) {
      const shown = shownOf(wallId);
      const gone = Object.keys(shown).filter((screenId) => !screenIds.has(screenId));
      for (const key of spokeAt.keys()) {
        const [wall, screen] = key.split('/') as [string, string];
        if (wall === wallId && !screenIds.has(screen)) spokeAt.delete(key);
      }
      if (gone.length === 0) return;
      const kept = Object.fromEntries(Object.entries(shown).filter(([screenId]) => screenIds.has(screenId)));
      latest.set({ collection: 'walls', key: wallId, fields: { shown: kept } });
    },
    get leftAside() {
      return leftAside;
    },
  };
}
