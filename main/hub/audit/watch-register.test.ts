import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../contract/log.ts';
import { wholeCity } from '../../contract/scope.ts';
import { auditedLedger, type AuditedLedger, longAgo, subject } from './testdata/audited-ledger.ts';
import { startWatchRegister, type WatchRegister } from './watch-register.ts';
import { searchWatches } from './watch-search.ts';

let city: AuditedLedger;
let register: WatchRegister;
let logged: string[];

const note = (_fields: object, message: string) => void logged.push(message);
const start = () => {
  const { ledger, audit, clock } = city;
  register = startWatchRegister({
    ledger,
    audit,
    clock,
    log: { ...silentLog, warn: note, error: note },
    claimOf: (id) => (id.startsWith('north') ? { district: '320282001', groups: [] } : undefined),
  });
};
beforeEach(() => {
  logged = [];
  city = auditedLedger();
  start();
});
afterEach(async () => {
  await register.stop();
  if (city.clock.sleeping > 0) throw new Error('the register still waits for something');
  city.dispose();
});

/** A command that gives leases of these cameras, as the gateway concludes it. */
function lease(cameraIds: readonly string[], more: Parameters<typeof subject>[1] & { outcome?: string } = {}): void {
  const { outcome = 'ok', ...who } = more;
  const of = subject(`lease-${longAgo}-${(count += 1)}`, { command: 'stream.lease-many', args: { cameras: cameraIds }, ...who });
  for (const cameraId of cameraIds) register.given({ sessionId: of.session!, cameraId }, of.commandId);
  city.ledger.transact({ changes: [], cause: { kind: 'command', id: of.commandId, by: of.actor } }, () => {
    city.audit.open(of);
    city.audit.close(of, { outcome });
  });
}
let count = 0;
const end = (cameraId: string, sessionId = 's1') => register.ended({ sessionId, cameraId });
const later = (ms: number) => city.clock.advance(ms);
const watches = () =>
  searchWatches(city.ledger.database, { limit: 500 }, wholeCity).watches.map(({ cameraId, actor, from, until }) => [
    cameraId,
    actor,
    from - longAgo,
    until === null ? null : until - longAgo,
  ]);
const trail = () => city.audit.page(0, 1000).map(({ command, phase }) => `${phase} ${command}`);

