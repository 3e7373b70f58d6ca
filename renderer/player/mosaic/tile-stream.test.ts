import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recordCodec, recordFlag, type WallRecord } from '../../../streams/wire/wall-record.ts';
import { longestWaitMs, TileStream } from './tile-stream.ts';
import { key, picture, small } from './testdata/wall-records.ts';

type Step = WallRecord | 'config' | 'wide' | 'h265' | 'unknown' | 'huge';

const configs = {
  config: small,
  wide: { ...small, width: 1920, height: 1080 },
  h265: { ...small, video: 'hvc1.1.6.L120.90' },
  unknown: { ...small, video: 'av01.0.04M.08' },
  huge: { ...small, width: 20_000, height: 20_000 },
} as const;

function rig(mode: 'full' | 'key' = 'full') {
  const workedOff: number[] = [];
  const stream = new TileStream(mode, (record) => workedOff.push(record.sequence));
  const push = (steps: readonly Step[], at = 0) => {
    for (const step of steps) {
      if (typeof step === 'string') stream.pushConfig(configs[step], at);
      else stream.push(step, at);
    }
  };
  /** What is given out, in order. */
  const taken = () => {
    const out: (number | string)[] = [];
    for (let step = stream.take(); step; step = stream.take()) {
      out.push(step.kind === 'picture' ? step.record.sequence : step.config === null ? 'refused' : 'config');
    }
    return out;
  };
  return { stream, push, taken, workedOff };
}

const h265 = (sequence: number, flags = 0) => picture(sequence, { flags, codec: recordCodec.h265 });
const { key: isKey, discontinuity, catchUp, burstEnd, harmlessGap } = recordFlag;

describe('which pictures are given out', () => {
  test.each<[name: string, steps: Step[], given: (number | string)[], reason: string | null]>([
    ['a stream from its key picture', ['config', key(7), picture(8), picture(9)], ['config', 7, 8, 9], null],
    ['nothing before the first config', [key(1), picture(2)], [], null],
    ['nothing before the first key', ['config', picture(1), picture(2), key(3)], ['config', 3], null],
    ['a gap: nothing before the next key', ['config', key(1), picture(3), picture(4)], ['config', 1], 'stream-gap'],
    ['a gap that ends with a key', ['config', key(1), picture(3), key(4), picture(5)], ['config', 1, 4, 5], null],
    ['a key right after a gap', ['config', key(1), key(4), picture(5)], ['config', 1, 4, 5], null],
    ['a gap that nothing refers to', ['config', key(1), picture(4, { flags: harmlessGap }), picture(5)], ['config', 1, 4, 5], null],
    [
      'a harmless gap after one that is not',
      ['config', key(1), picture(3), picture(5, { flags: harmlessGap })],
      ['config', 1],
      'stream-gap',
    ],
    ['twice the same', ['config', key(1), picture(2), picture(2), picture(3)], ['config', 1, 2, 3], null],
    ['twice the same key', ['config', key(1), picture(2), key(1), picture(3)], ['config', 1, 2, 3], null],
    ['one of before', ['config', key(1), picture(2), picture(3), picture(2), picture(4)], ['config', 1, 2, 3, 4], null],
    ['two that changed places', ['config', key(1), picture(3), picture(2), picture(4)], ['config', 1], 'stream-gap'],
    [
      'the number wraps',
      ['config', key(0xffff_fffe), picture(0xffff_ffff), picture(0), picture(1)],
      ['config', 0xffff_fffe, 0xffff_ffff, 0, 1],
      null,
    ],
    ['a break at a key', ['config', key(1), key(2, discontinuity), picture(3)], ['config', 1, 2, 3], null],
    ['a break without a key', ['config', key(1), picture(2, { flags: discontinuity }), picture(3)], ['config', 1], 'stream-gap'],
    [
      'what was kept, sent anew',
      ['config', key(5), picture(6), key(5, catchUp), picture(6, { flags: catchUp | burstEnd }), picture(7)],
      ['config', 5, 6, 5, 6, 7],
      null,
    ],
    ['numbers that begin anew', ['config', key(500), picture(501), key(1, discontinuity), picture(2)], ['config', 500, 501, 1, 2], null],
    ['the same config again', ['config', key(1), 'config', picture(2)], ['config', 1, 2], null],
    ['another size', ['config', key(1), 'wide', picture(2), key(3)], ['config', 1, 'config', 3], null],
    ['another codec', ['config', key(1), 'h265', h265(2, isKey), h265(3)], ['config', 1, 'config', 2, 3], null],
    ['a codec that was not announced', ['config', key(1), h265(2), picture(3)], ['config', 1], 'source-codec-unsupported'],
    ['and the right one after it', ['config', key(1), h265(2, isKey), picture(3), key(4)], ['config', 1, 4], null],
    ['a codec that nobody knows', ['unknown', key(1)], ['refused'], 'source-codec-unsupported'],
    ['a picture of a size that nobody has', ['huge', key(1)], ['refused'], 'picture-too-large'],
    ['two configs in a row', ['wide', 'config', key(1)], ['config', 1], null],
  ])('%s', (_name, steps, given, reason) => {
    const { stream, push, taken, workedOff } = rig();
    push(steps);
    expect(taken()).toEqual(given);
    expect(stream.reason(0)).toBe(reason);
    const pictures = steps.filter((step) => typeof step !== 'string').length;
    const decoded = given.filter((one) => typeof one === 'number').length;
    expect(stream.skipped).toBe(pictures - decoded);
    expect(workedOff).toHaveLength(pictures - decoded);
  });

  test('key pictures only: what is missing in between is no fault', () => {
    const { stream, push, taken } = rig('key');
    push(['config', key(1), key(31), picture(40), key(61)]);
    expect(taken()).toEqual(['config', 1, 31, 61]);
    push([picture(70)]);
    expect(taken()).toEqual([]);
    expect(stream.reason(0)).toBeNull();
  });

  test('the relay says why it leaves pictures out, and why it has none', () => {
    const { stream, push, taken } = rig();
    stream.relayWaits('source-queued');
    expect(stream.reason(0)).toBe('source-queued');
    push(['config', key(1), picture(2)]);
    taken();
    expect(stream.reason(0)).toBeNull();
    stream.thinned('line-too-slow');
    push([picture(9)]);
    taken();
    expect(stream.reason(0)).toBe('line-too-slow');
    stream.thinned(null);
    push([key(10)]);
    taken();
    expect(stream.reason(0)).toBeNull();
  });

  test.each<[before: string, happens: (stream: TileStream) => void]>([
    ['pictures were left out', (stream) => stream.thinned('line-too-slow')],
    ['a key picture was waited for', (stream) => stream.needKey('stream-gap')],
    ['what waited was left out', (stream) => stream.skipToKey(0)],
  ])('a camera that is gone is gone, also when before that %s', (_before, happens) => {
    const { stream, push, taken } = rig();
    push(['config', key(1), picture(2)]);
    taken();
    happens(stream);
    stream.relayWaits('source-unreachable');
    expect(stream.reason(0)).toBe('source-unreachable');
  });

  test('a decoder that begins anew gets a key picture first', () => {
    const { stream, push, taken } = rig();
    push(['config', key(1), picture(2)]);
    taken();
    stream.needKey('decoder-failed');
    push([picture(3)]);
    expect(taken()).toEqual([]);
    expect(stream.reason(0)).toBe('decoder-failed');
    push([key(4), picture(5)]);
    expect(taken()).toEqual([4, 5]);
    expect(stream.reason(0)).toBeNull();
  });
});

