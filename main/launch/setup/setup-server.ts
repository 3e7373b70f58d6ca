import { randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import serveFiles from '@fastify/static';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ZodType } from 'zod';
import { configSchema } from '../../config/config.ts';
import { problem, ProblemError } from '../../contract/errors.ts';
import type { Log } from '../../contract/log.ts';
import type { Clock } from '../../contract/time.ts';
import { firstAdministrator } from '../../hub/accounts/first-administrator.ts';
import { passwordProblem } from '../../hub/accounts/password-policy.ts';
import { createHttpServer } from '../../hub/gateway/http-server.ts';
import { createOwnOrigins } from '../../hub/gateway/own-origins.ts';
import { pageNotBuilt, plainPageStyleHash, setupLinkRefused } from '../../hub/gateway/plain-page.ts';
import { securityHeaders } from '../../hub/gateway/security-headers.ts';
import { folderAsk, passwordAsk, setupPlan, type PasswordVerdict, type SetupOutcome, type SetupPlan, type SetupState } from './contract.ts';
import { judgeFolder } from './judge-folder.ts';
import { lookAtFolder } from './look-at-folder.ts';

export interface SetupServerOptions {
  readonly rendererFolder: string;
  readonly suggestedDataFolder: string;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Makes what was chosen. Called for one plan at a time, and never again once it was done. */
  begin(plan: SetupPlan): Promise<SetupOutcome>;
  /** The server ended: stopped, or nobody has asked anything for `idleMs`. */
  onEnd(): void;
}

export interface SetupServer {
  /** With the one-time ticket. */
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
}

/** Nobody leaves a door open that nobody goes through. */
export const idleMs = 30 * 60_000;
const bodyLimitBytes = 64 * 1024;
const cookieName = 'taodu_setup';

/**
 * The server of the setup page: on a free port of loopback, with the headers and the refusals of the hub's own. Who comes first with the ticket is its
 * one visitor; nobody else is given anything, not even a file of the page.
 */
export async function openSetupServer(options: SetupServerOptions): Promise<SetupServer> {
  const { clock, log } = options;
  let port = 0;
  const { hub } = configSchema.parse({});
  const origins = createOwnOrigins({ ...hub, host: '127.0.0.1', hosts: [] }, () => port);
  const { app } = createHttpServer({ origins, relays: () => [], bodyLimitBytes, certificate: null, log });
  app.server.maxConnections = 64;

  let ticket: string | null = secret();
  const visitor = secret();
  let askedAt = clock.monotonic();
  let outcome: SetupOutcome | null = null;
  let beginning: Promise<SetupOutcome> | null = null;

  const isVisitor = ({ headers }: FastifyRequest) => sameSecret(cookieOf(headers.cookie), visitor);
  const admit = (request: FastifyRequest): void => {
    if (!isVisitor(request)) throw new ProblemError(problem('login-required'));
    // A form of another page needs no script to be sent, but cannot leave out where it comes from.
    if (request.method !== 'GET' && request.headers.origin === undefined) throw new ProblemError(problem('origin-refused'));
    askedAt = clock.monotonic();
  };
  const message = (reply: FastifyReply, status: number, text: string) =>
    reply
      .headers(securityHeaders(null, [], { secure: false, styleHash: plainPageStyleHash }))
      .code(status)
      .type('text/html; charset=utf-8')
      .send(text);

  await app.register(async (scope) => {
    scope.addHook('onRequest', async (request) => admit(request));
    await scope.register(serveFiles, {
      root: join(options.rendererFolder, 'assets'),
      prefix: '/assets/',
      decorateReply: false,
      index: false,
      dotfiles: 'deny',
      suppressWarning: true,
    });
    scope.get('/api/setup/state', (): SetupState => ({
      phase: outcome?.kind === 'done' ? 'done' : beginning ? 'beginning' : 'choosing',
      done: outcome?.kind === 'done' ? outcome.done : null,
      fault: outcome?.kind === 'fault' ? outcome.fault : null,
      suggestedDataFolder: options.suggestedDataFolder,
      version: options.version,
    }));
    scope.post('/api/setup/folder', async ({ body }) => judgeFolder(await lookAtFolder(read(folderAsk, body).path)));
    scope.post('/api/setup/password', ({ body }): PasswordVerdict => {
      const weakness = passwordProblem(read(passwordAsk, body).password, firstAdministrator);
      return { reason: weakness && String(weakness.params['reason']) };
    });
    scope.post('/api/setup/begin', async ({ body }): Promise<SetupOutcome> => {
      const plan = read(setupPlan, body);
      // Pressed twice, or in two windows of the one visitor: it begins once, and both hear what came of it.
      if (outcome?.kind === 'done') return outcome;
      beginning ??= options.begin(plan).finally(() => {
        beginning = null;
        askedAt = clock.monotonic();
      });
      outcome = await beginning;
      return outcome;
    });
  });

  app.get<{ Querystring: { ticket?: unknown } }>('/', (request, reply) => {
    if (ticket !== null && sameSecret(request.query.ticket, ticket)) {
      ticket = null;
      askedAt = clock.monotonic();
      return reply.header('set-cookie', `${cookieName}=${visitor}; HttpOnly; SameSite=Strict; Path=/`).redirect('/setup', 303);
    }
    return isVisitor(request) ? reply.redirect('/setup', 303) : message(reply, 403, setupLinkRefused);
  });
  app.get('/setup', async (request, reply) => {
    if (!isVisitor(request)) return message(reply, 403, setupLinkRefused);
    askedAt = clock.monotonic();
    const page = await readFile(join(options.rendererFolder, 'setup.html')).catch(() => null);
    return page === null ? message(reply, 503, pageNotBuilt) : reply.type('text/html; charset=utf-8').send(page);
  });

  await app.listen({ host: '127.0.0.1', port: 0 });
  const address = app.server.address();
  port = typeof address === 'object' && address ? address.port : 0;

  const ending = new AbortController();
  let ended: Promise<void> | null = null;
  const stop = () =>
    (ended ??= (async () => {
      ending.abort();
      await beginning?.catch(() => {});
      await app.close();
      options.onEnd();
    })());
  void (async () => {
    try {
      for (;;) {
        const leftMs = beginning ? idleMs : askedAt + idleMs - clock.monotonic();
        if (leftMs <= 0) break;
        await clock.sleep(leftMs, ending.signal);
      }
    } catch {
      return;
    }
    log.info({ idleMs }, 'nobody uses the setup page any more');
    await stop();
  })();

  return { url: `${origins.local()}/?ticket=${ticket}`, port, stop };
}

const secret = () => randomBytes(32).toString('base64url');

function sameSecret(given: unknown, ours: string): boolean {
  if (typeof given !== 'string' || Buffer.byteLength(given) !== Buffer.byteLength(ours)) return false;
  return timingSafeEqual(Buffer.from(given), Buffer.from(ours));
}

function cookieOf(header: string | undefined): string | null {
  const pairs = (header ?? '').slice(0, 8192).split(';');
  const found = pairs.map((pair) => pair.trim()).find((pair) => pair.startsWith(`${cookieName}=`));
  return found?.slice(cookieName.length + 1) ?? null;
}

function read<T>(schema: ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new ProblemError(problem('malformed', { path: parsed.error.issues[0]?.path.map(String).join('.') || 'body' }));
}
