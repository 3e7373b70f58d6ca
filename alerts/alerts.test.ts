import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { problem, ProblemError } from '../main/contract/errors.ts';
import type { CommandContext } from '../main/contract/define-command.ts';
import type { Change } from '../main/contract/ledger.ts';
import { silentLog } from '../main/contract/log.ts';
import { MemoryLedger } from '../main/hub/ledger/memory-ledger.ts';
import { ManualClock } from '../main/hub/readings/manual-clock.ts';
import type { Feed, FeedStatus } from '../streams/feed-contract.ts';
import { alertEntity, type Alert, type Silence } from './contract.ts';
import {
  createAlerts,
  type AlertOutbox,
  type AlertSignal,
  type Alerts,
  type AlertsDeps,
  type HistoryEntry,
  type Receiver,
} from './index.ts';
import type { Told } from './pipeline/alert-pipeline.ts';
import { dispatchOverdue } from './rules/own-rules.ts';
import { asset, cityEvent, ruleOf, seen, start } from './rules/testdata/inputs.ts';

const rules = [
  ruleOf('level', {
    kind: 'threshold',
    assetKind: 'pump-station',
    quantity: 'tank-level',
    limit: { op: '>', value: 3 },
    forMs: 0,
    deadBand: 0,
    clearForMs: 0,
  }),
  ruleOf('silent', { kind: 'absence', assetKind: 'pump-station', quantity: null, afterMs: 120_000 }),
  ruleOf('case', { kind: 'event', class: 'grid', atLeast: 'low' }),
];
const pit = asset('pit');

class Room {
  readonly ledger: MemoryLedger;
  readonly clock = new ManualClock(start);
  readonly history: HistoryEntry[] = [];
  readonly told: string[] = [];
  readonly states = new Map<string, FeedStatus['state']>();
  full = false;
  alerts: Alerts;
  #ids = 0;

  constructor(more: Partial<AlertsDeps> = {}) {
    this.ledger = new MemoryLedger({ clock: this.clock });
    this.alerts = this.open(more);
  }

  /** Another hub on the same ledger: what the one before had in memory is gone. */
  open(more: Partial<AlertsDeps> = {}): Alerts {
    return (this.alerts = createAlerts({
      ledger: this.ledger,
      transact: ({ changes, cause }, alongside) => {
        if (this.full) throw new ProblemError(problem('unavailable'));
        alongside();
        if (changes.length > 0) this.ledger.commit(changes, cause);
      },
      history: {
        append: (entries) => void this.history.push(...entries),
        read: async function* (this: Room, from: number, to: number) {
          yield this.history.filter(({ at }) => at >= from && at < to);
        }.bind(this),
        since: () => this.history[0]?.at ?? null,
      },
      clock: this.clock,
      log: silentLog,
      rules,
      feedState: (id) => this.states.get(id) ?? null,
      settings: { groupWaitMs: 0, routes: [{ id: 'all', match: [], groupBy: ['rule'], receivers: ['pager'] }] },
      receivers: [
        {
          name: 'pager',
          wants: () => true,
          offer: ({ why, alerts }) => void this.told.push(...alerts.map(({ subject }) => `${why} ${subject.id}`)),
          figures: { sent: 0, waiting: 0, dropped: 0, kept: 0 },
          stop() {},
        },
      ],
      newId: () => `id-${(this.#ids += 1)}`,
      ...more,
    }));
  }

  get all(): Alert[] {
    return [...this.ledger.all('alerts')] as Alert[];
  }

  of(rule: string): Alert | undefined {
    return this.all.find((alert) => alert.rule === rule);
  }

  observe(value: number, seconds = (this.clock.now() - start) / 1000, of = pit): void {
    this.alerts.observed(seen(of, 'tank-level', value, seconds));
    this.alerts.write();
  }

  put(collection: string, key: string, value: object | null): void {
    this.ledger.commit([value === null ? { collection, op: 'delete', key } : { collection, op: 'put', key, value }], {
      kind: 'feed',
      id: 'x',
      by: 'x',
    });
  }

