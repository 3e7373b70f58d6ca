import { constants as system } from 'node:os';
import { problem, type Problem } from '../../../main/contract/errors.ts';
import type { Ffmpeg } from './load-ffmpeg.ts';

/** What the opening of an input meant when it failed. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

const { ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ETIMEDOUT, ECONNRESET, EPIPE, ECONNABORTED, EHOSTDOWN } = system.errno as Record<
  string,
  number
>;
const unreachable: ReadonlyMap<number, string> = new Map(
  [
    [ECONNREFUSED, 'ECONNREFUSED'],
    [EHOSTUNREACH, 'EHOSTUNREACH'],
    [ENETUNREACH, 'ENETUNREACH'],
    [ETIMEDOUT, 'ETIMEDOUT'],
    [EHOSTDOWN, 'EHOSTDOWN'],
  ].flatMap(([number, name]) => (number === undefined ? [] : [[number as number, name as string] as const])),
);
const broken = new Set([ECONNRESET, EPIPE, ECONNABORTED]);

/** Why an input could not be opened, in our words; `code` is FFmpeg's AVERROR. */
export function openingProblem({ lib, constants }: Ffmpeg, code: number, { host, port }: Endpoint): Problem {
  const http = httpStatus({ constants }, code);
  if (http !== null) return statusProblem(http);
  const reason = unreachable.get(-code);
  if (reason !== undefined) return problem('source-unreachable', { host, port, reason });
  if (code === constants.AVERROR_STREAM_NOT_FOUND) return problem('source-no-video');
  if (code === constants.AVERROR_PROTOCOL_NOT_FOUND || code === constants.AVERROR_DEMUXER_NOT_FOUND)
    return problem('source-protocol', { reason: 'unsupported' });
  if (broken.has(-code) || code === constants.AVERROR_EOF) return problem('source-protocol', { reason: 'closed' });
  return problem('source-protocol', { reason: lib.FFmpegError.strerror(code) });
}

/** Why an input that was open gives no more. */
export function readingProblem({ lib, constants }: Ffmpeg, code: number): Problem {
  if (code === constants.AVERROR_EOF) return problem('source-ended');
  const http = httpStatus({ constants }, code);
  if (http !== null) return statusProblem(http);
  if (broken.has(-code) || unreachable.has(-code)) return problem('source-ended');
  return problem('source-failed', { reason: lib.FFmpegError.strerror(code) });
}

function httpStatus({ constants }: Pick<Ffmpeg, 'constants'>, code: number): number | null {
  switch (code) {
    case constants.AVERROR_HTTP_BAD_REQUEST:
      return 400;
    case constants.AVERROR_HTTP_UNAUTHORIZED:
      return 401;
    case constants.AVERROR_HTTP_FORBIDDEN:
      return 403;
    case constants.AVERROR_HTTP_NOT_FOUND:
      return 404;
    case constants.AVERROR_HTTP_OTHER_4XX:
      return 499;
    case constants.AVERROR_HTTP_SERVER_ERROR:
      return 500;
    default:
      return null;
  }
}

/** As our RTSP client says it; 499 and 500 stand for all that FFmpeg does not tell apart. */
function statusProblem(status: number): Problem {
  if (status === 401 || status === 403) return problem('source-login-refused', { status, reason: 'refused' });
  if (status === 404) return problem('source-not-found', { status });
  return problem('source-refused', { status });
}
