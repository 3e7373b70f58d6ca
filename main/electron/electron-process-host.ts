import { utilityProcess } from 'electron';
import type { ProcessHost } from '../supervision/process-host.ts';

/** Hub, relay and its workers as Electron utility processes: Node without a window, ended with the app. Only after the app is ready. */
export const electronProcessHost: ProcessHost = {
  spawn(entry, name, { env: more, execArgv = [] } = {}) {
    // The first password is handed over in the start message and is nobody else's business.
    const { TAODU_ADMIN_PASSWORD: _secret, ...env } = process.env;
    const child = utilityProcess.fork(entry, [], {
      serviceName: `taodu-${name}`,
      stdio: 'inherit',
      env: { ...env, ...more },
      execArgv: [...execArgv],
    });
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
        const exited = (code: number) => listener(code, null);
        child.on('exit', exited);
        return () => child.off('exit', exited);
      },
      kill(signal) {
        // A utility process can only be asked to end; what does not listen is ended by its id.
        if (signal === 'SIGKILL' && child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
        else child.kill();
      },
    };
  },
};
