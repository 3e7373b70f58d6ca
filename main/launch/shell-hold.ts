import { createHash } from 'node:crypto';
import { mkdirSync, realpathSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { problem, type Problem } from '../contract/errors.ts';
import { err, ok, type Result } from '../contract/result.ts';

/** The windows of a data folder are this process's. */
export interface ShellHold {
  /** Gives them up; may be called twice. */
  release(): void;
}

const answersWithinMs = 1000;
const longestAnswer = 32;

/**
 * Takes the window profiles of a data folder for this process alone: two launchers would end each other's browsers. Fails with `data-folder-in-use` (`pid` of who
 * has them, null when he does not say) or `data-folder-unusable`. The hold is a socket that nobody can reach from elsewhere, so it ends with its process, however that ends.
 */
export async function holdShell(dataFolder: string, platform: NodeJS.Platform = process.platform): Promise<Result<ShellHold, Problem>> {
  let folder: string;
  try {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
    folder = realpathSync(dataFolder);
  } catch (cause) {
    const reason = ['EEXIST', 'ENOTDIR'].includes(String((cause as NodeJS.ErrnoException).code)) ? 'not-a-directory' : 'not-writable';
    return err(
      problem('data-folder-unusable', { path: dataFolder, reason }, `the data folder ${dataFolder} cannot be used: ${String(cause)}`),
    );
  }
  const name = `taodu-shell-${createHash('sha256').update(folder).digest('hex').slice(0, 32)}`;
  const isFile = platform !== 'linux' && platform !== 'win32';
  const address = platform === 'linux' ? `\0${name}` : platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), name);
  for (let tries = 2; ; tries -= 1) {
    const server = await listen(address);
    if (server !== null) {
      const release = () => {
        server.close();
        if (isFile) rmSync(address, { force: true });
      };
      return ok({ release });
    }
    const answer = await ask(address);
    // A file outlives who made it.
    if (answer === null && isFile && tries > 1) rmSync(address, { force: true });
    else if (answer !== null || tries <= 1) return err(inUse(folder, answer));
  }
}

function inUse(folder: string, answer: string | null): Problem {
  const pid = /^\d{1,10}$/.test(answer ?? '') ? Number(answer) : null;
  const who = pid === null ? '' : ` (process ${pid})`;
  return problem('data-folder-in-use', { path: folder, pid }, `the windows of the data folder ${folder} are open already${who}`);
}

/** Null: somebody else listens there. */
function listen(address: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.end(String(process.pid));
    });
    server.maxConnections = 4;
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(null) : reject(error)));
    server.listen(address, () => {
      server.unref();
      resolve(server);
    });
  });
}

/** What whoever listens there says; null: nobody listens. */
function ask(address: string): Promise<string | null> {
  return new Promise((resolve) => {
    let said = '';
    const socket = connect(address);
    socket.setTimeout(answersWithinMs, () => socket.destroy());
    socket.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.length > longestAnswer) socket.destroy();
    });
    let isThere = false;
    socket.once('connect', () => (isThere = true));
    socket.on('error', () => {});
    socket.once('close', () => resolve(isThere ? said : null));
  });
}
