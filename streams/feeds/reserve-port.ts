import { createServer } from 'node:net';
import { problem, type Problem } from '../../main/contract/errors.ts';
import { err, ok, type Result } from '../../main/contract/result.ts';

/** Whether a port can be listened on, and which one when any will do (0). It is free again when this resolves: whoever wants it takes it at once. */
export function reservePort(host: string, port: number): Promise<Result<number, Problem>> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(err(problem('port-taken', { port }))));
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      const got = typeof address === 'object' && address ? address.port : port;
      server.close(() => resolve(ok(got)));
    });
  });
}
