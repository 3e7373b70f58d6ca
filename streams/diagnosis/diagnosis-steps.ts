import { problem, type ErrorCode, type ErrorParams, type Problem } from '../../main/contract/errors.ts';
import { diagnosisStep, sourceStep, type DiagnosisResult, type DiagnosisStep, type SourceShown, type SourceStep } from '../contract.ts';
import type { PathTrace } from '../media/media-relay.ts';
import type { ShowingTile } from './showing-tile.ts';

/** More lost packets than this part are worth a warning: pictures show it. */
export const lossWarningShare = 0.005;

/** Everything that is known when the diagnosis ends; the later parts are null when it did not come to them. */
export interface DiagnosisFacts {
  /** As the directory shows it; or why it cannot be opened at all. */
  readonly camera: { readonly number: string; readonly source: SourceShown; readonly address: string | null } | Problem;
  /** Who asks. That he may was checked before anything else. */
  readonly user: string;
  readonly lease: { readonly ms: number; readonly problem: Problem | null; readonly viewers: number } | null;
  readonly trace: PathTrace | null;
  /** How long it was waited for a picture or a failure. */
  readonly waitedMs: number;
  /** Tiles of walls that show this camera now, as their screens report them. */
  readonly tiles: readonly ShowingTile[];
}

export interface DiagnosisOutcome {
  readonly failed: DiagnosisStep | null;
  /** Every step, in the contract's order. */
  readonly steps: readonly DiagnosisResult[];
}

/** The step that a problem belongs to, whoever it comes from. What is not here belongs to the next step that was not reached. */
export const stepOfProblem: Readonly<Partial<Record<ErrorCode, DiagnosisStep>>> = {
  'relay-unavailable': 'lease',
  'relay-overloaded': 'lease',
  'too-many-leases': 'lease',
  'source-queued': 'queue',
  'source-budget': 'queue',
  'source-quarantined': 'queue',
  'source-address-refused': 'resolve',
  'source-unresolved': 'resolve',
  'source-unreachable': 'connect',
  'source-publisher-absent': 'connect',
  'source-file-missing': 'connect',
  'source-file-refused': 'connect',
  'worker-unavailable': 'connect',
  'source-login-refused': 'login',
  'source-not-found': 'describe',
  'source-file-unreadable': 'describe',
  'source-no-video': 'codec',
  'source-codec-unsupported': 'codec',
  'transcode-budget': 'codec',
  'source-stalled': 'first-packet',
  'source-no-key-picture': 'key-picture',
};

const sourceSteps = sourceStep.options;
/** Steps that only the source's own pictures prove; a path that is ready has taken them, told or not. */
const provenByPictures: ReadonlySet<SourceStep> = new Set(['codec', 'first-packet', 'key-picture']);

type Put = (
  step: DiagnosisStep,
  outcome: DiagnosisResult['outcome'],
  more?: { readonly ms?: number | null; readonly reason?: ErrorCode | null; readonly params?: DiagnosisResult['params'] },
) => void;

/** What is known becomes the list of steps with their outcomes. Pure: the same facts give the same answer. */
export function diagnosisSteps(facts: DiagnosisFacts): DiagnosisOutcome {
  const steps = new Map<DiagnosisStep, DiagnosisResult>();
  const put: Put = (step, outcome, { ms = null, reason = null, params = {} } = {}) =>
    void steps.set(step, { step, outcome, ms: ms === null ? null : Math.round(ms), reason, params });
  const fail = (step: DiagnosisStep, { code, params }: Problem, ms: number | null) =>
    put(step, 'failed', { reason: code, params: { ...params }, ms });

  for (const step of diagnosisStep.options) put(step, 'unknown');
  const { camera, lease, trace } = facts;
  put('permission', 'ok', { params: { user: facts.user } });
  if ('code' in camera) {
    fail('directory', camera, null);
    return finish(steps);
  }
  put('directory', 'ok', { params: { number: camera.number, kind: camera.source.kind, address: camera.address } });
  if (!lease) return finish(steps);
  if (lease.problem) {
    fail('lease', lease.problem, lease.ms);
    return finish(steps);
  }
  put('lease', 'ok', { ms: lease.ms, params: { viewers: lease.viewers } });
  if (!trace) {
    // The relay opened it and does not know it any more: it was lost meanwhile.
    fail('lease', problem('relay-unavailable'), lease.ms);
    return finish(steps);
  }

  const failure = failureOf(trace, facts.waitedMs);
  const last = lastReached(trace);
  const broken = failure && failingStep(failure.problem.code, last, camera.source);
  if (failure && broken === 'queue') {
    fail('queue', failure.problem, Math.max(trace.queuedMs, failure.atMs ?? 0));
    return finish(steps);
  }
  put('queue', 'ok', { ms: trace.queuedMs });
  let before = 0;
  for (const step of sourceSteps) {
    const at = trace.steps.findLast((taken) => taken.step === step);
    if (step === broken && failure) {
      fail(step, failure.problem, failure.atMs === null ? null : Math.max(0, failure.atMs - before));
      return finish(steps);
    }
    if (step === 'login' && at?.params['scheme'] === 'none') {
      // Nobody asked for one: what it took was the camera's answer to the next step.
      put(step, 'skipped');
    } else if (at) {
      put(step, 'ok', { ms: Math.max(0, at.atMs - before), params: { ...at.params } });
      before = at.atMs;
    } else put(step, provenByPictures.has(step) ? 'ok' : 'skipped');
  }
  codecFacts(trace, steps.get('codec')!, put);
  if (failure) {
    // Pictures had come, and then it broke off.
    put('loss', 'failed', { reason: failure.problem.code, params: { ...failure.problem.params, ...lossParams(trace) } });
    return finish(steps);
  }
  const lost = lossShare(trace);
  // Pictures that come are received well, even where nobody counts packets.
  const well = lost === null ? trace.report.fps > 0 : lost <= lossWarningShare;
  put('loss', well ? 'ok' : lost === null ? 'skipped' : 'warning', { params: lossParams(trace) });
  decoderStep(facts.tiles, put);
  return finish(steps);
}

