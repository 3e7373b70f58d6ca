import { problem, type Problem } from '../../../main/contract/errors.ts';

/** What the status of an answer means for somebody who waits for a picture (RFC 2326 clause 7.1.1); null for success. */
export function statusProblem(status: number): Problem | null {
  if (status < 300) return null;
  if (status === 401 || status === 403 || status === 407) return problem('source-login-refused', { status, reason: 'refused' });
  if (status === 404 || status === 410) return problem('source-not-found', { status });
  return problem('source-refused', { status });
}

/** The same for DESCRIBE: some say "session not found" (454) of a stream that they do not have. */
export const describeProblem = (status: number): Problem | null =>
  status === 454 ? problem('source-not-found', { status }) : statusProblem(status);
