import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { AuditRow } from '../../contract/audit.ts';
import { commands } from '../../contract/catalog.ts';
import { commandApprove, commandReject, commandWithdraw, type CommandEntity } from '../../contract/commands.ts';
import { type AnyCommand, type CommandContext, type CommandHandler, defineCommand } from '../../contract/define-command.ts';
import { problem } from '../../contract/errors.ts';
import type { SessionId, UserId } from '../../contract/ids.ts';
import type { Commit } from '../../contract/ledger.ts';
import { silentLog } from '../../contract/log.ts';
import type { Permission } from '../../contract/permissions.ts';
import type { Principal } from '../../contract/principal.ts';
import { err, ok } from '../../contract/result.ts';
import { type ScopeClaim, wholeCity } from '../../contract/scope.ts';
import { type AuditLog, createAuditLog } from '../audit/audit-log.ts';
import { commandSamples } from '../gateway/testdata/command-samples.ts';
import { openLedger, type SqliteLedger } from '../ledger/open-ledger.ts';
import { ManualClock } from '../readings/manual-clock.ts';
import { approvalMs, maxFinishedKept, maxWaitingOfOne } from './approval-rules.ts';
import { type Caller, type CommandGateway, createCommandGateway, sweepMs } from './command-gateway.ts';
import { hashArgs } from './idempotency.ts';
import { nothingKnown } from '../testdata/nothing-known.ts';

type Handler = CommandHandler<AnyCommand>;

const args = z.object({ text: z.string().trim().default('-'), camera: z.string().optional(), secret: z.string().optional() }).strict();
const definitions: readonly AnyCommand[] = [
  defineCommand({
    name: 'test.two',
    summary: '',
    args,
    result: z.object({ said: z.string() }),
    permission: 'wall.control',
    scopeOf: ({ camera }, lookup) => (camera === undefined ? [] : [lookup.camera(camera) ?? ('none' as const)]),
    risk: 'two-person',
    audit: 'two-rows',
    deadlineMs: 3000,
    redact: ({ text, camera }) => ({ text, camera }),
  }),
  commandApprove,
  commandReject,
  commandWithdraw,
];

let folder = '';
let clock: ManualClock;
let ledger: SqliteLedger;
let audit: AuditLog;
let gateway: CommandGateway;
let handler: Handler;
let calls: { args: unknown; context: CommandContext }[];
let commits: Commit[];
/** The accounts there are, by id: whoever is not here is gone or disabled. */
let accounts: Map<string, Principal>;
let places: Map<string, ScopeClaim>;

const account = (name: string, ...held: Permission[]): Principal => ({
  sessionId: `first of ${name}` as SessionId,
  userId: `id of ${name}` as UserId,
  name,
  roles: ['operator'],
  permissions: new Set(held),
  scope: wholeCity,
  screen: null,
  barrier: null,
});
const wang = account('wang', 'wall.control', 'command.approve');
const li = account('li', 'command.approve');
const zhao = account('zhao', 'wall.control');
const by = (principal: Principal): Caller => ({
  principal,
  from: { door: 'http', address: '10.0.0.7', workstation: `desk of ${principal.name}` },
});

const execute = (name: string, given: unknown, who = wang, idempotencyKey?: string) =>
  gateway.execute({ name, args: given, ...(idempotencyKey !== undefined && { idempotencyKey }) }, by(who));
const ask = async (given: object = { text: 'siren' }, who = wang): Promise<CommandEntity> => {
  const answer = await execute('test.two', given, who);
  if (!answer.ok) throw new Error(answer.error.code);
  return command((answer.value as { commandId: string }).commandId);
};
const command = (id: string) => ledger.get('commands', id) as CommandEntity;
const approve = ({ id, payloadHash }: CommandEntity, who = li) => execute('command.approve', { commandId: id, payloadHash }, who);
const refused = (code: string) => ({ ok: false, error: expect.objectContaining({ code }) as unknown });
const states = (id: string) =>
  commits.flatMap(({ changes }) =>
    changes.flatMap((change) => (change.op === 'put' && change.key === id ? [(change.value as CommandEntity).state] : [])),
  );
const rows = () => audit.page(0, 1000);
const trail = () => rows().map(({ phase, command: name, actor, outcome }: AuditRow) => `${phase} ${name} ${actor} ${outcome ?? ''}`.trim());
const waitingRows = () => ledger.database.prepare('SELECT count(*) FROM waiting_commands').pluck().get();

