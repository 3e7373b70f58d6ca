import { afterEach, describe, expect, test } from 'vitest';
import { problem } from '../../main/contract/errors.ts';
import { recordFlag, recordType, type WallRecord } from '../wire/wall-record.ts';
import type { AccessUnitSink } from './source.ts';
import { ask, metricsOf, openTarget, orderOf, runningHub, runningRelay, until, wallSocket } from './testdata/running-relay.ts';
import { ShiftedClock } from './testdata/shifted-clock.ts';
import { parameterSets, pictureAt } from './testdata/units.ts';

// Real sockets between a page and the relay; the cameras do what the test says.

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function city(options: Parameters<typeof runningRelay>[0] = {}) {
  const running = await runningRelay({ maxLeases: 2048, ...options });
  cleanups.push(() => running.server.stop());
  const hub = runningHub(running.url);
  cleanups.push(() => hub.relay.stop());
  await hub.heard(hub.kind('up'));
  const { relay } = hub;
  const page = async (more: Parameters<typeof wallSocket>[1] = {}) => {
    const made = await wallSocket(running.server, more);
    cleanups.push(() => made.socket.terminate());
    return made;
  };
  const open = async (leaseId: string, cameraId = 'c1', more: Partial<ReturnType<typeof orderOf>> = {}) => {
    expect(await relay.open({ ...orderOf(leaseId, cameraId), ...more })).toEqual({ ok: true, value: undefined });
    return running.runs.at(-1)!;
  };
  const ticket = (leaseId: string) => relay.ticket(leaseId, Date.now()).ticket;
  return { ...running, hub, relay, page, open, ticket };
}
const flagsOf = (records: readonly WallRecord[]) => records.map(({ flags }) => flags);
const { key, catchUp, burstEnd, discontinuity, disposable } = recordFlag;

