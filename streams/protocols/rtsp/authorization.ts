import { err, ok, type Result } from '../../../main/contract/result.ts';
import { decodeBase64 } from '../rtp/base64.ts';
import { bytesOfText, textOfBytes, utf8Text } from './byte-text.ts';
import type { Challenge, DigestAlgorithm, DigestChallenge } from './challenge.ts';
import { encodeBase64 } from './encode-base64.ts';
import { nameAndValue, quote, splitOutsideQuotes } from './quoted-list.ts';

/** Hashes bytes; answers lower-case hexadecimal. */
export type DigestHash = (algorithm: 'MD5' | 'SHA-256', bytes: Uint8Array) => string;

/** What an Authorization header says. Texts are byte text. */
export type Authorization =
  | { readonly scheme: 'basic'; readonly user: string; readonly password: string }
  | {
      readonly scheme: 'digest';
      readonly user: string;
      readonly realm: string;
      readonly nonce: string;
      readonly uri: string;
      readonly response: string;
      readonly algorithm: string | null;
      readonly opaque: string | null;
      /** With qop `auth`: how often this nonce was used, and what the client added. */
      readonly counted: { readonly count: number; readonly cnonce: string } | null;
    };

/** Who logs in, as ordinary text. */
export interface Login {
  readonly user: string;
  readonly password: string;
}

/** One request to be authorised. */
export interface LoginRequest {
  readonly method: string;
  /** As in the request line. */
  readonly url: string;
  /** How often the challenge's nonce was used, this time counted. */
  readonly count: number;
  /** Unpredictable, of letters and digits. */
  readonly cnonce: string;
}

/** Answers a challenge (RFC 7617 clause 2; RFC 7616 clause 3.4). */
export function answerChallenge(challenge: Challenge, login: Login, request: LoginRequest, hash: DigestHash): Authorization {
  const user = utf8Text(login.user);
  const password = utf8Text(login.password);
  if (challenge.scheme === 'basic') return { scheme: 'basic', user, password };
  const { realm, nonce, opaque, algorithm } = challenge;
  const { count, cnonce } = request;
  const response = digestResponse(challenge, { user, password }, request, hash);
  return {
    scheme: 'digest',
    user,
    realm,
    nonce,
    uri: request.url,
    response,
    algorithm,
    opaque,
    counted: challenge.qopAuth || isSession(algorithm) ? { count, cnonce } : null,
  };
}

/** RFC 7616 clauses 3.4.1 to 3.4.3; without qop that of RFC 2069 clause 2.1.2. */
function digestResponse(challenge: DigestChallenge, login: Login, request: LoginRequest, hash: DigestHash): string {
  const algorithm = challenge.algorithm ?? 'MD5';
  const h = (text: string) => hash(algorithm.startsWith('SHA-256') ? 'SHA-256' : 'MD5', bytesOfText(text));
  const { realm, nonce } = challenge;
  const { cnonce } = request;
  const secret = h(`${login.user}:${realm}:${login.password}`);
  const a1 = isSession(algorithm) ? h(`${secret}:${nonce}:${cnonce}`) : secret;
  const a2 = h(`${request.method}:${request.url}`);
  return h(challenge.qopAuth ? `${a1}:${nonce}:${countText(request.count)}:${cnonce}:auth:${a2}` : `${a1}:${nonce}:${a2}`);
}

const isSession = (algorithm: DigestAlgorithm | null): boolean => algorithm?.endsWith('-sess') ?? false;

const countText = (count: number): string => count.toString(16).padStart(8, '0');

/** Writes an Authorization header. */
export function encodeAuthorization(authorization: Authorization): string {
  if (authorization.scheme === 'basic') return `Basic ${encodeBase64(bytesOfText(`${authorization.user}:${authorization.password}`))}`;
  const { user, realm, nonce, uri, response, algorithm, opaque, counted } = authorization;
  const pieces = [`username=${quote(user)}`, `realm=${quote(realm)}`, `nonce=${quote(nonce)}`, `uri=${quote(uri)}`];
  pieces.push(`response=${quote(response)}`);
  if (algorithm !== null) pieces.push(`algorithm=${algorithm}`);
  if (opaque !== null) pieces.push(`opaque=${quote(opaque)}`);
  if (counted) pieces.push('qop=auth', `nc=${countText(counted.count)}`, `cnonce=${quote(counted.cnonce)}`);
  return `Digest ${pieces.join(', ')}`;
}

/** Decodes an Authorization header, for the server's side. */
export function decodeAuthorization(text: string): Result<Authorization, 'scheme-unsupported' | 'malformed'> {
  const begin = /^\s*(basic|digest)\s+(.*)$/is.exec(text);
  if (!begin) return err('scheme-unsupported');
  if (begin[1]!.toLowerCase() === 'basic') {
    const bytes = decodeBase64(begin[2]!.trim());
    const pair = /^([^:]*):(.*)$/s.exec(bytes ? textOfBytes(bytes) : '');
    return pair ? ok({ scheme: 'basic', user: pair[1]!, password: pair[2]! }) : err('malformed');
  }
  const params = new Map(splitOutsideQuotes(begin[2]!, ',').map(nameAndValue));
  const said = (name: string) => params.get(name) ?? '';
  const count = /^[0-9a-f]{1,8}$/i.test(said('nc')) ? Number.parseInt(said('nc'), 16) : null;
  if (['username', 'realm', 'nonce', 'uri', 'response'].some((name) => !params.has(name))) return err('malformed');
  return ok({
    scheme: 'digest',
    user: said('username'),
    realm: said('realm'),
    nonce: said('nonce'),
    uri: said('uri'),
    response: said('response'),
    algorithm: params.get('algorithm') ?? null,
    opaque: params.get('opaque') ?? null,
    counted: count === null ? null : { count, cnonce: said('cnonce') },
  });
}

/** Whether an answer is what this login would have answered to this challenge, for the server's side. */
export function isRightAnswer(given: Authorization, challenge: Challenge, login: Login, method: string, hash: DigestHash): boolean {
  if (given.scheme !== challenge.scheme) return false;
  if (given.scheme === 'basic') return given.user === utf8Text(login.user) && given.password === utf8Text(login.password);
  const request = { method, url: given.uri, count: given.counted?.count ?? 0, cnonce: given.counted?.cnonce ?? '' };
  const right = answerChallenge(challenge, login, request, hash);
  return right.scheme === 'digest' && given.user === right.user && given.nonce === right.nonce && given.response === right.response;
}