function open(): void {
  ledger = openLedger(folder, { changesKept: 1000, clock, log: silentLog });
  audit = createAuditLog(ledger.database, clock);
  ledger.onCommit((commit) => void commits.push(commit));
  gateway = createCommandGateway({
    ledger,
    audit,
    handlers: {
      'test.two': (given, context) => {
        calls.push({ args: given, context });
        return handler(given, context);
      },
    },
    lookup: {
      ...nothingKnown,
      camera: (id) => places.get(id),
      command: (id) => (ledger.get('commands', id) as CommandEntity | undefined)?.scope,
    },
    callerNow: (admitted) => admitted,
    requesterNow: (id, sessionId) => {
      const found = accounts.get(id);
      return found && { ...found, sessionId };
    },
    clock,
    log: silentLog,
    definitions,
  });
}

/** As after `kill -9`: what is on the disk, and nothing else. */
function restart(): void {
  ledger.close();
  open();
  gateway.start();
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'taodu-approvals-'));
  clock = new ManualClock();
  calls = [];
  commits = [];
  accounts = new Map([wang, li, zhao].map((one) => [one.userId, one]));
  places = new Map([['c1', { district: '320282101', groups: [] }]]);
  handler = () => ok({ result: { said: 'done' }, changes: [{ collection: 'layouts', op: 'put', key: 'l1', value: { done: true } }] });
  open();
});
afterEach(async () => {
  const closing = gateway.close();
  await clock.advance(10_000);
  await closing;
  if (clock.sleeping > 0 || !audit.verify().ok) throw new Error('the gateway left something behind');
  ledger.close();
  rmSync(folder, { recursive: true });
});

