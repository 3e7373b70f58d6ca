import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { strictTransportSecurity } from '../../main/tls/tls-options.ts';
import type { Admission } from './admission.ts';
import { content, refusal, type Answer } from './answer.ts';
import type { HlsDoor } from './hls-door.ts';
import type { RelayCounters } from './relay-counters.ts';

export interface HttpDoorOptions {
  /** Null: this listener is not for viewers. */
  readonly hls: HlsDoor | null;
  readonly admission: Admission;
  readonly counters: RelayCounters;
  readonly key: Buffer;
  /** The text of `/metrics`; null: this listener does not give it. */
  readonly metrics: (() => string) | null;
  /** It speaks TLS. */
  readonly secure: boolean;
}

const maxTarget = 2048;

/**
 * Never to be stored, parts included: live pictures are fetched once, and a browser that showed a camera must not keep its
 * pictures on disk. Nosniff and the cross-origin policy let pages of other origins (the hub's) use them as what they are.
 */
const commonHeaders: OutgoingHttpHeaders = {
  'Cache-Control': 'no-store',
  'Cross-Origin-Resource-Policy': 'cross-origin',
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'",
  'Referrer-Policy': 'no-referrer',
};

/** The relay over HTTP, with TLS or without. */
export function createHttpDoor(options: HttpDoorOptions): (request: IncomingMessage, response: ServerResponse) => void {
  const { hls, admission, counters } = options;
  const metricsToken = createHmac('sha256', options.key).update('metrics').digest();

  return (request, response) => {
    const origin = request.headers.origin;
    const headers: OutgoingHttpHeaders = {
      ...commonHeaders,
      ...(options.secure && { 'Strict-Transport-Security': strictTransportSecurity }),
      Vary: 'Origin',
    };
    const send = (answer: Answer, status = answer.status) => {
      if (response.destroyed) return;
      headers['Content-Type'] = answer.contentType;
      headers['Content-Length'] = answer.body.length;
      response.writeHead(status, headers);
      response.end(request.method === 'HEAD' ? undefined : answer.body);
    };
    if (!admission.isHost(request.headers.host, request.socket.localAddress, request.socket.localPort)) {
      counters.originsRefused += 1;
      return send(refusal('host-refused'));
    }
    if (origin !== undefined) {
      if (!admission.isOrigin(origin)) {
        counters.originsRefused += 1;
        return send(refusal('origin-refused'));
      }
      headers['Access-Control-Allow-Origin'] = origin;
    }
    const target = request.url ?? '/';
    if (target.length > maxTarget) return send(refusal('malformed', { field: 'url' }));
    if (request.method === 'OPTIONS') {
      headers['Access-Control-Allow-Methods'] = 'GET, HEAD';
      headers['Access-Control-Allow-Headers'] = 'Range';
      headers['Access-Control-Max-Age'] = 600;
      response.writeHead(204, headers).end();
      return;
    }
    // HEAD of the opening would use up the ticket and show nothing for it.
    const allowed = target.startsWith('/hls/open.m3u8') ? ['GET'] : ['GET', 'HEAD'];
    if (!allowed.includes(request.method ?? '')) {
      headers['Connection'] = 'close';
      headers['Allow'] = [...allowed, 'OPTIONS'].join(', ');
      return send(refusal('malformed', { field: 'method' }), 405);
    }
    // A body is never wanted: what comes anyway is not read, and the connection goes.
    if (request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined) {
      headers['Connection'] = 'close';
      return send(refusal('malformed', { field: 'body' }));
    }
    if (target === '/healthz') return send(content('application/json', Buffer.from('{"ok":true}')));
    if (target === '/metrics' && options.metrics) {
      const shown = Buffer.from(/^Bearer ([0-9a-f]{64})$/.exec(request.headers.authorization ?? '')?.[1] ?? '', 'hex');
      if (shown.length !== metricsToken.length || !timingSafeEqual(shown, metricsToken)) return send(refusal('login-required'));
      return send(content('text/plain; version=0.0.4', Buffer.from(options.metrics())));
    }
    if (hls === null) return send(refusal('not-found'));
    const withdraw = hls.get(target, (answer) => {
      if (request.method !== 'HEAD') counters.bytesOut += answer.body.length;
      send(answer);
    });
    response.on('close', withdraw);
  };
}
