import { describe, expect, test } from 'vitest';
import { problem, type Problem } from '../../main/contract/errors.ts';
import { silentLog } from '../../main/contract/log.ts';
import type { H264View, UnitFeed } from './hls-output.ts';
import type { LeaseOrder } from './media-relay.ts';
import { RelayCore, type RelayCoreOptions } from './relay-core.ts';
import { FakeClock } from './testdata/fake-clock.ts';
import { FakeMuxer } from './testdata/fake-muxer.ts';
import { lenientQuarantine, roomyStarts } from './testdata/roomy-limits.ts';
import { scriptedSources, type ScriptedRun } from './testdata/scripted-source.ts';
import { pictureAt, unitAt } from './testdata/units.ts';
import { WallFeed } from './wall/wall-feed.ts';

function setUp(options: Partial<RelayCoreOptions> = {}) {
  const clock = new FakeClock();
  const sources = scriptedSources();
  const core = new RelayCore({
    lingerMs: 0,
    watchdogMs: 8_000,
    maxPaths: 512,
    maxLeases: 1024,
    openSource: sources.openSource,
    starts: roomyStarts,
    quarantine: lenientQuarantine,
    createHls: () => new FakeMuxer(),
    clock,
    log: silentLog,
    ...options,
  });
  const later = (ms: number) => {
    clock.advance(ms);
    core.tick();
  };
  return { core, clock, runs: sources.runs, later };
}

const order = (index: number, more: Partial<LeaseOrder> = {}): LeaseOrder => ({
  leaseId: `l${index}`,
  cameraId: `c${index}`,
  profile: 'main',
  source: { kind: 'rtsp', url: `rtsp://10.0.${index >> 4}.${index & 15}/ch${index}` },
  decodes: ['h264'],
  holder: 's1',
  ...more,
});
const settle = () => new Promise((done) => setImmediate(done));
const isOpening = (run: ScriptedRun, pictures: ReadonlySet<ScriptedRun>) => !run.signal.aborted && !pictures.has(run);
const states = (core: RelayCore) => {
  const count: Record<string, number> = {};
  for (const { path } of core.entries()) count[path.state] = (count[path.state] ?? 0) + 1;
  return count;
};

describe('a scene of three hundred', () => {
  test('is opened sixteen at a time; everybody gets a picture', () => {
    const { core, runs, later } = setUp({ starts: { ...roomyStarts, startsAtOnce: 16, startsPerSecond: 64 } });
    for (let i = 0; i < 300; i++) expect(core.open(order(i)).ok).toBe(true);
    expect([runs.length, core.queueLength]).toEqual([16, 284]);
    for (const run of runs) run.report.step('connect');
    expect(core.report(core.entries()[299]!)).toMatchObject({ state: 'starting', reason: 'source-queued' });
    const pictures = new Set<ScriptedRun>();
    for (let tick = 0; pictures.size < 300 && tick < 100; tick++) {
      expect(runs.filter((run) => isOpening(run, pictures)).length).toBeLessThanOrEqual(16);
      for (const run of runs.filter((one) => isOpening(one, pictures)).slice(0, 5)) {
        pictures.add(run);
        run.push(unitAt(0, { key: true }));
      }
      later(100);
      for (const run of runs.filter((one) => isOpening(one, pictures))) run.report.step('connect');
    }
    expect([states(core), core.queueLength]).toEqual([{ ready: 300 }, 0]);
    expect(runs.map((run) => (run.spec.kind === 'rtsp' ? run.spec.url.split('/ch')[1] : ''))).toEqual(
      Array.from({ length: 300 }, (_, i) => String(i)),
    );
  });

  test('that is left again gives all its places back', async () => {
    const { core, runs, later } = setUp({ starts: { ...roomyStarts, startsAtOnce: 16 } });
    for (let i = 0; i < 300; i++) core.open(order(i));
    for (let i = 0; i < 300; i++) core.close(`l${i}`);
    await settle();
    expect([core.queueLength, runs.every((run) => run.signal.aborted)]).toEqual([0, true]);
    later(1000);
    expect(core.entries()).toEqual([]);
    for (let i = 300; i < 316; i++) core.open(order(i));
    expect(runs.filter((run) => !run.signal.aborted)).toHaveLength(16);
  });

  test('of one recorder opens no more than it stands, and goes on as others end', async () => {
    const { core, runs, later } = setUp({ starts: { ...roomyStarts, perHost: { connections: 10, kbps: 1e9 } } });
    const url = (index: number) => ({ source: { kind: 'rtsp', url: `rtsp://nvr.example/ch${index}` } }) as const;
    for (let i = 0; i < 50; i++) core.open(order(i, url(i)));
    core.open(order(99, { source: { kind: 'rtsp', url: 'rtsp://other.example/' } }));
    expect(runs).toHaveLength(11);
    expect(core.report(core.entries()[10]!)).toMatchObject({ state: 'failed', reason: 'source-budget' });
    expect(core.entries()[10]!.path.failure?.params).toEqual({ name: 'nvr.example', max: 10, unit: 'connections' });
    for (let i = 0; i < 50; i++) {
      core.close(`l${i}`);
      await settle();
      expect(runs.filter((run) => !run.signal.aborted).length).toBeLessThanOrEqual(11);
    }
    expect(runs).toHaveLength(51);
    later(1000);
    expect(core.counters.budgetsRefused).toBe(40);
  });

  test('is counted with the bit rates measured', () => {
    const { core, runs, later } = setUp({ starts: { ...roomyStarts, perHost: { connections: 100, kbps: 8000 } } });
    const url = (index: number) => ({ source: { kind: 'rtsp', url: `rtsp://nvr.example/ch${index}` } }) as const;
    for (let i = 0; i < 3; i++) core.open(order(i, url(i)));
    expect(runs).toHaveLength(2);
    for (let ms = 0; ms <= 2000; ms += 100) {
      for (const run of runs.slice(0, 2)) run.push(unitAt(ms, { key: ms === 0, bytes: 12_500 }));
      later(100);
    }
    // A megabit each: there is room for the third now.
    expect(runs).toHaveLength(3);
  });
});

