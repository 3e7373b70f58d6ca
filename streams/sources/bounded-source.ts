import { problem, ProblemError } from '../../main/contract/errors.ts';
import type { Clock } from '../../main/contract/time.ts';
import type { MediaSource } from '../media/source.ts';
import { AttemptLimit } from './attempt-limit.ts';

/**
 * Pictures and pieces of sound that one source may give: several times what any camera does, and at the beginning, or after a break of the
 * line, as much as is kept of a long GOP. More is made up of nothing (a packet holds thousands of pictures of two bytes), and handling it
 * would hold up everybody else.
 */
const allowance = { burst: 5000, perSecond: 500, keys: 1 };

/** The same source, which fails with `source-protocol` when it gives more units than any camera would. */
export function boundedSource(source: MediaSource, clock: Clock): MediaSource {
  return {
    async run(profile, sink, signal, report) {
      const limit = new AttemptLimit(allowance);
      const tooMany = new AbortController();
      const bounded = {
        push(unit: Parameters<typeof sink.push>[0]) {
          if (tooMany.signal.aborted) return;
          if (limit.take('', clock.monotonic())) sink.push(unit);
          else tooMany.abort();
        },
      };
      await source.run(profile, bounded, AbortSignal.any([signal, tooMany.signal]), report);
      if (tooMany.signal.aborted && !signal.aborted) throw new ProblemError(problem('source-protocol', { reason: 'too-many-units' }));
    },
  };
}
