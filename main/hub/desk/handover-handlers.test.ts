import { beforeEach, describe, expect, test } from 'vitest';
import { holdEntity, type Hold } from '../../../layouts/control-contract.ts';
import type { CommandInput } from '../../contract/catalog.ts';
import { deskCommands, handoverEntity, type Handover, type ShiftReport } from '../../contract/desk.ts';
import type { AnyCommand, CommandContext, CommandHandler, Outcome } from '../../contract/define-command.ts';
import type { Problem } from '../../contract/errors.ts';
import type { SessionId, UserId } from '../../contract/ids.ts';
import { rolePermissions, type Role } from '../../contract/permissions.ts';
import type { Principal } from '../../contract/principal.ts';
import type { Result } from '../../contract/result.ts';
import { wholeCity, type Scope } from '../../contract/scope.ts';
import { MemoryLedger } from '../ledger/memory-ledger.ts';
import { ManualClock } from '../readings/manual-clock.ts';
import { createHandoverHandlers, type HandoverCommand } from './handover-handlers.ts';
import { maxHandovers, offeredCountsMs } from './kept-handovers.ts';

const cause = { kind: 'command', id: 'k', by: 'test' } as const;
let clock: ManualClock;
let ledger: MemoryLedger;

const person = (name: string, more: { roles?: Role[]; scope?: Scope } = {}): Principal => ({
  sessionId: `s-${name}` as SessionId,
  userId: `u-${name}` as UserId,
  name,
  roles: ['operator'],
  permissions: new Set(rolePermissions.operator),
  scope: wholeCity,
  screen: null,
  barrier: null,
  ...more,
});
const li = person('li');
const wang = person('wang');

const emptyReport = (at: number): ShiftReport => ({
  at,
  screens: [],
  holds: [],
  offline: { total: 0, latest: [] },
  waiting: [],
  health: [],
  leftOut: { screens: 0, waiting: 0 },
});

beforeEach(() => {
  clock = new ManualClock();
  ledger = new MemoryLedger({ clock });
  ledger.commit([{ collection: 'users', op: 'put', key: 'u-li', value: { id: 'u-li', name: 'li', fullName: '李梅' } }], cause);
});

/** What the command gateway does: parses the arguments, runs the handler, commits what it decided. */
function run<N extends HandoverCommand>(name: N, input: CommandInput<N>, by: Principal | null = li): Problem | Record<string, unknown> {
  const definition = deskCommands.find((command) => command.name === name)! as AnyCommand;
  const handlers = createHandoverHandlers({ ledger, report: (_principal, now) => emptyReport(now) });
  const context = {
    principal: by,
    from: { door: 'socket', address: '127.0.0.1', workstation: 'desk-3' },
    now: clock.now(),
  } as unknown as CommandContext;
  const handler = handlers[name] as CommandHandler<AnyCommand>;
  const answer = handler(definition.args.parse(input), context) as Result<Outcome<unknown>, Problem>;
  if (!answer.ok) return answer.error;
  if (answer.value.changes) ledger.commit(answer.value.changes, cause);
  return definition.result.parse(answer.value.result) as Record<string, unknown>;
}
const offer = (by = li, input: CommandInput<'handover.offer'> = {}) => run('handover.offer', input, by)['handoverId' as never] as string;
const sign = (id: string, by = wang, remarks?: string) =>
  run('handover.sign', { handoverId: id, ...(remarks !== undefined && { remarks }) }, by);
const kept = (id: string) => ledger.get('handovers', id) as Handover | undefined;

test('the report is asked for by whoever would hand over', () => {
  expect(run('handover.report', {})).toEqual({ report: emptyReport(clock.now()) });
});

describe('an offer', () => {
  test('holds what was written, by whom, where and when, and what the desk left behind', () => {
    const id = offer(li, { note: 'Quiet\nnight', items: [{ text: 'Call the waterworks' }, { text: 'Filed', done: true }] });
    expect(handoverEntity.parse(kept(id))).toEqual({
      id,
      state: 'offered',
      from: { userId: 'u-li', name: 'li', fullName: '李梅' },
      offeredAt: clock.now(),
      to: null,
      signedAt: null,
      withdrawnAt: null,
      desk: 'desk-3',
      note: 'Quiet\nnight',
      items: [
        { text: 'Call the waterworks', done: false },
        { text: 'Filed', done: true },
      ],
      report: emptyReport(clock.now()),
      remarks: null,
      scope: wholeCity,
      simulated: false,
      drill: false,
    });
  });

  test('of another name for the desk keeps that', () => {
    expect(kept(offer(li, { desk: 'North desk' }))!.desk).toBe('North desk');
  });

  test('keeps the scope as it was', () => {
    const scope = { districts: ['320282101'], groups: ['traffic'] };
    expect(kept(offer(person('zhao', { scope })))!.scope).toEqual(scope);
  });

  test('withdraws the one of the same person that still waits, and nobody else’s', async () => {
    const [first, other] = [offer(), offer(wang)];
    await clock.advance(1000);
    const second = offer();
    expect(kept(first)).toMatchObject({ state: 'withdrawn', withdrawnAt: clock.now() });
    expect([kept(second)!.state, kept(other)!.state]).toEqual(['offered', 'offered']);
  });

  test('takes the place of the oldest when there are too many', () => {
    const id = offer();
    const old = (n: number) => ({ ...kept(id)!, id: `h${n}`, state: 'signed', offeredAt: n });
    const olds = Array.from({ length: maxHandovers }, (_, n) => old(n));
    ledger.commit(
      [
        { collection: 'handovers', op: 'delete', key: id },
        ...olds.map((value) => ({ collection: 'handovers', op: 'put', key: value.id, value }) as const),
      ],
      cause,
    );
    offer();
    expect(ledger.size('handovers')).toBe(maxHandovers);
    expect([kept('h0'), kept('h1')?.id]).toEqual([undefined, 'h1']);
  });

  test('of one’s own that has waited for long is not withdrawn and dropped at once', async () => {
    const first = offer();
    await clock.advance(offeredCountsMs);
    offer();
    expect(kept(first)!.state).toBe('withdrawn');
  });
});

