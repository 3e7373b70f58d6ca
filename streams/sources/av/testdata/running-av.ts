import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { launchKey } from '../../../media/workers/testdata/running-workers.ts';
import type { AvStart } from '../../../media/workers/worker-protocol.ts';

/** The av process, as the launcher starts it. */
export async function startAv(relayUrl: string, change: Partial<AvStart> = {}): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, '..', 'main.ts'), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // Where everything is to be reached without a proxy, ours is not to be left out.
    env: { ...process.env, no_proxy: '*', UV_THREADPOOL_SIZE: '16' },
  });
  const config: AvStart = {
    relay: { url: relayUrl, key: launchKey.toString('base64') },
    maxPulls: 4,
    maxTranscodes: 1,
    cameraNetworks: ['127.0.0.0/8'],
    refusedPorts: [],
    logLevel: 'fatal',
    ...change,
  };
  child.send({ kind: 'start', config });
  await once(child, 'message');
  return child;
}

/** Ends it as a crash would. */
export async function killAv(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** A web server that answers by path; what it does not know is not found. */
export async function webServer(pages: Record<string, Uint8Array | ((request: IncomingMessage, response: ServerResponse) => void)>) {
  const server = createServer((request, response) => {
    const page = pages[request.url ?? ''];
    if (typeof page === 'function') page(request, response);
    else if (page) response.end(page);
    else response.writeHead(404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: (path: string) => `http://127.0.0.1:${port}${path}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
