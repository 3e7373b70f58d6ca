import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { mayRead } from '../../contract/barrier.ts';
import { commands, type CommandResult } from '../../contract/catalog.ts';
import { problem } from '../../contract/errors.ts';
import type { Ledger } from '../../contract/ledger.ts';
import type { Permission } from '../../contract/permissions.ts';
import type { Principal } from '../../contract/principal.ts';
import { isWholeCity } from '../../contract/scope.ts';
import type { Clock } from '../../contract/time.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { CommandGateway } from '../commands/command-gateway.ts';
import type { CollectionPages } from './collection-pages.ts';
import { sendProblem } from './http-server.ts';
import type { Metrics } from './metrics.ts';
import { openApiDocument } from './openapi.ts';
import type { PrincipalDoor } from './principal.ts';
import { peerAddress } from './socket-gateway.ts';

/** Nobody has proven anything yet: a login is short. */
const publicBodyBytes = 16 * 1024;

/** The machine API: the same commands and collections as on the socket. */
export function addApiRoutes(
  app: FastifyInstance,
  options: {
    readonly door: PrincipalDoor;
    readonly accounts: Accounts;
    readonly commands: Pick<CommandGateway, 'execute'>;
    readonly pages: CollectionPages;
    readonly metrics: Metrics;
    readonly ledger: Ledger;
    readonly clock: Clock;
    readonly version: string;
  },
): void {
  const { door, accounts, ledger, clock } = options;
  const principals = new WeakMap<FastifyRequest, Principal>();
  const startedAt = clock.monotonic();

  /** Runs before the body is read: who may not ask, costs nothing. */
  const admit = (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    const originNeeded = request.method !== 'GET' && request.method !== 'HEAD';
    const admitted = door.admit({ headers: request.headers, session: 'console', originNeeded });
    if (!admitted.ok) return void sendProblem(reply, admitted.error);
    principals.set(request, admitted.value);
    done();
  };
  /** Figures count the whole city: whoever is responsible for a part of it does not read them. */
  const needsWholeCity = (permission: Permission) => (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    const principal = principals.get(request)!;
    const refusal = mayRead(principal, { permission }) ?? (isWholeCity(principal.scope) ? null : problem('out-of-scope'));
    if (refusal === null) done();
    else sendProblem(reply, refusal);
  };

  app.removeContentTypeParser('text/plain');

  app.get('/healthz', () => ({
    ok: true,
    epoch: ledger.epoch,
    seq: ledger.seq,
    uptimeS: Math.round((clock.monotonic() - startedAt) / 100) / 10,
  }));

  app.get('/metrics', { onRequest: [admit, needsWholeCity('system.view')] }, async (_request, reply) =>
    reply.type(options.metrics.contentType).send(await options.metrics.text()),
  );

  let document: string | null = null;
  app.get('/api/openapi.json', { onRequest: admit }, (_request, reply) => {
    document ??= JSON.stringify(openApiDocument(options.version));
    return reply.type('application/json; charset=utf-8').send(document);
  });

  for (const { name, permission } of commands) {
    const open = permission === 'public';
    app.post(`/api/commands/${name}`, open ? { bodyLimit: publicBodyBytes } : { onRequest: admit }, async (request, reply) => {
      const principal = principals.get(request) ?? null;
      const key = request.headers['idempotency-key'];
      const answer = await options.commands.execute(
        { name, args: request.body ?? {}, ...(typeof key === 'string' && { idempotencyKey: key }) },
        {
          principal,
          from: {
            door: 'http',
            address: peerAddress(request.socket.remoteAddress),
            workstation: principal && accounts.workstationOf(principal.sessionId),
          },
        },
      );
      if (!answer.ok) return sendProblem(reply, answer.error);
      if (name === 'session.login') {
        const { token, expiresAt } = answer.value as { token: string; expiresAt: number };
        reply.header('set-cookie', door.setCookie('console', token, expiresAt - clock.now()));
      }
      if (name === 'wall.pairing-claim') {
        const { session } = answer.value as CommandResult<'wall.pairing-claim'>;
        if (session) {
          const { token, expiresAt, wallId, screenId } = session;
          reply.header('set-cookie', door.setCookie(`wall:${wallId}:${screenId}`, token, expiresAt - clock.now()));
        }
      }
      if (name === 'session.logout') reply.header('set-cookie', door.clearCookie('console'));
      return reply.type('application/json; charset=utf-8').send(JSON.stringify(answer.value));
    });
  }
  app.post<{ Params: { name: string } }>('/api/commands/:name', { onRequest: admit, bodyLimit: publicBodyBytes }, (request, reply) =>
    sendProblem(reply, problem('unknown-command', { name: request.params.name.slice(0, 64) })),
  );

  app.get<{ Params: { name: string }; Querystring: { after?: unknown; limit?: unknown } }>(
    '/api/collections/:name',
    { onRequest: admit },
    async (request, reply) => {
      const page = await options.pages.read(principals.get(request)!, request.params.name, request.query);
      if (!page.ok) return sendProblem(reply, page.error);
      return reply.type('application/json; charset=utf-8').send(JSON.stringify(page.value));
    },
  );
}
