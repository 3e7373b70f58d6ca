import type { Profile, SourceSpec } from '../contract.ts';

/** Where a source leads to on the camera network, and what it will presumably take. */
export interface SourcePlace {
  /** The host of its address, as it is written there: one recorder, however many cameras it has. */
  readonly host: string;
  /** Assumed until it is measured. */
  readonly kbps: number;
}

/** What pictures take before anybody has measured them: CIF to D1 at 15 fps, and 1080p at 25 fps, as cameras are delivered. */
const assumedKbps = { sub: 1000, main: 4000 } as const;

/** `null`: the source opens no connection to a camera (a file, a camera that pushes), or has no address that could be read. */
export function sourcePlace(spec: SourceSpec, profile: Profile): SourcePlace | null {
  if (spec.kind === 'file' || spec.kind === 'gb28181') return null;
  const isSub = profile === 'sub' && spec.subUrl !== undefined;
  const url = isSub ? spec.subUrl : spec.url;
  if (url === undefined || !URL.canParse(url)) return null;
  const host = new URL(url).hostname.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  return host === '' ? null : { host, kbps: assumedKbps[isSub ? 'sub' : 'main'] };
}
