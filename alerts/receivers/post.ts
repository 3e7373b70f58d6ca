import { lookup as systemLookup } from 'node:dns';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { AddressList } from './address-list.ts';

/** What is sent once. */
export interface Delivery {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How it went: the status of the answer, or why there was none. */
export type PostResult = { readonly status: number } | { readonly failed: 'refused-address' | 'unreachable' };

/** A receiver that takes longer than this is tried again. */
const timeoutMs = 10_000;

/** What an answer may say beyond its head before its connection is given up. */
const answerBytesAtMost = 65_536;

/** Connections that are used again: a storm does not open one for each message. */
export interface Connections {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
  close(): void;
}

export function createConnections(): Connections {
  const settings = { keepAlive: true, maxSockets: 8, maxFreeSockets: 8, timeout: 30_000 };
  const connections = { http: new HttpAgent(settings), https: new HttpsAgent(settings) };
  return {
    ...connections,
    close() {
      connections.http.destroy();
      connections.https.destroy();
    },
  };
}

/**
 * Sends one request and waits for the head of its answer; no redirect is followed. It connects only to an address that the list allows, the very one that was looked
 * up: a name that answers something else later changes nothing. `connections` belong to one list. Never rejects.
 */
export async function post(delivery: Delivery, allowed: AddressList, signal: AbortSignal, connections?: Connections): Promise<PostResult> {
  const { result, wasReused } = await postOnce(delivery, allowed, signal, connections);
  // The other side may have closed a connection that nobody used for a while: that says nothing about whether it is there.
  return wasReused && 'failed' in result && !signal.aborted ? (await postOnce(delivery, allowed, signal)).result : result;
}

function postOnce(
  { url, headers, body }: Delivery,
  allowed: AddressList,
  signal: AbortSignal,
  connections?: Connections,
): Promise<{ readonly result: PostResult; readonly wasReused: boolean }> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) > 0 && !allowed.allows(host)) return Promise.resolve({ result: { failed: 'refused-address' }, wasReused: false });
  let refused = false;
  const lookup: LookupFunction = (name, options, answer) => {
    systemLookup(name, { all: true }, (error, addresses) => {
      const found = addresses?.find(({ address }) => allowed.allows(address));
      if (error !== null || found === undefined) {
        refused = error === null;
        answer(error ?? Object.assign(new Error(`no address of ${name} may be sent to`), { code: 'EACCES' }), '', 4);
      } else if (options.all === true) answer(null, [found]);
      else answer(null, found.address, found.family);
    });
  };
  return new Promise((resolve) => {
    const isSecure = url.protocol === 'https:';
    const send = isSecure ? httpsRequest : httpRequest;
    const timeUp = AbortSignal.timeout(timeoutMs);
    const request = send(
      url,
      {
        method: 'POST',
        agent: (isSecure ? connections?.https : connections?.http) ?? false,
        lookup,
        signal: AbortSignal.any([signal, timeUp]),
        headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
      },
      (response) => {
        resolve({ result: { status: response.statusCode ?? 0 }, wasReused: request.reusedSocket });
        let bytes = 0;
        // What else it has to say is of no interest; it is read so that the connection can be used again.
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > answerBytesAtMost) response.destroy();
        });
        response.on('error', () => response.destroy());
      },
    );
    request.on('error', () =>
      resolve({ result: { failed: refused ? 'refused-address' : 'unreachable' }, wasReused: request.reusedSocket && !timeUp.aborted }),
    );
    request.end(body);
  });
}
