import { stat } from 'node:fs/promises';
import type { Problem } from '../contract/errors.ts';
import type { Log } from '../contract/log.ts';
import { ok, type Result } from '../contract/result.ts';
import type { Clock, EpochMs } from '../contract/time.ts';
import { certificateProblem, readServerCertificate, type ServerCertificate } from './server-certificate.ts';
import type { TlsFiles } from './tls-files.ts';

/** The certificate in use, and what became of a newer one. */
export interface CertificateWatch {
  readonly current: ServerCertificate;
  /** Why the pair that lies there now is not the one in use; null when it is. */
  readonly refused: Problem | null;
  /** Calls back with every new pair that is taken. Answers its end. */
  onChange(listener: (next: ServerCertificate) => void): () => void;
  stop(): void;
}

/** How often the files are looked at. */
export const lookEveryMs = 2000;

/**
 * Reads the pair and then looks whether the files change. A new pair is taken once both files have stood still for one look, so that nobody
 * is caught between the two; one that cannot be used is refused and said once, and the old one stays. Fails like `readServerCertificate`. A
 * certificate that is over is taken at the start all the same, and said: walls that know the key go on, and a hub that stays away helps nobody.
 */
export async function watchCertificate(
  files: TlsFiles,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<Result<CertificateWatch, Problem>> {
  let seen = await marksOf(files);
  const first = await readServerCertificate(files);
  if (!first.ok) return first;
  let current = first.value;
  let refused: Problem | null = null;
  const untimely = timeProblem(files, current, clock.now());
  if (untimely) log.error(untimely.params, 'the certificate is not valid now: browsers will not open the pages');

  const listeners = new Set<(next: ServerCertificate) => void>();
  const stopping = new AbortController();
  /** What the last look saw while the files were still changing. */
  let moving: string | null = null;

  const look = async () => {
    const now = await marksOf(files);
    if (now === seen) {
      moving = null;
      return;
    }
    if (now !== moving) {
      moving = now;
      return;
    }
    seen = now;
    moving = null;
    const read = await readServerCertificate(files);
    refused = read.ok ? timeProblem(files, read.value, clock.now()) : read.error;
    if (refused) log.error(refused.params, 'the new certificate cannot be used; the old one stays in use');
    if (refused || !read.ok) return;
    if (read.value.certificate === current.certificate && read.value.key === current.key) return;
    current = read.value;
    log.info({ notAfter: new Date(current.notAfter).toISOString() }, 'the certificate was replaced');
    for (const listener of listeners) listener(current);
  };
  void (async () => {
    for (;;) {
      await clock.sleep(lookEveryMs, stopping.signal);
      await look();
    }
  })().catch((cause: unknown) => {
    if (!stopping.signal.aborted) throw cause;
  });

  return ok({
    get current() {
      return current;
    },
    get refused() {
      return refused;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    stop() {
      stopping.abort();
      listeners.clear();
    },
  });
}

function timeProblem(files: TlsFiles, { notBefore, notAfter }: ServerCertificate, now: EpochMs): Problem | null {
  const reason = now >= notAfter ? 'expired' : now < notBefore ? 'not-yet-valid' : null;
  return reason === null ? null : certificateProblem(files.certificate, reason);
}

/** Changes whenever one of the files does: replaced, written over, gone. */
async function marksOf({ certificate, key }: TlsFiles): Promise<string> {
  const marks = await Promise.all(
    [certificate, key].map((path) =>
      stat(path).then(
        ({ ino, size, mtimeMs, mode }) => `${ino} ${size} ${mtimeMs} ${mode}`,
        () => 'gone',
      ),
    ),
  );
  return marks.join(' | ');
}
