import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import type { AuditRow } from '../../contract/audit.ts';
import { type AnyCommand, type CommandContext, type CommandHandler, defineCommand } from '../../contract/define-command.ts';
import { problem, ProblemError, type Problem } from '../../contract/errors.ts';
import type { SessionId, UserId } from '../../contract/ids.ts';
import type { Change, Commit } from '../../contract/ledger.ts';
import type { Log } from '../../contract/log.ts';
import type { Permission } from '../../contract/permissions.ts';
import type { Principal } from '../../contract/principal.ts';
import { err, ok } from '../../contract/result.ts';
import { type ScopeClaim, wholeCity } from '../../contract/scope.ts';
import { openLedger, type SqliteLedger } from '../ledger/open-ledger.ts';
import { ManualClock } from '../readings/manual-clock.ts';
import { type AuditLog, createAuditLog } from '../audit/audit-log.ts';
import { approvalMs } from './approval-rules.ts';
import { type Caller, type CommandGateway, createCommandGateway, maxInFlight, maxInFlightPerSession } from './command-gateway.ts';
import { turnMs } from './fair-turns.ts';
import { hashArgs, keptAnswers, keptMs } from './idempotency.ts';
import { nothingKnown } from '../testdata/nothing-known.ts';

type Handler = CommandHandler<AnyCommand>;

const args = z.object({ text: z.string().max(20).default('-'), at: z.string().optional(), secret: z.string().optional() }).strict();
const defaults = {
  summary: '',
  args,
  result: z.object({ said: z.string() }),
  permission: 'wall.control' as const,
  scopeOf: ({ at }: z.output<typeof args>): ScopeClaim[] => (at === undefined ? [] : [{ district: at, groups: [] }]),
  risk: 'routine' as const,
  audit: 'two-rows' as const,
  deadlineMs: 3000,
};
const definitions: readonly AnyCommand[] = [
  defineCommand({ ...defaults, name: 'test.do', redact: ({ text, at }) => ({ text, at }) }),
  defineCommand({ ...defaults, name: 'test.read', risk: 'read' }),
  defineCommand({ ...defaults, name: 'test.peek', risk: 'read', audit: 'none' }),
  defineCommand({ ...defaults, name: 'test.ledger', effect: 'ledger' }),
  defineCommand({ ...defaults, name: 'test.session', permission: 'session' }),
  defineCommand({ ...defaults, name: 'test.public', permission: 'public' }),
  defineCommand({ ...defaults, name: 'test.two', risk: 'two-person' }),
  defineCommand({ ...defaults, name: 'session.password', permission: 'session' }),
  defineCommand({ ...defaults, name: 'session.logout', permission: 'session' }),
  defineCommand({ ...defaults, name: 'session.who', permission: 'session', risk: 'read', audit: 'none' }),
];

let folder = '';
let ledger: SqliteLedger;
let audit: AuditLog;
let clock: ManualClock;
let gateway: CommandGateway;
let handler: Handler;
let guard: (definition: AnyCommand) => Problem | null;
let callerNow: (admitted: Principal) => Principal | undefined;
let calls: { args: unknown; context: CommandContext }[];
let logged: { fields: object; message: string }[];

const principal = (over: Partial<Principal> = {}): Principal => ({
  sessionId: 's1' as unknown as SessionId,
  userId: 'u1' as unknown as UserId,
  name: 'wang',
  roles: ['operator'],
  permissions: new Set<Permission>(['wall.control']),
  scope: wholeCity,
  screen: null,
  barrier: null,
  ...over,
});
const from = { door: 'http', address: '10.0.0.7', workstation: 'desk 3' } as const;
const wang: Caller = { principal: principal(), from };
const nobody: Caller = { principal: null, from };

const inSession = (index: number): Caller => ({ ...wang, principal: principal({ sessionId: `s${index}` as unknown as SessionId }) });

const say =
  (said = 'done'): Handler =>
  () =>
    ok({ result: { said } });
const change = (key: string, value: object = { key }): Change => ({ collection: 'layouts', op: 'put', key, value });
const storing =
  (...keys: string[]): Handler =>
  () =>
    ok({ result: { said: 'stored' }, changes: keys.map((key) => change(key)) });

function execute(name = 'test.do', given: unknown = {}, caller = wang, idempotencyKey?: string) {
  return gateway.execute({ name, args: given, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) }, caller);
}
/** The audit in short: phase, command, outcome. */
const trail = () => audit.page(0, 1000).map(({ phase, command, outcome }: AuditRow) => `${phase} ${command} ${outcome ?? ''}`.trim());
const refused = (code: string, params: object = {}) => ({ ok: false, error: { code, params } });
/** A promise and its two ends, to hold a handler where the test wants it. */
const held = () => Promise.withResolvers<void>();

