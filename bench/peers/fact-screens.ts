import { io, type Socket } from 'socket.io-client';
import { protocolVersion } from '../../main/contract/protocol.ts';

/**
 * Screens that hear of facts: sockets that subscribe to one collection. Reads one line `{"origin","token","screens","collection","base"}` and prints `{"connected":N}` once all
 * of them have their snapshot. On a line `figures` it prints what it heard, times in ms since the epoch less `base`: of `assets` `{"heard":N,"delays":[…]}`, where a value is the
 * time at which it was sent (at most 200,000 delays, evenly thinned); of `alerts` `{"heard":N,"arrivals":[[name,time],…]}`, the first telling of each alert on each screen by the
 * name of what it is about. Ends with its standard input. Without a token it is the plain server of the peer that is asked, which needs none.
 */
interface Given {
  readonly origin: string;
  readonly token: string | null;
  readonly screens: number;
  readonly collection: string;
  readonly base: number;
}

const now = () => performance.timeOrigin + performance.now();
const rounded = (delay: number): number => Math.round(delay * 10) / 10;
const keptAtMost = 200_000;
let sockets: Socket[] = [];
let base = 0;
let heard = 0;
const delays: number[] = [];
const arrivals: [string, number][] = [];
/** Keys of alerts that a socket was told of: a second telling of the same alert is no delay. */
const told = new WeakMap<Socket, Set<string>>();

function note(delay: number): void {
  heard += 1;
  if (delays.length < keptAtMost) delays.push(delay);
  else if (Math.random() < keptAtMost / heard) delays[Math.floor(Math.random() * keptAtMost)] = delay;
}

function hearValues(items: readonly { fields: { latest?: Record<string, { value: unknown }> } }[]): void {
  const at = now() - base;
  for (const { fields } of items)
    for (const { value } of Object.values(fields.latest ?? {})) if (typeof value === 'number' && value > 0) note(at - value);
}

function hearAlerts(socket: Socket, ops: readonly { op: string; key: string; value?: { subject?: { name: string } } }[]): void {
  const at = rounded(now() - base);
  const known = told.get(socket) ?? new Set();
  told.set(socket, known);
  for (const { op, key, value } of ops) {
    if (op !== 'put' || known.has(key) || value?.subject === undefined) continue;
    known.add(key);
    heard += 1;
    if (arrivals.length < keptAtMost) arrivals.push([value.subject.name, at]);
  }
}

async function open({ origin, token, screens, collection, base: from }: Given): Promise<void> {
  base = from;
  sockets = Array.from({ length: screens }, () =>
    io(origin, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      auth: { protocol: protocolVersion, ...(token === null ? {} : { token }) },
    }),
  );
  await Promise.all(
    sockets.map(
      (socket) =>
        new Promise<void>((done, failed) => {
          socket.once('connect_error', failed);
          socket.on('volatile', (message: { items: Parameters<typeof hearValues>[0] }) => hearValues(message.items));
          socket.on('changes', (message: { ops: Parameters<typeof hearAlerts>[1] }) => hearAlerts(socket, message.ops));
          socket.once('connect', () => {
            socket.emit('subscribe', { id: 1, collection }, (answer: { kind: string }) =>
              answer.kind === 'refused' ? failed(new Error(JSON.stringify(answer))) : done(),
            );
          });
        }),
    ),
  );
  process.stdout.write(`${JSON.stringify({ connected: sockets.filter(({ connected }) => connected).length })}\n`);
}

let text = '';
process.stdin.setEncoding('utf8').on('data', (chunk: string) => {
  text += chunk;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
    const line = text.slice(0, end);
    text = text.slice(end + 1);
    if (line === 'figures') {
      process.stdout.write(`${JSON.stringify({ heard, delays: delays.map(rounded), arrivals })}\n`);
    } else {
      void open(JSON.parse(line) as Given).catch((error: unknown) => {
        process.stderr.write(`a screen was refused: ${String(error)}\n`);
        process.exit(1);
      });
    }
  }
});
process.stdin.on('end', () => process.exit());
