import { describe, expect, test } from 'vitest';
import { problem, type ErrorCode } from '../../main/contract/errors.ts';
import { silentLog } from '../../main/contract/log.ts';
import type { SourceSpec } from '../contract.ts';
import { newRelayCounters } from './relay-counters.ts';
import { StreamPath, type StartTurns } from './stream-path.ts';
import { FakeClock } from './testdata/fake-clock.ts';
import { scriptedSources } from './testdata/scripted-source.ts';
import { unitAt } from './testdata/units.ts';

// One path beside the start queue: what it tells the queue, and what it makes of the answers.

const spec: SourceSpec = { kind: 'rtsp', url: 'rtsp://admin:old@nvr.example/ch1' };
const changed: SourceSpec = { kind: 'rtsp', url: 'rtsp://admin:new@nvr.example/ch1' };
const key = (ms: number) => unitAt(ms, { key: true });
const full = problem('source-budget', { name: 'line', max: 1, unit: 'connections' });
const settle = () => new Promise((done) => setImmediate(done));

function setUp() {
  const clock = new FakeClock();
  const { runs, openSource } = scriptedSources();
  const told: string[] = [];
  const states: string[] = [];
  const line: { full: boolean } = { full: false };
  const turns: StartTurns = {
    ask: () => told.push('ask'),
    watch: () => told.push('watch'),
    withdraw: () => told.push('withdraw'),
    answered: () => told.push('answered'),
    opened: () => told.push('opened'),
    over: () => told.push('over'),
    located: (_path, address) => (told.push(`located ${address}`), line.full ? full : null),
  };
  const counters = newRelayCounters();
  const path = new StreamPath({
    cameraId: 'c1',
    profile: 'main',
    openSource,
    lingerMs: 15_000,
    watchdogMs: 8_000,
    clock,
    log: silentLog,
    turns,
    quarantine: { breaks: 3, withinMs: 60_000, forMs: 30_000 },
    counters,
    onChange: ({ state, reason }) => states.push(reason === null ? state : `${state}:${reason}`),
    random: () => 0.5,
  });
  const later = (ms: number) => {
    clock.advance(ms);
    path.tick();
  };
  /** Asks for a turn as often as it is due, and gets it at once. */
  const go = (ms: number) => {
    const asked = told.length;
    later(ms);
    if (told.slice(asked).includes('ask')) path.begin(0);
  };
  return { clock, path, runs, told, states, counters, later, go, line };
}

describe('a turn', () => {
  test('is waited for, and given back when there is a picture, when it fails, when it ends', async () => {
    const { path, runs, told, states } = setUp();
    path.lease(spec);
    path.wait(problem('source-queued'));
    expect([path.state, path.reason, runs.length]).toEqual(['starting', 'source-queued', 0]);
    path.begin(700);
    expect([path.state, path.reason, runs.length]).toEqual(['starting', null, 1]);
    runs[0]!.report.step('connect');
    runs[0]!.push(key(0));
    await runs[0]!.fail('source-ended');
    expect(told).toEqual(['ask', 'answered', 'opened', 'over']);
    expect(states).toEqual(['starting', 'starting:source-queued', 'ready', 'failed:source-ended']);
  });

  test.each(['play', 'first-packet'] as const)(
    'is given back when the camera begins to send (%s): the wait for its key picture is its own',
    (step) => {
      const { path, runs, told } = setUp();
      path.lease(spec);
      path.begin(0);
      runs[0]!.report.step('connect');
      runs[0]!.report.step(step);
      expect([path.state, told]).toEqual(['starting', ['ask', 'answered', 'opened']]);
    },
  );

  test('that there is no room for is a failure with its reason, until there is', () => {
    const { path, told, later, runs, counters } = setUp();
    path.lease(spec);
    path.wait(full);
    expect([path.state, path.failure]).toEqual(['failed', full]);
    later(3_600_000);
    expect(told).toEqual(['ask']);
    path.wait(problem('source-queued'));
    expect(path.state).toBe('starting');
    path.wait(full);
    path.begin(5);
    expect([path.state, path.reason, runs.length, counters.budgetsRefused]).toEqual(['starting', null, 1, 2]);
  });

  test.each([problem('source-queued'), full])('nobody wants it any more while it waits (%o): over at once', (reason) => {
    const { path, told, later } = setUp();
    path.lease(spec);
    path.wait(reason);
    path.release();
    expect([path.state, path.isOver, told]).toEqual(['idle', true, ['ask', 'withdraw']]);
    later(60_000);
    path.lease(spec);
    expect(told.at(-1)).toBe('ask');
  });

  test('of a diagnosis becomes one of a watched picture', () => {
    const { path, told } = setUp();
    path.lease(spec, false);
    expect(path.isWatched).toBe(false);
    path.lease(spec, true);
    path.lease(spec, true);
    expect([path.isWatched, told]).toEqual([true, ['ask', 'watch']]);
  });

  test('ends when the host turns out to be behind a full line; it asks again when its connection is closed', async () => {
    const { path, runs, told, line } = setUp();
    path.lease(spec);
    path.begin(0);
    line.full = true;
    runs[0]!.report.step('resolve', { address: '10.0.0.1' });
    expect([path.state, path.reason, runs[0]!.signal.aborted]).toEqual(['failed', 'source-budget', true]);
    await settle();
    expect(told).toEqual(['ask', 'located 10.0.0.1', 'over', 'ask']);
    path.wait(full);
    path.begin(0);
    expect(runs.length).toBe(2);
  });

  test('is asked for anew when the camera was changed', async () => {
    const { path, runs, told } = setUp();
    path.lease(spec);
    path.update(changed);
    path.begin(0);
    path.update(spec);
    await settle();
    expect(told).toEqual(['ask', 'withdraw', 'ask', 'over', 'ask']);
    expect(runs.map((run) => run.spec)).toEqual([changed]);
  });
});