test('a recorder that is full of lingering pictures makes room for a new scene at once', async () => {
  const { core, runs } = setUp({ lingerMs: 15_000, starts: { ...roomyStarts, perHost: { connections: 4, kbps: 1e9 } } });
  const url = (index: number) => ({ source: { kind: 'rtsp', url: `rtsp://nvr.example/ch${index}` } }) as const;
  for (let i = 0; i < 4; i++) core.open(order(i, url(i)));
  for (const run of runs) run.push(unitAt(0, { key: true }));
  for (let i = 0; i < 4; i++) core.close(`l${i}`);
  expect(states(core)).toEqual({ draining: 4 });
  for (let i = 4; i < 7; i++) core.open(order(i, url(i)));
  await settle();
  expect(states(core)).toEqual({ idle: 3, draining: 1, starting: 3 });
});

test('a diagnosis waits behind those who watch', () => {
  const { core, runs } = setUp({ starts: { ...roomyStarts, startsAtOnce: 1 } });
  core.open(order(0));
  core.open(order(1, { purpose: 'diagnosis' }));
  core.open(order(2));
  runs[0]!.push(unitAt(0, { key: true }));
  expect(runs.map(({ spec }) => spec)).toEqual([order(0).source, order(2).source]);
});

test('files and cameras that push stand in no queue', () => {
  const { core, runs } = setUp({ starts: { ...roomyStarts, startsAtOnce: 1 } });
  core.open(order(0, { source: { kind: 'file', url: 'clip:a' } }));
  core.open(order(1, { source: { kind: 'rtmp', publishKey: 'k'.repeat(32) } }));
  core.open(order(2));
  expect(runs).toHaveLength(3);
});

