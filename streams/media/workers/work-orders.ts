import { problem, ProblemError, type Problem } from '../../../main/contract/errors.ts';
import { err, ok, type Result } from '../../../main/contract/result.ts';
import type { Clock } from '../../../main/contract/time.ts';
import type { Snapshot } from '../media-relay.ts';
import { silentReport, type AccessUnitSink, type SourceReport } from '../source.ts';
import type { FromWorker, ToWorker, WorkerName } from './worker-protocol.ts';
import type { WorkerStreams } from './worker-streams.ts';
import type { Workers } from './workers.ts';

/** A worker that was let in and has said what it can do. */
export interface WorkerAtWork {
  readonly hello: Extract<FromWorker, { kind: 'hello' }>;
  readonly streams: WorkerStreams;
}

const maxStreams = 8192;
const snapshotMs = 10_000;
const maxSnapshots = 32;

/** Why nothing can be asked of a worker that is not there. */
export const workerUnavailable = (worker: WorkerName): Problem => problem('worker-unavailable', { worker });

/** What the relay asks of its workers, within what each of them takes. `at` answers who is at work under a name. */
export function createWorkOrders(at: (name: WorkerName) => WorkerAtWork | undefined, clock: Pick<Clock, 'monotonic'>): Workers {
  return {
    async pull(url, sink, signal, report = silentReport) {
      const av = at('av');
      if (!av || av.hello.maxPulls === 0) throw new ProblemError(workerUnavailable('av'));
      const max = Math.min(av.hello.maxPulls, maxStreams);
      if (av.streams.count('pull') >= max) throw new ProblemError(problem('source-budget', { name: 'av', max, unit: 'connections' }));
      return play(av.streams, 'pull', (stream) => ({ kind: 'pull', stream, url }), sink, signal, report);
    },
    async tap(keyHash, sink, signal, report = silentReport) {
      const ingest = at('ingest');
      if (!ingest) throw new ProblemError(workerUnavailable('ingest'));
      if (ingest.streams.size >= maxStreams)
        throw new ProblemError(problem('source-budget', { name: 'ingest', max: maxStreams, unit: 'connections' }));
      return play(ingest.streams, 'tap', (stream) => ({ kind: 'tap', stream, keyHash }), sink, signal, report);
    },
    transcode(from, listener) {
      const av = at('av');
      if (!av) return err(workerUnavailable('av'));
      const { streams } = av;
      const max = av.hello.maxTranscodes;
      if (streams.count('transcode') >= max) return err(problem('transcode-budget', { max }));
      const { stream, close } = streams.open((number) => ({ kind: 'transcode', stream: number, from }), {
        kind: 'transcode',
        unit: (unit) => listener.unit(unit),
        hear() {},
        ended: (cause) => listener.ended(cause ?? problem('source-ended')),
      });
      // It was found not to read any more, and cut off.
      if (!streams.has(stream)) return err(workerUnavailable('av'));
      return ok({ push: (unit) => streams.send(stream, unit), end: close });
    },
    snapshot(unit, mark) {
      const av = at('av');
      if (!av) return Promise.resolve(err(workerUnavailable('av')));
      const { streams } = av;
      if (streams.count('snapshot') >= maxSnapshots) return Promise.resolve(err(problem('snapshot-failed', { reason: 'busy' })));
      return new Promise<Result<Snapshot, Problem>>((resolve) => {
        const { stream, close } = streams.open((number) => ({ kind: 'snapshot', stream: number, mark }), {
          kind: 'snapshot',
          deadline: clock.monotonic() + snapshotMs,
          unit() {},
          hear(news) {
            if (news.kind !== 'snapshot') return;
            streams.forget(stream);
            const { width, height } = news;
            resolve(ok({ at: unit.receivedAtMs, width, height, jpeg: Buffer.from(news.jpeg, 'base64') }));
          },
          ended: (cause) => resolve(err(cause ?? problem('snapshot-failed', { reason: 'ended' }))),
        });
        if (streams.send(stream, unit)) return;
        close();
        resolve(err(problem('snapshot-failed', { reason: 'busy' })));
      });
    },
    state(name) {
      const worker = at(name);
      if (!worker) return null;
      const { url, maxPulls, maxTranscodes } = worker.hello;
      const { streams } = worker;
      return {
        url,
        maxPulls,
        maxTranscodes,
        pulls: streams.count('pull'),
        taps: streams.count('tap'),
        transcodes: streams.count('transcode'),
      };
    },
  };
}

/** A stream that works like a source: it resolves when it is aborted, and fails as the worker says. */
function play(
  streams: WorkerStreams,
  kind: 'pull' | 'tap',
  ask: (stream: number) => ToWorker,
  sink: AccessUnitSink,
  signal: AbortSignal,
  report: SourceReport,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return resolve();
    const stop = () => {
      opened.close();
      resolve();
    };
    const opened = streams.open(ask, {
      kind,
      unit: (unit) => sink.push(unit),
      hear(news) {
        if (news.kind === 'step') report.step(news.step, news.params);
        else if (news.kind === 'link') report.link(news.quality);
      },
      ended(cause) {
        signal.removeEventListener('abort', stop);
        reject(new ProblemError(cause ?? problem('source-ended')));
      },
    });
    signal.addEventListener('abort', stop, { once: true });
  });
}
