import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import type { AccessUnit } from '../../contract.ts';
import { decodeRecords, recordFlag, recordType } from '../../wire/wall-record.ts';
import type { AccessUnitSink } from '../source.ts';
import { pictureAt } from '../testdata/units.ts';
import { PictureSubscription } from './picture-subscription.ts';
import { WallFeed } from './wall-feed.ts';
import type { Strain } from './wall-pressure.ts';

const { key, catchUp, burstEnd } = recordFlag;

function setUp() {
  let sink: AccessUnitSink | null = null;
  const feed = new WallFeed({ subscribe: (one) => ((sink = one), () => (sink = null)) }, () => false);
  /** Sequence and flags of the pictures sent. */
  const sent: [number, number][] = [];
  const queue = {
    strain: 'none' as Strain,
    put(_id: number, record: Uint8Array, flags: number) {
      const read = decodeRecords(record);
      if (!read.ok) throw new Error(read.error);
      if (read.value[0]!.type === recordType.video) sent.push([read.value[0]!.sequence, flags]);
    },
    wake() {},
  };
  return {
    feed,
    queue,
    sent,
    push: (...units: AccessUnit[]) => units.forEach((unit) => sink?.push(unit)),
    subscribe: () => new PictureSubscription(1, feed, queue, { disposable: 0, cut: 0, shed: 0 }, 'full', false),
  };
}
const gop = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => pictureAt(from + i * 40, { key: i === 0, bytes: 1000 }));

describe('what is kept and not given on whole', () => {
  test('because only key pictures are wanted now: the rest of that GOP does not come either', () => {
    const { push, subscribe, sent } = setUp();
    push(...gop(0, 10));
    const one = subscribe();
    one.fill(3000);
    one.shed(true);
    one.fill(3000);
    one.shed(false);
    push(pictureAt(400));
    push(...gop(440, 2));
    expect(sent).toEqual([
      [1, key | catchUp],
      [2, catchUp],
      [3, catchUp],
      [12, key],
      [13, 0],
    ]);
  });

  test('because only key pictures are wanted from the beginning: that is the end of it', () => {
    const { push, subscribe, sent } = setUp();
    push(...gop(0, 10));
    const one = subscribe();
    one.shed(true);
    one.fill(3000);
    expect(sent).toEqual([[1, key | catchUp | burstEnd]]);
  });

  test('is not held for who waits for room, once there is a later one', async () => {
    const { push, subscribe, feed, queue } = setUp();
    queue.strain = 'stop';
    push(...gop(0, 10));
    const waiting = [subscribe()];
    const old = new WeakRef(feed.gop[0]!.record);
    push(...gop(400, 3));
    // What was made or looked at in this turn is never collected in it.
    await new Promise(setImmediate);
    setFlagsFromString('--expose-gc');
    (runInNewContext('gc') as () => void)();
    expect(waiting.map(({ isCatchingUp }) => isCatchingUp)).toEqual([true]);
    expect(old.deref()).toBeUndefined();
  });
});
