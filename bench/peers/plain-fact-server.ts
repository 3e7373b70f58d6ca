import { createServer } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Server } from 'socket.io';

/**
 * A socket.io server that sends on what it is told and keeps nothing: `POST /` with `{"id","value"}` goes to every socket at once. `GET /figures` tells the delay of its loop
 * since it was last asked. Says its port as one line and ends with its standard input.
 */
const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();
const server = createServer((request, response) => {
  if (request.method === 'GET') {
    const figures = { p99Ms: delay.percentile(99) / 1e6, maxMs: delay.max / 1e6 };
    delay.reset();
    response.end(JSON.stringify(figures));
    return;
  }
  let body = '';
  request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
  request.on('end', () => {
    const { id, value } = JSON.parse(body) as { id: string; value: number };
    sockets.emit('volatile', { id: 1, items: [{ key: id, fields: { latest: { 'spaces-free': { value } } } }] });
    response.statusCode = 204;
    response.end();
  });
});
const sockets = new Server(server, { transports: ['websocket'] }).on('connection', (socket) => {
  socket.on('subscribe', (_request: unknown, reply: (answer: object) => void) => reply({ kind: 'snapshot', items: [] }));
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${JSON.stringify({ port: typeof address === 'object' ? address?.port : null })}\n`);
});
process.stdin.resume();
process.stdin.on('end', () => process.exit());
