import { problem, ProblemError, type Problem } from '../../../main/contract/errors.ts';
import type { Log } from '../../../main/contract/log.ts';
import type { Clock } from '../../../main/contract/time.ts';
import type { AccessUnit, VideoCodec } from '../../contract.ts';
import type { WorkerHandlers, WorkerLink } from '../../media/workers/worker-link.ts';
import { maxJpegBytes } from '../../media/workers/worker-protocol.ts';
import { isMark } from '../../watermark/mark-text.ts';
import type { AddressPolicy } from '../address-policy.ts';
import type { Ffmpeg } from './load-ffmpeg.ts';
import { pull } from './pull.ts';
import { takeSnapshot } from './take-snapshot.ts';
import { Transcoder } from './transcoder.ts';

export interface AvWorkerOptions {
  /** Called when FFmpeg is needed for the first time. */
  readonly load: () => Promise<Ffmpeg>;
  readonly link: Pick<WorkerLink, 'tell' | 'unit' | 'forget'>;
  readonly policy: Pick<AddressPolicy, 'check'>;
  readonly maxPulls: number;
  readonly maxTranscodes: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** What the av process does for its relay. */
export interface AvWorker extends Required<Pick<WorkerHandlers, 'hello' | 'down' | 'hear' | 'unit'>> {
  /** Pulls, transcodings and snapshots under way. */
  readonly streams: number;
  /** Ends everything; resolves when FFmpeg has let go of its inputs. */
  stop(): Promise<void>;
}

/** Pictures being made into JPEG at once, and waiting for it. */
const snapshotsAtOnce = 2;
const maxSnapshots = 64;

/** One stream of the relay's. */
interface Work {
  readonly kind: 'pull' | 'transcode' | 'snapshot';
  unit(unit: AccessUnit): void;
  close(): void;
}

const unavailable = problem('worker-unavailable', { worker: 'av' });

/** See `worker-protocol.ts` for what is said. FFmpeg is loaded when it is needed for the first time; where there is none, that is said then. */
export function createAvWorker(options: AvWorkerOptions): AvWorker {
  const { link, clock, log, policy } = options;
  const works = new Map<number, Work>();
  const pulling = new Set<Promise<void>>();
  const waiting: (() => Promise<void>)[] = [];
  let loading: Promise<Ffmpeg> | null = null;
  let isAbsent = false;
  let snapshots = 0;

  const hello = () => ({ url: null, maxPulls: isAbsent ? 0 : options.maxPulls, maxTranscodes: isAbsent ? 0 : options.maxTranscodes });

  const load = (): Promise<Ffmpeg> => {
    loading ??= options.load().catch((error: unknown) => {
      if (!isAbsent)
        log.error({ error: String(error).slice(0, 500) }, 'FFmpeg cannot be loaded: no source of kind av, no transcoding, no snapshots');
      isAbsent = true;
      link.tell({ kind: 'hello', ...hello() });
      throw new ProblemError(unavailable);
    });
    return loading;
  };

  const countOf = (kind: Work['kind']) => Array.from(works.values()).filter((work) => work.kind === kind).length;

  /** The stream ended by itself, unless it was closed before. */
  const ended = (stream: number, work: Work, cause: Problem) => {
    if (works.get(stream) !== work) return;
    works.delete(stream);
    link.forget(stream);
    link.tell({ kind: 'ended', stream, problem: cause });
  };

  const problemOf = (error: unknown): Problem => {
    if (error instanceof ProblemError) return error.problem;
    log.error({ error: String(error).slice(0, 500) }, 'a stream broke');
    return problem('source-failed');
  };

  const beginPull = (stream: number, url: string) => {
    if (countOf('pull') >= options.maxPulls) {
      const full = problem('source-budget', { name: 'av', max: options.maxPulls, unit: 'connections' });
      return link.tell({ kind: 'ended', stream, problem: full });
    }
    const abort = new AbortController();
    const { signal } = abort;
    const work: Work = { kind: 'pull', unit() {}, close: () => abort.abort() };
    works.set(stream, work);
    const run = async () => {
      try {
        const ffmpeg = await load();
        await pull({
          ffmpeg,
          url,
          policy,
          clock,
          signal,
          unit: (unit) => {
            if (!signal.aborted) link.unit(stream, unit);
          },
          step: (step, params) => link.tell({ kind: 'step', stream, step, params }),
          link: (quality) => link.tell({ kind: 'link', stream, quality }),
        });
        ended(stream, work, problem('source-ended'));
      } catch (error) {
        ended(stream, work, problemOf(error));
      }
    };
    const running: Promise<void> = run().finally(() => pulling.delete(running));
    pulling.add(running);
  };

  const beginTranscode = (stream: number, from: VideoCodec) => {
    if (countOf('transcode') >= options.maxTranscodes)
      return link.tell({ kind: 'ended', stream, problem: problem('transcode-budget', { max: options.maxTranscodes }) });
    const transcoder = new Transcoder({
      load,
      from,
      unit: (unit) => link.unit(stream, unit),
      ended: (cause) => ended(stream, work, cause),
    });
    const work: Work = {
      kind: 'transcode',
      unit: (unit) => transcoder.push(unit),
      close: () => {
        transcoder.end();
        if (transcoder.dropped > 0) log.warn({ dropped: transcoder.dropped }, 'a transcoding did not keep up');
      },
    };
    works.set(stream, work);
  };

  const beginSnapshot = (stream: number, mark: string) => {
    if (!isMark(mark)) return link.tell({ kind: 'ended', stream, problem: problem('snapshot-failed', { reason: 'unmarked' }) });
    if (countOf('snapshot') >= maxSnapshots)
      return link.tell({ kind: 'ended', stream, problem: problem('snapshot-failed', { reason: 'busy' }) });
    let isAsked = false;
    const work: Work = {
      kind: 'snapshot',
      unit(unit) {
        if (isAsked) return;
        isAsked = true;
        waiting.push(() => answerSnapshot(stream, work, unit, mark));
        nextSnapshot();
      },
      close() {},
    };
    works.set(stream, work);
  };

  const nextSnapshot = () => {
    if (snapshots >= snapshotsAtOnce) return;
    const next = waiting.shift();
    if (!next) return;
    snapshots += 1;
    void next().finally(() => {
      snapshots -= 1;
      nextSnapshot();
    });
  };

  const answerSnapshot = async (stream: number, work: Work, unit: AccessUnit, mark: string) => {
    // Nobody waits for it any more.
    if (works.get(stream) !== work) return;
    try {
      const { bytes, width, height } = await takeSnapshot(await load(), unit, mark);
      if (bytes.length > maxJpegBytes) throw new ProblemError(problem('snapshot-failed', { reason: 'too-large' }));
      if (works.get(stream) !== work) return;
      works.delete(stream);
      link.tell({ kind: 'snapshot', stream, jpeg: Buffer.from(bytes).toString('base64'), width, height });
    } catch (error) {
      ended(stream, work, problemOf(error));
    }
  };

  const close = (stream: number) => {
    const work = works.get(stream);
    works.delete(stream);
    link.forget(stream);
    work?.close();
  };

  const closeAll = () => {
    for (const stream of works.keys()) close(stream);
  };

  return {
    hello,
    hear(message) {
      if (message.kind === 'pull') beginPull(message.stream, message.url);
      else if (message.kind === 'transcode') beginTranscode(message.stream, message.from);
      else if (message.kind === 'snapshot') beginSnapshot(message.stream, message.mark);
      else if (message.kind === 'close') close(message.stream);
    },
    unit: (stream, unit) => works.get(stream)?.unit(unit),
    down: closeAll,
    get streams() {
      return works.size;
    },
    async stop() {
      closeAll();
      await Promise.all(pulling);
    },
  };
}