describe('an approval', () => {
  it('has it done once, in the name of whoever asked, each state committed, both persons on record', async () => {
    const asked = await ask({ text: ' siren ', secret: 'hunter2' });
    expect([calls.length, asked.state, asked.args, waitingRows()]).toEqual([0, 'awaitingApproval', { text: 'siren' }, 1]);
    expect(asked.payloadHash).toBe(hashArgs({ text: 'siren', secret: 'hunter2' }));
    expect(await approve(asked)).toEqual({ ok: true, value: { state: 'authorised' } });
    expect(states(asked.id)).toEqual(['awaitingApproval', 'authorised', 'sent', 'confirmed']);
    expect(command(asked.id)).toMatchObject({ requestedBy: 'wang', approvedBy: 'li', result: { said: 'done' }, reason: null });
    expect(calls).toMatchObject([
      {
        args: { text: 'siren', secret: 'hunter2' },
        context: { commandId: asked.id, principal: { name: 'wang' }, approvedBy: 'li', from: { workstation: 'desk of wang' } },
      },
    ]);
    expect(trail()).toEqual([
      'open test.two wang',
      'close test.two wang ok',
      'open command.approve li',
      'close command.approve li ok',
      'open test.two wang',
      'close test.two wang ok',
    ]);
    expect(rows().map(({ commandId }) => commandId === asked.id)).toEqual([true, true, false, false, true, true]);
    expect(rows()[3]).toMatchObject({ after: { command: 'test.two', state: 'authorised', requestedBy: 'wang', approvedBy: 'li' } });
    for (const row of rows().slice(4)) expect(row).toMatchObject({ actor: 'wang', args: { text: 'siren', approvedBy: 'li' } });
    expect([waitingRows(), ledger.size('layouts')]).toEqual([0, 1]);
    expect(await approve(asked)).toMatchObject(refused('command-not-waiting'));
    expect(calls).toHaveLength(1);
  });

  it.each<[string, (asked: CommandEntity) => Promise<unknown>, string]>([
    ['of whoever asked', (asked) => approve(asked, wang), 'approval-own'],
    ['of whoever asked, from another session', (asked) => approve(asked, { ...wang, sessionId: 'second' as SessionId }), 'approval-own'],
    ['of another payload', (asked) => approve({ ...asked, payloadHash: hashArgs({ text: 'door' }) }), 'payload-mismatch'],
    ['of what is not there', (asked) => approve({ ...asked, id: 'nobody' }), 'not-found'],
    ['without the permission', (asked) => approve(asked, zhao), 'forbidden'],
    ['behind a barrier', (asked) => approve(asked, { ...li, barrier: 'session-locked' }), 'session-locked'],
    [
      'by somebody responsible for another place',
      (asked) => approve(asked, { ...li, scope: { districts: ['320281'], groups: '*' } }),
      'out-of-scope',
    ],
    ['at the last moment and later', async (asked) => (await clock.advance(approvalMs), approve(asked)), 'approval-expired'],
  ])('is refused: %s', async (_name, attempt, code) => {
    const asked = await ask({ text: 'siren', camera: 'c1' });
    expect(await attempt(asked)).toMatchObject(refused(code));
    expect([command(asked.id).state, calls.length, waitingRows()]).toEqual(['awaitingApproval', 0, 1]);
  });

  it('looks at where things are now', async () => {
    const asked = await ask({ camera: 'c1' });
    const local = { ...li, scope: { districts: ['320282'], groups: '*' } } as const;
    places.set('c1', { district: '320281', groups: [] });
    expect(await approve(asked, local)).toMatchObject(refused('out-of-scope'));
    places.set('c1', { district: '320282', groups: [] });
    expect(await approve(asked, local)).toMatchObject({ ok: true });
  });

  it.each<[string, (now: Map<string, Principal>) => void, string]>([
    ['whose account is gone or disabled', (now) => now.delete(wang.userId), 'user-unknown'],
    ['who lost the permission', (now) => now.set(wang.userId, account('wang', 'wall.view')), 'forbidden'],
    [
      'who is responsible for another place',
      (now) => now.set(wang.userId, { ...wang, scope: { districts: ['320281'], groups: '*' } }),
      'out-of-scope',
    ],
    [
      'whose password was reset',
      (now) => now.set(wang.userId, { ...wang, barrier: 'password-change-required' }),
      'password-change-required',
    ],
  ])('does nothing for somebody %s', async (_name, change, reason) => {
    const asked = await ask({ camera: 'c1' });
    change(accounts);
    expect(await approve(asked)).toEqual({ ok: true, value: { state: 'failed' } });
    expect([command(asked.id), calls.length, waitingRows()]).toMatchObject([{ state: 'failed', reason, approvedBy: null }, 0, 0]);
    expect(rows().at(-1)).toMatchObject({
      command: 'command.approve',
      actor: 'li',
      after: { state: 'failed', reason, requestedBy: 'wang' },
    });
  });

  it('holds although the session that asked has ended: the account counts', async () => {
    const asked = await ask({}, { ...wang, sessionId: 'long gone' as SessionId });
    expect(await approve(asked)).toMatchObject({ ok: true });
    expect(calls[0]!.context.principal).toMatchObject({ sessionId: 'long gone', name: 'wang' });
  });

  it.each<[string, Handler, object]>([
    ['that refuses', () => err(problem('camera-unknown')), { state: 'failed', reason: 'camera-unknown', result: null }],
    [
      'that breaks',
      () => {
        throw new Error('the password is hunter2');
      },
      { state: 'failed', reason: 'internal-error', result: null },
    ],
    ['whose answer is not in the contract', () => ok({ result: { said: 17 } }), { state: 'failed', reason: 'internal-error' }],
    [
      'whose change is none',
      () => ok({ result: { said: '-' }, changes: [{ collection: 'layouts', op: 'put', key: 'l', value: 'x' as unknown as object }] }),
      { state: 'failed', reason: 'internal-error' },
    ],
  ])('says how it ended: a handler %s', async (_name, bad, end) => {
    handler = bad;
    const asked = await ask();
    expect(await approve(asked)).toMatchObject({ ok: true, value: { state: 'authorised' } });
    expect(command(asked.id)).toMatchObject({ ...end, approvedBy: 'li' });
    expect(states(asked.id)).toEqual(['awaitingApproval', 'authorised', 'sent', 'failed']);
    expect(rows().at(-1)).toMatchObject({ command: 'test.two', phase: 'close', outcome: (end as CommandEntity).reason });
    expect([waitingRows(), ledger.size('layouts')]).toEqual([0, 0]);
  });

  it('is answered at once; what takes long is seen in its states, and its deadline ends it', async () => {
    const gate = Promise.withResolvers<void>();
    handler = async () => (
      await gate.promise,
      ok({ result: { said: 'late' }, changes: [{ collection: 'layouts', op: 'put', key: 'l1', value: {} }] })
    );
    const asked = await ask();
    expect(await approve(asked)).toMatchObject({ ok: true });
    expect(command(asked.id).state).toBe('sent');
    await clock.advance(3000);
    expect(command(asked.id)).toMatchObject({ state: 'timedOut', reason: 'deadline-exceeded' });
    gate.resolve();
    await clock.advance(0);
    expect([command(asked.id).state, ledger.size('layouts')]).toEqual(['timedOut', 0]);
  });

  it('given twice at the same time does it once', async () => {
    const asked = await ask();
    const answers = await Promise.all([approve(asked), approve(asked), approve(asked, account('sun', 'command.approve'))]);
    expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
    expect(calls).toHaveLength(1);
  });

  it('is not one for arguments sealed for another command', async () => {
    const [one, two] = [await ask({ text: 'one' }), await ask({ text: 'two' })];
    const sealed = ledger.database.prepare('SELECT sealed FROM waiting_commands WHERE command_id = ?').pluck().get(one.id);
    ledger.database.prepare('UPDATE waiting_commands SET sealed = ? WHERE command_id = ?').run(sealed, two.id);
    expect(await approve(two)).toEqual({ ok: true, value: { state: 'failed' } });
    expect([command(two.id).reason, calls.length]).toEqual(['unavailable', 0]);
  });
});

