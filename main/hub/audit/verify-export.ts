import { createHash, type KeyObject, verify } from 'node:crypto';
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../commands/canonical-json.ts';
import { hashOfRow, type StoredRow } from './audit-row.ts';
import { exportIdForm, type ExportManifest, exportManifest, manifestFile, publicKeyFile, signatureFile } from './export-manifest.ts';
import { isSignedBy } from './seal.ts';
import { publicKeyOf } from './seal-key.ts';

export interface ExportVerdict {
  readonly ok: boolean;
  /** Null when the manifest cannot be believed. */
  readonly manifest: ExportManifest | null;
  /** What does not fit: a file's name, and why. Null when all fits. */
  readonly fault: { readonly file: string; readonly reason: string } | null;
  /** SHA-256 of the key it was checked with, to be compared with the one that the hub gave out; null without a key. */
  readonly keySha256: string | null;
}

const mostManifestBytes = 1024 * 1024;
/** The longest row: what the audit keeps of arguments, before and after, written out. */
const mostLineBytes = 4 * 1024 * 1024;

/**
 * Checks an export without the hub it came from: the manifest by its signature, the files by the manifest, each row of the audit by its own hash,
 * rows that follow one another by their links, and the seal. The key is the one inside the export unless another is given; that one only shows
 * that the export is of one piece, so compare its fingerprint.
 * @throws Error of the file system when the folder cannot be read, and when it holds files of more than one export
 */
export function verifyExport(folder: string, givenKey: KeyObject | null): ExportVerdict {
  const prefix = savedPrefix(folder);
  const pathOf = (file: string) => join(folder, `${prefix}${file}`);
  const key = givenKey ?? publicKeyOf(readFileSync(pathOf(publicKeyFile), 'utf8'));
  const keySha256 =
    key &&
    createHash('sha256')
      .update(key.export({ type: 'spki', format: 'der' }))
      .digest('hex');
  const bad = (file: string, reason: string, manifest: ExportManifest | null = null): ExportVerdict => ({
    ok: false,
    manifest,
    fault: { file, reason },
    keySha256,
  });
  if (!key) return bad(publicKeyFile, 'it is no Ed25519 key');
  if (statSync(pathOf(manifestFile)).size > mostManifestBytes) return bad(manifestFile, 'it is too long');
  const text = readFileSync(pathOf(manifestFile));
  if (!verify(null, text, key, readFileSync(pathOf(signatureFile)))) return bad(manifestFile, 'its signature does not fit');
  const manifest = parseManifest(text.toString('utf8'));
  if (!manifest) return bad(manifestFile, 'it is no manifest');
  for (const file of manifest.files) {
    const lines = file.name === 'audit.jsonl' ? new RowCheck() : null;
    const read = readThrough(pathOf(file.name), (line) => lines?.next(line));
    if (read === null) return bad(file.name, 'it is missing', manifest);
    if (read.bytes !== file.bytes || read.sha256 !== file.sha256) return bad(file.name, 'it is not what was exported', manifest);
    if (lines && (lines.fault !== null || lines.rows !== file.rows)) return bad(file.name, lines.fault ?? 'rows are missing', manifest);
  }
  const { seal } = manifest;
  if (seal && !isSignedBy(key, seal)) return bad(manifestFile, `the seal of ${seal.day} does not fit`, manifest);
  return { ok: true, manifest, fault: null, keySha256 };
}

/** What stands before each name: a browser saves the files of an export under its id, because all exports have the same names. */
function savedPrefix(folder: string): string {
  const names = readdirSync(folder);
  if (names.includes(manifestFile)) return '';
  const ids = names.filter((name) => name.endsWith(`-${manifestFile}`)).map((name) => name.slice(0, -manifestFile.length - 1));
  const [id, another] = ids.filter((one) => exportIdForm.test(one));
  if (another !== undefined) throw new Error(`${folder} holds files of more than one export`);
  return id === undefined ? '' : `${id}-`;
}

/** The manifest in a text; null for anything else. */
export function parseManifest(text: string): ExportManifest | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = exportManifest.safeParse(value);
  return parsed.success ? parsed.data : null;
}

/** Computes every row's hash again, and follows the links where nothing was left out between two rows. */
class RowCheck {
  rows = 0;
  fault: string | null = null;
  #last: { readonly seq: number; readonly hash: string } | null = null;

  next(line: string): void {
    if (this.fault !== null) return;
    this.rows += 1;
    const row = storedRow(line);
    if (row === null) {
      this.fault = `line ${this.rows} is no row of the audit`;
      return;
    }
    const { hash, ...covered } = row;
    if (hashOfRow(covered) !== hash) this.fault = `row ${row.seq} is not what it was`;
    else if (this.#last && row.seq === this.#last.seq + 1 && row.previous_hash !== this.#last.hash)
      this.fault = `row ${row.seq} does not follow from the row before`;
    else this.#last = row;
  }
}

/** A line as the row it was made from: the JSON columns closed again. */
function storedRow(line: string): StoredRow | null {
  let open: Record<keyof StoredRow, unknown>;
  try {
    open = JSON.parse(line) as Record<keyof StoredRow, unknown>;
  } catch {
    return null;
  }
  if (typeof open !== 'object' || open === null || typeof open.seq !== 'number') return null;
  const { roles, args, before, after, scope, session = null } = open;
  return {
    ...open,
    session,
    roles: canonicalJson(roles),
    args: canonicalJson(args),
    before: canonicalJson(before),
    after: canonicalJson(after),
    scope: scope === null || scope === undefined ? null : canonicalJson(scope),
  } as StoredRow;
}

/** Hashes a file and hands on its lines; null when it is not there. */
function readThrough(path: string, onLine: (line: string) => void): { readonly bytes: number; readonly sha256: string } | null {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw cause;
  }
  try {
    const hash = createHash('sha256');
    const buffer = Buffer.alloc(256 * 1024);
    let rest = Buffer.alloc(0);
    let bytes = 0;
    for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) {
      const chunk = buffer.subarray(0, read);
      hash.update(chunk);
      bytes += read;
      rest = Buffer.concat([rest, chunk]);
      let from = 0;
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10, from)) {
        onLine(rest.toString('utf8', from, end));
        from = end + 1;
      }
      rest = rest.subarray(from);
      if (rest.length > mostLineBytes) {
        onLine('');
        rest = Buffer.alloc(0);
      }
    }
    if (rest.length > 0) onLine(rest.toString('utf8'));
    return { bytes, sha256: hash.digest('hex') };
  } finally {
    closeSync(file);
  }
}
