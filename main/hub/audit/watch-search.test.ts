import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditWatches } from '../../contract/audit.ts';
import type { CommandInput } from '../../contract/catalog.ts';
import { type Scope, wholeCity } from '../../contract/scope.ts';
import { auditedLedger, type AuditedLedger, longAgo } from './testdata/audited-ledger.ts';
import { searchWatches } from './watch-search.ts';

let city: AuditedLedger;

beforeEach(() => {
  city = auditedLedger();
});
afterEach(() => city.dispose());

const search = (filter: CommandInput<'audit.watches'>, scope: Scope = wholeCity) =>
  searchWatches(city.ledger.database, auditWatches.args.parse(filter), scope);
const found = (filter: CommandInput<'audit.watches'>, scope?: Scope) => search(filter, scope).watches.map(({ id }) => id);

const insert = (id: number, cameraId: string, actor: string, from: number, until: number | null, kind = 'live') => {
  const [wallId = null, screenId = null] = actor.startsWith('wall:') ? actor.split(':').slice(1) : [];
  city.ledger.database
    .prepare("INSERT INTO watches VALUES (?, ?, ?, 's1', ?, '10.0.0.7', 'desk 3', ?, ?, ?, ?, 17)")
    .run(id, kind, cameraId, actor, wallId, screenId, longAgo + from, until === null ? null : longAgo + until);
};
const at = (ms: number) => longAgo + ms;

describe('who watched what', () => {
  beforeEach(() => {
    insert(1, 'c1', 'wang', 0, 100);
    insert(2, 'c2', 'wang', 0, 500);
    insert(3, 'c1', 'wall:main:1', 50, null);
    insert(4, 'c1', 'wang', 300, 300, 'snapshot');
    insert(5, 'c3', 'li', 400, 450);
    // the clock was set back before this one
    insert(6, 'c1', 'li', 200, 260);
  });

  it.each<[string, CommandInput<'audit.watches'>, number[]]>([
    ['a camera', { cameraId: 'c1' }, [4, 6, 3, 1]],
    ['a person', { actor: 'wang' }, [4, 2, 1]],
    ['a screen', { actor: 'wall:main:1' }, [3]],
    ['a person at a camera', { cameraId: 'c1', actor: 'wang' }, [4, 1]],
    ['nobody', { actor: 'zhao' }, []],
    ['a camera in a period: also what began before it, and what goes on', { cameraId: 'c1', from: at(100), to: at(150) }, [3, 1]],
    ['a camera in a moment between', { cameraId: 'c1', from: at(101), to: at(101) }, [3]],
    ['a camera at the moment of a snapshot', { cameraId: 'c1', from: at(300), to: at(300) }, [4, 3]],
    ['a time', { from: at(450), to: at(460) }, [5, 3, 2]],
    ['from a time on', { from: at(501) }, [3]],
    ['up to a time', { cameraId: 'c1', to: at(49) }, [1]],
  ])('by %s', (_name, filter, ids) => {
    expect(found(filter)).toEqual(ids);
  });

  it('says all that is known', () => {
    expect(search({ actor: 'wall:main:1' }).watches).toEqual([
      {
        id: 3,
        kind: 'live',
        cameraId: 'c1',
        actor: 'wall:main:1',
        address: '10.0.0.7',
        workstation: 'desk 3',
        screen: { wallId: 'main', screenId: '1' },
        from: at(50),
        until: null,
        auditSeq: 17,
      },
    ]);
  });

  it('goes on where a page ended, in the order of beginnings', () => {
    const first = search({ cameraId: 'c1', limit: 2 });
    expect([first.watches.map(({ id }) => id), first.next]).toEqual([[4, 6], 6]);
    const second = search({ cameraId: 'c1', limit: 2, before: 6 });
    expect([second.watches.map(({ id }) => id), second.next]).toEqual([[3, 1], 1]);
    expect(search({ cameraId: 'c1', limit: 2, before: 1 })).toEqual({ watches: [], next: null });
    expect(search({ cameraId: 'c1', before: 4711 })).toEqual({ watches: [], next: null });
  });

  it('leaves out cameras that the scope does not cover, and those that are gone for all but the whole city', () => {
    const camera = (key: string, district: string) => ({
      collection: 'cameras',
      op: 'put' as const,
      key,
      value: { id: key, district, groups: ['公安'] },
    });
    city.ledger.commit([camera('c1', '320282001'), camera('c2', '320282002')], { kind: 'command', id: 'k', by: 'wang' });
    expect(found({ from: at(0) }, { districts: ['320282001'], groups: '*' })).toEqual([4, 6, 3, 1]);
    expect(found({ from: at(0) }, { districts: ['320282'], groups: ['公安'] })).toEqual([4, 6, 3, 2, 1]);
    expect(found({ from: at(0) }, { districts: ['320282'], groups: ['交警'] })).toEqual([]);
    expect(found({ from: at(0) })).toEqual([5, 4, 6, 3, 2, 1]);
  });
});

it('looks at so many a page and hands on where it stopped', () => {
  const look = 10;
  const inPart = (filter: CommandInput<'audit.watches'>) => {
    const { watches, next } = searchWatches(city.ledger.database, auditWatches.args.parse(filter), wholeCity, look);
    return [watches.map(({ id }) => id), next];
  };
  // two begin at each moment
  for (let id = 1; id <= 2 * look; id += 1) insert(id, 'c1', id === 2 ? 'li' : 'wang', Math.floor(id / 2), 100);
  expect(inPart({ cameraId: 'c1', actor: 'li' })).toEqual([[], 11]);
  expect(inPart({ cameraId: 'c1', actor: 'li', before: 11 })).toEqual([[2], 1]);
  expect(inPart({ cameraId: 'c1', actor: 'li', before: 1 })).toEqual([[], null]);
  expect(inPart({ actor: 'li' })).toEqual([[2], null]);
});