describe('a subscription', () => {
  test('begins with the kept GOP, then gets what comes; one message holds many records', async () => {
    const { page, open, ticket } = await city();
    const run = await open('l1');
    for (const at of [0, 40, 80]) run.push(pictureAt(at, { key: at === 0 }));
    run.push(pictureAt(120, { key: true, bytes: 5000 }));
    run.push(pictureAt(160));
    const wall = await page();
    wall.sub(7, ticket('l1'));
    await until(() => wall.pictures(7).length === 2);
    run.push(pictureAt(200));
    run.push(pictureAt(240, { disposable: true }));
    await until(() => wall.pictures(7).length === 4);
    expect(wall.records.map(({ type }) => type)).toEqual([recordType.config, 0, 0, 0, 0]);
    expect(wall.config(7)).toEqual([{ video: 'avc1.4d4016', width: 640, height: 360, audio: null, transcoded: false }]);
    expect(flagsOf(wall.pictures(7))).toEqual([key | catchUp, catchUp | burstEnd, 0, disposable]);
    const sequence = wall.pictures(7)[0]!.sequence;
    expect(wall.pictures(7).map((one) => one.sequence - sequence)).toEqual([0, 1, 2, 3]);
    expect(wall.pictures(7)[0]).toMatchObject({ ptsUs: 120_000, receivedAtUs: 120_000, codec: 1 });
    expect(wall.pictures(7)[0]!.payload).toEqual(pictureAt(120, { key: true, bytes: 5000 }).annexB);
    expect(wall.heard.messages).toBeLessThanOrEqual(3);
  });

  test('a cold camera: says what it waits for, then shows the first picture by itself', async () => {
    const { page, open, ticket } = await city();
    const run = await open('l1');
    const wall = await page();
    wall.sub(1, ticket('l1'));
    await until(() => wall.events(1).length === 1);
    expect(wall.events(1)).toEqual([{ event: 'waiting', code: 'path-starting', params: {} }]);
    run.push(pictureAt(0, { key: true }));
    await until(() => wall.pictures(1).length === 1);
    expect(flagsOf(wall.pictures(1))).toEqual([key]);
  });

  test('a camera that dies and returns: why there is no picture, and pictures again without a new ticket', async () => {
    const { page, open, ticket, runs, clock } = await city();
    const run = await open('l1');
    run.push(pictureAt(0, { key: true }));
    const wall = await page();
    wall.sub(1, ticket('l1'));
    await until(() => wall.pictures(1).length === 1);
    await run.fail('source-unreachable');
    await until(() => wall.events(1).some((said) => said.event === 'waiting' && said.code === 'source-unreachable'));
    await wall.settled();
    clock.advance(3000);
    await until(() => runs.length === 2);
    runs[1]!.push(pictureAt(0, { key: true, sets: parameterSets.large }));
    runs[1]!.push(pictureAt(40));
    await until(() => wall.pictures(1).length === 3);
    expect(flagsOf(wall.pictures(1)).slice(1)).toEqual([key | discontinuity, 0]);
    expect(wall.config(1).map(({ width, height }) => [width, height])).toEqual([
      [640, 360],
      [720, 576],
    ]);
  });

  test('ends at once with its lease; the page is told', async () => {
    const { page, open, ticket, relay, hub } = await city();
    (await open('l1')).push(pictureAt(0, { key: true }));
    const wall = await page();
    wall.sub(1, ticket('l1'));
    await until(() => wall.pictures(1).length === 1);
    await hub.heard(hub.kind('path', ({ path }) => path.viewers === 1));
    relay.close('l1');
    await until(() => wall.events(1).length === 1);
    expect(wall.events(1)).toEqual([{ event: 'ended', code: 'playback-ended', params: {}, ticketKept: false }]);
  });

  test('key pictures only, nothing, and everything again', async () => {
    const { page, open, ticket } = await city();
    const run = await open('l1');
    run.push(pictureAt(0, { key: true }));
    run.push(pictureAt(40));
    const wall = await page();
    wall.sub(1, ticket('l1'), { mode: 'key' });
    await until(() => wall.pictures(1).length === 1);
    for (const at of [80, 120, 160, 200]) run.push(pictureAt(at, { key: at === 160 }));
    await until(() => wall.pictures(1).length === 2);
    expect(flagsOf(wall.pictures(1))).toEqual([key | catchUp | burstEnd, key]);
    wall.say({ op: 'set', id: 1, mode: 'off', audio: false });
    wall.say({ op: 'set', id: 1, mode: 'full', audio: false });
    await until(() => wall.pictures(1).length === 4);
    expect(wall.pictures(1).map(({ ptsUs }) => ptsUs)).toEqual([0, 160_000, 160_000, 200_000]);
    expect(flagsOf(wall.pictures(1)).slice(2)).toEqual([key | catchUp, catchUp | burstEnd]);
    run.push(pictureAt(240));
    await until(() => wall.pictures(1).length === 5);
  });

  test('sound for who asks for it; the config says what it is', async () => {
    const { page, open, ticket } = await city();
    const run = await open('l1');
    run.push(pictureAt(0, { key: true }));
    const wall = await page();
    wall.sub(1, ticket('l1'), { audio: true });
    wall.sub(2, ticket('l1'));
    await until(() => wall.pictures(1).length === 1 && wall.pictures(2).length === 1);
    run.push({ ...pictureAt(10), codec: 'pcma', annexB: Uint8Array.of(1, 2, 3) });
    run.push(pictureAt(40));
    await until(() => wall.pictures(1).length === 2 && wall.pictures(2).length === 2);
    expect(wall.of(1, recordType.audio)).toMatchObject([{ codec: 17, ptsUs: 10_000, payload: Uint8Array.of(1, 2, 3) }]);
    expect(wall.of(2, recordType.audio)).toEqual([]);
    expect(wall.config(1).map(({ audio }) => audio)).toEqual([null, 'pcma']);
  });

  test('as fMP4: the initialisation segment, then the parts of the one muxer since the last that begins with a key', async () => {
    const { page, open, ticket } = await city();
    const run = await open('l1');
    for (const at of [0, 40, 80]) run.push(pictureAt(at, { key: at !== 40 }));
    const wall = await page();
    wall.sub(1, ticket('l1'), { format: 'fmp4' });
    const { fmp4Init, fmp4Fragment, config } = recordType;
    await until(() => wall.of(1, fmp4Fragment).length === 1);
    run.push(pictureAt(120));
    await until(() => wall.of(1, fmp4Fragment).length === 2);
    expect(wall.of(1).map(({ type }) => type)).toEqual([config, fmp4Init, fmp4Fragment, fmp4Fragment]);
    expect(flagsOf(wall.of(1, fmp4Fragment))).toEqual([key, 0]);
    expect(wall.of(1, fmp4Fragment).map(({ payload }) => payload)).toEqual([pictureAt(80, { key: true }).annexB, pictureAt(120).annexB]);
  });

  test('two viewers are one upstream and two playbacks', async () => {
    const { page, open, ticket, hub, runs } = await city();
    (await open('l1')).push(pictureAt(0, { key: true }));
    await open('l2');
    const [one, two] = [await page(), await page()];
    one.sub(1, ticket('l1'));
    two.sub(1, ticket('l2'));
    await until(() => one.pictures(1).length === 1 && two.pictures(1).length === 1);
    await hub.heard(hub.kind('path', ({ path }) => path.viewers === 2));
    expect(runs).toHaveLength(1);
    one.say({ op: 'unsub', id: 1 });
    await hub.heard(
      hub.kind('path', ({ path }) => path.viewers === 1),
      hub.events.length,
    );
    two.socket.terminate();
    await hub.heard(
      hub.kind('path', ({ path }) => path.viewers === 0),
      hub.events.length,
    );
  });

  test('lives as long as its socket, without asking for anything', async () => {
    const { page, open, ticket, clock, url } = await city();
    const run = await open('l1');
    run.push(pictureAt(0, { key: true }));
    const wall = await page();
    wall.sub(1, ticket('l1'));
    await until(() => wall.pictures(1).length === 1);
    for (let i = 0; i < 8; i++) {
      await wall.settled();
      clock.advance(7000);
      run.push(pictureAt(40 + i));
      await until(() => wall.pictures(1).length === 2 + i);
      await until(async () => (await metricsOf(url))['leases'] === 1);
    }
    expect((await metricsOf(url))['playbacks']).toBe(1);
  });
});