describe('the watch register', () => {
  it('has the row although the disk was full at first and the write was tried once more', async () => {
    let room = false;
    city.ledger.whenFull(() => (room = true));
    const of = subject('lease-full', { command: 'stream.lease', args: { cameraId: 'c1' } });
    register.given({ sessionId: of.session!, cameraId: 'c1' }, of.commandId);
    city.ledger.transact({ changes: [], cause: { kind: 'command', id: of.commandId, by: of.actor } }, () => {
      city.audit.close(of, { outcome: 'ok' });
      if (!room) throw new Database.SqliteError('database or disk is full', 'SQLITE_FULL');
    });
    expect(watches()).toEqual([['c1', 'wang', 0, null]]);
    await later(5000);
    end('c1');
    await later(1000);
    expect(watches()).toEqual([['c1', 'wang', 0, 5000]]);
    expect(trail()).toContain('close watch.ended');
  });

  it.each([
    [
      'replaced',
      "REPLACE INTO watches SELECT id, kind, camera_id, session, 'li', address, workstation, NULL, NULL, started_at, 1, audit_seq FROM watches",
    ],
    ['given another address', "UPDATE watches SET address = '10.9.9.9' WHERE ended_at IS NULL"],
    ['given another workstation', "UPDATE watches SET workstation = 'desk 9' WHERE ended_at IS NULL"],
    ['given to a screen', "UPDATE watches SET wall_id = 'w1', screen_id = 's1' WHERE ended_at IS NULL"],
    ['opened again', 'UPDATE watches SET ended_at = NULL WHERE ended_at IS NOT NULL'],
  ])('lets no row be %s', async (_name, sql) => {
    lease(['c1', 'c2']);
    end('c2');
    await later(1000);
    const rows = () => city.ledger.database.prepare('SELECT * FROM watches').all();
    const before = rows();
    expect(() => city.ledger.database.exec(sql)).toThrow('the watch register is append-only');
    expect(rows()).toEqual(before);
  });

  it('has a row a camera from the first lease to the end of the last, and the audit says both', async () => {
    lease(['c1', 'c2']);
    await later(10_000);
    // the next scene: one camera stays, its new lease comes before the old one goes
    lease(['c1', 'c3']);
    end('c1');
    end('c2');
    expect(register.size).toBe(2);
    await later(20_000);
    end('c1');
    await later(1000);
    expect(watches()).toEqual([
      ['c3', 'wang', 10_000, null],
      ['c2', 'wang', 0, 10_000],
      ['c1', 'wang', 0, 30_000],
    ]);
    const rows = city.audit.page(0, 100);
    expect(rows.filter(({ command }) => command === 'watch.ended')).toMatchObject([
      {
        phase: 'close',
        actor: 'wang',
        address: '10.0.0.7',
        workstation: 'desk 3',
        outcome: 'ok',
        args: { watched: [{ cameraId: 'c2', from: longAgo, until: longAgo + 10_000 }] },
      },
      { args: { watched: [{ cameraId: 'c1', from: longAgo, until: longAgo + 30_000 }] } },
    ]);
    expect(city.audit.verify()).toMatchObject({ ok: true });
  });

  it('names the audit row of the scene change, the person, the screen and where', () => {
    lease(['c1'], { actor: 'wall:main:2', roles: ['wall'], session: 's9', workstation: null });
    expect(searchWatches(city.ledger.database, { limit: 1 }, wholeCity).watches).toMatchObject([
      {
        cameraId: 'c1',
        actor: 'wall:main:2',
        screen: { wallId: 'main', screenId: '2' },
        address: '10.0.0.7',
        workstation: null,
        auditSeq: 2,
      },
    ]);
    expect(city.audit.page(1, 1)).toMatchObject([{ seq: 2, command: 'stream.lease-many', args: { cameras: ['c1'] } }]);
  });

  it('keeps sessions apart', async () => {
    lease(['c1']);
    lease(['c1'], { session: 's2', actor: 'li' });
    end('c1');
    await later(1000);
    expect(watches()).toEqual([
      ['c1', 'li', 0, null],
      ['c1', 'wang', 0, 0],
    ]);
  });

  it('costs no transaction of its own to begin, and one for all that end within a second', async () => {
    const cameras = Array.from({ length: 144 }, (_, index) => `c${index}`);
    let transactions = 0;
    const { transact } = city.ledger;
    city.ledger.transact = (...write) => ((transactions += 1), transact.apply(city.ledger, write));
    lease(cameras);
    expect([watches().length, transactions]).toEqual([144, 1]);
    for (const cameraId of cameras) end(cameraId);
    await later(1000);
    expect(transactions).toBe(2);
    expect(trail()).toEqual(['open stream.lease-many', 'close stream.lease-many', 'close watch.ended']);
    expect(watches().every(([, , , until]) => until === 0)).toBe(true);
  });

  it('says who stopped watching in one row of the audit a session, and several for more cameras than one holds', async () => {
    const cameras = Array.from({ length: 512 }, (_, index) => `${String(index).padStart(4, '0')}${'x'.repeat(60)}`);
    lease(cameras);
    lease(['c1', 'c2'], { session: 's2', actor: 'li' });
    for (const cameraId of cameras) end(cameraId);
    end('c1', 's2');
    end('c2', 's2');
    await later(1000);
    const rows = city.audit.page(0, 100).filter(({ command }) => command === 'watch.ended');
    expect(rows.map(({ actor, args }) => [actor, (args as { watched: unknown[] }).watched.length])).toEqual([
      ['wang', 256],
      ['wang', 256],
      ['li', 2],
    ]);
    expect(rows.flatMap(({ args }) => (args as { watched: { cameraId: string }[] }).watched).map(({ cameraId }) => cameraId)).toEqual([
      ...cameras,
      'c1',
      'c2',
    ]);
  });

  it('shows the end to whoever may see the cameras', async () => {
    lease(['north-1', 'north-2']);
    lease(['elsewhere'], { session: 's2' });
    end('north-1');
    end('north-2');
    end('elsewhere', 's2');
    await later(1000);
    expect(city.audit.page(4, 10).map(({ scope }) => scope)).toEqual([[{ district: '320282001', groups: [] }], ['city']]);
  });

  it('has a snapshot as a moment, when one was given', () => {
    const snapshot = (outcome: string) =>
      city.audit.close(subject('k', { command: 'camera.snapshot', args: { cameraId: 'c7', profile: 'main' } }), { outcome });
    snapshot('source-unreachable');
    snapshot('ok');
    expect(searchWatches(city.ledger.database, { limit: 10 }, wholeCity).watches).toMatchObject([
      { kind: 'snapshot', cameraId: 'c7', actor: 'wang', from: longAgo, until: longAgo, auditSeq: 2 },
    ]);
  });

  it('never ends before it began, although the clock was set back', async () => {
    lease(['c1']);
    await later(-5000);
    end('c1');
    await later(6000);
    expect(watches()).toEqual([['c1', 'wang', 0, 0]]);
  });
});

