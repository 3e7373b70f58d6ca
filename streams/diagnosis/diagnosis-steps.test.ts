import { describe, expect, it } from 'vitest';
import { problem, type ErrorCode } from '../../main/contract/errors.ts';
import { diagnosisStep, type DiagnosisStep, type LinkQuality, type SourceShown, type SourceStep } from '../contract.ts';
import type { PathReport, PathTrace } from '../media/media-relay.ts';
import { diagnosisSteps, lossWarningShare, stepOfProblem, type DiagnosisFacts } from './diagnosis-steps.ts';
import type { ShowingTile } from './showing-tile.ts';

const rtsp: SourceShown = { kind: 'rtsp', url: 'rtsp://10.0.0.7/1', hasSecret: true };
const clip: SourceShown = { kind: 'file', url: 'clip:bridge', hasSecret: false };
const pushing: SourceShown = { kind: 'rtmp', hasSecret: true };
const link: LinkQuality = { transport: 'tcp', packets: 1000, lost: 0, reordered: 0, duplicated: 0, jitterMs: 2 };

const report: PathReport = {
  cameraId: 'c1',
  profile: 'sub',
  state: 'ready',
  since: 1,
  reason: null,
  viewers: 1,
  leases: 1,
  fps: 25,
  kbps: 900,
  gopMs: 2000,
  lastUnitAt: 2,
  codec: 'h264',
  transcoding: false,
  link,
};
/** A trace that took these steps, 10 ms each. */
function trace(
  state: PathTrace['state'],
  taken: readonly SourceStep[],
  more: Partial<PathTrace> = {},
  about: Partial<PathReport> = {},
): PathTrace {
  return {
    state,
    queuedMs: 3,
    steps: taken.map((step, index) => ({ step, atMs: (index + 1) * 10, params: {} })),
    failure: null,
    failedAtMs: null,
    report: { ...report, state, ...about },
    ...more,
  };
}
const facts = (more: Partial<DiagnosisFacts> = {}): DiagnosisFacts => ({
  camera: { number: 'DS-1', source: rtsp, address: '10.0.0.7' },
  user: 'wang',
  lease: { ms: 4, problem: null, viewers: 2 },
  trace: trace('ready', opening),
  waitedMs: 80,
  tiles: [],
  ...more,
});
const about = (source: SourceShown) => ({ number: 'DS-1', source, address: null });
const opening: SourceStep[] = ['resolve', 'connect', 'login', 'describe', 'codec', 'setup', 'play', 'first-packet', 'key-picture'];
const upTo = (step: SourceStep) => opening.slice(0, opening.indexOf(step) + 1);
const failed = (taken: readonly SourceStep[], code: ErrorCode, failedAtMs: number | null = 95) =>
  trace('failed', taken, { failure: problem(code, { address: 'a' }), failedAtMs });

/** Outcomes as one word a step: o ok, w warning, f failed, s skipped, u unknown. */
const word = (of: DiagnosisFacts) =>
  diagnosisSteps(of)
    .steps.map(({ outcome }) => outcome[0])
    .join('');
const stepIn = (of: DiagnosisFacts, step: DiagnosisStep) => diagnosisSteps(of).steps.find((one) => one.step === step)!;
const tile = (state: ShowingTile['state'], more: Partial<ShowingTile> = {}): ShowingTile => ({
  wall: '主墙',
  screen: '左屏',
  tileId: 'g-0-0',
  state,
  engine: 'mosaic',
  stream: 'sub',
  fps: 25,
  frameAgeMs: 1300,
  reason: null,
  ...more,
});

it('a login that nobody asked for is skipped, and its time belongs to the description that the camera gave at once', () => {
  const steps = opening.map((step, index) => ({ step, atMs: (index + 1) * 10, params: step === 'login' ? { scheme: 'none' } : {} }));
  const given = facts({ trace: { ...trace('ready', opening), steps } });
  expect([stepIn(given, 'login').outcome, stepIn(given, 'login').ms, stepIn(given, 'describe').ms]).toEqual(['skipped', null, 20]);
});

