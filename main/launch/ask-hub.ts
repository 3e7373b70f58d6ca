import { readFile } from 'node:fs/promises';
import { request, type IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { isKnownServer } from '../tls/known-server.ts';
import type { City } from './city.ts';

/** What the launcher says to its own hub. */
export interface HubAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

const longestBytes = 64 * 1024 * 1024;

/**
 * One request to the hub that this launcher keeps running, over TLS when it speaks it. No authority needs to be installed for that: the
 * server is known by our own certificate file, before anything is sent. Rejects when the hub cannot be reached or is somebody else.
 */
export async function askHub(
  { listening, tls }: Pick<City, 'listening' | 'tls'>,
  path: string,
  ask: {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly signal: AbortSignal;
  },
): Promise<HubAnswer> {
  const { protocol, hostname, host, port } = new URL(listening);
  const name = hostname.replace(/^\[|\]$/g, '');
  const at = { host: name, port: Number(port || (protocol === 'https:' ? 443 : 80)) };
  const secured = protocol === 'https:' && tls ? await connectKnown(at, await readFile(tls.certificate, 'utf8'), ask.signal) : null;
  return new Promise((resolve, reject) => {
    const asking = request(
      {
        ...at,
        path,
        method: ask.method ?? 'GET',
        headers: { host, ...ask.headers },
        signal: ask.signal,
        ...(secured ? { createConnection: () => secured } : { agent: false }),
      },
      (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('error', reject);
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > longestBytes) response.destroy(new Error(`the hub answers ${path} with more than ${longestBytes} bytes`));
          else chunks.push(chunk);
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString('utf8') }),
        );
      },
    );
    asking.on('error', reject);
    asking.end(ask.body);
  });
}

function connectKnown(at: { readonly host: string; readonly port: number }, chain: string, signal: AbortSignal): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    // Who it is is decided below, by what is ours and not by what is installed.
    const socket = connect({ ...at, ...(isIP(at.host) === 0 && { servername: at.host }), rejectUnauthorized: false });
    const giveUp = () => socket.destroy(new Error('the hub does not answer'));
    signal.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) giveUp();
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      signal.removeEventListener('abort', giveUp);
      const shown = socket.getPeerX509Certificate();
      if (shown && isKnownServer(shown.raw, chain, at.host, Date.now())) resolve(socket);
      else socket.destroy(new Error(`what listens at ${at.host}:${at.port} is not our hub`));
    });
  });
}