describe('without an approval', () => {
  it('the second person may refuse, and says why; whoever asked withdraws instead', async () => {
    const asked = await ask();
    const reject = (who: Principal) => execute('command.reject', { commandId: asked.id, reason: '时间不合适' }, who);
    expect(await reject(wang)).toMatchObject(refused('approval-own'));
    expect(await reject(zhao)).toMatchObject(refused('forbidden'));
    expect(await reject(li)).toEqual({ ok: true, value: { state: 'rejected' } });
    expect([command(asked.id), waitingRows()]).toMatchObject([{ state: 'rejected', reason: '时间不合适', approvedBy: null }, 0]);
    expect(rows().at(-1)).toMatchObject({ actor: 'li', after: { command: 'test.two', state: 'rejected', requestedBy: 'wang' } });
    expect(await approve(asked)).toMatchObject(refused('command-not-waiting'));
    expect(calls).toEqual([]);
  });

  it('whoever asked takes it back, from any session; nobody else does', async () => {
    const asked = await ask();
    const withdraw = (who: Principal) => execute('command.withdraw', { commandId: asked.id }, who);
    expect(await withdraw(li)).toMatchObject(refused('forbidden'));
    expect(await withdraw({ ...wang, sessionId: 'second' as SessionId })).toEqual({ ok: true, value: { state: 'rejected' } });
    expect([command(asked.id), waitingRows()]).toMatchObject([{ state: 'rejected', reason: 'command-withdrawn' }, 0]);
    expect(await withdraw(wang)).toMatchObject(refused('command-not-waiting'));
    expect(await execute('command.withdraw', { commandId: 'nobody' })).toMatchObject(refused('not-found'));
  });

  it.each([
    ['while the hub runs', () => gateway.start()],
    ['over a restart', restart],
  ])('ends after its time, %s', async (_name, begin) => {
    const asked = await ask();
    begin();
    await clock.advance(approvalMs - 1);
    expect(command(asked.id).state).toBe('awaitingApproval');
    await clock.advance(sweepMs);
    expect([command(asked.id), waitingRows()]).toMatchObject([{ state: 'rejected', reason: 'approval-expired' }, 0]);
    expect(rows().at(-1)).toMatchObject({ command: 'test.two', actor: 'wang', door: 'internal', outcome: 'approval-expired' });
    expect(calls).toEqual([]);
  });

  it('waits over a restart and is approved after it', async () => {
    const asked = await ask({ text: 'siren', secret: 'hunter2' });
    restart();
    expect(await approve(asked)).toMatchObject({ ok: true });
    expect([command(asked.id).state, calls[0]!.args]).toEqual(['confirmed', { text: 'siren', secret: 'hunter2' }]);
  });

  it('its exact arguments are nowhere to be read', async () => {
    await ask({ text: 'siren', secret: 'hunter2-hunter2' });
    expect(JSON.stringify([...ledger.all('commands'), ...rows()])).not.toContain('hunter2');
    const file = Buffer.concat(['ledger.db', 'ledger.db-wal'].map((name) => readFileSync(join(folder, name))));
    expect([file.includes('siren'), file.includes('hunter2')]).toEqual([true, false]);
  });
});

