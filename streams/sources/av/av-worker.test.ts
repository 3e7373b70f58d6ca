import { describe, expect, test } from 'vitest';
import { problem } from '../../../main/contract/errors.ts';
import { silentLog } from '../../../main/contract/log.ts';
import { ok } from '../../../main/contract/result.ts';
import { FakeClock } from '../../media/testdata/fake-clock.ts';
import { unitAt } from '../../media/testdata/units.ts';
import { until } from '../../media/workers/testdata/running-workers.ts';
import type { FromWorker } from '../../media/workers/worker-protocol.ts';
import { createAvWorker } from './av-worker.ts';
import type { Ffmpeg } from './load-ffmpeg.ts';
import { Transcoder } from './transcoder.ts';

/** A worker with two places of everything and an FFmpeg that loads, or not, when the test says so. */
function rig() {
  const loads: PromiseWithResolvers<Ffmpeg>[] = [];
  const told: FromWorker[] = [];
  const worker = createAvWorker({
    load() {
      const load = Promise.withResolvers<Ffmpeg>();
      loads.push(load);
      return load.promise;
    },
    link: { tell: (message) => told.push(message), unit: () => true, forget() {} },
    policy: { check: async () => ok({ address: '127.0.0.1', family: 4 }) },
    maxPulls: 2,
    maxTranscodes: 1,
    clock: new FakeClock(),
    log: silentLog,
  });
  return { worker, loads, told };
}

const pull = (stream: number) => ({ kind: 'pull', stream, url: 'rtsp://127.0.0.1/x' }) as const;
const unavailable = problem('worker-unavailable', { worker: 'av' });

describe('the av worker', () => {
  test('loads FFmpeg when it is first needed, and once', () => {
    const { worker, loads } = rig();
    expect(worker.hello()).toEqual({ url: null, maxPulls: 2, maxTranscodes: 1 });
    expect(loads).toHaveLength(0);
    worker.hear(pull(1));
    worker.hear(pull(2));
    expect(loads).toHaveLength(1);
  });

  test('without FFmpeg it says so, to everybody who asks and once for all, and goes on living', async () => {
    const { worker, loads, told } = rig();
    worker.hear(pull(1));
    worker.hear({ kind: 'transcode', stream: 2, from: 'h265' });
    worker.unit(2, unitAt(0, { key: true, codec: 'h265' }));
    worker.hear({ kind: 'snapshot', stream: 3, mark: 'li.wei' });
    worker.unit(3, unitAt(0, { key: true }));
    loads[0]!.reject(new Error('Cannot find package'));
    await until(() => told.length === 4);
    expect(told[0]).toEqual({ kind: 'hello', url: null, maxPulls: 0, maxTranscodes: 0 });
    expect(told.slice(1).toSorted((a, b) => ('stream' in a && 'stream' in b ? a.stream - b.stream : 0))).toEqual(
      [1, 2, 3].map((stream) => ({ kind: 'ended', stream, problem: unavailable })),
    );
    expect(worker.hello()).toMatchObject({ maxPulls: 0, maxTranscodes: 0 });
    expect(worker.streams).toBe(0);
    await worker.stop();
  });

  test.each([undefined, '', ' ', '路', 'a\nb', 'x'.repeat(300), { toString: () => 'li.wei' }])(
    'makes no picture without a watermark: %j',
    (mark) => {
      const { worker, loads, told } = rig();
      worker.hear({ kind: 'snapshot', stream: 1, mark } as Parameters<typeof worker.hear>[0]);
      worker.unit(1, unitAt(0, { key: true }));
      expect(told).toEqual([{ kind: 'ended', stream: 1, problem: problem('snapshot-failed', { reason: 'unmarked' }) }]);
      expect([worker.streams, loads.length]).toEqual([0, 0]);
    },
  );

  test('does not more at once than it may', () => {
    const { worker, told } = rig();
    [1, 2, 3].forEach((stream) => worker.hear(pull(stream)));
    [4, 5].forEach((stream) => worker.hear({ kind: 'transcode', stream, from: 'h265' }));
    expect(told).toEqual([
      { kind: 'ended', stream: 3, problem: problem('source-budget', { name: 'av', max: 2, unit: 'connections' }) },
      { kind: 'ended', stream: 5, problem: problem('transcode-budget', { max: 1 }) },
    ]);
  });

  test('what was closed is not heard of any more, and the link going down closes everything', async () => {
    const { worker, loads, told } = rig();
    worker.hear(pull(1));
    worker.hear({ kind: 'close', stream: 1 });
    worker.hear(pull(2));
    worker.hear({ kind: 'transcode', stream: 3, from: 'h265' });
    worker.hear({ kind: 'snapshot', stream: 4, mark: 'li.wei' });
    expect(worker.streams).toBe(3);
    worker.down();
    expect(worker.streams).toBe(0);
    loads[0]!.reject(new Error('Cannot find package'));
    await worker.stop();
    expect(told.filter(({ kind }) => kind !== 'hello')).toEqual([]);
  });
});

describe('a transcoder', () => {
  const waiting = () => new Transcoder({ load: () => new Promise(() => {}), from: 'h265', unit() {}, ended() {} });
  const unit = (ms: number, key = false, bytes = 100) => unitAt(ms, { key, bytes, codec: 'h265' });

  test('begins with a key picture, and takes nothing but what it was made for', () => {
    const transcoder = waiting();
    transcoder.push(unitAt(0, { key: true }));
    expect(transcoder.dropped).toBe(0);
    transcoder.push(unit(0));
    expect(transcoder.dropped).toBe(1);
    transcoder.push(unit(40, true));
    transcoder.push(unit(80));
    expect(transcoder.dropped).toBe(1);
  });

  test('rather begins anew with a key picture than to be more than four seconds late', () => {
    const transcoder = waiting();
    // The first one is being worked on already.
    [0, 1000, 2000, 3000].forEach((ms) => transcoder.push(unit(ms, ms === 0)));
    transcoder.push(unit(4000, true));
    expect(transcoder.dropped).toBe(0);
    transcoder.push(unit(6000));
    transcoder.push(unit(8000, true));
    expect(transcoder.dropped).toBeGreaterThanOrEqual(5);
  });

  test.each([
    ['units', 100, 512],
    ['bytes', 1024 * 1024, 16],
  ])('what waits is bounded, in %s; after that all up to a key picture for which there is room is left out', (_name, bytes, room) => {
    const transcoder = waiting();
    // The first one is being worked on already.
    for (let i = 0; i <= room; i += 1) transcoder.push(unit(i, i === 0, bytes));
    const before = transcoder.dropped;
    expect(before).toBeLessThanOrEqual(1);
    transcoder.push(unit(room + 1, false, bytes));
    transcoder.push(unit(room + 2, true, bytes));
    expect(transcoder.dropped).toBe(before + 2);
  });
});
