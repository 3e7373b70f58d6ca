import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { silentLog } from '../contract/log.ts';
import { ManualClock } from '../hub/readings/manual-clock.ts';
import { supervise } from '../supervision/supervisor.ts';
import { electronProcessHost } from './electron-process-host.ts';
import { fake, FakeEvent, FakeUtilityProcess } from './testdata/fake-electron.ts';

vi.mock('electron', async () => (await import('./testdata/fake-electron.ts')).fakeModule);

beforeEach(() => fake.reset());
afterEach(() => vi.unstubAllEnvs());

test('a process gets our environment without the first password, and V8’s switches as the one that Chromium knows', () => {
  vi.stubEnv('TAODU_ADMIN_PASSWORD', 'secret');
  vi.stubEnv('TZ', 'Asia/Shanghai');
  electronProcessHost.spawn('/d/relay.js', 'relay', {
    env: { MALLOC_ARENA_MAX: '2' },
    execArgv: ['--min-semi-space-size=8', '--max-semi-space-size=8'],
  });
  electronProcessHost.spawn('/d/hub.js', 'hub');
  const [relay, hub] = FakeUtilityProcess.all;
  expect(relay!.options).toMatchObject({
    serviceName: 'taodu-relay',
    execArgv: ['--js-flags=--min-semi-space-size=8 --max-semi-space-size=8'],
  });
  expect(relay!.options.env).toMatchObject({ MALLOC_ARENA_MAX: '2', TZ: 'Asia/Shanghai' });
  expect(relay!.options.env).not.toHaveProperty('TAODU_ADMIN_PASSWORD');
  expect(hub!.options.execArgv).toEqual([]);
});

test('messages go both ways, and an end is heard once', () => {
  const child = electronProcessHost.spawn('/d/hub.js', 'hub');
  const [process] = FakeUtilityProcess.all;
  const heard: unknown[] = [];
  const ends: unknown[] = [];
  const ignore = child.onMessage((message) => heard.push(message));
  child.onExit((code, signal) => ends.push([code, signal]));
  expect(child.pid).toBeUndefined();
  process!.spawn(4711);
  expect(child.pid).toBe(4711);
  child.send({ kind: 'start' });
  process!.emit('message', { kind: 'ready' });
  ignore();
  process!.emit('message', { kind: 'late' });
  child.kill();
  process!.exit(0);
  process!.emit('exit', 0);
  expect([process!.heard, heard, ends, process!.kills]).toEqual([[{ kind: 'start' }], [{ kind: 'ready' }], [[0, null]], 1]);
  expect(fake.app.listenerCount('child-process-gone')).toBe(0);
});

test('a process that could not be started has ended; another one’s failure is not its own', () => {
  const child = electronProcessHost.spawn('/d/hub.js', 'hub');
  const ends: unknown[] = [];
  child.onExit((code) => ends.push(code));
  const fail = (name: string, reason: Electron.Details['reason']) =>
    fake.app.emit('child-process-gone', new FakeEvent(), { type: 'Utility', reason, exitCode: 2, name } satisfies Electron.Details);
  fail('taodu-relay', 'launch-failed');
  fail('taodu-hub', 'crashed');
  expect(ends).toEqual([]);
  fail('taodu-hub', 'launch-failed');
  expect(ends).toEqual([null]);
});

test('one whose heap is full ends alone: Electron tells of it by an event that takes the whole app where nobody listens', () => {
  const child = electronProcessHost.spawn('/d/hub.js', 'hub');
  const ends: unknown[] = [];
  child.onExit((code) => ends.push(code));
  const [process] = FakeUtilityProcess.all;
  process!.spawn(4711);
  process!.emit('error', 'FatalError', 'v8::internal::Heap', '{}');
  process!.exit(5);
  expect(ends).toEqual([5]);
});

test('what does not listen is ended by its id, and what has gone is left alone', () => {
  const kill = vi.spyOn(process, 'kill').mockImplementation(() => {
    throw new Error('ESRCH');
  });
  const child = electronProcessHost.spawn('/d/hub.js', 'hub');
  FakeUtilityProcess.all[0]!.spawn(4711);
  child.kill('SIGKILL');
  expect(kill).toHaveBeenCalledWith(4711, 'SIGKILL');
  FakeUtilityProcess.all[0]!.exit(9);
  child.kill('SIGKILL');
  expect(kill).toHaveBeenCalledTimes(1);
  expect(FakeUtilityProcess.all[0]!.kills).toBe(1);
  kill.mockRestore();
});

test('the supervisor keeps one running', async () => {
  const clock = new ManualClock();
  const hub = supervise({ host: electronProcessHost, entry: '/d/hub.js', name: 'hub', config: () => ({ port: 1 }), clock, log: silentLog });
  const running = () => FakeUtilityProcess.all.at(-1)!;
  running().spawn(1);
  await clock.advance(0);
  expect(running().heard).toEqual([{ kind: 'start', config: { port: 1 } }]);
  running().emit('message', { kind: 'ready', port: 8600, facts: {} });
  expect((await hub.firstReady).port).toBe(8600);
  running().exit(1);
  await clock.advance(0);
  await clock.advance(200);
  expect(FakeUtilityProcess.all).toHaveLength(2);
  running().spawn(2);
  const stopped = hub.stop(1000);
  await clock.advance(0);
  expect(running().heard.at(-1)).toEqual({ kind: 'stop' });
  running().exit(0);
  await stopped;
  expect(hub.restarts).toBe(1);
});
