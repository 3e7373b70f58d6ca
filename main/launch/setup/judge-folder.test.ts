import { expect, test } from 'vitest';
import { judgeFolder, type FolderFacts } from './judge-folder.ts';

const gigabyte = 1024 ** 3;
const empty: FolderFacts = {
  path: '/srv/taodu',
  isAbsolute: true,
  kind: 'folder',
  writable: true,
  entries: [],
  freeBytes: 100 * gigabyte,
  fileSystem: 'local',
  inUse: false,
};

test.each<[Partial<FolderFacts>, object]>([
  [{}, { state: 'empty', reason: null, freeMb: 102_400, warnings: [] }],
  [{ entries: ['lost+found', '.DS_Store'] }, { state: 'empty' }],
  [{ kind: 'missing' }, { state: 'missing' }],
  [{ entries: ['ledger.db', 'taodu.yaml'] }, { state: 'city' }],
  [{ entries: ['setup-unfinished', 'ledger.db', 'taodu.yaml'] }, { state: 'unfinished' }],
  [
    { entries: ['ledger.db'], inUse: true },
    { state: 'city', inUse: true },
  ],
  [
    { entries: ['ledger.db'], freeBytes: 0 },
    { state: 'city', warnings: ['little-space'] },
  ],
  [{ entries: ['photos'] }, { state: 'refused', reason: 'not-empty' }],
  [{ entries: ['taodu.yaml'] }, { state: 'refused', reason: 'not-empty' }],
  [{ isAbsolute: false }, { state: 'refused', reason: 'not-absolute' }],
  [{ kind: 'file' }, { state: 'refused', reason: 'not-a-folder' }],
  [{ kind: 'below-a-file' }, { state: 'refused', reason: 'not-a-folder' }],
  [{ writable: false }, { state: 'refused', reason: 'not-writable' }],
  [{ freeBytes: gigabyte / 8 }, { state: 'refused', reason: 'no-space' }],
  [
    { freeBytes: gigabyte, fileSystem: 'network' },
    { state: 'empty', warnings: ['network', 'little-space'] },
  ],
  [
    { freeBytes: null, fileSystem: 'temporary' },
    { state: 'empty', freeMb: null, warnings: ['temporary'] },
  ],
])('%j', (facts, verdict) => {
  expect(judgeFolder({ ...empty, ...facts })).toMatchObject(verdict);
});
