import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditSearch } from '../../contract/audit.ts';
import type { CommandInput } from '../../contract/catalog.ts';
import { type Scope, wholeCity } from '../../contract/scope.ts';
import { searchAudit } from './audit-search.ts';
import { auditedLedger, type AuditedLedger, longAgo, subject } from './testdata/audited-ledger.ts';

let city: AuditedLedger;

beforeEach(() => {
  city = auditedLedger();
});
afterEach(() => city.dispose());

const search = (filter: CommandInput<'audit.search'> = {}, scope: Scope = wholeCity) =>
  searchAudit(city.ledger.database, auditSearch.args.parse(filter), scope);
const found = (filter: CommandInput<'audit.search'> = {}, scope: Scope = wholeCity) => search(filter, scope).rows.map(({ seq }) => seq);

/** One closing row. */
function note(more: Parameters<typeof subject>[1] = {}, outcome = 'ok'): void {
  city.audit.close(subject('k', more), { outcome });
}

describe('a search of the audit', () => {
  beforeEach(() => {
    // 1 … 8
    note({ actor: 'li', command: 'camera.upsert', args: { name: '东门_100%' } });
    note({ actor: 'wang', command: 'camera.remove', address: '10.1.2.3' }, 'forbidden');
    note({ actor: 'li', command: 'wall.show', workstation: 'Desk 7' });
    note({ actor: 'zhao', command: 'camera', args: { note: 'Wang was here' } }, 'out-of-scope');
    note({ actor: 'li', command: 'cameras.list' });
    city.audit.open(subject('k', { actor: 'li', command: 'camera.upsert' }));
    note({ actor: 'li', command: 'camera.upsert', args: {} }, 'revision-conflict');
    note({ actor: 'Li', command: 'session.login' });
  });

  it.each<[CommandInput<'audit.search'>, number[]]>([
    [{}, [8, 7, 6, 5, 4, 3, 2, 1]],
    [{ actor: 'li' }, [7, 6, 5, 3, 1]],
    [{ actor: 'nobody' }, []],
    [{ command: 'camera.upsert' }, [7, 6, 1]],
    [{ command: 'camera.' }, [7, 6, 2, 1]],
    [{ command: 'camera' }, [4]],
    [{ actor: 'li', command: 'camera.' }, [7, 6, 1]],
    [{ actor: 'li', command: 'wall.show' }, [3]],
    [{ outcome: 'ok' }, [8, 5, 3, 1]],
    [{ outcome: 'refused' }, [7, 4, 2]],
    [{ outcome: 'forbidden' }, [2]],
    [{ text: 'wang' }, [4, 2]],
    [{ text: '10.1.2' }, [2]],
    [{ text: 'desk 7' }, [3]],
    [{ text: '东门' }, [8, 6, 5, 3, 2, 1]],
    [{ text: '_100%' }, [1]],
    [{ text: '东门_1__%' }, []],
    [{ text: "'; DROP TABLE audit; --" }, []],
    [{ actor: 'li', text: '东门', outcome: 'ok' }, [5, 3, 1]],
    [{ before: 4 }, [3, 2, 1]],
    [{ before: 1 }, []],
  ])('%j', (filter, seqs) => {
    expect(found(filter)).toEqual(seqs);
  });

  it('goes on where a page ended, to the end', () => {
    const first = search({ actor: 'li', limit: 2 });
    expect([first.rows.map(({ seq }) => seq), first.next]).toEqual([[7, 6], 6]);
    const second = search({ actor: 'li', limit: 2, before: first.next! });
    expect([second.rows.map(({ seq }) => seq), second.next]).toEqual([[5, 3], 3]);
    const third = search({ actor: 'li', limit: 2, before: second.next! });
    expect([third.rows.map(({ seq }) => seq), third.next]).toEqual([[1], null]);
  });

  it('shows the rows as the collection does', () => {
    expect(search({ limit: 1 }).rows).toEqual(city.audit.page(7, 1));
  });
});

