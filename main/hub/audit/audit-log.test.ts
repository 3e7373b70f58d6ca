import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../contract/log.ts';
import { openLedger, type SqliteLedger } from '../ledger/open-ledger.ts';
import { type AuditLog, type AuditSubject, createAuditLog, genesisHash, maxAuditedText, verifyAudit } from './audit-log.ts';
import { canonicalJson } from '../commands/canonical-json.ts';

let folder = '';
let ledger: SqliteLedger;
let audit: AuditLog;
let now = 1_700_000_000_000;
const clock = { now: () => (now += 1) };

const subject = (commandId: string, args: unknown = { z: 1, a: '东门' }): AuditSubject => ({
  commandId,
  command: 'wall.show',
  actor: 'wang',
  roles: ['operator'],
  door: 'socket',
  address: '10.0.0.7',
  workstation: 'desk 3',
  args,
  scope: ['none'],
  session: 's1',
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'taodu-audit-'));
  ledger = openLedger(folder, { changesKept: 100, clock, log: silentLog });
  audit = createAuditLog(ledger.database, clock);
});
afterEach(() => {
  ledger.close();
  rmSync(folder, { recursive: true });
});

/** Ten commands, twenty rows. */
function fill(): void {
  for (let index = 1; index <= 10; index += 1) {
    audit.open(subject(`k${index}`));
    audit.close(subject(`k${index}`), { outcome: index === 3 ? 'revision-conflict' : 'ok', before: { revision: index }, after: null });
  }
}

/** What somebody with the file and without scruples does. */
function tamper(sql: string): void {
  const raw = new Database(join(folder, 'ledger.db'));
  raw.exec('DROP TRIGGER audit_is_never_changed; DROP TRIGGER audit_is_never_shortened;');
  raw.exec(sql);
  raw.close();
}

describe('the audit', () => {
  it('says who asked for what from where, and in a second row how it ended', () => {
    const opened = audit.open(subject('k1'));
    const closed = audit.close(subject('k1'), { outcome: 'ok', before: { revision: 1 }, after: { revision: 2 } });
    const same = { commandId: 'k1', command: 'wall.show', actor: 'wang', roles: ['operator'], door: 'socket', address: '10.0.0.7' };
    expect(opened).toMatchObject({ ...same, seq: 1, phase: 'open', workstation: 'desk 3', args: { a: '东门', z: 1 }, outcome: null });
    expect(closed).toMatchObject({ ...same, seq: 2, phase: 'close', outcome: 'ok', before: { revision: 1 }, after: { revision: 2 } });
    expect([opened.previousHash, closed.previousHash]).toEqual([genesisHash, opened.hash]);
    expect(audit.page(0, 10)).toEqual([opened, closed]);
    expect(audit.page(1, 10)).toEqual([closed]);
    expect(audit.page(0, 1)).toEqual([opened]);
    expect(audit.page(2, 1)).toEqual([]);
  });

  it('has a hash that anybody can compute again from the row as it is stored', () => {
    audit.open(subject('k1'));
    const { hash, ...row } = ledger.database.prepare('SELECT * FROM audit').get() as { hash: string };
    expect(createHash('sha256').update(canonicalJson(row)).digest('hex')).toBe(hash);
  });

  it('keeps the size and hash of what is too long to keep', () => {
    const long = 'x'.repeat(maxAuditedText);
    const { args } = audit.open(subject('k1', { long }));
    const text = canonicalJson({ long });
    expect(args).toEqual({ tooLong: { characters: text.length, sha256: createHash('sha256').update(text).digest('hex') } });
  });

  it('refuses to change or remove a row', () => {
    fill();
    expect(() => ledger.database.exec("UPDATE audit SET actor = 'li' WHERE seq = 3")).toThrow('append-only');
    expect(() => ledger.database.exec('DELETE FROM audit WHERE seq = 20')).toThrow('append-only');
    expect(audit.verify()).toEqual({ ok: true, rows: 20 });
  });

  it('loses its rows with the transaction they are part of, and stays one chain', () => {
    fill();
    expect(() =>
      ledger.transact({ changes: [], cause: { kind: 'command', id: 'k', by: 'wang' } }, () => {
        audit.open(subject('undone'));
        throw new Error('undone');
      }),
    ).toThrow('undone');
    expect(audit.open(subject('k11')).seq).toBe(21);
    expect(audit.verify()).toEqual({ ok: true, rows: 21 });
  });

  it('goes on as one chain after a restart', () => {
    fill();
    ledger.close();
    ledger = openLedger(folder, { changesKept: 100, clock, log: silentLog });
    audit = createAuditLog(ledger.database, clock);
    fill();
    expect(audit.verify()).toEqual({ ok: true, rows: 40 });
  });

  it('is whole when it is empty', () => {
    expect(audit.verify()).toEqual({ ok: true, rows: 0 });
  });

  const columns = 'at phase command_id command actor roles door address workstation args outcome before after previous_hash hash'.split(
    ' ',
  );
  it.each(columns)('shows one byte changed in %s', (column) => {
    fill();
    const flipped =
      column === 'phase'
        ? `'open'`
        : column === 'at'
          ? 'at + 1'
          : `substr(${column}, 1, length(${column}) - 1) || char(unicode(substr(${column}, -1)) + 1)`;
    tamper(`UPDATE audit SET ${column} = ${flipped} WHERE seq = 6`);
    expect(audit.verify()).toEqual({ ok: false, firstBadSeq: 6 });
  });

  it.each([
    ['the first row removed', 'DELETE FROM audit WHERE seq = 1', 1],
    ['a row removed', 'DELETE FROM audit WHERE seq = 9', 9],
    ['rows cut from the end', 'DELETE FROM audit WHERE seq > 18', 19],
    ['all rows removed', 'DELETE FROM audit', 1],
    [
      'two rows exchanged',
      'UPDATE audit SET seq = 99 WHERE seq = 7; UPDATE audit SET seq = 7 WHERE seq = 8; UPDATE audit SET seq = 8 WHERE seq = 99',
      7,
    ],
    [
      'a row put in',
      "INSERT INTO audit SELECT 21, at, phase, 'forged', command, actor, roles, door, address, workstation, args, outcome, before, after, hash, hash, scope, session FROM audit WHERE seq = 20",
      21,
    ],
  ])('shows %s', (_name, sql, firstBadSeq) => {
    fill();
    tamper(sql);
    expect(audit.verify()).toEqual({ ok: false, firstBadSeq });
  });

  it('can be verified on a connection of its own, while the hub writes', () => {
    fill();
    const reader = new Database(join(folder, 'ledger.db'), { readonly: true });
    const rows = reader.prepare('SELECT * FROM audit').iterate();
    rows.next();
    audit.open(subject('meanwhile'));
    rows.return?.();
    expect(verifyAudit(reader)).toEqual({ ok: true, rows: 21 });
    reader.close();
  });
});
