import { isIPv6 } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';
import { ingestApp } from './ingest.ts';

/**
 * Where cameras push to, `rtmp://host:port/live`, of a listener on `host`. One that listens everywhere is reached from outside by the
 * first address of the machine that is not its own loopback.
 */
export function ingestAddress(host: string, port: number, interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>): string {
  const isEverywhere = host === '0.0.0.0' || host === '::';
  const outer = Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .find((address) => !address.internal && address.family === 'IPv4')?.address;
  const shown = isEverywhere ? (outer ?? '127.0.0.1') : host;
  return `rtmp://${isIPv6(shown) ? `[${shown}]` : shown}:${port}/${ingestApp}`;
}
