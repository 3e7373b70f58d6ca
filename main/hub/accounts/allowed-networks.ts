import { BlockList, isIP } from 'node:net';
import type { User } from '../../contract/accounts.ts';

/** True when an account with these networks may log in from this address. What is no address is in no network. */
export function allowedFrom(networks: User['networks'], address: string): boolean {
  if (networks === '*') return true;
  // the zone of a link-local address says which wire, not who
  const [bare = ''] = address.split('%');
  const family = isIP(bare);
  if (family === 0) return false;
  const list = new BlockList();
  for (const network of networks) {
    const [prefix = '', bits] = network.split('/');
    list.addSubnet(prefix, Number(bits), isIP(prefix) === 6 ? 'ipv6' : 'ipv4');
  }
  return list.check(bare, family === 6 ? 'ipv6' : 'ipv4');
}
