import * as fc from 'fast-check';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { silentLog } from '../../../main/contract/log.ts';
import type { WallAsk, WallEvent } from '../../wire/wall-ask.ts';
import { decodeRecords, recordBytes, recordFlag, recordType, type WallRecord } from '../../wire/wall-record.ts';
import type { LeaseOrder } from '../media-relay.ts';
import { RelayCore } from '../relay-core.ts';
import { FakeClock } from '../testdata/fake-clock.ts';
import { FakeMuxer } from '../testdata/fake-muxer.ts';
import { lenientQuarantine, roomyStarts } from '../testdata/roomy-limits.ts';
import { scriptedSources, type ScriptedRun } from '../testdata/scripted-source.ts';
import { pictureAt } from '../testdata/units.ts';
import { TicketGate } from '../ticket-gate.ts';
import { signTicket } from '../ticket.ts';
import { MessageBuffers } from './message-buffers.ts';
import { WallSession } from './wall-session.ts';

const key = Buffer.alloc(32, 1);
let clock: FakeClock;
let core: RelayCore;
let tickets: TicketGate;
let runs: readonly ScriptedRun[];
let nonce = 0;

beforeEach(setUp);
function setUp(): void {
  clock = new FakeClock();
  const sources = scriptedSources();
  runs = sources.runs;
  core = new RelayCore({
    lingerMs: 15_000,
    watchdogMs: 8_000,
    maxPaths: 1024,
    maxLeases: 2048,
    openSource: sources.openSource,
    starts: roomyStarts,
    quarantine: lenientQuarantine,
    createHls: () => new FakeMuxer(),
    clock,
    log: silentLog,
  });
  tickets = new TicketGate(key, clock, core.counters);
}

/** A page that hears everything and credits when the test says so. */
function page() {
  const line = { bufferedBytes: 0, delayMs: 0, leastDelayMs: 0, over: null as string | number | null };
  const messages: number[] = [];
  const records: WallRecord[] = [];
  let credited = 0;
  let isAwake = false;
  const session = new WallSession({
    core,
    tickets,
    clock,
    buffers: new MessageBuffers(4),
    line: {
      send(message, bytes) {
        const read = decodeRecords(Uint8Array.from(message.subarray(0, bytes)));
        if (!read.ok) throw new Error(read.error);
        messages.push(bytes);
        records.push(...read.value);
      },
      get bufferedBytes() {
        return line.bufferedBytes;
      },
      get delayMs() {
        return line.delayMs;
      },
      get leastDelayMs() {
        return line.leastDelayMs;
      },
      end: (code) => (line.over = code),
      cut: () => (line.over = 'cut'),
    },
    onWake: () => (isAwake = true),
  });
  const say = (ask: WallAsk) => session.hear(JSON.stringify(ask));
  const sent = () => messages.reduce((sum, bytes) => sum + bytes, 0);
  const of = (id: number, type: number) => records.filter((one) => one.subscription === id && one.type === type);
  return {
    session,
    line,
    messages,
    records,
    say,
    sent,
    sub: (id: number, leaseId: string, more: Partial<Extract<WallAsk, { op: 'sub' }>> = {}) =>
      say({ op: 'sub', id, ticket: ticket(leaseId), mode: 'full', format: 'annexb', audio: false, ...more }),
    pictures: (id: number) => of(id, recordType.video),
    events: (id: number) => of(id, recordType.event).map((one) => JSON.parse(Buffer.from(one.payload).toString()) as WallEvent),
    credit: () => ((credited = sent()), say({ op: 'credit', bytes: credited })),
    /** As the door does it: a flush some milliseconds after a wake. */
    pass(ms = 20) {
      clock.advance(ms);
      if (!isAwake) return;
      isAwake = false;
      session.flush();
    },
    tick(ms = 100) {
      clock.advance(ms);
      session.tick();
    },
  };
}
const ticket = (leaseId: string) => {
  nonce += 1;
  return signTicket(key, { leaseId, nonce: `n${nonce}`, expiresAt: clock.now() + 60_000 });
};
const leaseOf = (leaseId: string): LeaseOrder => ({
  leaseId,
  cameraId: `c${leaseId}`,
  profile: 'sub',
  source: { kind: 'file', url: `clip:${leaseId}` },
  decodes: ['h264'],
  holder: 's1',
});
/** A camera that shows pictures. */
function camera(leaseId: string, gop: readonly ReturnType<typeof pictureAt>[] = [pictureAt(0, { key: true })]): ScriptedRun {
  core.open(leaseOf(leaseId));
  const run = runs.at(-1)!;
  for (const unit of gop) run.push(unit);
  return run;
}
const gopOf = (count: number, bytes: number) => Array.from({ length: count }, (_, i) => pictureAt(i * 40, { key: i === 0, bytes }));
const flagsOf = (records: readonly WallRecord[]) => records.map(({ flags }) => flags);

