import { randomFillSync } from 'node:crypto';
import { rmSync, statSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Room kept back for the audit: thousands of commands. */
export const ballastBytes = 32 * 1024 * 1024;

const pieceBytes = 1024 * 1024;

/** A file that holds room on the disk until it is needed. */
export interface Ballast {
  /** Whether it holds its room now. */
  readonly held: boolean;
  /** Makes it where it is missing. Rejects when the disk refuses; then nothing is left behind. */
  take(): Promise<void>;
  /** Gives its room to whoever writes next, at once; false when there was none to give. */
  giveBack(): boolean;
}

/** The ballast of a data folder: `<folder>/ballast`. */
export function createBallast(folder: string, bytes = ballastBytes): Ballast {
  const path = join(folder, 'ballast');
  const held = () => statSync(path, { throwIfNoEntry: false })?.size === bytes;
  return {
    get held() {
      return held();
    },
    async take() {
      if (held()) return;
      const fresh = `${path}.new`;
      try {
        const file = await open(fresh, 'w', 0o600);
        try {
          // a file system that compresses or leaves holes keeps no room for zeros
          const piece = randomFillSync(Buffer.alloc(Math.min(pieceBytes, bytes)));
          for (let left = bytes; left > 0; left -= piece.length) await file.write(piece, 0, Math.min(left, piece.length));
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(fresh, path);
      } catch (cause) {
        await rm(fresh, { force: true });
        throw cause;
      }
    },
    giveBack() {
      if (statSync(path, { throwIfNoEntry: false }) === undefined) return false;
      rmSync(path, { force: true });
      return true;
    },
  };
}
