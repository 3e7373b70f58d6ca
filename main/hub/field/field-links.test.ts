import { afterEach, beforeEach, expect, test } from 'vitest';
import type { UnitId } from '../../contract/ids.ts';
import { silentLog } from '../../contract/log.ts';
import { temporaryFolder } from '../hub-rig.ts';
import { openLedger, type SqliteLedger } from '../ledger/open-ledger.ts';
import { ManualClock } from '../readings/manual-clock.ts';
import { createFieldLinks, fieldLinkLifetimeMs, type FieldLinks, linksKeptEach } from './field-links.ts';

const unit = 'u-1' as UnitId;
const other = 'u-2' as UnitId;
let folder: ReturnType<typeof temporaryFolder>;
let ledger: SqliteLedger;
let clock: ManualClock;
let links: FieldLinks;

beforeEach(() => {
  folder = temporaryFolder('field-links');
  clock = new ManualClock();
  ledger = openLedger(folder.path, { changesKept: 100, clock, log: silentLog });
  links = createFieldLinks({ ledger, clock, base: () => 'https://hub.example' });
});
afterEach(() => {
  ledger.close();
  folder.dispose();
});

/** Makes a link as a command does, and answers its token. */
function made(unitId: UnitId = unit): string {
  const link = links.create(unitId);
  ledger.transact({ changes: [], cause: { kind: 'command', id: 'c', by: 'li' } }, () => link.store());
  return link.url.replace('https://hub.example/unit/', '');
}

test('a link has 32 random bytes and opens the page of its unit, again and again', () => {
  const token = made();
  expect(token).toMatch(/^[\w-]{43}$/);
  expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  clock.advance(1000);
  expect(links.open(token)?.unitId).toBe(unit);
  expect(links.open(token)?.unitId).toBe(unit);
  expect(ledger.database.prepare('SELECT made_at, expires_at, last_used_at FROM field_links').raw().get()).toEqual([
    clock.now() - 1000,
    clock.now() - 1000 + fieldLinkLifetimeMs,
    clock.now(),
  ]);
});

test('the database does not hold the token, and what was not written opens nothing', () => {
  const token = made();
  const text = JSON.stringify(ledger.database.prepare('SELECT * FROM field_links').all());
  expect(text).toContain(unit);
  expect(text).not.toContain(token);
  const unwritten = links.create(other).url.split('/').at(-1)!;
  expect(links.open(unwritten)).toBeNull();
});

test('a new link ends the one before, of the same unit alone', () => {
  const [first, elsewhere, second] = [made(), made(other), made()];
  expect(links.open(first)).toBeNull();
  expect(links.unitOf(first)).toBe(unit);
  expect(links.open(second)?.unitId).toBe(unit);
  expect(links.open(elsewhere)?.unitId).toBe(other);
  links.end(unit);
  expect(links.open(second)).toBeNull();
  expect(links.open(elsewhere)?.unitId).toBe(other);
});

test('a link is over after seven days, to the millisecond, and after a restart, too', () => {
  const token = made();
  clock.advance(fieldLinkLifetimeMs - 1);
  expect(createFieldLinks({ ledger, clock, base: () => '' }).open(token)?.unitId).toBe(unit);
  clock.advance(1);
  expect(links.open(token)).toBeNull();
});

test.each(['', 'x', 'A'.repeat(43), 'A'.repeat(44), '../../etc/passwd', 'ä'.repeat(43), `${'A'.repeat(42)}'`])(
  '%j opens nothing',
  (token) => {
    made();
    expect(links.open(token)).toBeNull();
    expect(links.unitOf(token)).toBeNull();
  },
);

test('a unit that is sent again and again keeps a bounded number of links', () => {
  const tokens = Array.from({ length: linksKeptEach + 5 }, () => made());
  expect(ledger.database.prepare('SELECT count(*) FROM field_links').pluck().get()).toBe(linksKeptEach);
  expect(links.open(tokens.at(-1)!)?.unitId).toBe(unit);
  expect(links.unitOf(tokens[0]!)).toBeNull();
  clock.advance(fieldLinkLifetimeMs);
  made();
  expect(ledger.database.prepare('SELECT count(*) FROM field_links').pluck().get()).toBe(1);
});
