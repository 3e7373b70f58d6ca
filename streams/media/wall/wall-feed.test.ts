import { describe, expect, test } from 'vitest';
import type { AccessUnit } from '../../contract.ts';
import { recordFlag, decodeRecords, type WallRecord } from '../../wire/wall-record.ts';
import { splitNalUnits, nalTypeOf } from '../../protocols/h264/annex-b.ts';
import type { AccessUnitSink } from '../source.ts';
import { parameterSets, pictureAt, unitAt } from '../testdata/units.ts';
import { WallFeed } from './wall-feed.ts';
import type { WallUnit } from './wall-unit.ts';

function setUp(transcoding = { now: false }) {
  let sink: AccessUnitSink | null = null;
  const feed = new WallFeed({ subscribe: (one) => ((sink = one), () => (sink = null)) }, () => transcoding.now);
  const taken: WallUnit[] = [];
  feed.attach({ take: (unit) => taken.push(unit) });
  return {
    feed,
    taken,
    transcoding,
    push: (...units: AccessUnit[]) => units.forEach((unit) => sink?.push(unit)),
    isLeft: () => sink === null,
  };
}
function recordOf({ record }: { record: Uint8Array }): WallRecord {
  const read = decodeRecords(record);
  if (!read.ok) throw new Error(read.error);
  return read.value[0]!;
}
const configOf = ({ config }: WallFeed): unknown => config && JSON.parse(Buffer.from(recordOf({ record: config }).payload).toString());

describe('what is handed out', () => {
  test('begins with a key picture; the sequence counts what was left out', () => {
    const { taken, push, feed } = setUp();
    push(pictureAt(0), pictureAt(40, { key: true }), pictureAt(80), { ...pictureAt(120), corrupt: true }, pictureAt(160));
    push(pictureAt(200, { key: true }));
    expect(taken.map((unit) => [recordOf(unit).ptsUs, recordOf(unit).sequence])).toEqual([
      [40_000, 2],
      [80_000, 3],
      [200_000, 6],
    ]);
    expect(feed.skipped).toBe(3);
  });

  test('is one serialisation for all viewers, with what is true for everybody', () => {
    const { feed, taken, push } = setUp();
    const others: WallUnit[] = [];
    feed.attach({ take: (unit) => others.push(unit) });
    push(pictureAt(0, { key: true }), pictureAt(40, { disposable: true }), pictureAt(80));
    expect(taken.map(({ flags }) => flags)).toEqual([recordFlag.key, recordFlag.disposable, 0]);
    expect(taken.map(recordOf)).toMatchObject([
      { subscription: 0, type: 0, flags: recordFlag.key, codec: 1, receivedAtUs: 0, payload: pictureAt(0, { key: true }).annexB },
      { flags: recordFlag.disposable },
      { flags: 0, receivedAtUs: 80_000 },
    ]);
    // The same bytes, not equal ones: also for who begins with what is kept.
    for (const [nth, { record }] of taken.entries()) {
      expect(others[nth]!.record).toBe(record);
      expect(feed.gop[nth]!.record).toBe(record);
    }
  });

  test('a break is told with the next key picture, whatever came with it', () => {
    const { taken, push } = setUp();
    push(pictureAt(0, { key: true }), pictureAt(40, { discontinuity: true }), pictureAt(80), pictureAt(120, { key: true }), pictureAt(160));
    expect(taken.map(({ flags }) => flags)).toEqual([recordFlag.key, recordFlag.key | recordFlag.discontinuity, 0]);
  });

  test('a key picture without its parameter sets gets those of the one before', () => {
    const { taken, push } = setUp();
    push(pictureAt(0, { key: true }), pictureAt(40, { key: true, sets: null }));
    expect(splitNalUnits(recordOf(taken[1]!).payload).map(nalTypeOf)).toEqual([7, 8, 5]);
  });

  test('one that never had any, or has some that cannot be read, is none; that is told until a good one comes', () => {
    const { feed, taken, push } = setUp();
    push(pictureAt(0, { key: true, sets: null }));
    expect([taken.length, feed.isUnusable, feed.gop.length]).toEqual([0, true, 0]);
    push(pictureAt(40, { key: true }));
    expect([taken.length, feed.isUnusable]).toEqual([1, false]);
    push(pictureAt(80, { key: true, sets: [0, 0, 0, 1, 0x67, 0xff, 0, 0, 0, 1, 0x68, 0xee] }), pictureAt(120));
    expect([taken.length, feed.isUnusable, feed.gop.length]).toEqual([1, true, 0]);
  });

  test('another codec waits for its own key picture', () => {
    const { taken, push } = setUp();
    push(pictureAt(0, { key: true }), unitAt(40, { codec: 'h265' }), pictureAt(80), pictureAt(120, { key: true }));
    expect(taken.map((unit) => recordOf(unit).ptsUs)).toEqual([0, 120_000]);
  });

  test('a picture that no record can hold is left out with all that refer to it', () => {
    const { taken, push } = setUp();
    push(pictureAt(0, { key: true }), pictureAt(40, { bytes: 8 * 1024 * 1024 + 1 }), pictureAt(80), pictureAt(120, { key: true }));
    expect(taken.map((unit) => recordOf(unit).ptsUs)).toEqual([0, 120_000]);
  });

  test('sound has a sequence of its own', () => {
    const { taken, push } = setUp();
    push(pictureAt(0, { key: true }), { ...unitAt(1), codec: 'aac' }, pictureAt(40), { ...unitAt(41), codec: 'aac' });
    expect(taken.map((unit) => [unit.isAudio, recordOf(unit).sequence, recordOf(unit).codec])).toEqual([
      [false, 1, 1],
      [true, 1, 16],
      [false, 2, 1],
      [true, 2, 16],
    ]);
  });
});

