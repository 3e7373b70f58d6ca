import { beforeEach, expect, test } from 'vitest';
import type { Alert } from '../../../alerts/contract.ts';
import type { WallAlarm } from '../../../layouts/alarm-contract.ts';
import { wallAlarmEntity } from '../../../layouts/alarm-contract.ts';
import type { AlarmRoom as Room, Wall } from '../../../layouts/contract.ts';
import type { CommandContext, Outcome } from '../../contract/define-command.ts';
import { problem, ProblemError, type Problem } from '../../contract/errors.ts';
import type { AlertId, ScreenId, WallId } from '../../contract/ids.ts';
import type { Change, Commit } from '../../contract/ledger.ts';
import { silentLog } from '../../contract/log.ts';
import { nowhere } from '../../contract/place.ts';
import type { Result } from '../../contract/result.ts';
import { MemoryLedger } from '../ledger/memory-ledger.ts';
import { ManualClock } from '../readings/manual-clock.ts';
import { createAlarmRoom, type AlarmRoom } from './alarm-room.ts';
import { firstWall } from './first-walls.ts';

class FullLedger extends MemoryLedger {
  isFull = false;
  override commit(...write: Parameters<MemoryLedger['commit']>): Commit {
    if (this.isFull) throw new ProblemError(problem('unavailable', {}, 'full'));
    return super.commit(...write);
  }
}

const cause = { kind: 'command', id: 'test', by: 'test' } as const;
const quarter: Room = { atLeast: 'high', cols: 2, rows: 2, sound: false };
let ledger: FullLedger;
let clock: ManualClock;
let room: AlarmRoom;
let log: string[];

const put = (collection: string, value: object & { id: string }) => ledger.commit([{ collection, op: 'put', key: value.id, value }], cause);
const alert = (id: string, more: Partial<Alert> = {}) =>
  ({
    id: id as AlertId,
    severity: 'high',
    title: { zh: id, en: id },
    place: { ...nowhere, district: '320282' },
    since: 5,
    active: true,
    acknowledged: null,
    shelved: null,
    held: null,
    cameras: ['cam-1', 'cam-2', 'cam-3', 'cam-4', 'cam-5'],
    simulated: true,
    drill: false,
    ...more,
  }) as Alert;
const places = () => [...ledger.all('wall-alarms')] as WallAlarm[];
const wall = () => ledger.get('walls', 'main') as Wall;
const context = (name = 'Li') => ({ principal: { name }, now: clock.now(), signal: new AbortController().signal }) as CommandContext;
async function asked(answer: unknown): Promise<Outcome<unknown>> {
  const said = (await answer) as Result<Outcome<unknown>, Problem>;
  if (!said.ok) throw new ProblemError(said.error);
  ledger.commit((said.value.changes ?? []) as Change[], cause);
  return said.value;
}
const set = (alarms: Room | null) =>
  asked(room.handlers['wall.alarms']({ wallId: 'main' as WallId, screenId: '1' as ScreenId, alarms }, context()));
const giveBack = (alertId: string) =>
  asked(room.handlers['wall.alarm-return']({ wallId: 'main' as WallId, alertId: alertId as AlertId }, context()));

const open = () =>
  createAlarmRoom({
    ledger,
    clock,
    log: { ...silentLog, error: (_what: unknown, words?: string) => void log.push(words!) } as typeof silentLog,
    lingerMs: 5000,
  });

beforeEach(async () => {
  ledger = new FullLedger();
  clock = new ManualClock();
  log = [];
  put('walls', firstWall());
  for (let n = 1; n < 5; n += 1) put('cameras', { id: `cam-${n}` });
  room = open();
  room.start();
  await set(quarter);
});

test('an alert takes a place with its nearest cameras that there are, and touches neither the scene nor its revision', async () => {
  const before = wall();
  put('alerts', alert('a', { cameras: ['gone', 'cam-1', 'cam-2', 'cam-3', 'cam-4', 'cam-5'] as Alert['cameras'] }));
  expect(places()).toEqual([]);
  await clock.advance(200);
  expect(places()).toEqual([
    {
      id: 'main.a',
      wallId: 'main',
      screenId: '1',
      alertId: 'a',
      severity: 'high',
      title: { zh: 'a', en: 'a' },
      place: { ...nowhere, district: '320282' },
      since: 5,
      cameras: ['cam-1', 'cam-2', 'cam-3', 'cam-4'],
      cell: 3,
      rect: { x: 960, y: 540, width: 960, height: 540 },
      shownAt: clock.now(),
      over: null,
      givenBack: null,
      more: 0,
      simulated: true,
      drill: false,
    },
  ]);
  expect(wallAlarmEntity.safeParse(places()[0]).success).toBe(true);
  expect(wall()).toBe(before);
});