test('pictures of many cameras within 20 ms are one message to a screen', async () => {
  const slept: number[] = [];
  class NotedClock extends ShiftedClock {
    override sleep(ms: number, signal?: AbortSignal): Promise<void> {
      slept.push(ms);
      return super.sleep(ms, signal);
    }
  }
  const { page, open, ticket, url, runs } = await city({ clock: new NotedClock() });
  const cameras = 8;
  for (let camera = 0; camera < cameras; camera++) await open(`l${camera}`, `c${camera}`);
  for (const run of runs) run.push(pictureAt(0, { key: true }));
  const wall = await page();
  for (let camera = 0; camera < cameras; camera++) wall.sub(camera, ticket(`l${camera}`));
  const all = (count: number) => () => runs.every((_, id) => wall.pictures(id).length === count);
  await until(all(1));
  const sent = async () => (await metricsOf(url))['wall_messages_total']!;
  let count = 1;
  // A page's credit may have woken the door already: then the pictures join what it waits for.
  await until(async () => {
    const before = await sent();
    slept.length = 0;
    for (const run of runs) run.push(pictureAt(40 * count));
    // Nothing else had its turn: one wait for all of them, or none.
    const waits = [...slept];
    count += 1;
    await until(all(count));
    if (waits.length === 0) return false;
    expect(waits).toHaveLength(1);
    expect(waits[0]).toBeLessThanOrEqual(20);
    expect((await sent()) - before).toBe(1);
    return true;
  });
});

