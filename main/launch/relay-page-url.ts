import type { Config } from '../config/config.ts';

/**
 * How pages reach a relay that listens on `port`, where `relay.publicUrl` says nothing else. A relay on all addresses has no name of its
 * own: then it is on the machine that the hub is on, by the first name that the hub is known by.
 */
export function relayPageUrl({ hub, relay, tls }: Pick<Config, 'hub' | 'relay' | 'tls'>, port: number): string {
  if (relay.publicUrl !== undefined) return relay.publicUrl;
  const scheme = tls.enabled ? 'https' : 'http';
  const anywhere = relay.host === '0.0.0.0' || relay.host === '::';
  const host = anywhere ? (hub.hosts[0] ?? '127.0.0.1').replace(/:\d+$/, '') : relay.host;
  return `${scheme}://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`;
}