  /** Asks as an operator; commits what the gateway would. */
  async ask(name: keyof Alerts['handlers'], args: object, operator = 'li'): Promise<any> {
    // oxlint-disable-line typescript/no-explicit-any -- tests say what they expect
    const context = { principal: { name: operator }, now: this.clock.now() } as unknown as CommandContext;
    const outcome = await this.alerts.handlers[name](args as never, context);
    if (!outcome.ok) return outcome.error.code;
    const {
      changes = [],
      alongside,
      afterCommit,
      result,
    } = outcome.value as { changes?: Change[]; alongside?: () => void; afterCommit?: () => void; result: unknown };
    alongside?.();
    if (changes.length > 0) this.ledger.commit(changes, { kind: 'command', id: 'c', by: operator });
    afterCommit?.();
    return result;
  }
}

let room: Room;
beforeEach(() => {
  room = new Room();
  room.alerts.start();
});
afterEach(async () => {
  await room.alerts.stop();
  expect(room.clock.sleeping).toBe(0);
});

test('a value becomes an alert that is on the disk before its record is settled, and clears', async () => {
  room.observe(4);
  expect(alertEntity.parse(room.of('level'))).toEqual(room.of('level'));
  expect(room.ledger.since(room.ledger.seq - 1)).toMatchObject([{ cause: { kind: 'feed', by: 'alerts' } }]);
  await room.clock.advance(1000);
  room.observe(2);
  expect(room.of('level')).toMatchObject({ active: false, clearedAt: start + 1000 });
  expect([room.told, room.history.map(({ kind }) => kind)]).toEqual([
    ['raised pumps/pit', 'cleared pumps/pit'],
    ['raised', 'cleared'],
  ]);
});

test('without anybody who asks for it, it is written soon', async () => {
  room.alerts.observed(seen(pit, 'tank-level', 4, 0));
  expect(room.all).toEqual([]);
  await room.clock.advance(50);
  expect(room.all).toHaveLength(1);
});

test('what the disk refuses is tried again, and nothing of it is lost', async () => {
  room.full = true;
  expect(() => room.observe(4)).toThrow(ProblemError);
  await room.clock.advance(1000);
  expect([room.all.length, room.alerts.figures.waiting]).toEqual([0, 1]);
  room.full = false;
  await room.clock.advance(1000);
  expect([room.all.length, room.alerts.figures.waiting, room.told]).toEqual([1, 0, ['raised pumps/pit']]);
});

test('events and assets are heard from the ledger; what is taken away is over', async () => {
  room.put('events', 'cases/a', cityEvent('a', 0));
  room.put('assets', pit.id, pit);
  await room.clock.advance(0);
  expect(room.of('case')).toMatchObject({ severity: 'high', subject: { kind: 'event', id: 'cases/a' } });
  await room.clock.advance(120_000);
  // One tick of two minutes is a clock that was set; the next one counts.
  for (let minute = 0; minute < 2; minute += 1) for (let second = 0; second < 60; second += 1) await room.clock.advance(1000);
  expect(room.of('silent')).toMatchObject({ active: true, reading: { quantity: 'silence', unit: 's' } });
  room.put('assets', pit.id, null);
  room.put('events', 'cases/a', null);
  await room.clock.advance(0);
  expect([room.of('silent')!.active, room.of('case')!.active]).toEqual([false, false]);
});

describe('a feed that stopped', () => {
  const feed = { id: 'pumps', name: 'Pumps', enabled: true, simulated: false, drill: false } as Feed;

  test('is one alert, and holds the silence of its things until it is back', async () => {
    room.put('feeds', 'pumps', feed);
    room.put('assets', pit.id, pit);
    room.states.set('pumps', 'stale');
    for (let second = 0; second <= 125; second += 1) await room.clock.advance(1000);
    const down = room.of('hub.feed-down')!;
    expect(down).toMatchObject({ active: true, held: null, subject: { kind: 'feed', id: 'pumps' } });
    expect(room.of('silent')).toMatchObject({ active: true, held: { by: 'inhibit', what: down.id } });
    room.states.set('pumps', 'live');
    await room.clock.advance(1000);
    expect([room.of('hub.feed-down')!.active, room.of('silent')!.held]).toEqual([false, null]);
  });

  test('switched off it has not stopped', async () => {
    room.put('feeds', 'pumps', { ...feed, enabled: false });
    room.states.set('pumps', 'stale');
    for (let second = 0; second <= 65; second += 1) await room.clock.advance(1000);
    expect(room.all).toEqual([]);
  });
});