describe('a hub that goes down in between', () => {
  it('says so at its next start, and runs nothing twice', async () => {
    handler = () => new Promise(() => undefined);
    const [sent, waits] = [await ask({ text: 'sent' }), await ask({ text: 'waits' })];
    await approve(sent);
    expect(command(sent.id).state).toBe('sent');
    restart();
    expect([command(sent.id), command(waits.id).state]).toMatchObject([
      { state: 'failed', reason: 'unavailable', approvedBy: 'li' },
      'awaitingApproval',
    ]);
    expect(rows().at(-1)).toMatchObject({ command: 'test.two', outcome: 'unavailable', after: { state: 'failed', approvedBy: 'li' } });
    expect([calls.length, waitingRows()]).toEqual([1, 1]);
    expect(await approve(sent)).toMatchObject(refused('command-not-waiting'));
  });

  it('or whose disk refuses what was approved: it has failed, honestly, as soon as that can be written', async () => {
    gateway.start();
    const asked = await ask();
    const stop = ledger.onCommit(({ changes }) => {
      const [change] = changes;
      if (change?.op === 'put' && (change.value as CommandEntity).state === 'authorised') ledger.database.pragma('query_only = ON');
    });
    expect(await approve(asked)).toMatchObject({ ok: true, value: { state: 'authorised' } });
    await clock.advance(sweepMs);
    expect([command(asked.id).state, calls.length]).toEqual(['authorised', 0]);
    stop();
    ledger.database.pragma('query_only = OFF');
    await clock.advance(sweepMs);
    expect([command(asked.id), calls.length]).toMatchObject([{ state: 'failed', reason: 'unavailable' }, 0]);
  });

  it('waits at its end for what was approved and runs', async () => {
    const gate = Promise.withResolvers<void>();
    handler = async () => (await gate.promise, ok({ result: { said: 'finished' } }));
    const asked = await ask();
    await approve(asked);
    let closed = false;
    const closing = gateway.close().then(() => (closed = true));
    await clock.advance(0);
    expect(closed).toBe(false);
    gate.resolve();
    await closing;
    expect(command(asked.id).state).toBe('confirmed');
  });
});

describe('bounds', () => {
  it('so many of one person wait; another may still ask, and an end makes room', async () => {
    const asked = [];
    for (let nth = 0; nth < maxWaitingOfOne; nth += 1) asked.push(await ask({ text: `${nth}` }));
    expect(await execute('test.two', { text: 'one too many' })).toMatchObject(refused('too-many-requests'));
    await ask({}, zhao);
    await approve(asked[0]!);
    await ask({ text: 'again' });
  });

  it('a repeated request is one request', async () => {
    const one = await execute('test.two', { text: 'a' }, wang, 'key-1');
    expect(await execute('test.two', { text: 'a' }, wang, 'key-1')).toEqual(one);
    expect(await execute('test.two', { text: 'b' }, wang, 'key-1')).toMatchObject(refused('idempotency-mismatch'));
    expect([ledger.size('commands'), waitingRows(), calls.length]).toEqual([1, 1, 0]);
  });

  it('what is over is forgotten once it is too much', async () => {
    const asked = await ask();
    await approve(asked);
    const done = command(asked.id);
    const more = Array.from({ length: maxFinishedKept }, (_, nth) => ({ ...done, id: `more-${nth}`, updatedAt: done.updatedAt + 1 }));
    ledger.commit(
      more.map((value) => ({ collection: 'commands', op: 'put', key: value.id, value })),
      { kind: 'start', id: 'test', by: 'test' },
    );
    gateway.start();
    await clock.advance(0);
    expect([ledger.size('commands'), command(asked.id)]).toEqual([maxFinishedKept, undefined]);
  });
});

describe('the catalogue', () => {
  const twoPerson = commands.filter(({ risk }) => risk === 'two-person');

  it('has two-person commands', () => expect(twoPerson.map(({ name }) => name)).toContain('camera.remove-many'));

  it.each(
    twoPerson.flatMap(({ name }) =>
      (['http', 'socket', 'internal'] as const).flatMap((door) => [undefined, 'key-1'].map((key) => [name, door, key] as const)),
    ),
  )('%s through %s with key %s calls nothing: it waits', async (name, door, key) => {
    let called = 0;
    const everybody = account('everybody', ...(['camera.edit', 'audit.export', 'command.approve'] as const));
    await gateway.close();
    gateway = createCommandGateway({
      ledger,
      audit,
      handlers: Object.fromEntries(commands.map((one) => [one.name, (): never => ((called += 1), undefined as never)])),
      lookup: nothingKnown,
      callerNow: (admitted) => admitted,
      requesterNow: () => everybody,
      clock,
      log: silentLog,
    });
    const request = { name, args: commandSamples[name], ...(key !== undefined && { idempotencyKey: key }) };
    const answer = await gateway.execute(request, { principal: everybody, from: { door, address: '10.0.0.7', workstation: null } });
    expect(answer).toMatchObject({ ok: true, value: { state: 'awaitingApproval' } });
    expect([called, ledger.size('commands')]).toEqual([0, 1]);
  });
});