/** Makes every write fail, as it does when the file system turns read-only under the hub; answers the end of that. */
function refuseWrites(): () => void {
  ledger.database.pragma('query_only = ON');
  return () => void ledger.database.pragma('query_only = OFF');
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'taodu-gateway-'));
  clock = new ManualClock();
  logged = [];
  calls = [];
  const note = (fields: object, message: string) => void logged.push({ fields, message });
  const log: Log = { debug() {}, info() {}, warn: note, error: note };
  ledger = openLedger(folder, { changesKept: 100, clock, log });
  audit = createAuditLog(ledger.database, clock);
  handler = say();
  guard = () => null;
  callerNow = (admitted) => admitted;
  const handlers = Object.fromEntries(
    definitions.map(({ name }): [string, Handler] => [
      name,
      (given, context) => {
        calls.push({ args: given, context });
        return handler(given, context);
      },
    ]),
  );
  gateway = createCommandGateway({
    ledger,
    audit,
    handlers,
    lookup: nothingKnown,
    callerNow: (admitted) => callerNow(admitted),
    requesterNow: () => undefined,
    guard: (definition) => guard(definition),
    clock,
    log,
    definitions,
  });
});
afterEach(async () => {
  // After every test: no timer, no place taken, and an audit that is one chain.
  if (clock.sleeping > 0 || gateway.inFlight > 0 || !audit.verify().ok) throw new Error('the gateway left something behind');
  await gateway.close();
  ledger.close();
  rmSync(folder, { recursive: true });
});

describe('a command that may run', () => {
  it('is handled with its parsed arguments and context, audited in two rows, and answered', async () => {
    handler = () =>
      ok({
        result: { said: '你好', notInTheContract: 'secret' },
        changes: [change('l1')],
        before: { revision: 1 },
        after: { revision: 2 },
      });
    const heard: Commit[] = [];
    ledger.onCommit((commit) => {
      // Already in the audit when anybody hears of it.
      expect(trail()).toEqual(['open test.do', 'close test.do ok']);
      heard.push(commit);
    });
    expect(await execute('test.do', { text: 'a', secret: 'hunter2' })).toEqual({ ok: true, value: { said: '你好' } });
    const { commandId } = calls[0]!.context;
    expect(calls[0]).toMatchObject({
      args: { text: 'a', secret: 'hunter2' },
      context: { principal: wang.principal, from, now: clock.now() },
    });
    expect(heard).toMatchObject([{ seq: 1, cause: { kind: 'command', id: commandId, by: 'wang' }, changes: [change('l1')] }]);
    expect(audit.page(0, 10)).toMatchObject([
      { phase: 'open', commandId, actor: 'wang', roles: ['operator'], ...from, args: { text: 'a' }, outcome: null, before: null },
      { phase: 'close', commandId, actor: 'wang', args: { text: 'a' }, outcome: 'ok', before: { revision: 1 }, after: { revision: 2 } },
    ]);
    expect(logged).toEqual([]);
  });

  it('is on record before its handler runs', async () => {
    let before: string[] = [];
    handler = () => {
      before = trail();
      return ok({ result: { said: '-' } });
    };
    await execute();
    expect(before).toEqual(['open test.do']);
  });

  it('costs a read one write: both rows, after the handler and before the answer', async () => {
    let before: string[] = ['?'];
    handler = () => {
      before = trail();
      return ok({ result: { said: '-' } });
    };
    await execute('test.read');
    expect(before).toEqual([]);
    expect(trail()).toEqual(['open test.read', 'close test.read ok']);
  });

  it('costs a stranger’s login one write, and none when the stranger was told to wait', async () => {
    let before: string[] = ['?'];
    handler = () => {
      before = trail();
      return err(problem('login-refused'));
    };
    await execute('test.public', {}, nobody);
    expect(before).toEqual([]);
    handler = () => err(problem('too-many-requests', { retryAfterMs: 1000 }));
    expect(await execute('test.public', {}, nobody)).toEqual(refused('too-many-requests', { retryAfterMs: 1000 }));
    expect(trail()).toEqual(['open test.public', 'close test.public login-refused']);
    await execute('test.public');
    expect(trail()).toHaveLength(4);
  });

  it('leaves no trace when it is a read that needs none, and an audited one when it changes something all the same', async () => {
    await execute('test.peek');
    expect([trail(), ledger.seq]).toEqual([[], 0]);
    handler = storing('l1');
    await execute('test.peek');
    expect(trail()).toEqual(['open test.peek', 'close test.peek ok']);
  });

  it('keeps secrets with its changes', async () => {
    handler = () => ok({ result: { said: '-' }, secrets: [{ key: 'source:c1', value: 'hunter2' }] });
    await execute();
    expect(ledger.secret('source:c1')).toBe('hunter2');
  });

  it('runs what follows the commit after it and before the answer', async () => {
    const gate = held();
    let seen = -1;
    handler = () =>
      ok({
        result: { said: '-' },
        changes: [change('l1')],
        async afterCommit() {
          seen = ledger.seq;
          await gate.promise;
        },
      });
    let answered = false;
    const answer = execute().finally(() => {
      answered = true;
    });
    await clock.advance(0);
    expect([seen, answered]).toEqual([1, false]);
    gate.resolve();
    expect(await answer).toMatchObject({ ok: true });
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('relay says no');
      },
    ],
    ['takes too long', () => new Promise<void>(() => undefined)],
  ])('stands when what follows the commit %s: the fact is stored', async (_name, afterCommit) => {
    handler = () => ok({ result: { said: 'stored' }, changes: [change('l1')], afterCommit });
    const answer = execute();
    await clock.advance(0);
    await clock.advance(3000);
    expect(await answer).toEqual({ ok: true, value: { said: 'stored' } });
    expect(ledger.size('layouts')).toBe(1);
    expect(logged).toMatchObject([{ message: 'The step after a commit failed' }]);
  });

  it('may commit long work in parts, which stay', async () => {
    handler = async (_args, { commitPart }) => {
      commitPart([change('l1')]);
      commitPart([change('l2')], [{ key: 'k', value: 'v' }]);
      return err(problem('csv-malformed'));
    };
    expect(await execute()).toMatchObject(refused('csv-malformed'));
    expect([ledger.seq, ledger.size('layouts'), ledger.secret('k')]).toEqual([2, 2, 'v']);
    expect(trail()).toEqual(['open test.do', 'close test.do csv-malformed']);
    handler = (_args, { commitPart }) => (commitPart([change('l3')]), ok({ result: { said: '-' } }));
    expect(await execute('test.read')).toMatchObject({ ok: false, error: { code: 'internal-error' } });
    const late = calls[0]!.context;
    expect(() => late.commitPart([change('l4')])).toThrow('cannot commit');
    expect(ledger.size('layouts')).toBe(2);
  });
});

