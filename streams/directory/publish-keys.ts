import { createHash, randomBytes } from 'node:crypto';
import type { CameraId } from '../../main/contract/ids.ts';
import type { SourceInput, SourceShown } from '../contract.ts';
import type { Publisher } from '../media/media-relay.ts';

/** A camera that pushes its stream to us, known by its key. */
export const isPushed = (source: Pick<SourceInput | SourceShown, 'kind' | 'url'>): boolean =>
  source.kind === 'rtmp' && source.url === undefined;

/** A new key: 192 random bits, which nobody guesses. */
export const makePublishKey = (): string => randomBytes(24).toString('base64url');

/** How the relay knows a key: SHA-256, base64url. It never sees the key of a camera that does not push. */
export const publishKeyHash = (key: string): string => createHash('sha256').update(key).digest('base64url');

/** Keys promised to cameras whose commit has not been seen yet. */
const maxClaimed = 10_000;

/** Which camera pushes with which key; keys are held as hashes only. */
export class PublishKeys {
  readonly #cameraOf = new Map<string, CameraId>();
  readonly #hashOf = new Map<CameraId, string>();
  readonly #claimed = new Map<string, CameraId>();
  readonly #listeners = new Set<(cameraId: CameraId) => void>();

  /** All cameras that may push. */
  get publishers(): Publisher[] {
    return Array.from(this.#hashOf, ([cameraId, keyHash]) => ({ cameraId, keyHash }));
  }

  /** True for a camera that pushes. */
  has(cameraId: string): boolean {
    return this.#hashOf.has(cameraId as CameraId);
  }

  /** Promises a key to a camera; false when another camera has it. Within one import the first row counts. */
  claim(key: string, cameraId: CameraId): boolean {
    const hash = publishKeyHash(key);
    const owner = this.#cameraOf.get(hash) ?? this.#claimed.get(hash);
    if (owner !== undefined) return owner === cameraId;
    this.#claimed.set(hash, cameraId);
    if (this.#claimed.size > maxClaimed) this.#claimed.delete(this.#claimed.keys().next().value as string);
    return true;
  }

  /** What the ledger holds of a camera now; null: it does not push, or is gone. */
  put(cameraId: CameraId, key: string | null): void {
    const hash = key === null ? undefined : publishKeyHash(key);
    if (hash !== undefined) this.#claimed.delete(hash);
    const before = this.#hashOf.get(cameraId);
    if (before === hash) return;
    if (before !== undefined) this.#cameraOf.delete(before);
    if (hash === undefined) this.#hashOf.delete(cameraId);
    else {
      this.#cameraOf.set(hash, cameraId);
      this.#hashOf.set(cameraId, hash);
    }
    for (const listener of this.#listeners) listener(cameraId);
  }

  /** Told whenever the key of a camera changed. Answers the end. */
  onChange(listener: (cameraId: CameraId) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