describe('a period', () => {
  it('holds every row of it, wherever the clock was set back in between', async () => {
    const at: number[] = [];
    for (const step of [0, 100, 100, -150, 20, 200, -400, 500]) {
      await city.clock.advance(step);
      note();
      at.push(city.clock.now());
    }
    const expected = (from: number, to: number) =>
      at
        .map((time, index) => (time >= from && time <= to ? index + 1 : 0))
        .filter((seq) => seq > 0)
        .reverse();
    const time = fc.integer({ min: longAgo - 300, max: longAgo + 600 });
    const holds = fc.property(time, time, (from, to) => {
      expect(found({ from, to })).toEqual(expected(from, to));
      expect(found({ from })).toEqual(expected(from, Infinity));
      expect(found({ to, actor: 'wang' })).toEqual(expected(0, to));
    });
    fc.assert(holds, { seed: 20261126, numRuns: 200 });
  });
});

describe('a scope', () => {
  const north = { district: '320282001', groups: ['公安'] };
  const south = { district: '320282002', groups: ['交警'] };

  beforeEach(() => {
    note({ scope: [north] });
    note({ scope: [south] });
    note({ scope: [north, south] });
    note({ scope: ['city'] });
    note({ scope: ['none'] });
    note({ scope: [] });
    // so much that it was replaced by its hash
    note({ scope: Array.from({ length: 1500 }, (_, index) => ({ district: `3202820010${index}`, groups: ['公安'] })) });
    note({ scope: null });
  });

  it.each<[string, Scope, number[]]>([
    ['the whole city', wholeCity, [8, 7, 6, 5, 4, 3, 2, 1]],
    ['one town', { districts: ['320282001'], groups: '*' }, [6, 5, 1]],
    ['both towns', { districts: ['320282'], groups: '*' }, [6, 5, 3, 2, 1]],
    ['one department', { districts: '*', groups: ['交警'] }, [6, 5, 2]],
    ['nothing', { districts: [], groups: [] }, [6, 5]],
  ])('%s leaves out what it does not cover', (_name, scope, seqs) => {
    expect(found({}, scope)).toEqual(seqs);
  });

  it('counts only what it covers towards a page', () => {
    const page = search({ limit: 2 }, { districts: ['320282001'], groups: '*' });
    expect([page.rows.map(({ seq }) => seq), page.next]).toEqual([[6, 5], 5]);
  });
});

describe('an audit that is longer than what one page looks at', () => {
  const look = 20;
  const inPart = (filter: CommandInput<'audit.search'>) => {
    const { rows, next } = searchAudit(city.ledger.database, auditSearch.args.parse(filter), wholeCity, look);
    return [rows.map(({ seq }) => seq), next];
  };

  beforeEach(async () => {
    for (let seq = 1; seq <= 2 * look + 5; seq += 1) {
      note({ actor: seq % 10 === 1 ? 'zhao' : 'wang', args: seq === 5 ? { note: 'needle' } : {} });
      await city.clock.advance(1);
    }
  });

  it('is looked at in parts, which hand on where they stopped', () => {
    expect(inPart({ text: 'needle' })).toEqual([[], 26]);
    expect(inPart({ text: 'needle', before: 26 })).toEqual([[], 6]);
    expect(inPart({ text: 'needle', before: 6 })).toEqual([[5], null]);
  });

  it('is found by an index for a person and for a command, of whom only the rows count', () => {
    expect(inPart({ actor: 'zhao' })).toEqual([[41, 31, 21, 11, 1], null]);
    expect(inPart({ actor: 'zhao', text: 'needle' })).toEqual([[], null]);
    expect(inPart({ command: 'wall.hide', text: 'needle' })).toEqual([[], null]);
  });

  it('is entered where the period ends, and left where it begins', () => {
    expect(inPart({ text: 'needle', from: longAgo, to: longAgo + 10 })).toEqual([[5], null]);
    expect(inPart({ text: 'needle', from: longAgo + 30 })).toEqual([[], null]);
  });
});

it('ends a page early when its rows are very long', () => {
  for (let row = 0; row < 200; row += 1) note({ args: { long: 'x'.repeat(60_000) } });
  const page = search({ limit: 500 });
  expect(page.rows.length).toBe(134);
  expect(page.next).toBe(67);
});
