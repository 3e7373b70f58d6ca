import { rmSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLog, type Log } from '../contract/log.ts';
import { ManualClock } from '../hub/readings/manual-clock.ts';
import { lookEveryMs, watchCertificate, type CertificateWatch } from './certificate-watch.ts';
import { cityCertificates } from './testdata/city-certificates.ts';

let city: Awaited<ReturnType<typeof cityCertificates>>;
let clock: ManualClock;
let watching: CertificateWatch | null;
let said: string[];
let taken: string[];

beforeEach(async () => {
  city = await cityCertificates();
  clock = new ManualClock(Date.now());
  watching = null;
  said = [];
  taken = [];
});
afterEach(() => {
  watching?.stop();
  city.dispose();
});

async function start(): Promise<CertificateWatch> {
  const log: Log = { ...silentLog, error: (_fields, message) => void said.push(message) };
  const made = await watchCertificate(city.files, { clock, log });
  if (!made.ok) throw new Error(made.error.detail);
  watching = made.value;
  watching.onChange((next) => void taken.push(next.certificate));
  return watching;
}
/** Lets the files be looked at once; when the watch sleeps again it has seen them. */
async function look(): Promise<void> {
  await clock.advance(lookEveryMs);
  while (clock.sleeping === 0) await new Promise((resolve) => setImmediate(resolve));
}

test('nothing changes while the files do not', async () => {
  const watch = await start();
  await look();
  await look();
  expect([taken, watch.refused, watch.current.certificate]).toEqual([[], null, city.server.certificate]);
});

test('a new pair is taken once it stands still', async () => {
  const watch = await start();
  const next = await city.renew();
  await look();
  expect(taken).toEqual([]);
  await look();
  expect(taken).toEqual([next.certificate]);
  expect([watch.current.key, watch.refused]).toEqual([next.key, null]);
  await look();
  await look();
  expect(taken).toHaveLength(1);
});

test('nobody is caught between the two files', async () => {
  const watch = await start();
  const old = watch.current;
  const next = await city.renew();
  city.put('key', old.key);
  await look();
  city.put('key', next.key);
  await look();
  expect([watch.current, watch.refused]).toEqual([old, null]);
  await look();
  expect([taken, said]).toEqual([[next.certificate], []]);
});

test.each<[string, () => void | Promise<unknown>, string]>([
  ['rubbish', () => city.put('certificate', 'rubbish'), 'malformed'],
  [
    'one half',
    async () => city.put('certificate', (await city.renew()).certificate) ?? city.put('key', city.authority.key),
    'key-mismatch',
  ],
  ['nothing at all', () => rmSync(city.files.key), 'missing'],
  ['one whose time is over', () => city.renew({ now: Date.now() - 9 * 86_400_000, days: 8 }), 'expired'],
  ['one whose time has not come', () => city.renew({ now: Date.now() + 9 * 86_400_000 }), 'not-yet-valid'],
])('%s is refused, said once, and the old pair stays until there is a good one', async (_name, spoil, reason) => {
  const watch = await start();
  await spoil();
  for (let looks = 0; looks < 4; looks += 1) await look();
  expect(watch.refused).toMatchObject({ code: 'certificate-unusable', params: { reason } });
  expect([watch.current.certificate, taken]).toEqual([city.server.certificate, []]);
  expect(said).toEqual(['the new certificate cannot be used; the old one stays in use']);
  const good = await city.renew();
  await look();
  await look();
  expect([watch.refused, taken]).toEqual([null, [good.certificate]]);
});

test('at the start a pair that cannot be used is a failure, one whose time is over is not', async () => {
  await city.renew({ now: Date.now() - 9 * 86_400_000, days: 8 });
  await start();
  expect(said).toEqual(['the certificate is not valid now: browsers will not open the pages']);
  watching!.stop();
  city.put('key', 'rubbish');
  expect(await watchCertificate(city.files, { clock, log: silentLog })).toMatchObject({ error: { code: 'certificate-unusable' } });
});

test('when it stops it looks no more', async () => {
  const watch = await start();
  watch.stop();
  await clock.advance(lookEveryMs);
  expect(clock.sleeping).toBe(0);
});
