import type { Wall } from '../../../layouts/contract.ts';
import type { Ledger } from '../../contract/ledger.ts';
import type { MetricSource } from '../gateway/metrics.ts';
import type { HeardScreen, ShownReports } from './shown-reports.ts';

/** The figures of the screens of all walls: who reports, and how the pages are that do. A silent page's own figures are not known and not given. */
export function screenFigures(ledger: Pick<Ledger, 'all'>, reports: Pick<ShownReports, 'heard'>): MetricSource[] {
  const byScreen = (figure: (screen: HeardScreen) => number | null) => () =>
    Object.fromEntries(
      reports.heard().flatMap((screen) => {
        const value = figure(screen);
        return value === null ? [] : [[`${screen.wallId}/${screen.screenId}`, value] as const];
      }),
    );
  return [
    {
      name: 'taodu_wall_screens',
      help: 'Screens of all walls: reporting, silent, or never heard of since the hub started.',
      kind: 'gauge',
      label: 'state',
      read() {
        const heard = reports.heard();
        const silent = heard.filter(({ isSilent }) => isSilent).length;
        const all = [...ledger.all('walls')].reduce<number>((sum, wall) => sum + (wall as Wall).screens.length, 0);
        return { reporting: heard.length - silent, silent, never: Math.max(0, all - heard.length) };
      },
    },
    {
      name: 'taodu_wall_report_age_seconds',
      help: 'Time since a screen last said what it shows. It does so every second.',
      kind: 'gauge',
      label: 'screen',
      read: byScreen(({ reportAgeMs }) => reportAgeMs / 1000),
    },
    {
      name: 'taodu_wall_page_up_seconds',
      help: 'Time since the page of a screen was made, as it says.',
      kind: 'gauge',
      label: 'screen',
      read: byScreen(({ page }) => page?.upS ?? null),
    },
    {
      name: 'taodu_wall_page_heap_bytes',
      help: 'What the JavaScript of a page holds outside its worker, as it says.',
      kind: 'gauge',
      label: 'screen',
      read: byScreen(({ page }) => (typeof page?.heapMb === 'number' ? page.heapMb * 1_048_576 : null)),
    },
  ];
}
