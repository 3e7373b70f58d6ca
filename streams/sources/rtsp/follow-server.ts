import { problem, ProblemError } from '../../../main/contract/errors.ts';
import type { RtspUrl } from '../../protocols/rtsp/rtsp-url.ts';
import { redirectTarget } from './redirect-target.ts';
import { Redirected } from './rtsp-dialogue.ts';
import { HungUp, RtspLogin } from './rtsp-login.ts';

const maxRedirects = 3;

/**
 * Does `attempt` with the first server, and with those that it sends us on to; once more with one that hung up on its own question for
 * a login, then with the answer at once. Throws what `attempt` throws, and `source-protocol` when the way does not end.
 */
export async function followServer<T>(first: RtspUrl, attempt: (target: RtspUrl, login: RtspLogin) => Promise<T>): Promise<T> {
  let target = first;
  let login = new RtspLogin(target.login);
  let cameAgain = false;
  for (let redirects = 0; ;) {
    try {
      return await attempt(target, login);
    } catch (error) {
      if (error instanceof HungUp && !cameAgain) {
        cameAgain = true;
        continue;
      }
      if (!(error instanceof Redirected)) throw error;
      if (redirects === maxRedirects) throw new ProblemError(problem('source-protocol', { reason: 'too-many-redirects' }));
      const next = redirectTarget(target, error.location);
      if (!next.ok) throw new ProblemError(next.error);
      redirects += 1;
      target = next.value;
      login = new RtspLogin(target.login);
    }
  }
}
