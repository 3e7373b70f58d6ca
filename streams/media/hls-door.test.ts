import * as fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '../../main/contract/log.ts';
import type { Answer } from './answer.ts';
import { createHlsDoor, type HlsDoor } from './hls-door.ts';
import type { LeaseOrder } from './media-relay.ts';
import { RelayCore } from './relay-core.ts';
import { FakeClock } from './testdata/fake-clock.ts';
import { FakeMuxer } from './testdata/fake-muxer.ts';
import { lenientQuarantine, roomyStarts } from './testdata/roomy-limits.ts';
import { scriptedSources, type ScriptedRun } from './testdata/scripted-source.ts';
import { unitAt } from './testdata/units.ts';
import { TicketGate } from './ticket-gate.ts';
import { signTicket } from './ticket.ts';

const key = Buffer.alloc(32, 1);
const text = (answer: Answer) => Buffer.from(answer.body).toString();
const code = (answer: Answer | undefined) => answer && [answer.status, answer.problem];

let clock: FakeClock;
let core: RelayCore;
let door: HlsDoor;
let runs: readonly ScriptedRun[];
let ended: string[];
let nonce = 0;

beforeEach(() => {
  clock = new FakeClock();
  const sources = scriptedSources();
  runs = sources.runs;
  core = new RelayCore({
    lingerMs: 15_000,
    watchdogMs: 8_000,
    maxPaths: 2,
    maxLeases: 20,
    openSource: sources.openSource,
    starts: roomyStarts,
    quarantine: lenientQuarantine,
    createHls: () => new FakeMuxer(),
    clock,
    log: silentLog,
  });
  ended = [];
  core.listen({ pathChanged() {}, leaseEnded: (leaseId, reason) => ended.push(`${leaseId} ${reason}`) });
  door = createHlsDoor({ core, tickets: new TicketGate(key, clock, core.counters), clock });
});