describe('over a restart', () => {
  const again = async (more: Partial<AlertsDeps> = {}): Promise<void> => {
    await room.alerts.stop();
    room.open(more);
    room.alerts.start();
  };

  test('what another room says stands until that room ends it', async () => {
    const late = (kind: 'raise' | 'clear'): AlertSignal => ({
      rule: dispatchOverdue,
      kind,
      key: 'incident-1',
      severity: 'medium',
      at: room.clock.now(),
      subject: { kind: 'incident', id: 'incident-1', name: '2026-1127-0001 Fire' },
      place: pit.place,
      reading: null,
      labels: { system: 'emergency', rule: dispatchOverdue.id },
      simulated: false,
      drill: false,
    });
    room.alerts.tell([late('raise')]);
    await room.clock.advance(0);
    expect(room.of('dispatch.overdue')).toMatchObject({ active: true, title: { en: 'Overdue: 2026-1127-0001 Fire' } });
    await again();
    await room.clock.advance(5000);
    expect(room.of('dispatch.overdue')).toMatchObject({ active: true, count: 1 });
    room.alerts.tell([late('clear')]);
    await room.clock.advance(0);
    expect(room.of('dispatch.overdue')).toMatchObject({ active: false });
  });

  test('what was active stays so until the opposite is known, and is told once', async () => {
    room.observe(4);
    const { id } = room.of('level')!;
    await again();
    await room.clock.advance(1000);
    expect(room.of('level')).toMatchObject({ id, active: true });
    room.observe(5);
    expect([room.all.length, room.told]).toEqual([1, ['raised pumps/pit']]);
    room.observe(1);
    expect(room.of('level')).toMatchObject({ id, active: false });
  });

  test('an event whose alert was not written is raised; one that ended meanwhile is over', async () => {
    room.put('events', 'cases/a', cityEvent('a', 0));
    await room.clock.advance(0);
    // The hub dies: nothing of what comes now is heard.
    await room.alerts.stop();
    room.put('events', 'cases/a', { ...cityEvent('a', 1), version: 2, status: 'ended' });
    room.put('events', 'cases/b', cityEvent('b', 2));
    await room.clock.advance(5000);
    room.open();
    room.alerts.start();
    expect(room.all.map(({ subject, active }) => [subject.id, active])).toEqual([
      ['cases/a', false],
      ['cases/b', true],
    ]);
    // And told once more after the next one it is still the same.
    await again();
    expect(room.all.map(({ count }) => count)).toEqual([1, 1]);
  });

  test('a rule that counts several values goes on counting from what is kept of them', async () => {
    const often = ruleOf('often', {
      kind: 'n-in-m',
      assetKind: 'pump-station',
      quantity: 'tank-level',
      limit: { op: '>', value: 3 },
      n: 3,
      m: 4,
      withinMs: 3_600_000,
    });
    await again({ rules: [often] });
    const past: ReturnType<typeof seen>[] = [];
    for (const value of [4, 5, 6]) {
      expect(room.of('often')).toBeUndefined();
      const one = seen(pit, 'tank-level', value, (room.clock.now() - start) / 1000);
      room.alerts.observed(one);
      room.alerts.write();
      past.push(one);
      await room.clock.advance(1000);
      await room.alerts.stop();
      room.open({ rules: [often] });
      room.alerts.start(past);
    }
    expect(room.of('often')).toMatchObject({ active: true, count: 1 });
    // The third value was kept and nobody had worked it off yet: it is raised at the start.
    const other = new Room({ rules: [often] });
    await other.clock.advance(5000);
    other.alerts.start(past);
    expect(other.of('often')).toMatchObject({ active: true });
    await other.alerts.stop();
  });

  test('an alert whose rule is gone is over', async () => {
    room.observe(4);
    await again({ rules: [] });
    expect(room.of('level')!.active).toBe(false);
  });

  test('cut off at every commit the same alerts are there in the end', async () => {
    const script: ((at: Room) => void)[] = [
      (at) => at.put('events', 'cases/a', cityEvent('a', 0)),
      (at) => at.observe(4, 1),
      (at) => at.observe(2, 2),
      (at) => at.observe(5, 3),
      (at) => at.put('events', 'cases/a', { ...cityEvent('a', 4), version: 2, status: 'ended' }),
      (at) => at.put('events', 'cases/b', cityEvent('b', 5)),
    ];
    const outcome = (at: Room) => at.all.map(({ rule, subject, active }) => `${rule} ${subject.id} ${active}`).toSorted();
    for (const action of script) {
      action(room);
      await room.clock.advance(1000);
    }
    const expected = outcome(room);
    expect(expected).toEqual(['case cases/a false', 'case cases/b true', 'level pumps/pit true']);
    for (let cut = 0; cut < script.length; cut += 1) {
      const other = new Room();
      other.alerts.start();
      for (const [index, action] of script.entries()) {
        action(other);
        if (index === cut) {
          // Killed before what was heard is worked off: the memory is gone, the ledger is what it is.
          const { full } = other;
          other.full = true;
          await other.alerts.stop();
          other.full = full;
          other.open();
          other.alerts.start();
        }
        await other.clock.advance(1000);
      }
      expect(outcome(other), `cut ${cut}`).toEqual(expected);
      await other.alerts.stop();
    }
  });
});

