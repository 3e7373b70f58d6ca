import { problem, type ErrorCode, type Problem } from '../../main/contract/errors.ts';
import type { Clock } from '../../main/contract/time.ts';
import type { PathState, SourceSpec } from '../contract.ts';
import { failureMeaning } from '../fleet/failure-meaning.ts';
import type { ProbeMethod, ProbeResult, ProbeTarget } from './media-relay.ts';
import { endpointOf } from './reach-address.ts';
import type { RelayCounters } from './relay-counters.ts';

/** What asking one camera came to. */
export type ProbeAnswer = Omit<ProbeResult, 'cameraId' | 'ms'>;

export interface CameraProberOptions {
  /** Questions under way at once, of all calls together. */
  readonly atOnce: number;
  readonly clock: Clock;
  readonly counters: Pick<RelayCounters, 'probes'>;
  /** How a camera is that the relay has open; null when it has not. */
  openPath(cameraId: string): { readonly state: PathState; readonly reason: ErrorCode | null } | null;
  /** Asks an RTSP camera. */
  rtsp(url: string, method: ProbeMethod): Promise<ProbeAnswer>;
  /** Whether somebody listens there; null when somebody does. */
  reach(host: string, port: number): Promise<Problem | null>;
  /** Whether a recording can be played; null when it can. */
  file(url: string): Promise<Problem | null>;
  /** Whether a camera that pushes does; null while nobody can know. */
  isPublishing(publishKey: string): boolean | null;
}

/** Asks cameras whether they are there, without pulling pictures. */
export interface CameraProber {
  /** Answers when all are asked, in their order. */
  probe(targets: readonly ProbeTarget[], method: ProbeMethod): Promise<readonly ProbeResult[]>;
}

/** No question takes longer, whatever hangs: a name server, a network drive. */
const questionMs = 8000;
/** Questions that wait; more are answered at once with "unknown". */
const maxWaiting = 4096;

/** See `CameraProber`. */
export function createCameraProber(options: CameraProberOptions): CameraProber {
  const { clock, atOnce } = options;
  const waiting: (() => void)[] = [];
  let underWay = 0;

  const ask = async (spec: SourceSpec, method: ProbeMethod): Promise<ProbeAnswer> => {
    if (spec.kind === 'rtsp') return options.rtsp(spec.url, method);
    if (spec.kind === 'file') return answerOf(await options.file(spec.url));
    if (spec.kind === 'gb28181') return answerOf(problem('source-kind-unsupported'));
    if (spec.url === undefined) {
      const isPublishing = spec.kind === 'rtmp' && spec.publishKey !== undefined ? options.isPublishing(spec.publishKey) : false;
      return answerOf(isPublishing === null ? problem('worker-unavailable') : isPublishing ? null : problem('source-publisher-absent'));
    }
    const endpoint = endpointOf(spec.url);
    if (!endpoint) return answerOf(problem('source-invalid'));
    // Nobody can tell by knocking whether a sender of datagrams is there.
    if (endpoint.port === null || !endpoint.isTcp) return { state: 'unknown', reason: null };
    return answerOf(await options.reach(endpoint.host, endpoint.port));
  };

  const inTime = async (spec: SourceSpec, method: ProbeMethod): Promise<ProbeAnswer> => {
    const enough = new AbortController();
    const late = clock.sleep(questionMs, enough.signal).then(
      () => answerOf(problem('deadline-exceeded')),
      () => answerOf(problem('deadline-exceeded')),
    );
    try {
      return await Promise.race([ask(spec, method), late]);
    } finally {
      enough.abort();
    }
  };

  const turn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (underWay >= atOnce) await new Promise<void>((go) => waiting.push(go));
    else underWay += 1;
    try {
      return await work();
    } finally {
      // Its place goes to whoever waits longest.
      const next = waiting.shift();
      if (next) next();
      else underWay -= 1;
    }
  };

  const probeOne = async ({ cameraId, source }: ProbeTarget, method: ProbeMethod): Promise<ProbeResult> => {
    const open = options.openPath(cameraId);
    if (open) return { cameraId, ...pathAnswer(open), ms: 0 };
    if (waiting.length >= maxWaiting) return { cameraId, ...answerOf(problem('relay-overloaded')), ms: 0 };
    return turn(async () => {
      options.counters.probes += 1;
      const begun = clock.monotonic();
      const answer = await inTime(source, method).catch(() => answerOf(problem('internal-error')));
      return { cameraId, state: answer.state, reason: answer.reason, ms: Math.round(clock.monotonic() - begun) };
    });
  };

  return { probe: (targets, method) => Promise.all(targets.map((target) => probeOne(target, method))) };
}

function answerOf(failure: Problem | null): ProbeAnswer {
  if (!failure) return { state: 'online', reason: null };
  return { state: failureMeaning(failure.code) === 'camera' ? 'offline' : 'unknown', reason: failure.code };
}

/** A camera that is open is not asked: a second connection could only disturb it. */
function pathAnswer({ state, reason }: { readonly state: PathState; readonly reason: ErrorCode | null }): ProbeAnswer {
  if (state === 'failed') return answerOf(problem(reason ?? 'source-failed'));
  if (state === 'starting') return { state: 'unknown', reason: 'path-starting' };
  return { state: 'online', reason: null };
}
