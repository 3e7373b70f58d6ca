import type { FastifyInstance } from 'fastify';
import { problem } from '../../contract/errors.ts';
import type { Clock } from '../../contract/time.ts';
import { RequestBudget } from '../walls/request-budget.ts';
import { sendProblem } from './http-server.ts';
import { peerAddress } from './socket-gateway.ts';

/** The addresses without a login whose answers are meant for everybody, pages of others included. Each is there only where the configuration publishes it. */
export const openPaths = { parking: '/api/open/parking' } as const;

const windowMs = 60_000;
/** Whoever keeps what he was given for as long as it says asks twice a minute; many may stand behind one address. */
const eachAtMost = 240;
const allAtMost = 6000;
const addressesAtMost = 10_000;
/** How long an answer may be kept, and how long we keep it ourselves. */
const maxAgeSeconds = 30;
const madeEveryMs = 5000;

/**
 * `GET /api/open/parking`: the guidance of car parks for navigation services and signs. One answer for all who ask within some seconds, so that asking costs nothing; who
 * asks too often gets 429.
 */
export function addOpenRoutes(
  app: FastifyInstance,
  { parking, clock }: { readonly parking: (() => object) | null; readonly clock: Pick<Clock, 'monotonic'> },
): void {
  if (parking === null) return;
  const each = new RequestBudget(clock, { windowMs, each: eachAtMost, addresses: addressesAtMost });
  const all = new RequestBudget(clock, { windowMs, each: allAtMost, addresses: 1 });
  let made: { readonly body: string; readonly at: number } | null = null;

  app.get(openPaths.parking, (request, reply) => {
    reply.headers({ 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' });
    const waitMs = each.take(peerAddress(request.socket.remoteAddress)) || all.take('all');
    if (waitMs > 0) return sendProblem(reply, problem('too-many-requests', { retryAfterMs: waitMs }));
    const now = clock.monotonic();
    if (made === null || now - made.at >= madeEveryMs) made = { body: JSON.stringify(parking()), at: now };
    return reply.header('cache-control', `public, max-age=${maxAgeSeconds}`).type('application/json; charset=utf-8').send(made.body);
  });
}