describe('a refusal', () => {
  const traffic = { ...wang, principal: principal({ scope: { districts: ['320282'], groups: '*' } }) };
  const fresh = { ...wang, principal: principal({ barrier: 'password-change-required' }) };
  const clerk = { ...wang, principal: principal({ permissions: new Set<Permission>(['wall.view']) }) };

  it.each<[string, string, unknown, Caller, object | null, string[]]>([
    ['an unknown command', 'test.undo', {}, wang, refused('unknown-command', { name: 'test.undo' }), []],
    ['the name of something every object has', 'constructor', {}, wang, refused('unknown-command', { name: 'constructor' }), []],
    ['no login', 'test.do', {}, nobody, refused('login-required'), []],
    ['no login, before the arguments are looked at', 'test.do', 17, nobody, refused('login-required'), []],
    ['no login for any session', 'test.session', {}, nobody, refused('login-required'), []],
    ['a first password', 'test.do', {}, fresh, refused('password-change-required'), []],
    ['a first password, any session', 'test.session', {}, fresh, refused('password-change-required'), []],
    [
      'a permission that is missing',
      'test.do',
      { secret: 'hunter2' },
      clerk,
      refused('forbidden', { permission: 'wall.control' }),
      ['close test.do forbidden'],
    ],
    [
      'a permission that is missing for a read nobody audits',
      'test.peek',
      {},
      clerk,
      refused('forbidden', { permission: 'wall.control' }),
      [],
    ],
    ['a place out of scope', 'test.do', { at: '320281' }, traffic, refused('out-of-scope'), ['close test.do out-of-scope']],
    ['a place, without a session', 'test.public', { at: '320282' }, nobody, refused('out-of-scope'), ['close test.public out-of-scope']],
    ['a place in scope', 'test.do', { at: '320282101' }, traffic, null, ['open test.do', 'close test.do ok']],
    ['nobody for what is public', 'test.public', {}, nobody, null, ['open test.public', 'close test.public ok']],
    ['any session', 'test.session', {}, clerk, null, ['open test.session', 'close test.session ok']],
    ['a first password that is being changed', 'session.password', {}, fresh, null, ['open session.password', 'close session.password ok']],
    ['a first password and a logout', 'session.logout', {}, fresh, null, ['open session.logout', 'close session.logout ok']],
    ['a first password and who am I', 'session.who', {}, fresh, null, []],
    ['a first password and what is public', 'test.public', {}, fresh, null, ['open test.public', 'close test.public ok']],
  ])('or not: %s', async (_name, name, given, caller, refusal, rows) => {
    expect(await execute(name, given, caller)).toEqual(refusal ?? { ok: true, value: { said: 'done' } });
    expect(calls).toHaveLength(refusal === null ? 1 : 0);
    expect(trail()).toEqual(rows);
    expect(JSON.stringify(audit.page(0, 10))).not.toContain('hunter2');
  });

  it.each<[string, unknown, object]>([
    ['no object', 17, { path: '', message: expect.stringContaining('expected object') }],
    ['a wrong type', { text: 1 }, { path: 'text', message: expect.stringContaining('expected string') }],
    ['something too long', { text: 'x'.repeat(21) }, { path: 'text', message: expect.stringContaining('<=20') }],
    ['a name that is not in the contract', { nonsense: 1 }, { path: '', message: expect.stringContaining('nonsense') }],
    ['nothing at all', null, { path: '', message: expect.any(String) }],
  ])('names what is malformed: %s', async (_name, given, params) => {
    expect(await execute('test.do', given)).toMatchObject(refused('malformed', params));
    expect([calls, trail()]).toEqual([[], []]);
  });

  it('names several malformed places for the log reader, bounded, and repeats no value', async () => {
    const answer = await execute('test.do', { text: 1, at: 2, secret: ['hunter2'], [`${'n'.repeat(10_000)}`]: 1 });
    expect(answer).toMatchObject({ error: { params: { path: 'text' }, detail: expect.stringMatching(/at: .*; secret: /) } });
    expect(JSON.stringify(answer)).not.toContain('hunter2');
    expect(JSON.stringify(answer).length).toBeLessThan(1500);
  });

  it('stands although it cannot be written down', async () => {
    const mend = refuseWrites();
    expect(await execute('test.do', {}, clerk)).toEqual(refused('forbidden', { permission: 'wall.control' }));
    expect(logged).toMatchObject([{ message: 'A refused command could not be audited' }]);
    mend();
  });

  it('comes from the machine when it does not stand the command now, and only for who may do it', async () => {
    guard = ({ name }) => (name === 'test.do' ? problem('disk-low') : null);
    expect(await execute()).toEqual(refused('disk-low'));
    expect(await execute('test.do', {}, clerk)).toEqual(refused('forbidden', { permission: 'wall.control' }));
    expect(await execute('test.read')).toMatchObject({ ok: true });
    expect(calls).toHaveLength(1);
  });

  it('of a handler is the answer, and is audited', async () => {
    handler = () => err(problem('revision-conflict', { by: 'li' }));
    expect(await execute()).toEqual(refused('revision-conflict', { by: 'li' }));
    expect(trail()).toEqual(['open test.do', 'close test.do revision-conflict']);
    expect(logged).toEqual([]);
  });
});

