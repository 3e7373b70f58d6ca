/** Digits of an authenticator's code (RFC 6238 as the hub sets it up). */
export const codeDigits = 6;

/** What somebody typed as code of the second factor: full-width digits made plain, without spaces; a recovery code keeps its letters and hyphens. */
export function secondFactorCode(typed: string): string {
  return typed.normalize('NFKC').replace(/\s+/g, '');
}

/** True when it is long enough to be sent: six digits, or more for a recovery code. */
export function isWholeCode(typed: string): boolean {
  const code = secondFactorCode(typed);
  return /^\d+$/.test(code) ? code.length === codeDigits : code.length > codeDigits && code.length <= 32;
}

/** A secret in groups of four, as it is typed into an authenticator. */
export function groupedSecret(secret: string): string {
  return secret.match(/.{1,4}/g)?.join(' ') ?? '';
}
