import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

export interface RunningHub {
  readonly listening: string;
  readonly epoch: number;
  readonly login: string | null;
  readonly dataFolder: string;
  readonly pid: number;
  /** Milliseconds from the start of the process to its JSON line. */
  readonly startedMs: number;
  /** Milliseconds of the administrator's login after that: password hashing is slow on purpose. */
  readonly loginMs: number;
  /** The PIDs of the launcher's children by the file they run: `hub.js`, `relay.js`. */
  child(entry: 'hub.js' | 'relay.js' | 'av.js' | 'ingest.js'): Promise<number>;
  /** Calls a command with the administrator's token; the answer is the result or throws with the error code. */
  command<T>(name: string, args: object, headers?: Record<string, string>): Promise<T>;
  collection<T>(name: string, query?: string): Promise<{ epoch: number; seq: number; items: T[]; next: string | null }>;
  /** The hub's own figures, by name with labels. */
  metrics(): Promise<Record<string, number>>;
  stderr(): string;
  /** Stops it and, unless `keep`, removes its data folder. */
  stop(keep?: boolean): Promise<void>;
}

export const adminPassword = 'Quiet-harbour-7';

/** Starts the product as its users do, by its launcher, and logs in as administrator. */
export async function startHub(options: {
  demo: boolean;
  /** Whether the systems of the demo city say anything; their alerts come when they come, and lie over screens. */
  living?: boolean;
  dataFolder?: string;
  args?: readonly string[];
}): Promise<RunningHub> {
  const dataFolder = options.dataFolder ?? mkdtempSync(join(tmpdir(), 'taodu-hub-'));
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    [
      join(root, 'dist', 'node', 'launch.js'),
      'hub',
      '--port',
      '0',
      '--relay-port',
      '0',
      '--rtmp-port',
      '0',
      '--data',
      dataFolder,
      ...(options.demo ? ['--demo', ...(options.living === true ? [] : ['--story', 'none'])] : []),
      ...(options.args ?? []),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, TAODU_ADMIN_PASSWORD: adminPassword } },
  );
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-200_000);
  });
  const exited = new Promise<number | null>((done) => child.on('exit', (code) => done(code)));
  const line = await new Promise<string>((done, failed) => {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end >= 0) done(text.slice(0, end));
    });
    void exited.then((code) => failed(new Error(`the hub ended with ${code}:\n${errors}`)));
  });
  const startedMs = performance.now() - startedAt;
  const said = JSON.parse(line) as { listening: string; epoch: number; login?: string };

  const ask = async <T>(path: string, init: RequestInit): Promise<T> => {
    const answer = await fetch(said.listening + path, init);
    const body = (await answer.json()) as { error?: { code: string } };
    if (body.error)
      throw Object.assign(new Error(`${path}: ${answer.status} ${JSON.stringify(body.error)}`), {
        code: body.error.code,
        status: answer.status,
      });
    return body as T;
  };
  const post = <T>(name: string, args: object, headers: Record<string, string>) =>
    ask<T>(`/api/commands/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(args),
    });

  const loginAt = performance.now();
  const { token } = await post<{ token: string }>('session.login', { user: 'admin', password: adminPassword }, {});
  const loginMs = performance.now() - loginAt;
  const bearer = { authorization: `Bearer ${token}` };

  return {
    listening: said.listening,
    epoch: said.epoch,
    login: said.login ?? null,
    dataFolder,
    pid: child.pid!,
    startedMs,
    loginMs,
    child: (entry) => childRunning(child.pid!, entry),
    command: (name, args, headers = {}) => post(name, args, { ...bearer, ...headers }),
    collection: (name, query = '') => ask(`/api/collections/${name}${query}`, { headers: bearer }),
    async metrics() {
      const text = await (await fetch(`${said.listening}/metrics`, { headers: bearer })).text();
      const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
      return Object.fromEntries(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]));
    },
    stderr: () => errors,
    async stop(keep = false) {
      child.kill('SIGTERM');
      await exited;
      if (!keep) rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}

/** Finds a child of `parent` by the file it runs (Linux). */
async function childRunning(parent: number, entry: string): Promise<number> {
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = await readFile(`/proc/${name}/stat`, 'utf8');
      const ppid = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      if (ppid === parent && (await readFile(`/proc/${name}/cmdline`, 'utf8')).includes(entry)) return Number(name);
    } catch {
      // it ended while we looked
    }
  }
  throw new Error(`no child of ${parent} runs ${entry}`);
}

/** Asks again and again until `probe` gives something; fails after `withinMs` with what it was waiting for. */
export async function until<T>(what: string, withinMs: number, probe: () => Promise<T | null | undefined | false>): Promise<T> {
  const end = performance.now() + withinMs;
  let last: unknown = null;
  for (;;) {
    try {
      const found = await probe();
      if (found) return found;
    } catch (error) {
      last = error;
    }
    if (performance.now() > end) throw new Error(`waited ${withinMs} ms for: ${what}${last ? ` (last: ${(last as Error).message})` : ''}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}
