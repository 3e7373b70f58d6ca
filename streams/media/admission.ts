import { isIP } from 'node:net';

/**
 * Who may talk to the relay's listener. The Host check keeps a foreign page from reaching it under a name of its own (DNS
 * rebinding); the Origin check keeps pages out that the hub did not name. Neither is an identity: that is the ticket's part.
 */
export class Admission {
  readonly #names: ReadonlySet<string>;
  #hosts: ReadonlySet<string> = new Set();
  #origins: ReadonlySet<string> = new Set();

  /** `host`: the address that the relay was told to listen on. */
  constructor(host: string) {
    this.#names = new Set(['localhost', '127.0.0.1', '[::1]', bracketed(host)].map((name) => name.toLowerCase()));
  }

  /**
   * What the hub allows; the latest word counts. A hub that is still starting names no origins: those of the one before stay,
   * so that pages keep playing. `hosts`: Host header values besides the relay's own, with their port.
   */
  allow(origins: readonly string[], hosts: readonly string[]): void {
    if (origins.length > 0) this.#origins = new Set(origins.map((origin) => origin.toLowerCase()));
    this.#hosts = new Set(hosts.map((host) => host.toLowerCase()));
  }

  /** Origins of the hub's pages, in lower case. */
  get origins(): ReadonlySet<string> {
    return this.#origins;
  }

  /** `localAddress` and `localPort` are of the connection: an IP address that it really reached is no rebinding. */
  isHost(header: string | undefined, localAddress: string | undefined, localPort: number | undefined): boolean {
    if (header === undefined || header.length > 300) return false;
    const host = header.toLowerCase();
    if (this.#hosts.has(host)) return true;
    const [, name, port] = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(host) ?? [];
    if (name === undefined || (port === undefined ? !leftOut.has(localPort) : Number(port) !== localPort)) return false;
    return this.#names.has(name) || (localAddress !== undefined && name === bracketed(localAddress.replace(/^::ffff:/, '').toLowerCase()));
  }

  isOrigin(header: string): boolean {
    return this.#origins.has(header.toLowerCase());
  }
}

/** Ports that browsers leave out: of `http:` and `https:`. */
const leftOut: ReadonlySet<number | undefined> = new Set([80, 443]);

const bracketed = (host: string): string => (isIP(host) === 6 ? `[${host}]` : host);