describe('what waits too long', () => {
  test('is left out up to the last key picture in it', () => {
    const { stream, push, taken } = rig();
    push(['config', key(1), picture(2), picture(3), key(4), picture(5)]);
    expect(stream.isTooSlow(longestWaitMs)).toBe(false);
    expect(stream.isTooSlow(longestWaitMs + 1)).toBe(true);
    stream.leaveOut(longestWaitMs + 1);
    expect(taken()).toEqual(['config', 4, 5]);
    expect(stream.reason(longestWaitMs + 1)).toBe('viewer-too-slow');
    expect(stream.reason(longestWaitMs + 10_000)).toBeNull();
  });

  test('without a key picture all of it goes, and the next one is waited for', () => {
    const { stream, push, taken } = rig();
    push(['config', key(1)]);
    taken();
    push([picture(2), picture(3)]);
    stream.leaveOut(2000);
    push([picture(4), key(5), picture(6)]);
    expect(taken()).toEqual([5, 6]);
    expect(stream.skipped).toBe(3);
  });

  test('a key picture that is first in line stays, the rest of its group goes', () => {
    const { stream, push, taken } = rig();
    push(['config', key(1), picture(2), picture(3)]);
    stream.leaveOut(2000);
    push([picture(4)]);
    expect(taken()).toEqual(['config', 1]);
    expect(stream.reason(99_000)).toBe('viewer-too-slow');
    push([key(5), picture(6)]);
    expect(taken()).toEqual([5, 6]);
  });

  test('a harmless gap after what was left out here is none any more', () => {
    const { stream, push, taken } = rig();
    push(['config', key(1)]);
    taken();
    push([picture(2)]);
    stream.leaveOut(2000);
    push([picture(5, { flags: harmlessGap })]);
    expect(taken()).toEqual([]);
  });

  test('what the relay had kept may take longer', () => {
    const { stream, push } = rig();
    push(['config', key(1, catchUp), picture(2, { flags: catchUp | burstEnd }), picture(3)]);
    expect(stream.isTooSlow(1_400)).toBe(false);
    expect(stream.isCatchingUp(1_400)).toBe(true);
    expect(stream.isTooSlow(3_100)).toBe(true);
  });

  test('to give up a group is to wait for the next key, whether anything waits or not', () => {
    const { stream, push, taken } = rig();
    push(['config', key(1), picture(2)]);
    taken();
    stream.skipToKey(500);
    expect(stream.waitsForKey).toBe(true);
    push([picture(3), key(4), picture(5)]);
    expect(taken()).toEqual([4, 5]);
  });
});

