import { createSocket } from 'node:dgram';
import { createServer, isIPv6 } from 'node:net';
import { problem, type Problem } from '../../main/contract/errors.ts';
import { err, ok, type Result } from '../../main/contract/result.ts';

const attempts = 5;

/**
 * Whether a port can be listened on, and which one when any will do (0); with `udp` for datagrams, too. It is free again when this resolves: whoever wants it takes it at
 * once. Refuses with `port-taken`.
 */
export async function reservePort(host: string, port: number, udp = false): Promise<Result<number, Problem>> {
  for (let attempt = 1; ; attempt += 1) {
    const got = await freeForConnections(host, port);
    if (got !== null && (!udp || (await freeForDatagrams(host, got)))) return ok(got);
    // Of any ports one may be taken for datagrams alone.
    if (port !== 0 || attempt >= attempts) return err(problem('port-taken', { port }));
  }
}

function freeForConnections(host: string, port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      const got = typeof address === 'object' && address ? address.port : port;
      server.close(() => resolve(got));
    });
  });
}

function freeForDatagrams(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    socket.once('error', () => {
      socket.close();
      resolve(false);
    });
    socket.bind({ address: host, port, exclusive: true }, () => socket.close(() => resolve(true)));
  });
}
