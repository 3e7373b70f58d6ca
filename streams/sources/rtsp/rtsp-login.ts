import { createHash, randomBytes } from 'node:crypto';
import { problem, ProblemError, type Problem } from '../../../main/contract/errors.ts';
import { answerChallenge, encodeAuthorization, type DigestHash, type Login } from '../../protocols/rtsp/authorization.ts';
import { byStrength, decodeChallenges, type Challenge } from '../../protocols/rtsp/challenge.ts';
import { headersOf, type RtspResponse } from '../../protocols/rtsp/message.ts';

/** Node's digests, as the protocol asks for them. */
export const digestHash: DigestHash = (algorithm, bytes) =>
  createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
    .update(bytes)
    .digest('hex');

/** The server closed the connection right after it had asked for a login: some want the answer on a new one. */
export class HungUp extends ProblemError {}

/**
 * Logs in to one server, on one connection or on several. A login that was refused is not tried again: cameras lock accounts. Only once it was accepted, or when the
 * server says that nothing but the nonce was too old, is a new challenge answered.
 */
export class RtspLogin {
  readonly #login: Login | null;
  #challenge: Challenge | null = null;
  #count = 0;
  #isAccepted = false;

  constructor(login: Login | null) {
    this.#login = login;
  }

  /** For people: `none`, `Basic`, `Digest SHA-256`. */
  get scheme(): string {
    if (!this.#challenge) return 'none';
    return this.#challenge.scheme === 'basic' ? 'Basic' : `Digest ${this.#challenge.algorithm ?? 'MD5'}`;
  }

  /** The Authorization header of the next request; null before the server asked for one. */
  authorise(method: string, url: string): string | null {
    if (!this.#challenge || !this.#login) return null;
    this.#count += 1;
    const cnonce = randomBytes(12).toString('hex');
    return encodeAuthorization(answerChallenge(this.#challenge, this.#login, { method, url, count: this.#count, cnonce }, digestHash));
  }

  /** A request that carried the login succeeded. */
  accepted(): void {
    if (this.#challenge) this.#isAccepted = true;
  }

  /** What it means that the connection ended. */
  ended(failure: Problem): ProblemError {
    const isUndecided = this.#challenge !== null && !this.#isAccepted;
    return isUndecided && failure.code === 'source-unreachable' ? new HungUp(failure) : new ProblemError(failure);
  }

  /** Takes a 401; whoever asked asks once more. Throws a ProblemError when there is no point in it: `source-login-refused`. */
  challenged(response: RtspResponse): void {
    const refuse = (reason: string) => new ProblemError(problem('source-login-refused', { status: response.status, reason }));
    const decoded = decodeChallenges(headersOf(response, 'WWW-Authenticate'));
    const strongest = decoded.ok ? byStrength(decoded.value)[0] : undefined;
    if (!this.#login) throw refuse('no-credentials');
    if (!strongest) throw refuse('scheme-unsupported');
    const isStale = strongest.scheme === 'digest' && strongest.stale;
    if (this.#challenge && !this.#isAccepted && !isStale) throw refuse('refused');
    this.#challenge = strongest;
    this.#count = 0;
  }
}