describe('gathering', () => {
  test('what comes within a batch is one message; nothing pending, nothing sent', () => {
    const all = page();
    const cameras = [1, 2, 3].map((id) => camera(`l${id}`));
    for (const id of [1, 2, 3]) all.sub(id, `l${id}`);
    all.pass();
    expect(all.messages).toHaveLength(1);
    for (const one of cameras) one.push(pictureAt(40));
    all.pass();
    all.pass();
    expect(all.messages).toHaveLength(2);
    expect(all.records.slice(-3).map(({ subscription }) => subscription)).toEqual([1, 2, 3]);
  });

  test('more than a mebibyte is not gathered', () => {
    const all = page();
    const one = camera('l1');
    all.sub(1, 'l1');
    all.pass();
    for (let i = 1; i < 6; i++) one.push(pictureAt(i * 40, { bytes: 300_000 }));
    expect(all.messages).toHaveLength(2);
    all.pass();
    expect(all.pictures(1)).toHaveLength(6);
  });
});

describe('beginning', () => {
  test('sixty-four at once are given what is kept as the page works it off, the smallest first; who has begun gets what comes meanwhile', () => {
    const all = page();
    const live = camera('l0');
    all.sub(0, 'l0');
    all.pass();
    for (let id = 1; id <= 64; id++) {
      camera(`l${id}`, gopOf(10, 2000 + 10 * (65 - id)));
      all.sub(id, `l${id}`);
    }
    const before = all.sent();
    for (let i = 0; i < 20; i++) all.pass(10);
    // What is not credited is no more than the window, and one piece.
    expect(all.sent() - before).toBeLessThan(384 * 1024 + 3 * 32 * 1024);
    expect(all.pictures(64)).toHaveLength(10);
    expect(all.pictures(1)).toHaveLength(0);
    live.push(pictureAt(40));
    all.pass();
    expect(all.pictures(0)).toHaveLength(2);
    for (let i = 0; i < 60; i++) {
      all.credit();
      all.pass();
    }
    const { catchUp, burstEnd, key: isKey } = recordFlag;
    for (let id = 1; id <= 64; id++)
      expect(flagsOf(all.pictures(id))).toEqual([isKey | catchUp, ...Array.from({ length: 8 }, () => catchUp), catchUp | burstEnd]);
    expect(core.counters.wallBursts).toBe(65);
  });

  test('a page that credits nothing is given what is kept slowly, and soon nothing', () => {
    const all = page();
    for (let id = 0; id < 100; id++) {
      camera(`l${id}`, gopOf(10, 4000));
      all.sub(id, `l${id}`);
    }
    for (let i = 0; i < 100; i++) {
      all.pass(20);
      all.tick(0);
    }
    expect(all.sent()).toBeLessThan(700 * 1024);
  });

  test('what comes while it begins is in order, once, and not lost', () => {
    const all = page();
    const one = camera('l1', gopOf(50, 10_000));
    all.sub(1, 'l1');
    for (let i = 50; i < 90; i++) {
      all.pass(10);
      all.credit();
      one.push(pictureAt(i * 40, { bytes: 10_000 }));
    }
    all.pass();
    const [first] = all.pictures(1);
    expect(all.pictures(1).map(({ sequence }) => sequence - first!.sequence)).toEqual(Array.from({ length: 90 }, (_, i) => i));
  });

  test('a new GOP while the old one is given on: goes on with the new one', () => {
    const all = page();
    const one = camera('l1', gopOf(50, 10_000));
    all.sub(1, 'l1');
    all.pass();
    one.push(pictureAt(2000, { key: true }));
    one.push(pictureAt(2040));
    all.credit();
    all.pass();
    const { catchUp, burstEnd, key: isKey } = recordFlag;
    expect(flagsOf(all.pictures(1)).slice(-2)).toEqual([isKey | catchUp, catchUp | burstEnd]);
    expect(all.pictures(1).length).toBeLessThan(50);
  });
});

