import { lookup as systemLookup } from 'node:dns';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
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

/**
 * Sends one request and waits for the head of its answer; no redirect is followed. It connects only to an address that the list allows, the very one that was looked
 * up: a name that answers something else later changes nothing. Never rejects.
 */
export function post({ url, headers, body }: Delivery, allowed: AddressList, signal: AbortSignal): Promise<PostResult> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) > 0 && !allowed.allows(host)) return Promise.resolve({ failed: 'refused-address' });
  let refused = false;
  const lookup: LookupFunction = (name, _options, answer) => {
    systemLookup(name, { all: true }, (error, addresses) => {
      const found = addresses?.find(({ address }) => allowed.allows(address));
      if (error !== null || found === undefined) {
        refused = error === null;
        answer(error ?? Object.assign(new Error(`no address of ${name} may be sent to`), { code: 'EACCES' }), '', 4);
      } else if (_options.all === true) answer(null, [found]);
      else answer(null, found.address, found.family);
    });
  };
  return new Promise((resolve) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = send(
      url,
      {
        method: 'POST',
        agent: false,
        lookup,
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
        headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
      },
      (response) => {
        resolve({ status: response.statusCode ?? 0 });
        // What else it has to say is of no interest.
        response.destroy();
      },
    );
    request.on('error', () => resolve({ failed: refused ? 'refused-address' : 'unreachable' }));
    request.end(body);
  });
}