describe('what goes wrong', () => {
  it.each<[string, Handler]>([
    [
      'a handler that throws',
      () => {
        throw new Error('the password is hunter2');
      },
    ],
    [
      'a handler that rejects',
      async () => {
        throw new Error('the password is hunter2');
      },
    ],
    ['an answer that is not in the contract', () => ok({ result: { said: 17, why: 'hunter2' } })],
    [
      'an entity that is none',
      () =>
        ok({
          result: { said: '-' },
          changes: [change('l0'), { collection: 'layouts', op: 'put', key: 'l1', value: 'hunter2' as unknown as object }],
        }),
    ],
    ['no outcome at all', () => undefined as unknown as ReturnType<Handler>],
  ])('is a bug: %s is logged once, audited, and not told', async (_name, bad) => {
    handler = bad;
    const answer = await execute();
    const { commandId } = calls[0]!.context;
    expect(answer).toEqual(refused('internal-error', { commandId }));
    expect(JSON.stringify(answer)).not.toContain('hunter2');
    expect(logged).toMatchObject([{ fields: { commandId, command: 'test.do' }, message: 'A command failed' }]);
    expect(trail()).toEqual(['open test.do', 'close test.do internal-error']);
    expect([ledger.seq, ledger.size('layouts')]).toEqual([0, 0]);
  });

  it('is a problem thrown: its code is the answer; a trouble of the hub keeps its detail for the log', async () => {
    handler = () => {
      throw new ProblemError(problem('camera-unknown', { number: '7' }, 'no such camera'));
    };
    expect(await execute()).toEqual({ ok: false, error: problem('camera-unknown', { number: '7' }, 'no such camera') });
    expect(logged).toEqual([]);
    handler = () => {
      throw new ProblemError(problem('relay-unavailable', {}, 'connect ECONNREFUSED 10.1.2.3'));
    };
    expect(await execute()).toEqual(refused('relay-unavailable'));
    expect(logged).toHaveLength(1);
  });

  it('is a disk that refuses: the command does not begin', async () => {
    const mend = refuseWrites();
    expect(await execute()).toEqual(refused('unavailable'));
    expect(calls).toEqual([]);
    mend();
    expect(trail()).toEqual([]);
    expect(await execute()).toMatchObject({ ok: true });
  });

  it('is a disk that refuses meanwhile: nothing is answered that is not stored', async () => {
    let mend: (() => void) | undefined;
    let followed = false;
    handler = () => {
      mend = refuseWrites();
      return ok({ result: { said: '-' }, changes: [change('l1')], afterCommit: () => void (followed = true) });
    };
    expect(await execute()).toEqual(refused('unavailable'));
    expect(followed).toBe(false);
    mend?.();
    expect(trail()).toEqual(['open test.do']);
    expect(ledger.size('layouts')).toBe(0);
  });

  it('is a handler that takes too long: it is told, answered for, and what it does later counts for nothing', async () => {
    const gate = held();
    handler = async (_args, { signal, commitPart }) => {
      commitPart([change('l1')]);
      await gate.promise;
      expect(signal.aborted).toBe(true);
      expect(() => commitPart([change('l2')])).toThrow(ProblemError);
      return ok({ result: { said: 'late' }, changes: [change('l3')] });
    };
    const answer = execute();
    await clock.advance(2999);
    expect(calls[0]!.context.signal.aborted).toBe(false);
    await clock.advance(1);
    expect(await answer).toEqual(refused('deadline-exceeded', { deadlineMs: 3000 }));
    expect(trail()).toEqual(['open test.do', 'close test.do deadline-exceeded']);
    // Its place is taken until it has really ended.
    expect(gateway.inFlight).toBe(1);
    gate.resolve();
    await clock.advance(0);
    expect(gateway.inFlight).toBe(0);
    expect(ledger.size('layouts')).toBe(1);
  });
});