describe('the config', () => {
  test('is another record only when something changed', () => {
    const { feed, push, transcoding } = setUp();
    expect(feed.config).toBeNull();
    push(pictureAt(0, { key: true }));
    const first = feed.config;
    expect(configOf(feed)).toEqual({ video: 'avc1.4d4016', width: 640, height: 360, audio: null, transcoded: false });
    push(pictureAt(40, { key: true }), pictureAt(80, { key: true, sets: null }));
    expect(feed.config).toBe(first);
    push(pictureAt(120, { key: true, sets: parameterSets.large }));
    expect(configOf(feed)).toMatchObject({ width: 720, height: 576 });
    push({ ...unitAt(121), codec: 'pcmu' });
    expect(configOf(feed)).toMatchObject({ audio: 'pcmu', height: 576 });
    transcoding.now = true;
    push(pictureAt(160, { key: true, sets: parameterSets.large }));
    expect(configOf(feed)).toMatchObject({ transcoded: true });
  });
});

describe('the kept GOP', () => {
  test('is the one that goes on, without sound', () => {
    const { feed, push } = setUp();
    push(pictureAt(0, { key: true }), pictureAt(40), pictureAt(80, { key: true }), { ...unitAt(81), codec: 'aac' }, pictureAt(120));
    expect(feed.gop.map((unit) => recordOf(unit).ptsUs)).toEqual([80_000, 120_000]);
    expect(feed.gopBytes).toBe(feed.gop.reduce((sum, { record }) => sum + record.length, 0));
  });

  test.each([
    ['too long', [pictureAt(0, { key: true }), pictureAt(4000), pictureAt(8001)]],
    ['too large', [pictureAt(0, { key: true }), pictureAt(40, { bytes: 2 ** 21 }), pictureAt(80, { bytes: 2 ** 21 })]],
  ])('one that is %s is not kept; what comes is handed out all the same', (_name, units) => {
    const { feed, taken, push } = setUp();
    push(...units);
    expect([feed.gop.length, feed.gopBytes, taken.length]).toEqual([0, 0, 3]);
    push(pictureAt(9000), pictureAt(9040, { key: true }));
    expect([feed.gop.length, taken.length]).toEqual([1, 5]);
  });

  test('is forgotten with its source, and nothing comes before the next key picture', () => {
    const { feed, taken, push, isLeft } = setUp();
    push(pictureAt(0, { key: true }));
    feed.forget();
    push(pictureAt(40));
    expect([feed.gop.length, taken.length]).toEqual([0, 1]);
    // It may be another camera by now: the parameter sets of before are not for its pictures.
    push(pictureAt(80, { key: true, sets: null }));
    expect([feed.isUnusable, taken.length]).toEqual([true, 1]);
    feed.dispose();
    expect(isLeft()).toBe(true);
  });
});
