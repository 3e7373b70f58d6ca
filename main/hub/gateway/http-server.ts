import { STATUS_CODES } from 'node:http';
import type { Server as TlsServer } from 'node:tls';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { errorStatus, problem, ProblemError, type ErrorCode, type Problem } from '../../contract/errors.ts';
import type { Log } from '../../contract/log.ts';
import { err, ok, type Result } from '../../contract/result.ts';
import type { ServerCertificate } from '../../tls/server-certificate.ts';
import { tlsOptions } from '../../tls/tls-options.ts';
import type { OwnOrigins } from './own-origins.ts';
import { securityHeaders } from './security-headers.ts';

export interface HttpDoor {
  readonly app: FastifyInstance;
  /** From now on every request is answered `shutting-down`. */
  refuse(): void;
  /** New connections see this certificate; those that are open live on. Only for a server that was made with one. */
  useCertificate(next: ServerCertificate): void;
}

/**
 * How long a request may take to say its headers, and all of it; looked at so often. Node's own interval is half a minute: a connection that
 * sends one byte at a time would live that much longer.
 */
export const patience = { headersMs: 20_000, requestMs: 120_000, checkEveryMs: 5000 } as const;

/**
 * The hub's HTTP server before it has any route: what holds for every answer. Each has the security headers; each request
 * must name one of our hosts and come from none but our pages; each failure has the same JSON form.
 */
export function createHttpServer(options: {
  readonly origins: OwnOrigins;
  /** Origins of the media relay now. */
  relays(): readonly string[];
  readonly bodyLimitBytes: number;
  /** Addresses that pages of other origins may read, too; they need no login and tell everybody the same. */
  readonly openPaths?: readonly string[];
  /** Null speaks plain HTTP. */
  readonly certificate: ServerCertificate | null;
  /** `patience`, unless a test has less. */
  readonly patience?: { readonly [K in keyof typeof patience]: number };
  readonly log: Log;
}): HttpDoor {
  const { origins, log, openPaths = [] } = options;
  const { headersMs, requestMs, checkEveryMs } = options.patience ?? patience;
  const nature = { secure: options.certificate !== null };
  // Node would refuse requests without Host by itself, without our headers
  const bounds = {
    requireHostHeader: false,
    maxHeaderSize: 32 * 1024,
    headersTimeout: headersMs,
    connectionsCheckingInterval: checkEveryMs,
  };
  let refusing = false;

  const app = Fastify({
    logger: false,
    bodyLimit: options.bodyLimitBytes,
    requestTimeout: requestMs,
    keepAliveTimeout: 30_000,
    forceCloseConnections: true,
    return503OnClosing: false,
    ...(options.certificate === null ? { http: bounds } : ({ https: { ...bounds, ...tlsOptions(options.certificate) } } as object)),
    routerOptions: { maxParamLength: 128 },
    frameworkErrors: (error, request, reply) => {
      guard(request, reply);
      sendProblem(reply, error.code === 'FST_ERR_ASYNC_CONSTRAINT' ? problem('internal-error') : problem('malformed', { path: 'url' }));
    },
    clientErrorHandler(error, socket) {
      // plain HTTP, or rubbish, on a TLS port: there is nothing to answer on
      if (/^ERR_(SSL|TLS)_/.test(error.code ?? '')) return void socket.destroy();
      // not even HTTP: nothing of the request can be trusted, so the answer is as short as it may be
      if (!socket.writable) return void socket.destroy();
      const body = JSON.stringify({ error: problem('malformed', { path: 'request' }) });
      const headers = Object.entries({
        ...securityHeaders(null, [], nature),
        'content-type': 'application/json; charset=utf-8',
        connection: 'close',
      });
      socket.end(
        `HTTP/1.1 400 ${STATUS_CODES[400]}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}` +
          `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
    },
  });
  app.server.maxConnections = 4096;
  // "Expect: something" would be answered by Node itself; it is a request like any other
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));

  /** Sets the headers; answers why the request must not go on, or null. */
  const guard = (request: FastifyRequest, reply: FastifyReply): Problem | null => {
    const { host, origin } = request.headers;
    const own = origins.isOwnHost(host);
    reply.headers(securityHeaders(own ? host : null, options.relays(), nature));
    if (refusing) return problem('shutting-down');
    if (!own) return problem('host-refused');
    const isOpen = request.method === 'GET' && openPaths.includes(request.url.split('?', 1)[0]!);
    if (origin !== undefined && !isOpen && !origins.isOwnOrigin(origin)) return problem('origin-refused');
    return null;
  };

  app.addHook('onRequest', (request, reply, done) => {
    const refused = guard(request, reply);
    if (refused) sendProblem(reply, refused);
    else done();
  });

  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    const parsed = parseJson(body as Buffer);
    if (parsed.ok) done(null, parsed.value);
    else done(new ProblemError(parsed.error));
  });

  app.setNotFoundHandler((_request, reply) => sendProblem(reply, problem('not-found')));
  app.setErrorHandler((error: Error & { code?: string; statusCode?: number }, _request, reply) => {
    // Closing at once would reset a client that is still sending, and it would never read why: Node discards the rest instead.
    if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') reply.removeHeader('connection');
    const known = error instanceof ProblemError ? error.problem : bodyProblem(error);
    if (known) return sendProblem(reply, known);
    log.error({ err: error }, 'a request failed');
    return sendProblem(reply, problem('internal-error'));
  });

  return {
    app,
    refuse: () => void (refusing = true),
    // With `https` the server is one of TLS; the framework's type does not say so.
    useCertificate: (next) => (app.server as object as TlsServer).setSecureContext(tlsOptions(next)),
  };
}

/** JSON in UTF-8, or in GB18030 as older Chinese systems send it; anything else is refused before it can be stored as nonsense. */
function parseJson(body: Buffer): Result<unknown, Problem> {
  for (const encoding of ['utf-8', 'gb18030']) {
    let text: string;
    try {
      text = new TextDecoder(encoding, { fatal: true }).decode(body);
    } catch {
      continue;
    }
    try {
      return ok(JSON.parse(text));
    } catch {
      return err(problem('malformed', { path: 'body' }));
    }
  }
  return err(problem('malformed', { path: 'body', message: 'neither UTF-8 nor GB18030' }));
}

/** What the framework found wrong with a body, in our words; null for anything else, which is a bug of ours. */
function bodyProblem({ code, statusCode }: { readonly code?: string; readonly statusCode?: number }): Problem | null {
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return problem('payload-too-large');
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return problem('unsupported-media-type');
  return statusCode !== undefined && statusCode >= 400 && statusCode < 500 ? problem('malformed', { path: 'body' }) : null;
}

/** The one form of a failure: `{"error":{code,params,detail}}` with the status of its code. */
export function sendProblem(reply: FastifyReply, failed: Problem): FastifyReply {
  const status = statusOf(failed.code);
  const { retryAfterMs } = failed.params;
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  if (typeof retryAfterMs === 'number') reply.header('retry-after', Math.ceil(retryAfterMs / 1000));
  return reply
    .code(status)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify({ error: failed }));
}

function statusOf(code: ErrorCode): number {
  return errorStatus[code];
}