describe('what nobody saw is not in it', () => {
  it('a lease that ended before its command was answered', () => {
    register.given({ sessionId: 's1', cameraId: 'c1' }, 'k');
    end('c1');
    city.audit.close(subject('k'), { outcome: 'ok' });
    expect([watches(), register.size]).toEqual([[], 0]);
  });

  it('leases of a command that came to nothing: the next one begins the watch', async () => {
    lease(['c1'], { outcome: 'deadline-exceeded' });
    expect(watches()).toEqual([]);
    await later(5000);
    lease(['c1']);
    end('c1');
    await later(1000);
    expect(watches()).toEqual([['c1', 'wang', 5000, null]]);
    end('c1');
  });

  it('leases whose command could not be written: the next one begins the watch', async () => {
    city.ledger.database.pragma('query_only = ON');
    expect(() => lease(['c1'])).toThrow('cannot be written');
    city.ledger.database.pragma('query_only = OFF');
    lease(['c2']);
    lease(['c1']);
    expect(watches().map(([cameraId]) => cameraId)).toEqual(['c1', 'c2']);
    end('c1');
    end('c1');
    await later(1000);
    expect(watches()).toEqual([
      ['c1', 'wang', 0, 0],
      ['c2', 'wang', 0, null],
    ]);
  });

  it('leases whose transaction was undone after the row: its number belongs to another then', async () => {
    const of = subject('undone', { command: 'stream.lease' });
    register.given({ sessionId: 's1', cameraId: 'c1' }, 'undone');
    expect(() =>
      city.ledger.transact({ changes: [], cause: { kind: 'command', id: 'undone', by: 'wang' } }, () => {
        city.audit.close(of, { outcome: 'ok' });
        throw new Error('undone');
      }),
    ).toThrow('undone');
    lease(['c2']);
    end('c1');
    await later(1000);
    expect(watches()).toEqual([['c2', 'wang', 0, null]]);
    expect(trail()).toEqual(['open stream.lease-many', 'close stream.lease-many']);
  });
});

describe('when the hub starts again', () => {
  const restart = async () => {
    await register.stop();
    city = city.reopen();
    start();
  };

  it('goes on with what the relay still holds, as one watch', async () => {
    lease(['c1', 'c2']);
    await later(10_000);
    await restart();
    register.given({ sessionId: 's1', cameraId: 'c1' }, null);
    register.given({ sessionId: 's1', cameraId: 'c2' }, null);
    register.adopted();
    await later(5000);
    end('c1');
    await later(1000);
    expect(watches()).toEqual([
      ['c2', 'wang', 0, null],
      ['c1', 'wang', 0, 15_000],
    ]);
    expect(logged).toEqual([]);
  });

  it('ends what the relay does not hold any more when that was last known', async () => {
    lease(['c1']);
    await later(30_000);
    await later(9000);
    // the hub breaks off: nothing of this is written by the one that starts next
    const broken = register;
    city = city.reopen();
    await broken.stop();
    await later(3_600_000);
    start();
    register.adopted();
    await later(1000);
    expect(watches()).toEqual([['c1', 'wang', 0, 30_000]]);
    expect(trail().at(-1)).toBe('close watch.ended');
  });

  it('knows until when it was true at an orderly stop', async () => {
    lease(['c1']);
    await later(9000);
    await restart();
    await later(1000);
    expect(watches()).toEqual([['c1', 'wang', 0, null]]);
    register.adopted();
    await later(1000);
    expect(watches()).toEqual([['c1', 'wang', 0, 9000]]);
  });

  it('says so when the relay holds what it does not know', () => {
    register.given({ sessionId: 's1', cameraId: 'c1' }, null);
    expect(logged).toEqual(['A lease that the relay held is not in the watch register']);
    end('c1');
  });
});

it('tries again what the disk refused, and says so once', async () => {
  lease(['c1']);
  city.ledger.database.pragma('query_only = ON');
  end('c1');
  await later(1000);
  await later(1000);
  expect(logged).toHaveLength(1);
  city.ledger.database.pragma('query_only = OFF');
  await later(1000);
  expect(watches()).toEqual([['c1', 'wang', 0, 0]]);
});