describe('a second person', () => {
  it('is waited for: the request is recorded, nothing is done', async () => {
    const answer = await execute('test.two', { text: 'siren', at: '320282' });
    const id = (ledger.all('commands').next().value as { id: string }).id;
    expect(answer).toEqual({ ok: true, value: { commandId: id, state: 'awaitingApproval' } });
    expect(ledger.get('commands', id)).toEqual({
      id,
      args: { at: '320282', text: 'siren' },
      requestedFrom: 'desk 3',
      result: null,
      name: 'test.two',
      state: 'awaitingApproval',
      payloadHash: hashArgs({ at: '320282', text: 'siren' }),
      requestedBy: 'wang',
      approvedBy: null,
      approvalExpiresAt: clock.now() + approvalMs,
      reason: null,
      at: clock.now(),
      updatedAt: clock.now(),
      scope: [{ district: '320282', groups: [] }],
      simulated: false,
      drill: false,
    });
    expect(calls).toEqual([]);
    expect(audit.page(1, 1)).toMatchObject([{ phase: 'close', outcome: 'ok', after: { state: 'awaitingApproval' } }]);
  });

  it('is not asked for what the first may not ask', async () => {
    const clerk = { ...wang, principal: principal({ permissions: new Set<Permission>() }) };
    expect(await execute('test.two', {}, clerk)).toMatchObject(refused('forbidden'));
    expect(ledger.size('commands')).toBe(0);
  });
});

