import { app, powerMonitor, powerSaveBlocker, type BrowserWindow } from 'electron';
import type { Log } from '../contract/log.ts';

/** What whoever keeps windows and processes has to know of the computer. */
export interface PowerListener {
  onSuspend(): void;
  onResume(): void;
  /** The system is about to end, or the person logs out: there is little time. */
  onShutdown(): void;
}

/**
 * Keeps displays awake, for a wall that sleeps shows nothing, and tells when the computer sleeps, wakes up, is unlocked or ends. Only after the app is ready.
 * Returns its end.
 */
export function watchPower({ onSuspend, onResume, onShutdown }: PowerListener, log: Log): () => void {
  let blocker = powerSaveBlocker.start('prevent-display-sleep');
  const suspended = () => {
    log.warn({}, 'the computer goes to sleep');
    onSuspend();
  };
  const resumed = () => {
    log.info({}, 'the computer is awake');
    if (!powerSaveBlocker.isStarted(blocker)) blocker = powerSaveBlocker.start('prevent-display-sleep');
    onResume();
  };
  // macOS and Windows: what lies behind the lock is no wall.
  const locked = () => log.warn({}, 'the session is locked: nobody sees the wall');
  const unlocked = () => {
    log.info({}, 'the session is unlocked');
    onResume();
  };
  // Linux and macOS: delayed, because the app ends by itself then (docs/api/power-monitor.md). Electron's typings leave out the event.
  const shutDown = (event?: { preventDefault(): void }) => {
    event?.preventDefault();
    log.warn({}, 'the system shuts down');
    onShutdown();
  };
  // Windows tells each window instead, and no before-quit follows.
  const sessionEnds = () => {
    log.warn({}, 'the session ends');
    onShutdown();
  };
  const created = (_event: unknown, window: BrowserWindow) => void window.on('session-end', sessionEnds);
  powerMonitor.on('suspend', suspended);
  powerMonitor.on('resume', resumed);
  powerMonitor.on('lock-screen', locked);
  powerMonitor.on('unlock-screen', unlocked);
  powerMonitor.on('shutdown', shutDown);
  app.on('browser-window-created', created);
  return () => {
    powerMonitor.off('suspend', suspended);
    powerMonitor.off('resume', resumed);
    powerMonitor.off('lock-screen', locked);
    powerMonitor.off('unlock-screen', unlocked);
    powerMonitor.off('shutdown', shutDown);
    app.off('browser-window-created', created);
    powerSaveBlocker.stop(blocker);
  };
}
