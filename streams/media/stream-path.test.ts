import { describe, expect, test } from 'vitest';
import { silentLog } from '../../main/contract/log.ts';
import type { AccessUnit, SourceSpec } from '../contract.ts';
import { StreamPath } from './stream-path.ts';
import { FakeClock } from './testdata/fake-clock.ts';
import { scriptedSources } from './testdata/scripted-source.ts';
import { unitAt } from './testdata/units.ts';

const spec: SourceSpec = { kind: 'file', url: 'clip:crossroads' };
const key = (ms: number) => unitAt(ms, { key: true });

function setUp(options: { stubborn?: boolean; lingerMs?: number } = {}) {
  const clock = new FakeClock();
  const { runs, openSource } = scriptedSources(options);
  const changes: string[] = [];
  const path = new StreamPath({
    cameraId: 'c1',
    profile: 'sub',
    openSource,
    lingerMs: options.lingerMs ?? 15_000,
    watchdogMs: 8_000,
    clock,
    log: silentLog,
    onChange: (path) => changes.push(path.reason === null ? path.state : `${path.state}:${path.reason}`),
    random: () => 0.5,
  });
  const seen: AccessUnit[] = [];
  const later = (ms: number) => {
    clock.advance(ms);
    path.tick();
  };
  return { path, runs, changes, clock, seen, watch: () => path.subscribe({ push: (unit) => seen.push(unit) }), later };
}
/** Lets settled promises be noticed. */
const settle = () => new Promise((done) => setImmediate(done));

describe('single flight', () => {
  test('nobody watches: nothing runs', () => {
    const { path, runs, later } = setUp();
    later(60_000);
    expect([path.state, path.isOver, runs.length]).toEqual(['idle', true, 0]);
  });

  test('ten leases are one run; it lingers after the last, revives without reopening, and stops in the end', async () => {
    const { path, runs, later, changes } = setUp();
    for (let i = 0; i < 10; i++) path.lease(spec);
    runs[0]!.push(key(0));
    expect([path.state, runs.length, path.leases]).toEqual(['ready', 1, 10]);
    for (let i = 0; i < 10; i++) path.release();
    later(7_000);
    runs[0]!.push(unitAt(40));
    later(7_999);
    expect([path.state, runs[0]!.signal.aborted]).toEqual(['draining', false]);
    path.lease(spec);
    expect([path.state, runs.length]).toEqual(['ready', 1]);
    path.release();
    runs[0]!.push(unitAt(80));
    later(7_500);
    runs[0]!.push(unitAt(120));
    later(7_500);
    expect([path.state, runs[0]!.signal.aborted, path.isOver]).toEqual(['idle', true, false]);
    await settle();
    expect([path.isOver, path.heldBytes]).toEqual([true, 0]);
    expect(changes).toEqual(['starting', 'ready', 'draining', 'ready', 'draining', 'idle']);
  });

  test('somebody who comes while the old run is still ending waits for it', async () => {
    const { path, runs } = setUp({ lingerMs: 0 });
    path.lease(spec);
    path.release();
    expect(path.state).toBe('idle');
    path.lease(spec);
    expect([path.state, runs.length]).toEqual(['starting', 1]);
    await settle();
    expect(runs.length).toBe(2);
  });

  test('a source that does not end is left behind after two seconds, and what it still pushes is not heard', () => {
    const { path, runs, later, watch, seen } = setUp({ lingerMs: 0, stubborn: true });
    path.lease(spec);
    path.release();
    path.lease(spec);
    later(1_999);
    expect(runs.length).toBe(1);
    later(1);
    expect(runs.length).toBe(2);
    watch();
    runs[0]!.push(key(0));
    expect([path.state, seen.length]).toEqual(['starting', 0]);
    runs[1]!.push(key(0));
    expect([path.state, seen.length]).toEqual(['ready', 1]);
  });

  test('releasing more often than leasing is a bug', () => {
    expect(() => setUp().path.release()).toThrow(/more often/);
  });
});

describe('pictures', () => {
  test('viewers begin with a key picture: nothing before it, and what is kept first', () => {
    const { path, runs, watch, seen } = setUp();
    path.lease(spec);
    runs[0]!.push(unitAt(0));
    expect([path.state, path.skippedUnits]).toEqual(['starting', 1]);
    for (const unit of [key(40), unitAt(80), unitAt(120, { codec: 'aac', key: true })]) runs[0]!.push(unit);
    watch();
    runs[0]!.push(unitAt(160));
    expect(seen.map((unit) => unit.dtsUs / 1000)).toEqual([40, 80, 120, 160]);
  });

  test('sound alone is no picture: not a start, not a sign of life', () => {
    const { path, runs, later } = setUp();
    path.lease(spec);
    for (let i = 0; i < 9; i++) {
      runs[0]!.push(unitAt(i * 1000, { codec: 'aac', key: true }));
      later(1000);
    }
    expect([path.state, path.reason]).toEqual(['failed', 'source-stalled']);
  });

  test('after a failure viewers go on with a discontinuity, from a key picture, without the old GOP', async () => {
    const { path, runs, later, watch, seen } = setUp();
    path.lease(spec);
    const unwatch = watch();
    runs[0]!.push(key(0));
    await runs[0]!.fail('source-failed');
    expect(path.heldBytes).toBe(0);
    later(250);
    runs[1]!.push(unitAt(0));
    runs[1]!.push(key(40));
    runs[1]!.push(unitAt(80));
    expect(seen.map((unit) => [unit.dtsUs / 1000, unit.discontinuity])).toEqual([
      [0, false],
      [40, true],
      [80, false],
    ]);
    unwatch();
    runs[1]!.push(unitAt(120));
    expect(seen.length).toBe(3);
  });

  test('measures what passes', () => {
    const { path, runs, clock } = setUp();
    path.lease(spec);
    for (let i = 0; i <= 30; i++) {
      runs[0]!.push(unitAt(i * 50, { key: i % 10 === 0, bytes: 1000 }));
      clock.advance(50);
    }
    expect(path.rates()).toEqual({ fps: 20, kbps: 160, gopMs: 500 });
    expect(path.lastUnitAt).toBe(1500);
  });
});

