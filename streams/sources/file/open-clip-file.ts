import { constants } from 'node:fs';
import { open, realpath, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { problem, type ErrorCode, type ErrorParams, type Problem } from '../../../main/contract/errors.ts';
import { err, ok, type Result } from '../../../main/contract/result.ts';

export interface ClipPolicy {
  /** Where `clip:<name>` is found, as `<name>.h264`. */
  readonly clipsFolder: string;
  /** Folders that other files must lie in; empty: anywhere. */
  readonly fileRoots: readonly string[];
}

/** A file that passed the policy, open for reading. Whoever gets it closes the handle. */
export interface OpenClipFile {
  readonly handle: FileHandle;
  readonly realPath: string;
  /** For messages: the name without folders. */
  readonly shownName: string;
  readonly size: number;
  /** Changes whenever the content may have changed. */
  readonly version: string;
}

const maxFileBytes = 512 * 1024 * 1024;
const clipName = /^clip:([a-z0-9][a-z0-9._-]{0,63})$/;

/** Opens the file that a source's URL names, if it may be read: links are resolved before anything is decided. */
export async function openClipFile(url: string, policy: ClipPolicy): Promise<Result<OpenClipFile, Problem>> {
  const name = clipName.exec(url)?.[1];
  const wanted = name === undefined ? pathOf(url) : path.join(policy.clipsFolder, `${name}.h264`);
  const shownName = name === undefined ? path.basename(wanted ?? '') : `clip:${name}`;
  const refuse = (code: ErrorCode, params: ErrorParams = {}) => err(problem(code, { file: shownName, ...params }));
  if (wanted === null) return refuse('source-file-refused', { reason: 'not-an-absolute-path' });
  let handle: FileHandle | null = null;
  try {
    const realPath = await realpath(wanted);
    const roots = name === undefined ? policy.fileRoots : [policy.clipsFolder];
    if (roots.length > 0 && !(await isInside(realPath, roots))) return refuse('source-file-refused', { reason: 'outside-allowed-folders' });
    // Without O_NONBLOCK the opening of a FIFO would wait for a writer. The path has no links left that O_NOFOLLOW could refuse.
    handle = await open(realPath, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    const stat = await handle.stat();
    if (!stat.isFile()) return refuse('source-file-refused', { reason: 'not-a-regular-file' });
    if (stat.size > maxFileBytes) return refuse('source-file-refused', { reason: 'too-large', maxBytes: maxFileBytes });
    const version = `${stat.dev}:${stat.ino}:${stat.mtimeMs}:${stat.size}`;
    const opened = { handle, realPath, shownName, size: stat.size, version };
    handle = null;
    return ok(opened);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code === 'ENOENT' || code === 'ENOTDIR') return refuse('source-file-missing');
    if (code === 'EACCES' || code === 'EPERM' || code === 'ELOOP' || code === 'ENXIO')
      return refuse('source-file-refused', { reason: code });
    if (code !== '') return refuse('source-file-unreadable', { reason: code });
    throw error;
  } finally {
    await handle?.close();
  }
}

function pathOf(url: string): string | null {
  if (url.includes('\0')) return null;
  if (path.isAbsolute(url)) return url;
  try {
    return fileURLToPath(url);
  } catch {
    return null;
  }
}

async function isInside(realPath: string, roots: readonly string[]): Promise<boolean> {
  for (const root of roots) {
    // A root that does not exist allows nothing.
    const realRoot = await realpath(root).catch(() => null);
    if (realRoot === null) continue;
    const relative = path.relative(realRoot, realPath);
    if (relative !== '' && relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative)) return true;
  }
  return false;
}
