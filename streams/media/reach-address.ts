import { connect } from 'node:net';
import { problem, type Problem } from '../../main/contract/errors.ts';
import type { AddressPolicy } from '../sources/address-policy.ts';

/** Ports of the protocols that FFmpeg is given addresses of. Those over UDP cannot be asked by connecting: null. */
const defaultPorts: Readonly<Record<string, number | null>> = {
  'rtsp:': 554,
  'rtsps:': 322,
  'rtmp:': 1935,
  'rtmps:': 443,
  'http:': 80,
  'https:': 443,
  'tcp:': null,
  'udp:': null,
  'rtp:': null,
  'srt:': null,
};

/** Where an address leads to; `port` null when that cannot be told. */
export interface Endpoint {
  readonly host: string;
  readonly port: number | null;
  /** Whether somebody who listens there can be found by connecting. */
  readonly isTcp: boolean;
}

/** `null` when the address cannot be read. Brackets of IPv6 addresses are taken off. */
export function endpointOf(url: string): Endpoint | null {
  if (!URL.canParse(url)) return null;
  const { protocol, hostname, port } = new URL(url);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  if (host === '') return null;
  const standard = defaultPorts[protocol];
  const isTcp = !['udp:', 'rtp:', 'srt:'].includes(protocol);
  return { host, port: port === '' ? (standard ?? null) : Number(port), isTcp };
}

/** Connects and closes again, through the address policy. `null`: somebody listens there. */
export async function reachAddress(host: string, port: number, policy: AddressPolicy, timeoutMs: number): Promise<Problem | null> {
  const allowed = await policy.check(host, port);
  if (!allowed.ok) return allowed.error;
  const { address, family } = allowed.value;
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, family });
    const settle = (failure: Problem | null) => {
      socket.destroy();
      resolve(failure);
    };
    const refuse = (reason: string) => settle(problem('source-unreachable', { host, port, reason }));
    socket.setTimeout(timeoutMs, () => refuse('timeout'));
    socket.on('connect', () => settle(null));
    socket.on('error', (error: NodeJS.ErrnoException) => refuse(error.code ?? 'failed'));
  });
}