describe('operators', () => {
  test('acknowledge: one is first, the other learns who and when', async () => {
    room.observe(4);
    const { id } = room.of('level')!;
    await room.clock.advance(5000);
    expect(await room.ask('alert.acknowledge', { alertIds: [id, id], note: 'seen' })).toEqual({ acknowledged: 1, already: [] });
    expect(room.of('level')!.acknowledged).toEqual({ by: 'li', at: start + 5000, note: 'seen' });
    const first = { alertId: id, by: 'li', at: start + 5000 };
    expect(await room.ask('alert.acknowledge', { alertIds: [id] }, 'wang')).toEqual({ acknowledged: 0, already: [first] });
    room.observe(1);
    expect(room.all).toEqual([]);
    expect(await room.ask('alert.acknowledge', { alertIds: [id] }, 'wang')).toBe('alert-unknown');
    expect(room.history.at(-2)).toMatchObject({ kind: 'acknowledged', operator: 'li', waitedMs: 5000 });
  });

  test('acknowledge what is over: it leaves, and the second operator still learns who it was', async () => {
    room.observe(4);
    room.observe(1);
    const { id } = room.of('level')!;
    expect(await room.ask('alert.acknowledge', { alertIds: ['nobody', id] })).toEqual({ acknowledged: 1, already: [] });
    expect(room.all).toEqual([]);
    expect(await room.ask('alert.acknowledge', { alertIds: [id] }, 'wang')).toEqual({
      acknowledged: 0,
      already: [{ alertId: id, by: 'li', at: start }],
    });
    expect(await room.ask('alert.acknowledge', { alertIds: ['nobody'] })).toBe('alert-unknown');
  });

  test('shelve with an end, and take it from the shelf before', async () => {
    room.observe(4);
    const { id } = room.of('level')!;
    expect(await room.ask('alert.shelve', { alertId: id, minutes: 1, reason: 'works' })).toEqual({ until: start + 60_000 });
    expect(room.of('level')).toMatchObject({ shelved: { by: 'li', reason: 'works' }, held: { by: 'shelve', until: start + 60_000 } });
    expect(await room.ask('alert.unshelve', { alertId: id })).toEqual({});
    expect(room.of('level')).toMatchObject({ shelved: null, held: null });
    expect(await room.ask('alert.unshelve', { alertId: id })).toEqual({});
    await room.ask('alert.shelve', { alertId: id, minutes: 1, reason: 'works' });
    await room.clock.advance(60_000);
    expect(room.of('level')).toMatchObject({ shelved: null, held: null });
    expect(room.told).toEqual(['raised pumps/pit', 'raised pumps/pit', 'raised pumps/pit']);
    room.observe(1);
    expect(await room.ask('alert.shelve', { alertId: id, minutes: 1, reason: 'works' })).toBe('alert-over');
    expect([
      await room.ask('alert.shelve', { alertId: 'x', minutes: 1, reason: 'y' }),
      await room.ask('alert.unshelve', { alertId: 'x' }),
    ]).toEqual(['alert-unknown', 'alert-unknown']);
  });

  test('silence a kind: what is there is held at once, and free at the end', async () => {
    room.observe(4);
    const made = await room.ask('silence.create', { matchers: [{ label: 'rule', op: '=', value: 'level' }], reason: 'works', minutes: 10 });
    expect(made).toMatchObject({ endsAt: start + 600_000 });
    expect(room.of('level')!.held).toEqual({ by: 'silence', what: made.silenceId, until: start + 600_000 });
    expect(await room.ask('silence.end', { silenceId: made.silenceId })).toEqual({});
    expect([room.of('level')!.held, await room.ask('silence.end', { silenceId: made.silenceId })]).toEqual([null, {}]);
    expect(await room.ask('silence.end', { silenceId: 'x' })).toBe('silence-unknown');
    await room.clock.advance(8 * 86_400_000);
    expect([...room.ledger.all('silences')]).toEqual([]);
  });

  test('silences are bounded', async () => {
    const silence = {
      matchers: [{ label: 'rule', op: '=', value: 'x' }],
      reason: 'works',
      by: 'li',
      startsAt: start,
      endsAt: start + 1e9,
      ended: false,
    } as unknown as Silence;
    for (let index = 0; index < 500; index += 1) room.put('silences', `s${index}`, { ...silence, id: `s${index}` });
    expect(await room.ask('silence.create', { matchers: silence.matchers, reason: 'works', minutes: 10 })).toBe('too-many-requests');
  });

  test('nobody is nobody', async () => {
    for (const name of ['alert.acknowledge', 'alert.shelve', 'alert.unshelve', 'silence.create', 'silence.end'] as const)
      expect(await room.alerts.handlers[name]({} as never, { principal: null, now: start } as never)).toMatchObject({
        error: { code: 'login-required' },
      });
  });

  test('figures come from what happened', async () => {
    expect(await room.ask('alert.figures', { from: start - 1, to: start })).toMatchObject({ since: null, alerts: 0 });
    room.observe(4);
    await room.clock.advance(60_000);
    await room.ask('alert.acknowledge', { alertIds: [room.of('level')!.id] });
    await room.clock.advance(2 * 86_400_000);
    expect(await room.ask('alert.figures', { from: start, to: start + 3 * 86_400_000 })).toMatchObject({
      alerts: 1,
      operators: [{ name: 'li', acknowledged: 1, peakTenMinutes: 1, waitedP50Ms: 60_000, waitedP95Ms: 60_000 }],
      standing: [room.of('level')!.id],
      badActors: [{ rule: 'level', subject: 'asset:pumps/pit', count: 1, share: 1 }],
    });
    expect(await room.ask('alert.figures', { from: start + 1, to: start + 2 })).toMatchObject({ since: start, alerts: 0, operators: [] });
  });
});

