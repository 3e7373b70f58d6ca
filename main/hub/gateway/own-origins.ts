import type { Config } from '../../config/config.ts';

/**
 * Which names this hub answers to. A page of another origin cannot reach the hub by a name of its own (DNS rebinding),
 * and cannot use a browser's cookies (cross-site requests): being on this machine is no identity.
 */
export interface OwnOrigins {
  /** True for a Host header (name and port) that is ours. */
  isOwnHost(host: string | undefined): host is string;
  /** True for an Origin header of one of our pages. */
  isOwnOrigin(origin: string): boolean;
  /** Every origin that our pages may have. */
  all(): readonly string[];
  /** How this machine reaches the hub, e.g. `http://127.0.0.1:8600`; `https://` with TLS. */
  local(): string;
  /** How other machines do: the first configured host, or the same as `local`. */
  public(): string;
  /** The hub speaks TLS itself: its pages and cookies are for HTTPS alone. */
  readonly secure: boolean;
}

/** `port` answers the real port as soon as the hub listens; `secure`: it speaks TLS. */
export function createOwnOrigins(hub: Config['hub'], port: () => number, secure = false): OwnOrigins {
  const scheme = secure ? 'https' : 'http';
  const defaultPort = secure ? 443 : 80;
  const anywhere = hub.host === '0.0.0.0' || hub.host === '::';
  const ownName = bracketed(anywhere ? '127.0.0.1' : hub.host);
  const names = [...new Set(['127.0.0.1', 'localhost', '[::1]', ownName])];
  const configured = hub.hosts.map((host) => host.toLowerCase());
  let known: { readonly port: number; readonly hosts: ReadonlySet<string>; readonly origins: ReadonlySet<string> } | null = null;

  const current = () => {
    const at = port();
    if (known?.port === at) return known;
    // a browser leaves out the default port
    const local = names.flatMap((name) => (at === defaultPort ? [name, `${name}:${at}`] : [`${name}:${at}`]));
    const origins = new Set([
      ...local.map((host) => `${scheme}://${host}`),
      // a configured name may stand for a proxy that adds TLS
      ...configured.flatMap((host) => (secure ? [`https://${host}`] : [`http://${host}`, `https://${host}`])),
    ]);
    known = { port: at, hosts: new Set([...local, ...configured]), origins };
    return known;
  };
  const local = () => `${scheme}://${ownName}${port() === defaultPort ? '' : `:${port()}`}`;

  return {
    isOwnHost: (host): host is string => host !== undefined && current().hosts.has(host.toLowerCase()),
    isOwnOrigin: (origin) => current().origins.has(origin.toLowerCase()),
    all: () => [...current().origins],
    local,
    public: () => (configured[0] === undefined ? local() : `${scheme}://${configured[0]}`),
    secure,
  };
}

function bracketed(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host.toLowerCase();
}
