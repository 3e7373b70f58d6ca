import { fork } from 'node:child_process';
import { dirname, join } from 'node:path';

/** A child process, as its parent sees it. `send` to a child that has gone is silently lost: its exit tells the parent. */
export interface Child {
  readonly pid: number | undefined;
  send(message: object): void;
  onMessage(listener: (message: unknown) => void): () => void;
  onExit(listener: (code: number | null, signal: string | null) => void): () => void;
  kill(signal?: NodeJS.Signals): void;
}

/** What a process gets besides its program. `env` is added to our own environment, `execArgv` are switches of Node and V8. */
export interface SpawnOptions {
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly execArgv?: readonly string[] | undefined;
}

/** Starts processes: plain child processes here, Electron's utility processes in the desktop shell. `name` is for logs and task lists. */
export interface ProcessHost {
  spawn(entry: string, name: string, options?: SpawnOptions): Child;
}

/** Children of plain Node. Their stdout goes to our stderr: stdout belongs to the one line that says where the hub listens. */
export const nodeProcessHost: ProcessHost = {
  spawn(entry, _name, { env: more, execArgv = [] } = {}) {
    // What is secret reaches a child by its channel, never by an environment that its own children would inherit.
    const { TAODU_ADMIN_PASSWORD: _password, ...env } = process.env;
    // Compiled code is kept beside the bundle: a restarted hub is back a fifth of a second sooner. Where nothing can be written, Node goes without.
    const compileCache = { NODE_COMPILE_CACHE: join(dirname(entry), '.compile-cache') };
    const child = fork(entry, [], {
      stdio: ['ignore', 2, 2, 'ipc'],
      serialization: 'json',
      env: { ...env, ...compileCache, ...more },
      execArgv: [...execArgv],
    });
    // Without a listener a failed spawn would be an uncaught error; `exit` does not follow it.
    let spawnFailed: ((code: number | null, signal: string | null) => void) | null = null;
    child.on('error', () => {
      if (child.pid === undefined) spawnFailed?.(null, null);
    });
    return {
      pid: child.pid,
      send(message) {
        if (child.connected) child.send(message, () => {});
      },
      onMessage(listener) {
        child.on('message', listener);
        return () => child.off('message', listener);
      },
      onExit(listener) {
        spawnFailed = listener;
        child.on('exit', listener);
        return () => child.off('exit', listener);
      },
      kill(signal) {
        child.kill(signal);
      },
    };
  },
};
