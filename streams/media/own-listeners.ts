import { createAddressPolicy, type AddressPolicy } from '../sources/address-policy.ts';
import { endpointOf } from './reach-address.ts';

/** Where something of ours listens. */
export interface OwnListener {
  readonly host: string;
  readonly port: number;
}

/**
 * The address policy of a relay: the networks of the configuration, without our own listeners. Which these are is only known as
 * things come up, so they are asked for each time. Names, e.g. of the hub, count as every address of this machine.
 */
export function relayAddressPolicy(networks: readonly string[], ownListeners: () => readonly OwnListener[]): AddressPolicy {
  const refusedPorts: OwnListener[] = [];
  const policy = createAddressPolicy({ networks, refusedPorts });
  return {
    check(host, port) {
      refusedPorts.splice(0, refusedPorts.length, ...ownListeners());
      return policy.check(host, port);
    },
  };
}

/** The listeners that these addresses of ours lead to. */
export function listenersOf(urls: Iterable<string | null>): OwnListener[] {
  return Array.from(urls).flatMap((url) => {
    const endpoint = url === null ? null : endpointOf(url);
    return endpoint && endpoint.port !== null ? [{ host: endpoint.host, port: endpoint.port }] : [];
  });
}
