import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import serveFiles from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../../config/config.ts';
import { problem } from '../../contract/errors.ts';
import { cameraId } from '../../contract/ids.ts';
import type { Clock } from '../../contract/time.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { TicketPurpose } from '../accounts/tickets.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { SqliteLedger } from '../ledger/open-ledger.ts';
import { sendProblem } from './http-server.ts';
import { pageNotBuilt, plainPageStyleHash, wallLinkRefused } from './plain-page.ts';
import { pageSession, type PageSession, type PrincipalDoor } from './principal.ts';
import { createLinkRecord } from './record-link.ts';
import { framedByItself, knowingItsPosition, securityHeaders } from './security-headers.ts';
import { peerAddress } from './socket-gateway.ts';

type Ticketed = { Querystring: { ticket?: unknown } };
type Linked = { Querystring: { ticket?: unknown; diagnose?: unknown } };

/** What a link to the console asks for outlives the login: the camera to be diagnosed, and nothing else. */
function linked({ query }: FastifyRequest<Linked>): string {
  const asked = cameraId.safeParse(query.diagnose);
  return asked.success ? `?diagnose=${encodeURIComponent(asked.data)}` : '';
}

/** The pages, their files, and the one-time links that open them. */
export function addPageRoutes(
  app: FastifyInstance,
  options: {
    readonly rendererFolder: string;
    /** The language of pages whose reader chose none. */
    readonly locale: Config['locale'];
    readonly door: PrincipalDoor;
    readonly accounts: Accounts;
    readonly ledger: Pick<SqliteLedger, 'transact'>;
    readonly audit: AuditLog;
    readonly clock: Clock;
    /** The pages go out over TLS. */
    readonly secure: boolean;
  },
): void {
  const { rendererFolder, locale, door, accounts, clock, secure } = options;

  void app.register(serveFiles, {
    root: join(rendererFolder, 'assets'),
    prefix: '/assets/',
    decorateReply: false,
    index: false,
    dotfiles: 'deny',
    // file names carry the hash of their content
    immutable: true,
    maxAge: '365d',
    suppressWarning: true,
    setHeaders: (reply) => void reply.header('cache-control', 'public, max-age=31536000, immutable'),
  });

  const html = (reply: FastifyReply, status: number, text: string) => reply.code(status).type('text/html; charset=utf-8').send(text);
  /** `text` is one of our own messages, with its inline style. */
  const message = (reply: FastifyReply, status: number, text: string) => {
    reply.headers(securityHeaders(null, [], { secure, styleHash: plainPageStyleHash }));
    return html(reply, status, text);
  };
  const page = async (reply: FastifyReply, name: string, status = 200) => {
    const text = await readFile(join(rendererFolder, name), 'utf8').catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return null;
      throw cause;
    });
    return text ? html(reply, status, inLanguage(text, locale)) : message(reply, 503, pageNotBuilt);
  };
  const signedIn = (request: FastifyRequest, session: PageSession) =>
    door.admit({ headers: request.headers, session, originNeeded: false }).ok;
  const redeem = ({ query, socket }: FastifyRequest<Ticketed>, isExpected: (purpose: TicketPurpose) => boolean) => {
    if (typeof query.ticket !== 'string') return null;
    const address = peerAddress(socket.remoteAddress);
    const record = createLinkRecord(options, address);
    const opened = accounts.redeem(query.ticket, isExpected, address, (holder) => record.begins(holder));
    if (opened) record.opened(opened.session.id);
    return opened;
  };

  app.get('/', (_request, reply) => reply.redirect('/console', 303));
  app.get('/login', (_request, reply) => page(reply, 'login.html'));

  app.get<Linked>('/console', (request, reply) => {
    if (request.query.ticket !== undefined) {
      const opened = redeem(request, (purpose) => purpose.kind === 'console');
      if (!opened) return reply.redirect(`/login?problem=ticket-refused${linked(request).replace('?', '&')}`, 303);
      reply.header('set-cookie', door.setCookie('console', opened.token, opened.session.expiresAt - clock.now()));
      return reply.redirect(`/console${linked(request)}`, 303);
    }
    return signedIn(request, 'console') ? page(reply, 'console.html') : reply.redirect(`/login${linked(request)}`, 303);
  });

  // The same page with and without a token, whatever that is worth: it exchanges it by `POST /unit/session`, so that whoever only looks at a link uses nothing.
  const unitPage = (_request: FastifyRequest, reply: FastifyReply) => {
    const policy = 'permissions-policy';
    reply.header(policy, knowingItsPosition(String(reply.getHeader(policy))));
    return page(reply, 'unit.html');
  };
  app.get('/unit', unitPage);
  app.get('/unit/:token', unitPage);

  app.get<Ticketed & { Params: { wallId: string; screenId: string } }>('/wall/:wallId/:screenId', (request, reply) => {
    const { wallId, screenId } = request.params;
    const session = pageSession(`wall:${wallId}:${screenId}`);
    if (session === null) return sendProblem(reply, problem('not-found'));
    if (request.query.ticket !== undefined) {
      const opened = redeem(request, (purpose) => purpose.kind === 'wall' && purpose.wallId === wallId && purpose.screenId === screenId);
      if (!opened) return message(reply, 403, wallLinkRefused);
      reply.header('set-cookie', door.setCookie(session, opened.token, opened.session.expiresAt - clock.now()));
      return reply.redirect(`/wall/${wallId}/${screenId}`, 303);
    }
    const policy = 'content-security-policy';
    reply.header(policy, framedByItself(String(reply.getHeader(policy))));
    // Without a session it is the same page: it shows the code by which somebody at a console lets it in.
    return page(reply, 'wall.html', signedIn(request, session) ? 200 : 401);
  });
}

/** A page takes the language of its root element where its reader chose none. */
function inLanguage(page: string, locale: Config['locale']): string {
  return page.replace('<html lang="zh-CN">', `<html lang="${locale}">`);
}