describe('a page that does not keep up', () => {
  /** Sixteen cameras, one picture each every 100 ms, a key every second; `credit` says whether the page keeps up now. */
  function city(ranks: (id: number) => number = () => 0) {
    const all = page();
    const cameras = Array.from({ length: 16 }, (_, id) => camera(`l${id}`));
    for (let id = 0; id < 16; id++) all.sub(id, `l${id}`, { rank: ranks(id) });
    all.pass();
    all.credit();
    let at = 0;
    const play = (pictures: number, credits: boolean) => {
      for (let i = 0; i < pictures; i++) {
        at += 1;
        for (const one of cameras) one.push(pictureAt(at * 100, { key: at % 10 === 0 }));
        all.pass(20);
        if (credits) all.credit();
        all.tick(80);
      }
    };
    return { ...all, play };
  }
  const thinned = (all: ReturnType<typeof page>) =>
    Array.from({ length: 16 }, (_, id) => id).filter((id) => {
      const last = all.events(id).at(-1);
      return last?.event === 'thinned' && last.code !== null;
    });

  test('is sent about a second and a half, then nothing, and told why; when it comes back everybody begins with a key picture', () => {
    const all = city();
    all.play(20, true);
    const before = all.pictures(3).length;
    all.play(40, false);
    expect(all.pictures(3).length - before).toBeLessThanOrEqual(17);
    expect(all.events(3)).toEqual([{ event: 'thinned', code: 'viewer-too-slow' }]);
    const stopped = all.pictures(3).length;
    all.credit();
    all.play(10, true);
    const after = all.pictures(3).slice(stopped);
    expect(after[0]!.flags & recordFlag.key).toBe(recordFlag.key);
    expect(after[0]!.sequence - all.pictures(3)[stopped - 1]!.sequence).toBeGreaterThan(20);
    expect(core.counters.wallDrops.cut).toBeGreaterThan(0);
    expect(core.counters.slowSockets).toBe(0);
  });

  test('the least important give way first: key pictures only; after some time of keeping up all move again', () => {
    const all = city((id) => (id === 15 ? -1 : 0));
    // What it works off is eight pictures behind all the time: behind, but not a second.
    const sent: number[] = [];
    for (let i = 0; i < 28; i++) {
      all.play(1, false);
      sent.push(all.sent());
      if (i >= 8) all.say({ op: 'credit', bytes: sent[i - 8]! });
    }
    const slow = thinned(all);
    expect(slow.length).toBeGreaterThan(0);
    expect(slow.length).toBeLessThan(12);
    expect(slow).toEqual(Array.from({ length: slow.length }, (_, i) => 15 - slow.length + i));
    all.play(400, true);
    expect(thinned(all)).toEqual([]);
    expect(all.events(14).at(-1)).toEqual({ event: 'thinned', code: null });
  });

  test('when the line does not drain it is the line', () => {
    const all = city();
    all.line.bufferedBytes = 300_000;
    all.play(17, false);
    // Not told while it could not be heard anyway.
    all.line.bufferedBytes = 0;
    all.line.delayMs = 900;
    all.play(1, false);
    expect(all.events(3)).toEqual([{ event: 'thinned', code: 'line-too-slow' }]);
  });

  test('who is far away is not behind for that', () => {
    const all = city();
    all.line.delayMs = all.line.leastDelayMs = 700;
    for (let i = 0; i < 20; i++) {
      all.play(6, false);
      all.credit();
    }
    expect(all.pictures(3)).toHaveLength(121);
    expect(all.events(3)).toEqual([]);
    all.play(26, false);
    expect(all.events(3)).toEqual([{ event: 'thinned', code: 'viewer-too-slow' }]);
  });

  test('and whose line is full for five seconds is cut off and counted; its playbacks end', () => {
    const all = city();
    all.line.bufferedBytes = 5_000_000;
    all.play(50, false);
    expect(all.line.over).toBeNull();
    all.play(10, false);
    expect([all.line.over, core.counters.slowSockets, core.playbackCount]).toEqual(['cut', 1, 0]);
  });

  test('who says again and again what it said before is cut off as if it said nothing', () => {
    const all = city();
    all.line.bufferedBytes = 5_000_000;
    for (let i = 0; i < 60; i++) {
      all.play(1, false);
      all.say({ op: 'credit', bytes: 100 });
    }
    expect([all.line.over, core.counters.slowSockets]).toEqual(['cut', 1]);
  });

  test('who asks on and on and does not read the answers is cut off', () => {
    const all = city();
    all.line.bufferedBytes = 17 * 1024 * 1024;
    all.credit();
    expect(all.line.over).toBeNull();
    all.sub(99, 'nobody');
    expect([all.line.over, core.counters.slowSockets, core.playbackCount]).toEqual(['cut', 1, 0]);
  });

  test('who reads and never says so is cut off later', () => {
    const all = city();
    all.play(200, false);
    expect(all.line.over).toBeNull();
    all.play(20, false);
    expect(all.line.over).toBe('cut');
  });
});

