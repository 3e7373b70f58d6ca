import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  backupNameForm,
  decodeManifest,
  encodeManifest,
  fileNameForm,
  macFits,
  manifestBytesAtMost,
  manifestMac,
  type BackupManifest,
} from './backup-manifest.ts';

const sha256 = 'a'.repeat(64);
const good: BackupManifest = {
  format: 'taodu-backup-1',
  productVersion: '1.2.3',
  ledgerVersion: 2,
  instanceId: '0123abcd',
  keyId: '0123456789abcdef',
  at: 1_795_651_200_000,
  seq: 4711,
  epoch: 3,
  audit: { seq: 900, hash: sha256 },
  files: [
    { name: 'ledger.db', bytes: 4096, sha256 },
    { name: 'seals/public.pem', bytes: 113, sha256 },
    { name: 'seals/2026-11-25.json', bytes: 300, sha256 },
  ],
};
const file = (name: string) => ({ ...good, files: [...good.files, { name, bytes: 1, sha256 }] });

test('what was written is read back', () => {
  expect(decodeManifest(encodeManifest(good))).toEqual({ ok: true, value: good });
});

describe('refused', () => {
  test.each<[string, unknown]>([
    ['nothing', ''],
    ['no object', []],
    ['another format', { ...good, format: 'taodu-backup-2' }],
    ['no ledger', { ...good, files: good.files.slice(1) }],
    ['a file twice', file('ledger.db')],
    ['a way up', file('../ledger.db')],
    ['a way up in the middle', file('seals/../../keys/secrets.key')],
    ['an absolute path', file('/etc/passwd')],
    ['a drive', file('C:\\windows\\system32')],
    ['a back slash', file('seals\\2026-11-25.json')],
    ['an unknown file', file('keys/secrets.key')],
    ['a name that ends behind a line break', file('ledger.db\n')],
    ['a zero byte', file('ledger.db\u0000')],
    ['more than is known', { ...good, run: 'rm' }],
    ['a size below nothing', { ...good, files: [{ ...good.files[0]!, bytes: -1 }] }],
    ['a size that is none', { ...good, files: [{ ...good.files[0]!, bytes: 1e300 }] }],
    ['a hash in capitals', { ...good, files: [{ ...good.files[0]!, sha256: 'A'.repeat(64) }] }],
    ['too many files', { ...good, files: Array.from({ length: 20_001 }, () => good.files[0]) }],
  ])('%s', (_name, value) => {
    const bytes = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
    expect(decodeManifest(bytes)).toMatchObject({ ok: false, error: { code: 'backup-damaged', params: { file: 'manifest.json' } } });
  });

  test('one that is too long, before it is read', () => {
    const bytes = Buffer.alloc(manifestBytesAtMost + 1, ' ');
    expect(decodeManifest(bytes)).toMatchObject({ ok: false, error: { params: { reason: 'size' } } });
  });

  test('bytes that are no text', () => {
    expect(decodeManifest(Buffer.from([0xff, 0xfe, 0x7b]))).toMatchObject({ ok: false, error: { params: { reason: 'manifest' } } });
  });
});

test('any text is read or refused, and no name ever leads out of the folder', () => {
  const text = encodeManifest(good).toString();
  const bent = fc
    .tuple(fc.nat(text.length), fc.nat(20), fc.string({ maxLength: 12 }))
    .map(([at, cut, put]) => text.slice(0, at) + put + text.slice(at + cut));
  const named = fc.string({ maxLength: 40 }).map((name) => JSON.stringify(file(name)));
  fc.assert(
    fc.property(fc.oneof(bent, named, fc.json(), fc.string()), (input) => {
      const read = decodeManifest(Buffer.from(input));
      if (read.ok) expect(read.value.files.every(({ name }) => fileNameForm.test(name) && !name.includes('..'))).toBe(true);
    }),
    { seed: 20261126, numRuns: 2000 },
  );
});

test('the code under it needs the key and every byte', () => {
  const key = Buffer.alloc(32, 7);
  const bytes = encodeManifest(good);
  const mac = manifestMac(key, bytes);
  expect(mac).toMatch(/^[0-9a-f]{64}$/);
  expect(macFits(key, bytes, mac)).toBe(true);
  expect(macFits(Buffer.alloc(32, 8), bytes, mac)).toBe(false);
  for (const at of [0, Math.floor(bytes.length / 2), bytes.length - 1]) {
    const altered = Buffer.from(bytes);
    altered[at]! ^= 1;
    expect(macFits(key, altered, mac)).toBe(false);
  }
  expect(['', mac.slice(1), `${mac}0`, mac.toUpperCase()].map((other) => macFits(key, bytes, other))).toEqual([false, false, false, false]);
});

test.each([
  ['2026-11-26T17-23-31.123Z-4711', true],
  ['2026-11-26T17-23-31.123Z-', false],
  ['.making-2026-11-26T17-23-31.123Z-4711', false],
  ['../2026-11-26T17-23-31.123Z-4711', false],
])('%s is the name of a backup: %s', (name, is) => {
  expect(backupNameForm.test(name)).toBe(is);
});
