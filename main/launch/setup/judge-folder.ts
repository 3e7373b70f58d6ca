import { unfinishedMark } from '../../hub/first-start.ts';
import type { FolderReason, FolderVerdict } from './contract.ts';

/** What was found at a path. */
export interface FolderFacts {
  /** Absolute; where it is not, nothing else of it is known. */
  readonly path: string;
  readonly isAbsolute: boolean;
  /** `below-a-file`: something on the way there is no folder. */
  readonly kind: 'missing' | 'folder' | 'file' | 'below-a-file';
  /** We may write there, or make it in the folder above that exists. */
  readonly writable: boolean;
  /** Names in it, the first hundreds. */
  readonly entries: readonly string[];
  /** Of the file system; null: it does not say. */
  readonly freeBytes: number | null;
  readonly fileSystem: 'network' | 'temporary' | 'local';
  /** A hub holds it; null: not known. */
  readonly inUse: boolean | null;
}

/** What makes a folder the data folder of a city. */
const ledgerFile = 'ledger.db';

const megabyte = 1024 * 1024;
/** A hub stops writing at the first, and warns at the second (section `disk` of the configuration). */
const leastMb = 256;
const littleMb = 2048;
/** What systems put into folders by themselves. */
const strays = new Set(['lost+found', '.DS_Store', 'Thumbs.db', 'desktop.ini']);

/** What a folder is good for, and what should be known before it is chosen. */
export function judgeFolder(facts: FolderFacts): FolderVerdict {
  const freeMb = facts.freeBytes === null ? null : Math.floor(facts.freeBytes / megabyte);
  const told = { path: facts.path, freeMb, inUse: facts.inUse };
  const refused = (reason: FolderReason): FolderVerdict => ({ ...told, state: 'refused', reason, warnings: [] });
  if (!facts.isAbsolute) return refused('not-absolute');
  if (facts.kind === 'file' || facts.kind === 'below-a-file') return refused('not-a-folder');
  if (!facts.writable) return refused('not-writable');
  const state = stateOf(facts);
  if (state === null) return refused('not-empty');
  if (freeMb !== null && freeMb < leastMb && state !== 'city') return refused('no-space');
  const warnings: FolderVerdict['warnings'][number][] = [];
  if (facts.fileSystem !== 'local') warnings.push(facts.fileSystem);
  if (freeMb !== null && freeMb < littleMb) warnings.push('little-space');
  return { ...told, state, reason: null, warnings };
}

function stateOf({ kind, entries }: FolderFacts): 'missing' | 'empty' | 'unfinished' | 'city' | null {
  if (kind === 'missing') return 'missing';
  if (entries.includes(unfinishedMark)) return 'unfinished';
  if (entries.includes(ledgerFile)) return 'city';
  return entries.every((name) => strays.has(name)) ? 'empty' : null;
}