describe('bounds', () => {
  test('512 subscriptions; beyond them a refusal that leaves the ticket unused, and the others undisturbed', () => {
    const all = page();
    const one = camera('l0');
    for (let i = 1; i < 200; i++)
      core.open({
        leaseId: `l${i}`,
        cameraId: 'cl0',
        profile: 'sub',
        source: { kind: 'file', url: 'clip:l0' },
        decodes: ['h264'],
        holder: 's1',
      });
    for (let id = 0; id < 600; id++) all.sub(id, `l${id % 200}`);
    for (let i = 0; i < 40; i++) {
      all.pass();
      all.credit();
    }
    expect(core.playbackCount).toBe(512);
    expect(all.events(512)).toEqual([{ event: 'ended', code: 'too-many-requests', params: { max: 512 }, ticketKept: true }]);
    expect([all.pictures(511).length, all.pictures(512).length]).toEqual([1, 0]);
    one.push(pictureAt(40));
    all.pass();
    expect(all.pictures(0)).toHaveLength(2);
    // The ticket that was refused for want of room is good still.
    const kept = ticket('l0');
    all.say({ op: 'sub', id: 9000, ticket: kept, mode: 'full', format: 'annexb', audio: false });
    all.say({ op: 'unsub', id: 0 });
    all.say({ op: 'sub', id: 9001, ticket: kept, mode: 'full', format: 'annexb', audio: false });
    all.pass();
    expect(all.pictures(9001)).toHaveLength(2);
  });

  test('however many asks come at once, who gives way is settled once', () => {
    const all = page();
    camera('l0');
    all.sub(0, 'l0');
    all.pass();
    const sort = vi.spyOn(Array.prototype, 'sort');
    for (let i = 0; i < 1000; i++) all.say({ op: 'set', id: 0, mode: 'full', audio: false, rank: i });
    all.pass();
    const { length } = sort.mock.calls;
    sort.mockRestore();
    expect(length).toBeLessThanOrEqual(1);
  });

  test('who asks on and on is not heard any more', () => {
    const all = page();
    for (let i = 0; i < 16_384; i++) all.say({ op: 'unsub', id: i });
    expect(all.line.over).toBeNull();
    clock.advance(1000);
    for (let i = 0; i < 1024; i++) all.say({ op: 'unsub', id: i });
    expect(all.line.over).toBeNull();
    all.say({ op: 'unsub', id: 0 });
    expect(all.line.over).toBe(1008);
  });

  test.each([
    ['lease-ended', () => ticket('nobody'), { code: 'ticket-refused', params: { reason: 'lease-ended' }, ticketKept: false }],
    ['invalid', () => 'forged', { code: 'ticket-refused', params: { reason: 'invalid' }, ticketKept: false }],
  ])('a ticket that opens nothing: %s', (_name, made, said) => {
    const all = page();
    all.say({ op: 'sub', id: 5, ticket: made(), mode: 'full', format: 'annexb', audio: false });
    all.pass();
    expect(all.events(5)).toEqual([{ event: 'ended', ...said }]);
    expect(core.counters.ticketsRefused).toBe(1);
  });

  test('one lease has four playbacks; the fifth keeps its ticket', () => {
    const all = page();
    camera('l1');
    for (let id = 0; id < 5; id++) all.sub(id, 'l1');
    all.pass();
    expect(all.events(4)).toEqual([{ event: 'ended', code: 'too-many-requests', params: { max: 4 }, ticketKept: true }]);
  });

  test('a socket without any subscription is closed after a while; what was never proven, sooner', () => {
    const [proven, stranger] = [page(), page()];
    camera('l1');
    proven.sub(1, 'l1');
    proven.pass();
    proven.tick(30_000);
    stranger.tick(0);
    expect([proven.line.over, stranger.line.over]).toEqual([null, 4001]);
    proven.say({ op: 'unsub', id: 1 });
    proven.credit();
    proven.tick(59_000);
    expect(proven.line.over).toBeNull();
    proven.tick(1000);
    expect(proven.line.over).toBe(4002);
  });
});