describe('logins', () => {
  const refuse = async (setup: ReturnType<typeof setUp>) => {
    await setup.runs.at(-1)!.fail('source-login-refused');
  };

  test('two tries, then one a minute; the account is not locked by coming and going either', async () => {
    const setup = setUp();
    const { path, runs, go, told, counters } = setup;
    path.lease(spec);
    path.begin(0);
    await refuse(setup);
    go(250);
    expect(runs.length).toBe(2);
    await refuse(setup);
    go(59_999);
    expect(runs.length).toBe(2);
    path.release();
    expect([path.state, path.isOver]).toEqual(['idle', false]);
    path.lease(spec);
    expect([path.state, path.reason, told.filter((word) => word === 'ask').length]).toEqual(['failed', 'source-login-refused', 2]);
    go(1);
    expect([runs.length, counters.loginsRefused]).toEqual([3, 2]);
    await refuse(setup);
    go(59_999);
    expect(runs.length).toBe(3);
  });

  test('a new password is tried at once', async () => {
    const setup = setUp();
    const { path, runs, go } = setup;
    path.lease(spec);
    path.begin(0);
    await refuse(setup);
    go(250);
    await refuse(setup);
    path.update(changed);
    path.begin(0);
    expect([path.state, runs.length, runs[2]!.spec]).toEqual(['starting', 3, changed]);
    await refuse(setup);
    go(250);
    expect(runs.length).toBe(4);
  });

  test('one that succeeds in between makes good', async () => {
    const setup = setUp();
    const { path, runs, go } = setup;
    path.lease(spec);
    path.begin(0);
    for (let times = 0; times < 2; times++) {
      await refuse(setup);
      go(2000);
      runs.at(-1)!.push(key(0));
      await runs.at(-1)!.fail('source-ended');
      go(2000);
    }
    expect(runs.length).toBe(5);
  });
});

test('a camera that is noticed to be there is tried at once, unless it is left alone on purpose or has to wait its turn', async () => {
  const { path, runs, told, go } = setUp();
  path.wake();
  path.lease(spec);
  path.begin(0);
  path.wake();
  await runs[0]!.fail('source-publisher-absent');
  path.wake();
  expect([path.state, told.at(-1)]).toEqual(['starting', 'ask']);
  path.wait(full);
  path.wake();
  path.begin(0);
  await runs[1]!.fail('source-login-refused');
  go(2000);
  await runs[2]!.fail('source-login-refused');
  path.wake();
  expect([path.state, runs.length]).toEqual(['failed', 3]);
});

