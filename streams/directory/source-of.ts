import type { Ledger } from '../../main/contract/ledger.ts';
import type { Camera, SourceSpec } from '../contract.ts';

/** Where the full source of a camera is kept when what collections show of it is not all. */
export const sourceSecretKey = (cameraId: string) => `camera/${cameraId}/source`;

/** The same for the other ways to the camera: a JSON array in their order. */
export const alternatesSecretKey = (cameraId: string) => `camera/${cameraId}/alternates`;

/** The source as the relay needs it, credentials included; `undefined` when its secret is lost. Never to be logged or shown. */
export function sourceOf(camera: Camera, ledger: Pick<Ledger, 'secret'>): SourceSpec | undefined {
  const { hasSecret, ...shown } = camera.source;
  if (!hasSecret) return shown as SourceSpec;
  const secret = ledger.secret(sourceSecretKey(camera.id));
  return secret === undefined ? undefined : (JSON.parse(secret) as SourceSpec);
}
