import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { io, type Socket } from 'socket.io-client';
import { configSchema, type Config } from '../config/config.ts';
import { silentLog } from '../contract/log.ts';
import {
  protocolVersion,
  type ClientToHub,
  type CommandReply,
  type HubToClient,
  type SubscribeReply,
  type SubscribeRequest,
  type Welcome,
} from '../contract/protocol.ts';
import { createPasswordHasher } from './accounts/password-hash.ts';
import { createHub, type Hub, type HubOptions } from './hub.ts';

/** The password that hubs in tests are started with. */
export const adminPassword = 'Kiln-4711-bench';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON; null when it is none. */
  readonly json: any; // oxlint-disable-line typescript/no-explicit-any -- tests say what they expect
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly token?: string;
  /** Sent as it is when it is text or bytes, else as JSON. */
  readonly body?: unknown;
}

/** A folder that goes with `dispose`. */
export function temporaryFolder(name: string): { readonly path: string; dispose(): void } {
  const path = mkdtempSync(join(tmpdir(), `taodu-${name}-`));
  return { path, dispose: () => rmSync(path, { recursive: true, force: true }) };
}

/** Pages as a build would leave them. */
export function builtPages(folder: string): string {
  const pages = join(folder, 'pages');
  mkdirSync(join(pages, 'assets'), { recursive: true });
  for (const name of ['console', 'login', 'wall', 'unit'])
    writeFileSync(join(pages, `${name}.html`), `<!doctype html><title>${name}</title>`);
  writeFileSync(join(pages, 'assets', 'app-1a2b3c4d.js'), 'export {};');
  return pages;
}

/** What a hub in a test is started with: any free port, no relay, a given password. */
export function hubOptions(
  folder: string,
  more: Partial<Omit<HubOptions, 'config'>> & { readonly hub?: Partial<Config['hub']> } = {},
): HubOptions {
  const { hub, ...rest } = more;
  return {
    config: configSchema.parse({ hub: { port: 0, ...hub } }),
    dataFolder: join(folder, 'data'),
    demo: false,
    // What the demo city's systems send is a test of its own.
    story: 'none',
    relay: null,
    rendererFolder: join(folder, 'pages'),
    clipsFolder: join(folder, 'clips'),
    adminPassword,
    // cheap ones: what the real parameters cost is a test of their own
    hasher: createPasswordHasher({ N: 1024, r: 8, p: 1 }),
    log: silentLog,
    version: '0.0.0-test',
    ...rest,
  };
}

/** A started hub; a Problem becomes an exception. */
export async function startedHub(options: HubOptions): Promise<Hub> {
  const made = await createHub(options);
  if (!made.ok) throw new Error(`${made.error.code} ${JSON.stringify(made.error.params)}`);
  return made.value;
}

/** One HTTP request with exactly these headers: unlike `fetch`, any Host, any Origin, no redirect followed. */
export function ask(origin: string, path: string, { method = 'GET', headers = {}, token, body }: Ask = {}): Promise<Answer> {
  const plain = typeof body === 'string' || body instanceof Uint8Array;
  const bytes = body === undefined ? undefined : Buffer.from(plain ? (body as string) : JSON.stringify(body));
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(origin);
    const request = httpRequest(
      {
        hostname,
        port,
        // as it is: no browser tidies it up first
        path,
        method,
        agent: false,
        headers: {
          ...(body !== undefined && !plain && { 'content-type': 'application/json' }),
          ...(bytes && { 'content-length': String(bytes.length) }),
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          let json: unknown = null;
          try {
            json = JSON.parse(text);
          } catch {
            // not every answer is JSON
          }
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json });
        });
      },
    );
    request.on('error', reject);
    request.end(bytes);
  });
}

/** `POST /api/commands/<name>`. */
export const command = (origin: string, name: string, args: unknown, more: Ask = {}) =>
  ask(origin, `/api/commands/${name}`, { method: 'POST', body: args, ...more });

/** Logs in and answers the bearer token. */
export async function login(origin: string, user = 'admin', password = adminPassword): Promise<string> {
  const answer = await command(origin, 'session.login', { user, password });
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.json.token as string;
}

/** Opens a one-time link as a browser does; answers the cookie (`name=value`) that it set. */
export async function openLink(link: string): Promise<{ readonly cookie: string; readonly location: string }> {
  const { origin, pathname, search } = new URL(link);
  const answer = await ask(origin, `${pathname}${search}`);
  const [cookie = ''] = answer.headers['set-cookie'] ?? [];
  return { cookie: cookie.split(';')[0]!, location: answer.headers.location ?? '' };
}

/** The password of accounts that tests make. */
export const ownPassword = 'Second-Shift-4712';

/** An account with a password of its own; `more` are arguments of `user.upsert`. Answers the bearer token. */
export async function account(origin: string, admin: string, name: string, more: object): Promise<string> {
  const first = 'First-Shift-4711';
  const made = await command(origin, 'user.upsert', { name, password: first, ...more }, { token: admin });
  if (made.status !== 200) throw new Error(made.text);
  const token = await login(origin, name, first);
  const changed = await command(origin, 'session.password', { current: first, next: ownPassword }, { token });
  if (changed.status !== 200) throw new Error(changed.text);
  return token;
}

/** An operator with a password of their own; answers the bearer token. */
export const operator = (origin: string, admin: string, name: string, scope: object = { districts: '*', groups: '*' }) =>
  account(origin, admin, name, { roles: ['operator'], scope });

export type PageSocket = Socket<HubToClient, ClientToHub>;

/** A page's or script's socket, and its welcome. Rejects with the Problem's code when it is refused. */
export async function connected(
  origin: string,
  auth: object,
  extraHeaders: Readonly<Record<string, string>> = {},
): Promise<{ readonly socket: PageSocket; readonly welcome: Welcome; readonly events: readonly unknown[][] }> {
  const socket: PageSocket = io(origin, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    auth: { protocol: protocolVersion, ...auth },
    extraHeaders: { ...extraHeaders },
  });
  const events: unknown[][] = [];
  socket.onAny((...event: unknown[]) => events.push(event));
  const welcome = await new Promise<Welcome>((resolve, reject) => {
    socket.once('welcome', resolve);
    socket.once('connect_error', (error: Error & { data?: { code?: string } }) => {
      socket.disconnect();
      reject(new Error(error.data?.code ?? error.message));
    });
  });
  return { socket, welcome, events };
}

export const subscribe = (socket: PageSocket, request: SubscribeRequest) =>
  new Promise<SubscribeReply>((resolve) => void socket.emit('subscribe', request, resolve));

export const run = (socket: PageSocket, name: string, args: unknown) =>
  new Promise<CommandReply>((resolve) => void socket.emit('command', { name, args }, resolve));

/** The next event of this name. */
export const next = <E extends keyof HubToClient>(socket: PageSocket, event: E) =>
  new Promise<Parameters<HubToClient[E]>[0]>((resolve) => {
    socket.once(event as 'welcome', resolve as never);
  });