describe('a camera that flaps', () => {
  const flap = async ({ path, runs, go }: ReturnType<typeof setUp>, code: ErrorCode = 'source-ended') => {
    path.lease(spec);
    path.begin(0);
    for (let breaks = 1; ; breaks++) {
      runs.at(-1)!.push(key(0));
      await runs.at(-1)!.fail(code);
      if (breaks === 3) return;
      go(2000);
    }
  };

  test('is left alone for a while, visibly, then has one try', async () => {
    const setup = setUp();
    const { clock, path, runs, go, counters } = setup;
    await flap(setup);
    const until = clock.now() + 30_000;
    expect([path.state, path.failure]).toEqual(['failed', problem('source-quarantined', { until, breaks: 3 })]);
    expect([path.isQuarantined, counters.quarantines]).toEqual([true, 1]);
    go(29_999);
    expect(runs.length).toBe(3);
    go(1);
    expect([runs.length, path.isQuarantined]).toEqual([4, false]);
    await runs[3]!.fail('source-unreachable');
    expect([path.reason, path.failure?.params['breaks']]).toEqual(['source-quarantined', 3]);
    go(30_000);
    runs[4]!.push(key(0));
    expect([path.state, path.reason]).toEqual(['ready', null]);
  });

  test('stays so for whoever comes later, until its source is changed', async () => {
    const setup = setUp();
    const { path, runs } = setup;
    await flap(setup);
    path.release();
    path.lease(spec);
    expect([path.state, path.reason, runs.length]).toEqual(['failed', 'source-quarantined', 3]);
    path.update(changed);
    path.begin(0);
    expect([path.state, runs.length]).toEqual(['starting', 4]);
  });

  test('is not one whose worker died', async () => {
    const setup = setUp();
    await flap(setup, 'worker-unavailable');
    expect(setup.path.reason).toBe('worker-unavailable');
  });
});

describe('the trace', () => {
  test('shows the steps of the latest run with their times, then how it failed', async () => {
    const { path, runs, clock, later } = setUp();
    path.lease(spec);
    clock.advance(300);
    expect(path.trace()).toEqual({ state: 'starting', queuedMs: 300, steps: [], failure: null, failedAtMs: null });
    path.begin(300);
    clock.advance(5);
    runs[0]!.report.step('resolve', { address: '10.0.0.1' });
    clock.advance(7);
    runs[0]!.report.step('connect', { port: 554 });
    runs[0]!.report.link({ transport: 'tcp', packets: 10, lost: 3, reordered: 0, duplicated: 0, jitterMs: 1 });
    clock.advance(8);
    runs[0]!.push(unitAt(0));
    clock.advance(30);
    runs[0]!.push(key(30));
    expect(path.trace()).toEqual({
      state: 'ready',
      queuedMs: 300,
      steps: [
        { step: 'resolve', atMs: 5, params: { address: '10.0.0.1' } },
        { step: 'connect', atMs: 12, params: { port: 554 } },
        { step: 'first-packet', atMs: 20, params: {} },
        { step: 'key-picture', atMs: 50, params: {} },
      ],
      failure: null,
      failedAtMs: null,
    });
    expect([path.codec, path.link?.lost]).toEqual(['h264', 3]);
    clock.advance(50);
    await runs[0]!.fail('source-ended');
    expect([path.trace().failure?.code, path.trace().failedAtMs, path.trace().steps.length, path.codec]).toEqual([
      'source-ended',
      100,
      4,
      null,
    ]);
    later(250);
    path.begin(0);
    expect(path.trace()).toMatchObject({ steps: [], failure: { code: 'source-ended' }, failedAtMs: null });
  });

  test('is bounded, hears the current run only, and repeats no step that the source told', () => {
    const { path, runs } = setUp();
    path.lease(spec);
    path.begin(0);
    runs[0]!.report.step('key-picture', { codec: 'h264' });
    runs[0]!.push(key(0));
    for (let i = 0; i < 100; i++) runs[0]!.report.step('connect');
    const { steps } = path.trace();
    expect([steps.length, steps.filter(({ step }) => step === 'key-picture').length]).toEqual([64, 1]);
    path.update(changed);
    runs[0]!.report.step('play');
    expect(path.trace().steps.some(({ step }) => step === 'play')).toBe(false);
  });

  test('lost packets are counted over all runs', async () => {
    const { path, runs, counters, go } = setUp();
    const link = (lost: number) => ({ transport: 'udp', packets: 10, lost, reordered: 0, duplicated: 0, jitterMs: null }) as const;
    path.lease(spec);
    path.begin(0);
    for (const lost of [2, 2, 5]) runs[0]!.report.link(link(lost));
    await runs[0]!.fail('source-ended');
    go(250);
    expect(path.link).toBeNull();
    runs[1]!.report.link(link(4));
    expect(counters.packetsLost).toBe(9);
  });
});