describe('failures', () => {
  test('a failed source is tried again with a doubling pause up to two seconds, as long as somebody wants it', async () => {
    const { path, runs, later, changes } = setUp();
    path.lease(spec);
    for (const pause of [250, 500, 1000, 2000, 2000]) {
      await runs.at(-1)!.fail('source-file-missing');
      expect([path.state, path.reason]).toEqual(['failed', 'source-file-missing']);
      const before = runs.length;
      later(pause - 1);
      expect(runs.length).toBe(before);
      later(1);
      expect(runs.length).toBe(before + 1);
    }
    // The reason stays until there are pictures again.
    expect([path.state, path.reason]).toEqual(['starting', 'source-file-missing']);
    runs.at(-1)!.push(key(0));
    expect([path.state, path.reason]).toEqual(['ready', null]);
    expect(changes.slice(0, 4)).toEqual([
      'starting',
      'failed:source-file-missing',
      'starting:source-file-missing',
      'failed:source-file-missing',
    ]);
  });

  test('a source that showed pictures for a while begins its pauses anew; one that flaps does not', async () => {
    const { path, runs, later } = setUp();
    path.lease(spec);
    for (let i = 0; i < 3; i++) {
      runs.at(-1)!.push(key(0));
      await runs.at(-1)!.end();
      expect(path.reason).toBe('source-ended');
      later(2000);
    }
    runs.at(-1)!.push(key(0));
    later(6000);
    await runs.at(-1)!.end();
    later(250);
    expect(path.state).toBe('starting');
  });

  test('no picture for the time of the watchdog is a failure, at the start and later', () => {
    const { path, runs, later } = setUp();
    path.lease(spec);
    later(8_001);
    expect([path.state, path.reason, runs[0]!.signal.aborted]).toEqual(['failed', 'source-stalled', true]);
  });

  test('a throw that is no problem is a failure too', async () => {
    const clock = new FakeClock();
    const lines: object[] = [];
    const path = new StreamPath({
      cameraId: 'c1',
      profile: 'main',
      openSource: () => ({ run: () => Promise.reject(new Error('rtsp://admin:secret@10.0.0.1/ broke')) }),
      lingerMs: 0,
      watchdogMs: 8000,
      clock,
      log: { ...silentLog, error: (fields) => lines.push(fields) },
      onChange: () => {},
    });
    path.lease(spec);
    await settle();
    expect([path.state, path.reason]).toEqual(['failed', 'source-failed']);
    expect(JSON.stringify(lines)).toContain('broke');
    expect(JSON.stringify(lines)).not.toContain('secret');
  });

  test('when nobody wants a failed source any more it is over at once; one that fails while it lingers is not tried again', async () => {
    const first = setUp();
    first.path.lease(spec);
    await first.runs[0]!.fail('source-failed');
    first.path.release();
    expect([first.path.state, first.path.isOver]).toEqual(['idle', true]);

    const second = setUp();
    second.path.lease(spec);
    second.runs[0]!.push(key(0));
    second.path.release();
    await second.runs[0]!.fail('source-failed');
    second.later(60_000);
    expect([second.path.state, second.runs.length]).toEqual(['idle', 1]);
  });
});

test('a camera that was changed is opened anew, with the pictures of the new source marked as a break', async () => {
  const { path, runs, watch, seen } = setUp();
  path.lease(spec);
  watch();
  runs[0]!.push(key(0));
  path.lease({ ...spec });
  expect(runs.length).toBe(1);
  path.update({ kind: 'file', url: 'clip:bridge' });
  expect([path.state, runs[0]!.signal.aborted]).toEqual(['starting', true]);
  await settle();
  expect(runs[1]!.spec).toEqual({ kind: 'file', url: 'clip:bridge' });
  runs[1]!.push(key(0));
  expect(seen.at(-1)!.discontinuity).toBe(true);
});

test('stop ends the source', async () => {
  const { path, runs } = setUp();
  path.lease(spec);
  await path.stop();
  expect([runs[0]!.signal.aborted, path.state]).toEqual([true, 'idle']);
});