function finish(steps: ReadonlyMap<DiagnosisStep, DiagnosisResult>): DiagnosisOutcome {
  const all = [...steps.values()];
  return { failed: all.find(({ outcome }) => outcome === 'failed')?.step ?? null, steps: all };
}

/** Why there is no picture, when there is none; a path that is open for the others or is about to close has one. */
function failureOf({ state, failure, failedAtMs, report }: PathTrace, waitedMs: number): { problem: Problem; atMs: number | null } | null {
  if (state === 'ready' || state === 'draining') return null;
  if (failure) return { problem: failure, atMs: failedAtMs };
  if (report.reason) return { problem: problem(report.reason), atMs: failedAtMs };
  return { problem: problem('deadline-exceeded', { waitedMs }), atMs: waitedMs };
}

/** The place of the last step that the source took; -1 when it took none. */
function lastReached({ steps }: PathTrace): number {
  return steps.reduce((last, { step }) => Math.max(last, sourceSteps.indexOf(step)), -1);
}

/** The step that failed; `loss` when all had been taken before it broke off. */
function failingStep(code: ErrorCode, last: number, source: SourceShown): DiagnosisStep {
  const named = stepOfProblem[code];
  if (named === 'queue') return named;
  const isNext = named !== undefined && sourceSteps.indexOf(named as SourceStep) > last;
  if (isNext) return named;
  // A login has a refusal of its own; what else goes wrong belongs to what came after it.
  return sourceSteps.find((step, place) => place > last && step !== 'login' && !isForeign(step, source)) ?? 'loss';
}

/** Steps that this kind of source does not have. */
function isForeign(step: SourceStep, { kind, url }: SourceShown): boolean {
  const network = ['resolve', 'connect', 'login', 'describe', 'setup', 'play'];
  if (kind === 'file') return network.includes(step);
  if (kind === 'rtmp' && url === undefined) return step !== 'connect' && network.includes(step);
  return kind !== 'rtsp' && kind !== 'gb28181' && step === 'setup';
}

function codecFacts({ report }: PathTrace, before: DiagnosisResult, put: Put): void {
  const params = { ...before.params, ...(report.codec && { codec: report.codec }), transcoding: report.transcoding };
  put('codec', report.transcoding ? 'warning' : 'ok', { ms: before.ms, params });
}

/** `null`: this source does not count packets, or none came yet. */
function lossShare({ report: { link } }: PathTrace): number | null {
  return link === null || link.packets + link.lost === 0 ? null : link.lost / (link.packets + link.lost);
}

function lossParams(trace: PathTrace): ErrorParams {
  const share = lossShare(trace);
  const { link, fps, kbps } = trace.report;
  const rates = { fps: Math.round(fps * 10) / 10, kbps: Math.round(kbps) };
  if (!link || share === null) return rates;
  const { transport, packets, lost, reordered, jitterMs } = link;
  return {
    ...rates,
    transport,
    percent: Math.round(share * 10_000) / 100,
    packets,
    lost,
    reordered,
    jitterMs: jitterMs === null ? null : Math.round(jitterMs * 10) / 10,
  };
}

const worstFirst: readonly ShowingTile['state'][] = ['offline', 'stalled', 'suspect', 'starting', 'delayed', 'live'];

/** What the walls make of the picture: the tile that fares worst speaks. */
function decoderStep(tiles: readonly ShowingTile[], put: Put): void {
  const worst = worstFirst.flatMap((state) => tiles.find((tile) => tile.state === state) ?? [])[0];
  if (!worst) {
    put('decoder', 'skipped');
    return;
  }
  const { state, wall, screen, tileId, engine, stream, fps, frameAgeMs } = worst;
  // Late for a reason of the screen's own: it leaves pictures out.
  const outcome = state === 'delayed' && worst.reason !== null ? 'warning' : outcomeOfTile[state];
  const params = { tiles: tiles.length, wall, screen, tileId, state, engine, stream, fps, frameAgeMs };
  const reason = worst.reason ?? (state === 'stalled' ? 'source-stalled' : null);
  put('decoder', outcome, { reason: outcome === 'ok' || outcome === 'unknown' ? null : reason, params });
}

const outcomeOfTile: Readonly<Record<ShowingTile['state'], DiagnosisResult['outcome']>> = {
  live: 'ok',
  delayed: 'ok',
  starting: 'unknown',
  suspect: 'warning',
  stalled: 'failed',
  offline: 'failed',
  empty: 'skipped',
};
