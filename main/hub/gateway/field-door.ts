import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Unit } from '../../../alerts/incident-contract.ts';
import type { CommandName } from '../../contract/catalog.ts';
import { problem } from '../../contract/errors.ts';
import type { Principal } from '../../contract/principal.ts';
import type { Clock } from '../../contract/time.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { unitName } from '../accounts/principals.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { CommandGateway } from '../commands/command-gateway.ts';
import type { FieldLinks } from '../field/field-links.ts';
import type { SqliteLedger } from '../ledger/open-ledger.ts';
import { RequestBudget } from '../walls/request-budget.ts';
import { sendProblem } from './http-server.ts';
import type { PrincipalDoor } from './principal.ts';
import { createLinkRecord } from './record-link.ts';
import { peerAddress } from './socket-gateway.ts';

/** What the field page may ask for, by its session alone. */
const fieldCommands = ['task.mine', 'task.report'] as const satisfies readonly CommandName[];

/** A report with its photo. */
const reportBytesAtMost = 1_600_000;
const tokenBytesAtMost = 1024;
/** A crew opens its link a few times; many crews may come through one address of a mobile network. */
export const exchangesEach = 60;
const exchangesWindowMs = 60_000;
const addressesKnown = 4096;

const exchange = z.object({ token: z.string().max(128) }).strict();

/**
 * The door of units in the field. `POST /unit/session` exchanges the token of a link for a session of its unit, in a cookie that no script reads: 204, or
 * `field-link-refused` whatever is wrong with it, `too-many-requests`, `origin-refused`. `POST /unit/commands/<name>` runs a command with that session. The token is
 * in the body alone: it reaches no log, no audit, and no Referer.
 */
export function addFieldDoor(
  app: FastifyInstance,
  options: {
    readonly door: PrincipalDoor;
    readonly accounts: Pick<Accounts, 'openUnit' | 'workstationOf'>;
    readonly links: Pick<FieldLinks, 'open' | 'unitOf'>;
    readonly commands: Pick<CommandGateway, 'execute'>;
    readonly ledger: Pick<SqliteLedger, 'transact' | 'get'>;
    readonly audit: AuditLog;
    readonly clock: Clock;
  },
): void {
  const { door, accounts, links, ledger, clock } = options;
  const budget = new RequestBudget(clock, { windowMs: exchangesWindowMs, each: exchangesEach, addresses: addressesKnown });
  const principals = new WeakMap<FastifyRequest, Principal>();

  const admit = (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    const admitted = door.admit({ headers: request.headers, session: 'unit', originNeeded: true });
    if (!admitted.ok) return void sendProblem(reply, admitted.error);
    // A bearer token of somebody else opens the machine API, not this door.
    if (admitted.value.unit === undefined) return void sendProblem(reply, problem('forbidden'));
    principals.set(request, admitted.value);
    done();
  };

  app.post('/unit/session', { bodyLimit: tokenBytesAtMost }, (request, reply) => {
    // Without it somebody else's page could put this phone into his unit's session.
    if (request.headers.origin === undefined) return sendProblem(reply, problem('origin-refused', { origin: null }));
    const address = peerAddress(request.socket.remoteAddress);
    const waitMs = budget.take(address);
    if (waitMs > 0) return sendProblem(reply, problem('too-many-requests', { retryAfterMs: waitMs }));
    const asked = exchange.safeParse(request.body);
    if (!asked.success) return sendProblem(reply, problem('malformed', { path: 'token' }));
    const { token } = asked.data;

    const opened = links.open(token);
    if (opened === null) {
      const there = door.admit({ headers: request.headers, session: 'unit', originNeeded: true });
      // Whoever is in already may have come back by the link he came in by, which a newer one has ended.
      const sameUnit = there.ok && there.value.unit !== undefined && links.unitOf(token) === there.value.unit;
      return sameUnit ? reply.code(204).send() : sendProblem(reply, problem('field-link-refused'));
    }
    const { unitId, expiresAt } = opened;
    const unit = ledger.get('units', unitId) as Unit | undefined;
    if (unit === undefined) return sendProblem(reply, problem('field-link-refused'));
    const record = createLinkRecord(options, address);
    record.begins({ name: unitName(unit.number), roles: ['unit'] });
    const { session, token: secret } = accounts.openUnit(unitId, address, expiresAt);
    record.opened(session.id);
    reply.header('set-cookie', door.setCookie('unit', secret, session.expiresAt - clock.now()));
    return reply.code(204).send();
  });

  for (const name of fieldCommands) {
    app.post(`/unit/commands/${name}`, { onRequest: admit, bodyLimit: reportBytesAtMost }, async (request, reply) => {
      const principal = principals.get(request)!;
      const key = request.headers['idempotency-key'];
      const answer = await options.commands.execute(
        { name, args: request.body ?? {}, ...(typeof key === 'string' && { idempotencyKey: key }) },
        {
          principal,
          from: {
            door: 'http',
            address: peerAddress(request.socket.remoteAddress),
            workstation: accounts.workstationOf(principal.sessionId),
          },
        },
      );
      if (!answer.ok) return sendProblem(reply, answer.error);
      return reply.type('application/json; charset=utf-8').send(JSON.stringify(answer.value));
    });
  }
}