describe('what a page is told', () => {
  test('why nothing comes, each time that it is another reason, and not twice', async () => {
    const all = page();
    const first = camera('l1', []);
    all.sub(1, 'l1');
    all.pass();
    all.tick();
    await first.fail('source-unreachable');
    all.pass();
    all.tick();
    expect(all.events(1).map((said) => said.event === 'waiting' && said.code)).toEqual(['path-starting', 'source-unreachable']);
    all.credit();
    clock.advance(3000);
    core.tick();
    runs.at(-1)!.push(pictureAt(0, { key: true }));
    all.pass();
    expect(all.pictures(1)).toHaveLength(1);
    await runs.at(-1)!.fail('source-unreachable');
    all.pass();
    expect(all.events(1).slice(2)).toEqual([{ event: 'waiting', code: 'source-unreachable', params: {} }]);
  });

  test('a camera that is tried again is still one that failed, until there is a picture', async () => {
    const all = page();
    const first = camera('l1');
    all.sub(1, 'l1');
    all.pass();
    all.credit();
    await first.fail('source-unreachable');
    all.pass();
    for (let i = 0; i < 3; i++) {
      clock.advance(3000);
      core.tick();
      expect(runs).toHaveLength(2 + i);
      all.pass();
      all.tick();
      await runs.at(-1)!.fail('source-unreachable');
      all.pass();
    }
    expect(all.events(1)).toEqual([{ event: 'waiting', code: 'source-unreachable', params: {} }]);
  });

  test('a camera that was given another source has not failed yet', async () => {
    const all = page();
    await camera('l1', []).fail('source-unreachable');
    core.open({ ...leaseOf('l1'), source: { kind: 'file', url: 'clip:other' } });
    all.sub(1, 'l1');
    all.pass();
    expect(all.events(1)).toEqual([{ event: 'waiting', code: 'path-starting', params: {} }]);
  });

  test('the latest pictures come before the reason why there are no more', async () => {
    const all = page();
    const one = camera('l1');
    all.sub(1, 'l1');
    all.pass();
    one.push(pictureAt(40));
    await one.fail('source-ended');
    all.pass();
    expect(all.records.slice(-2).map(({ type }) => type)).toEqual([recordType.video, recordType.event]);
  });

  test('a camera whose key pictures cannot be decoded', () => {
    const all = page();
    const one = camera('l1', []);
    all.sub(1, 'l1');
    one.push(pictureAt(0, { key: true, sets: null }));
    all.pass();
    all.tick();
    expect(all.events(1).at(-1)).toEqual({ event: 'waiting', code: 'source-no-key-picture', params: {} });
  });

  test('a camera whose key pictures could be decoded, and cannot any more', () => {
    const all = page();
    const one = camera('l1');
    all.sub(1, 'l1');
    all.pass();
    all.credit();
    all.tick();
    one.push(pictureAt(40, { key: true, sets: [0, 0, 0, 1, 0x67, 0xff, 0, 0, 0, 1, 0x68, 0xee] }));
    for (let i = 0; i < 10; i++) all.tick();
    expect(all.events(1)).toEqual([{ event: 'waiting', code: 'source-no-key-picture', params: {} }]);
    one.push(pictureAt(80, { key: true }));
    all.pass();
    expect(all.pictures(1)).toHaveLength(2);
  });

  test('a number is free again at once; what ended with it comes before what begins', () => {
    const all = page();
    camera('l1');
    camera('l2');
    all.sub(1, 'l1');
    all.pass();
    core.close('l1');
    all.sub(1, 'l2');
    all.pass();
    expect(all.records.slice(1).map(({ type }) => type)).toEqual([recordType.video, recordType.event, recordType.config, recordType.video]);
    expect(all.events(1)).toEqual([{ event: 'ended', code: 'playback-ended', params: {}, ticketKept: false }]);
  });
});