/** What the line and the relay can do to a stream. */
const chaos = fc.array(
  fc.record({
    do: fc.constantFrom(
      'send',
      'send',
      'send',
      'send',
      'drop',
      'twice',
      'swap',
      'old',
      'config',
      'wide',
      'h265',
      'leave-out',
      'anew',
      'take',
      'take',
    ),
    keyEvery: fc.constantFrom(1, 5, 30, 1000),
  }),
  { maxLength: 400 },
);

test('whatever happens: no picture is given out whose predecessors are missing, nothing is lost from the books, nothing grows without bound', () => {
  const holds = fc.property(chaos, fc.nat(0xffff_ffff), (events, first) => {
    const { stream, push, workedOff } = rig();
    let sequence = first;
    let now = 0;
    let sent = 0;
    let given = 0;
    let lastGiven: number | null = null;
    let codec: number = recordCodec.h264;
    let held: WallRecord | null = null;
    const next = (keyEvery: number): WallRecord => {
      sequence = (sequence + 1) >>> 0;
      return picture(sequence, { flags: sequence % keyEvery === 0 ? isKey : 0, codec: codec as WallRecord['codec'] });
    };
    const send = (record: WallRecord) => {
      sent += 1;
      stream.push(record, now);
    };
    const take = (atMost: number) => {
      for (let left = atMost; left > 0; left -= 1) {
        const step = stream.take();
        if (step === null) return true;
        if (step.kind === 'config') {
          lastGiven = null;
          continue;
        }
        given += 1;
        const { record } = step;
        const startsHere = (record.flags & isKey) !== 0;
        if (!startsHere && (lastGiven === null || record.sequence !== (lastGiven + 1) >>> 0)) return false;
        lastGiven = record.sequence;
      }
      return true;
    };
    push(['config']);
    for (const event of events) {
      now += 67;
      if (event.do === 'drop') next(event.keyEvery);
      else if (event.do === 'twice') {
        const record = next(event.keyEvery);
        send(record);
        send(record);
      } else if (event.do === 'swap') held = next(event.keyEvery);
      else if (event.do === 'old') send(picture((sequence - 40) >>> 0, { flags: event.keyEvery === 1 ? isKey : 0 }));
      else if (event.do === 'config' || event.do === 'wide' || event.do === 'h265') {
        push([event.do], now);
        codec = event.do === 'h265' ? recordCodec.h265 : recordCodec.h264;
      } else if (event.do === 'leave-out') stream.leaveOut(now);
      else if (event.do === 'anew') {
        stream.needKey('decoder-failed');
        lastGiven = null;
      } else if (event.do === 'take') {
        if (!take(3)) return false;
      } else {
        send(next(event.keyEvery));
        if (held) send(held);
        held = null;
      }
      if (stream.waiting > 512) return false;
    }
    if (!take(Number.POSITIVE_INFINITY)) return false;
    return sent === given + workedOff.length && stream.skipped === workedOff.length && stream.waiting === 0;
  });
  expect(fc.check(holds, { seed: 28181, numRuns: 1500 }).counterexample).toBeNull();
});

test('a relay that sends on while nothing is taken costs no more than so many pictures', () => {
  const { stream, push } = rig();
  push(['config']);
  for (let sequence = 0; sequence < 5000; sequence += 1)
    push([sequence % 2 ? 'config' : 'wide', picture(sequence, { flags: sequence % 30 === 0 ? isKey : 0 })]);
  expect(stream.waiting).toBeLessThan(600);
});

test('nor more than so many bytes', () => {
  const { stream, push } = rig();
  push(['config']);
  for (let sequence = 0; sequence < 100; sequence += 1) push([picture(sequence, { payload: new Uint8Array(1024 * 1024), flags: isKey })]);
  expect(stream.waiting).toBeLessThan(20);
});
