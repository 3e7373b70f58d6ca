import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { streamLeaseMany } from '../../../streams/contract.ts';
import type { CameraId } from '../../contract/ids.ts';
import { silentLog } from '../../contract/log.ts';
import { openLedger, type SqliteLedger } from '../ledger/open-ledger.ts';
import { type AuditClosing, type AuditLog, type AuditSubject, createAuditLog, maxAuditedText } from './audit-log.ts';
import { genesisHash, hashOfRow, type StoredRow } from './audit-row.ts';
import { verifyAudit } from './verify-audit.ts';
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

const whole = (rows: number) => ({ ok: true, rows, firstBadSeq: null, firstBadSeal: null, sealedUntil: null });

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
  raw.exec('DROP TRIGGER audit_is_never_changed; DROP TRIGGER audit_is_never_shortened; DROP TRIGGER audit_is_never_replaced;');
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
    expect(() => ledger.database.exec('REPLACE INTO audit SELECT * FROM audit WHERE seq = 20')).toThrow('append-only');
    expect(audit.verify()).toEqual(whole(20));
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
    expect(audit.verify()).toEqual(whole(21));
  });

  it('goes on as one chain after a restart', () => {
    fill();
    ledger.close();
    ledger = openLedger(folder, { changesKept: 100, clock, log: silentLog });
    audit = createAuditLog(ledger.database, clock);
    fill();
    expect(audit.verify()).toEqual(whole(40));
  });

  it('is whole when it is empty', () => {
    expect(audit.verify()).toEqual(whole(0));
  });

  const columns =
    'at phase command_id command actor roles door address workstation args outcome before after previous_hash hash scope session'.split(
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
    expect(audit.verify()).toMatchObject({ ok: false, rows: 5, firstBadSeq: 6 });
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
    expect(audit.verify()).toMatchObject({ ok: false, firstBadSeq });
  });

  it('keeps the numbers growing when the clock is set back', () => {
    const first = audit.open(subject('k1'));
    now -= 3_600_000;
    const second = audit.open(subject('k2'));
    expect([second.seq - first.seq, second.at < first.at]).toEqual([1, true]);
    expect(audit.verify()).toEqual(whole(2));
  });

  describe('with rows from before scopes and sessions were kept', () => {
    /** Rows as version 1 wrote them: the hash covers the columns that there were. */
    beforeEach(() => {
      let previous = genesisHash;
      for (let seq = 1; seq <= 5; seq += 1) {
        const row: Omit<StoredRow, 'hash'> = {
          seq,
          at: now + seq,
          phase: 'open',
          command_id: `k${seq}`,
          command: 'wall.show',
          actor: 'wang',
          roles: '["operator"]',
          door: 'http',
          address: '10.0.0.7',
          workstation: null,
          args: '{}',
          outcome: null,
          before: 'null',
          after: 'null',
          previous_hash: previous,
          scope: null,
          session: null,
        };
        const { scope: _scope, session: _session, ...covered } = row;
        previous = createHash('sha256').update(canonicalJson(covered)).digest('hex');
        expect(hashOfRow(row)).toBe(previous);
        const columns = Object.keys(row);
        ledger.database
          .prepare(`INSERT INTO audit (${columns.join(', ')}, hash) VALUES (${columns.map((name) => `@${name}`).join(', ')}, @hash)`)
          .run({ ...row, hash: previous });
      }
    });

    it('goes on from them as one chain, and says that nobody knows what they touched', () => {
      const next = audit.open(subject('k6'));
      expect([next.seq, next.scope]).toEqual([6, ['none']]);
      expect(audit.page(0, 1)).toMatchObject([{ seq: 1, scope: null }]);
      expect(audit.verify()).toEqual(whole(6));
    });

    it.each(['scope', 'session'])('shows a %s that was put in later', (column) => {
      tamper(`UPDATE audit SET ${column} = '[]' WHERE seq = 3`);
      expect(audit.verify()).toMatchObject({ ok: false, firstBadSeq: 3 });
    });
  });

  it('tells of each closing row inside its transaction, and keeps neither when a listener fails', () => {
    const told: AuditClosing[] = [];
    const end = audit.onClose((closing) => void told.push(closing));
    audit.open(subject('k1'));
    const closed = audit.close(subject('k1'), { outcome: 'forbidden' });
    expect(told).toEqual([{ seq: 2, at: closed.at, outcome: 'forbidden', subject: subject('k1') }]);
    end();
    const endFailing = audit.onClose(() => {
      throw new Error('the register is full');
    });
    expect(() => audit.close(subject('k2'), { outcome: 'ok' })).toThrow('the register is full');
    endFailing();
    expect([audit.page(0, 10).length, told.length]).toEqual([2, 1]);
  });

  it('names every camera of the largest scene, whatever the ids: none is replaced by a hash', () => {
    const cameras = Array.from({ length: 512 }, (_, index) => `${String(index).padStart(4, '0')}${'x'.repeat(60)}`);
    const wants = cameras.map((cameraId) => ({ cameraId: cameraId as CameraId, profile: 'sub' as const }));
    const args = streamLeaseMany.redact!({ wants, decodes: ['h264'] });
    expect(audit.open(subject('k1', args)).args).toEqual({ pictures: 512, cameras });
  });

  it('can be verified on a connection of its own, while the hub writes', () => {
    fill();
    const reader = new Database(join(folder, 'ledger.db'), { readonly: true });
    const rows = reader.prepare('SELECT * FROM audit').iterate();
    rows.next();
    audit.open(subject('meanwhile'));
    rows.return?.();
    expect(verifyAudit(reader)).toEqual(whole(21));
    reader.close();
  });
});
