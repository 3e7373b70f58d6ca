import { lookup as systemLookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { problem, type Problem } from '../../main/contract/errors.ts';
import { err, ok, type Result } from '../../main/contract/result.ts';

/** An address that may be connected to. Whoever asked connects to it and not to the name: a second look-up could answer something else. */
export interface AllowedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Decides what sources may lead to. */
export interface AddressPolicy {
  /**
   * Resolves a name once (an address is taken as it is) and answers the first of its addresses that is allowed. `reason` is `busy` when
   * too many names are being looked up.
   * Errors: `source-unresolved` {host, reason}, `source-address-refused` {host, address, reason}.
   */
  check(host: string, port: number): Promise<Result<AllowedAddress, Problem>>;
}

export interface AddressPolicyOptions {
  /** In CIDR notation; everything else is refused. */
  readonly networks: readonly string[];
  /** The product's own listeners, by the address that they listen on. */
  readonly refusedPorts?: readonly { readonly host: string; readonly port: number }[];
  /** All addresses of a name; rejects when it has none. */
  readonly lookup?: (host: string) => Promise<readonly { readonly address: string }[]>;
  /** This machine's own addresses. */
  readonly ownAddresses?: () => readonly string[];
}

/** A name with more addresses than this has somebody behind it who wants to be looked at for long. */
const maxCandidates = 32;

/**
 * Look-ups under way. The system does few at a time, cannot be stopped, and takes half a minute for a name server that is silent: whoever
 * asked has long gone by then, and more of them would only pile up.
 */
const maxLookups = 512;

/** Refused whatever the configuration says: nobody's camera is there, and connecting to 0.0.0.0 is connecting to oneself. */
const never = blockListOf(['0.0.0.0/8', '::/128', '169.254.0.0/16', 'fe80::/10', '224.0.0.0/4', 'ff00::/8', '255.255.255.255/32']);
const loopback = blockListOf(['127.0.0.0/8', '::1/128']);

/** See `AddressPolicy`. Throws RangeError for a network that is none. */
export function createAddressPolicy(options: AddressPolicyOptions): AddressPolicy {
  const { refusedPorts = [], lookup = lookUpAll, ownAddresses = addressesOfThisMachine } = options;
  const networks = blockListOf(options.networks);
  const underWay = new Map<string, ReturnType<typeof lookup>>();

  /** All channels of a recorder have one name: it is looked up once at a time. */
  const lookUp = (host: string): ReturnType<typeof lookup> => {
    const known = underWay.get(host);
    if (known) return known;
    if (underWay.size >= maxLookups) return Promise.reject(Object.assign(new Error('too many look-ups'), { code: 'busy' }));
    const found = lookup(host).finally(() => underWay.delete(host));
    underWay.set(host, found);
    return found;
  };

  const refusal = ({ address, family }: AllowedAddress, port: number): string | null => {
    if (contains(never, address, family)) return 'never';
    if (!contains(networks, address, family)) return 'network';
    const isOurs = refusedPorts.some((own) => own.port === port && listensOn(own.host, address, family, ownAddresses));
    return isOurs ? 'own-listener' : null;
  };

  return {
    async check(host, port) {
      let found: readonly { readonly address: string }[];
      try {
        found = isIP(host) > 0 ? [{ address: host }] : await lookUp(host);
      } catch (error) {
        return err(problem('source-unresolved', { host, reason: reasonOf(error) }));
      }
      const candidates = found.slice(0, maxCandidates).flatMap(({ address }) => plainAddress(address) ?? []);
      const first = candidates[0];
      if (!first) return err(problem('source-unresolved', { host, reason: 'no-address' }));
      const allowed = candidates.find((one) => refusal(one, port) === null);
      if (allowed) return ok(allowed);
      return err(problem('source-address-refused', { host, port, address: first.address, reason: refusal(first, port) }));
    },
  };
}

/** IPv4 inside of IPv6 (RFC 4291 clause 2.5.5.2) is IPv4: that is where the packets go. Null for what is no address. */
function plainAddress(address: string): AllowedAddress | null {
  const family = isIP(address);
  if (family === 4) return { address, family };
  if (family !== 6) return null;
  // The parser of URLs writes an IPv6 address in one way only; zones it does not know.
  const bare = withoutZone(address);
  const canonical = URL.parse(`http://[${bare}]`)?.hostname.slice(1, -1) ?? bare;
  if (!mapped.check(bare, 'ipv6')) return { address: canonical + address.slice(bare.length), family };
  const words = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(canonical);
  if (!words) return null;
  const [high, low] = [Number.parseInt(words[1]!, 16), Number.parseInt(words[2]!, 16)];
  return { address: `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`, family: 4 };
}

const mapped = new BlockList();
mapped.addSubnet('::ffff:0:0', 96, 'ipv6');

function blockListOf(networks: readonly string[]): { readonly v4: BlockList; readonly v6: BlockList } {
  // Kept apart: a BlockList would match an IPv4 address against the IPv6 networks that its mapped form lies in.
  const lists = { v4: new BlockList(), v6: new BlockList() };
  for (const network of networks) {
    const [address = '', bits = ''] = network.split('/');
    const family = isIP(address);
    if (family === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128)) throw new RangeError(`no network: ${network}`);
    if (family === 4) lists.v4.addSubnet(address, Number(bits), 'ipv4');
    else lists.v6.addSubnet(address, Number(bits), 'ipv6');
  }
  return lists;
}

const contains = (lists: { readonly v4: BlockList; readonly v6: BlockList }, address: string, family: 4 | 6): boolean =>
  family === 4 ? lists.v4.check(address, 'ipv4') : lists.v6.check(withoutZone(address), 'ipv6');

const withoutZone = (address: string): string => address.split('%', 1)[0]!;

/** Whether somebody who connects to `address` reaches a listener on `host`. */
function listensOn(host: string, address: string, family: 4 | 6, ownAddresses: () => readonly string[]): boolean {
  const listener = plainAddress(host);
  const isAnywhere = listener?.address === '0.0.0.0' || host === '::';
  if (listener && !isAnywhere) return listener.address === address;
  // A name, e.g. localhost, is taken for every address that this machine has.
  return contains(loopback, address, family) || ownAddresses().some((own) => withoutZone(own) === address);
}

const lookUpAll = (host: string): Promise<readonly { readonly address: string }[]> => systemLookup(host, { all: true });

const addressesOfThisMachine = (): string[] =>
  Object.values(networkInterfaces()).flatMap((all) => all?.map(({ address }) => address) ?? []);

const reasonOf = (error: unknown): string => String((error as NodeJS.ErrnoException).code ?? 'failed');
