import { beforeEach, expect, test } from 'vitest';
import { decodeRecords, recordFlag, recordType, type WallRecord } from '../../wire/wall-record.ts';
import { HlsOutput } from '../hls-output.ts';
import { FakeMuxer } from '../testdata/fake-muxer.ts';
import { pictureAt } from '../testdata/units.ts';
import { FragmentSubscription } from './fragment-subscription.ts';
import type { Strain } from './wall-pressure.ts';

let muxer: FakeMuxer;
let output: HlsOutput;
let queue: { strain: Strain; wakes: number; wake(): void; put(subscription: number, record: Uint8Array): void };
let records: WallRecord[];

beforeEach(() => {
  muxer = new FakeMuxer();
  output = new HlsOutput({ subscribe: () => () => {} }, muxer);
  records = [];
  queue = {
    strain: 'none',
    wakes: 0,
    wake: () => void (queue.wakes += 1),
    put(_subscription, record) {
      const read = decodeRecords(record);
      if (read.ok) records.push(...read.value);
    },
  };
});
/** Parts are pictures here, and segments begin with keys. */
const push = (kinds: string) => [...kinds].forEach((kind) => muxer.push(pictureAt(0, { key: kind === 'K' })));
/** `K` begins with a key picture, `p` does not; `!` before what comes after a gap. */
const sent = () =>
  records
    .filter(({ type }) => type === recordType.fmp4Fragment)
    .map(({ flags }) => (flags & recordFlag.discontinuity ? '!' : '') + (flags & recordFlag.key ? 'K' : 'p'))
    .join('');

test('begins with the latest part that begins with a key picture, and goes on as parts appear', () => {
  push('KppKp');
  const one = new FragmentSubscription(1, output, queue, 'full');
  one.fill();
  push('pKp');
  one.fill();
  expect(sent()).toBe('KppKp');
  expect(records.slice(0, 2).map(({ type }) => type)).toEqual([recordType.config, recordType.fmp4Init]);
  expect(records.filter(({ type }) => type === recordType.fmp4Init)).toHaveLength(1);
});

test('is woken by parts, and not any more when it has ended', () => {
  const one = new FragmentSubscription(1, output, queue, 'full');
  const before = queue.wakes;
  push('K');
  expect(queue.wakes).toBe(before + 1);
  one.end();
  push('p');
  expect(queue.wakes).toBe(before + 1);
});

test('a page that has to stop goes on with a later key, after a gap that it is told of; without new parts nothing is missing', () => {
  push('Kp');
  const one = new FragmentSubscription(1, output, queue, 'full');
  one.fill();
  queue.strain = 'stop';
  one.fill();
  expect(one.isThinned).toBe(false);
  push('p');
  one.fill();
  expect(one.isThinned).toBe(true);
  queue.strain = 'none';
  push('p');
  one.fill();
  expect([sent(), one.isThinned]).toEqual(['Kp', true]);
  push('Kp');
  one.fill();
  expect([sent(), one.isThinned]).toEqual(['Kp!Kp', false]);
});

test('turned off and on again: begins anew at once, also with what was sent before', () => {
  push('Kp');
  const one = new FragmentSubscription(1, output, queue, 'full');
  one.fill();
  one.set('off');
  push('p');
  one.fill();
  one.set('full');
  one.fill();
  expect([sent(), one.isThinned]).toEqual(['Kp!Kpp', false]);
});
