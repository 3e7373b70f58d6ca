import type { Camera } from '../contract.ts';

/**
 * Whether a camera can be asked if it is there. A simulated one has nobody behind it, a bundled clip is always there, and one that
 * pushes its stream or registers itself (RTMP without a url, GB/T 28181) is known by doing so.
 */
export function isAskable({ simulated, source }: Pick<Camera, 'simulated' | 'source'>): boolean {
  if (simulated || source.kind === 'gb28181' || source.url === undefined) return false;
  return source.kind !== 'file' || !source.url.startsWith('clip:');
}

/** The host that answers for a camera: cameras of one recorder share it. A source without a readable host stands for itself. */
export function hostOf({ id, source }: Pick<Camera, 'id' | 'source'>): string {
  const host = source.url === undefined ? '' : (URL.parse(source.url)?.hostname ?? '');
  return host === '' ? id : host.toLowerCase();
}
