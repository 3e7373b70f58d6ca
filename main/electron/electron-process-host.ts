import { app, utilityProcess } from 'electron';
import type { ProcessHost } from '../supervision/process-host.ts';

/** Hub, relay and its workers as Electron utility processes: Node without a window, ended with the app. Only after the app is ready. */
export const electronProcessHost: ProcessHost = {
  spawn(entry, name, { env: more, execArgv = [] } = {}) {
    // The first password is handed over in the start message and is nobody else's business.
    const { TAODU_ADMIN_PASSWORD: _secret, ...env } = process.env;
    const serviceName = `taodu-${name}`;
    const child = utilityProcess.fork(entry, [], {
      serviceName,
      stdio: 'inherit',
      env: { ...env, ...more },
      execArgv: chromiumSwitchesOf(execArgv),
    });
    // A full heap is told of before its exit; with nobody to hear it, it would be an uncaught error, and end the app.
    child.on('error', () => {});
    return {
      get pid() {
        return child.pid;
      },
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a process of ours, not a window
      send: (message) => child.postMessage(message),
      onMessage(listener) {
        child.on('message', listener);
        return () => child.off('message', listener);
      },
      onExit(listener) {
        let heard = false;
        const end = (code: number | null) => {
          if (heard) return;
          heard = true;
          app.off('child-process-gone', gone);
          listener(code, null);
        };
        const exited = (code: number) => end(code);
        // What could not even be started has no process that could exit.
        const gone = (_event: unknown, details: Electron.Details) => {
          if (details.reason === 'launch-failed' && details.name === serviceName && child.pid === undefined) end(null);
        };
        child.on('exit', exited);
        app.on('child-process-gone', gone);
        return () => {
          heard = true;
          child.off('exit', exited);
          app.off('child-process-gone', gone);
        };
      },
      kill(signal) {
        // A utility process can only be asked to end; what does not listen is ended by its id.
        if (signal === 'SIGKILL' && child.pid !== undefined) killNow(child.pid);
        else child.kill();
      },
    };
  },
};

/**
 * What a utility process gets as `execArgv` are switches of Chromium (electron_api_utility_process.cc), which knows V8's as one: `--js-flags`. Our own
 * processes are given none of Node's.
 */
export const chromiumSwitchesOf = (v8Flags: readonly string[]): string[] =>
  v8Flags.length === 0 ? [] : [`--js-flags=${v8Flags.join(' ')}`];

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended in this moment.
  }
}
