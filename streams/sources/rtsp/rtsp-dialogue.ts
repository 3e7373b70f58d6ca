import { problem, ProblemError } from '../../../main/contract/errors.ts';
import { headerOf, type RtspHeaders, type RtspResponse } from '../../protocols/rtsp/message.ts';
import type { RtspConnection } from './rtsp-connection.ts';
import type { RtspLogin } from './rtsp-login.ts';
import { statusProblem } from './status-problem.ts';

/** The server sends us elsewhere. */
export class Redirected extends Error {
  override readonly name = 'Redirected';
  readonly location: string;
  constructor(location: string) {
    super('redirected');
    this.location = location;
  }
}

/** A nonce may run out once between two requests; more often is no login but a loop. */
const maxChallenges = 2;

/** Questions and answers on one connection, with login and session. */
export class RtspDialogue {
  readonly #connection: RtspConnection;
  readonly #login: RtspLogin;
  /** The session's id as it is sent back; null before SETUP. */
  sessionId: string | null = null;

  constructor(connection: RtspConnection, login: RtspLogin) {
    this.#connection = connection;
    this.#login = login;
  }

  /** Asks, and answers the answer whatever its status; logs in when told to. Throws `Redirected` for 3xx, and what the connection throws. */
  async ask(method: string, url: string, headers: RtspHeaders, signal: AbortSignal): Promise<RtspResponse> {
    for (let challenges = 0; ; challenges += 1) {
      const authorization = this.#login.authorise(method, url);
      const all: RtspHeaders = [
        ...(authorization === null ? [] : [['Authorization', authorization] as const]),
        ...(this.sessionId === null ? [] : [['Session', this.sessionId] as const]),
        ...headers,
      ];
      const response = await this.#connection.request(method, url, all, signal).catch((error: unknown) => {
        throw error instanceof ProblemError ? this.#login.ended(error.problem) : error;
      });
      if (response.status === 401 && challenges < maxChallenges) {
        this.#login.challenged(response);
        continue;
      }
      if (response.status >= 300 && response.status < 400) {
        const location = headerOf(response, 'Location');
        if (location === null)
          throw new ProblemError(problem('source-protocol', { reason: 'redirect-without-location', status: response.status }));
        throw new Redirected(location);
      }
      // OPTIONS needs no login with most: that it was answered says something only where a login was asked for.
      if (response.status !== 401 && (method !== 'OPTIONS' || challenges > 0)) this.#login.accepted();
      return response;
    }
  }

  /** The same, for what must succeed: any other status is thrown as a ProblemError. */
  async demand(method: string, url: string, headers: RtspHeaders, signal: AbortSignal): Promise<RtspResponse> {
    const response = await this.ask(method, url, headers, signal);
    const failure = statusProblem(response.status);
    if (failure) throw new ProblemError(failure);
    return response;
  }
}
