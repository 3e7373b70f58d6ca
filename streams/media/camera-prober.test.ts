import { expect, test } from 'vitest';
import { problem, type ErrorCode, type Problem } from '../../main/contract/errors.ts';
import { ManualClock } from '../../main/hub/readings/manual-clock.ts';
import type { PathState, SourceSpec } from '../contract.ts';
import { createCameraProber, type CameraProberOptions } from './camera-prober.ts';
import type { ProbeTarget } from './media-relay.ts';

const rtsp: SourceSpec = { kind: 'rtsp', url: 'rtsp://10.0.0.1/' };
const target = (cameraId: string, source: SourceSpec = rtsp): ProbeTarget => ({ cameraId, source });

function setUp(options: Partial<CameraProberOptions> = {}) {
  const clock = new ManualClock(1000);
  const counters = { probes: 0 };
  const prober = createCameraProber({
    atOnce: 2,
    clock,
    counters,
    openPath: () => null,
    rtsp: async () => ({ state: 'online', reason: null }),
    reach: async () => null,
    file: async () => null,
    isPublishing: () => true,
    ...options,
  });
  return { clock, prober, counters };
}

const unreachable = problem('source-unreachable');
const push: SourceSpec = { kind: 'rtmp', publishKey: 'k'.repeat(32) };
const pull: SourceSpec = { kind: 'rtmp', url: 'rtmp://10.0.0.1/live/a' };

test.each<[string, SourceSpec, Partial<CameraProberOptions>, [state: string, reason: ErrorCode | null]]>([
  [
    'RTSP is asked in its own words',
    rtsp,
    { rtsp: async () => ({ state: 'offline', reason: 'source-refused' }) },
    ['offline', 'source-refused'],
  ],
  ['what is pulled: somebody listens', pull, {}, ['online', null]],
  [
    'what is pulled: nobody listens',
    { kind: 'av', url: 'http://10.0.0.1/a.flv' },
    { reach: async () => unreachable },
    ['offline', 'source-unreachable'],
  ],
  ['a refused address is not asked', pull, { reach: async () => problem('source-address-refused') }, ['unknown', 'source-address-refused']],
  ['datagrams cannot be asked', { kind: 'av', url: 'srt://10.0.0.1:9000' }, {}, ['unknown', null]],
  ['an address that is none', { kind: 'av', url: 'nonsense' }, {}, ['unknown', 'source-invalid']],
  ['who pushes', push, {}, ['online', null]],
  ['who does not push', push, { isPublishing: () => false }, ['offline', 'source-publisher-absent']],
  ['who could not push anywhere', push, { isPublishing: () => null }, ['unknown', 'worker-unavailable']],
  ['a file', { kind: 'file', url: 'clip:a' }, { file: async () => problem('source-file-missing') }, ['offline', 'source-file-missing']],
  ['a kind that is not there yet', { kind: 'gb28181', deviceId: '1', channelId: '1' }, {}, ['unknown', 'source-kind-unsupported']],
  ['a bug in between', rtsp, { rtsp: () => Promise.reject(new Error('bug')) }, ['unknown', 'internal-error']],
])('%s', async (_name, source, options, [state, reason]) => {
  const { prober } = setUp(options);
  expect(await prober.probe([target('a', source)], 'options')).toEqual([{ cameraId: 'a', state, reason, ms: 0 }]);
});

test.each<[PathState, ErrorCode | null, [state: string, reason: ErrorCode | null]]>([
  ['ready', null, ['online', null]],
  ['draining', null, ['online', null]],
  ['failed', 'source-stalled', ['offline', 'source-stalled']],
  ['failed', 'source-budget', ['unknown', 'source-budget']],
  ['failed', 'source-address-refused', ['unknown', 'source-address-refused']],
  ['starting', 'source-queued', ['unknown', 'path-starting']],
])('a camera that is open (%s) is not asked', async (state, reason, expected) => {
  const { prober, counters } = setUp({ openPath: () => ({ state, reason }), rtsp: () => Promise.reject(new Error('asked')) });
  expect(await prober.probe([target('a')], 'tcp')).toEqual([{ cameraId: 'a', state: expected[0], reason: expected[1], ms: 0 }]);
  expect(counters.probes).toBe(0);
});

test('so many at once, all calls together; answers in order', async () => {
  const answers: ((answer: { state: 'online'; reason: null }) => void)[] = [];
  const { prober, counters } = setUp({ rtsp: () => new Promise((resolve) => answers.push(resolve)) });
  const first = prober.probe(
    ['a', 'b', 'c'].map((id) => target(id)),
    'options',
  );
  const second = prober.probe([target('d')], 'options');
  for (let answered = 0; answered < 4; answered++) {
    expect(answers.length - answered).toBeLessThanOrEqual(2);
    answers[answered]!({ state: 'online', reason: null });
    await new Promise((done) => setImmediate(done));
  }
  expect((await first).map(({ cameraId }) => cameraId)).toEqual(['a', 'b', 'c']);
  expect([(await second)[0]!.cameraId, counters.probes]).toEqual(['d', 4]);
});

test('one that hangs is given up, and its place is free again', async () => {
  const { clock, prober } = setUp({ atOnce: 1, reach: () => new Promise<Problem | null>(() => {}) });
  const both = prober.probe([target('hangs', pull), target('fine')], 'options');
  await clock.advance(8000);
  expect(await both).toEqual([
    { cameraId: 'hangs', state: 'unknown', reason: 'deadline-exceeded', ms: 8000 },
    { cameraId: 'fine', state: 'online', reason: null, ms: 0 },
  ]);
});

test('those who wait are bounded', async () => {
  const go = Promise.withResolvers<void>();
  const { prober } = setUp({ atOnce: 1, rtsp: () => go.promise.then(() => ({ state: 'online', reason: null })) });
  const targets = Array.from({ length: 4098 }, (_, index) => target(`c${index}`));
  const answers = prober.probe(targets, 'options');
  go.resolve();
  const refused = (await answers).filter(({ reason }) => reason === 'relay-overloaded');
  expect(refused).toEqual([{ cameraId: 'c4097', state: 'unknown', reason: 'relay-overloaded', ms: 0 }]);
});