test('the page of the screen may play its cameras while it lies there, and nobody else’s', async () => {
  put('alerts', alert('a'));
  await clock.advance(200);
  expect([room.shows('main', '1', 'cam-1'), room.shows('main', '2', 'cam-1'), room.shows('main', '1', 'cam-9')]).toEqual([
    true,
    false,
    false,
  ]);
  await giveBack('a');
  expect(room.shows('main', '1', 'cam-1')).toBe(false);
});

test('acknowledged it goes after its time, without anybody doing anything', async () => {
  put('alerts', alert('a'));
  await clock.advance(200);
  put('alerts', alert('a', { acknowledged: { by: 'Li', at: 1, note: null } }));
  await clock.advance(200);
  expect(places()[0]!.over).toEqual({ why: 'acknowledged', by: 'Li', until: clock.now() + 5000 });
  await clock.advance(4999);
  expect(places()).toHaveLength(1);
  await clock.advance(1);
  expect(places()).toEqual([]);
});

test('given back by a person it stays away while it lasts, also over a restart, and it is on record what was', async () => {
  put('alerts', alert('a'));
  await clock.advance(200);
  expect(await giveBack('a')).toMatchObject({ result: { screenId: '1' }, before: { screenId: '1', cell: 3 }, after: null });
  expect(await giveBack('a')).toMatchObject({ result: { screenId: '1' } });
  room.stop();
  room = open();
  room.start();
  await clock.advance(200);
  expect(places()).toMatchObject([{ givenBack: { by: 'Li' } }]);
  ledger.commit([{ collection: 'alerts', op: 'delete', key: 'a' }], cause);
  await clock.advance(200);
  expect(places()).toEqual([]);
  await expect(giveBack('a')).rejects.toMatchObject({ problem: { code: 'alert-unknown' } });
});

test('a hold moves it, and takes its place for as long as it lasts', async () => {
  put('alerts', alert('a'));
  await clock.advance(200);
  put('holds', { id: 'h', wallId: 'main', screenId: '1', tiles: null, expiresAt: clock.now() + 60_000 } as never);
  await clock.advance(200);
  expect(places()).toEqual([]);
  ledger.commit([{ collection: 'holds', op: 'delete', key: 'h' }], cause);
  await clock.advance(200);
  expect(places()).toHaveLength(1);
});

test('a screen that takes none any more gives its places back; a wall’s revision says that its setting changed', async () => {
  put('alerts', alert('a'));
  await clock.advance(200);
  const { revision } = wall();
  expect(await set(null)).toMatchObject({ result: { revision: revision + 1 }, before: { alarms: quarter }, after: { alarms: null } });
  await clock.advance(200);
  expect(places()).toEqual([]);
  await expect(
    asked(
      room.handlers['wall.alarms'](
        { wallId: 'main' as WallId, screenId: '1' as ScreenId, alarms: null, baseRevision: revision },
        context(),
      ),
    ),
  ).rejects.toMatchObject({ problem: { code: 'revision-conflict' } });
  await expect(
    asked(room.handlers['wall.alarms']({ wallId: 'main' as WallId, screenId: '9' as ScreenId, alarms: null }, context())),
  ).rejects.toMatchObject({ problem: { code: 'screen-unknown' } });
});

test('what the disk refuses is tried again, and said once', async () => {
  put('alerts', alert('a'));
  ledger.isFull = true;
  await clock.advance(200);
  await clock.advance(5000);
  expect(places()).toEqual([]);
  expect(log).toHaveLength(1);
  ledger.isFull = false;
  await clock.advance(5000);
  expect(places()).toHaveLength(1);
});

test('what a hub before left is taken up; after the end nothing is left', async () => {
  put('alerts', alert('a'));
  await clock.advance(200);
  room.stop();
  put('alerts', alert('a', { active: false }));
  await clock.advance(60_000);
  expect(places()).toMatchObject([{ over: null }]);
  room = open();
  room.start();
  expect(places()).toMatchObject([{ over: { why: 'cleared' } }]);
  await clock.advance(5000);
  expect(places()).toEqual([]);
  room.stop();
  expect(clock.sleeping).toBe(0);
});

test('how many lie there and how many wait is counted', async () => {
  for (const id of ['a', 'b', 'c']) put('alerts', alert(id));
  await clock.advance(200);
  expect(room.metrics.map(({ name, read }) => [name, read()])).toEqual([
    ['taodu_wall_alarms', 2],
    ['taodu_wall_alarms_waiting', 1],
  ]);
});