describe('a repeated request', () => {
  const li = { ...wang, principal: principal({ userId: 'u2' as unknown as UserId, name: 'li' }) };
  const wangElsewhere = { ...wang, principal: principal({ sessionId: 's2' as unknown as SessionId }) };

  it('is answered as before and not done again, from any session of the same user, after a restart too', async () => {
    handler = () => ok({ result: { said: `${calls.length}` }, changes: [change(`l${calls.length}`)] });
    expect(await execute('test.do', { text: 'a' }, wang, 'key-1')).toEqual({ ok: true, value: { said: '1' } });
    expect(await execute('test.do', { text: 'a' }, wangElsewhere, 'key-1')).toEqual({ ok: true, value: { said: '1' } });
    ledger.close();
    ledger = openLedger(folder, { changesKept: 100, clock, log: { debug() {}, info() {}, warn() {}, error() {} } });
    audit = createAuditLog(ledger.database, clock);
    gateway = createCommandGateway({
      ledger,
      audit,
      handlers: Object.fromEntries(definitions.map(({ name }) => [name, say('again')])),
      lookup: nothingKnown,
      callerNow: (admitted: Principal) => admitted,
      requesterNow: () => undefined,
      clock,
      log: { debug() {}, info() {}, warn() {}, error() {} },
      definitions,
    });
    expect(await execute('test.do', { text: 'a' }, wang, 'key-1')).toEqual({ ok: true, value: { said: '1' } });
    expect(trail()).toEqual(['open test.do', 'close test.do ok']);
  });

  it.each<[string, unknown, Caller, string, string, string]>([
    ['another key', { text: 'a' }, wang, 'test.do', 'key-2', 'done'],
    ['another user', { text: 'a' }, li, 'test.do', 'key-1', 'done'],
    ['another command', { text: 'a' }, wang, 'test.read', 'key-1', 'done'],
    ['the same', { text: 'a' }, wang, 'test.do', 'key-1', 'first'],
    ['the same, written otherwise', { secret: undefined, text: 'a' }, wang, 'test.do', 'key-1', 'first'],
  ])('is recognised: %s', async (_name, given, caller, name, key, said) => {
    handler = say('first');
    await execute('test.do', { text: 'a' }, wang, 'key-1');
    handler = say('done');
    expect(await execute(name, given, caller, key)).toEqual({ ok: true, value: { said } });
  });

  it('with other arguments is refused, while the first runs and after it', async () => {
    const gate = held();
    handler = async () => (await gate.promise, ok({ result: { said: '-' } }));
    const first = execute('test.do', { text: 'a' }, wang, 'key-1');
    expect(await execute('test.do', { text: 'b' }, wang, 'key-1')).toEqual(refused('idempotency-mismatch'));
    gate.resolve();
    await first;
    expect(await execute('test.do', { text: 'b' }, wang, 'key-1')).toEqual(refused('idempotency-mismatch'));
    expect(calls).toHaveLength(1);
  });

  it('joins the first while that still runs', async () => {
    const gate = held();
    handler = async () => (await gate.promise, ok({ result: { said: 'once' } }));
    const both = [execute('test.do', { text: 'a' }, wang, 'key-1'), execute('test.do', { text: 'a' }, wangElsewhere, 'key-1')];
    gate.resolve();
    expect(await Promise.all(both)).toEqual([
      { ok: true, value: { said: 'once' } },
      { ok: true, value: { said: 'once' } },
    ]);
    expect(calls).toHaveLength(1);
    expect(trail()).toEqual(['open test.do', 'close test.do ok']);
  });

  it('gets a refusal again, but a passing trouble is tried again', async () => {
    handler = () => err(problem('revision-conflict'));
    await execute('test.do', {}, wang, 'key-1');
    handler = () => err(problem('relay-unavailable'));
    await execute('test.do', {}, wang, 'key-2');
    handler = say('second try');
    expect(await execute('test.do', {}, wang, 'key-1')).toMatchObject(refused('revision-conflict'));
    expect(await execute('test.do', {}, wang, 'key-2')).toEqual({ ok: true, value: { said: 'second try' } });
  });

  it('must still be allowed', async () => {
    await execute('test.do', {}, wang, 'key-1');
    const dismissed = { ...wang, principal: principal({ permissions: new Set<Permission>() }) };
    expect(await execute('test.do', {}, dismissed, 'key-1')).toMatchObject(refused('forbidden'));
  });

  it('is forgotten after a day', async () => {
    await execute('test.do', {}, wang, 'key-1');
    handler = say('a new day');
    await clock.advance(keptMs - 1);
    expect(await execute('test.do', {}, wang, 'key-1')).toEqual({ ok: true, value: { said: 'done' } });
    await clock.advance(1);
    expect(await execute('test.do', {}, wang, 'key-1')).toEqual({ ok: true, value: { said: 'a new day' } });
    await clock.advance(keptMs);
    await execute('test.do', {}, wang, 'key-2');
    expect(ledger.database.prepare('SELECT key FROM idempotency').pluck().all()).toEqual(['key-2']);
  });

  it('is forgotten when there are too many: the oldest first, a few at a time', async () => {
    for (let index = 0; index < 12; index += 1) await execute('test.do', {}, wang, `old-${index}`);
    const keys = () => ledger.database.prepare('SELECT key FROM idempotency ORDER BY id').pluck().all();
    ledger.database.prepare("UPDATE sqlite_sequence SET seq = ? WHERE name = 'idempotency'").run(keptAnswers + 9);
    await execute('test.do', {}, wang, 'new-1');
    expect(keys()).toEqual(['old-8', 'old-9', 'old-10', 'old-11', 'new-1']);
    await execute('test.do', {}, wang, 'new-2');
    expect(keys()).toEqual(['old-11', 'new-1', 'new-2']);
  });

  it('leaves neither its answer nor a hash of its arguments in the file', async () => {
    handler = say('ticket-4711-4711');
    await execute('test.do', { text: 'a' }, wang, 'key-1');
    const file = Buffer.concat(['ledger.db', 'ledger.db-wal'].map((name) => readFileSync(join(folder, name))));
    expect([file.includes('key-1'), file.includes('ticket-4711'), file.includes(hashArgs({ text: 'a' }))]).toEqual([true, false, false]);
  });

  it.each(['', 'x'.repeat(129), 'with space', '键', 'tab\t', 17 as unknown as string])('needs a proper key: %j', async (key) => {
    expect(await execute('test.do', {}, wang, key)).toMatchObject(refused('malformed', { path: 'idempotencyKey' }));
  });

  it('means nothing without a session, and for reads that leave no trace', async () => {
    await execute('test.public', {}, nobody, 'key-1');
    await execute('test.public', {}, nobody, 'key-1');
    await execute('test.peek', {}, wang, 'key-1');
    await execute('test.peek', {}, wang, 'key-1');
    expect(calls).toHaveLength(4);
  });
});

