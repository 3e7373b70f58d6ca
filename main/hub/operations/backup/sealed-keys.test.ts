import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { openKeys, sealKeys, sealedKeysBytesAtMost } from './sealed-keys.ts';

const keys = new Map([
  ['secrets.key', Buffer.alloc(32, 9)],
  ['seal.key', Buffer.from('-----BEGIN PRIVATE KEY-----\n')],
]);
const passphrase = 'four kilns and a river';

test('the keys come back under the passphrase, and nothing of them shows', async () => {
  const sealed = await sealKeys(keys, passphrase);
  expect(await openKeys(sealed, passphrase)).toEqual(keys);
  expect(sealed.toString('latin1')).not.toContain('PRIVATE');
  expect(sealed.toString('latin1')).not.toContain(keys.get('secrets.key')!.toString('base64').slice(0, 20));
  expect(await openKeys(sealed, `${passphrase}.`)).toBeNull();
  const parts = JSON.parse(sealed.toString()) as Record<string, string>;
  const altered = Buffer.from(parts['sealed']!, 'base64');
  altered[0]! ^= 1;
  expect(await openKeys(Buffer.from(JSON.stringify({ ...parts, sealed: altered.toString('base64') })), passphrase)).toBeNull();
  // the work that opening takes is not the file's to choose
  expect(await openKeys(Buffer.from(JSON.stringify({ ...parts, N: 2 ** 30 })), passphrase)).toBeNull();
}, 60_000);

test('whatever else a file holds opens nothing, and costs little', async () => {
  const garbage = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .record({ format: fc.constant('taodu-keys-1'), salt: fc.string(), nonce: fc.base64String(), sealed: fc.string() })
      .map((value) => JSON.stringify(value)),
  );
  await fc.assert(
    fc.asyncProperty(garbage, async (text) => {
      expect(await openKeys(Buffer.from(text), passphrase)).toBeNull();
    }),
    { seed: 7914, numRuns: 300 },
  );
  expect(await openKeys(Buffer.alloc(sealedKeysBytesAtMost + 1, '{'), passphrase)).toBeNull();
});