test('what a receiver has not taken is told again by the hub that comes after, and what it has is not', async () => {
  const rows = new Map<number, { id: number; at: number; receiver: string; told: Told }>();
  let ids = 0;
  const outbox: AlertOutbox = {
    put(at, receiver, told) {
      ids += 1;
      rows.set(ids, { id: ids, at, receiver, told: structuredClone(told) });
      return ids;
    },
    all: () => [...rows.values()],
    remove: (some) => some.forEach((id) => rows.delete(id)),
  };
  const told: string[] = [];
  const open: (() => void)[] = [];
  const pager: Receiver = {
    name: 'pager',
    wants: ({ alerts }) => alerts.some(({ drill }) => !drill),
    offer: ({ why, alerts }, settled) => {
      told.push(...alerts.map(({ subject }) => `${why} ${subject.id}`));
      if (settled) open.push(settled);
    },
    figures: { sent: 0, waiting: 0, dropped: 0, kept: 0 },
    stop() {},
  };
  await room.alerts.stop();
  const again = (more: Partial<AlertsDeps> = {}) => room.open({ outbox, receivers: [pager], ...more }).start();
  again();
  room.observe(4);
  room.put('events', 'cases/drill', cityEvent('drill', 0, { drill: true }));
  await room.clock.advance(2000);
  expect([told, rows.size]).toEqual([['raised pumps/pit', 'raised cases/drill'], 1]);
  // On its way when the hub dies: told once more, and when it is taken no more after that.
  await room.alerts.stop();
  again();
  expect([told.at(-1), rows.size]).toEqual(['raised pumps/pit', 1]);
  open.at(-1)!();
  await room.clock.advance(1000);
  expect(rows.size).toBe(0);
  await room.alerts.stop();
  const count = told.length;
  again();
  expect(told).toHaveLength(count);
  // A receiver that is there no more, and what is no news any more, are forgotten.
  room.observe(2);
  expect([told.at(-1), rows.size]).toEqual(['cleared pumps/pit', 1]);
  await room.alerts.stop();
  again({ receivers: [] });
  await room.clock.advance(1000);
  expect(rows.size).toBe(0);
  outbox.put(start - 86_400_001 + 10_000, 'pager', {
    ...([...rows.values()][0]?.told ?? { why: 'raised', group: 'g', route: {} as never, alerts: [] }),
  });
  await room.alerts.stop();
  await room.clock.advance(10_000);
  again();
  await room.clock.advance(1000);
  expect([told.length, rows.size]).toEqual([count + 1, 0]);
});

