import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { problem, ProblemError, type Problem } from '../../contract/errors.ts';
import { err, ok, type Result } from '../../contract/result.ts';
import type { EpochMs } from '../../contract/time.ts';
import { replaceFile } from '../ledger/durable-file.ts';
import type { SqliteLedger } from '../ledger/open-ledger.ts';
import { jpegSize, photoBytesAtMost } from './jpeg.ts';

/** The most bytes of all photos together: evidence is not thrown away for newer evidence, so beyond it photos are refused. */
export const allPhotosAtMost = 4 * 2 ** 30;

/** Whose photo it is. */
export interface PhotoOf {
  readonly taskId: string;
  readonly incidentId: string;
  readonly unitId: string;
}

/** Photos from the field, as files. */
export interface Photos {
  /**
   * Looks at a JPEG that came in base64 and answers the name that it will have; the same picture of the same task has the same name. `note` keeps it: call it in the
   * transaction of the report that it belongs to, so that a report which is refused leaves no file. Refusals: `photo-invalid` {reason}; `note` throws a ProblemError
   * `unavailable` when the disk refuses.
   */
  keep(base64: string, of: PhotoOf, now: EpochMs): Result<{ readonly name: string; note(): void }, Problem>;
  /** Whose it is; undefined for what is not known. */
  of(name: string): PhotoOf | undefined;
  /** Its bytes; null when the file is gone. */
  read(name: string): Uint8Array | null;
  readonly bytes: number;
}

const nameForm = /^[0-9a-f]{40}\.jpg$/;
const base64Form = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** `folder` is made with the first photo. */
export function createPhotos(parts: {
  readonly ledger: Pick<SqliteLedger, 'database'>;
  readonly folder: string;
  readonly bytesAtMost?: number;
  /** Whether the disk has room for more than what must be written. */
  mayKeep(): boolean;
}): Photos {
  const { folder, bytesAtMost = allPhotosAtMost } = parts;
  const { database } = parts.ledger;
  const insert = database.prepare(
    `INSERT INTO task_photos (name, task_id, incident_id, unit_id, bytes, at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING`,
  );
  const find = database.prepare<[string], PhotoOf>(
    'SELECT task_id AS taskId, incident_id AS incidentId, unit_id AS unitId FROM task_photos WHERE name = ?',
  );
  // Kept in memory: the sum of all rows is too much to ask for each photo. One that was refused after it was counted counts until the next start.
  let bytes = database.prepare('SELECT coalesce(sum(bytes), 0) FROM task_photos').pluck().get() as number;
  const refuse = (reason: string) => err(problem('photo-invalid', { reason }));

  return {
    keep(base64, of, now) {
      if (base64.length > Math.ceil(photoBytesAtMost / 3) * 4) return refuse('too-large');
      if (base64 === '' || !base64Form.test(base64)) return refuse('encoding');
      const picture = Buffer.from(base64, 'base64');
      if (jpegSize(picture) === null) return refuse('no-jpeg');
      const name = `${createHash('sha256').update(of.taskId).update('\n').update(picture).digest('hex').slice(0, 40)}.jpg`;
      const path = join(folder, name);
      if (statSync(path, { throwIfNoEntry: false }) === undefined) {
        if (bytes + picture.length > bytesAtMost || !parts.mayKeep()) return refuse('full');
      }
      const note = () => {
        if (statSync(path, { throwIfNoEntry: false }) === undefined) {
          try {
            mkdirSync(folder, { recursive: true, mode: 0o700 });
            replaceFile(path, picture);
          } catch (cause) {
            throw new ProblemError(problem('unavailable', {}, `a photo cannot be written: ${String(cause)}`));
          }
          bytes += picture.length;
        }
        insert.run(name, of.taskId, of.incidentId, of.unitId, picture.length, now);
      };
      return ok({ name, note });
    },
    of: (name) => (nameForm.test(name) ? find.get(name) : undefined),
    read(name) {
      if (!nameForm.test(name)) return null;
      try {
        return readFileSync(join(folder, name));
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw cause;
      }
    },
    get bytes() {
      return bytes;
    },
  };
}
