import { spawn } from 'node:child_process';
import { app } from 'electron';
import type { Clock } from '../contract/time.ts';
import type { StartAgain } from './start-again.ts';

/** The end of the app: whatever asks for it, everything that was started ends in the opposite order, once. */
export interface AppLife {
  /** To be called at the end, last come first; at once, for what begins while everything ends. */
  atEnd(end: () => void | Promise<void>): void;
  /** Ends the app; the first who asks decides how. Returns at once. */
  end(how?: { readonly code?: number; readonly again?: StartAgain }): void;
  readonly isEnding: boolean;
}

/** A bug of ours (EX_SOFTWARE of sysexits.h). */
export const exitBug = 70;
/** What hub, relay and windows may take together; whoever hangs then is ended with us. */
const endWithinMs = 15_000;

/**
 * Holds on to Electron's ways of ending: its windows, its menu, signals, bugs. Nothing ends but through `end`. `say` is told what went wrong.
 */
export function startAppLife({ clock, say }: { readonly clock: Clock; say(line: string): void }): AppLife {
  const ends: (() => void | Promise<void>)[] = [];
  let isEnding = false;

  const carryOut = async (one: () => void | Promise<void>) => {
    try {
      await one();
    } catch (error) {
      say(`taodu: ${String(error)}`);
    }
  };
  const endAll = async () => {
    for (let one = ends.pop(); one; one = ends.pop()) await carryOut(one);
  };
  const end: AppLife['end'] = ({ code = 0, again } = {}) => {
    if (isEnding) return;
    isEnding = true;
    const enough = new AbortController();
    const late = clock.sleep(endWithinMs, enough.signal).then(
      () => say('taodu: not everything ended in time'),
      () => {},
    );
    void Promise.race([endAll(), late]).then(() => {
      enough.abort();
      if (again) startAgain(again);
      // Past before-quit, which is refused below.
      app.exit(again?.kind === 'exit' ? again.code : code);
    });
  };

  app.on('before-quit', (event) => {
    event.preventDefault();
    end();
  });
  // The wall decides when the app ends, not the last window.
  app.on('window-all-closed', () => {});
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end());
  // Electron would show a dialog, on top of the wall, and go on with whatever is left.
  const bug = (error: unknown) => {
    say(`taodu: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    end({ code: exitBug });
  };
  process.on('uncaughtException', bug);
  process.on('unhandledRejection', bug);

  return {
    atEnd(last) {
      if (isEnding) void carryOut(last);
      else ends.push(last);
    },
    end,
    get isEnding() {
      return isEnding;
    },
  };
}

function startAgain(how: StartAgain): void {
  if (how.kind === 'relaunch') app.relaunch({ args: [...how.args] });
  if (how.kind !== 'spawn') return;
  app.releaseSingleInstanceLock();
  spawn(how.file, [...how.args], { detached: true, stdio: 'ignore' }).unref();
}
