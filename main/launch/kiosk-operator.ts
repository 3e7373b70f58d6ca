import type { Log } from '../contract/log.ts';
import type { Clock } from '../contract/time.ts';
import type { ConsoleWindow } from './console-window.ts';
import type { DevtoolsPipe } from './devtools-pipe.ts';
import { createOperatorDesk, identifyForMs } from './operator-desk.ts';
import { createOperatorLock } from './operator-key.ts';
import { openShellBridge, type PageBridge } from './shell-bridge.ts';

export interface KioskOperatorOptions {
  /** Where the unlock key is. */
  readonly dataFolder: string;
  /** Of the product. */
  readonly version: string;
  readonly console: ConsoleWindow;
  /** Ends everything, in order. */
  readonly quit: () => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** A window that the operator's menu is shown in. */
export interface AttendedWindow {
  /** As the log names it: `main/2`. */
  readonly screen: string;
  /** Of the page that it was opened with. */
  readonly origin: string;
  /** Its end. */
  readonly over: AbortSignal;
  /** Makes its page anew. */
  readonly again: () => void;
}

/** Carries out in the kiosk windows of this computer what an operator asks for. */
export interface KioskOperator {
  /** Gives the page of a browser that was just started its bridge. */
  attend(pipe: DevtoolsPipe, window: AttendedWindow): void;
  stop(): Promise<void>;
}

/** The operator's part of the Chromium shell. */
export function createKioskOperator({ dataFolder, version, console, quit, clock, log }: KioskOperatorOptions): KioskOperator {
  const windows = new Map<AttendedWindow, PageBridge>();
  const desk = createOperatorDesk({
    lock: createOperatorLock({ dataFolder, clock, log }),
    actions: {
      identify: () => windows.forEach((bridge) => bridge.identify(identifyForMs)),
      reload: (screen) => windows.forEach((_bridge, window) => window.screen === screen && window.again()),
      'reload-all': () => windows.forEach((_bridge, window) => window.again()),
      console: () => console.open(),
      quit: () => quit(),
    },
    clock,
    log,
  });
  return {
    attend(pipe, window) {
      const { screen, origin, over } = window;
      if (over.aborted) return;
      const operate: Parameters<typeof openShellBridge>[1]['operate'] = (key, action) => desk.operate(screen, key, action);
      windows.set(window, openShellBridge(pipe, { origin, version, clock, over, log, operate }));
      over.addEventListener('abort', () => windows.delete(window), { once: true });
    },
    async stop() {
      desk.stop();
      await console.stop();
    },
  };
}