// directory permission lease queue | resolve connect login describe codec setup play first-packet key-picture | loss decoder
describe('the steps', () => {
  it.each<[string, DiagnosisFacts, string, DiagnosisStep | null, ErrorCode | null]>([
    ['all is well', facts(), 'oooooooooooooos', null, null],
    [
      'no such camera',
      facts({ camera: problem('camera-unknown'), lease: null, trace: null }),
      'fouuuuuuuuuuuuu',
      'directory',
      'camera-unknown',
    ],
    [
      'no relay',
      facts({ lease: { ms: 0, problem: problem('relay-unavailable'), viewers: 0 }, trace: null }),
      'oofuuuuuuuuuuuu',
      'lease',
      'relay-unavailable',
    ],
    ['the relay was lost meanwhile', facts({ trace: null }), 'oofuuuuuuuuuuuu', 'lease', 'relay-unavailable'],
    ['left alone for a while', facts({ trace: failed([], 'source-quarantined') }), 'ooofuuuuuuuuuuu', 'queue', 'source-quarantined'],
    [
      'still in the queue',
      facts({ trace: trace('starting', [], { queuedMs: 12_000 }, { reason: 'source-queued' }) }),
      'ooofuuuuuuuuuuu',
      'queue',
      'source-queued',
    ],
    [
      'an address that is not allowed',
      facts({ trace: failed([], 'source-address-refused') }),
      'oooofuuuuuuuuuu',
      'resolve',
      'source-address-refused',
    ],
    [
      'a host without power',
      facts({ trace: failed(['resolve'], 'source-unreachable') }),
      'ooooofuuuuuuuuu',
      'connect',
      'source-unreachable',
    ],
    [
      'a wrong password',
      facts({ trace: failed(upTo('connect'), 'source-login-refused') }),
      'oooooofuuuuuuuu',
      'login',
      'source-login-refused',
    ],
    [
      'no such stream, and no login needed',
      facts({ trace: failed(upTo('connect'), 'source-not-found') }),
      'oooooosfuuuuuuu',
      'describe',
      'source-not-found',
    ],
    [
      'no such stream after the login',
      facts({ trace: failed(upTo('login'), 'source-not-found') }),
      'ooooooofuuuuuuu',
      'describe',
      'source-not-found',
    ],
    [
      'an answer that nobody understands',
      facts({ trace: failed(upTo('connect'), 'source-protocol') }),
      'oooooosfuuuuuuu',
      'describe',
      'source-protocol',
    ],
    ['no video in it', facts({ trace: failed(upTo('describe'), 'source-no-video') }), 'oooooooofuuuuuu', 'codec', 'source-no-video'],
    ['a refused SETUP', facts({ trace: failed(upTo('codec'), 'source-refused') }), 'ooooooooofuuuuu', 'setup', 'source-refused'],
    ['nothing comes', facts({ trace: failed(upTo('play'), 'source-stalled') }), 'ooooooooooofuuu', 'first-packet', 'source-stalled'],
    [
      'packets without a key picture',
      facts({ trace: failed(upTo('first-packet'), 'source-no-key-picture') }),
      'oooooooooooofuu',
      'key-picture',
      'source-no-key-picture',
    ],
    [
      'packets stop before a picture',
      facts({ trace: failed(upTo('first-packet'), 'source-stalled') }),
      'oooooooooooofuu',
      'key-picture',
      'source-stalled',
    ],
    ['pictures stopped', facts({ trace: failed(opening, 'source-stalled') }), 'ooooooooooooofu', 'loss', 'source-stalled'],
    [
      'the line broke while pictures came',
      facts({ trace: failed(opening, 'source-unreachable') }),
      'ooooooooooooofu',
      'loss',
      'source-unreachable',
    ],
    [
      'no answer in time',
      facts({ trace: trace('starting', upTo('connect')), waitedMs: 12_000 }),
      'oooooosfuuuuuuu',
      'describe',
      'deadline-exceeded',
    ],
    ['a clip', facts({ camera: about(clip), trace: trace('ready', [], {}, { link: null }) }), 'oooossssossooos', null, null],
    [
      'a clip that is missing',
      facts({ camera: about(clip), trace: failed([], 'source-file-missing') }),
      'oooosfuuuuuuuuu',
      'connect',
      'source-file-missing',
    ],
    [
      'a clip that fails in some way',
      facts({ camera: about(clip), trace: failed([], 'source-failed') }),
      'oooossssfuuuuuu',
      'codec',
      'source-failed',
    ],
    [
      'nobody pushes',
      facts({ camera: about(pushing), trace: failed([], 'source-publisher-absent') }),
      'oooosfuuuuuuuuu',
      'connect',
      'source-publisher-absent',
    ],
    [
      'it pushes',
      facts({ camera: about(pushing), trace: trace('ready', ['connect', 'codec', 'first-packet', 'key-picture']) }),
      'oooosossossooos',
      null,
      null,
    ],
    ['an open path that others left', facts({ trace: trace('draining', opening) }), 'oooooooooooooos', null, null],
    [
      'transcoded for somebody',
      facts({ trace: trace('ready', opening, {}, { codec: 'h265', transcoding: true }) }),
      'oooooooowooooos',
      null,
      null,
    ],
    ['a wall shows it', facts({ tiles: [tile('live')] }), 'ooooooooooooooo', null, null],
    [
      'the worst of two walls speaks',
      facts({ tiles: [tile('live'), tile('offline', { reason: 'decode-budget' })] }),
      'oooooooooooooof',
      'decoder',
      'decode-budget',
    ],
    ['a frozen tile', facts({ tiles: [tile('suspect', { reason: 'picture-frozen' })] }), 'oooooooooooooow', null, null],
    ['a tile that is late', facts({ tiles: [tile('delayed')] }), 'ooooooooooooooo', null, null],
    [
      'a tile that is held back',
      facts({ tiles: [tile('delayed', { stream: 'key-only', reason: 'decode-budget' })] }),
      'oooooooooooooow',
      null,
      null,
    ],
    ['a tile that begins', facts({ tiles: [tile('starting', { fps: null })] }), 'oooooooooooooou', null, null],
  ])('%s', (_, given, outcomes, at, reason) => {
    const { failed: step, steps } = diagnosisSteps(given);
    expect(word(given)).toBe(outcomes);
    expect(step).toBe(at);
    expect(steps.find(({ outcome }) => outcome === 'failed')?.reason ?? null).toBe(reason);
    expect(steps.map((one) => one.step)).toEqual(diagnosisStep.options);
  });

  it('each takes its own time, and a failed one the time until it failed', () => {
    const given = facts({ trace: failed(upTo('connect'), 'source-login-refused', 95) });
    expect(diagnosisSteps(given).steps.map(({ ms }) => ms)).toEqual([
      null,
      null,
      4,
      3,
      10,
      10,
      75,
      ...Array.from({ length: 8 }, () => null),
    ]);
    expect(stepIn(given, 'login').params).toEqual({ address: 'a' });
  });

  it('carries the facts of each step', () => {
    const steps = trace('ready', [], {
      steps: [
        { step: 'resolve', atMs: 5, params: { address: '10.0.0.7' } },
        { step: 'codec', atMs: 30, params: { width: 1920, height: 1080 } },
      ],
    });
    const given = facts({ trace: steps });
    expect(stepIn(given, 'resolve').params).toEqual({ address: '10.0.0.7' });
    expect(stepIn(given, 'codec')).toMatchObject({ ms: 25, params: { codec: 'h264', width: 1920, height: 1080, transcoding: false } });
    expect(stepIn(given, 'directory').params).toEqual({ number: 'DS-1', kind: 'rtsp', address: '10.0.0.7' });
  });

  it('a camera that redirected counts its last connection', () => {
    const given = facts({
      trace: trace('ready', [], {
        steps: [
          { step: 'connect', atMs: 5, params: { address: 'a' } },
          { step: 'connect', atMs: 25, params: { address: 'b' } },
        ],
      }),
    });
    expect(stepIn(given, 'connect')).toMatchObject({ ms: 25, params: { address: 'b' } });
  });

  it.each([
    [0, 0, 'ok', undefined],
    [1000, 0, 'ok', 0],
    [995, 5, 'ok', 0.5],
    [994, 6, 'warning', 0.6],
    [0, 10, 'warning', 100],
  ] as const)('%i packets, %i lost: %s', (packets, lost, outcome, percent) => {
    const given = facts({ trace: trace('ready', opening, {}, { link: { ...link, packets, lost } }) });
    expect(stepIn(given, 'loss').outcome).toBe(outcome);
    expect(stepIn(given, 'loss').params['percent']).toBe(percent);
    expect(lossWarningShare).toBe(0.005);
  });

  it('without packets and without pictures nothing is said of the reception', () => {
    expect(stepIn(facts({ trace: trace('ready', opening, {}, { link: null, fps: 0 }) }), 'loss').outcome).toBe('skipped');
  });

  it('every problem that names a step names one of the contract', () => {
    for (const step of Object.values(stepOfProblem)) expect(diagnosisStep.options).toContain(step);
  });
});
