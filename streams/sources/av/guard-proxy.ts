import { createServer, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { problem, type Problem } from '../../../main/contract/errors.ts';
import type { AddressPolicy } from '../address-policy.ts';

/** A proxy for one pull over HTTP. */
export interface GuardProxy {
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  /** Why the latest request could not go on: its address is not allowed, or nobody is there; null when it could. FFmpeg only sees a 403 or 502. */
  readonly failure: Problem | null;
  stop(): Promise<void>;
}

/** A player of HLS keeps one or two open. */
const maxConnections = 16;
const connectMs = 8000;
/** Nothing moved for this long. */
const silentMs = 30_000;
/** Of one hop only (RFC 9110 clause 7.6.1). */
const hopHeaders = ['proxy-connection', 'proxy-authorization', 'connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade'];

/**
 * A forward proxy (RFC 9110 clauses 3.7 and 9.3.6) on loopback. FFmpeg follows redirects and playlists by itself; through this proxy
 * every single request is looked at by the address policy, and connects to the very address that was allowed.
 */
export async function startGuardProxy(policy: Pick<AddressPolicy, 'check'>): Promise<GuardProxy> {
  let failure: Problem | null = null;
  const sockets = new Set<Duplex>();
  const keep = <S extends Duplex>(socket: S): S => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    return socket;
  };

  /** Where a request may go to; null when nowhere. */
  const allowed = async (host: string, port: number) => {
    const found = await policy.check(host, port);
    if (found.ok) return found.value;
    failure = found.error;
    return null;
  };

  const unreached = (target: URL, port: number, error: NodeJS.ErrnoException) => {
    failure = problem('source-unreachable', { host: hostOf(target), port, reason: error.code ?? 'failed' });
  };

  const forward = async (request: IncomingMessage, response: ServerResponse) => {
    const target = URL.parse(request.url ?? '');
    // Only what is meant for a proxy: a page that finds this port gets nothing from it.
    if (target?.protocol !== 'http:') return end(response, 400);
    const place = await allowed(hostOf(target), Number(target.port || 80));
    if (!place) return end(response, 403);
    if (response.destroyed) return;
    const headers = { ...withoutHops(request.headers), host: target.host, connection: 'close' };
    const onward = httpRequest({
      host: place.address,
      family: place.family,
      port: Number(target.port || 80),
      method: request.method,
      path: target.pathname + target.search,
      headers,
      agent: false,
      timeout: silentMs,
    });
    onward.on('socket', keep);
    onward.on('timeout', () => onward.destroy());
    onward.on('error', (error) => {
      if (response.headersSent) return void response.destroy();
      unreached(target, Number(target.port || 80), error);
      end(response, 502);
    });
    onward.on('response', (answer) => {
      failure = null;
      const status = answer.statusCode ?? 0;
      // Node reads what it would not write: a status of 99, or trailers where there is no room for any.
      response.writeHead(status >= 200 && status <= 599 ? status : 502, withoutHops(answer.headers));
      answer.on('error', () => response.destroy());
      answer.on('aborted', () => response.destroy());
      answer.pipe(response);
    });
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  };

  const tunnel = async (request: IncomingMessage, client: Duplex, head: Buffer) => {
    keep(client);
    const target = URL.parse(`http://${request.url ?? ''}`);
    const place = target && (await allowed(hostOf(target), Number(target.port || 80)));
    if (!place) return client.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
    if (client.destroyed) return;
    const onward = keep(connect({ host: place.address, port: Number(target.port || 80), family: place.family }));
    onward.setTimeout(connectMs, () => onward.destroy());
    onward.once('error', (error) => unreached(target, Number(target.port || 80), error));
    onward.on('connect', () => {
      failure = null;
      onward.setTimeout(silentMs);
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      if (head.length > 0) onward.write(head);
      onward.pipe(client).pipe(onward);
    });
    onward.on('close', () => client.destroy());
    client.on('close', () => onward.destroy());
  };

  const server = createServer({ maxHeaderSize: 16 * 1024, headersTimeout: connectMs, requestTimeout: connectMs });
  server.maxConnections = maxConnections;
  server.on('connection', (socket: Socket) => keep(socket));
  server.on('request', (request, response) => void forward(request, response));
  server.on('connect', (request: IncomingMessage, client: Duplex, head: Buffer) => void tunnel(request, client, head));
  server.on('upgrade', (_request, socket: Duplex) => socket.destroy());
  await new Promise<void>((listening, failed) => {
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => listening());
  });

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get failure() {
      return failure;
    },
    async stop() {
      const closed = new Promise((done) => server.close(done));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, '$1');

const withoutHops = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !hopHeaders.includes(name)));

function end(response: ServerResponse, status: number): void {
  response.writeHead(status, { connection: 'close' }).end();
}
