import { BlockList, isIP } from 'node:net';
import { problem, type Problem } from '../../main/contract/errors.ts';
import type { Allowance } from '../media/media-relay.ts';

/** What all sources together may take: of each host, and of each line that several hosts share. */
export interface BudgetLimits {
  readonly perHost: Allowance;
  readonly uplinks: readonly (Allowance & { readonly name: string; readonly networks: readonly string[] })[];
}

/** One host's or line's book: what it stands, and what is taken of it now. */
export interface Account {
  readonly name: string;
  readonly allowance: Allowance;
  connections: number;
  kbps: number;
}

interface Uplink {
  readonly account: Account;
  readonly networks: BlockList;
}

/** Addresses of hosts that are remembered, the latest found. */
const maxAddresses = 8192;

/**
 * The books of hosts and lines. A host belongs to a line by its address: the literal one, or the one it was found to have when it was
 * last opened. What is running counts with the bit rate measured, what begins with the one assumed.
 */
export class Budgets {
  readonly #perHost: Allowance;
  readonly #uplinks: readonly Uplink[];
  /** Hosts that something is taken of. */
  readonly #hosts = new Map<string, Account>();
  readonly #addresses = new Map<string, string>();
  /** The lines each host belongs to, as long as its address is the same. */
  readonly #lines = new Map<string, readonly Account[]>();

  constructor(limits: BudgetLimits) {
    this.#perHost = limits.perHost;
    this.#uplinks = limits.uplinks.map(({ name, networks, connections, kbps }) => ({
      account: { name, allowance: { connections, kbps }, connections: 0, kbps: 0 },
      networks: blockList(networks),
    }));
  }

  /** Where a host was found. */
  locate(host: string, address: string): void {
    if (isIP(host) !== 0 || this.#addresses.get(host) === address) return;
    this.#addresses.delete(host);
    this.#addresses.set(host, address);
    this.#lines.delete(host);
    forgetOldest(this.#addresses);
  }

  /** The books that a source of this host is in. */
  accountsOf(host: string): Account[] {
    const own = this.#hosts.get(host) ?? { name: host, allowance: this.#perHost, connections: 0, kbps: 0 };
    return [own, ...this.#linesOf(host)];
  }

  #linesOf(host: string): readonly Account[] {
    const known = this.#lines.get(host);
    if (known) return known;
    const address = isIP(host) === 0 ? this.#addresses.get(host) : host;
    const lines =
      address === undefined ? [] : this.#uplinks.filter(({ networks }) => contains(networks, address)).map(({ account }) => account);
    this.#lines.set(host, lines);
    forgetOldest(this.#lines);
    return lines;
  }

  /** Puts one more connection on the book. */
  take(account: Account, kbps: number): void {
    account.connections += 1;
    account.kbps += kbps;
    if (account.allowance === this.#perHost) this.#hosts.set(account.name, account);
  }

  give(account: Account, kbps: number): void {
    account.connections -= 1;
    account.kbps -= kbps;
    if (account.connections === 0 && account.allowance === this.#perHost) this.#hosts.delete(account.name);
  }
}

/**
 * Why this book has no room for one more source; `null` when it has. The first source always has room for its bit rate: one that
 * alone takes more than the line is said to stand could never be seen otherwise.
 */
export function refusalOf(account: Account, kbps: number): Problem | null {
  const { name, allowance } = account;
  if (account.connections >= allowance.connections)
    return problem('source-budget', { name, max: allowance.connections, unit: 'connections' });
  if (account.connections > 0 && account.kbps + kbps > allowance.kbps)
    return problem('source-budget', { name, max: allowance.kbps, unit: 'kbps' });
  return null;
}

function forgetOldest(map: Map<string, unknown>): void {
  for (const oldest of map.keys()) {
    if (map.size <= maxAddresses) return;
    map.delete(oldest);
  }
}

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address, prefix] = network.split('/') as [string, string];
    list.addSubnet(address, Number(prefix), isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

/** IPv4-mapped addresses (RFC 4291 clause 2.5.5.2) are looked up by BlockList itself. */
function contains(networks: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && networks.check(address, family === 6 ? 'ipv6' : 'ipv4');
}
