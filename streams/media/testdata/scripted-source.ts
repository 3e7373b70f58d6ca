import { problem, ProblemError, type ErrorCode } from '../../../main/contract/errors.ts';
import type { AccessUnit, Profile, SourceSpec } from '../../contract.ts';
import { silentReport, type AccessUnitSink, type MediaSource, type SourceReport } from '../source.ts';

/** One run of a scripted source, for the test to act through. */
export interface ScriptedRun {
  readonly spec: SourceSpec;
  readonly profile: Profile;
  readonly report: SourceReport;
  readonly signal: AbortSignal;
  push(unit: AccessUnit): void;
  fail(code: ErrorCode): Promise<void>;
  end(): Promise<void>;
}

/** Sources that do what the test says. `stubborn` ones do not end when they are aborted. */
export function scriptedSources(options: { stubborn?: boolean } = {}) {
  const runs: ScriptedRun[] = [];
  const openSource = (spec: SourceSpec): MediaSource => ({
    run(profile, sink: AccessUnitSink, signal, report = silentReport) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      if (!options.stubborn) signal.addEventListener('abort', () => resolve());
      // Waiting for the settled promise once more lets whoever runs the source act first.
      const settled = () =>
        promise.then(
          () => {},
          () => {},
        );
      runs.push({
        spec,
        profile,
        report,
        signal,
        push: (unit) => sink.push(unit),
        fail: (code) => (reject(new ProblemError(problem(code))), settled().then(settled).then(settled)),
        end: () => (resolve(), settled().then(settled).then(settled)),
      });
      return promise;
    },
  });
  return { runs, openSource };
}