describe('for viewers who decode H.264 only', () => {
  /** A view that says what the test says, and passes everything on. */
  function fakeViews() {
    const views: { problem: Problem | null; transcoding: boolean; disposed: boolean; say: () => void }[] = [];
    const createH264View = (feed: UnitFeed): H264View => {
      const listeners = new Set<() => void>();
      const view = {
        problem: null as Problem | null,
        transcoding: false,
        disposed: false,
        say: () => listeners.forEach((listener) => listener()),
      };
      views.push(view);
      return Object.assign(view, {
        subscribe: (sink: Parameters<UnitFeed['subscribe']>[0]) => feed.subscribe(sink),
        onChange: (listener: () => void) => (listeners.add(listener), () => void listeners.delete(listener)),
        dispose: () => void (view.disposed = true),
      });
    };
    return { views, createH264View };
  }
  const playing = (core: RelayCore, leaseId: string) => {
    const playback = core.startPlayback(leaseId);
    if (!playback?.ok) throw new Error(`${leaseId} does not play`);
    return playback.value;
  };

  test('there is one view a path, however many watch; who decodes H.265 gets what comes', () => {
    const { views, createH264View } = fakeViews();
    const { core, later } = setUp({ createH264View });
    const both = ['h264', 'h265'] as const;
    for (const [index, decodes] of [['h264'], ['h264'], both, both].entries())
      core.open(order(0, { leaseId: `l${index}`, decodes: decodes as LeaseOrder['decodes'] }));
    const playbacks = ['l0', 'l1', 'l2', 'l3'].map((leaseId) => playing(core, leaseId));
    expect(playbacks.map(({ output }) => playbacks.findIndex((one) => one.output === output))).toEqual([0, 0, 2, 2]);
    expect(views).toHaveLength(1);
    const report = () => core.report(core.entries()[0]!);
    expect(report()).toMatchObject({ viewers: 4, transcoding: false });
    views[0]!.transcoding = true;
    expect(report().transcoding).toBe(true);
    for (const playback of playbacks.slice(0, 2)) core.endPlayback(playback);
    later(1999);
    expect(views[0]!.disposed).toBe(false);
    later(1000);
    expect([views[0]!.disposed, report().transcoding, report().viewers]).toEqual([true, false, 2]);
  });

  test('a change is told, and a view that came to nothing is made anew for the next viewer', () => {
    const { views, createH264View } = fakeViews();
    const { core } = setUp({ createH264View });
    let told = 0;
    core.listen({ pathChanged: () => (told += 1), leaseEnded() {} });
    core.open(order(0));
    const first = playing(core, 'l0');
    const before = told;
    views[0]!.problem = problem('transcode-budget', { max: 1 });
    views[0]!.say();
    expect([told > before, first.output.problem?.code]).toEqual([true, 'transcode-budget']);
    expect(playing(core, 'l0').output).toBe(first.output);
    for (const id of Array.from(core.leases()[0]!.playbacks)) core.endPlayback(core.playback(id)!);
    expect(playing(core, 'l0').output.problem).toBeNull();
    expect([views.length, views[0]!.disposed]).toEqual([2, true]);
  });

  test('what was kept for walls before a view failed is given to nobody', () => {
    const { views, createH264View } = fakeViews();
    const { core, runs } = setUp({ createH264View });
    core.open(order(0));
    const playback = core.startWallPlayback('l0', 'annexb', { changed() {}, ended() {} });
    if (!playback?.ok || !(playback.value.shown instanceof WallFeed)) throw new Error('does not play');
    const feed = playback.value.shown;
    runs[0]!.push(pictureAt(0, { key: true }));
    expect(feed.gop).toHaveLength(1);
    views[0]!.problem = problem('transcode-budget', { max: 1 });
    views[0]!.say();
    expect([feed.gop.length, core.waitingFor(playback.value)?.code]).toEqual([0, 'transcode-budget']);
  });
});

test('what is remembered of cameras that nobody wants does not grow without end', async () => {
  const { core, runs, later } = setUp({ maxPaths: 4, quarantine: { breaks: 1, withinMs: 1000, forMs: 3_600_000 } });
  for (let i = 0; i < 30; i++) {
    core.open(order(i));
    runs[i]!.push(unitAt(0, { key: true }));
    await runs[i]!.fail('source-ended');
    core.close(`l${i}`);
    later(1000);
  }
  expect([core.entries().length, core.counters.quarantines]).toEqual([8, 30]);
});

test('who failed for want of a worker is tried the moment that it is back; the others wait for their time', async () => {
  const { core, runs } = setUp();
  for (const index of [0, 1]) core.open(order(index));
  await runs[0]!.fail('worker-unavailable');
  await runs[1]!.fail('source-ended');
  core.wakeFailedFor('worker-unavailable');
  expect(runs.map(({ spec }) => spec)).toEqual([order(0), order(1), order(0)].map(({ source }) => source));
});

test('trace and report of what is not there', () => {
  const { core } = setUp();
  core.open(order(1));
  expect(core.trace('c1', 'sub')).toBeNull();
  expect(core.trace('c1', 'main')).toMatchObject({ state: 'starting', queuedMs: 0, report: { cameraId: 'c1', codec: null, link: null } });
});

test('256 pictures in one process: a tick costs little, however many there are', () => {
  const { core, runs, clock } = setUp();
  for (let i = 0; i < 256; i++) core.open(order(i));
  for (const run of runs) run.push(unitAt(0, { key: true }));
  const cost = (ticks: number) => {
    const begun = process.cpuUsage();
    for (let tick = 0; tick < ticks; tick++) {
      clock.advance(1);
      core.tick();
      for (const entry of core.entries()) core.report(entry);
    }
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / 1000 / ticks;
  };
  cost(50);
  // Ten ticks a second: a millisecond each is one hundredth of a core. Measured: about a tenth of that.
  expect(cost(200)).toBeLessThan(2);
});
