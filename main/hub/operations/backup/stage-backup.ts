import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, fsyncSync, lstatSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { problem, type Problem } from '../../../contract/errors.ts';
import { err, ok, type Result } from '../../../contract/result.ts';
import { decodeManifest, manifestBytesAtMost, type BackupManifest } from './backup-manifest.ts';

/** A backup as it says it is. */
export interface FoundBackup {
  readonly manifest: BackupManifest;
  readonly bytes: Buffer;
  /** The code under the manifest, not yet compared. */
  readonly mac: string;
}

const damaged = (file: string, reason: string) =>
  problem(
    'backup-damaged',
    { file, reason },
    `${file} of the backup is ${reason === 'missing' ? 'missing' : `not what it must be (${reason})`}`,
  );

/** Reads what a backup says of itself. Fails with `backup-damaged` {file, reason}. */
export function findBackup(from: string): Result<FoundBackup, Problem> {
  const bytes = readPlain(from, 'manifest.json', manifestBytesAtMost);
  if (!bytes.ok) return bytes;
  const manifest = decodeManifest(bytes.value);
  if (!manifest.ok) return manifest;
  const mac = readPlain(from, 'manifest.mac', 256);
  if (!mac.ok) return mac;
  return ok({ manifest: manifest.value, bytes: bytes.value, mac: mac.value.toString('latin1').trim() });
}

/**
 * Copies every file that the manifest names into another folder and compares the copy: what was compared is what will be used, whoever writes to
 * the backup meanwhile. Fails with `backup-damaged` {file, reason}: `missing`, `not-a-file`, `size`, `content`.
 */
export function stageBackup(from: string, manifest: BackupManifest, into: string): Result<void, Problem> {
  const piece = Buffer.alloc(1024 * 1024);
  for (const { name, bytes, sha256 } of manifest.files) {
    const source = openPlain(from, name);
    if (!source.ok) return source;
    mkdirSync(dirname(join(into, name)), { recursive: true, mode: 0o700 });
    const target = openSync(join(into, name), 'wx', 0o600);
    try {
      if (fstatSync(source.value).size !== bytes) return err(damaged(name, 'size'));
      const hash = createHash('sha256');
      let left = bytes;
      while (left > 0) {
        const read = readSync(source.value, piece, 0, Math.min(piece.length, left), null);
        if (read === 0) return err(damaged(name, 'size'));
        hash.update(piece.subarray(0, read));
        for (let written = 0; written < read;) written += writeSync(target, piece, written, read - written);
        left -= read;
      }
      if (hash.digest('hex') !== sha256) return err(damaged(name, 'content'));
      fsyncSync(target);
    } finally {
      closeSync(source.value);
      closeSync(target);
    }
  }
  return ok(undefined);
}

/** Opens a regular file of the backup. Neither it nor the folder between may be a link: a link leads elsewhere. */
function openPlain(from: string, name: string): Result<number, Problem> {
  const path = join(from, name);
  try {
    if (name.includes('/') && !lstatSync(dirname(path)).isDirectory()) return err(damaged(name, 'not-a-file'));
    if (!lstatSync(path).isFile()) return err(damaged(name, 'not-a-file'));
    const file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    if (fstatSync(file).isFile()) return ok(file);
    closeSync(file);
    return err(damaged(name, 'not-a-file'));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    return err(damaged(name, code === 'ENOENT' || code === 'ENOTDIR' ? 'missing' : 'unreadable'));
  }
}

function readPlain(from: string, name: string, bytesAtMost: number): Result<Buffer, Problem> {
  const file = openPlain(from, name);
  if (!file.ok) return file;
  try {
    const { size } = fstatSync(file.value);
    if (size > bytesAtMost) return err(damaged(name, 'size'));
    const bytes = Buffer.alloc(size);
    let at = 0;
    while (at < size) {
      const read = readSync(file.value, bytes, at, size - at, null);
      if (read === 0) return err(damaged(name, 'size'));
      at += read;
    }
    return ok(bytes);
  } finally {
    closeSync(file.value);
  }
}