describe('two who decide on the same state', () => {
  it('the second sees what the first committed', async () => {
    handler = () => {
      const before = ledger.get('layouts', 'shared') as { readonly count: number } | undefined;
      const count = (before?.count ?? 0) + 1;
      return ok({ result: { said: String(count) }, changes: [change('shared', { count })] });
    };
    const answers = await Promise.all([execute(), execute(), execute()]);
    expect(answers.map((answer) => answer.ok && (answer.value as { said: string }).said)).toEqual(['1', '2', '3']);
    expect(ledger.get('layouts', 'shared')).toEqual({ count: 3 });
  });
});

describe('a command whose whole effect is its commit', () => {
  it('waits for the disk once: both rows are in the transaction of its changes', async () => {
    const transactions = vi.spyOn(ledger, 'transact');
    handler = storing('one');
    expect(await execute('test.ledger')).toMatchObject({ ok: true });
    expect(transactions).toHaveBeenCalledTimes(1);
    expect(trail()).toEqual(['open test.ledger', 'close test.ledger ok']);
    expect(ledger.get('layouts', 'one')).toEqual({ key: 'one' });
    transactions.mockClear();
    expect(await execute('test.do')).toMatchObject({ ok: true });
    expect(transactions).toHaveBeenCalledTimes(2);
  });

  it('has not happened when it cannot be on record', async () => {
    handler = storing('one');
    const allow = refuseWrites();
    expect(await execute('test.ledger')).toMatchObject({ ok: false, error: { code: 'unavailable' } });
    allow();
    expect([trail(), ledger.get('layouts', 'one')]).toEqual([[], undefined]);
  });

  it('is on record when it is refused, too', async () => {
    handler = () => err(problem('not-found'));
    expect(await execute('test.ledger')).toEqual(refused('not-found'));
    expect(trail()).toEqual(['open test.ledger', 'close test.ledger not-found']);
  });
});

