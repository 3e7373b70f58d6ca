import { expect, test } from 'vitest';
import { ProblemError } from '../../../main/contract/errors.ts';
import type { RtspResponse } from '../../protocols/rtsp/message.ts';
import { RtspLogin } from './rtsp-login.ts';

const refusal = (...challenges: string[]): RtspResponse => ({
  kind: 'response',
  status: 401,
  reason: '',
  headers: challenges.map((value) => ['WWW-Authenticate', value]),
  body: new Uint8Array(0),
});
const digest = (nonce: string, more = '') => `Digest realm="r", nonce="${nonce}"${more}`;
const known = { user: 'u', password: 'p' };

/** What a login thinks of a row of refusals, `ok` between them being an answer that was no refusal: the reason it gives up for. */
function story(login: RtspLogin, events: readonly (RtspResponse | 'ok')[]): string {
  try {
    for (const event of events) {
      login.authorise('DESCRIBE', 'rtsp://h/');
      if (event === 'ok') login.accepted();
      else login.challenged(event);
    }
  } catch (error) {
    if (error instanceof ProblemError) return `${error.problem.code} ${error.problem.params['reason']}`;
    throw error;
  }
  return 'goes on';
}

test.each([
  ['the first is a question', known, [refusal(digest('a'))], 'goes on'],
  ['the second is the answer', known, [refusal(digest('a')), refusal(digest('b'))], 'source-login-refused refused'],
  ['a nonce that was too old is no answer', known, [refusal(digest('a')), refusal(digest('b', ', stale=true'))], 'goes on'],
  ['nor is a new nonce later on', known, [refusal(digest('a')), 'ok', refusal(digest('b')), 'ok'], 'goes on'],
  ['success without a question proves nothing', known, ['ok', refusal(digest('a')), refusal(digest('b'))], 'source-login-refused refused'],
  ['nobody to log in', null, [refusal(digest('a'))], 'source-login-refused no-credentials'],
  ['a way that is unknown', known, [refusal('Negotiate')], 'source-login-refused scheme-unsupported'],
  ['no way at all', known, [refusal()], 'source-login-refused scheme-unsupported'],
] as const)('%s', (_name, login, events, expected) => {
  expect(story(new RtspLogin(login), events)).toBe(expected);
});

test('counts how often a nonce is used, and takes the strongest way', () => {
  const login = new RtspLogin(known);
  expect([login.scheme, login.authorise('OPTIONS', 'rtsp://h/')]).toEqual(['none', null]);
  login.challenged(refusal('Basic realm="r"', digest('a', ', algorithm=SHA-256, qop="auth"'), digest('b')));
  expect(login.scheme).toBe('Digest SHA-256');
  expect(login.authorise('OPTIONS', 'rtsp://h/')).toContain('nc=00000001');
  expect(login.authorise('OPTIONS', 'rtsp://h/')).toContain('nc=00000002');
  login.accepted();
  login.challenged(refusal(digest('c', ', qop="auth"')));
  expect(login.authorise('OPTIONS', 'rtsp://h/')).toMatch(/nonce="c".*nc=00000001/);
});