describe('what is refused', () => {
  test('a ticket opens one playback, whatever the door', async () => {
    const { page, open, ticket, url, relay } = await city();
    (await open('l1')).push(pictureAt(0, { key: true }));
    const wall = await page();
    const once = ticket('l1');
    wall.sub(1, once);
    wall.sub(2, once);
    await until(() => wall.events(2).length === 1);
    expect(wall.events(2)).toEqual([{ event: 'ended', code: 'ticket-refused', params: { reason: 'used' }, ticketKept: false }]);
    expect((await ask(`${url}/hls/open.m3u8?ticket=${once}`)).code).toBe('ticket-refused');
    const other = openTarget(relay, 'l1');
    expect((await ask(url + other)).status).toBe(200);
    wall.sub(3, new URLSearchParams(other.split('?')[1]).get('ticket')!);
    await until(() => wall.events(3).length === 1);
    expect(wall.events(3)).toMatchObject([{ code: 'ticket-refused' }]);
    await until(() => wall.pictures(1).length === 1);
  });

  test('a number in use; the subscription that has it goes on', async () => {
    const { page, open, ticket } = await city();
    const run = await open('l1');
    run.push(pictureAt(0, { key: true }));
    const wall = await page();
    wall.sub(1, ticket('l1'));
    wall.sub(1, ticket('l1'));
    await until(() => wall.events(1).length === 1);
    expect(wall.events(1)).toEqual([{ event: 'refused', code: 'malformed', params: { field: 'id' } }]);
    run.push(pictureAt(40));
    await until(() => wall.pictures(1).length === 2);
  });

  test.each([
    ['no ask at all', 'hello'],
    ['more credit than was sent', '{"op":"credit","bytes":1}'],
  ])('%s closes the socket', async (_name, text) => {
    const wall = await (await city()).page();
    wall.socket.send(text);
    expect(await wall.closed).toEqual({ code: 1008 });
  });

  test('a socket that shows no ticket in time, and pages of strangers', async () => {
    const { page, clock } = await city();
    const wall = await page();
    clock.advance(10_001);
    expect(await wall.closed).toEqual({ code: 4001 });
    await expect(page({ origin: 'http://evil.example' })).rejects.toThrow('403');
  });
});

describe('pages that misbehave', () => {
  /** Pictures until `done`: a key every tenth, at the pace of the machine. */
  async function playUntil(run: { push(unit: ReturnType<typeof pictureAt>): void }, bytes: number, done: () => boolean | Promise<boolean>) {
    let at = 0;
    while (!(await done())) {
      at += 1;
      run.push(pictureAt(at * 40, { key: at % 10 === 0, bytes }));
      await new Promise((next) => setTimeout(next, 2));
    }
    return at * 40_000;
  }

  test('one that never reads is cut off, its memory bounded; another gets everything meanwhile', async () => {
    const { page, open, ticket, clock, url } = await city();
    const run = await open('l1');
    run.push(pictureAt(0, { key: true }));
    await open('l2');
    const [deaf, good] = [await page({ credits: false }), await page()];
    deaf.sub(1, ticket('l1'));
    good.sub(1, ticket('l2'));
    await until(() => deaf.pictures(1).length === 1 && good.pictures(1).length === 1);
    deaf.socket.pause();
    // Until the system's own buffers are full as well.
    const lastUs = await playUntil(run, 60_000, async () => (await metricsOf(url))['wall_dropped_records_total{reason="cut"}']! > 50);
    const sent = (await metricsOf(url))['wall_sent_bytes_total']!;
    expect(sent - good.heard.bytes).toBeLessThan(40 * 1024 * 1024);
    await until(() => good.pictures(1).at(-1)!.ptsUs === lastUs);
    // Time passes while the camera goes on.
    for (let step = 1; step <= 7; step++) {
      await good.settled();
      clock.advance(3000);
      run.push(pictureAt(lastUs / 1000 + step * 40, { key: true }));
      await until(() => good.pictures(1).at(-1)!.ptsUs === lastUs + step * 40_000);
    }
    await until(async () => (await metricsOf(url))['slow_sockets_total'] === 1);
    expect(good.events(1)).toEqual([]);
    const got = good.pictures(1);
    expect(got.map(({ sequence }) => sequence - got[0]!.sequence)).toEqual(got.map((_, i) => i));
    await until(async () => (await metricsOf(url))['wall_sockets'] === 1);
  });

  test('one that subscribes to ten thousand tiles gets 512 of them and refusals; nobody else notices', async () => {
    const { page, open, ticket, url } = await city();
    const run = await open('l0');
    run.push(pictureAt(0, { key: true }));
    for (let i = 1; i < 140; i++) await open(`l${i}`);
    const [greedy, good] = [await page(), await page()];
    good.sub(1, ticket('l139'));
    for (let id = 0; id < 10_000; id++) greedy.sub(id, ticket(`l${id % 128}`));
    await until(() => greedy.events(9999).length === 1);
    expect(greedy.events(9999)).toEqual([{ event: 'ended', code: 'too-many-requests', params: { max: 512 }, ticketKept: true }]);
    expect(await metricsOf(url)).toMatchObject({ playbacks: 513, 'wall_subscriptions{mode="full"}': 513, tickets_refused_total: 0 });
    run.push(pictureAt(40));
    await until(() => good.pictures(1).length === 2 && greedy.pictures(511).length === 2);
  });

  test('one whose asks are longer than any ask', async () => {
    const wall = await (await city()).page();
    wall.socket.send(' '.repeat(5000));
    expect(await wall.closed).toEqual({ code: 1009 });
  });
});