test('bytes and records are counted as they are sent', () => {
  const all = page();
  camera('l1');
  all.sub(1, 'l1');
  all.pass();
  const { wallBytes, wallRecords, wallMessages } = core.counters;
  expect([wallBytes, wallRecords, wallMessages]).toEqual([all.sent(), 2, 1]);
  expect(all.sent()).toBe(all.records.reduce((sum, { payload }) => sum + recordBytes(payload.length), 0));
});

const mode = fc.constantFrom('full' as const, 'key' as const, 'off' as const);
/** As a page sees it: whatever follows a gap is a key picture, or says that the gap is harmless. */
function isDecodable(records: readonly WallRecord[]): boolean {
  const last = new Map<number, number>();
  return records.every(({ subscription, type, flags, sequence }) => {
    if (type !== recordType.video) return true;
    const before = last.get(subscription);
    last.set(subscription, sequence);
    return (flags & (recordFlag.key | recordFlag.harmlessGap)) !== 0 || (before !== undefined && sequence === before + 1);
  });
}

test('whatever a page asks and whatever cameras do: nothing throws, playbacks are counted, and no picture follows a gap that it could need', async () => {
  const push = fc.record({ do: fc.constant('push' as const), camera: fc.nat(1), kind: fc.constantFrom(...'KKppppddcx') });
  const act = fc.oneof(
    { arbitrary: push, weight: 12 },
    {
      arbitrary: fc.record({
        do: fc.constant('sub' as const),
        id: fc.nat(3),
        lease: fc.nat(1),
        format: fc.constantFrom('annexb' as const, 'fmp4' as const),
        mode,
      }),
      weight: 4,
    },
    fc.record({ do: fc.constant('set' as const), id: fc.nat(3), mode, rank: fc.nat(3) }),
    fc.record({ do: fc.constantFrom('unsub' as const), id: fc.nat(3) }),
    fc.record({ do: fc.constantFrom('close' as const, 'open' as const, 'open' as const, 'fail' as const), camera: fc.nat(1) }),
    { arbitrary: fc.record({ do: fc.constantFrom('credit' as const, 'pass' as const, 'tick' as const), ms: fc.nat(1200) }), weight: 6 },
  );
  let pictures = 0;
  let dropped = 0;
  const holds = fc.asyncProperty(fc.array(act, { minLength: 100, maxLength: 200 }), async (acts) => {
    setUp();
    const all = page();
    const mine = Array.from({ length: 2 }, () => ((nonce += 1), `f${nonce}`));
    for (const lease of mine) camera(lease, []);
    const latest = (index: number) => runs.findLast(({ spec }) => spec.kind === 'file' && spec.url === `clip:${mine[index]}`)!;
    for (const id of [0, 1, 2]) all.sub(id, mine[id % 2]!);
    let at = 0;
    for (const one of acts) {
      at += 40;
      if (one.do === 'sub') all.sub(one.id, mine[one.lease]!, { format: one.format, mode: one.mode });
      else if (one.do === 'set') all.say({ op: 'set', id: one.id, mode: one.mode, audio: true, rank: one.rank });
      else if (one.do === 'unsub') all.say({ op: 'unsub', id: one.id });
      else if (one.do === 'close') core.close(mine[one.camera]!);
      else if (one.do === 'open') core.open(leaseOf(mine[one.camera]!));
      else if (one.do === 'fail') await latest(one.camera).fail('source-ended');
      else if (one.do === 'push') {
        const picture = pictureAt(at, { key: one.kind === 'K', disposable: one.kind === 'd', discontinuity: one.kind === 'x' });
        latest(one.camera).push({ ...picture, corrupt: one.kind === 'c' });
      } else if (one.do === 'credit') all.credit();
      else if (one.do === 'pass') all.pass(one.ms);
      else if (one.do === 'tick') {
        core.tick();
        all.tick(one.ms);
      }
    }
    all.pass();
    const open = all.session.count('full') + all.session.count('key') + all.session.count('off');
    if (core.playbackCount !== open) return false;
    all.session.dispose();
    for (const lease of mine) core.close(lease);
    if (core.playbackCount !== 0) return false;
    dropped += core.counters.wallDrops.cut;
    pictures += all.records.filter(({ type }) => type === recordType.video).length;
    return isDecodable(all.records);
  });
  expect((await fc.check(holds, { seed: 28181, numRuns: 200 })).counterexample).toBeNull();
  // Otherwise it would not have tried much.
  expect(pictures).toBeGreaterThan(2000);
  expect(dropped).toBeGreaterThan(50);
});
