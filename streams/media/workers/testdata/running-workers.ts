import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { silentLog } from '../../../../main/contract/log.ts';
import type { AccessUnit } from '../../../contract.ts';
import type { SourceReport } from '../../source.ts';
import { ShiftedClock } from '../../testdata/shifted-clock.ts';
import { createWorkerDoor } from '../worker-door.ts';
import { createWorkerLink, type WorkerHandlers, type WorkerLink } from '../worker-link.ts';
import type { FromWorker, ToWorker, WorkerName } from '../worker-protocol.ts';

export const launchKey = Buffer.alloc(32, 9);

/** The door alone, behind a real listener, with everything that it tells of publishers. */
export async function runningDoor() {
  const clock = new ShiftedClock();
  const publishing: string[] = [];
  let admit: (keyHash: string, admitted: boolean) => void = () => {};
  const door = createWorkerDoor({
    key: launchKey,
    publishers: {
      ingestUp(url, answer) {
        admit = answer;
        publishing.push(`up ${url}`);
      },
      ingestDown: () => publishing.push('down'),
      began: (keyHash) => publishing.push(`began ${keyHash.slice(0, 1)}`),
      ended: (keyHash) => publishing.push(`ended ${keyHash.slice(0, 1)}`),
    },
    clock,
    log: silentLog,
  });
  const sockets = new Set<Socket>();
  const server = createServer();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  });
  server.on('upgrade', (request, socket, head) => door.accept(request, socket, head));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    door,
    clock,
    publishing,
    sockets,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    admit: (keyHash: string, admitted: boolean) => admit(keyHash, admitted),
    async stop() {
      door.close();
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

/** A worker that does what the test says. */
export function fakeWorker(
  url: string,
  options: {
    name?: WorkerName;
    key?: Buffer;
    hello?: Partial<ReturnType<WorkerHandlers['hello']>>;
    onHear?: (message: ToWorker, link: WorkerLink) => void;
  } = {},
) {
  const heard: ToWorker[] = [];
  const units: { stream: number; unit: AccessUnit }[] = [];
  const life: string[] = [];
  const link: WorkerLink = createWorkerLink({
    name: options.name ?? 'av',
    url,
    key: (options.key ?? launchKey).toString('base64'),
    handlers: {
      hello: () => ({ url: null, maxPulls: 4, maxTranscodes: 1, ...options.hello }),
      up: () => life.push('up'),
      down: () => life.push('down'),
      hear(message) {
        heard.push(message);
        options.onHear?.(message, link);
      },
      unit: (stream, unit) => units.push({ stream, unit }),
    },
    clock: new ShiftedClock(),
    log: silentLog,
  });
  return { link, heard, units, life, tell: (message: FromWorker) => link.tell(message) };
}

/** A sink and a report that remember. */
export function listener() {
  const got: AccessUnit[] = [];
  const steps: string[] = [];
  const report: SourceReport = { step: (step) => steps.push(step), link: ({ packets }) => steps.push(`link ${packets}`) };
  return { got, steps, report, sink: { push: (unit: AccessUnit) => got.push(unit) } };
}

/** Asks again until it holds. */
export async function until(probe: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await probe())) await new Promise((done) => setTimeout(done, 5));
}
