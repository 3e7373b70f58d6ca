import { screen } from 'electron';
import type { Display } from '../../layouts/displays.ts';
import type { Clock } from '../contract/time.ts';

/** Plugging one in is a burst of events, and a projector that finds its signal takes a moment. */
const settleMs = 1000;

/** The displays of this computer, as `layouts/displays.ts` wants them. */
export function displaysNow(): Display[] {
  return screen.getAllDisplays().map(({ id, label, bounds, scaleFactor }) => ({ id: String(id), label, bounds, scaleFactor }));
}

/** Calls back once displays have stopped changing. Returns its end. */
export function onDisplaysChange(clock: Clock, listener: () => void): () => void {
  let settling = new AbortController();
  const changed = () => {
    settling.abort();
    settling = new AbortController();
    clock.sleep(settleMs, settling.signal).then(listener, () => {});
  };
  screen.on('display-added', changed);
  screen.on('display-removed', changed);
  screen.on('display-metrics-changed', changed);
  return () => {
    settling.abort();
    screen.off('display-added', changed);
    screen.off('display-removed', changed);
    screen.off('display-metrics-changed', changed);
  };
}
