import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, errors } from 'undici';
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
const connectionsAtMost = 32;
/** What the lookup says of a name that has no address on the list. */
const notAllowed = 'EACCES';

/** Sends requests over connections that are used again. */
export interface Poster {
  /** Sends one request and waits for the head of its answer; no redirect is followed. Never rejects. */
  post(delivery: Delivery, signal: AbortSignal): Promise<PostResult>;
  stop(): void;
}

/** Connects only to addresses that the list allows, the very ones that were looked up: a name that answers something else later changes nothing. */
export function createPoster(allowed: AddressList): Poster {
  const lookup: LookupFunction = (name, options, answer) => {
    systemLookup(name, { all: true }, (error, addresses) => {
      const found = addresses?.find(({ address }) => allowed.allows(address));
      if (error !== null || found === undefined)
        answer(error ?? Object.assign(new Error(`no address of ${name} may be sent to`), { code: notAllowed }), '', 4);
      else if (options.all === true) answer(null, [found]);
      else answer(null, found.address, found.family);
    });
  };
  const agent = new Agent({
    connections: connectionsAtMost,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect: { lookup, timeout: timeoutMs },
  });

  async function postOnce({ url, headers, body }: Delivery, signal: AbortSignal): Promise<PostResult | 'connection-lost'> {
    try {
      const answer = await agent.request({ origin: url.origin, path: url.pathname + url.search, method: 'POST', headers, body, signal });
      // What else it has to say is of no interest; it is read so that the connection can be used again.
      void answer.body.dump({ limit: answerBytesAtMost }).catch(() => undefined);
      return { status: answer.statusCode };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === notAllowed) return { failed: 'refused-address' };
      return error instanceof errors.SocketError || (error as NodeJS.ErrnoException).code === 'ECONNRESET'
        ? 'connection-lost'
        : { failed: 'unreachable' };
    }
  }

  return {
    async post(delivery, signal) {
      const host = delivery.url.hostname.replace(/^\[|\]$/g, '');
      if (isIP(host) > 0 && !allowed.allows(host)) return { failed: 'refused-address' };
      // The other side may have closed a connection that nobody used for a while: that says nothing about whether it is there.
      for (let tries = 0; tries < 2; tries += 1) {
        const result = await postOnce(delivery, signal);
        if (result !== 'connection-lost') return result;
      }
      return { failed: 'unreachable' };
    },
    stop: () => void agent.destroy(),
  };
}