const order = (leaseId: string, cameraId = 'c1'): LeaseOrder => ({
  leaseId,
  cameraId,
  profile: 'sub',
  source: { kind: 'file', url: 'clip:x' },
  decodes: ['h264'],
  holder: 's1',
});
const ticket = (leaseId: string) => {
  nonce += 1;
  return `/hls/open.m3u8?ticket=${signTicket(key, { leaseId, nonce: `n${nonce}`, expiresAt: clock.now() + 60_000 })}`;
};
/** Asks, and shows the answer once it is there. */
function ask(target: string) {
  const answers: Answer[] = [];
  const withdraw = door.get(target, (answer) => answers.push(answer));
  return {
    withdraw,
    get answer() {
      expect(answers.length).toBeLessThan(2);
      return answers[0];
    },
  };
}
/** A playback that runs: its base path. Parts so far: 0.0 and, in the segment that goes on, none more. */
function playing(leaseId = 'l1') {
  core.open(order(leaseId));
  if (core.entries()[0]!.path.state === 'starting') runs[0]!.push(unitAt(0, { key: true }));
  return text(ask(ticket(leaseId)).answer!).match(/\/hls\/p\/[A-Za-z0-9_-]{22}\//)![0];
}
const later = (ms: number) => {
  clock.advance(ms);
  core.tick();
};

describe('opening', () => {
  test('a camera that still waits for its turn says so when the time is up', () => {
    const sources = scriptedSources();
    core = new RelayCore({
      lingerMs: 0,
      watchdogMs: 8_000,
      maxPaths: 4,
      maxLeases: 4,
      openSource: sources.openSource,
      starts: { ...roomyStarts, startsAtOnce: 1 },
      quarantine: lenientQuarantine,
      createHls: () => new FakeMuxer(),
      clock,
      log: silentLog,
    });
    door = createHlsDoor({ core, tickets: new TicketGate(key, clock, core.counters), clock });
    const rtsp = { source: { kind: 'rtsp', url: 'rtsp://10.0.0.1/' } } as const;
    core.open({ ...order('first', 'c1'), ...rtsp });
    core.open({ ...order('second', 'c2'), ...rtsp });
    const waiting = ask(ticket('second'));
    sources.runs[0]!.report.step('connect');
    sources.runs[0]!.report.link({ transport: 'tcp', packets: 1, lost: 0, reordered: 0, duplicated: 0, jitterMs: null });
    clock.advance(7_000);
    sources.runs[0]!.report.link({ transport: 'tcp', packets: 2, lost: 0, reordered: 0, duplicated: 0, jitterMs: null });
    later(3_000);
    expect(code(waiting.answer)).toEqual([503, 'source-queued']);
  });

  test('takes no ticket from before this relay started: it cannot know which of them were used', () => {
    core.open(order('l1'));
    const old = signTicket(key, { leaseId: 'l1', nonce: 'old', expiresAt: clock.now() + 59_999 });
    expect(JSON.parse(text(ask(`/hls/open.m3u8?ticket=${old}`).answer!))).toEqual({
      error: { code: 'ticket-refused', params: { reason: 'older-than-relay' } },
    });
  });

  test('waits for a cold camera and answers a multivariant playlist; the ticket is then used up', () => {
    core.open(order('l1'));
    const target = ticket('l1');
    const asked = ask(target);
    expect([asked.answer, door.held]).toEqual([undefined, 1]);
    expect(code(ask(target).answer)).toEqual([403, 'ticket-refused']);
    runs[0]!.push(unitAt(0, { key: true }));
    expect(code(asked.answer)).toEqual([200, null]);
    expect(text(asked.answer!)).toMatch(/\/hls\/p\/[A-Za-z0-9_-]{22}\/media\.m3u8/);
    expect(door.held).toBe(0);
    const again = ask(target).answer!;
    expect(JSON.parse(text(again))).toEqual({ error: { code: 'ticket-refused', params: { reason: 'used' } } });
  });

  test('says why when the source fails; that ticket may be tried again', async () => {
    core.open(order('l1'));
    const target = ticket('l1');
    const asked = ask(target);
    await runs[0]!.fail('source-no-video');
    expect(code(asked.answer)).toEqual([503, 'source-no-video']);
    expect(core.playbackCount).toBe(0);
    expect(code(ask(target).answer)).toEqual([503, 'source-no-video']);
    later(2000);
    runs[1]!.push(unitAt(0, { key: true }));
    expect(code(ask(target).answer)).toEqual([200, null]);
  });

  test('after ten seconds without anything it is still starting', () => {
    core.open(order('l1'));
    const asked = ask(ticket('l1'));
    for (let i = 0; i < 9; i++) {
      runs[0]!.push(unitAt(i * 1000));
      later(1000);
    }
    expect(asked.answer).toBeUndefined();
    later(1000);
    expect(code(asked.answer)).toEqual([503, 'path-starting']);
    expect(core.playbackCount).toBe(0);
  });

  test('who goes away while it waits leaves nothing behind, and the ticket stays good', () => {
    core.open(order('l1'));
    const target = ticket('l1');
    ask(target).withdraw();
    expect([door.held, core.playbackCount]).toEqual([0, 0]);
    runs[0]!.push(unitAt(0, { key: true }));
    expect(code(ask(target).answer)).toEqual([200, null]);
  });

  test.each([
    ['no ticket', () => '/hls/open.m3u8'],
    ['nonsense', () => '/hls/open.m3u8?ticket=abc.def'],
    ['a lease that is not there', () => ticket('l2')],
    [
      'another key',
      () => `/hls/open.m3u8?ticket=${signTicket(Buffer.alloc(32), { leaseId: 'l1', nonce: 'x', expiresAt: clock.now() + 1000 })}`,
    ],
    ['expired', () => `/hls/open.m3u8?ticket=${signTicket(key, { leaseId: 'l1', nonce: 'x', expiresAt: clock.now() })}`],
  ])('%s is refused', (_name, target) => {
    core.open(order('l1'));
    expect(code(ask(target()).answer)).toEqual([403, 'ticket-refused']);
    expect(core.counters.ticketsRefused).toBe(1);
  });

  test('a lease plays at most four times at once', () => {
    playing();
    for (let i = 0; i < 3; i++) expect(code(ask(ticket('l1')).answer)).toEqual([200, null]);
    expect(code(ask(ticket('l1')).answer)).toEqual([429, 'too-many-requests']);
  });
});

describe('blocking playlist reload', () => {
  /** The stream has segment 0 with parts 0 and 1 complete, and of segment 1 the parts 0 and 1. */
  const stream = () => {
    const base = playing();
    for (const unit of [unitAt(40), unitAt(80, { key: true }), unitAt(120)]) runs[0]!.push(unit);
    return `${base}media.m3u8`;
  };

  test.each([
    ['', 'now'],
    ['?_HLS_msn=0', 'now'],
    ['?_HLS_msn=0&_HLS_part=1', 'now'],
    ['?_HLS_msn=1&_HLS_part=0', 'now'],
    ['?_HLS_msn=1&_HLS_part=1', 'now'],
    ['?_HLS_msn=0&_HLS_part=7', 'now'], // beyond the last part of 0: means the first of 1
    ['?_HLS_msn=1&_HLS_part=2', 'with part 1.2'],
    ['?_HLS_msn=1', 'with segment 2'],
    ['?_HLS_msn=1&_HLS_part=3', 'with segment 2'],
    ['?_HLS_msn=2&_HLS_part=0', 'with segment 2'],
    ['?_HLS_msn=2', 'with segment 3'],
    ['?_HLS_msn=3', 'malformed'],
    ['?_HLS_part=0', 'malformed'],
    ['?_HLS_msn=x', 'malformed'],
    ['?_HLS_msn=-1', 'malformed'],
    ['?_HLS_msn=1&_HLS_part=1.5', 'malformed'],
    ['?_HLS_msn=99999999999999999999', 'malformed'],
  ])('%s: %s', (query, when) => {
    const asked = ask(stream() + query);
    const seen = () => (asked.answer === undefined ? null : asked.answer.status === 200 ? 'playlist' : asked.answer.problem);
    if (when === 'now' || when === 'malformed') return expect(seen()).toBe(when === 'now' ? 'playlist' : when);
    expect(seen()).toBeNull();
    runs[0]!.push(unitAt(160));
    expect(seen()).toBe(when === 'with part 1.2' ? 'playlist' : null);
    runs[0]!.push(unitAt(200, { key: true }));
    expect(seen()).toBe(when === 'with segment 3' ? null : 'playlist');
    runs[0]!.push(unitAt(240, { key: true }));
    expect(seen()).toBe('playlist');
    expect(door.held).toBe(0);
  });

  test('after three target durations the answer is that nothing comes', () => {
    const asked = ask(`${stream()}?_HLS_msn=1`);
    later(5_999);
    expect(asked.answer).toBeUndefined();
    later(1);
    expect(code(asked.answer)).toEqual([503, 'source-stalled']);
  });

  test('a failing source answers who waits, with its reason, until it is back', async () => {
    const target = stream();
    const asked = ask(`${target}?_HLS_msn=1`);
    await runs[0]!.fail('source-ended');
    expect(code(asked.answer)).toEqual([503, 'source-ended']);
    expect(code(ask(target).answer)).toEqual([503, 'source-ended']);
    later(320); // the first pause is 250 ms ± 25 %
    const waiting = ask(`${target}?_HLS_msn=2`);
    runs[1]!.push(unitAt(0, { key: true }));
    runs[1]!.push(unitAt(80, { key: true }));
    expect(code(waiting.answer)).toEqual([200, null]);
  });
});

describe('parts', () => {
  test('what exists is there, the hinted one is waited for, others are not', () => {
    const base = playing();
    expect(code(ask(`${base}p0.0.m4s`).answer)).toEqual([200, null]);
    expect(code(ask(`${base}init-1.mp4`).answer)).toEqual([200, null]);
    for (const name of ['p0.2.m4s', 'p5.0.m4s', 's9.m4s', 'x', '..', 'p0.0.m4s%00'])
      expect([name, ...code(ask(base + name).answer)!]).toEqual([name, 404, 'not-found']);
    const next = ask(`${base}p0.1.m4s`);
    const nextSegment = ask(`${base}p1.0.m4s`);
    expect([next.answer, nextSegment.answer, door.held]).toEqual([undefined, undefined, 2]);
    runs[0]!.push(unitAt(40, { bytes: 33 }));
    expect([next.answer!.body.length, nextSegment.answer]).toEqual([33, undefined]);
  });

  test('a hinted part that the stream passed by is not found', () => {
    const asked = ask(`${playing()}p0.1.m4s`);
    runs[0]!.push(unitAt(40, { key: true }));
    expect(code(asked.answer)).toEqual([404, 'not-found']);
  });

  test('eight requests of a playback may wait, not more', () => {
    const base = playing();
    const waiting = Array.from({ length: 8 }, () => ask(`${base}media.m3u8?_HLS_msn=0`));
    const ninth = ask(`${base}media.m3u8?_HLS_msn=0`);
    expect(code(ninth.answer)).toEqual([429, 'too-many-requests']);
    expect(core.counters.heldRefused).toBe(1);
    waiting[0]!.withdraw();
    expect(ask(`${base}media.m3u8?_HLS_msn=0`).answer).toBeUndefined();
    expect(door.held).toBe(8);
  });
});

test('any target is answered, or waits within bounds; none throws', () => {
  const base = playing();
  const names = fc.oneof(fc.string(), fc.webQueryParameters(), fc.constantFrom('media.m3u8', 'p0.1.m4s', 's0.m4s', 'init-1.mp4'));
  const targets = fc.oneof(
    fc.string(),
    fc.webPath(),
    fc.tuple(fc.constantFrom(base, '/hls/', '/hls/open.m3u8?ticket=', `${base}media.m3u8?_HLS_msn=`), names).map((parts) => parts.join('')),
  );
  const holds = fc.property(targets, (target) => {
    const before = door.held;
    const asked = ask(target);
    const waits = asked.answer === undefined;
    asked.withdraw();
    return door.held === before && (waits || asked.answer!.status >= 200);
  });
  expect(fc.check(holds, { seed: 28181, numRuns: 1000 }).counterexample).toBeNull();
});

describe('the end', () => {
  test('closing the lease ends its playbacks, waiting requests included, and nobody else’s', () => {
    const base = playing();
    const other = playing('l2');
    const asked = ask(`${base}media.m3u8?_HLS_msn=0`);
    core.close('l1');
    expect(code(asked.answer)).toEqual([410, 'playback-ended']);
    expect(code(ask(`${base}p0.0.m4s`).answer)).toEqual([410, 'playback-ended']);
    expect(code(ask(`${other}p0.0.m4s`).answer)).toEqual([200, null]);
    expect(door.held).toBe(0);
  });

  test('unknown paths are not found, unknown playbacks have ended', () => {
    expect(code(ask('/hls/x').answer)).toEqual([404, 'not-found']);
    expect(code(ask('/hls/p/AAAAAAAAAAAAAAAAAAAAAA/media.m3u8').answer)).toEqual([410, 'playback-ended']);
  });

  test('a playback that asks for nothing ends with its lease after half a minute; one that waits is in use', () => {
    const base = playing();
    playing('l2');
    for (let second = 0; second < 29; second++) {
      runs[0]!.push(unitAt(second * 1000));
      later(1000);
    }
    ask(`${base}p0.0.m4s`);
    runs[0]!.push(unitAt(29_000));
    later(1000);
    expect(ended).toEqual(['l2 idle']);
    const waits = ask(`${base}media.m3u8?_HLS_msn=0`);
    for (let second = 30; second < 65; second++) {
      runs[0]!.push(unitAt(second * 1000));
      later(1000);
    }
    expect(code(waits.answer)).toEqual([503, 'source-stalled']);
    expect(ended).toEqual(['l2 idle']);
    for (let second = 65; second < 70; second++) later(1000);
    expect(ended).toEqual(['l2 idle', 'l1 idle']);
    expect(core.playbackCount).toBe(0);
  });

  test('a lease that nobody claims ends after a minute, and its path with it', async () => {
    core.open(order('l1'));
    for (let second = 0; second < 60; second++) {
      runs[0]!.push(unitAt(second * 1000, { key: true }));
      later(1000);
    }
    expect(ended).toEqual(['l1 idle']);
    later(7000);
    later(7000);
    later(7000);
    await Promise.resolve();
    later(1000);
    later(1000);
    expect(core.entries()).toEqual([]);
    expect(core.counters.sourceRuns).toBe(1);
  });
});

describe('bounds', () => {
  test('a lingering camera makes room for one that is wanted; a watched one does not', () => {
    core.open(order('l1', 'c1'));
    core.open(order('l2', 'c2'));
    expect(core.open(order('l3', 'c3'))).toMatchObject({ ok: false, error: { code: 'relay-overloaded' } });
    core.close('l1');
    expect(core.open(order('l3', 'c3'))).toEqual({ ok: true, value: undefined });
    expect(runs[0]!.signal.aborted).toBe(true);
    expect(core.leases().map((lease) => lease.leaseId)).toEqual(['l2', 'l3']);
  });

  test('too many leases are refused; the same one again is not another', () => {
    for (let i = 0; i < 20; i++) expect(core.open(order(`l${i}`)).ok).toBe(true);
    expect(core.open(order('l20'))).toMatchObject({ ok: false, error: { code: 'too-many-leases' } });
    expect(core.open(order('l3'))).toEqual({ ok: true, value: undefined });
    expect(core.open(order('l3', 'c2'))).toMatchObject({ ok: false, error: { code: 'malformed' } });
    expect([core.leases().length, core.entries()[0]!.path.leases, runs.length]).toEqual([20, 20, 1]);
  });

  test('the muxer is made for the first HLS viewer and goes ten seconds after the last', () => {
    core.open(order('l1'));
    runs[0]!.push(unitAt(0, { key: true }));
    const entry = core.entries()[0]!;
    expect(entry.outputs.size).toBe(0);
    playing('l2');
    const output = entry.outputs.get('as-is');
    expect(output).toBeDefined();
    core.close('l2');
    later(5000);
    playing('l2');
    expect(entry.outputs.get('as-is')).toBe(output);
    core.close('l2');
    runs[0]!.push(unitAt(40));
    later(5000);
    runs[0]!.push(unitAt(80));
    later(5000);
    expect(entry.outputs.size).toBe(0);
  });
});
