import { expect, test } from 'vitest';
import { createAddressPolicy } from './address-policy.ts';

const names: Readonly<Record<string, readonly string[]>> = {
  camera: ['10.1.2.3'],
  public: ['93.184.216.34'],
  'half-public': ['93.184.216.34', '10.1.2.4'],
  'rebinding.example': ['127.0.0.1'],
  // what the system makes of such a host
  '2130706433': ['127.0.0.1'],
  'v6-only': ['fd00::5'],
  nothing: [],
  rubbish: ['not an address'],
};

const policy = createAddressPolicy({
  networks: ['10.0.0.0/8', '127.0.0.0/8', 'fc00::/7', '::1/128', '169.254.0.0/16', '0.0.0.0/32', '224.0.0.0/3'],
  refusedPorts: [
    { host: '127.0.0.1', port: 8600 },
    { host: '0.0.0.0', port: 8601 },
    { host: 'localhost', port: 8602 },
    { host: '::', port: 8603 },
    { host: '10.9.9.9', port: 8604 },
  ],
  lookup: async (host) => {
    const found = names[host];
    if (!found) throw Object.assign(new Error('no such host'), { code: 'ENOTFOUND' });
    return found.map((address) => ({ address }));
  },
  ownAddresses: () => ['10.9.9.9', 'fd00::9', 'fe80::1%eth0'],
});

test.each([
  // allowed: the address to connect to
  ['camera', 554, '10.1.2.3'],
  ['10.200.0.1', 554, '10.200.0.1'],
  ['half-public', 554, '10.1.2.4'],
  ['rebinding.example', 554, '127.0.0.1'],
  ['v6-only', 554, 'fd00::5'],
  ['::1', 554, '::1'],
  ['FD00:0::0005', 554, 'fd00::5'],
  ['fd00::5%eth0', 554, 'fd00::5%eth0'],
  ['::ffff:10.1.2.3', 554, '10.1.2.3'],
  ['0:0:0:0:0:FFFF:0A01:0203', 554, '10.1.2.3'],
  ['127.0.0.2', 8600, '127.0.0.2'],
  ['10.1.2.3', 8601, '10.1.2.3'],
  // refused: why
  ['public', 554, 'network'],
  ['8.8.8.8', 554, 'network'],
  ['::ffff:8.8.8.8', 554, 'network'],
  ['2001:db8::1', 554, 'network'],
  ['64:ff9b::a01:203', 554, 'network'],
  ['169.254.169.254', 80, 'never'],
  ['::ffff:169.254.169.254', 80, 'never'],
  ['::ffff:8.8.8.8%eth0', 80, 'network'],
  ['fe80::1', 554, 'never'],
  ['fe80::1%eth0', 554, 'never'],
  ['0.0.0.0', 554, 'never'],
  ['::', 554, 'never'],
  ['::ffff:0.0.0.0', 554, 'never'],
  ['239.1.2.3', 554, 'never'],
  ['ff02::1', 554, 'never'],
  ['255.255.255.255', 554, 'never'],
  ['127.0.0.1', 8600, 'own-listener'],
  ['::ffff:127.0.0.1', 8600, 'own-listener'],
  ['2130706433', 8600, 'own-listener'],
  ['127.0.0.1', 8601, 'own-listener'],
  ['10.9.9.9', 8601, 'own-listener'],
  ['::1', 8602, 'own-listener'],
  ['fd00::9', 8603, 'own-listener'],
  ['10.9.9.9', 8604, 'own-listener'],
])('%s port %i: %s', async (host, port, expected) => {
  const answer = await policy.check(host, port);
  if (answer.ok) expect(answer.value).toEqual({ address: expected, family: expected.includes(':') ? 6 : 4 });
  else expect(answer.error).toMatchObject({ code: 'source-address-refused', params: { host, port, reason: expected } });
});

test.each([
  ['nowhere', 'ENOTFOUND'],
  ['nothing', 'no-address'],
  ['rubbish', 'no-address'],
])('%s is not resolved: %s', async (host, reason) => {
  expect(await policy.check(host, 554)).toEqual({ ok: false, error: { code: 'source-unresolved', params: { host, reason } } });
});

test('without networks nothing is allowed, and a network that is none is a bug', async () => {
  expect(await createAddressPolicy({ networks: [] }).check('127.0.0.1', 554)).toMatchObject({ ok: false });
  for (const network of ['10.0.0.0', '10.0.0.0/33', '::/129', 'camera/8', '10.0.0.0/']) {
    expect(() => createAddressPolicy({ networks: [network] }), network).toThrow(RangeError);
  }
});

test('the system is asked for the addresses of a name', async () => {
  const local = createAddressPolicy({ networks: ['127.0.0.0/8', '::1/128'] });
  expect(await local.check('localhost', 554)).toMatchObject({ ok: true });
});

test('a name is looked up once at a time, and names that are never found do not pile up', async () => {
  const asked: { readonly host: string; readonly answer: (addresses: readonly { readonly address: string }[]) => void }[] = [];
  const waiting = createAddressPolicy({
    networks: ['10.0.0.0/8'],
    lookup: (host) => new Promise((answer) => asked.push({ host, answer })),
  });
  const two = [waiting.check('recorder', 554), waiting.check('recorder', 555)];
  expect(asked).toHaveLength(1);
  asked[0]!.answer([{ address: '10.1.2.3' }]);
  expect(await Promise.all(two)).toEqual(two.map(() => ({ ok: true, value: { address: '10.1.2.3', family: 4 } })));
  void waiting.check('recorder', 554);
  expect(asked).toHaveLength(2);
  const silent = Array.from({ length: 600 }, (_, i) => waiting.check(`silent-${i}`, 554));
  expect(asked.length).toBeLessThan(600);
  expect(await silent.at(-1)).toMatchObject({ ok: false, error: { code: 'source-unresolved', params: { reason: 'busy' } } });
  expect(await waiting.check('10.1.2.4', 554)).toMatchObject({ ok: true });
  // Every end makes room.
  for (const { answer } of asked) answer([]);
  await silent[0];
  const again = waiting.check('recorder', 554);
  asked.at(-1)!.answer([{ address: '10.1.2.3' }]);
  expect(await again).toMatchObject({ ok: true });
});
