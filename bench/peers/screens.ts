import { io, type Socket } from 'socket.io-client';
import { protocolVersion } from '../../main/contract/protocol.ts';

/**
 * Screens as the hub sees them: each a socket with the session of its screen that subscribes to its wall. Reads one line
 * `{"origin","screens":[{"cookie","session","wallId"}]}`, prints `{"connected":N,"answered":N,"tookMs":M}` when all of them have their wall. On a
 * line `again` all of them hang up and come back at once, without any patience, and it prints the same. Without a cookie it is a plain socket.io
 * server that is asked. Ends with its standard input.
 */
interface Screen {
  readonly cookie: string | null;
  readonly session: string | null;
  readonly wallId: string;
}

let sockets: Socket[] = [];

/** Opens every socket and waits for each one's first answer. */
async function openAll(origin: string, screens: readonly Screen[]): Promise<void> {
  const from = performance.now();
  let answered = 0;
  sockets = screens.map(({ cookie, session }) =>
    io(origin, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      auth: { protocol: protocolVersion, ...(session === null ? {} : { session }) },
      extraHeaders: cookie === null ? {} : { cookie, origin },
    }),
  );
  await Promise.all(
    sockets.map(
      (socket, index) =>
        new Promise<void>((done, failed) => {
          socket.once('connect_error', (error) => failed(error));
          socket.once('connect', () => {
            socket.emit('subscribe', { id: 1, collection: 'walls', selector: { ids: [screens[index]!.wallId] } }, () => {
              answered += 1;
              done();
            });
          });
        }),
    ),
  );
  const tookMs = Math.round(performance.now() - from);
  process.stdout.write(`${JSON.stringify({ connected: sockets.filter(({ connected }) => connected).length, answered, tookMs })}\n`);
}

let given: { origin: string; screens: Screen[] } | null = null;
let text = '';
process.stdin.setEncoding('utf8').on('data', (chunk: string) => {
  text += chunk;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
    const line = text.slice(0, end);
    text = text.slice(end + 1);
    if (line === 'again') for (const socket of sockets) socket.disconnect();
    else given = JSON.parse(line) as typeof given;
    void openAll(given!.origin, given!.screens).catch((error: unknown) => {
      process.stderr.write(`a screen was refused: ${String(error)}\n`);
      process.exit(1);
    });
  }
});
process.stdin.on('end', () => process.exit());