test('what has no room is said, and comes back when there is some', async () => {
  await room.alerts.stop();
  room.open({ settings: { groupWaitMs: 0, alertsAtMost: 10 } });
  room.alerts.start();
  for (let index = 0; index < 15; index += 1) room.observe(4, 0, asset(`p${index}`));
  expect([room.all.length, room.of('hub.alerts-dropped')?.active]).toEqual([10, true]);
  expect(room.alerts.figures.dropped).toBeGreaterThanOrEqual(5);
  for (let index = 0; index < 8; index += 1) {
    room.observe(1, 1, asset(`p${index}`));
    const over = room.all.filter(({ active }) => !active).map(({ id }) => id);
    if (over.length > 0) await room.ask('alert.acknowledge', { alertIds: over });
  }
  await room.clock.advance(1000);
  await room.clock.advance(1000);
  expect(
    room.all
      .filter(({ rule, active }) => rule === 'level' && active)
      .map(({ subject }) => subject.name)
      .toSorted(),
  ).toEqual(['p10', 'p11', 'p12', 'p13', 'p14', 'p8', 'p9']);
  expect(room.of('hub.alerts-dropped')).toMatchObject({ active: false });
});

test('the nearest cameras stand in it, whatever map they were put on', () => {
  const camera = (id: string, lat: number, datum = 'wgs84', lon = 117.12) => room.put('cameras', id, { id, lat, lon, datum });
  camera('far', 36.66);
  camera('near', 36.651);
  camera('here', 36.65);
  camera('elsewhere', 36.65, 'gcj02');
  camera('mapped', 36.6504292, 'gcj02', 117.1261278);
  for (let index = 0; index < 8; index += 1) camera(`c${index}`, 36.652);
  room.put('cameras', 'c0', null);
  room.observe(4);
  expect(room.of('level')!.cameras).toEqual(['here', 'mapped', 'near', 'c1', 'c2', 'c3', 'c4', 'c5']);
});
