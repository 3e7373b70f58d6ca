import { BlockList, isIP } from 'node:net';

/** Which addresses may be sent to. */
export interface AddressList {
  allows(address: string): boolean;
}

/** Nobody listens there for us, and to connect to 0.0.0.0 is to connect to oneself. */
const never = listOf(['0.0.0.0/8', '::/128', '169.254.0.0/16', 'fe80::/10', '224.0.0.0/4', 'ff00::/8', '255.255.255.255/32']);

/**
 * Only what lies in one of these networks (CIDR), and never an address that is nobody's.
 * @throws RangeError for a network that is none
 */
export function createAddressList(networks: readonly string[]): AddressList {
  const allowed = listOf(networks);
  return {
    allows(address) {
      const plain = plainAddress(address);
      return plain !== null && !contains(never, plain) && contains(allowed, plain);
    },
  };
}

interface Lists {
  readonly 4: BlockList;
  readonly 6: BlockList;
}

/** Kept apart: a list would match an IPv4 address against the IPv6 networks that its mapped form lies in. */
function listOf(networks: readonly string[]): Lists {
  const lists = { 4: new BlockList(), 6: new BlockList() };
  for (const network of networks) {
    const [address = '', bits = '', ...more] = network.split('/');
    const family = more.length > 0 ? 0 : isIP(address);
    if ((family !== 4 && family !== 6) || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128))
      throw new RangeError(`no network: ${network}`);
    lists[family].addSubnet(address, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  }
  return lists;
}

const contains = (lists: Lists, { address, family }: { readonly address: string; readonly family: 4 | 6 }): boolean =>
  lists[family].check(address, family === 4 ? 'ipv4' : 'ipv6');

/** IPv4 inside of IPv6 (RFC 4291 clause 2.5.5.2) is IPv4: that is where the packets go. Null for what is no address. */
function plainAddress(address: string): { readonly address: string; readonly family: 4 | 6 } | null {
  const bare = address.split('%')[0]!;
  const family = isIP(bare);
  if (family === 4) return { address: bare, family };
  if (family !== 6) return null;
  const canonical = URL.parse(`http://[${bare}]`)?.hostname.slice(1, -1) ?? bare;
  const words = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(canonical);
  if (words === null) return { address: canonical, family };
  const [high, low] = [Number.parseInt(words[1]!, 16), Number.parseInt(words[2]!, 16)];
  return { address: `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`, family: 4 };
}