describe('a signature', () => {
  test('is another’s, with his name, the time and his remarks', async () => {
    const id = offer();
    await clock.advance(5000);
    expect(sign(id, wang, 'Seen')).toEqual({ holdsTaken: 0, holdsLeft: [] });
    expect(handoverEntity.parse(kept(id))).toMatchObject({
      state: 'signed',
      from: { name: 'li' },
      offeredAt: clock.now() - 5000,
      to: { userId: 'u-wang', name: 'wang', fullName: null },
      signedAt: clock.now(),
      remarks: 'Seen',
    });
  });

  test('of one’s own is refused', () => {
    const id = offer();
    expect(sign(id, li)).toMatchObject({ code: 'handover-own' });
    expect(kept(id)!.state).toBe('offered');
  });

  test('is given once: the second one learns whose the first was', () => {
    const id = offer();
    sign(id);
    expect(sign(id, person('zhao'))).toMatchObject({ code: 'handover-ended', params: { state: 'signed', by: 'wang', at: clock.now() } });
    expect(kept(id)!.to!.name).toBe('wang');
  });

  test('comes too late for what was withdrawn', () => {
    const id = offer();
    run('handover.withdraw', { handoverId: id });
    expect(sign(id)).toMatchObject({ code: 'handover-ended', params: { state: 'withdrawn' } });
  });

  test('of something that is not there', () => {
    expect(sign('nobody')).toMatchObject({ code: 'handover-unknown' });
  });

  test('takes the holds along that the roles allow, and names the others', () => {
    const hold = (id: string, more: object = {}): Hold =>
      holdEntity.parse({
        id,
        wallId: 'main',
        screenId: '2',
        tiles: null,
        userId: 'u-li',
        name: 'li',
        priority: 4,
        reason: 'Marathon',
        since: 1,
        expiresAt: clock.now() + 60_000,
        restore: null,
        requests: [],
        revision: 0,
        ...more,
      });
    const wall = { id: 'main', name: 'Main', screens: [{ id: '2', name: 'Right' }] };
    ledger.commit([{ collection: 'walls', op: 'put', key: 'main', value: wall }], cause);
    for (const one of [hold('a'), hold('high', { priority: 9 }), hold('other', { userId: 'u-zhao', name: 'zhao' })])
      ledger.commit([{ collection: 'holds', op: 'put', key: one.id, value: one }], cause);
    expect(sign(offer())).toEqual({ holdsTaken: 1, holdsLeft: [{ wall: 'Main', screen: 'Right', priority: 9 }] });
    const holders = ([...ledger.all('holds')] as Hold[]).map(({ id, name }) => [id, name]);
    expect(holders).toEqual([
      ['a', 'wang'],
      ['high', 'li'],
      ['other', 'zhao'],
    ]);
  });

  test('and what it changes is one commit', () => {
    const id = offer();
    const { seq } = ledger;
    sign(id);
    expect(ledger.seq).toBe(seq + 1);
  });
});

describe('taking an offer back', () => {
  test('is for whoever made it, until it is signed', async () => {
    const id = offer();
    await clock.advance(1000);
    expect(run('handover.withdraw', { handoverId: id }, wang)).toMatchObject({ code: 'forbidden' });
    expect(run('handover.withdraw', { handoverId: id })).toEqual({});
    expect(kept(id)).toMatchObject({ state: 'withdrawn', withdrawnAt: clock.now(), signedAt: null });
    expect(run('handover.withdraw', { handoverId: id })).toMatchObject({ code: 'handover-ended' });
    const signed = offer();
    sign(signed);
    expect(run('handover.withdraw', { handoverId: signed })).toMatchObject({ code: 'handover-ended' });
  });
});

test.each(['handover.report', 'handover.offer'] as const)('%s without a session is refused', (name) => {
  expect(run(name, {}, null)).toMatchObject({ code: 'login-required' });
});
