import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { problem } from '../../main/contract/errors.ts';
import { protocolVersion, type SubscribeReply, type SubscribeRequest, type Welcome } from '../../main/contract/protocol.ts';
import { createHubClient, type HubClient, type HubSocket } from './hub-client.ts';

type Listener = (...args: never[]) => void;

/** The other end of the wire: keeps what the client sent, and says what the test wants said. */
class FakeSocket {
  connected = false;
  connects = 0;
  readonly subscribed: { request: SubscribeRequest; reply: (answer: SubscribeReply) => void }[] = [];
  readonly unsubscribed: number[] = [];
  readonly commands: { request: unknown; reply: (failure: Error | null, answer?: unknown) => void }[] = [];
  answersClock = true;
  hubClock = () => 5_000_000 + performance.now();
  readonly clockAsked: ((now: number) => void)[] = [];
  #listeners = new Map<string, Listener[]>();

  on(event: string, listener: Listener) {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
    return this;
  }
  say(event: string, ...args: unknown[]) {
    for (const listener of this.#listeners.get(event) ?? []) listener(...(args as never[]));
  }
  emit(event: string, ...args: unknown[]) {
    if (event === 'subscribe') this.subscribed.push({ request: args[0] as SubscribeRequest, reply: args[1] as never });
    if (event === 'unsubscribe') this.unsubscribed.push(args[0] as number);
    if (event === 'clock') this.clockAsked.push(args[0] as (now: number) => void);
    if (event === 'clock' && this.answersClock) this.clockAsked.at(-1)!(this.hubClock());
    return this;
  }
  timeout() {
    return {
      emit: (_event: string, request: unknown, reply: never) => {
        this.commands.push({ request, reply });
      },
    };
  }
  connect() {
    this.connects += 1;
    return this;
  }
  disconnect() {
    if (this.connected) this.drop('io client disconnect');
    return this;
  }
  accept(over: Partial<Welcome> = {}) {
    this.connected = true;
    this.say('connect');
    this.say('welcome', { protocol: protocolVersion, hubVersion: '0', epoch: 1, seq: 1, now: 1, demo: true, ...over });
  }
  drop(reason = 'transport close') {
    this.connected = false;
    this.say('disconnect', reason);
  }
}

let socket: FakeSocket;
let hub: HubClient;
const frame = () => vi.advanceTimersByTime(20);

beforeEach(() => {
  vi.useFakeTimers();
  socket = new FakeSocket();
  hub = createHubClient(socket as unknown as HubSocket);
});
afterEach(() => {
  hub.close();
  vi.useRealTimers();
});

const snapshot = (seq: number, ...ids: string[]): SubscribeReply => ({
  kind: 'snapshot',
  epoch: 1,
  seq,
  items: ids.map((id) => ({ id })),
});

test('connecting, live, stale and live again, told to listeners', () => {
  const seen: string[] = [];
  hub.onConnection((connection) => seen.push(connection.kind));
  expect(hub.connection.kind).toBe('connecting');
  socket.accept();
  socket.drop();
  socket.accept();
  expect(seen).toEqual(['live', 'stale', 'live']);
  expect(hub.hubNow()).toBe(Math.round(5_000_000 + performance.now()));
});

test('a hub of another protocol makes the page incompatible, and nothing is subscribed', () => {
  hub.collection('cameras');
  socket.accept({ protocol: protocolVersion + 1 });
  expect(hub.connection.kind).toBe('incompatible');
  expect(socket.subscribed).toEqual([]);
});

test('a refusal is kept with its reason and asked again later', () => {
  socket.say('connect_error', Object.assign(new Error('no'), { data: problem('login-required') }));
  expect(hub.connection).toEqual({ kind: 'refused', reason: problem('login-required') });
  vi.advanceTimersByTime(6000);
  expect(socket.connects).toBe(2);
});

test('a farewell followed by a hang-up stays refused', () => {
  socket.accept();
  socket.say('farewell', problem('login-required'));
  socket.drop('io server disconnect');
  expect(hub.connection.kind).toBe('refused');
});

test('a hub that stops answering is stale within 4 s though the transport says connected, and is dialled anew', () => {
  socket.accept();
  socket.answersClock = false;
  vi.advanceTimersByTime(4000);
  expect(hub.connection.kind).toBe('stale');
  expect(socket.connected).toBe(true);
  vi.advanceTimersByTime(6000);
  expect(socket.connected).toBe(false);
  expect(socket.connects).toBeGreaterThan(1);
});

describe('a sleep of this computer, of which only the wall clock knows', () => {
  const hourMs = 3_600_000;
  let hubNow: number;
  let told: number;

  beforeEach(() => {
    hubNow = 5_000_000;
    told = 0;
    socket.hubClock = () => hubNow;
    hub.onClock(() => (told += 1));
  });
  const pass = (ms: number) => {
    for (let past = 0; past < ms; past += 50) {
      hubNow += 50;
      vi.advanceTimersByTime(50);
    }
  };
  const sleep = (ms: number) => {
    hubNow += ms;
    vi.setSystemTime(Date.now() + ms);
  };

  test.each([
    ['twenty seconds', 20_000],
    ['a night', 8 * hourMs],
  ])("%s: the hub's clock is a guess until it was asked anew, the line is dialled anew, and what is shown is old since before", (_, ms) => {
    socket.accept();
    pass(3000);
    expect([hub.clockKnown, told]).toEqual([true, 1]);
    const lastSeen = hubNow;
    socket.answersClock = false;
    sleep(ms);
    expect(hub.clockKnown, 'before any timer has run').toBe(false);
    expect(Math.abs(hub.hubNow() - hubNow), 'the best guess').toBeLessThan(1000);
    pass(500);
    expect([socket.connected, socket.connects]).toEqual([false, 2]);
    expect(hub.connection).toMatchObject({ kind: 'stale' });
    expect(Math.abs((hub.connection as { since: number }).since - lastSeen)).toBeLessThan(1500);
    socket.answersClock = true;
    socket.accept();
    expect([hub.clockKnown, told, hub.connection.kind]).toEqual([true, 2, 'live']);
    expect(Math.abs(hub.hubNow() - hubNow)).toBeLessThan(50);
  });

  test('a short one: the hub is asked at once, over the line that is there', () => {
    socket.accept();
    pass(3000);
    sleep(4000);
    expect(hub.clockKnown).toBe(false);
    pass(250);
    expect([hub.clockKnown, socket.connected, hub.connection.kind, told]).toEqual([true, true, 'live', 2]);
    expect(Math.abs(hub.hubNow() - hubNow)).toBeLessThan(50);
  });

  test('an answer to what was asked before it says nothing', () => {
    socket.accept();
    pass(3000);
    socket.answersClock = false;
    pass(1000);
    const late = socket.clockAsked.at(-1)!;
    const heldBack = hubNow;
    sleep(5000);
    late(heldBack);
    expect(hub.clockKnown).toBe(false);
    socket.answersClock = true;
    pass(250);
    expect([hub.clockKnown, Math.abs(hub.hubNow() - hubNow) < 50]).toEqual([true, true]);
  });

  test.each([
    ['ahead', hourMs],
    ['back', -hourMs],
  ])("this computer's clock set %s an hour makes no other time of the hub's once it has been asked", (_, ms) => {
    socket.accept();
    pass(3000);
    vi.setSystemTime(Date.now() + ms);
    pass(1000);
    if (!socket.connected) socket.accept();
    expect([hub.clockKnown, Math.abs(hub.hubNow() - hubNow) < 50]).toEqual([true, true]);
    expect(told, 'nobody has to look anew for a clock that was set back').toBe(ms > 0 ? 2 : 1);
  });

  test("the hub's own clock set is told of", () => {
    socket.accept();
    pass(3000);
    hubNow += hourMs;
    pass(1500);
    expect([told, Math.abs(hub.hubNow() - hubNow) < 50]).toEqual([2, true]);
  });

  test('a process that was stopped knows the time: its own clock went on', () => {
    socket.accept();
    pass(3000);
    hubNow += 20_000;
    vi.setSystemTime(Date.now() + 20_000);
    const before = performance.now.bind(performance);
    vi.spyOn(performance, 'now').mockImplementation(() => before() + 20_000);
    expect([hub.clockKnown, Math.abs(hub.hubNow() - hubNow) < 50]).toEqual([true, true]);
    vi.restoreAllMocks();
  });
});

test('the same wish is subscribed once however many hold it, and ends with the last', () => {
  socket.accept();
  const one = hub.collection('cameras', { ids: ['b', 'a'] });
  const two = hub.collection('cameras', { ids: ['a', 'b'] });
  expect(socket.subscribed).toHaveLength(1);
  socket.subscribed[0]!.reply(snapshot(1, 'a'));
  expect(two.items.has('a')).toBe(true);
  one.release();
  one.release();
  expect(socket.unsubscribed).toEqual([]);
  two.release();
  expect(socket.unsubscribed).toEqual([socket.subscribed[0]!.request.id]);
});

test('a late holder sees what is already there', () => {
  socket.accept();
  hub.collection('cameras');
  socket.subscribed[0]!.reply(snapshot(1, 'a'));
  const late = hub.collection('cameras');
  expect(late.state.kind).toBe('ready');
  expect(late.items.size).toBe(1);
});

test('three thousand changes within one frame are told once', () => {
  socket.accept();
  const cameras = hub.collection('cameras');
  const told: number[] = [];
  cameras.onChange((changed) => told.push(changed.size));
  const { request, reply } = socket.subscribed[0]!;
  reply(snapshot(1));
  for (let i = 0; i < 3000; i++) {
    const key = String(i);
    socket.say('changes', { id: request.id, epoch: 1, previous: 1 + i, seq: 2 + i, ops: [{ op: 'put', key, value: { id: key } }] });
  }
  expect(told).toEqual([]);
  frame();
  expect(told).toEqual([3000]);
  frame();
  expect(told).toEqual([3000]);
});

test('after a reconnect it resubscribes from where it stands', () => {
  socket.accept();
  hub.collection('cameras');
  socket.subscribed[0]!.reply(snapshot(7, 'a'));
  socket.drop();
  socket.accept();
  expect(socket.subscribed).toHaveLength(2);
  expect(socket.subscribed[1]!.request).toMatchObject({ collection: 'cameras', last: { epoch: 1, seq: 7 } });
});

test('a gap makes it resubscribe, not guess, and not in a tight loop', () => {
  socket.accept();
  const cameras = hub.collection('cameras');
  socket.subscribed[0]!.reply(snapshot(7, 'a'));
  vi.advanceTimersByTime(1000);
  const gap = (id: number) => socket.say('changes', { id, epoch: 1, previous: 99, seq: 100, ops: [{ op: 'delete', key: 'a' }] });
  gap(socket.subscribed[0]!.request.id);
  expect(socket.unsubscribed).toEqual([socket.subscribed[0]!.request.id]);
  expect(socket.subscribed).toHaveLength(2);
  socket.subscribed[1]!.reply(snapshot(50, 'a', 'b'));
  gap(socket.subscribed[1]!.request.id);
  gap(socket.subscribed[1]!.request.id);
  expect(socket.subscribed).toHaveLength(2);
  vi.advanceTimersByTime(600);
  expect(socket.subscribed).toHaveLength(3);
  expect(cameras.items.has('a')).toBe(true);
});

test('messages of a subscription that was replaced are ignored', () => {
  socket.accept();
  const cameras = hub.collection('cameras');
  const old = socket.subscribed[0]!;
  socket.drop();
  socket.accept();
  old.reply(snapshot(3, 'ghost'));
  socket.say('volatile', { id: old.request.id, items: [{ key: 'ghost', fields: {} }] });
  expect(cameras.items.size).toBe(0);
});

test('a command resolves with the result, rejects with the problem', async () => {
  socket.accept();
  const good = hub.command('camera.search', { text: 'x' });
  socket.commands[0]!.reply(null, { result: { cameras: [], total: 0 } });
  await expect(good).resolves.toEqual({ cameras: [], total: 0 });
  const bad = hub.command('camera.search', { text: 'x' });
  socket.commands[1]!.reply(null, { error: problem('forbidden') });
  await expect(bad).rejects.toMatchObject({ problem: { code: 'forbidden' } });
  const slow = hub.command('camera.search', { text: 'x' });
  socket.commands[2]!.reply(new Error('operation has timed out'));
  await expect(slow).rejects.toMatchObject({ problem: { code: 'deadline-exceeded' } });
});

test('without a line a command is rejected at once', async () => {
  await expect(hub.command('camera.search', { text: 'x' })).rejects.toMatchObject({ problem: { code: 'unavailable' } });
  expect(socket.commands).toEqual([]);
});

test('closing leaves no timer behind', () => {
  socket.accept();
  hub.collection('cameras');
  socket.subscribed[0]!.reply(snapshot(7, 'a'));
  socket.say('changes', { id: socket.subscribed[0]!.request.id, epoch: 1, previous: 0, seq: 9, ops: [] });
  hub.close();
  expect(vi.getTimerCount()).toBe(0);
});
