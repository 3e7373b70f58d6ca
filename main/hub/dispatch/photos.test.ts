import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLog } from '../../contract/log.ts';
import { openLedger, type SqliteLedger } from '../ledger/open-ledger.ts';
import { photoBytesAtMost } from './jpeg.ts';
import { createPhotos, type PhotoOf } from './photos.ts';
import { smallJpeg } from './testdata/small-jpeg.ts';

let folder = '';
let ledger: SqliteLedger;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'taodu-photos-'));
  ledger = openLedger(folder, { changesKept: 10, clock: { now: () => 1 }, log: silentLog });
});
afterEach(() => {
  ledger.close();
  rmSync(folder, { recursive: true });
});
let hasRoom = true;
const photosOf = (bytesAtMost?: number) =>
  createPhotos({ ledger, folder: join(folder, 'photos'), mayKeep: () => hasRoom, ...(bytesAtMost && { bytesAtMost }) });
const of: PhotoOf = { taskId: 't1', incidentId: 'i1', unitId: 'u1' };
const note = (kept: ReturnType<ReturnType<typeof photosOf>['keep']>): string => {
  if (!kept.ok) throw new Error(kept.error.code);
  ledger.transact({ changes: [], cause: { kind: 'timer', id: 'test', by: 'test' } }, () => kept.value.note());
  return kept.value.name;
};

test('a photo is kept once, read as it came, and known after a restart', () => {
  const photos = photosOf();
  const picture = smallJpeg();
  const base64 = picture.toString('base64');
  const name = note(photos.keep(base64, of, 7));
  expect(name).toMatch(/^[0-9a-f]{40}\.jpg$/);
  expect(note(photos.keep(base64, of, 8))).toBe(name);
  expect(note(photos.keep(base64, { ...of, taskId: 't2' }, 8))).not.toBe(name);
  expect(photos.bytes).toBe(picture.length * 2);
  const again = photosOf();
  expect(again.of(name)).toEqual(of);
  expect(Buffer.from(again.read(name)!)).toEqual(picture);
  expect(again.bytes).toBe(picture.length * 2);
  if (process.platform !== 'win32') expect(statSync(join(folder, 'photos', name)).mode & 0o077).toBe(0);
});

test.each([
  ['nothing', '', 'encoding'],
  ['no base64', '***', 'encoding'],
  ['base64 in lines', `${smallJpeg().toString('base64').slice(0, 40)}\n`, 'encoding'],
  ['no JPEG', Buffer.from('<svg onload=alert(1)>').toString('base64'), 'no-jpeg'],
  ['too large', Buffer.alloc(photoBytesAtMost + 3).toString('base64'), 'too-large'],
])('%s is refused, and no file is made', (_name, base64, reason) => {
  expect(photosOf().keep(base64, of, 7)).toMatchObject({ ok: false, error: { code: 'photo-invalid', params: { reason } } });
  expect(existsSync(join(folder, 'photos'))).toBe(false);
});

test('all of them together are bounded', () => {
  const photos = photosOf(smallJpeg('aa').length * 2);
  for (const salt of ['aa', 'bb']) note(photos.keep(smallJpeg(salt).toString('base64'), of, 7));
  expect(photos.keep(smallJpeg('cc').toString('base64'), of, 7)).toMatchObject({ ok: false, error: { params: { reason: 'full' } } });
  expect(readdirSync(join(folder, 'photos'))).toHaveLength(2);
});

test('on a full disk none is kept, and one that is there already is no news', () => {
  const photos = photosOf();
  note(photos.keep(smallJpeg('aa').toString('base64'), of, 7));
  hasRoom = false;
  expect(photos.keep(smallJpeg('bb').toString('base64'), of, 7)).toMatchObject({ ok: false, error: { params: { reason: 'full' } } });
  expect(photos.keep(smallJpeg('aa').toString('base64'), of, 7)).toMatchObject({ ok: true });
  hasRoom = true;
});

test('a name is looked up and never a path', () => {
  const photos = photosOf();
  for (const name of ['../ledger.db', '', 'x.jpg', `${'a'.repeat(40)}.png`, `${'a'.repeat(40)}.jpg`]) {
    expect(photos.of(name)).toBeUndefined();
    expect(photos.read(name)).toBeNull();
  }
});
