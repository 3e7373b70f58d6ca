import { err, ok, type Result } from '../../../main/contract/result.ts';
import { nameAndValue, quote, splitOutsideQuotes } from './quoted-list.ts';

export type DigestAlgorithm = 'MD5' | 'MD5-sess' | 'SHA-256' | 'SHA-256-sess';

/** RFC 7617 clause 2: the password in the clear. */
export interface BasicChallenge {
  readonly scheme: 'basic';
  readonly realm: string;
}

/** RFC 7616 clause 3.3. Texts are byte text without quotes. */
export interface DigestChallenge {
  readonly scheme: 'digest';
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | null;
  /** Null when nothing is said, which means MD5. */
  readonly algorithm: DigestAlgorithm | null;
  /** The protection of the request itself is asked for; false in the older way of RFC 2069. */
  readonly qopAuth: boolean;
  /** The login was right, only its nonce is too old. */
  readonly stale: boolean;
}

export type Challenge = BasicChallenge | DigestChallenge;

const maxChallenges = 16;
const algorithms: readonly DigestAlgorithm[] = ['MD5', 'MD5-sess', 'SHA-256', 'SHA-256-sess'];

/**
 * Decodes WWW-Authenticate headers, several in one header included (RFC 7235 clause 4.1). Challenges that nobody here can answer are left
 * out: another scheme, another algorithm, a Digest without nonce, or one that protects bodies only.
 */
export function decodeChallenges(headers: readonly string[]): Result<Challenge[], 'too-many'> {
  const found: { readonly scheme: string; readonly params: Map<string, string> }[] = [];
  for (const piece of headers.flatMap((header) => splitOutsideQuotes(header, ','))) {
    // A scheme is a word that no equals sign follows.
    const begin = /^([A-Za-z][A-Za-z0-9-]*)(?:\s+(?!=)(.*))?$/s.exec(piece);
    if (begin) {
      if (found.length === maxChallenges) return err('too-many');
      found.push({ scheme: begin[1]!.toLowerCase(), params: new Map() });
    }
    const param = begin ? begin[2] : piece;
    if (param) found.at(-1)?.params.set(...nameAndValue(param));
  }
  return ok(found.map(({ scheme, params }) => challengeOf(scheme, params)).filter((one) => one !== null));
}

function challengeOf(scheme: string, params: ReadonlyMap<string, string>): Challenge | null {
  const realm = params.get('realm') ?? '';
  if (scheme === 'basic') return { scheme, realm };
  const nonce = params.get('nonce');
  if (scheme !== 'digest' || nonce === undefined) return null;
  const said = params.get('algorithm');
  const algorithm = said ? algorithms.find((one) => one.toLowerCase() === said.toLowerCase()) : null;
  const qop =
    params
      .get('qop')
      ?.toLowerCase()
      .split(/[\s,]+/) ?? [];
  const qopAuth = qop.includes('auth');
  if (algorithm === undefined || (qop.some((one) => one !== '') && !qopAuth)) return null;
  const opaque = params.get('opaque') ?? null;
  return { scheme, realm, nonce, opaque, algorithm, qopAuth, stale: params.get('stale')?.toLowerCase() === 'true' };
}

/** Writes one WWW-Authenticate header. */
export function encodeChallenge(challenge: Challenge): string {
  if (challenge.scheme === 'basic') return `Basic realm=${quote(challenge.realm)}`;
  const { realm, nonce, opaque, algorithm, qopAuth, stale } = challenge;
  const pieces = [`realm=${quote(realm)}`, `nonce=${quote(nonce)}`];
  if (opaque !== null) pieces.push(`opaque=${quote(opaque)}`);
  if (algorithm) pieces.push(`algorithm=${algorithm}`);
  if (qopAuth) pieces.push('qop="auth"');
  if (stale) pieces.push('stale=true');
  return `Digest ${pieces.join(', ')}`;
}

/** Strongest first (RFC 7616 clause 3.7 lets the client choose): SHA-256 before MD5 before Basic, each `-sess` after its own. */
export function byStrength(challenges: readonly Challenge[]): Challenge[] {
  return [...challenges].sort((a, b) => strengthOf(b) - strengthOf(a));
}

function strengthOf(challenge: Challenge): number {
  if (challenge.scheme === 'basic') return 0;
  return ['MD5-sess', 'MD5', 'SHA-256-sess', 'SHA-256'].indexOf(challenge.algorithm ?? 'MD5') + 1;
}