describe('too much at once', () => {
  it('leaves the loop to others between commands that take their time, in the order in which they came', async () => {
    let now = 0;
    vi.spyOn(clock, 'monotonic').mockImplementation(() => now);
    handler = (given) => {
      now += turnMs;
      return ok({ result: { said: (given as { text: string }).text } });
    };
    const running = Array.from({ length: 20 }, (_, index) => execute('test.do', { text: String(index) }));
    expect(calls).toHaveLength(1);
    let turns = 0;
    let isOver = false;
    const count = () => {
      turns += 1;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    const answers = await Promise.all(running);
    isOver = true;
    expect(answers.map((answer) => answer.ok && (answer.value as { said: string }).said)).toEqual(answers.map((_, index) => String(index)));
    expect(turns).toBeGreaterThanOrEqual(18);
    expect(trail()).toHaveLength(40);
  });

  it('is done for whoever asks as he is when it begins, not as he was when he was let in', async () => {
    let now = 0;
    vi.spyOn(clock, 'monotonic').mockImplementation(() => now);
    handler = () => {
      now += turnMs;
      callerNow = ({ sessionId }) => (sessionId === ('s2' as SessionId) ? undefined : principal({ permissions: new Set() }));
      return ok({ result: { said: 'first' } });
    };
    const running = [execute(), execute('test.do', {}, inSession(2)), execute('test.do', {}, inSession(3)), execute('test.public')];
    const [first, ended, narrowed, open] = await Promise.all(running);
    expect(first).toMatchObject({ ok: true });
    expect(ended).toEqual(refused('login-required'));
    expect(narrowed).toEqual(refused('forbidden', { permission: 'wall.control' }));
    expect(open).toMatchObject({ ok: true });
    expect(trail()).toEqual(['open test.do', 'close test.do ok', 'close test.do forbidden', 'open test.public', 'close test.public ok']);
  });

  it.each<[Problem['code'], object, () => Principal | undefined]>([
    ['login-required', {}, () => undefined],
    ['session-locked', {}, () => principal({ barrier: 'session-locked' })],
    ['forbidden', { permission: 'wall.control' }, () => principal({ permissions: new Set() })],
    ['out-of-scope', {}, () => principal({ scope: { districts: ['3301'], groups: '*' } })],
  ])('that took its time to read tells nothing to whoever may not know it any more: %s', async (code, params, now) => {
    const gate = held();
    handler = async () => (await gate.promise, ok({ result: { said: 'a picture' } }));
    const running = execute('test.read', { at: '3202' }, wang, 'k1');
    callerNow = now;
    gate.resolve();
    expect(await running).toEqual(refused(code, params));
    expect(trail()).toEqual(['open test.read', `close test.read ${code}`]);
    callerNow = (admitted) => admitted;
    expect(await execute('test.read', { at: '3202' }, wang, 'k1')).toEqual({ ok: true, value: { said: 'a picture' } });
  });

  it('that goes on in parts stops with the session of whoever asked: what is stored stays, and nothing follows', async () => {
    const gate = held();
    handler = async (_given, { commitPart }) => {
      commitPart([change('l1')]);
      await gate.promise;
      commitPart([change('l2')]);
      return ok({ result: { said: 'all of it' } });
    };
    const running = execute('test.do', {}, wang, 'k1');
    callerNow = () => undefined;
    gate.resolve();
    expect(await running).toEqual(refused('login-required'));
    expect([...ledger.all('layouts')]).toEqual([{ key: 'l1' }]);
    expect(trail()).toEqual(['open test.do', 'close test.do login-required']);
    callerNow = (admitted) => admitted;
    expect(await execute('test.do', {}, wang, 'k1')).toEqual({ ok: true, value: { said: 'all of it' } });
  });

  it('that took its time to do something says what it did, whatever became of whoever asked', async () => {
    const gate = held();
    handler = async () => (await gate.promise, ok({ result: { said: 'done' }, changes: [change('l1')] }));
    const running = execute();
    callerNow = () => undefined;
    gate.resolve();
    expect(await running).toEqual({ ok: true, value: { said: 'done' } });
    expect(trail()).toEqual(['open test.do', 'close test.do ok']);
  });

  it('is refused to a session, and to all sessions together, until there is a place again', async () => {
    const gate = held();
    handler = async () => (await gate.promise, ok({ result: { said: '-' } }));
    const running = Array.from({ length: maxInFlightPerSession }, () => execute('test.peek'));
    expect(await execute('test.peek')).toEqual(refused('too-many-requests'));
    for (let index = 2; running.length < maxInFlight; index += 1)
      for (let each = 0; each < maxInFlightPerSession; each += 1) running.push(execute('test.peek', {}, inSession(index)));
    expect(gateway.inFlight).toBe(maxInFlight);
    expect(await execute('test.peek', {}, inSession(1000))).toEqual(refused('too-many-requests'));
    gate.resolve();
    await Promise.all(running);
    expect(await execute('test.peek')).toMatchObject({ ok: true });
  });

  it('is refused to an address that has no session', async () => {
    const gate = held();
    handler = async () => (await gate.promise, ok({ result: { said: '-' } }));
    const running = Array.from({ length: maxInFlightPerSession }, () => execute('test.public', {}, nobody));
    expect(await execute('test.public', {}, nobody)).toEqual(refused('too-many-requests'));
    const elsewhere = execute('test.public', {}, { ...nobody, from: { ...from, address: '10.0.0.8' } });
    gate.resolve();
    await Promise.all([...running, elsewhere]);
    expect(calls).toHaveLength(maxInFlightPerSession + 1);
  });
});

describe('the gateway', () => {
  it('does not start when a command has no handler', () => {
    const options = {
      ledger,
      audit,
      lookup: nothingKnown,
      callerNow: (admitted: Principal) => admitted,
      requesterNow: () => undefined,
      clock,
      log: { debug() {}, info() {}, warn() {}, error() {} },
      definitions,
    };
    expect(() => createCommandGateway({ ...options, handlers: { 'test.do': say() } })).toThrow('test.read has no handler');
  });

  it('waits at its end for what runs, and lets nothing new in', async () => {
    const gate = held();
    handler = async () => (await gate.promise, ok({ result: { said: 'finished' }, changes: [change('l1')] }));
    const running = execute();
    let closed = false;
    const closing = gateway.close().then(() => {
      closed = true;
      return undefined;
    });
    expect(await execute()).toEqual(refused('shutting-down'));
    expect(closed).toBe(false);
    gate.resolve();
    await closing;
    expect(await running).toEqual({ ok: true, value: { said: 'finished' } });
    expect(ledger.size('layouts')).toBe(1);
  });
});