test('fifty screens of the same eight cameras: each gets every picture of each, byte for byte, from one upstream', async () => {
  const { page, open, ticket, runs, url } = await city();
  const screens = 50;
  const cameras = 8;
  for (let camera = 0; camera < cameras; camera++)
    for (let screen = 0; screen < screens; screen++) await open(`l${camera}-${screen}`, `c${camera}`);
  expect(runs).toHaveLength(cameras);
  for (const run of runs) run.push(pictureAt(0, { key: true }));
  const pages = await Promise.all(Array.from({ length: screens }, () => page()));
  for (const [screen, wall] of pages.entries())
    for (let camera = 0; camera < cameras; camera++) wall.sub(camera, ticket(`l${camera}-${screen}`));
  const all = (count: number) => () =>
    pages.every((wall) => Array.from({ length: cameras }, (_, id) => wall.pictures(id).length).every((had) => had === count));
  await until(all(1));
  for (let at = 1; at <= 30; at++) {
    for (const [camera, run] of runs.entries()) run.push(pictureAt(at * 40, { key: at % 10 === 0, bytes: 200 + 100 * camera + at }));
    await new Promise((next) => setImmediate(next));
  }
  await until(all(31));
  for (const wall of pages)
    for (let camera = 0; camera < cameras; camera++)
      expect(
        wall
          .pictures(camera)
          .slice(1)
          .every(({ payload, ptsUs }, i) => payload.length === 200 + 100 * camera + i + 1 && ptsUs === (i + 1) * 40_000),
      ).toBe(true);
  expect((await metricsOf(url))['wall_records_total']).toBe(screens * cameras * 32);
});

test('H.265 for a page that decodes H.264 only: what a view makes of it, once for all, and it says so', async () => {
  const views: { transcoding: boolean; problem: ReturnType<typeof problem> | null; say: () => void }[] = [];
  const { page, open, ticket, hub } = await city({
    createH264View: (feed) => {
      const listeners = new Set<() => void>();
      const view = {
        transcoding: true,
        problem: problem('transcode-budget', { max: 1 }) as ReturnType<typeof problem> | null,
        say: () => listeners.forEach((listener) => listener()),
        subscribe: (sink: AccessUnitSink) =>
          feed.subscribe({
            push: (unit) => view.problem === null && sink.push({ ...unit, codec: 'h264', annexB: pictureAt(0, unit).annexB }),
          }),
        onChange: (listener: () => void) => (listeners.add(listener), () => void listeners.delete(listener)),
        dispose() {},
      };
      views.push(view);
      return view;
    },
  });
  const run = await open('l1');
  await open('l2');
  run.push({ ...pictureAt(0, { key: true }), codec: 'h265' });
  const [one, two] = [await page(), await page()];
  one.sub(1, ticket('l1'));
  two.sub(1, ticket('l2'), { format: 'fmp4' });
  await until(() => one.events(1).length === 1 && two.events(1).length === 1);
  expect(one.events(1)).toEqual([{ event: 'waiting', code: 'transcode-budget', params: { max: 1 } }]);
  expect(views).toHaveLength(1);
  views[0]!.problem = null;
  views[0]!.say();
  run.push({ ...pictureAt(40, { key: true }), codec: 'h265' });
  await until(() => one.pictures(1).length === 1 && two.of(1, recordType.fmp4Fragment).length === 1);
  expect(one.config(1)).toMatchObject([{ video: 'avc1.4d4016', transcoded: true }]);
  expect(two.config(1)).toMatchObject([{ transcoded: true }]);
  await hub.heard(hub.kind('path', ({ path }) => path.transcoding && path.viewers === 2));
});
